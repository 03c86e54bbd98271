"""What kinds do with requests once they are answered: in the worker, where nobody on the telephone waits for it."""

import logging
import time
from collections import defaultdict
from collections.abc import Sequence

from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet

from voicehub.common.hooks.kinds import kind_of
from voicehub.common.hooks.models import HookRequest
from voicehub.sync.chores import Chore

log = logging.getLogger(__name__)

SLICE = 500
SECONDS = 5.0


def is_due() -> bool:
    return _waiting().exists()


def follow_up() -> None:
    """Follow up some seconds' worth of requests, the oldest first."""
    end = time.monotonic() + SECONDS
    while (lines := list(_waiting().order_by("pk")[:SLICE])) and time.monotonic() < end:
        _follow_up(lines)
        HookRequest.objects.filter(pk__in=[line.pk for line in lines]).update(is_waiting=False)


CHORE = Chore("hooks-follow-up", is_due, follow_up)


def _waiting() -> "QuerySet[HookRequest]":
    return HookRequest.objects.filter(is_waiting=True)


def _follow_up(lines: Sequence[HookRequest]) -> None:
    by_kind = defaultdict(list)
    for line in lines:
        by_kind[line.kind].append(line)
    for slug, ones in by_kind.items():
        _hand_over(slug, ones)


def _hand_over(slug: str, lines: Sequence[HookRequest]) -> None:
    """A line that its kind cannot take stays in the log, and must not keep the others waiting.

    Where the database is away all of them wait on.
    """
    kind = kind_of(slug)
    if kind is None:
        return
    try:
        kind.follow_up(lines)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        if len(lines) == 1:
            # Not its text, which may quote what came in.
            log.error("A request to %s was not followed up: %s, line %s", slug, type(error).__name__, lines[0].pk)
            return
        for line in lines:
            _hand_over(slug, [line])
