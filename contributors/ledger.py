"""What was paid: sums by month, contributor and currency. Only what is confirmed counts, and a month is the reader's.

All sums are the database's. What may have been paid is shown apart, in the month in which it was asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum, Value
from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime

from contributors.models import Transaction
from voicehub.sync.admin.filters import DayRangeFilter, start_of

State = Transaction.State

OPEN = (State.APPROVAL, State.WAITING, State.HELD, State.SENDING, State.UNCERTAIN)
CENT = Decimal("0.01")
# SQLite joins no more than 500 queries into one.
MOST_MONTHS = 480
ORDERS = {
    "name": ("name", "contributor", "currency"),
    "paid": ("currency", "-paid", "name", "contributor"),
    "last": ("-last", "name", "contributor", "currency"),
}


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month in the reader's time zone."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read "2026-11"; raises ValueError for anything else."""
        day = date.fromisoformat(f"{text}-01")
        if day.year not in DayRangeFilter.YEARS:
            raise ValueError(text)
        return cls(day.year, day.month)

    @classmethod
    def of(cls, at: datetime) -> "Month":
        return cls(localtime(at).year, localtime(at).month)

    @classmethod
    def current(cls) -> "Month":
        return cls(localdate().year, localdate().month)

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"

    @property
    def name(self) -> str:
        return date_format(self.first_day, "YEAR_MONTH_FORMAT")

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        return self.moved(1).first_day - timedelta(days=1)

    def moved(self, months: int) -> "Month":
        """The month so many months later."""
        year, place = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, place + 1)

    def within(self, column: str) -> Q:
        """The rows whose time lies in this month."""
        end = start_of(self.moved(1).first_day)
        return Q(**{f"{column}__gte": start_of(self.first_day), f"{column}__lt": end})


@dataclass(frozen=True)
class Selection:
    """Which part of the ledger somebody looks at."""

    month: Month
    currency: str = ""
    words: str = ""
    order: str = "name"


@dataclass(frozen=True)
class Sums:
    """Payments of one currency added up. `maybe` is what may have been paid: nobody knows yet."""

    currency: str
    count: int
    paid: Decimal
    maybe_count: int
    maybe: Decimal


@dataclass(frozen=True)
class Row(Sums):
    """What one contributor got in the month, in one currency; `account` is the key of the OutVoice account."""

    contributor: int
    name: str
    account: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True)
class MonthSum:
    """What was paid in one month in one currency; `month` is None for payments whose time was never kept."""

    month: Month | None
    currency: str
    count: int
    paid: Decimal


def rows_of(payments: QuerySet[Transaction], selection: Selection) -> QuerySet[Any, Any]:
    """The rows of the ledger as dictionaries, for `row_of`."""
    chosen = _searched(payments, selection)
    if selection.currency:
        chosen = chosen.filter(currency=selection.currency)
    is_paid = _paid(selection.month)
    return (
        chosen.values("contributor", "currency", name=F("contributor__name"), account=F("contributor__connection"))
        .annotate(**_sums(selection.month), first=Min("paid_at", filter=is_paid), last=Max("paid_at", filter=is_paid))
        .order_by(*ORDERS[selection.order])
    )


def row_of(values: Any) -> Row:
    return Row(**_with_cents(values))


def sums_of(payments: QuerySet[Transaction], selection: Selection) -> list[Sums]:
    """The sums of all rows, for every currency; the currency that is looked at makes no difference."""
    found = _searched(payments, selection).values("currency").annotate(**_sums(selection.month))
    return [Sums(**_with_cents(values)) for values in found.order_by("currency")]


def _searched(payments: QuerySet[Transaction], selection: Selection) -> QuerySet[Transaction]:
    payments = payments.filter(_paid(selection.month) | _maybe_paid(selection.month)).order_by()
    for word in selection.words.split():
        payments = payments.filter(contributor__name__icontains=word)
    return payments


def _paid(month: Month) -> Q:
    return Q(state=State.PAID) & month.within("paid_at")


def _maybe_paid(month: Month) -> Q:
    return Q(state=State.UNCERTAIN) & month.within("created_at")


def _sums(month: Month) -> dict[str, Any]:
    is_paid, is_maybe = _paid(month), _maybe_paid(month)
    return {
        "count": Count("pk", filter=is_paid),
        "paid": Sum("amount", filter=is_paid, default=Decimal()),
        "maybe_count": Count("pk", filter=is_maybe),
        "maybe": Sum("amount", filter=is_maybe, default=Decimal()),
    }


def _with_cents(values: Any) -> dict[str, Any]:
    return values | {name: values[name].quantize(CENT) for name in ("paid", "maybe") if name in values}


def months_of(payments: QuerySet[Transaction]) -> list[MonthSum]:
    """All that was paid, by month and currency, the newest month first.

    One range of the index for each month: cutting a million times into months is slow where a database has to ask
    for the time zone of each.
    """
    paid = payments.filter(state=State.PAID).order_by()
    months = list(_months_between(first_of(payments), last_of(payments)))
    parts = [_part(paid.filter(month.within("paid_at")), place) for place, month in enumerate(months)]
    undated = _part(paid.filter(paid_at=None), len(months))
    found = undated.union(*parts, all=True).order_by("place", "currency")
    return [_month_sum([*months, None], values) for values in found]


def _months_between(first: Transaction | None, last: Transaction | None) -> Iterator[Month]:
    """The months from the last payment back to the first."""
    if first and first.paid_at and last and last.paid_at:
        month, earliest = Month.of(last.paid_at), Month.of(first.paid_at)
        for _number in range(MOST_MONTHS):
            yield month
            month = month.moved(-1)
            if month < earliest:
                return


def _part(paid: QuerySet[Transaction], place: int) -> QuerySet[Any, Any]:
    return paid.values("currency").annotate(count=Count("pk"), paid=Sum("amount"), place=Value(place))


def _month_sum(months: list[Month | None], values: Any) -> MonthSum:
    month = months[values.pop("place")]
    return MonthSum(month, **_with_cents(values))


def totals_paid(payments: QuerySet[Transaction]) -> list[MonthSum]:
    """All that was paid, by currency."""
    paid = payments.filter(state=State.PAID).order_by().values("currency")
    found = paid.annotate(count=Count("pk"), paid=Sum("amount")).order_by("currency")
    return [MonthSum(None, **_with_cents(values)) for values in found]


def first_of(payments: QuerySet[Transaction]) -> Transaction | None:
    return payments.filter(state=State.PAID, paid_at__isnull=False).order_by("paid_at", "id").first()


def last_of(payments: QuerySet[Transaction]) -> Transaction | None:
    return payments.filter(state=State.PAID, paid_at__isnull=False).order_by("-paid_at", "-id").first()


def unfinished(payments: QuerySet[Transaction]) -> QuerySet[Transaction]:
    """What has not come to its end yet, newest first."""
    # Not by the number: along it, SQLite looks through all payments of a contributor for these few.
    return payments.filter(state__in=OPEN).order_by("-created_at", "-id")
