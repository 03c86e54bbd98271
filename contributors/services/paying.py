"""Paying for real: confirming an order, taking a payment back, settling, releasing."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contributors import sequence
from contributors.models import Contributor, PaymentOrder, Transaction
from contributors.services.accounts import usable_connection
from contributors.services.drafts import digest, locked
from contributors.services.errors import AlreadyConfirmedError, NewWarningsError, PaidAgainError
from contributors.warnings import keys, warnings_for
from voicehub.sync import services as jobs
from voicehub.sync.models import Settlement
from voicehub.sync.signals import person_acted


def confirm(order: PaymentOrder, *, user: Any, lines_shown: str, warnings_read: Collection[str] = ()) -> None:
    """Pay an order: once, and only as it was shown. `lines_shown` is `digest(order)` of the page.

    `warnings_read` are keys of warnings that came up since the preview and that the person has read meanwhile.

    The contributors' rows are locked, so that of two people who pay the same person for the same work the second
    one sees the first one's payment. Raises AlreadyConfirmedError, DiscardedError,
    NewWarningsError, PaidAgainError, NotConnectedError.
    """
    connection = usable_connection()
    with transaction.atomic():
        current = locked(order)
        if current.confirmed_at or digest(current) != lines_shown or current.connection_id != connection.pk:
            raise AlreadyConfirmedError
        people = Contributor.objects.filter(transactions__order=current).order_by("pk")
        list(people.select_for_update().values_list("pk", flat=True))
        warnings = warnings_for(current)
        if set(keys(warnings)) - {*current.shown_warnings, *warnings_read}:
            raise NewWarningsError(warnings)
        _check_not_paid_again(current)
        PaymentOrder._base_manager.filter(pk=current.pk).update(confirmed_at=timezone.now())
        sequence.start(current, user)


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


def cancel(payment: Transaction, *, user: Any) -> None:
    """Cancel a payment that has not started. Raises `voicehub.sync.services.TooLateError`."""
    job = payment.job
    if job is None:
        raise jobs.TooLateError(_("This is a draft; discard the draft instead."))
    jobs.cancel(job, user=user)


def settle(payment: Transaction, *, finding: str, looked_at: str, note: str, user: Any) -> Settlement:
    """Record what a person found in OutVoice about an uncertain payment. Raises TooLateError, NotYetError."""
    job = payment.job
    if job is None:
        raise jobs.TooLateError(_("This payment was never sent."))
    return jobs.settle(job, finding=finding, looked_at=looked_at, note=note, user=user)


def release_behind(order: PaymentOrder, *, user: Any, reason: str) -> None:
    """Let the lines go that are on hold behind one that had to be looked at. Raises TooLateError."""
    with transaction.atomic():
        if not sequence.release_next(order):
            raise jobs.TooLateError(
                _("Nothing is on hold here any more, or one of the payments is on its way still.")
            )
        person_acted.send(sender=PaymentOrder, action="payment.released", actor=user, obj=order, reason=reason)
