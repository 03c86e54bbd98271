"""All that happened to a record, newest first: what people did, jobs, calls to the provider, and what came in."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Any

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from voicehub.remote.redaction import MASK
from voicehub.sync import queue
from voicehub.sync.curl import as_curl
from voicehub.sync.fields import EncryptedTextField
from voicehub.sync.models import Connection, Exchange, Settlement, SyncJob
from voicehub.sync.models.job import Operation
from voicehub.sync.registry import handler_for
from voicehub.sync.twins import TwinHandler

NEWEST = 50
MOST = 1000
_SIGN_IN = re.compile(r"/(oauth\b[^?]*|[^/?]*token)/?(\?|$)")


class Kind(TextChoices):
    """What an entry is about; people may ask for one kind alone."""

    CHANGE = "changes", gettext_lazy("Changes")
    JOB = "jobs", gettext_lazy("Jobs")
    CALL = "calls", gettext_lazy("Provider calls")
    INBOUND = "inbound", gettext_lazy("What came in")


@dataclass(frozen=True)
class Change:
    """One field, before and after; secrets are named, never shown."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Detail:
    """A text as it is; one that `is_to_copy` gets a button for that."""

    label: str
    text: str
    is_to_copy: bool = False


@dataclass(frozen=True)
class Entry:
    """`at` is UTC; `who` is empty where VoiceHub acted by itself; `details` are folded away under `details_title`.

    `url` is the page that tells more, `version` the number of the record's version that it had afterwards, unless
    that is how it is now.
    """

    at: datetime
    icon: str
    title: str
    who: str = ""
    text: str = ""
    state: str = ""
    changes: tuple[Change, ...] = ()
    details: tuple[Detail, ...] = ()
    details_title: str = ""
    kind: Kind = Kind.CHANGE
    url: str = ""
    version: int | None = None


@dataclass(frozen=True)
class Wanted:
    """What is asked of a timeline: the newest `limit` entries of these kinds."""

    limit: int = NEWEST
    kinds: frozenset[Kind] = field(default_factory=lambda: frozenset(Kind))

    def newest(self, *parts: Iterable[Entry]) -> list[Entry]:
        entries = (entry for part in parts for entry in part if entry.kind in self.kinds)
        return sorted(entries, key=attrgetter("at"), reverse=True)[: self.limit]


Source = Callable[[Any, Wanted], Iterable[Entry]]
_sources: list[Source] = []


def tells(source: Source) -> Source:
    """Have a function of another layer asked about every record, too: it gets the record and what is wanted."""
    _sources.append(source)
    return source


def timeline(record: Any, wanted: Wanted | None = None) -> list[Entry]:
    """What happened to a record, as far as every app knows it."""
    wanted = wanted or Wanted()
    told = (source(record, wanted) for source in _sources)
    return wanted.newest(changes_of(record, wanted), about_jobs_of(record, wanted), *told)


def timeline_of_job(job: SyncJob, wanted: Wanted | None = None) -> list[Entry]:
    """The same for one job."""
    wanted = wanted or Wanted()
    told = (source(job, wanted) for source in _sources)
    return wanted.newest(_about_jobs([job], wanted), *told)


def about_jobs_of(record: Any, wanted: Wanted) -> Iterator[Entry]:
    """A record's jobs, what people found out about them, and their calls; the parts are in no order."""
    if wanted.kinds.isdisjoint((Kind.JOB, Kind.CALL)):
        return
    jobs = queue.jobs_of(record).select_related("requested_by").order_by("-id")[: wanted.limit]
    yield from _about_jobs(list(jobs), wanted)


def _about_jobs(jobs: Sequence[SyncJob], wanted: Wanted) -> Iterator[Entry]:
    by_id: dict[int | None, SyncJob] = {job.pk: job for job in jobs}
    if Kind.JOB in wanted.kinds:
        yield from map(_job_entry, jobs)
        settlements = Settlement.objects.filter(job__in=by_id).select_related("settled_by")
        yield from map(_settlement_entry, settlements.order_by("-id")[: wanted.limit])
    if Kind.CALL in wanted.kinds:
        for call in Exchange.objects.filter(job__in=by_id).order_by("-id")[: wanted.limit]:
            yield _call_entry(call, by_id[call.job_id])


def _job_entry(job: SyncJob) -> Entry:
    return Entry(
        at=job.finished_at or job.started_at or job.created_at,
        icon="sync",
        title=job.get_operation_display(),
        who=_("Asked for by %(who)s") % {"who": name_of(job.requested_by)} if job.requested_by else "",
        text=" ".join(filter(None, [job.message or job.hold_reason, _attempts(job)])),
        state=job.state,
        kind=Kind.JOB,
        url=reverse("admin:sync_syncjob_change", args=[job.pk]),
    )


def _attempts(job: SyncJob) -> str:
    if job.attempts < 2:
        return ""
    return ngettext("%(count)d attempt.", "%(count)d attempts.", job.attempts) % {"count": job.attempts}


def _settlement_entry(settlement: Settlement) -> Entry:
    where = _("Looked at: %(where)s.") % {"where": settlement.looked_at}
    own = _("This person had asked for it as well.") if settlement.is_by_requester else ""
    return Entry(
        at=settlement.settled_at,
        icon="visibility",
        title=settlement.get_finding_display(),
        who=name_of(settlement.settled_by),
        text=" ".join(filter(None, [where, settlement.note, own])),
        kind=Kind.JOB,
    )


def calls_through(connection: Connection, limit: int) -> Iterator[Entry]:
    """The newest calls in the name of an account, for whatever they were."""
    for call in Exchange.objects.filter(connection=connection).select_related("job").order_by("-id")[:limit]:
        yield _call_entry(call, call.job)


def _call_entry(call: Exchange, job: SyncJob | None) -> Entry:
    answer = status_words(call.status) if call.status else _("No whole answer came back.")
    return Entry(
        at=call.started_at,
        icon="swap_horiz",
        title=_call_in_words(call, job),
        text=_("%(answer)s After %(time)d ms.") % {"answer": answer, "time": call.duration_ms},
        details=tuple(_said(call)),
        details_title=_("Show what was said"),
        state=answer_state(call.status),
        kind=Kind.CALL,
        url=reverse("admin:sync_exchange_change", args=[call.pk]),
    )


def _said(call: Exchange) -> Iterator[Detail]:
    yield Detail(_("What was sent"), "\n".join([f"{call.method} {call.url}", *_body(call.request_body)]))
    yield Detail(_("What came back"), "\n".join(filter(None, [call.error, *_body(call.response_body)])))
    if command := as_curl(call):
        yield Detail(_("As a curl command"), command, is_to_copy=True)


def _call_in_words(call: Exchange, job: SyncJob | None) -> str:
    """What was asked for, not whether it was done: the answer says that."""
    if _SIGN_IN.search(call.url):
        return _("Sign in at the provider")
    if call.method == "GET":
        return _("Look at the provider")
    if call.method == "DELETE":
        return _("Delete at the provider")
    if job is None:
        return _("Ask the provider")
    if job.operation == Operation.LOOK:
        return _("Have it tested by the provider")
    if job.operation == Operation.PUSH and isinstance(handler_for(job.model), TwinHandler):
        return _("Create at the provider") if call.method == "POST" else _("Change at the provider")
    return _("Send to the provider")


def answer_state(status: int | None) -> str:
    """The name of the state that tells how a call was answered."""
    if status is None:
        return "unheard"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "broken"
    return "turned_down" if status >= HTTPStatus.BAD_REQUEST else "answered"


def _body(text: str) -> list[str]:
    return ["", text] if text else []


def status_words(status: int) -> str:
    """ "Answered 404 (Not Found)." """
    try:
        return _("Answered %(status)d (%(phrase)s).") % {"status": status, "phrase": HTTPStatus(status).phrase}
    except ValueError:
        return _("Answered %(status)d.") % {"status": status}


def name_of(user: Any) -> str:
    return user.get_full_name() or user.get_username()


def history_of(record: Any) -> Any:
    """The kept versions of a record; None where none are kept."""
    name = getattr(record._meta, "simple_history_manager_attribute", "")
    return getattr(record, name) if name else None


def changes_of(record: Any, wanted: Wanted) -> Iterator[Entry]:
    """The changes of a record's own fields."""
    history = history_of(record)
    if history is not None and Kind.CHANGE in wanted.kinds:
        yield from changes(history.all(), wanted.limit)


def changes(history: Any, limit: int) -> Iterator[Entry]:
    """The newest `limit` changes in a query of historical rows of one record."""
    rows = history.select_related("history_user").order_by("-history_date", "-history_id")
    versions = list(rows[: limit + 1])
    for version, before in pairwise([*versions, None]):
        is_present = version is versions[0]
        if entry := _change_entry(version, before, None if is_present else version.history_id):
            yield entry


def changes_of_parts(history: Any, limit: int, name: Callable[[Any], str]) -> Iterator[Entry]:
    """The newest changes in a query of historical rows of many records, each called by `name` of its version."""
    rows = history.select_related("history_user").order_by("-history_date", "-history_id")[: limit + 1]
    in_order = sorted(rows, key=attrgetter("id"))
    for _part, versions in groupby(in_order, key=attrgetter("id")):
        for version, before in pairwise([*versions, None]):
            if version.history_type == "~" and before is None:
                before = version.prev_record
            if entry := _change_entry(version, before, None):
                title = _("%(part)s: %(what)s") % {"part": name(version), "what": entry.title}
                yield replace(entry, title=title)


def _change_entry(version: Any, before: Any, number: int | None) -> Entry | None:
    changes = tuple(_differences(version, before)) if before and version.history_type == "~" else ()
    if version.history_type == "~" and not changes:
        return None
    icon, title = {"+": ("add_circle", _("Made")), "-": ("delete", _("Deleted"))}.get(
        version.history_type, ("edit", _("Changed"))
    )
    return Entry(
        at=version.history_date,
        icon=icon,
        title=title,
        who=name_of(version.history_user) if version.history_user else "",
        text=version.history_change_reason or "",
        changes=changes,
        version=None if version.history_type == "-" else number,
    )


def _differences(version: Any, before: Any) -> Iterator[Change]:
    for change in version.diff_against(before, foreign_keys_are_objs=True).changes:
        field = version.instance_type._meta.get_field(change.field)
        label = str(field.verbose_name)
        if isinstance(field, EncryptedTextField):
            yield Change(label, MASK, MASK)
        else:
            yield Change(label, shown(field, change.old), shown(field, change.new))


def shown(field: Any, value: Any) -> str:
    """A value of a field as people read it; a model may tell some of its fields in words, by functions in TOLD_AS."""
    if tell := getattr(field.model, "TOLD_AS", {}).get(field.name):
        return str(tell(value))
    if value in (None, "", []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(dict(field.flatchoices).get(value, value) if getattr(field, "choices", None) else value)
