"""SIP accounts: the server makes their passwords, and a username stays what it is."""

from typing import Any

from django.utils import timezone

from voicehub.sandbox.models import ApidazeSipAccount
from voicehub.sandbox.providers.apidaze.doors import Door, single, the_domain
from voicehub.sandbox.providers.apidaze.tokens import random_text
from voicehub.sandbox.wire import Answer, Request, json_answer

PASSWORD_LENGTH = 16
LONGEST = {"username": 64, "name": 100, "mwi_account": 100, "email_address": 254}
LONGEST_NUMBER = 32
NUMBERS = {"internal_caller_id_number": "internal_number", "external_caller_id_number": "external_number"}
TEXTS = ("name", "mwi_account", "email_address")


def list_accounts(door: Door, request: Request) -> Answer:
    accounts = ApidazeSipAccount.objects.order_by("pk")
    return json_answer([door.show_account(account, False) for account in accounts])


def read_account(door: Door, request: Request) -> Answer:
    return single(door.show_account(find(door, request), False))


def create_account(door: Door, request: Request) -> Answer:
    form = door.form(request)
    username, values = _username(door, form), _values(door, form)
    now = timezone.now()
    account = ApidazeSipAccount.objects.create(
        username=username, password=new_password(), created_at=now, updated_at=now, **values
    )
    return single(door.show_account(account, True), door.accounts.created)


def change_account(door: Door, request: Request) -> Answer:
    """What is left out stays as it is, and so does the username when one is sent."""
    account, form = find(door, request), door.form(request)
    for name, value in _values(door, form).items():
        setattr(account, name, value)
    account.updated_at = timezone.now()
    account.save()
    has_new_password = door.resets_passwords and form.get("reset_password") == "true"
    if has_new_password:
        set_new_password(account)
    return single(door.show_account(account, has_new_password), door.accounts.changed)


def delete_account(door: Door, request: Request) -> Answer:
    account = find(door, request)
    shown = door.show_account(account, False)
    account.delete()
    return Answer(204) if door.accounts.deleted == 204 else single(shown, door.accounts.deleted)


def show_status(door: Door, request: Request) -> Answer:
    account = find(door, request)
    status = "Registered" if account.is_registered else "Not registered"
    return single({"uri": f"sip:{account.username}@{the_domain().name}", "status": status})


def find(door: Door, request: Request) -> ApidazeSipAccount:
    """The account whose id stands in the path after the resource."""
    account = ApidazeSipAccount.objects.filter(pk=record_id(request.path, "sipaccounts", "sipusers")).first()
    if account is None:
        raise door.refusal(404, "The SIP account does not exist.")
    return account


def record_id(path: str, *resources: str) -> int:
    """The id that follows the name of a resource; 0, which is nobody's, when it is none."""
    parts = path.split("/")
    at = next(index for index, part in enumerate(parts) if part in resources)
    text = parts[at + 1]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def new_password() -> str:
    return random_text(PASSWORD_LENGTH)


def set_new_password(account: ApidazeSipAccount) -> None:
    """The phone that has the old one drops."""
    account.password, account.is_registered = new_password(), False
    account.updated_at = timezone.now()
    account.save()


def _username(door: Door, form: dict[str, str]) -> str:
    username = form.get("username", "")
    if not username:
        raise door.refusal(400, "username is required.")
    if len(username) > LONGEST["username"]:
        raise door.refusal(400, "username is too long.")
    if ApidazeSipAccount.objects.filter(username__iexact=username).exists():
        raise door.refusal(409, "username is in use already.")
    return username


def _values(door: Door, form: dict[str, str]) -> dict[str, Any]:
    numbers = {own: _number(door, name, form[name]) for name, own in NUMBERS.items() if name in form}
    return numbers | {name: _text(door, name, form[name]) for name in TEXTS if name in form}


def _number(door: Door, name: str, text: str) -> str:
    if text and not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise door.refusal(400, f"{name} is not a number.")
    return text


def _text(door: Door, name: str, text: str) -> str:
    if len(text) > LONGEST[name]:
        raise door.refusal(400, f"{name} is too long.")
    return text
