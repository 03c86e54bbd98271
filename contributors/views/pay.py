"""The pay form: typing an article and its lines, changing a draft, paying again what did not go through."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contributors import services
from contributors.forms import PayForm, typed_article, typed_rows
from contributors.models import PaymentOrder, Transaction
from contributors.views.access import CONNECT, CONNECT_OWN, PAY, changeable_orders, needs, payment_or_404, repayable
from contributors.views.pages import page, problem_text
from voicehub.common import inbox


@needs(PAY)
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest) -> HttpResponse:
    """`?order=` changes a draft, `?again=` fills the form in from a payment that did not go through.

    `?contributor=` begins with that person on the first line.
    """
    draft = _draft(request)
    if draft and draft.confirmed_at:
        return already_confirmed(request, draft)
    if request.method == "POST":
        return _posted(request, draft)
    if "again" in request.GET:
        return _again(request)
    if "contributor" in request.GET:
        return _show(request, _form(request, rows=[{"contributor": _number(request.GET["contributor"])}]))
    if draft:
        return _show(request, _form(request, draft=draft, **_filled_in(draft)), draft)
    return _show(request, _form(request))


def already_confirmed(request: HttpRequest, order: PaymentOrder) -> HttpResponse:
    messages.info(request, _("This was confirmed already. It is not paid a second time; here is what became of it."))
    return redirect(order)


def _draft(request: HttpRequest) -> PaymentOrder | None:
    pk = request.GET.get("order", "")
    return get_object_or_404(changeable_orders(request.user), pk=_number(pk)) if pk else None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _form(request: HttpRequest, data: Any = None, *, draft: PaymentOrder | None = None, **filled_in: Any) -> PayForm:
    """The form for the person whose payments these are: the contributors are those of that person's account."""
    connection = services.current_connection(draft.requested_by if draft else request.user)
    return PayForm(connection, repayable(request.user), data, order=draft, **filled_in)


def _filled_in(order: PaymentOrder) -> dict[str, Any]:
    return {
        "article": {"url": order.url, "title": order.title, "currency": order.currency},
        "rows": [_row(line, line.replaces_id) for line in order.lines.order_by("id")],
    }


def _row(line: Transaction, replaces: int | None) -> dict[str, Any]:
    return {"contributor": line.contributor_id, "amount": line.amount, "replaces": replaces}


def _again(request: HttpRequest) -> HttpResponse:
    payment = payment_or_404(request, _number(request.GET["again"]))
    if payment.state not in Transaction.PAY_AGAIN:
        messages.warning(request, _("Only what surely did not go through can be paid again."))
        return redirect(payment.order)
    article = {"url": payment.url, "title": payment.title, "currency": payment.currency}
    return _show(request, _form(request, article=article, rows=[_row(payment, payment.pk)]), again=payment)


def _posted(request: HttpRequest, draft: PaymentOrder | None) -> HttpResponse:
    if "add_line" in request.POST:
        rows = [*typed_rows(request.POST), {}]
        return _show(request, _form(request, draft=draft, article=typed_article(request.POST), rows=rows), draft)
    form = _form(request, request.POST, draft=draft)
    if not form.is_valid():
        messages.error(request, problem_text())
        return _show(request, form, draft)
    try:
        return redirect(services.save_draft(user=request.user, order=draft, **form.values()))
    except services.NotConnectedError:
        return _show(request, form, draft)
    except services.NotPayableError as error:
        messages.error(request, str(error))
        return _show(request, form, draft)
    except services.DiscardedError:
        messages.warning(request, _("This draft was thrown away in another window."))
        return redirect("admin:contributors_transaction_pay")
    except services.AlreadyConfirmedError:
        return redirect(draft or "admin:contributors_transaction_pay")


def _show(
    request: HttpRequest,
    form: PayForm,
    draft: PaymentOrder | None = None,
    again: Transaction | None = None,
) -> HttpResponse:
    payer = draft.requested_by if draft else request.user
    return page(
        request,
        "pay.html",
        _("Pay contributors"),
        media=form.media,
        form=form,
        draft=draft,
        again=again,
        items=inbox.items_for(request),
        not_connected=_why_not_connected(payer),
        connection=services.current_connection(payer),
        may_connect_own=request.user.has_perm(CONNECT_OWN),
        may_connect=request.user.has_perm(CONNECT),
    )


def _why_not_connected(user: Any) -> str:
    try:
        services.usable_connection(user)
    except services.NotConnectedError as error:
        return str(error)
    return ""
