"""The lines of one order go one at a time, and stop behind one that nobody can vouch for."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from contributors.models import PaymentOrder, Transaction
from voicehub.sync import queue
from voicehub.sync.clock import database_now
from voicehub.sync.models import JobState, SyncJob

ON_ITS_WAY = (Transaction.State.WAITING, Transaction.State.SENDING)
UNFINISHED = (*ON_ITS_WAY, Transaction.State.HELD)
NOTHING_HAPPENED = (
    Transaction.State.REFUSED,
    Transaction.State.EXPIRED,
    Transaction.State.CANCELLED,
    Transaction.State.FAILED,
)


def start(order: PaymentOrder, user: Any) -> None:
    """Queue all lines of a confirmed order; all but the first wait for the line before them.

    Nothing is sent before the undo window ends.
    """
    not_before = undo_until()
    PaymentOrder._base_manager.filter(pk=order.pk).update(not_before=not_before)
    for place, line in enumerate(order.lines.order_by("id")):
        reason = _("It waits for the line before it.") if place else ""
        state = Transaction.State.HELD if reason else Transaction.State.WAITING
        Transaction._base_manager.filter(pk=line.pk).update(state=state, message=reason)
        queue.send_once(line, user=user, hold_reason=reason, not_before=not_before)


def undo_until() -> datetime:
    """Until when a payment that is confirmed now can be taken back."""
    return database_now() + timedelta(seconds=settings.PAYMENT_UNDO_SECONDS)


def held_jobs(order: PaymentOrder) -> Any:
    """Jobs of lines on hold, first line first."""
    lines = list(order.lines.values_list("pk", flat=True))
    return SyncJob.objects.filter(
        model=Transaction._meta.label_lower, object_id__in=lines, state=JobState.HELD
    ).order_by("object_id")


def first_on_hold(order: PaymentOrder) -> Transaction | None:
    job = held_jobs(order).first()
    lines = Transaction.objects.select_related("contributor", "connection__owner", "replaces")
    return lines.filter(pk=job.object_id).first() if job else None


def go_on_after(line: Transaction, job: SyncJob) -> None:
    """What an ended line means for those behind it. One that ended before its turn means nothing.

    Paid with a matching receipt, or surely not paid: the next one goes. Anything else, and whatever a person had
    to settle: they wait until a person releases them.
    """
    if job.state == JobState.HELD or (job.hold_reason and not _had_its_turn(line)):
        return
    if _is_clear(line, job):
        release_next(line.order)
    else:
        _hold(line)


def _is_clear(line: Transaction, job: SyncJob | None) -> bool:
    """Whether it is known, without a person's finding, that the line was paid as asked for or surely was not."""
    was_paid = line.state == Transaction.State.PAID and not line.receipt_mismatch
    is_known = was_paid or line.state in NOTHING_HAPPENED
    return is_known and job is not None and not job.settlements.exists() and not job.has_conflict


def _had_its_turn(line: Transaction) -> bool:
    """A line on hold that nothing before it keeps back: it was held for a reason of its own."""
    return all(_is_clear(earlier, earlier.job) for earlier in line.order.lines.filter(pk__lt=line.pk))


def release_next(order: PaymentOrder) -> int:
    """Let the first line on hold go; the others follow one at a time.

    Returns 1, or 0 when none is on hold or another line of the order is on its way: two never are at once.
    """
    current = PaymentOrder.objects.select_for_update().get(pk=order.pk)
    if order.lines.filter(state__in=ON_ITS_WAY).exists():
        return 0
    jobs = held_jobs(order)
    waiting = _("It waits for the line before it.")
    _explain(jobs, waiting)
    first = jobs.first()
    if first is None:
        return 0
    released = queue.release(SyncJob.objects.filter(pk=first.pk), not_before=current.not_before)
    if released:
        Transaction._base_manager.filter(pk=first.object_id).update(state=Transaction.State.WAITING, message="")
    return released


def _hold(line: Transaction) -> None:
    _explain(
        held_jobs(line.order),
        _("On hold: what happened to the payment to %(name)s has to be looked at first.")
        % {"name": line.contributor_name},
    )


def _explain(jobs: Any, reason: str) -> None:
    Transaction._base_manager.filter(pk__in=list(jobs.values_list("object_id", flat=True))).update(message=reason)
    jobs.update(hold_reason=reason)
