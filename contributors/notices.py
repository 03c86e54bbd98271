"""Who is told when a payment did not simply go through."""

from django.utils.translation import gettext as _

from contributors.models import Transaction
from voicehub.common.models import Notice
from voicehub.common.notices import mark_read, notify
from voicehub.sync.models import SyncJob

SETTLERS = "contributors.settle_transaction"
ENDED_UNPAID = (Transaction.State.REFUSED, Transaction.State.EXPIRED, Transaction.State.FAILED)


def tell_about(line: Transaction, job: SyncJob) -> None:
    """Tell the requester what became of a payment, and those who settle when somebody has to look."""
    if job.settlements.exists() and not job.has_conflict:
        mark_read(Notice.objects.filter(cause=_cause(Transaction.State.UNCERTAIN, line)))
        return
    if text := _doubt(line, job):
        _tell(line, SETTLERS, Notice.Level.ERROR, text)
        if not line.requested_by.has_perm(SETTLERS):
            _tell(line, line.requested_by, Notice.Level.ERROR, text)
    elif line.state in ENDED_UNPAID:
        text = _("The payment to %(name)s was not made: %(why)s") % {
            "name": line.contributor_name,
            "why": line.message,
        }
        _tell(line, line.requested_by, Notice.Level.WARNING, text)


def _doubt(line: Transaction, job: SyncJob) -> str:
    """Why somebody has to look at a payment; empty when nobody has to."""
    name = {"name": line.contributor_name}
    if job.has_conflict:
        return _("OutVoice's late answer about the payment to %(name)s contradicts what was settled.") % name
    if line.state == Transaction.State.UNCERTAIN:
        return (
            _("Whether the payment to %(name)s went through is not known. Somebody has to look in OutVoice.") % name
        )
    if line.receipt_mismatch:
        return _("OutVoice's receipt for the payment to %(name)s is not what was asked for.") % name
    return ""


def _tell(line: Transaction, to: object, level: str, text: str) -> None:
    notify(to, text, level=level, link=line.get_absolute_url(), cause=_cause(line.state, line))


def _cause(state: str, line: Transaction) -> str:
    return f"payment.{state} {line.pk}"
