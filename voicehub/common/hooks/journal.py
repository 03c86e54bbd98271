"""What is written down of requests: a line each, or only a count.

A thread of its own does it, for all that has come together within a moment: no caller waits for the log, whatever
state that is in, and a flood makes few writes. A process that ends in order writes the rest first.
"""

import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import OperationalError, close_old_connections, connections, router, transaction
from django.db.models import F

from voicehub.common.hooks.models import HookRequest, HookTally

log = logging.getLogger(__name__)

MOMENT_SECONDS = 0.05
LONGEST_TEXT = 10_000

# Written out, as in `addresses`: to build the statement takes the ORM longer than to carry it out.
COLUMNS = [field.attname for field in HookRequest._meta.concrete_fields if not field.primary_key]
AT = COLUMNS.index("received_at")
INSERT = f"INSERT INTO hooks_hookrequest ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"  # noqa: S608

MakeLine = Callable[[], HookRequest]
AdaptTime = Callable[[datetime], Any]

_writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hook-log")
_lines: deque[MakeLine] = deque()
_turned_away: deque[tuple[datetime, str, int]] = deque()


def write(make_line: MakeLine) -> None:
    """Have a line written down soon; it is made, and so masked, by the writing thread."""
    _lines.append(make_line)
    _soon()


def count(reason: str, at: datetime, address_id: int = 0) -> None:
    """Have a request counted, by the hour, that was turned away without a line."""
    _turned_away.append((at.replace(minute=0, second=0, microsecond=0), reason, address_id))
    _soon()


def _soon() -> None:
    if settings.HOOK_LOG_IN_BACKGROUND:
        _writer.submit(_write_together)
    else:
        _write_waiting()


def _write_together() -> None:
    if _lines or _turned_away:
        time.sleep(MOMENT_SECONDS)
        close_old_connections()
        _write_waiting()


def _write_waiting() -> None:
    _empty(_lines, _write_lines)
    _empty(_turned_away, _write_counts)


def _empty(waiting: deque[Any], write_down: Callable[[list[Any]], None]) -> None:
    """A log that is locked or gone loses what was to be written, and says so where the program says things."""
    taken = [waiting.popleft() for _number in range(len(waiting))]
    try:
        write_down(taken)
    except Exception as error:
        # Others than an operational error may quote what was to be written.
        why = str(error) if isinstance(error, OperationalError) else type(error).__name__
        log.error("Inbound requests that were not written down: %d (%s)", len(taken), why)


def _write_lines(makers: list[MakeLine]) -> None:
    database = connections[router.db_for_write(HookRequest)]
    rows = list(_rows(makers, database.ops.adapt_datetimefield_value))
    if rows:
        with transaction.atomic(using=database.alias), database.cursor() as cursor:
            cursor.executemany(INSERT, rows)


def _rows(makers: list[MakeLine], adapt_time: AdaptTime) -> Iterator[list[Any]]:
    """Those lines that can be made: the mistake of one kind must not cost the others theirs."""
    for make_line in makers:
        try:
            yield _row(make_line(), adapt_time)
        except Exception as error:
            log.error("An inbound request was not written down: %s", type(error).__name__)


def _row(line: HookRequest, adapt_time: AdaptTime) -> list[Any]:
    line.method, line.subject = _storable(line.method, 8), _storable(line.subject, 100)
    for name in ("query", "body", "words", "told"):
        setattr(line, name, _storable(getattr(line, name)))
    row = [getattr(line, column) for column in COLUMNS]
    row[AT] = adapt_time(line.received_at)
    return row


def _storable(text: str, longest: int = LONGEST_TEXT) -> str:
    """Text that any database takes: no NUL, no half characters, not without end."""
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    return text.replace("\x00", "�").encode(errors="replace").decode()


def _write_counts(keys: list[tuple[datetime, str, int]]) -> None:
    for (hour, reason, address_id), number in Counter(keys).items():
        row, _is_new = HookTally.objects.get_or_create(hour=hour, reason=reason, address_id=address_id)
        HookTally.objects.filter(pk=row.pk).update(count=F("count") + number)
