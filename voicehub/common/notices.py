"""Telling people things: one row for each person, one unread row for each cause."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from voicehub.common.models import Notice

BACKEND = "voicehub.common.backends.ModeBackend"


def notify(to: Any, text: str, *, level: str = Notice.Level.INFO, link: str = "", cause: str = "") -> None:
    """Tell people something.

    `to` is a person, several, or a permission ("contributors.settle_transaction"): everybody who holds it.
    While a notice of the same `cause` (a dotted word and an id, such as "lane.halted outvoice") is unread, it
    takes the new text and counts up instead of another one being added.
    """
    with transaction.atomic():
        for person in _people(to):
            _tell(person, cause, {"text": text, "level": level, "link": link})


def unread(person: Any) -> QuerySet[Notice]:
    return Notice.objects.filter(recipient=person, read_at=None)


def mark_read(notices: QuerySet[Notice]) -> int:
    """Returns how many were unread until now."""
    return notices.filter(read_at=None).update(read_at=timezone.now())


def _people(to: Any) -> Iterable[Any]:
    if isinstance(to, str):
        return get_user_model().objects.with_perm(to, backend=BACKEND)
    return to if isinstance(to, Iterable) else [to]


def _tell(person: Any, cause: str, columns: dict[str, str]) -> None:
    if cause and _repeat(person, cause, columns):
        return
    # Two workers that tell the same thing at once meet in the unique constraint, not in two notices.
    notice = Notice(recipient=person, cause=cause, **columns)
    Notice.objects.bulk_create([notice], ignore_conflicts=True)


def _repeat(person: Any, cause: str, columns: dict[str, str]) -> int:
    return unread(person).filter(cause=cause).update(count=F("count") + 1, repeated_at=timezone.now(), **columns)
