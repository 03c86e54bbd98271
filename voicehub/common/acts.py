"""What the audit knows of a record, for its timeline."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from voicehub.common import audit
from voicehub.common.models import AuditEntry, User
from voicehub.sync import queue
from voicehub.sync.models import SyncJob
from voicehub.sync.timeline import Change, Entry, Kind, Wanted, name_of, tells
from voicehub.sync.told import in_your_language

# A settlement and the record's own history tell more than the note about them.
TOLD_ALREADY = ("job.settled", "do_not_call.added")
# Of these the details are told as well: who may look at them may know who got which rights, and from where.
ABOUT_ACCESS = (User._meta.label_lower, Group._meta.label_lower)
NAMES = {
    "address": _("from"),
    "roles_given": _("roles given"),
    "roles_taken": _("roles taken away"),
    "given": _("rights given"),
    "taken": _("rights taken away"),
    **{field.name: field.verbose_name for field in User._meta.concrete_fields},
}


@tells
def acts_about(record: Any, wanted: Wanted) -> Iterator[Entry]:
    """What people did with a record and its jobs, and why."""
    if Kind.CHANGE not in wanted.kinds:
        return
    jobs = [] if isinstance(record, SyncJob) else queue.jobs_of(record).order_by("-id")[: wanted.limit]
    about = _about(record, [record.pk]) | _about(SyncJob, [job.pk for job in jobs])
    entries = AuditEntry.objects.filter(about).exclude(action__in=TOLD_ALREADY).select_related("actor")
    yield from map(act_entry, entries.order_by("-id")[: wanted.limit])


def act_entry(act: AuditEntry) -> Entry:
    who = name_of(act.actor) if act.actor else ""
    changes = tuple(_changes(act)) if act.object_model in ABOUT_ACCESS else ()
    return Entry(act.at, "person", audit.words_for(act.action), who, in_your_language(act.reason), changes=changes)


def _changes(act: AuditEntry) -> Iterator[Change]:
    """What the audit has noted beside the reason, as one line each; of lists only those with something in them."""
    changed = act.data.get("changed", {})
    # Changes of the own profile were noted by the names of the fields alone once.
    noted = act.data | (changed if isinstance(changed, dict) else dict.fromkeys(changed, _("changed")))
    for name, value in noted.items():
        if value and name != "changed":
            yield Change(
                str(NAMES.get(name, name)), "", ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            )


def _about(model: Any, numbers: list[Any]) -> Q:
    return Q(object_model=model._meta.label_lower, object_id__in=[str(number) for number in numbers])
