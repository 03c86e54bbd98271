"""Orders before they are paid: drafts, their preview, and throwing them away."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import transaction

from contributors.models import Contributor, PaymentOrder, Transaction
from contributors.obstacles import not_on_list
from contributors.services.accounts import usable_connection
from contributors.services.errors import AlreadyConfirmedError, DiscardedError, NotPayableError
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
    """Make an order with its lines as drafts, or put new ones into a draft, which stays its requester's.

    Raises NotConnectedError, NotPayableError, AlreadyConfirmedError when the draft has been paid meanwhile, and
    DiscardedError.
    """
    requester = order.requested_by if order else user
    connection = usable_connection(requester)
    article = {"url": url, "title": title, "currency": currency, "connection": connection}
    with transaction.atomic():
        current = _emptied(order, user) if order else PaymentOrder(requested_by=requester)
        for name, value in article.items():
            setattr(current, name, value)
        _save(current, user)
        for line in lines:
            _save(_draft_line(current, line, article), user)
    return current


def _draft_line(order: PaymentOrder, line: Line, article: dict[str, Any]) -> Transaction:
    draft = Transaction(
        order=order,
        contributor=line.contributor,
        contributor_name=line.contributor.name,
        amount=line.amount,
        replaces=line.replaces,
        requested_by=order.requested_by,
        **article,
    )
    if problem := not_on_list(draft):
        raise NotPayableError(problem)
    return draft


def _save(record: PaymentOrder | Transaction, user: Any) -> None:
    """Save a draft; its history says who did it, also where there is no request that knows."""
    record._history_user = user  # type: ignore[union-attr]
    record.save()


def _emptied(order: PaymentOrder, user: Any) -> PaymentOrder:
    current = locked(order)
    if current.confirmed_at:
        raise AlreadyConfirmedError
    for line in current.lines.all():
        line._history_user = user  # type: ignore[attr-defined]
        line.delete()
    current.shown_warnings = []
    return current


def preview(order: PaymentOrder) -> list[PaymentWarning]:
    """The warnings to show with an order, remembered as shown."""
    warnings = warnings_for(order)
    PaymentOrder._base_manager.filter(pk=order.pk, confirmed_at=None).update(shown_warnings=keys(warnings))
    return warnings


def digest(order: PaymentOrder) -> str:
    """A short mark of what an order pays; it changes with any change of its lines."""
    lines = order.lines.order_by("id").values_list("id", "contributor_id", "amount", "currency", "url", "title")
    return sha256(repr(list(lines)).encode()).hexdigest()[:16]


def discard_draft(order: PaymentOrder, *, user: Any) -> None:
    """Throw a draft away. Raises AlreadyConfirmedError when it has been paid meanwhile, or DiscardedError."""
    with transaction.atomic():
        current = _emptied(order, user)
        current._history_user = user  # type: ignore[attr-defined]
        current.delete()


def locked(order: PaymentOrder) -> PaymentOrder:
    """The order's row, locked. Raises DiscardedError when somebody threw the draft away meanwhile."""
    current = PaymentOrder.objects.select_for_update().filter(pk=order.pk).first()
    if current is None:
        raise DiscardedError
    return current
