"""The ledger: what each contributor was paid in a month, on a page and as a file of the same rows."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from contributors.ledger import ORDERS, Month, Row, Selection, Sums, row_of, rows_of, sums_of
from contributors.models import Transaction
from contributors.views.access import EXPORT, VIEW, VIEW_ALL, needs, visible_payments
from contributors.views.export import accounts_shown, zone_name
from contributors.views.pages import page
from voicehub.sync.export import Table, file_response
from voicehub.sync.signals import person_acted

ROWS_OF_A_PAGE = 50
LEDGER_PAGE = "admin:contributors_transaction_ledger"
PAYMENTS_PAGE = "admin:contributors_transaction_changelist"
ORDER_WORDS = {
    "name": gettext_lazy("Name"),
    "paid": gettext_lazy("Largest sum first"),
    "last": gettext_lazy("Newest payment first"),
}


class LedgerForm(forms.Form):
    """Which part of the ledger to show; all fields may be left out."""

    month = forms.CharField(
        label=gettext_lazy("Month"),
        required=False,
        widget=UnfoldAdminTextInputWidget({"type": "month", "placeholder": "2026-11"}),
    )
    currency = forms.CharField(label=gettext_lazy("Currency"), required=False, widget=UnfoldAdminSelectWidget())
    q = forms.CharField(
        label=gettext_lazy("Name"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget()
    )
    o = forms.ChoiceField(
        label=gettext_lazy("Order"),
        required=False,
        choices=list(ORDER_WORDS.items()),
        widget=UnfoldAdminSelectWidget(),
    )

    def clean_month(self) -> Month:
        text = self.cleaned_data["month"]
        try:
            return Month.parse(text) if text else Month.current()
        except ValueError:
            raise forms.ValidationError(_("Write a month as in 2026-11.")) from None

    def clean_currency(self) -> str:
        code = self.cleaned_data["currency"]
        if code and not re.fullmatch("[A-Z]{3}", code):
            raise forms.ValidationError(_("Write a currency by its three letters, as in USD."))
        return code

    def selection(self) -> Selection:
        """What was chosen. The form must be valid."""
        chosen = self.cleaned_data
        return Selection(chosen["month"], chosen["currency"], chosen["q"], chosen["o"] or next(iter(ORDERS)))

    def offer(self, currencies: Iterable[str]) -> None:
        """The currencies to choose from, beside those that can be paid in."""
        codes = sorted({*settings.OUTVOICE_CURRENCIES, *currencies})
        self.fields["currency"].widget.choices = [("", _("All")), *[(code, code) for code in codes]]


@needs(VIEW)
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """One month, contributor by contributor, with the sums of all of them at the foot."""
    form = _form(request)
    sums: list[Sums] = []
    context: dict[str, Any] = {}
    if form.is_valid():
        selection = form.selection()
        sums = sums_of(visible_payments(request.user), selection)
        context = _shown(request, selection, sums)
    form.offer(one.currency for one in sums)
    return page(
        request,
        "ledger.html",
        _("Ledger"),
        form=form,
        zone=zone_name(),
        sees_all=request.user.has_perm(VIEW_ALL),
        may_export=request.user.has_perm(EXPORT),
        **context,
    )


@needs(VIEW, EXPORT)
@require_safe
def ledger_export(request: HttpRequest, file_format: str) -> HttpResponseBase:
    """The same rows as a file, those of the other pages too."""
    form = _form(request)
    if not form.is_valid():
        return redirect(f"{reverse(LEDGER_PAGE)}?{request.GET.urlencode()}")
    selection = form.selection()
    table = _table(visible_payments(request.user), selection)
    answer = file_response(table, file_format)
    person_acted.send(
        sender=Transaction, action="ledger.exported", actor=request.user, obj=None, reason=_query(selection)
    )
    return answer


def _form(request: HttpRequest) -> LedgerForm:
    data = request.GET.copy()
    data.setdefault("month", str(Month.current()))
    return LedgerForm(data)


def _shown(request: HttpRequest, selection: Selection, sums: list[Sums]) -> dict[str, Any]:
    rows = Paginator(rows_of(visible_payments(request.user), selection), ROWS_OF_A_PAGE)
    current = rows.get_page(request.GET.get("page"))
    accounts = accounts_shown()
    return {
        "selection": selection,
        "page": current,
        "rows": [_line(row_of(values), selection.month, accounts) for values in current],
        "sums": [one for one in sums if selection.currency in ("", one.currency)],
        "has_accounts": bool(accounts),
        "query": _query(selection),
        "previous": _query(selection, month=selection.month.moved(-1)),
        "next": _query(selection, month=selection.month.moved(1)),
    }


def _line(row: Row, month: Month, accounts: dict[int, str]) -> dict[str, Any]:
    return {
        "row": row,
        "account": accounts.get(row.account, ""),
        "page_url": reverse("admin:contributors_contributor_change", args=[row.contributor]),
        "paid_url": payments_url(row.contributor, row.currency, month),
        "maybe_url": payments_url(row.contributor, row.currency, month, "uncertain", "created_at"),
    }


def payments_url(contributor: int, currency: str, month: Month, state: str = "paid", column: str = "paid_at") -> str:
    """The list of the payments that a figure of the ledger adds up."""
    query = {
        "state": state,
        "contributor__id__exact": contributor,
        "currency": currency,
        f"{column}_from": month.first_day.isoformat(),
        f"{column}_to": month.last_day.isoformat(),
    }
    return reverse(PAYMENTS_PAGE, query=query)


def _query(selection: Selection, month: Month | None = None) -> str:
    """The selection as the part of an address behind the question mark."""
    query = QueryDict(mutable=True)
    query["month"] = str(month or selection.month)
    for name, value in (("currency", selection.currency), ("q", selection.words), ("o", selection.order)):
        if value and value != "name":
            query[name] = value
    return query.urlencode()


def _table(payments: Any, selection: Selection) -> Table:
    accounts = accounts_shown()
    zone = {"zone": zone_name()}
    header = [
        _("Month"),
        _("Contributor"),
        *([_("Account")] if accounts else []),
        _("Currency"),
        _("Paid"),
        _("May have been paid"),
        _("Payments"),
        _("First payment (%(zone)s)") % zone,
        _("Last payment (%(zone)s)") % zone,
    ]
    rows = rows_of(payments, selection).iterator(chunk_size=2000)
    name = _("ledger-%(month)s") % {"month": selection.month}
    return Table(name, header, (_cells(row_of(values), selection.month, accounts) for values in rows))


def _cells(row: Row, month: Month, accounts: dict[int, str]) -> list[Any]:
    account = [accounts.get(row.account, "")] if accounts else []
    figures = [row.currency, row.paid, row.maybe, row.count, row.first, row.last]
    return [str(month), row.name, *account, *figures]
