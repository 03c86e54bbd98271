"""Rows for tests, made the way the program makes them wherever that is possible."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client

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
    Transaction._base_manager.filter(order=order).update(**{"state": Transaction.State.PAID, **values})
    return order.lines.get()


def make_person(name: str, *roles: str) -> Any:
    """Somebody with the permissions of these roles."""
    person = get_user_model().objects.create_user(name, is_staff=True)
    person.groups.set(Group.objects.filter(name__in=roles))
    return person


def signed_in(person: Any) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(person, backend="voicehub.common.backends.ModeBackend")
    return client


def typed(*lines: tuple[Any, str], **article: str) -> dict[str, Any]:
    """The pay form as a browser posts it; each line is a contributor, or what stands in its place, and an amount."""
    data = {"currency": "USD", **ARTICLE, **article}
    data |= {"lines-TOTAL_FORMS": len(lines), "lines-INITIAL_FORMS": 0}
    for number, (contributor, amount) in enumerate(lines):
        data[f"lines-{number}-contributor"] = getattr(contributor, "pk", contributor)
        data[f"lines-{number}-amount"] = amount
    return data
