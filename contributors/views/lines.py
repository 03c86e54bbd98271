"""What pages show about payments: lines of a preview, lines of an order, sums."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributors.models import PaymentOrder, Transaction
from contributors.views.access import PAY, SETTLE, may_cancel
from contributors.warnings import PaymentWarning
from voicehub.sync.admin.conditions import Condition, Roadblocks
from voicehub.sync.admin.states import badge
from voicehub.sync.models import JobState, Settlement, SyncJob
from voicehub.sync.models.job import QUEUED

State = Transaction.State


@dataclass(frozen=True)
class Total:
    """The sum of some payments in one currency; `paid` is the part that OutVoice has confirmed."""

    currency: str
    amount: Decimal
    paid: Decimal
    count: int

    def __str__(self) -> str:
        return f"{self.amount:.2f} {self.currency}"


@dataclass(frozen=True)
class PreviewLine:
    """A line that is not paid yet: each warning with a mark whether it came up since the person last looked."""

    payment: Transaction
    warnings: Sequence[tuple[PaymentWarning, bool]]


@dataclass(frozen=True)
class OrderLine:
    """A line of a confirmed order: where it stands and what this person can do about it."""

    payment: Transaction
    job: SyncJob | None
    settlements: Sequence[Settlement]
    roadblock: Condition | None
    paid_again_by: Transaction | None
    can_cancel: bool
    can_settle: bool
    can_pay_again: bool

    @property
    def state(self) -> str:
        """The payment's state; one that waits for a free way is shown as such."""
        return "paused" if self.roadblock and not self.is_held else self.payment.state

    @property
    def badge(self) -> SafeString:
        return badge(self.state)

    @property
    def message(self) -> str:
        return self.roadblock.why if self.roadblock else self.payment.message

    @property
    def is_held(self) -> bool:
        return self.payment.state == State.HELD

    @property
    def is_moving(self) -> bool:
        return self.job is not None and self.job.state in (JobState.WAITING, JobState.SENDING)

    @property
    def next_step(self) -> str:
        if self.job is not None and self.job.has_conflict:
            return _("OutVoice's answer, which came late, contradicts what was settled here. Look in OutVoice again.")
        if self.paid_again_by is not None:
            return _("It has been paid again since. Nothing is left to do.")
        if self.payment.receipt_mismatch:
            return _("Compare the receipt with OutVoice before the payments behind it are released.")
        return str(NEXT_STEPS.get(self.state, ""))


NOT_PAID = gettext_lazy("It was not paid. It is safe to pay again.")
NEXT_STEPS: dict[str, Any] = {
    State.APPROVAL: gettext_lazy("Somebody else has to approve it first. You can still take it back."),
    State.WAITING: gettext_lazy("It goes out by itself. You can still cancel it."),
    State.HELD: gettext_lazy("It waits for its turn, or for somebody to release it. You can still cancel it."),
    State.SENDING: gettext_lazy("It is on its way; this takes a few seconds."),
    State.PAID: gettext_lazy("Nothing is left to do."),
    State.REFUSED: NOT_PAID,
    State.FAILED: NOT_PAID,
    State.EXPIRED: NOT_PAID,
    State.CANCELLED: NOT_PAID,
    State.UNCERTAIN: gettext_lazy(
        "It may have been paid: do not pay it again. Somebody has to look in OutVoice and settle it here."
    ),
}


def totals(payments: Iterable[Transaction]) -> list[Total]:
    """Sums for each currency, by its name."""
    groups: dict[str, list[Transaction]] = defaultdict(list)
    for payment in payments:
        groups[payment.currency].append(payment)
    return [
        Total(
            currency,
            sum((one.amount for one in group), Decimal()),
            sum((one.amount for one in group if one.state == State.PAID), Decimal()),
            len(group),
        )
        for currency, group in sorted(groups.items())
    ]


def preview_lines(
    order: PaymentOrder, warnings: Collection[PaymentWarning], new: Collection[str]
) -> list[PreviewLine]:
    return [
        PreviewLine(line, [(one, one.key in new) for one in warnings if one.line_id == line.pk])
        for line in order.lines.select_related("contributor", "replaces").order_by("id")
    ]


def order_lines(order: PaymentOrder, user: Any) -> list[OrderLine]:
    roadblocks = Roadblocks()
    lines = order.lines.select_related("contributor", "replaces").order_by("id")
    return [order_line(line, user, roadblocks) for line in lines]


def order_line(payment: Transaction, user: Any, roadblocks: Roadblocks) -> OrderLine:
    """Where a payment stands, for one person."""
    job = payment.job
    settlements = list(job.settlements.select_related("settled_by")) if job else []
    again = payment.paid_again.filter(state__in=Transaction.COUNTS).first()
    is_open = payment.state == State.UNCERTAIN or bool(settlements)
    return OrderLine(
        payment=payment,
        job=job,
        settlements=settlements,
        roadblock=roadblocks.before_job(job) if job else None,
        paid_again_by=again,
        can_cancel=_is_stoppable(payment, job) and may_cancel(user),
        can_settle=is_open and user.has_perm(SETTLE),
        can_pay_again=payment.state in Transaction.PAY_AGAIN and again is None and user.has_perm(PAY),
    )


def _is_stoppable(payment: Transaction, job: SyncJob | None) -> bool:
    return payment.state == State.APPROVAL or (job is not None and job.state in QUEUED)


def is_moving(lines: Iterable[OrderLine]) -> bool:
    """True while something goes on by itself, so that looking again is worth while."""
    return any(line.is_moving for line in lines)


def mark(lines: Iterable[OrderLine]) -> str:
    """Changes when a page about these lines would look different."""
    facts = [
        (line.state, line.message, line.payment.receipt, len(line.settlements), str(line.paid_again_by))
        for line in lines
    ]
    return sha256(repr(facts).encode()).hexdigest()[:16]
