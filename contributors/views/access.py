"""Who may see and do what with payments. What somebody may not see does not exist for them (404)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from contributors.models import Contributor, PaymentOrder, Transaction

PAY = "contributors.pay_transaction"
VIEW = "contributors.view_transaction"
VIEW_ALL = "contributors.view_all_transactions"
APPROVE = "contributors.approve_transaction"
SETTLE = "contributors.settle_transaction"
EXPORT = "contributors.export_transaction"
PULL = "contributors.pull_contributor"
CONNECT = "sync.connect_account"
CONNECT_OWN = "sync.connect_own_account"

View = Callable[..., HttpResponseBase]


def needs(*permissions: str) -> Callable[[View], View]:
    """Let only people pass who hold every one of the permissions."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.has_perms(permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def visible_payments(user: Any) -> QuerySet[Transaction]:
    payments = Transaction.objects.all()
    return payments if user.has_perm(VIEW_ALL) else payments.filter(requested_by=user)


def visible_people(user: Any) -> QuerySet[Contributor]:
    """Contributors of every account for those who see every payment; else the installation's and one's own."""
    people = Contributor.objects.all()
    if user.has_perm(VIEW_ALL) or user.has_perm(CONNECT):
        return people
    return people.filter(Q(connection__owner=None) | Q(connection__owner=user))


def visible_orders(user: Any) -> QuerySet[PaymentOrder]:
    orders = PaymentOrder.objects.select_related("requested_by", "connection")
    return orders if user.has_perm(VIEW_ALL) else orders.filter(requested_by=user)


def own_orders(user: Any) -> QuerySet[PaymentOrder]:
    """Orders that this person may pay, as far as it is about the person."""
    return PaymentOrder.objects.filter(requested_by=user)


def changeable_orders(user: Any) -> QuerySet[PaymentOrder]:
    """Orders that this person may still change or throw away: the own ones, and who sees all may put any right.

    Whoever changes a draft of somebody else cannot approve it later, and only its requester can pay it.
    """
    is_helper = user.has_perm(PAY) and user.has_perm(VIEW_ALL)
    return PaymentOrder.objects.all() if is_helper else own_orders(user)


def repayable(user: Any) -> QuerySet[Transaction]:
    """Payments that surely did not go through, which this person may pay again."""
    return visible_payments(user).filter(state__in=Transaction.PAY_AGAIN)


def may_cancel(user: Any) -> bool:
    """Cancelling only ever stops money: who pays may take back what they see, and who settles as well."""
    return user.has_perm(PAY) or user.has_perm(SETTLE)


def payment_or_404(request: HttpRequest, pk: int) -> Transaction:
    return get_object_or_404(visible_payments(request.user).select_related("order"), pk=pk)


def order_or_404(request: HttpRequest, pk: int) -> PaymentOrder:
    return get_object_or_404(visible_orders(request.user), pk=pk)
