"""What is written down of requests: a line each, or only a count. It never stands in the way of an answer."""

import logging
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, OperationalError, connections, router
from django.db.models import F

from voicehub.common.hooks.models import HookRequest, HookTally

log = logging.getLogger(__name__)

LONGEST_TEXT = 10_000
TALLY_EVERY = timedelta(seconds=1)

# Written out, as in `addresses`: to build the statement takes the ORM longer than to carry it out.
COLUMNS = [field.attname for field in HookRequest._meta.concrete_fields if not field.primary_key]
AT = COLUMNS.index("received_at")
INSERT = f"INSERT INTO hooks_hookrequest ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"  # noqa: S608


def write(line: HookRequest) -> None:
    """Write a line down. A log that is locked or gone loses it, and says so where the program says things."""
    line.method, line.subject = _storable(line.method, 8), _storable(line.subject, 100)
    line.query, line.body, line.words = (_storable(text) for text in (line.query, line.body, line.words))
    try:
        _insert(line)
    except DatabaseError as error:
        log.error("An inbound request was not written down: %s", _why(error))


def _insert(line: HookRequest) -> None:
    database = connections[router.db_for_write(HookRequest)]
    values = [getattr(line, column) for column in COLUMNS]
    values[AT] = database.ops.adapt_datetimefield_value(line.received_at)
    with database.cursor() as cursor:
        cursor.execute(INSERT, values)


def _storable(text: str, longest: int = LONGEST_TEXT) -> str:
    """Text that any database takes: no NUL, no half characters, not without end."""
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    return text.replace("\x00", "�").encode(errors="replace").decode()


def _why(error: DatabaseError) -> str:
    """Without what was to be written, which others than an operational error may quote."""
    return str(error) if isinstance(error, OperationalError) else type(error).__name__


class Tally:
    """Counts those turned away without a line, and writes the counts down once a second at most."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[datetime, str, int]] = Counter()
        self._written_at = datetime.min.replace(tzinfo=UTC)

    def add(self, reason: str, at: datetime, address_id: int = 0) -> None:
        hour = at.replace(minute=0, second=0, microsecond=0)
        with self._lock:
            self._counts[hour, reason, address_id] += 1
            if timedelta(0) <= at - self._written_at < TALLY_EVERY:
                return
            self._written_at = at
            due, self._counts = self._counts, Counter()
        try:
            for key, count in due.items():
                _add_up(*key, count)
        except DatabaseError as error:
            log.error("Inbound requests that were turned away were not counted: %s", _why(error))


def _add_up(hour: datetime, reason: str, address_id: int, count: int) -> None:
    row, _is_new = HookTally.objects.get_or_create(hour=hour, reason=reason, address_id=address_id)
    HookTally.objects.filter(pk=row.pk).update(count=F("count") + count)


tally = Tally()
