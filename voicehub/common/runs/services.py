"""What people do with runs. Pages, commands and other services come through here."""

from collections.abc import Callable, Collection, Iterable, Iterator
from hashlib import sha256
from itertools import islice
from operator import attrgetter
from typing import Any, cast

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from voicehub.common.bulk_insert import insert_rows
from voicehub.common.models import Run, RunRow
from voicehub.common.runs.checking import check
from voicehub.common.runs.files import FileRefusedError, FileRow, read, unknown_headings
from voicehub.common.runs.kinds import UNKNOWN, RunKind, RunRefusedError, kind_of
from voicehub.sync import chores
from voicehub.sync.signals import person_acted

CHORE = "runs"
CHUNK = 2000
STORED = ("run", "number", "data", "values", "problems", "doubts", "key", "other_key", "state", "message")
SHOWN = ("values", "problems", "doubts")
State = Run.State
# Not while it is read: the upload would go on into nothing.
DISCARDABLE = (State.CHECKING, State.READY)


class ChangedError(Exception):
    """The run is not any more what was shown."""


def upload(kind: RunKind, file: Any, *, user: Any) -> Run:
    """Read an uploaded file into a new run, to be checked in the background.

    Raises FileRefusedError, which leaves nothing behind.
    """
    about = {"file_digest": digest_of(file), "options": {UNKNOWN: unknown_headings(file, kind.columns)}}
    return fill(kind, str(file.name), lambda: read(file, kind.columns, kind.max_rows()), user=user, **about)


def from_rows(
    kind: RunKind, title: str, rows: Iterable[dict[str, Any]], *, user: Any, again_of: Run | None = None
) -> Run:
    """A run of rows that stand here already: a selection, or what is to be done again. Raises FileRefusedError."""
    options = {name: value for name, value in again_of.options.items() if name != UNKNOWN} if again_of else {}
    about = {"again_of": again_of, "options": options}
    return fill(kind, title, lambda: _numbered(rows, kind.max_rows()), user=user, **about)


def _numbered(rows: Iterable[dict[str, Any]], most: int) -> Iterator[FileRow]:
    for number, data in enumerate(rows, start=1):
        if number > most:
            raise FileRefusedError(_("These are more than %(most)d at a time. Choose fewer.") % {"most": most})
        yield FileRow(number, data)


def fill(kind: RunKind, title: str, rows: Callable[[], Iterable[FileRow]], *, user: Any, **values: Any) -> Run:
    """A run of rows in their order, with these `values` of its own. Raises FileRefusedError.

    The rows are stored in short transactions, so that nobody else waits; the run counts once all of them are there.
    """
    run = Run.objects.create(kind=kind.slug, title=title[:255], requested_by=user, **values)
    try:
        count = sum(_store(run, kind, chunk) for chunk in _chunks(rows()))
        if not count:
            raise FileRefusedError(_("There is no line below the headings."))
    except BaseException:
        run.delete()
        raise
    with transaction.atomic():
        Run.objects.filter(pk=run.pk).update(state=State.CHECKING)
        chores.ring_on_commit(CHORE)
    run.refresh_from_db()
    return run


def _chunks(rows: Iterable[FileRow]) -> Iterator[list[FileRow]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _store(run: Run, kind: RunKind, chunk: list[FileRow]) -> int:
    if kind.is_checked_at_once:
        check(run, kind, cast(list[RunRow], chunk))
    with transaction.atomic():
        insert_rows(RunRow, STORED, ((run.pk, *_stored(row), "") for row in chunk))
    return len(chunk)


_stored = attrgetter(*STORED[1:-1])


def digest_of(file: Any) -> str:
    """The mark by which the very same file is known again."""
    mark = sha256()
    for chunk in file.chunks():
        mark.update(chunk)
    return mark.hexdigest()


def earlier_uploads(run: Run) -> Any:
    """Runs of the very same file that were started before."""
    same = Run.objects.filter(file_digest=run.file_digest, kind=run.kind, started_at__isnull=False)
    return same.exclude(pk=run.pk).order_by("-id") if run.file_digest else Run.objects.none()


def digest(run: Run) -> str:
    """A mark of all that the preview shows; it changes with any row of it."""
    mark = sha256()
    texts = {f"{name}_text": Cast(name, TextField()) for name in SHOWN}
    rows = run.rows.annotate(**texts).order_by("number").values_list("number", "state", *texts)
    for row in rows.iterator(chunk_size=2000):
        mark.update(repr(row).encode())
    return mark.hexdigest()[:32]


def start(run: Run, *, user: Any, shown: str, included: Collection[int] = (), knows_repeat: bool = False) -> None:
    """Carry a checked run out, once. `shown` is the `digest` of the preview, `included` doubtful rows to take along.

    Raises ChangedError when it is not what was shown any more, and RunRefusedError.
    """
    with transaction.atomic():
        _lock_twins(run)
        current = _locked(run)
        if current.state != State.READY:
            raise RunRefusedError(_("This cannot be started: it is %(state)s.") % _words(current))
        if digest(current) != shown:
            raise ChangedError
        if not knows_repeat and earlier_uploads(current).exists():
            raise RunRefusedError(_("This very file was used before. Tick that you want to use it again."))
        current.rows.filter(pk__in=included, state=RunRow.State.DOUBTFUL).update(state=RunRow.State.READY)
        _begin(current, user)


def _begin(run: Run, user: Any) -> None:
    ready = run.rows.filter(state=RunRow.State.READY)
    if not ready.exists():
        raise RunRefusedError(_("There is no line that could be carried out."))
    hold = kind_of(run).before_start(run, user)
    ready.update(state=RunRow.State.WAITING)
    state = State.HELD if hold else State.RUNNING
    Run.objects.filter(pk=run.pk).update(state=state, hold_reason=hold, started_at=timezone.now())
    _tell("run.started", user, run)
    chores.ring_on_commit(CHORE)


def release(run: Run) -> bool:
    """Let a run on hold go; what it waited for has happened. False when it is not on hold any more."""
    with transaction.atomic():
        released = Run.objects.filter(pk=run.pk, state=State.HELD).update(state=State.RUNNING, hold_reason="")
        if released:
            chores.ring_on_commit(CHORE)
    return bool(released)


def cancel_rest(run: Run, *, user: Any, reason: str = "") -> None:
    """Carry out no further row, and take back what has not been sent. Raises RunRefusedError when it has ended."""
    with transaction.atomic():
        current = _locked(run)
        if not can_be_cancelled(current):
            raise RunRefusedError(_("Nothing is left to cancel: this is %(state)s.") % _words(current))
        waiting = current.rows.filter(state=RunRow.State.WAITING)
        waiting.update(state=RunRow.State.CANCELLED, message=reason or _("Cancelled; nothing was done."))
        Run.objects.filter(pk=current.pk).update(state=State.CANCELLING, hold_reason="", cancelled_by=user)
        _tell("run.cancelled", user, current, reason)
        chores.ring_on_commit(CHORE)


def can_be_cancelled(run: Run) -> bool:
    """Whether a row of the run, or a record that one has made, can still be kept from happening."""
    return run.state in (State.HELD, State.RUNNING) or (run.state == State.DONE and kind_of(run).has_unsent(run))


def discard(run: Run, *, user: Any) -> None:
    """Throw away a run that was not started. Raises RunRefusedError when it was."""
    with transaction.atomic():
        current = _locked(run)
        if current.state not in DISCARDABLE:
            raise RunRefusedError(_("This cannot be thrown away any more: it is %(state)s.") % _words(current))
        _tell("run.discarded", user, current)
        current.delete()


def again(run: Run, *, user: Any) -> Run:
    """A new run of the rows that surely did nothing; it is checked and looked at like any other.

    Raises RunRefusedError when there are none.
    """
    if run.finished_at is None:
        raise RunRefusedError(_("This is not finished yet."))
    try:
        title = _("Again: %(title)s") % {"title": run.title}
        return from_rows(kind_of(run), title, kind_of(run).repeatable(run), user=user, again_of=run)
    except FileRefusedError as error:
        raise RunRefusedError(_("There is nothing to do again.")) from error


def _lock_twins(run: Run) -> None:
    """Of two uploads of the same file that are started at once, the second one sees that the first was."""
    if run.file_digest:
        twins = Run.objects.filter(file_digest=run.file_digest, kind=run.kind).order_by("pk")
        list(twins.select_for_update().values_list("pk", flat=True))


def _locked(run: Run) -> Run:
    current = Run.objects.select_for_update(of=("self",)).select_related("requested_by").filter(pk=run.pk).first()
    if current is None:
        raise RunRefusedError(_("This was thrown away in another window."))
    return current


def _words(run: Run) -> dict[str, str]:
    return {"state": run.get_state_display().lower()}


def _tell(action: str, user: Any, run: Run, reason: str = "") -> None:
    person_acted.send(sender=Run, action=action, actor=user, obj=run, reason=reason)
