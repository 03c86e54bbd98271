"""Orders before they are paid: drafts, their preview, and throwing them away."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import transaction

from contributors.models import Contributor, PaymentOrder, Transaction
from contributors.services.accounts import usable_connection
from contributors.services.errors import AlreadyConfirmedError, DiscardedError
from contributors.warnings import PaymentWarning, keys, warnings_for


@dataclass(frozen=True)
class Line:
    """One payee of an order as typed: `amount` in major units."""

    contributor: Contributor
    amount: Decimal
    replaces: Transaction | None = None


def save_draft(
    *,
    user: Any,
    url: str,
    title: str,
    currency: str,
    lines: Sequence[Line],
    order: PaymentOrder | None = None,
) -> PaymentOrder:
    """Make an order with its lines as drafts, or put new ones into a draft of the same person.

    Raises NotConnectedError, and AlreadyConfirmedError when the draft has been paid meanwhile.
    """
    connection = usable_connection()
    with transaction.atomic():
        article = {"url": url, "title": title, "currency": currency, "connection": connection}
        if order is None:
            order = PaymentOrder.objects.create(requested_by=user, **article)
        else:
            order = _emptied(order, article)
        for line in lines:
            Transaction(
                order=order,
                contributor=line.contributor,
                contributor_name=line.contributor.name,
                amount=line.amount,
                replaces=line.replaces,
                requested_by=user,
                **article,
            ).save()
    return order


def _emptied(order: PaymentOrder, article: dict[str, Any]) -> PaymentOrder:
    changed = PaymentOrder.objects.filter(pk=order.pk, confirmed_at=None).update(shown_warnings=[], **article)
    if not changed:
        raise AlreadyConfirmedError
    Transaction._base_manager.filter(order=order, state=Transaction.State.DRAFT).delete()
    return PaymentOrder.objects.get(pk=order.pk)


def preview(order: PaymentOrder) -> list[PaymentWarning]:
    """The warnings to show with an order, remembered as shown."""
    warnings = warnings_for(order)
    PaymentOrder.objects.filter(pk=order.pk, confirmed_at=None).update(shown_warnings=keys(warnings))
    return warnings


def digest(order: PaymentOrder) -> str:
    """A short mark of what an order pays; it changes with any change of its lines."""
    lines = order.lines.order_by("id").values_list("id", "contributor_id", "amount", "currency", "url", "title")
    return sha256(repr(list(lines)).encode()).hexdigest()[:16]


def discard_draft(order: PaymentOrder) -> None:
    """Throw a draft away. Raises AlreadyConfirmedError when it has been paid meanwhile, or DiscardedError."""
    with transaction.atomic():
        current = locked(order)
        if current.confirmed_at:
            raise AlreadyConfirmedError
        Transaction._base_manager.filter(order=current).delete()
        current.delete()


def locked(order: PaymentOrder) -> PaymentOrder:
    """The order's row, locked. Raises DiscardedError when somebody threw the draft away meanwhile."""
    current = PaymentOrder.objects.select_for_update().filter(pk=order.pk).first()
    if current is None:
        raise DiscardedError
    return current
