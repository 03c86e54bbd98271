"""The do-not-call list: who is on it, and the only ways on and off.

An app that has to act when a number is added (calls that wait somewhere) registers a function; it is called with the
numbers, in the transaction that adds them::

    @do_not_call.on_added
    def drop_waiting_calls(numbers: Collection[str]) -> None: ...
"""

from collections.abc import Callable, Collection, Iterable
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from voicehub.common import audit, phones
from voicehub.common.models import DoNotCallNumber
from voicehub.sync.services import TooLateError

Source = DoNotCallNumber.Source
Added = Callable[[Collection[str]], None]
# As many as a statement may name on every database.
ASKED_AT_ONCE = 900

_added: list[Added] = []


def on_added(act: Added) -> Added:
    """Register a function for numbers that come on the list."""
    _added.append(act)
    return act


def listed(numbers: Iterable[str]) -> set[str]:
    """Those of the numbers (E.164) that are on the list."""
    found: set[str] = set()
    rest = iter(numbers)
    while part := list(islice(rest, ASKED_AT_ONCE)):
        found.update(DoNotCallNumber.objects.filter(number__in=part, is_listed=True).values_list("number", flat=True))
    return found


def entry_of(number: str) -> DoNotCallNumber:
    """What is known of a number that is on the list or was once. Raises DoNotCallNumber.DoesNotExist."""
    return DoNotCallNumber.objects.get(number=number)


def obstacle(number: str) -> str:
    """Why a number (E.164) must not be called or texted because of the list; empty when it may be."""
    entry = DoNotCallNumber.objects.filter(number=number, is_listed=True).first()
    if entry is None:
        return ""
    words = {"number": phones.shown(number), "day": timezone.localtime(entry.added_at).date().isoformat()}
    why = f" ({entry.reason})" if entry.reason else ""
    return _("%(number)s is on the do-not-call list since %(day)s") % words + f"{why}."


@transaction.atomic
def add(number: str, *, source: str, reason: str = "", user: Any = None) -> bool:
    """Put a number (E.164) on the list. False when it is there already: nothing changes then."""
    values = {"source": source, "reason": reason[:500], "added_at": timezone.now(), "added_by": user}
    entry, is_new = DoNotCallNumber.objects.select_for_update().get_or_create(number=number, defaults=values)
    if not is_new and entry.is_listed:
        return False
    if not is_new:
        for name, value in {**values, "is_listed": True, "off_reason": ""}.items():
            setattr(entry, name, value)
        entry._history_user = user  # type: ignore[attr-defined]
        entry.save()
    audit.record("do_not_call.added", user, entry, reason)
    for act in _added:
        act([number])
    return True


@transaction.atomic
def take_off(number: str, *, reason: str, user: Any) -> None:
    """Take a number off the list again, for a reason. Raises TooLateError when it is not on it."""
    entry = DoNotCallNumber.objects.select_for_update().filter(number=number, is_listed=True).first()
    if entry is None:
        raise TooLateError(_("It is not on the list any more."))
    entry.is_listed, entry.off_reason = False, reason[:500]
    entry._history_user = user  # type: ignore[attr-defined]
    entry.save()
    audit.record("do_not_call.taken_off", user, entry, reason)
