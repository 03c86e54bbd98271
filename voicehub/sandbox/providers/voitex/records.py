"""Voitex's records as a whole: the first ones, all of them, and what tests may change about them."""

from typing import Any

from voicehub.sandbox.models import (
    VoitexAccount,
    VoitexAlbum,
    VoitexCall,
    VoitexContact,
    VoitexHotline,
    VoitexRecording,
    VoitexSms,
    VoitexTriggerCall,
)

KEY = "sandbox-voitex"
ALBUMS = ("1", "10")
TRIGGER = "Trigger"
BRANCHES = {"0": "Menu", "105": "Album Collection", "150": "Content", "1000": TRIGGER}
HOTLINES = (
    {"did": "8459511000", "takes_sms": True, "did_type": "TN"},
    {"did": "8459511110", "takes_sms": False, "did_type": "TN"},
)
TABLES: dict[str, Any] = {
    "accounts": VoitexAccount,
    "hotlines": VoitexHotline,
    "albums": VoitexAlbum,
    "recordings": VoitexRecording,
    "calls": VoitexCall,
    "texts": VoitexSms,
    "contacts": VoitexContact,
    "hotline_calls": VoitexTriggerCall,
}
SWITCHES = ("errors_as_4xx", "sms_as_object", "trigger_seconds")


def is_empty() -> bool:
    return not VoitexAccount.objects.exists()


def reset() -> None:
    for model in reversed(TABLES.values()):
        model.objects.all().delete()
    VoitexAccount.objects.create(key=KEY)
    VoitexAlbum.objects.bulk_create(VoitexAlbum(number=number) for number in ALBUMS)
    VoitexHotline.objects.bulk_create(VoitexHotline(**hotline, branches=BRANCHES) for hotline in HOTLINES)


def read() -> dict[str, Any]:
    return {name: list(model.objects.order_by("pk").values()) for name, model in TABLES.items()}


def switch(values: Any) -> None:
    """How the server answers: for example `{"errors_as_4xx": true}`."""
    if not isinstance(values, dict) or (unknown := values.keys() - set(SWITCHES)):
        raise ValueError(f"not understood: {', '.join(sorted(unknown)) if isinstance(values, dict) else values}")
    account = VoitexAccount.objects.get()
    for name, value in values.items():
        setattr(account, name, value)
    account.full_clean()
    account.save()


def set_trigger(values: Any) -> None:
    """`{"did", "url"}`: the address that staff type into the Trigger branch."""
    if not isinstance(values, dict) or set(values) != {"did", "url"}:
        raise ValueError("did and url are wanted here")
    if not VoitexHotline.objects.filter(did=str(values["did"])).update(trigger_url=str(values["url"])):
        raise ValueError("there is no such hotline")


EDITS = {"switch": switch, "set_trigger": set_trigger}
