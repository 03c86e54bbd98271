"""What keeps a payment from being sent, asked right before its first byte would leave. Each is put on hold."""

from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from contributors.models import Approval, Transaction


def obstacle(payment: Transaction) -> str:
    """The first reason why this payment must not be sent now; empty when there is none."""
    return changed_name(payment) or lasting_obstacle(payment)


def lasting_obstacle(payment: Transaction) -> str:
    """A reason that stays even when somebody looks and agrees."""
    return _not_approved(payment) or standing_obstacle(payment)


def standing_obstacle(payment: Transaction) -> str:
    """A reason that an approval would not take away."""
    reasons = (not_on_list, _owner_left, _paid_after_all, first_live_payment)
    return next(filter(None, (reason(payment) for reason in reasons)), "")


def changed_name(payment: Transaction) -> str:
    payee = payment.contributor
    if payee.name == payment.contributor_name:
        return ""
    return _("OutVoice's list names this payee %(now)s now; asked for was %(name)s. Is it the same person?") % {
        "now": payee.name,
        "name": payment.contributor_name,
    }


def not_on_list(payment: Transaction) -> str:
    payee = payment.contributor
    words = {"name": payment.contributor_name}
    if payee.connection_id != payment.connection_id:
        return _("%(name)s is not on the list of the account that would pay.") % words
    if not payee.is_active:
        return _("%(name)s is no longer on OutVoice's list and cannot be paid.") % words
    return ""


def first_live_payment(payment: Transaction) -> str:
    if settings.VOICEHUB_DEMO or payment.amount <= Decimal(settings.OUTVOICE_FIRST_PAYMENT_MAX):
        return ""
    if _is_proven(payment.connection_id):
        return ""
    return _(
        "No payment through this account has been confirmed by a matching receipt yet: until then nothing above "
        "%(most)s is sent. Pay a small amount first and compare its receipt, then release this one."
    ) % {"most": settings.OUTVOICE_FIRST_PAYMENT_MAX}


def _is_proven(connection_id: int) -> bool:
    """Whether one receipt through this account has matched what was asked for: amounts mean there what we think."""
    paid = Transaction.objects.filter(connection=connection_id, state=Transaction.State.PAID, receipt_mismatch="")
    return paid.exclude(receipt="").exists()


def _owner_left(payment: Transaction) -> str:
    owner = payment.connection.owner
    if owner is None or owner.is_active:
        return ""
    return _("It would go out through the own account of %(who)s, who cannot sign in any more.") % {"who": owner}


def _paid_after_all(payment: Transaction) -> str:
    """What it pays again was found to be paid, or may be, after it was asked for."""
    earlier = payment.replaces
    if earlier is None or earlier.state in Transaction.PAY_AGAIN:
        return ""
    words = {"number": earlier.pk, "state": earlier.get_state_display().lower()}
    return _("Payment %(number)d, which this one pays again, is %(state)s by now. Cancel this one.") % words


def _not_approved(payment: Transaction) -> str:
    approvals = Approval.objects.filter(order=payment.order_id).exclude(state=Approval.State.APPROVED)
    return _("It has not been approved.") if approvals.exists() else ""
