"""When a payment needs somebody else's approval, and when it is too much for one day.

Both count what is confirmed and may reach the contributor, whatever account it goes out through.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributors.models import Contributor, Transaction
from voicehub.common.limits import Ceiling, DailyLimit, Use

APPROVAL_WINDOW = timedelta(hours=24)


class Part(NamedTuple):
    """What one contributor is to get, in major units."""

    contributor: Contributor
    currency: str
    amount: Decimal


def parts_of(lines: Iterable[Transaction]) -> list[Part]:
    return [Part(line.contributor, line.currency, line.amount) for line in lines]


def use_of(parts: Iterable[Part]) -> Use:
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    number = 0
    for part in parts:
        amounts[part.currency] += part.amount
        number += 1
    return Use(number, dict(amounts))


def approval_reason(parts: Iterable[Part]) -> str:
    """The first rule by which these payments, made at one go, need approval, in words; empty when they need none."""
    return next(iter(approval_reasons(parts)), "")


def approval_reasons(parts: Iterable[Part]) -> list[str]:
    ceilings = by_currency(settings.PAYMENT_APPROVAL_ABOVE)
    return list(_reasons(list(parts), ceilings)) if ceilings else []


def _reasons(parts: list[Part], ceilings: Mapping[str, Decimal]) -> Iterator[str]:
    for currency, total in use_of(parts).amounts.items():
        if total > ceilings.get(currency, total):
            words = {"total": total, "most": ceilings[currency], "currency": currency}
            yield _("The total of %(total).2f %(currency)s is above %(most).2f %(currency)s.") % words
    earlier = Recent()
    for (contributor, currency), amount in _by_contributor(parts).items():
        total = amount + earlier.paid_to(contributor, currency)
        if total > ceilings.get(currency, total):
            words = {"total": total, "most": ceilings[currency], "currency": currency, "name": contributor.name}
            yield (
                _(
                    "%(name)s would get %(total).2f %(currency)s within 24 hours, which is above "
                    "%(most).2f %(currency)s."
                )
                % words
            )


def _by_contributor(parts: Iterable[Part]) -> dict[tuple[Contributor, str], Decimal]:
    sums: dict[tuple[Contributor, str], Decimal] = defaultdict(Decimal)
    for part in parts:
        sums[part.contributor, part.currency] += part.amount
    return sums


class Recent:
    """What was confirmed within the last 24 hours, for each contributor: one query."""

    def __init__(self) -> None:
        rows = (
            _counted(timezone.now() - APPROVAL_WINDOW)
            .values_list("contributor", "contributor__connection", "contributor__name", "currency")
            .annotate(total=Sum("amount"))
        )
        self._sums: dict[tuple[str, str], list[tuple[int, int, Decimal]]] = defaultdict(list)
        for contributor, account, name, currency, total in rows:
            self._sums[plain(name), currency].append((contributor, account, total))

    def paid_to(self, contributor: Contributor, currency: str) -> Decimal:
        """To the contributor and to the same name in other accounts; namesakes in one account are two people."""
        return sum(
            (
                total
                for pk, account, total in self._sums[plain(contributor.name), currency]
                if pk == contributor.pk or account != contributor.connection_id
            ),
            Decimal(),
        )


def _counted(since: datetime) -> QuerySet[Transaction]:
    """Confirmed since then, or approved since then and so only queued since."""
    is_new = Q(order__confirmed_at__gte=since) | Q(order__not_before__gte=since)
    return Transaction.objects.filter(is_new, state__in=Transaction.COUNTS).order_by()


def plain(name: str) -> str:
    """A name without what people write differently: case and blanks."""
    return " ".join(name.split()).casefold()


def by_currency(setting: Mapping[str, str]) -> dict[str, Decimal]:
    return {currency: Decimal(amount) for currency, amount in setting.items()}


def _ceilings() -> tuple[Ceiling, ...]:
    return (
        Ceiling(
            True,
            settings.PAYMENT_DAILY_NUMBER_PER_PERSON,
            by_currency(settings.PAYMENT_DAILY_AMOUNT_PER_PERSON),
            "PAYMENT_DAILY_NUMBER_PER_PERSON",
            "PAYMENT_DAILY_AMOUNT_PER_PERSON",
        ),
        Ceiling(
            False,
            settings.PAYMENT_DAILY_NUMBER,
            by_currency(settings.PAYMENT_DAILY_AMOUNT),
            "PAYMENT_DAILY_NUMBER",
            "PAYMENT_DAILY_AMOUNT",
        ),
    )


def _used(user: Any, since: datetime) -> Use:
    payments = _counted(since)
    if user is not None:
        payments = payments.filter(requested_by=user)
    rows = list(payments.values("currency").annotate(total=Sum("amount"), count=Count("pk")))
    return Use(sum(row["count"] for row in rows), {row["currency"]: row["total"] for row in rows})


DAILY_LIMIT = DailyLimit("payments", gettext_lazy("payments"), _ceilings, _used)
