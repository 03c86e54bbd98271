"""VoiceShot's records as a whole: the first ones, all of them, and what tests may change about them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Model

from voicehub.sandbox.models import (
    VoiceShotAccount,
    VoiceShotCall,
    VoiceShotFile,
    VoiceShotMenu,
    VoiceShotPhone,
)
from voicehub.sandbox.providers.voiceshot.reading import ten_digits

CALLER_ID = "8185550199"
MENUS = ("1-1234", "1-5678", "1-789")
TABLES: dict[str, Any] = {
    "accounts": VoiceShotAccount,
    "menus": VoiceShotMenu,
    "files": VoiceShotFile,
    "phones": VoiceShotPhone,
    "calls": VoiceShotCall,
}
SWITCHES = {
    "is_ip_registered",
    "is_trial_over",
    "demands_caller_id",
    "text_attribute",
    "number_attribute",
    "calls_a_second",
    "dials_at_once",
    "outcomes",
    "keys",
    "clock",
}
RESULTS = {"url", "user", "password"}


def is_empty() -> bool:
    return not VoiceShotAccount.objects.exists()


def reset() -> None:
    for model in reversed(TABLES.values()):
        model.objects.all().delete()
    VoiceShotAccount.objects.create()
    VoiceShotMenu.objects.bulk_create(VoiceShotMenu(menuid=menuid, caller_id=CALLER_ID) for menuid in MENUS)


def read() -> dict[str, Any]:
    """Every call tells its menuid beside its own fields."""
    tables = {name: list(model.objects.order_by("pk").values()) for name, model in TABLES.items() if name != "calls"}
    calls = VoiceShotCall.objects.order_by("pk")
    return {**tables, "calls": list(calls.values().annotate(menuid=F("menu__menuid")))}


def switch(values: Any) -> None:
    """How the server answers and dials: for example `{"calls_a_second": 5}`."""
    account = VoiceShotAccount.objects.get()
    for name, value in _object(values, SWITCHES).items():
        setattr(account, name, value)
    _save(account)


def set_results(values: Any) -> None:
    """`{"url", "user", "password"}`: where results go; what is left out is empty."""
    given = _object(values, RESULTS)
    VoiceShotAccount.objects.update(**{f"results_{name}": str(given.get(name, "")) for name in RESULTS})


def set_phones(values: Any) -> None:
    """A list of `{"number", "outcome", "keys"}`: what these telephones do, whatever their last digit says."""
    if not isinstance(values, list):
        raise ValueError("a list is wanted here")
    for value in values:
        given = _object(value, {"number", "outcome", "keys"})
        number = ten_digits(str(given.pop("number", "")))
        phone = VoiceShotPhone.objects.filter(number=number).first() or VoiceShotPhone(number=number)
        for name, wanted in given.items():
            setattr(phone, name, wanted)
        _save(phone)


def add_menu(values: Any) -> None:
    """`{"menuid", "caller_id"}`: somebody draws a campaign on the site."""
    _save(VoiceShotMenu(**({"caller_id": CALLER_ID} | _object(values, {"menuid", "caller_id"}))))


def _object(values: Any, names: set[str]) -> dict[str, Any]:
    if not isinstance(values, dict) or not values.keys() <= names:
        raise ValueError(f"an object with some of {', '.join(sorted(names))} is wanted here")
    return dict(values)


def _save(record: Model) -> None:
    try:
        record.full_clean()
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from error
    record.save()


EDITS = {"switch": switch, "set_results": set_results, "set_phones": set_phones, "add_menu": add_menu}
