"""The history of an order: of a draft, of what was confirmed, and of a draft that was thrown away."""

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contributors.history import of_order
from contributors.models import PaymentOrder
from contributors.views.access import VIEW, VIEW_ALL, needs, visible_orders
from contributors.views.pages import page
from voicehub.sync.admin.timelines import timeline_context
from voicehub.sync.timeline import Kind


@needs(VIEW)
@require_safe
def order_history(request: HttpRequest, pk: int) -> HttpResponse:
    order = visible_orders(request.user).filter(pk=pk).first()
    kept = order or _thrown_away(pk, request.user)
    return page(
        request,
        "history.html",
        _("History: %(title)s") % {"title": kept.title},
        order=order,
        **timeline_context(request, partial(of_order, pk), [Kind.CHANGE]),
    )


def _thrown_away(pk: int, user: Any) -> Any:
    """What is left of a draft; whoever might not have seen it learns nothing. Raises Http404."""
    left = PaymentOrder.history.filter(id=pk, history_type="-").first()
    if left is None or not (user.has_perm(VIEW_ALL) or left.requested_by_id == user.pk):
        raise Http404
    return left
