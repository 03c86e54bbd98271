"""What a person should know before money leaves: nothing here forbids, everything here is shown."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db.models import Avg, Count, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contributors import obstacles
from contributors.models import PaymentOrder, Transaction

FAR_ABOVE_USUAL = 3
USUAL_NEEDS_PAYMENTS = 3


@dataclass(frozen=True)
class PaymentWarning:
    """`key` stays the same as long as the cause does, so that a page can tell which warnings are new."""

    key: str
    line_id: int
    text: str


def warnings_for(order: PaymentOrder) -> list[PaymentWarning]:
    """All warnings about an order's lines as things stand now."""
    lines = list(order.lines.select_related("contributor").order_by("id"))
    people = Counter(line.contributor_id for line in lines)
    return [
        warning
        for line in lines
        for warning in (
            *_paid_before(line),
            *_twice_here(line, people),
            *_first_payment(line),
            *_amount(line),
            *_first_live_payment(line),
        )
    ]


def _paid_before(line: Transaction) -> Iterator[PaymentWarning]:
    same_work = Q(url=line.url) | Q(title__iexact=line.title)
    others = Transaction.objects.filter(
        same_work, contributor__in=line.contributor.in_all_accounts(), state__in=Transaction.COUNTS
    ).exclude(order=line.order_id)
    for other in others.order_by("id")[:5]:
        yield PaymentWarning(
            f"paid:{line.contributor_id}:{other.pk}",
            line.pk,
            _(
                "%(name)s has a payment of %(amount)s %(currency)s for this address or title already "
                "(%(date)s, %(state)s)."
            )
            % {
                "name": line.contributor_name,
                "amount": other.amount,
                "currency": other.currency,
                "date": date_format(other.created_at, "SHORT_DATE_FORMAT"),
                "state": other.get_state_display().lower(),
            },
        )


def _twice_here(line: Transaction, people: Counter[int]) -> Iterator[PaymentWarning]:
    if people[line.contributor_id] > 1:
        yield PaymentWarning(
            f"twice:{line.contributor_id}",
            line.pk,
            _("%(name)s stands on more than one line of this order.") % {"name": line.contributor_name},
        )


def _first_payment(line: Transaction) -> Iterator[PaymentWarning]:
    paid = Transaction.objects.filter(contributor=line.contributor_id, state=Transaction.State.PAID)
    if not paid.exists():
        yield PaymentWarning(
            f"first:{line.contributor_id}",
            line.pk,
            _("This is the first payment to %(name)s.") % {"name": line.contributor_name},
        )


def _amount(line: Transaction) -> Iterator[PaymentWarning]:
    most = Decimal(settings.OUTVOICE_MAX_AMOUNT)
    if line.amount > most:
        yield PaymentWarning(
            f"limit:{line.contributor_id}:{line.amount}",
            line.pk,
            _("%(amount)s is more than OutVoice's own forms take (%(most)s).")
            % {"amount": line.amount, "most": most},
        )
    usual = _usual(line)
    if usual and line.amount > FAR_ABOVE_USUAL * usual:
        yield PaymentWarning(
            f"unusual:{line.contributor_id}:{line.amount}",
            line.pk,
            _("%(amount)s is far above what %(name)s usually gets (%(usual).2f).")
            % {"amount": line.amount, "name": line.contributor_name, "usual": usual},
        )


def _usual(line: Transaction) -> Decimal | None:
    paid = Transaction.objects.filter(
        contributor=line.contributor_id, currency=line.currency, state=Transaction.State.PAID
    )
    recent = Transaction.objects.filter(pk__in=list(paid.order_by("-id").values_list("pk", flat=True)[:20]))
    figures = recent.aggregate(usual=Avg("amount"), count=Count("id"))
    return figures["usual"] if figures["count"] >= USUAL_NEEDS_PAYMENTS else None


def _first_live_payment(line: Transaction) -> Iterator[PaymentWarning]:
    if rule := obstacles.first_live_payment(line):
        yield PaymentWarning(f"unproven:{line.connection_id}", line.pk, rule)


def keys(warnings: Iterable[PaymentWarning]) -> list[str]:
    return sorted({warning.key for warning in warnings})
