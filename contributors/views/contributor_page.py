"""What a contributor's own page shows about money: what was paid, month by month, and what is open."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from contributors.attention import MISMATCH, needing
from contributors.ledger import (
    MOST_MONTHS,
    MonthSum,
    first_of,
    last_of,
    months_of,
    totals_paid,
    unfinished,
)
from contributors.models import Contributor, Transaction
from contributors.views.access import PAY, VIEW, VIEW_ALL, visible_payments
from contributors.views.chart import MOST_BARS, charts
from contributors.views.export import zone_name
from contributors.views.ledger import PAYMENTS_PAGE, payments_url
from voicehub.sync.admin.states import badge

MOST_ITEMS = 20


@dataclass(frozen=True)
class Item:
    """A payment that somebody or something still has to do with."""

    payment: Transaction
    badge: SafeString


def money_context(request: HttpRequest, contributor: Contributor) -> dict[str, Any]:
    """For those who may see payments; of everybody's, or of their own."""
    if not request.user.has_perm(VIEW):
        return {}
    payments = visible_payments(request.user).filter(contributor=contributor)
    months = months_of(payments)
    return {
        "shows_money": True,
        "totals": totals_paid(payments),
        "first": first_of(payments),
        "last": last_of(payments),
        "months": [_line(contributor, one) for one in months],
        "most_months": MOST_MONTHS,
        "charts": charts(months),
        "most_bars": MOST_BARS,
        "zone": zone_name(),
        "sees_all": request.user.has_perm(VIEW_ALL),
        "pay_url": _pay_url(request, contributor),
        "list_url": reverse(PAYMENTS_PAGE, query={"contributor__id__exact": contributor.pk}),
        **_open_items(payments),
    }


def _line(contributor: Contributor, one: MonthSum) -> dict[str, Any]:
    url = payments_url(contributor.pk, one.currency, one.month) if one.month else ""
    return {"sum": one, "url": url}


def _pay_url(request: HttpRequest, contributor: Contributor) -> str:
    if not (request.user.has_perm(PAY) and contributor.is_active):
        return ""
    return reverse("admin:contributors_transaction_pay", query={"contributor": contributor.pk})


def _open_items(payments: QuerySet[Transaction]) -> dict[str, Any]:
    most = MOST_ITEMS + 1
    differing = needing(payments, MISMATCH).order_by("-id")
    found = [*unfinished(payments)[:most], *differing[:most]]
    items = [Item(payment, badge(payment.state)) for payment in found[:MOST_ITEMS]]
    return {"items": items, "has_more_items": len(found) > MOST_ITEMS, "most_items": MOST_ITEMS}
