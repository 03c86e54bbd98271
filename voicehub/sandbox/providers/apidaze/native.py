"""Apidaze's native interface: key and secret in the address, numbers as numbers, passwords only when they are new."""

from datetime import UTC, datetime
from urllib.parse import parse_qs

from voicehub.sandbox.contract import RefusedError
from voicehub.sandbox.models import ApidazeDomain, ApidazeScript, ApidazeSipAccount
from voicehub.sandbox.providers.apidaze.accounts import find, set_new_password
from voicehub.sandbox.providers.apidaze.doors import Door, Record, Statuses, single
from voicehub.sandbox.providers.apidaze.words import coded_error
from voicehub.sandbox.wire import Answer, Request, json_answer


def let_in(request: Request) -> None:
    key = request.path.split("/")[3]
    secret = parse_qs(request.query).get("api_secret", [request.form().get("api_secret", "")])[-1]
    if not ApidazeDomain.objects.filter(native_key=key, native_secret=secret).exists():
        raise RefusedError(coded_error(404, "api secret and api key are not a pair"))


def validate(door: Door, request: Request) -> Answer:
    return json_answer({"status": {"global": "Authentication succeeded"}})


def reset_password(door: Door, request: Request) -> Answer:
    account = find(door, request)
    set_new_password(account)
    return single(door.show_account(account, True), door.accounts.changed)


def show_account(account: ApidazeSipAccount, is_new: bool = False) -> Record:
    name = account.name or account.username
    return {
        "id": account.pk,
        "name": account.name,
        "email_address": account.email_address,
        "sip": {"username": account.username} | ({"password": account.password} if is_new else {}),
        "callerid": {
            "internalCallerIdName": name,
            "internalCallerIdNumber": account.internal_number,
            "outboundCallerIdName": name,
            "outboundCallerIdNumber": account.external_number,
        },
        "voicemail": {"mwi_account": account.mwi_account},
        "created_at": stamp(account.created_at),
        "updated_at": stamp(account.updated_at),
    }


def show_script(script: ApidazeScript) -> Record:
    return {
        "id": script.pk,
        "name": script.name,
        "url": script.url,
        "sms_url": None,
        "reseller_cust_id": 1,
        "dev_cust_id": 1,
        "created_at": stamp(script.created_at),
        "updated_at": stamp(script.updated_at),
    }


def stamp(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03}Z"


NATIVE = Door(
    let_in=let_in,
    error=coded_error,
    show_account=show_account,
    show_script=show_script,
    accounts=Statuses(created=201, changed=202, deleted=204),
    scripts=Statuses(created=201, changed=202, deleted=204),
)
