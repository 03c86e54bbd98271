"""Payments that need somebody: one definition for the inbox's counts and for the list that they lead to."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from contributors.models import Transaction

State = Transaction.State
UNCERTAIN, MISMATCH, HELD, REFUSED, EXPIRED = "uncertain", "mismatch", "held", "refused", "expired"
# In the order in which somebody should look.
NEEDS = {
    UNCERTAIN: _("Uncertain: look in OutVoice"),
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
        case "mismatch":
            return payments.filter(state=State.PAID, dealt_with_at=None).exclude(receipt_mismatch="")
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
    again = Transaction.objects.filter(replaces=OuterRef("pk"), state__in=Transaction.COUNTS)
    return payments.filter(Q(state__in=states, dealt_with_at=None) & ~Exists(again))


def _on_its_way() -> QuerySet[Transaction]:
    """A line of the same order that goes out now; those behind it only wait for their turn."""
    return Transaction.objects.filter(order=OuterRef("order"), state__in=(State.WAITING, State.SENDING))
