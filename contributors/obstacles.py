"""What keeps a payment from being sent, asked right before its first byte would leave. Each is put on hold."""

from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from contributors.models import Approval, Transaction


def obstacle(payment: Transaction) -> str:
    """The first reason why this payment must not be sent now; empty when there is none."""
    return _changed_payee(payment) or _not_approved(payment) or _first_live_payment(payment)


def _changed_payee(payment: Transaction) -> str:
    payee = payment.contributor
    words = {"name": payment.contributor_name, "now": payee.name}
    if payee.name != payment.contributor_name:
        return _("OutVoice's list names this payee %(now)s now; asked for was %(name)s.") % words
    if not payee.is_active:
        return _("%(name)s is no longer on OutVoice's list.") % words
    return ""


def _not_approved(payment: Transaction) -> str:
    approvals = Approval.objects.filter(order=payment.order_id).exclude(state=Approval.State.APPROVED)
    return _("It has not been approved.") if approvals.exists() else ""


def _first_live_payment(payment: Transaction) -> str:
    if settings.VOICEHUB_DEMO or is_small_enough_to_try(payment.amount) or is_proven(payment.connection_id):
        return ""
    return first_payment_rule()


def is_small_enough_to_try(amount: Decimal) -> bool:
    return amount <= Decimal(settings.OUTVOICE_FIRST_PAYMENT_MAX)


def is_proven(connection_id: int) -> bool:
    """Whether one receipt through this account has matched what was asked for: amounts mean there what we think."""
    paid = Transaction.objects.filter(connection=connection_id, state=Transaction.State.PAID, receipt_mismatch="")
    return paid.exclude(receipt="").exists()


def first_payment_rule() -> str:
    return _(
        "No payment through this account has been confirmed by a matching receipt yet: until then nothing above "
        "%(most)s is sent. Pay a small amount first and compare its receipt, then release this one."
    ) % {"most": settings.OUTVOICE_FIRST_PAYMENT_MAX}
