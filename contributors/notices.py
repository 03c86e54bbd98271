"""Who is told when a payment did not simply go through."""

from collections.abc import Callable
from functools import partial
from hashlib import sha256

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributors.attention import CONFLICT, EXPIRED, HELD, MISMATCH, REFUSED, UNCERTAIN, needing
from contributors.models import Transaction
from voicehub.common.models import Notice
from voicehub.common.notices import Many, Words, mark_read, notify
from voicehub.sync.models import SyncJob

SETTLERS = "contributors.settle_transaction"
State = Transaction.State
LOOK = gettext_lazy("%(count)d payments are uncertain: look in OutVoice.")
ON_HOLD = gettext_lazy("%(count)d payments are on hold")
NOT_MADE = gettext_lazy("%(count)d payments were not made")


def tell_about(line: Transaction, job: SyncJob) -> None:
    """Tell the requester, and those who settle, what became of a payment; whoever is both is told once.

    The same trouble again, through the same account and for the same reason, counts up in one notice.
    """
    if job.settlements.exists() and not job.has_conflict:
        _forget_what_is_settled(line)
    elif job.has_conflict:
        _tell(line, CONFLICT, partial(_contradiction, line), str(line.pk))
    elif line.state == State.UNCERTAIN:
        _tell(line, UNCERTAIN, partial(_uncertain, line), "", LOOK)
    elif line.receipt_mismatch and line.state == State.PAID:
        _tell(line, MISMATCH, partial(_mismatch, line), str(line.pk))
    elif line.state == State.HELD and job.message:
        _tell(line, HELD, partial(_held, line), line.message, _many(ON_HOLD, line.message))
    elif line.state in (State.REFUSED, State.FAILED):
        _tell(line, REFUSED, partial(_unpaid, line), line.message, _many(NOT_MADE, line.message))
    elif line.state == State.EXPIRED:
        many = _many(NOT_MADE, line.message)
        _tell(line, EXPIRED, partial(_unpaid, line), line.message, many, is_urgent=False)


def _tell(line: Transaction, need: str, text: Words, about: str, many: Words = "", *, is_urgent: bool = True) -> None:
    listed = reverse("admin:contributors_transaction_changelist", query={"needs": need})
    notify(
        [line.requested_by, SETTLERS],
        text,
        level=Notice.Level.WARNING if need in (REFUSED, EXPIRED) else Notice.Level.ERROR,
        link=line.get_absolute_url(),
        cause=_cause(line, need, about),
        is_urgent=is_urgent,
        many=Many(many, listed) if many else None,
    )


def _cause(line: Transaction, need: str, about: str) -> str:
    return f"payment.{need} {line.connection_id} {sha256(about.encode()).hexdigest()[:12] if about else ''}".strip()


def forget(line: Transaction) -> None:
    """Nothing is left to do about a payment: once that holds for all of its cause, the notices about it are read."""
    for need, about in ((MISMATCH, str(line.pk)), (REFUSED, line.message), (EXPIRED, line.message)):
        same = Transaction.objects.filter(connection=line.connection_id, message=line.message)
        if not needing(same, need).exists():
            mark_read(Notice.objects.filter(cause=_cause(line, need, about)))


def _forget_what_is_settled(line: Transaction) -> None:
    """Once nothing of the account is uncertain any more, nobody has to look any more."""
    mark_read(Notice.objects.filter(cause=_cause(line, CONFLICT, str(line.pk))))
    uncertain = Transaction.objects.filter(connection=line.connection_id, state=State.UNCERTAIN)
    if not uncertain.exists():
        mark_read(Notice.objects.filter(cause=_cause(line, UNCERTAIN, "")))


def _many(words: Promise, why: str) -> Callable[[], str]:
    return lambda: f"{words}: {why.replace('%', '%%')}"


def _uncertain(line: Transaction) -> str:
    return _("Whether the payment to %(name)s went through is not known. Somebody has to look in OutVoice.") % _name(
        line
    )


def _contradiction(line: Transaction) -> str:
    return _("OutVoice's late answer about the payment to %(name)s contradicts what was settled.") % _name(line)


def _mismatch(line: Transaction) -> str:
    return _("OutVoice's receipt for the payment to %(name)s is not what was asked for.") % _name(line)


def _held(line: Transaction) -> str:
    return _("The payment to %(name)s is on hold: %(why)s") % {**_name(line), "why": line.message}


def _unpaid(line: Transaction) -> str:
    return _("The payment to %(name)s was not made: %(why)s") % {**_name(line), "why": line.message}


def _name(line: Transaction) -> dict[str, str]:
    return {"name": line.contributor_name}
