"""Payments in the admin: the list with its filters and sums, one payment, and the addresses of our own pages."""

from collections.abc import Sequence
from typing import Any, NoReturn

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter

from contributors.admin.pages import OwnPages
from contributors.attention import NEEDS, can_be_dealt_with, needing
from contributors.history import of_payment
from contributors.models import Transaction
from contributors.runs import again, not_paid
from contributors.search import matching
from contributors.views import approvals, history, ledger, orders, receipt, settle
from contributors.views.access import EXPORT, PAY, VIEW, VIEW_ALL, may_cancel, needs, visible_payments
from contributors.views.export import accounts_shown, payments_table
from contributors.views.lines import Total, order_line, totals
from contributors.views.pages import fragment, page
from contributors.views.pay import pay
from voicehub.common import runs
from voicehub.sync.admin.base import ReadOnlyAdmin, RecordAction, RecordAdmin
from voicehub.sync.admin.conditions import Roadblocks, spoken
from voicehub.sync.admin.filters import DayRangeFilter
from voicehub.sync.export import Table
from voicehub.sync.timeline import Entry, Wanted

LIST_PAGE = "admin:contributors_transaction_changelist"


class StateFilter(DropdownFilter):
    """By state. Drafts are no payments yet: they are listed only when asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Transaction.State.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in Transaction.State.values:
            return queryset.filter(state=self.value())
        return queryset.exclude(state=Transaction.State.DRAFT)


class NeedsFilter(DropdownFilter):
    """By what somebody has to do about a payment; the inbox counts the same ones."""

    title = gettext_lazy("what needs somebody")
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(NEEDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return needing(queryset, self.value() or "")


class CurrencyFilter(DropdownFilter):
    title = gettext_lazy("currency")
    parameter_name = "currency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(code, code) for code in settings.OUTVOICE_CURRENCIES]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(currency=self.value()) if self.value() else queryset


@admin.register(Transaction)
class TransactionAdmin(OwnPages, ReadOnlyAdmin, RecordAdmin):
    list_display = ("made", "who", "amount_shown", "currency", "article", "state_badge", "requested_by")
    list_display_links = ("made", "who")
    list_filter = (
        StateFilter,
        NeedsFilter,
        ("created_at", DayRangeFilter),
        ("paid_at", DayRangeFilter),
        ("contributor", AutocompleteSelectFilter),
        CurrencyFilter,
    )
    list_filter_submit = True
    list_select_related = ("requested_by", "connection")
    list_before_template = "admin/contributors/payments_top.html"
    list_after_template = "admin/contributors/payments_totals.html"
    search_fields = ("contributor_name", "title", "url")
    search_help_text = gettext_lazy("Name, article title or address")
    fields = (
        "who_is_paid",
        "amount_shown",
        "currency",
        "title",
        "address",
        "receipt",
        "receipt_mismatch",
        "order_link",
        "file",
        "pays_again",
        "asked_by",
        "created_at",
        "paid",
    )
    actions = ("pay_again",)
    export_action = "payment.exported"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transaction]:
        shown = ("contributor", "requested_by", "connection", "order__run_row__run")
        return visible_payments(request.user).select_related(*shown)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Newest first, along the index of the dates where these are asked for."""
        for column in ("paid_at", "created_at"):
            if request.GET.get(f"{column}_from") or request.GET.get(f"{column}_to"):
                return (f"-{column}", "-id")
        return ("-id",)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """With the account where there is more than one."""
        return (*self.list_display, "account") if accounts_shown() else self.list_display

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        return matching(queryset, search_term), False

    def get_urls(self) -> list[URLPattern]:
        return [
            self.page_url("pay/", pay),
            self.page_url("order/<int:pk>/", orders.order),
            self.page_url("order/<int:pk>/confirm/", orders.confirm),
            self.page_url("order/<int:pk>/discard/", orders.discard),
            self.page_url("order/<int:pk>/live/", orders.live),
            self.page_url("order/<int:pk>/cancel/", orders.cancel_all),
            self.page_url("approvals/", approvals.approvals),
            self.page_url("approvals/decide/", approvals.decide),
            self.page_url("order/<int:pk>/release/", orders.release),
            self.page_url("<int:pk>/cancel/", orders.cancel),
            self.page_url("<int:pk>/deal-with/", orders.deal_with),
            self.page_url("<int:pk>/settle/", settle.settle),
            self.page_url("order/<int:pk>/history/", history.order_history),
            self.page_url("<int:pk>/receipt/", receipt.receipt),
            self.page_url("ledger/", ledger.ledger),
            self.page_url("ledger/<slug:file_format>/", ledger.ledger_export),
            self.page_url("total/", needs(VIEW)(self.total)),
            *super().get_urls(),
        ]

    def _get_obj_does_not_exist_redirect(self, *args: Any) -> NoReturn:
        """Whoever may not see a payment learns as much about it as about one that never was."""
        raise Http404

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        payment = self.get_object(request, admin.utils.unquote(object_id))
        if payment and payment.state == Transaction.State.DRAFT:
            return redirect(payment.order)
        return super().change_view(request, object_id, *args, **kwargs)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The payment's own page tells its history; there is nothing that could be put back."""
        payment = self.get_object(request, admin.utils.unquote(object_id))
        if payment is None:
            raise Http404
        return redirect(f"{payment.get_absolute_url()}#timeline-title")

    def timeline_entries(self, obj: Transaction, wanted: Wanted) -> list[Entry]:
        return of_payment(obj, wanted)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data and "cl" in response.context_data:
            response.context_data |= {
                "page_totals": totals(response.context_data["cl"].result_list),
                "filter_query": request.GET.urlencode(),
                "may_pay": request.user.has_perm(PAY),
                "sees_all": request.user.has_perm(VIEW_ALL),
            }
        return response

    def may_export(self, request: HttpRequest) -> bool:
        return super().may_export(request) and request.user.has_perm(EXPORT)

    def export_table(self, records: QuerySet[Transaction], columns: Sequence[Any]) -> Table:
        return payments_table(records)

    def total(self, request: HttpRequest) -> HttpResponse:
        """The sums of all filtered payments: a part of the list's page, or a page of its own without a script."""
        payments = self.listed(request)
        if payments is None:
            return redirect(LIST_PAGE)
        context: dict[str, Any] = {"totals": totals_of(payments), "filter_query": request.GET.urlencode()}
        if "X-Fragment" in request.headers:
            return fragment(request, "_total_of_filter.html", **context)
        return page(request, "total.html", _("Total of the filtered payments"), **context)

    def state_of(self, obj: Transaction) -> str:
        return obj.state

    def next_step(self, obj: Transaction, user: Any) -> str:
        return order_line(obj, user, Roadblocks()).next_step

    def extra_actions(self, obj: Transaction, user: Any) -> list[RecordAction]:
        """What this person may do about the payment, and the way to the payments beside it."""
        line = order_line(obj, user, Roadblocks())
        possible = [
            (line.can_settle, _settling(obj)),
            (line.can_pay_again, _paying_again(obj)),
            (line.can_cancel, _cancelling(obj)),
            (line.paid_again_by is None and can_be_dealt_with(obj) and may_cancel(user), _dealing_with(obj)),
        ]
        return [*[action for is_possible, action in possible if is_possible], _receipt_of(obj)]

    def has_pay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PAY)

    @admin.action(description=gettext_lazy("Pay again what did not go through"), permissions=["pay"])
    def pay_again(self, request: HttpRequest, queryset: QuerySet[Transaction]) -> HttpResponse | None:
        """A batch of the chosen payments that surely did not go through, to be looked at before anything is sent."""
        rows = [again(payment) for payment in not_paid(queryset)]
        if left_out := queryset.count() - len(rows):
            words = ngettext(
                "%d of them cannot be paid again and is left out.",
                "%d of them cannot be paid again and are left out.",
                left_out,
            )
            self.message_user(request, words % left_out, messages.WARNING)
        if not rows:
            return None
        try:
            kind, title = runs.kind_of("payments"), _("Payments made again")
            return redirect(runs.from_rows(kind, title, rows, user=request.user))
        except runs.FileRefusedError as error:
            self.message_user(request, str(error), messages.WARNING)
            return None

    @admin.display(description=gettext_lazy("Date"))
    def made(self, obj: Transaction) -> Any:
        return obj.created_at

    @admin.display(description=gettext_lazy("Contributor"))
    def who(self, obj: Transaction) -> str:
        return obj.contributor_name

    @admin.display(description=gettext_lazy("Contributor"))
    def who_is_paid(self, obj: Transaction) -> str:
        return _("%(name)s (id at OutVoice: %(id)s)") % {
            "name": obj.contributor_name,
            "id": obj.contributor.remote_id,
        }

    @admin.display(description=gettext_lazy("Account"))
    def account(self, obj: Transaction) -> str:
        return str(obj.connection)

    @admin.display(description=gettext_lazy("Amount"))
    def amount_shown(self, obj: Transaction) -> SafeString:
        return format_html('<span class="vh-figure">{}</span>', number_format(obj.amount, 2))

    @admin.display(description=gettext_lazy("Article"))
    def article(self, obj: Transaction) -> str:
        return Truncator(obj.title).chars(60)

    @admin.display(description=gettext_lazy("Paid"))
    def paid(self, obj: Transaction) -> str:
        return spoken(obj.paid_at) if obj.paid_at and obj.state == Transaction.State.PAID else ""

    @admin.display(description=gettext_lazy("Article address"))
    def address(self, obj: Transaction) -> SafeString:
        return format_html('<a class="vh-link" href="{0}" rel="noopener noreferrer">{0}</a>', obj.url)

    @admin.display(description=gettext_lazy("Paid together with"))
    def order_link(self, obj: Transaction) -> SafeString:
        return _link(obj.order.get_absolute_url(), _("All payments for this article at that time"))

    @admin.display(description=gettext_lazy("From the file"))
    def file(self, obj: Transaction) -> SafeString | str:
        row = obj.order.run_row
        return _link(row.run.get_absolute_url(), f"{row.run}, {row.number}") if row else ""

    @admin.display(description=gettext_lazy("Pays again"))
    def pays_again(self, obj: Transaction) -> SafeString | str:
        if obj.replaces is None:
            return ""
        return _link(obj.replaces.get_absolute_url(), _("Payment %(number)d") % {"number": obj.replaces.pk})


def totals_of(payments: QuerySet[Transaction]) -> list[Total]:
    """Sums for each currency, by the database."""
    is_paid = Q(state=Transaction.State.PAID)
    rows = (
        payments.order_by()
        .values("currency")
        .annotate(total=Sum("amount"), paid=Sum("amount", filter=is_paid, default=0), count=Count("pk"))
        .order_by("currency")
    )
    return [Total(row["currency"], row["total"], row["paid"], row["count"]) for row in rows]


def _link(url: str, text: str) -> SafeString:
    return format_html('<a class="vh-link" href="{}">{}</a>', url, text)


def _settling(payment: Transaction) -> RecordAction:
    url = reverse("admin:contributors_transaction_settle", args=[payment.pk])
    return RecordAction(_("Settle"), url, style="primary", is_post=False)


def _paying_again(payment: Transaction) -> RecordAction:
    url = reverse("admin:contributors_transaction_pay", query={"again": payment.pk})
    return RecordAction(_("Pay again"), url, style="primary", is_post=False)


def _receipt_of(payment: Transaction) -> RecordAction:
    url = reverse("admin:contributors_transaction_receipt", args=[payment.pk])
    return RecordAction(_("Page to print"), url, is_post=False)


def _cancelling(payment: Transaction) -> RecordAction:
    url = reverse("admin:contributors_transaction_cancel", args=[payment.pk])
    return RecordAction(_("Cancel"), url, style="danger", confirm=_("It is not paid then."))


def _dealing_with(payment: Transaction) -> RecordAction:
    url = reverse("admin:contributors_transaction_deal_with", args=[payment.pk])
    return RecordAction(_("Nothing left to do"), url, ask=_("What was done about it?"))
