"""The history of an order and its payments: who changed the draft, who decided, and what became of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from contributors.models import Approval, Contributor, PaymentOrder, Transaction
from voicehub.common import audit
from voicehub.common.models import AuditEntry, Run
from voicehub.sync.models import SyncJob
from voicehub.sync.timeline import Change, Entry, Wanted, about_jobs_of, changes, name_of

NOTHING = "–"
# A settlement tells more than the note that somebody settled.
TOLD_BY_THE_JOB = ("job.settled",)

Lines = Mapping[int, Any]


def of_payment(payment: Transaction, wanted: Wanted) -> list[Entry]:
    """All that happened to a payment, and to its order as far as it concerns the payment; newest first."""
    order = payment.order
    acts = _acts(order, [payment])
    return wanted.newest(_of_order(order.pk, order, wanted.limit), acts, about_jobs_of(payment, wanted))


def of_order(number: int, wanted: Wanted) -> list[Entry]:
    """All that people did with an order; also with a draft that was thrown away. Newest first."""
    order = PaymentOrder.objects.filter(pk=number).first()
    acts = _acts(order, list(order.lines.all())) if order else ()
    return wanted.newest(_of_order(number, order, wanted.limit), acts)


def of_contributor(contributor: Contributor) -> Iterator[Entry]:
    """Since when OutVoice has had a contributor on its list, and until when."""
    yield Entry(at=contributor.first_seen_at, icon="add_circle", title=_("Found at OutVoice"))
    if not contributor.is_active and contributor.last_seen_at:
        yield Entry(at=contributor.last_seen_at, icon="delete", title=_("Last seen on OutVoice's list"))


def _of_order(number: int, order: PaymentOrder | None, limit: int) -> Iterator[Entry]:
    yield from changes(PaymentOrder.history.filter(id=number), limit)
    yield from _changed_lines(number)
    if order:
        yield from _confirmed(order)
        yield from map(_asked, Approval.objects.filter(_about_approval(order)).select_related("asked_by"))


def _confirmed(order: PaymentOrder) -> Iterator[Entry]:
    if order.confirmed_at:
        lines = order.lines.values("pk")
        job = SyncJob.objects.filter(model=Transaction._meta.label_lower, object_id__in=lines).order_by("id").first()
        who = name_of(job.requested_by) if job and job.requested_by else ""
        yield Entry(at=order.confirmed_at, icon="task_alt", title=_("Confirmed for payment"), who=who)


def _asked(approval: Approval) -> Entry:
    who = name_of(approval.asked_by)
    return Entry(at=approval.asked_at, icon="contact_support", title=_("Needs approval"), who=who, text=approval.why)


def _about_approval(order: PaymentOrder) -> Q:
    return Q(order=order) | Q(run__rows__order=order)


def _acts(order: PaymentOrder, lines: Iterable[Transaction]) -> Iterator[Entry]:
    """What the audit has about an order, its batch, some of its lines and their jobs."""
    about = _about(PaymentOrder, [order.pk])
    if order.run_row:
        about |= _about(Run, [order.run_row.run_id])
    numbers = [line.pk for line in lines]
    jobs = SyncJob.objects.filter(model=Transaction._meta.label_lower, object_id__in=numbers)
    about |= _about(Transaction, numbers) | _about(SyncJob, jobs.values_list("pk", flat=True))
    for act in AuditEntry.objects.filter(about).exclude(action__in=TOLD_BY_THE_JOB).select_related("actor"):
        who = name_of(act.actor) if act.actor else ""
        yield Entry(at=act.at, icon="person", title=audit.words_for(act.action), who=who, text=act.reason)


def _about(model: Any, numbers: Iterable[int]) -> Q:
    return Q(object_model=model._meta.label_lower, object_id__in=[str(number) for number in numbers])


def _changed_lines(number: int) -> Iterator[Entry]:
    """Whom a draft paid how much, before and after each change."""
    rows = Transaction.history.filter(order=number).select_related("history_user")
    before: dict[str, str] = {}
    for last, lines in _versions(rows.order_by("history_date", "history_id")):
        after = _amounts(lines)
        differences = tuple(
            Change(name, before.get(name, NOTHING), after.get(name, NOTHING))
            for name in sorted(before.keys() | after.keys())
            if before.get(name) != after.get(name)
        )
        if differences:
            who = name_of(last.history_user) if last.history_user else ""
            yield Entry(
                at=last.history_date, icon="edit", title=_("Changed whom it pays"), who=who, changes=differences
            )
        before = after


def _versions(rows: Iterable[Any]) -> Iterator[tuple[Any, Lines]]:
    """The lines of an order after each change, with the last row of the change.

    A change takes the old lines away before it puts new ones in: one that is taken away after one was put in
    belongs to the next change.
    """
    lines: dict[int, Any] = {}
    last = None
    for row in rows:
        if last and row.history_type == "-" and last.history_type != "-":
            yield last, dict(lines)
        if row.history_type == "-":
            lines.pop(row.id, None)
        else:
            lines[row.id] = row
        last = row
    if last:
        yield last, lines


def _amounts(lines: Lines) -> dict[str, str]:
    """By the name of each payee, what the lines pay."""
    amounts = defaultdict(list)
    for line in lines.values():
        amounts[line.contributor_name].append(f"{line.amount:.2f} {line.currency}")
    return {name: " + ".join(texts) for name, texts in amounts.items()}
