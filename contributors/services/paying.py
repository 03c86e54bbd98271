"""Paying for real: confirming an order, taking a payment back, settling, releasing."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contributors import notices, obstacles, sequence
from contributors.attention import can_be_dealt_with
from contributors.models import Approval, Contributor, PaymentOrder, Transaction
from contributors.rules import DAILY_LIMIT, approval_reason, parts_of, use_of
from contributors.services import approvals
from contributors.services.accounts import usable_connection
from contributors.services.drafts import digest, locked
from contributors.services.errors import (
    AlreadyConfirmedError,
    NewWarningsError,
    NotPayableError,
    PaidAgainError,
)
from contributors.warnings import keys, warnings_for
from voicehub.common import limits
from voicehub.sync import services as jobs
from voicehub.sync.models import Settlement
from voicehub.sync.signals import person_acted


def confirm(order: PaymentOrder, *, user: Any, lines_shown: str, warnings_read: Collection[str] = ()) -> None:
    """Pay an order: once, and only as it was shown. `lines_shown` is `digest(order)` of the page.

    `warnings_read` are keys of warnings that came up since the preview and that the person has read meanwhile.
    Above a limit the order waits for somebody else's approval instead of going out.

    Raises AlreadyConfirmedError, DiscardedError, NewWarningsError, PaidAgainError, NotConnectedError,
    NotPayableError, and `voicehub.common.limits.LimitReachedError`.
    """
    connection = usable_connection(user)
    with transaction.atomic():
        current = locked(order)
        if current.confirmed_at or digest(current) != lines_shown or current.connection_id != connection.pk:
            raise AlreadyConfirmedError
        lines = locked_lines(current)
        warnings = warnings_for(current)
        if set(keys(warnings)) - {*current.shown_warnings, *warnings_read}:
            raise NewWarningsError(warnings)
        commit(current, lines, user=user)


def locked_lines(order: PaymentOrder) -> list[Transaction]:
    """The order's lines, with the rows of everybody in them locked.

    Of two people who pay the same person for the same work the second one then sees the first one's payment.
    """
    lines = list(order.lines.select_related("contributor").order_by("id"))
    people = {pk for line in lines for pk in line.contributor.in_all_accounts().values_list("pk", flat=True)}
    list(Contributor.objects.filter(pk__in=people).order_by("pk").select_for_update().values_list("pk", flat=True))
    return list(order.lines.select_related("contributor").order_by("id"))


def commit(order: PaymentOrder, lines: Sequence[Transaction], *, user: Any, is_approved: bool = False) -> None:
    """Send a locked draft on its way: into the queue, or before somebody who approves it.

    Raises NotPayableError, PaidAgainError and LimitReachedError.
    """
    if problem := next(filter(None, map(obstacles.not_on_list, lines)), ""):
        raise NotPayableError(problem)
    _check_not_paid_again(order)
    parts = parts_of(lines)
    limits.check(DAILY_LIMIT, user=user, adding=use_of(parts))
    why = "" if is_approved else approval_reason(parts)
    PaymentOrder._base_manager.filter(pk=order.pk).update(confirmed_at=timezone.now())
    for earlier in Transaction.objects.filter(paid_again__order=order):
        notices.forget(earlier)
    if why:
        approvals.ask_for_order(order, why=why, user=user)
    else:
        sequence.start(order, user)


def _check_not_paid_again(order: PaymentOrder) -> None:
    replaced = order.lines.exclude(replaces=None).values("replaces")
    earlier = Transaction.objects.select_for_update().filter(pk__in=replaced)
    if paid := next((one for one in earlier if one.state not in Transaction.PAY_AGAIN), None):
        raise PaidAgainError(
            _("The earlier payment to %(name)s is %(state)s by now. Nothing was paid again.")
            % {"name": paid.contributor_name, "state": paid.get_state_display().lower()}
        )
    other = Transaction.objects.filter(replaces__in=replaced, state__in=Transaction.COUNTS).first()
    if other:
        raise PaidAgainError(
            _("The payment to %(name)s has been paid again already. Nothing was paid now.")
            % {"name": other.contributor_name}
        )


def cancel(payment: Transaction, *, user: Any) -> str:
    """Cancel a payment that has not started. Returns what was done; raises `voicehub.sync.services.TooLateError`.

    One that waits for approval takes the whole question back, and with it the lines beside it.
    """
    if payment.state == Transaction.State.APPROVAL:
        approvals.withdraw(payment.order.approval, user=user)
        return _("The question is taken back, and with it every payment beside this one; nothing was sent.")
    job = payment.job
    if job is None:
        raise jobs.TooLateError(_("This is a draft; discard the draft instead."))
    jobs.cancel(job, user=user)
    return _("The payment to %(name)s is cancelled; nothing was sent.") % {"name": payment.contributor_name}


def cancel_order(order: PaymentOrder, *, user: Any) -> str:
    """Cancel all that has not started. Returns what came of it, in words; raises TooLateError when nothing did."""
    if PaymentOrder.objects.filter(pk=order.pk, confirmed_at=None).exists():
        raise jobs.TooLateError(_("This is a draft; discard the draft instead."))
    waiting = Approval.objects.filter(order=order, state=Approval.State.OPEN).first()
    if waiting:
        approvals.withdraw(waiting, user=user)
        return _("Withdrawn; nothing was sent.")
    cancelled, too_late = _cancel_lines(order, user)
    if not cancelled:
        raise jobs.TooLateError(too_late or _("Nothing is left to cancel: every payment has ended."))
    words = ngettext("%d payment is cancelled.", "%d payments are cancelled.", cancelled) % cancelled
    rest = too_late or _("Nothing of it was sent.")
    return f"{words} {rest}"


def _cancel_lines(order: PaymentOrder, user: Any) -> tuple[int, str]:
    """The last line first, so that none moves up meanwhile. Returns how many, and why others were not."""
    cancelled, too_late = 0, ""
    for payment in order.lines.filter(state__in=sequence.UNFINISHED).order_by("-id"):
        try:
            cancel(payment, user=user)
            cancelled += 1
        except jobs.TooLateError as error:
            too_late = str(error)
    return cancelled, too_late


def deal_with(payment: Transaction, *, user: Any, reason: str) -> None:
    """Write down that nothing is left to do about a payment. Raises TooLateError when there is not."""
    if not can_be_dealt_with(payment):
        raise jobs.TooLateError(_("There is nothing to deal with here any more."))
    with transaction.atomic():
        left = Transaction._base_manager.filter(pk=payment.pk, state=payment.state, dealt_with_at=None)
        if not left.update(dealt_with_at=timezone.now()):
            raise jobs.TooLateError(_("Somebody else has dealt with it meanwhile."))
        notices.forget(payment)
        person_acted.send(sender=Transaction, action="payment.dealt_with", actor=user, obj=payment, reason=reason)


def settle(payment: Transaction, *, finding: str, looked_at: str, note: str, user: Any) -> Settlement:
    """Record what a person found in OutVoice about an uncertain payment. Raises TooLateError, NotYetError."""
    job = payment.job
    if job is None:
        raise jobs.TooLateError(_("This payment was never sent."))
    return jobs.settle(job, finding=finding, looked_at=looked_at, note=note, user=user)


def release_behind(order: PaymentOrder, *, user: Any, reason: str, name_shown: str = "") -> None:
    """Let the lines go that are on hold, one at a time.

    `name_shown` is the payee's name on the page: where it is another one than was asked for, who looked agrees to it.

    Raises TooLateError when none is on hold any more, and NotPayableError when the first one must not go.
    """
    with transaction.atomic():
        first = sequence.first_on_hold(order)
        if first is not None:
            _check_may_go(first, name_shown)
        if not sequence.release_next(order):
            raise jobs.TooLateError(
                _("Nothing is on hold here any more, or one of the payments is on its way still.")
            )
        person_acted.send(sender=PaymentOrder, action="payment.released", actor=user, obj=order, reason=reason)


def _check_may_go(payment: Transaction, name_shown: str) -> None:
    if problem := obstacles.lasting_obstacle(payment):
        raise NotPayableError(problem)
    if obstacles.changed_name(payment) and payment.contributor.name != name_shown:
        raise NotPayableError(_("The name has changed since you looked. Please look again."))
    Transaction._base_manager.filter(pk=payment.pk).update(contributor_name=payment.contributor.name)
