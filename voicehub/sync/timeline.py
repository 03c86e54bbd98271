"""All that happened to a record, newest first: changes, jobs, what people found, and the calls to the provider."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voicehub.sync import queue
from voicehub.sync.fields import EncryptedTextField
from voicehub.sync.models import Exchange, Settlement, SyncJob
from voicehub.sync.models.job import Operation
from voicehub.sync.registry import handler_for
from voicehub.sync.told import in_your_language
from voicehub.sync.twins import TwinHandler

NEWEST = 50
MOST = 1000
_SIGN_IN = re.compile(r"/(oauth\b[^?]*|[^/?]*token)/?(\?|$)")


@dataclass(frozen=True)
class Change:
    """One field, before and after; secrets are named, never shown."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Detail:
    label: str
    text: str


@dataclass(frozen=True)
class Entry:
    """`at` is UTC; `who` is empty where VoiceHub acted by itself; `details` are folded away under `details_title`."""

    at: datetime
    icon: str
    title: str
    who: str = ""
    text: str = ""
    state: str = ""
    changes: tuple[Change, ...] = ()
    details: tuple[Detail, ...] = ()
    details_title: str = ""


def timeline(record: Any, *, limit: int = NEWEST, with_calls: bool = True) -> list[Entry]:
    """The newest `limit` things that happened to a record; `with_calls` adds the masked calls to the provider."""
    changed = changes(getattr(record, _history_of(record)).all(), limit) if _history_of(record) else ()
    return newest([*changed, *about_jobs_of(record, limit, with_calls)], limit)


def timeline_of_job(job: SyncJob, *, limit: int = NEWEST, with_calls: bool = True) -> list[Entry]:
    """The same for one job."""
    return newest(_about_jobs([job], limit, with_calls), limit)


def newest(entries: Iterable[Entry], limit: int) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def about_jobs_of(record: Any, limit: int, with_calls: bool) -> Iterator[Entry]:
    """A record's jobs, what people found out about them, and their calls; the parts are in no order."""
    jobs = queue.jobs_of(record).select_related("requested_by").order_by("-id")[:limit]
    return _about_jobs(list(jobs), limit, with_calls)


def _about_jobs(jobs: Sequence[SyncJob], limit: int, with_calls: bool) -> Iterator[Entry]:
    by_id: dict[int | None, SyncJob] = {job.pk: job for job in jobs}
    yield from map(_job_entry, jobs)
    for settlement in Settlement.objects.filter(job__in=by_id).select_related("settled_by").order_by("-id")[:limit]:
        yield _settlement_entry(settlement)
    if with_calls:
        for call in Exchange.objects.filter(job__in=by_id).order_by("-id")[:limit]:
            yield _call_entry(call, by_id[call.job_id])


def _job_entry(job: SyncJob) -> Entry:
    return Entry(
        at=job.finished_at or job.started_at or job.created_at,
        icon="sync",
        title=job.get_operation_display(),
        who=_("Asked for by %(who)s") % {"who": name_of(job.requested_by)} if job.requested_by else "",
        text=" ".join(filter(None, [in_your_language(job.message or job.hold_reason), _attempts(job)])),
        state=job.state,
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
    )


def _call_entry(call: Exchange, job: SyncJob) -> Entry:
    answer = status_words(call.status) if call.status else _("No whole answer came back.")
    return Entry(
        at=call.started_at,
        icon="swap_horiz",
        title=_call_in_words(call, job),
        text=_("%(answer)s After %(time)d ms.") % {"answer": answer, "time": call.duration_ms},
        details=(
            Detail(_("What was sent"), "\n".join([f"{call.method} {call.url}", *_body(call.request_body)])),
            Detail(_("What came back"), "\n".join(filter(None, [call.error, *_body(call.response_body)]))),
        ),
        details_title=_("Show what was said"),
        state=answer_state(call.status),
    )


def _call_in_words(call: Exchange, job: SyncJob) -> str:
    """What was asked for, not whether it was done: the answer says that."""
    if _SIGN_IN.search(call.url):
        return _("Sign in at the provider")
    if call.method == "GET":
        return _("Look at the provider")
    if call.method == "DELETE":
        return _("Delete at the provider")
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


def _history_of(record: Any) -> str:
    return getattr(record._meta, "simple_history_manager_attribute", "")


def changes(history: Any, limit: int) -> Iterator[Entry]:
    """The newest `limit` changes in a query of historical rows of one record."""
    rows = history.select_related("history_user").order_by("-history_date", "-history_id")
    versions = list(rows[: limit + 1])
    for version, before in pairwise([*versions, None]):
        if entry := _change_entry(version, before):
            yield entry


def _change_entry(version: Any, before: Any) -> Entry | None:
    changes = tuple(_differences(version, before)) if before and version.history_type == "~" else ()
    if version.history_type == "~" and not changes:
        return None
    icon, title = {"+": ("add_circle", _("Made")), "-": ("delete", _("Deleted"))}.get(
        version.history_type, ("edit", _("Changed"))
    )
    who = name_of(version.history_user) if version.history_user else ""
    reason = in_your_language(version.history_change_reason or "")
    return Entry(at=version.history_date, icon=icon, title=title, who=who, text=reason, changes=changes)


def _differences(version: Any, before: Any) -> Iterator[Change]:
    for change in version.diff_against(before, foreign_keys_are_objs=True).changes:
        field = version.instance_type._meta.get_field(change.field)
        label = str(field.verbose_name)
        if isinstance(field, EncryptedTextField):
            yield Change(label, "•••", "•••")
        else:
            yield Change(label, _shown(field, change.old), _shown(field, change.new))


def _shown(field: Any, value: Any) -> str:
    if value in (None, "", []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(dict(field.flatchoices).get(value, value) if getattr(field, "choices", None) else value)
