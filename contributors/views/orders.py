"""One order: the preview that is paid once, and afterwards what became of each line."""

import contextlib
from collections.abc import Collection, Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from contributors import services
from contributors.forms import ReleaseForm
from contributors.models import Approval, PaymentOrder, Transaction
from contributors.obstacles import not_on_list
from contributors.rules import DAILY_LIMIT, approval_reason, parts_of, use_of
from contributors.sequence import first_on_hold
from contributors.sync import SLUG
from contributors.views.access import (
    PAY,
    SETTLE,
    VIEW,
    changeable_orders,
    may_cancel,
    needs,
    order_or_404,
    own_orders,
    payment_or_404,
)
from contributors.views.lines import OrderLine, is_moving, mark, order_lines, preview_lines, totals
from contributors.views.pages import fragment, page
from contributors.views.pay import already_confirmed
from contributors.warnings import PaymentWarning, keys, warnings_for
from voicehub.common import limits
from voicehub.sync.admin.conditions import Roadblocks
from voicehub.sync.clock import database_now
from voicehub.sync.models.job import Operation
from voicehub.sync.services import TooLateError

NOTHING_PAID = (
    services.NotConnectedError,
    services.NotPayableError,
    services.PaidAgainError,
    limits.LimitReachedError,
)


@needs(VIEW)
@require_safe
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview of a draft, the state of a confirmed order."""
    current = order_or_404(request, pk)
    if current.confirmed_at:
        return _state_page(request, current, ReleaseForm())
    is_own = current.requested_by_id == request.user.pk
    # Only the eyes of the person who pays count as having seen a warning.
    warnings = services.preview(current) if is_own else warnings_for(current)
    return _preview_page(request, current, warnings)


@needs(PAY)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Pay what the preview showed. A second click, a resent form and the back button end on the order's page."""
    current = get_object_or_404(own_orders(request.user), pk=pk)
    if current.confirmed_at:
        return already_confirmed(request, current)
    read = request.POST.getlist("warning") if "has_read" in request.POST else []
    try:
        services.confirm(
            current,
            user=request.user,
            lines_shown=request.POST.get("lines_shown", ""),
            warnings_read=read,
        )
    except services.NewWarningsError as news:
        return _preview_page(request, current, news.warnings, new=_new(current, news.warnings))
    except services.AlreadyConfirmedError:
        return _not_as_shown(request, current)
    except services.DiscardedError:
        return _gone(request)
    except NOTHING_PAID as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _what_was_confirmed(current))
    return redirect(current)


def _what_was_confirmed(current: PaymentOrder) -> str:
    if Approval.objects.filter(order=current).exists():
        return _("Confirmed. Somebody else has to approve it now; you will be told what became of it.")
    return _("Confirmed. This page follows each payment until OutVoice has answered.")


@needs(PAY)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    current = get_object_or_404(changeable_orders(request.user), pk=pk)
    try:
        with contextlib.suppress(services.DiscardedError):
            services.discard_draft(current, user=request.user)
    except services.AlreadyConfirmedError:
        return already_confirmed(request, current)
    return _gone(request)


@needs(VIEW)
@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines of an order as they stand now."""
    return fragment(request, "_lines.html", **_state(request, order_or_404(request, pk)))


@needs(SETTLE)
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the lines on hold go, with a reason."""
    current = order_or_404(request, pk)
    if current.confirmed_at is None:
        return redirect(current)
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        return _state_page(request, current, form)
    try:
        services.release_behind(
            current,
            user=request.user,
            reason=form.cleaned_data["reason"],
            name_shown=request.POST.get("name_shown", ""),
        )
    except (TooLateError, services.NotPayableError) as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Released: the payments on hold go out, one at a time."))
    return redirect(current)


@needs(VIEW)
@require_POST
def cancel_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back everything of an order that has not started."""
    current = order_or_404(request, pk)
    if not may_cancel(request.user):
        raise PermissionDenied
    try:
        messages.success(request, services.cancel_order(current, user=request.user))
    except TooLateError as error:
        messages.error(request, str(error))
    return redirect(current)


@needs(VIEW)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    payment = payment_or_404(request, pk)
    if not may_cancel(request.user):
        raise PermissionDenied
    try:
        messages.success(request, services.cancel(payment, user=request.user))
    except TooLateError as error:
        messages.error(request, str(error))
    return redirect(payment.order)


@needs(VIEW)
@require_POST
def deal_with(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing is left to do about this payment; it leaves the inbox."""
    payment = payment_or_404(request, pk)
    if not may_cancel(request.user):
        raise PermissionDenied
    reason = request.POST.get("reason", "").strip()[:500]
    if not reason:
        messages.error(request, _("Nothing was written down: say what was done about it."))
        return redirect(payment)
    try:
        services.deal_with(payment, user=request.user, reason=reason)
    except TooLateError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Written down; it does not need anybody any more."))
    return redirect(payment)


def _gone(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("Discarded. Nothing was paid."))
    return redirect("admin:contributors_transaction_pay")


def _new(current: PaymentOrder, warnings: Collection[PaymentWarning]) -> set[str]:
    return set(keys(warnings)) - set(current.shown_warnings)


def _not_as_shown(request: HttpRequest, current: PaymentOrder) -> HttpResponse:
    """Paid by another click in the meantime, or changed in another window."""
    current.refresh_from_db()
    if current.confirmed_at:
        return already_confirmed(request, current)
    messages.warning(request, _("This has changed since you looked at it. Nothing was paid: please look again."))
    return redirect(current)


def _preview_page(
    request: HttpRequest,
    current: PaymentOrder,
    warnings: Collection[PaymentWarning],
    new: Collection[str] = (),
) -> HttpResponse:
    if roadblock := Roadblocks().before(SLUG, current.connection_id, Operation.SEND):
        messages.warning(request, _("What you confirm now has to wait. %(why)s") % {"why": roadblock.why})
    lines = preview_lines(current, warnings, new)
    sums = totals(line.payment for line in lines)
    reason = approval_reason(parts_of(line.payment for line in lines))
    return page(
        request,
        "preview.html",
        _("Pay: please check"),
        order=current,
        lines=lines,
        totals=sums,
        button=_button(len(lines), sums, needs_approval=bool(reason)),
        lines_shown=services.digest(current),
        warning_keys=keys(warnings),
        has_new=bool(new),
        is_own=current.requested_by_id == request.user.pk,
        can_change=changeable_orders(request.user).filter(pk=current.pk).exists(),
        problem=_why_not_payable(current, [line.payment for line in lines]),
        approval_reason=reason,
        undo_seconds=settings.PAYMENT_UNDO_SECONDS,
    )


def _button(count: int, sums: Any, *, needs_approval: bool) -> str:
    words = (
        ngettext("Ask for approval of %(total)s", "Ask for approval of %(total)s (%(count)d payments)", count)
        if needs_approval
        else ngettext("Pay %(total)s (%(count)d payment)", "Pay %(total)s (%(count)d payments)", count)
    )
    return words % {"total": " + ".join(str(one) for one in sums), "count": count}


def _why_not_payable(current: PaymentOrder, lines: Sequence[Transaction]) -> str:
    """Why this draft cannot be paid as it is; empty when it can."""
    try:
        connection = services.usable_connection(current.requested_by)
    except services.NotConnectedError as error:
        return str(error)
    if connection.pk != current.connection_id:
        return _("This was prepared for another OutVoice account. Change it and choose the people again.")
    unpayable = next(filter(None, map(not_on_list, lines)), "")
    use = use_of(parts_of(lines))
    return unpayable or limits.why_too_much(DAILY_LIMIT, user=current.requested_by, adding=use)


def _state_page(request: HttpRequest, current: PaymentOrder, release_form: ReleaseForm) -> HttpResponse:
    context = _state(request, current) | {"release_form": release_form}
    return page(request, "order.html", _("Payment: %(title)s") % {"title": current.title}, **context)


def _state(request: HttpRequest, current: PaymentOrder) -> dict[str, Any]:
    lines = order_lines(current, request.user)
    return {
        "order": current,
        "lines": lines,
        "totals": totals(line.payment for line in lines),
        "approval": Approval.objects.select_related("decided_by").filter(order=current).first(),
        "can_cancel_all": sum(line.can_cancel for line in lines) > 1,
        "undo_left": _undo_left(current, lines),
        "is_moving": is_moving(lines),
        "mark": mark(lines),
        "has_held": any(line.is_held for line in lines) and not is_moving(lines),
        "name_on_hold": _name_on_hold(current),
        "may_settle": request.user.has_perm(SETTLE),
        "release_form": ReleaseForm(),
    }


def _undo_left(current: PaymentOrder, lines: Sequence[OrderLine]) -> float:
    """For how many seconds more nothing of the order is sent; 0 when that time is over."""
    if current.not_before is None or not any(line.is_moving for line in lines):
        return 0
    return max(0.0, (current.not_before - database_now()).total_seconds())


def _name_on_hold(current: PaymentOrder) -> str:
    """The name that the first payee on hold bears now: whoever releases the payment agrees to it."""
    first = first_on_hold(current)
    return first.contributor.name if first else ""
