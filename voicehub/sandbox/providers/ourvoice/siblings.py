"""What stands beside the apps: senders, codes that are sent, and the balance."""

import secrets
from datetime import timedelta
from typing import Any

from django.utils import timezone

from voicehub.sandbox.models import OurvoiceAccount, OurvoiceApp, OurvoiceCode, OurvoiceSender
from voicehub.sandbox.providers.ourvoice.access import invalid, refusal, signed_in
from voicehub.sandbox.providers.ourvoice.apps import living, read_object, stamp
from voicehub.sandbox.wire import Answer, Request, json_answer

COST = 15
CODE_LIFE = timedelta(minutes=10)


def list_senders(request: Request) -> Answer:
    account = signed_in(request)
    if not account.lists_senders:
        raise refusal(request, account, 404, "Not Found")
    senders = OurvoiceSender.objects.filter(account=account).order_by("pk")
    return json_answer({"data": [_as_read(sender) for sender in senders]})


def show_balance(request: Request) -> Answer:
    balance = signed_in(request).balance
    return json_answer({"success": True, "message": "Current balance", "data": {"balance": balance}})


def send_code(request: Request) -> Answer:
    """Sends a code, each time it is asked to; it is taken off the balance."""
    account = signed_in(request)
    given = read_object(request)
    app = _app(request, account, given)
    number = given.get("send_to")
    if not isinstance(number, str) or not number.isdigit():
        raise invalid(request, account, {"send_to": "The {field} field is required."})
    if account.balance < COST:
        raise refusal(request, account, 402, "Insufficient balance.")
    account.balance -= COST
    account.save()
    return json_answer({"data": _as_sent(_send(app, number))})


def _send(app: OurvoiceApp, number: str) -> OurvoiceCode:
    code = "".join(secrets.choice("0123456789") for _digit in range(app.code_size))
    return OurvoiceCode.objects.create(app=app, send_to=number, code=code, cost=COST, created_at=timezone.now())


def _app(request: Request, account: OurvoiceAccount, given: dict[str, Any]) -> OurvoiceApp:
    app_id, name = given.get("app_id"), given.get("app_name")
    if bool(app_id) == bool(name):
        field = "app_name" if app_id else "app_id"
        raise invalid(request, account, {field: "Give either app_id or app_name."})
    wanted = {"app_id": str(app_id)} if app_id else {"name": str(name)}
    app = living(account).filter(**wanted).order_by("pk").first()
    if app is None:
        raise invalid(request, account, {"app_id" if app_id else "app_name": "The selected {field} is invalid."})
    return app


def _as_read(sender: OurvoiceSender) -> dict[str, Any]:
    return {
        "id": sender.sender_id,
        "name": sender.name,
        "description": None,
        "status": sender.status,
        "start_date": "2024-01-01",
        "end_date": None,
    }


def _as_sent(sent: OurvoiceCode) -> dict[str, Any]:
    return {
        "app_id": sent.app.app_id,
        "cost": sent.cost,
        "status": "sent",
        "channel": "sms",
        "send_to": sent.send_to,
        "code": sent.code,
        "expired_at": stamp(sent.created_at + CODE_LIFE),
        "verified_at": None,
        "created_at": stamp(sent.created_at),
        "updated_at": stamp(sent.created_at),
    }
