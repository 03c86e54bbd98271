"""OutVoice's records as a whole: the first ones, all of them, and what tests may change about them."""

from typing import Any

from django.utils import timezone

from voicehub.sandbox.models import (
    OutVoiceClient,
    OutVoicePayee,
    OutVoicePayment,
    OutVoiceTokenPair,
    OutVoiceUser,
)

CLIENT_ID = "00000000-0000-4000-8000-000000000001"
EMAIL = "editor@example.org"
PASSWORD = "sandbox"
NAME = "Nick Fury"
PAYEES = (
    "Steve Rogers",
    "Tony Stark",
    "Natasha Romanov",
    "Amara Okafor",
    "Zoë Müller-Lefèvre",
    "Maria Jansen",
    "Maria Jansen",
    'Daniel "Danny" O\'Brien & Sons',
    "Priya Raman",
    "Lukas Novák",
    "Ingrid Solberg",
    "Tomás Echeverría",
    "Grace Mbeki",
    "Hiroshi Tanabe",
    "Chiara Bellandi",
    "Wouter van der Laan",
    "Aisha Rahmani",
    "Peter Halloran",
    "Yelena Markova",
    "Samuel Adeyemi",
    "Léa Fontaine",
    "Bram de Wit",
    "Olivia Castellan",
)
# A second account, whose ids overlap with the first one's; one of its payees is the same person.
OWN_EMAIL = "writer@example.org"
OWN_NAME = "Maria Hill"
OWN_PAYEES = {"1": "Phil Coulson", "2": "Tony Stark", "7": "Jemma Simmons"}
MODELS = (OutVoicePayment, OutVoiceTokenPair, OutVoicePayee, OutVoiceUser, OutVoiceClient)


def is_empty() -> bool:
    return not OutVoiceClient.objects.exists()


def reset() -> None:
    for model in MODELS:
        model.objects.all().delete()
    OutVoiceClient.objects.create(client_id=CLIENT_ID)
    OutVoiceUser.objects.create(email=EMAIL, password=PASSWORD, name=NAME)
    set_payees({str(number): name for number, name in enumerate(PAYEES, start=1)})
    _add_payees(OutVoiceUser.objects.create(email=OWN_EMAIL, password=PASSWORD, name=OWN_NAME), OWN_PAYEES)


def read() -> dict[str, Any]:
    return {
        "clients": _rows(OutVoiceClient),
        "users": _rows(OutVoiceUser),
        "tokens": _rows(OutVoiceTokenPair),
        "payees": _rows(OutVoicePayee),
        "ledger": _rows(OutVoicePayment),
    }


def _rows(model: Any) -> list[dict[str, Any]]:
    return list(model.objects.order_by("pk").values())


def set_payees(names: Any) -> None:
    """`{id: name}` becomes the whole list of the first account, all active."""
    if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
        raise ValueError("payees must be an object of ids and names")
    user = OutVoiceUser.objects.get(email=EMAIL)
    OutVoicePayee.objects.filter(user=user).delete()
    _add_payees(user, names)


def _add_payees(user: OutVoiceUser, names: dict[str, str]) -> None:
    OutVoicePayee.objects.bulk_create(
        OutVoicePayee(user=user, payee_id=payee_id, name=name) for payee_id, name in names.items()
    )


def deactivate_payee(payee_id: Any) -> None:
    if not OutVoicePayee.objects.filter(user__email=EMAIL, payee_id=str(payee_id)).update(is_active=False):
        raise ValueError("there is no such payee")


def _change_tokens(wanted: Any, **changes: Any) -> None:
    if wanted is not True:
        raise ValueError("only true is understood here")
    OutVoiceTokenPair.objects.update(**changes)


EDITS = {
    "payees": set_payees,
    "deactivate_payee": deactivate_payee,
    "expire_tokens": lambda wanted: _change_tokens(wanted, expires_at=timezone.now()),
    "expire_refresh_tokens": lambda wanted: _change_tokens(wanted, refresh_expires_at=timezone.now()),
    "revoke_tokens": lambda wanted: _change_tokens(wanted, is_revoked=True),
}
