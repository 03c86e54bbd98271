"""Rows for tests, made the way the program makes them wherever that is possible."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Permission

from contributors import services
from contributors.models import Contributor, PaymentOrder, Transaction
from contributors.sync import OUTVOICE
from voicehub.sync.models import Connection

ARTICLE = {"url": "https://example.org/a-story", "title": "A story"}


def make_order(user: Any, lines: Sequence[tuple[Contributor, str]], **article: str) -> PaymentOrder:
    """A draft through the service; each line is a contributor and the amount as text."""
    values = {"currency": "USD", **ARTICLE, **article}
    rows = [services.Line(contributor, Decimal(amount)) for contributor, amount in lines]
    return services.save_draft(user=user, lines=rows, **values)


def make_account(account: str = "editor@example.org") -> Connection:
    """A connected account that nobody signed in to: good for pages, not for calls."""
    return Connection.objects.create(
        provider="outvoice", base_url=OUTVOICE.base_url(), account=account, name="Nick Fury"
    )


def make_contributor(connection: Connection, name: str = "Steve Rogers", **values: Any) -> Contributor:
    number = Contributor.objects.count() + 1
    return Contributor.objects.create(**{"connection": connection, "remote_id": str(number), "name": name, **values})


def make_payment(user: Any, contributor: Contributor, amount: str = "20", **values: Any) -> Transaction:
    """A payment in any state, without a job."""
    order = make_order(user, [(contributor, amount)], **{name: values[name] for name in ARTICLE if name in values})
    Transaction.objects.filter(order=order).update(**{"state": Transaction.State.PAID, **values})
    return order.lines.get()


def allow(user: Any, *permissions: str) -> None:
    """Give permissions, each as "app.codename"."""
    for name in permissions:
        app, codename = name.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    for cache in ("_perm_cache", "_user_perm_cache"):
        user.__dict__.pop(cache, None)
