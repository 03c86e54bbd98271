"""Ourvoice's records as a whole: the first ones, all of them, and what tests may change about them."""

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from voicehub.sandbox.models import OurvoiceAccount, OurvoiceApp, OurvoiceCode, OurvoiceSender
from voicehub.sandbox.providers.ourvoice.apps import FIELDS, new_id

KEY = "sandbox|ourvoice"
ACCOUNT_ID = "7bbbbcab-05b9-4e5d-8b41-c23034e0f8b"
SENDER_ID = "9b38a5f6-bb4f-46a4-9ea4-2a207ae01f1e"
# The list of the provider's page, odd account ids included.
APPS: tuple[dict[str, Any], ...] = (
    {
        "app_id": "483ec9f8-b582-48d8-8305-ef27f403f6f2",
        "shown_account_id": "7bbbbcb-05b9-4e5d-8b41-c23034e0f8b",
        "name": "GOLDEN",
        "message_template": "Votre code de vérification  [app_name] est [code].",
        "created_at": datetime(2024, 4, 30, 15, 57, 3, tzinfo=UTC),
    },
    {
        "app_id": "7e7e7fe0-a93b-49ce-b240-9e004c141666",
        "shown_account_id": "7bbbbcab-059-4e5d-8b41-c23034e0f8b",
        "name": "Eldon's App",
        "message_template": "Votre code Eldon's App est :",
        "created_at": datetime(2024, 4, 30, 15, 6, 50, tzinfo=UTC),
    },
)
MODELS = (OurvoiceCode, OurvoiceApp, OurvoiceSender, OurvoiceAccount)
SWITCHES = ("balance", "error_shape", "is_french", "lists_senders")


def is_empty() -> bool:
    return not OurvoiceAccount.objects.exists()


def reset() -> None:
    for model in MODELS:
        model.objects.all().delete()
    account = OurvoiceAccount.objects.create(key=KEY, account_id=ACCOUNT_ID, balance=1234)
    OurvoiceSender.objects.create(account=account, sender_id=SENDER_ID, name="GOLDEN")
    for app in APPS:
        OurvoiceApp.objects.create(
            account=account, sender_id=SENDER_ID, code_size=5, updated_at=app["created_at"], **app
        )


def read() -> dict[str, Any]:
    return {
        "accounts": _rows(OurvoiceAccount),
        "senders": _rows(OurvoiceSender),
        "apps": _rows(OurvoiceApp),
        "codes": _rows(OurvoiceCode),
    }


def _rows(model: Any) -> list[dict[str, Any]]:
    return list(model.objects.order_by("pk").values())


def add_apps(apps: Any) -> None:
    """A list of objects with `name` and whatever else an app has."""
    now = timezone.now()
    account = OurvoiceAccount.objects.get()
    usual = {"shown_account_id": ACCOUNT_ID, "sender_id": SENDER_ID, "created_at": now, "updated_at": now}
    for values in _objects(apps):
        template = f"Votre code pour {values.get('name')} est: {{{{code}}}}"
        own = {"app_id": new_id(), "message_template": template, **_only(values, ("app_id", *FIELDS))}
        OurvoiceApp.objects.create(account=account, **usual | own)


def change_app(values: Any) -> None:
    """`{"app_id", …}`: somebody changes an app on the provider's own site."""
    for one in _objects([values]):
        changes = _only({name: value for name, value in one.items() if name != "app_id"}, FIELDS)
        _of(one.get("app_id")).update(updated_at=timezone.now(), **changes)


def delete_app(app_id: Any) -> None:
    """Somebody deletes an app on the provider's own site."""
    _of(app_id).update(deleted_at=timezone.now())


def switch(values: Any) -> None:
    """How the account's server answers: for example `{"error_shape": "list", "is_french": true}`."""
    for one in _objects([values]):
        OurvoiceAccount.objects.update(**_only(one, SWITCHES))


def _of(app_id: Any) -> Any:
    apps = OurvoiceApp.objects.filter(app_id=str(app_id))
    if not apps.exists():
        raise ValueError("there is no such app")
    return apps


def _objects(values: Any) -> list[dict[str, Any]]:
    if not isinstance(values, list) or not all(isinstance(one, dict) for one in values):
        raise ValueError("objects are wanted here")
    return values


def _only(values: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    if unknown := values.keys() - set(names):
        raise ValueError(f"not understood: {', '.join(sorted(unknown))}")
    return values


EDITS = {"add_apps": add_apps, "change_app": change_app, "delete_app": delete_app, "switch": switch}
