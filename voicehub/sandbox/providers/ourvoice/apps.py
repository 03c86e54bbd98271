"""Ourvoice's apps: listed by the page, changed in part, deleted softly, and never recognised as a repetition."""

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, unquote

from django.db.models import QuerySet
from django.utils import timezone

from voicehub.sandbox.contract import RefusedError
from voicehub.sandbox.models import OurvoiceAccount, OurvoiceApp, OurvoiceSender
from voicehub.sandbox.providers.ourvoice.access import error, invalid, refusal, signed_in
from voicehub.sandbox.wire import Answer, Request, json_answer

# As in the sample: an address that leads nowhere, and that a client must not follow.
ELSEWHERE = "http://192.168.1.23:8000/api/v1/apps"
PER_PAGE = 10
MOST_PER_PAGE = 100
LONGEST = 255
FIELDS = ("name", "sender_id", "message_template", "code_size")
REQUIRED = ("name", "sender_id")
Values = dict[str, Any]


def list_apps(request: Request) -> Answer:
    apps = living(signed_in(request))
    page, per_page = _asked(request, "page", 1), min(_asked(request, "limit", PER_PAGE), MOST_PER_PAGE)
    total = apps.count()
    first = (page - 1) * per_page
    shown = list(apps.order_by("pk")[first : first + per_page])
    last_page = max(1, -(-total // per_page))
    return json_answer(
        {
            "data": [as_read(app) for app in shown],
            "links": _links(page, last_page),
            "meta": {
                "current_page": page,
                "from": first + 1 if shown else None,
                "last_page": last_page,
                "links": list(_labels(page, last_page)),
                "path": ELSEWHERE,
                "per_page": per_page,
                "to": first + len(shown) if shown else None,
                "total": total,
            },
        }
    )


def read_app(request: Request) -> Answer:
    return json_answer({"data": as_read(_app(request, signed_in(request)))})


def create_app(request: Request) -> Answer:
    account = signed_in(request)
    values = _values(request, account, required=REQUIRED)
    now = timezone.now()
    values.setdefault("message_template", f"Votre code pour {values['name']} est: {{{{code}}}}")
    app = OurvoiceApp.objects.create(
        account=account,
        app_id=new_id(),
        shown_account_id=account.account_id,
        created_at=now,
        updated_at=now,
        **values,
    )
    return json_answer({"data": as_created(app)}, 201)


def change_app(request: Request) -> Answer:
    """By PUT as by PATCH, what is left out stays as it is; a template keeps the old name."""
    account = signed_in(request)
    app = _app(request, account)
    for name, value in _values(request, account).items():
        setattr(app, name, value)
    app.updated_at = timezone.now()
    app.save()
    return json_answer({"data": as_read(app)})


def delete_app(request: Request) -> Answer:
    app = _app(request, signed_in(request))
    app.deleted_at = app.updated_at = timezone.now()
    app.save()
    return Answer(204)


def living(account: OurvoiceAccount) -> QuerySet[OurvoiceApp]:
    return OurvoiceApp.objects.filter(account=account, deleted_at=None)


def new_id() -> str:
    """One digit short, as the samples of the documents are: nobody is to check for a UUID."""
    return str(uuid.uuid4())[:-1]


def as_read(app: OurvoiceApp) -> Values:
    return {
        "id": app.app_id,
        "account_id": app.shown_account_id,
        "name": app.name,
        "message_template": app.message_template,
        "sender_id": app.sender_id,
        "code_size": app.code_size,
        "deleted_at": None,
        "created_at": stamp(app.created_at),
        "updated_at": stamp(app.updated_at),
    }


def as_created(app: OurvoiceApp) -> Values:
    """Another order, and no `deleted_at`."""
    order = ("name", "sender_id", "message_template", "code_size", "account_id", "id", "updated_at", "created_at")
    values = as_read(app)
    return {name: values[name] for name in order}


def stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"


def read_object(request: Request) -> Values:
    try:
        document = json.loads(request.body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise RefusedError(error(400, "The body is not a JSON object."))
    return document


def _app(request: Request, account: OurvoiceAccount) -> OurvoiceApp:
    app_id = unquote(request.path.rpartition("/")[2])
    app = living(account).filter(app_id=app_id).first()
    if app is None:
        raise refusal(request, account, 404, "Not Found")
    return app


def _values(request: Request, account: OurvoiceAccount, required: tuple[str, ...] = ()) -> Values:
    given = read_object(request)
    values = {name: writable(given[name]) for name in FIELDS if name in given}
    wrong = dict(_complaints(values, account))
    wrong |= {name: "The {field} field is required." for name in required if name not in values}
    if wrong:
        raise invalid(request, account, wrong)
    return values


def _complaints(values: Values, account: OurvoiceAccount) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        complaint = CHECKS[name](value, account)
        if complaint:
            yield name, complaint


def _text(value: Any, account: OurvoiceAccount) -> str:
    if not isinstance(value, str):
        return "The {field} must be a string."
    return "" if value else "The {field} field is required."


def _short_text(value: Any, account: OurvoiceAccount) -> str:
    is_long = isinstance(value, str) and len(value) > LONGEST
    return "The {field} may not be longer than 255 characters." if is_long else _text(value, account)


def _sender(value: Any, account: OurvoiceAccount) -> str:
    is_known = isinstance(value, str) and OurvoiceSender.objects.filter(account=account, sender_id=value).exists()
    return "" if is_known else "The selected {field} is invalid."


def _size(value: Any, account: OurvoiceAccount) -> str:
    is_size = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 12
    return "" if is_size else "The {field} must be an integer from 1 to 12."


CHECKS: dict[str, Callable[[Any, OurvoiceAccount], str]] = {
    "name": _short_text,
    "sender_id": _sender,
    "message_template": _text,
    "code_size": _size,
}


def writable(value: Any) -> Any:
    """JSON can spell half a character, which no database takes."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def _asked(request: Request, name: str, otherwise: int) -> int:
    digits = parse_qs(request.query).get(name, [""])[-1]
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 7 else 0
    return number or otherwise


def _links(page: int, last_page: int) -> dict[str, str | None]:
    return {
        "first": _address(1),
        "last": _address(last_page),
        "prev": _address(page - 1) if page > 1 else None,
        "next": _address(page + 1) if page < last_page else None,
    }


def _labels(page: int, last_page: int) -> Iterator[Values]:
    yield {"url": _address(page - 1) if page > 1 else None, "label": "« Précédent", "active": False}
    for number in range(1, last_page + 1):
        yield {"url": _address(number), "label": str(number), "active": number == page}
    yield {"url": _address(page + 1) if page < last_page else None, "label": "Suivant »", "active": False}


def _address(page: int) -> str:
    return f"{ELSEWHERE}?page={page}"
