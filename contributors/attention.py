"""Payments that need somebody: one definition for the inbox's counts and for the list that they lead to."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from contributors.models import Transaction
from voicehub.sync.models import SyncJob

State = Transaction.State
UNCERTAIN, CONFLICT, MISMATCH = "uncertain", "conflict", "mismatch"
HELD, REFUSED, EXPIRED = "held", "refused", "expired"
# In the order in which somebody should look.
NEEDS = {
    UNCERTAIN: _("Uncertain: look in OutVoice"),
    CONFLICT: _("OutVoice's late answer contradicts what was settled"),
    MISMATCH: _("Receipt differs from what was asked"),
    HELD: _("On hold until somebody looks"),
    REFUSED: _("Refused, not dealt with"),
    EXPIRED: _("Expired, not dealt with"),
}


def needing(payments: QuerySet[Transaction], need: str) -> QuerySet[Transaction]:
    """Those of the payments that need somebody in this way."""
    match need:
        case "uncertain":
            return payments.filter(state=State.UNCERTAIN)
        case "conflict":
            return payments.filter(pk__in=_contradicted())
        case "mismatch":
            # Written as the index has it, which otherwise would not be found.
            return payments.filter(~Q(receipt_mismatch=""), dealt_with_at=None, state=State.PAID)
        case "held":
            return payments.filter(state=State.HELD).exclude(Exists(_on_its_way()))
        case "refused":
            return _left(payments, State.REFUSED, State.FAILED)
        case "expired":
            return _left(payments, State.EXPIRED)
    return payments


def can_be_dealt_with(payment: Transaction) -> bool:
    """Whether somebody may say that nothing is left to do about it."""
    is_unpaid = payment.state in (State.REFUSED, State.FAILED, State.EXPIRED)
    has_mismatch = payment.state == State.PAID and bool(payment.receipt_mismatch)
    return payment.dealt_with_at is None and (is_unpaid or has_mismatch)


def _left(payments: QuerySet[Transaction], *states: str) -> QuerySet[Transaction]:
    """Not dealt with; one that was tried again leaves it to the newer attempt to say what is left to do."""
    tried_again = Transaction.objects.filter(replaces=OuterRef("pk")).exclude(
        state__in=(State.DRAFT, State.CANCELLED)
    )
    return payments.filter(Q(state__in=states, dealt_with_at=None) & ~Exists(tried_again))


def _contradicted() -> Any:
    jobs = SyncJob.objects.filter(has_conflict=True, model=Transaction._meta.label_lower)
    return jobs.order_by().values("object_id")


def _on_its_way() -> QuerySet[Transaction]:
    """A line of the same order that goes out now; those behind it only wait for their turn."""
    return Transaction.objects.filter(order=OuterRef("order"), state__in=(State.WAITING, State.SENDING))
