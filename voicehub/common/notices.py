"""Telling people things: one row for each person, one unread row for each cause, and one mail for it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, QuerySet, Window
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.functional import Promise

from voicehub.common.models import Notice, User
from voicehub.sync import chores

BACKEND = "voicehub.common.backends.ModeBackend"
MAIL_CHORE = "mail"

Words = str | Promise | Callable[[], str]


@dataclass(frozen=True)
class Many:
    """What a notice says once its cause has come up several times: `text` has a place for `%(count)d`."""

    text: Words
    link: str


def notify(
    to: Any,
    text: Words,
    *,
    level: str = Notice.Level.INFO,
    link: str = "",
    cause: str = "",
    is_urgent: bool = False,
    many: Many | None = None,
) -> None:
    """Tell people something, each in their own language: `text` that is to follow it is called when it is on.

    `to` is a person, a permission ("contributors.settle_transaction": everybody who holds it), or several of both;
    nobody is told twice. While a notice of the same `cause` (a dotted word and an id, such as "lane.halted outvoice")
    is unread, it takes the new text and counts up instead of another one being added. What is urgent is mailed at
    once to those who wish it, the rest stands in the daily digest.
    """
    with transaction.atomic():
        for person in _people(to):
            with language_of(person):
                _tell(person, cause, {"text": _said(text), "level": level, "link": link}, is_urgent, many)
        chores.ring_on_commit(MAIL_CHORE)


def language_of(person: Any) -> translation.override:
    """A context in which texts are in the person's language; nobody's browser is asked when something is told."""
    return translation.override(person.language or settings.LANGUAGE_CODE)


def _said(words: Words) -> str:
    return words() if callable(words) else str(words)


def unread(person: Any) -> QuerySet[Notice]:
    return Notice.objects.filter(recipient=person, read_at=None)


def newest_unread(request: HttpRequest, limit: int) -> list[Notice]:
    """The person's newest unread notices, each with `unread` as the number of them all; read once a request."""
    if not hasattr(request, "newest_unread_notices"):
        total = Window(Count("pk"))
        request.newest_unread_notices = list(unread(request.user).annotate(unread=total)[:limit])  # type: ignore[attr-defined]
    return request.newest_unread_notices  # type: ignore[attr-defined]


def mark_read(notices: QuerySet[Notice]) -> int:
    """Returns how many were unread until now; what was not mailed by then is not mailed any more."""
    return notices.filter(read_at=None).update(read_at=timezone.now(), mail_at=None)


def _people(to: Any) -> Iterable[Any]:
    wanted = to if isinstance(to, list | tuple | set | QuerySet) else [to]
    people: dict[int, Any] = {}
    for one in wanted:
        found = get_user_model().objects.with_perm(one, backend=BACKEND) if isinstance(one, str) else [one]
        people |= {person.pk: person for person in found}
    return people.values()


def _tell(person: Any, cause: str, columns: dict[str, str], is_urgent: bool, many: Many | None) -> None:
    if cause and _repeat(person, cause, columns, many):
        return
    wants_mail = is_urgent and person.email and person.mail_wish == User.MailWish.AT_ONCE
    mail_at = timezone.now() if wants_mail else None
    # Two workers that tell the same thing at once meet in the unique constraint, not in two notices.
    notice = Notice(recipient=person, cause=cause, mail_at=mail_at, **columns)
    Notice.objects.bulk_create([notice], ignore_conflicts=True)


def _repeat(person: Any, cause: str, columns: dict[str, str], many: Many | None) -> bool:
    notice = unread(person).select_for_update().filter(cause=cause).first()
    if notice is None:
        return False
    count = notice.count + 1
    if many:
        columns = columns | {"text": _said(many.text) % {"count": count}, "link": many.link}
    Notice.objects.filter(pk=notice.pk).update(count=count, repeated_at=timezone.now(), **columns)
    return True
