"""Drafts: what somebody types, kept on the server until it is saved, thrown away or too old.

A page proves by a signed ticket whose form it shows and where, so that what is typed is kept even when the person has
been signed out meanwhile. Only that person gets it back.
"""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import QueryDict
from django.utils import timezone

from voicehub.common.models import Draft, User
from voicehub.remote.redaction import SECRET_FIELDS

TICKET = "_draft"
SALT = "voicehub.common.drafts"
LONGEST = 500_000
LONGEST_PLACE = 500
# Of one person: addresses with a query can be made up without end.
MOST = 100
_SECRET = re.compile(r"password|secret|token|passphrase|csrf", re.IGNORECASE)


@dataclass(frozen=True)
class Ticket:
    """Whose form it is, and the address of its page."""

    person: int
    place: str


def ticket_for(person: Any, place: str) -> str:
    return signing.dumps([person.pk, place[:LONGEST_PLACE]], salt=SALT)


def read_ticket(text: str) -> Ticket | None:
    """None where it is none of ours, or too old."""
    try:
        person, place = signing.loads(text, salt=SALT, max_age=timedelta(days=settings.DRAFT_DAYS))
    except signing.BadSignature:
        return None
    return Ticket(person, place)


def keep(ticket: Ticket, posted: QueryDict, *, is_unsent: bool = False) -> bool:
    """Keep what was typed, in the place of an earlier draft. False where it is too long or the person is gone."""
    typed = {name: values for name, values in posted.lists() if _is_kept(name)}
    body = json.dumps(typed)
    if len(body) > LONGEST or not User.objects.filter(pk=ticket.person, is_active=True).exists():
        return False
    values = {"body": body, "is_unsent": is_unsent}
    _draft, is_new = Draft.objects.update_or_create(person_id=ticket.person, place=ticket.place, defaults=values)
    if is_new:
        _forget_the_oldest(ticket.person)
    return True


def draft_of(person: Any, place: str) -> Draft | None:
    found = Draft.objects.filter(person=person, place=place[:LONGEST_PLACE], saved_at__gt=_oldest())
    return found.defer("body").first()


def typed_in(draft: Draft) -> dict[str, list[str]]:
    typed: dict[str, list[str]] = json.loads(draft.body)
    return typed


def throw_away(ticket: Ticket) -> None:
    Draft.objects.filter(person=ticket.person, place=ticket.place).delete()


def old() -> Any:
    """The drafts that nobody has come back for."""
    return Draft.objects.filter(saved_at__lte=_oldest())


def _forget_the_oldest(person: int) -> None:
    own = Draft.objects.filter(person=person)
    own.exclude(pk__in=list(own.order_by("-saved_at").values_list("pk", flat=True)[:MOST])).delete()


def _oldest() -> Any:
    return timezone.now() - timedelta(days=settings.DRAFT_DAYS)


def _is_kept(name: str) -> bool:
    """Secrets are never kept, nor what belongs to the page and not to the person: those begin with an underscore."""
    own = name.rpartition("-")[2].lower()
    return not (name.startswith("_") or _SECRET.search(name) or own in SECRET_FIELDS)
