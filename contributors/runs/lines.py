"""Checking the lines of a file of payments: who is meant, what is wrong, and what was paid for the same before."""

from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contributors.forms import AmountField, ArticleForm
from contributors.models import Contributor, Transaction
from contributors.rules import plain
from voicehub.common.models import Run, RunRow
from voicehub.sync.models import Connection

AMOUNT = AmountField()


class Payees:
    """The contributors of an account, found by what people write into a file."""

    def __init__(self, connection: Connection) -> None:
        self._by_id: dict[str, Contributor] = {}
        self._by_name: dict[str, list[Contributor]] = defaultdict(list)
        for one in Contributor.objects.filter(connection=connection).only("remote_id", "name", "is_active"):
            self._by_id[one.remote_id] = one
            self._by_name[plain(one.name)].append(one)

    def find(self, name: str, remote_id: str) -> Contributor:
        """Raises ValidationError with what to do when nobody, or more than one, is meant."""
        found = self._with_id(remote_id, name) if remote_id else self._with_name(name)
        if not found.is_active:
            raise ValidationError(_("%(name)s is no longer on OutVoice's list.") % {"name": found.name})
        return found

    def _with_id(self, remote_id: str, name: str) -> Contributor:
        found = self._by_id.get(remote_id)
        if found is None:
            raise ValidationError(_("Nobody on OutVoice's list has the id %(id)s.") % {"id": remote_id})
        if name and plain(name) != plain(found.name):
            words = {"id": remote_id, "name": found.name}
            raise ValidationError(_("The id %(id)s belongs to %(name)s, which is another name.") % words)
        return found

    def _with_name(self, name: str) -> Contributor:
        found = self._by_name.get(plain(name), [])
        active = [one for one in found if one.is_active] or found
        if not name:
            raise ValidationError(_("Write who is paid: the name, or the id at OutVoice."))
        if not active:
            raise ValidationError(_("Nobody on OutVoice's list is called %(name)s.") % {"name": name})
        if len(active) > 1:
            ids = ", ".join(sorted(one.remote_id for one in active))
            raise ValidationError(
                _("More than one on OutVoice's list is called %(name)s: write the id as well (%(ids)s).")
                % {"name": name, "ids": ids}
            )
        return active[0]


class Earlier:
    """What may have been paid already for the work of some lines; payments of the same batch are not earlier ones."""

    def __init__(self, run: Run, rows: Sequence[RunRow]) -> None:
        values = [row.values for row in rows if row.values]
        titles = {one["title"] for one in values}
        # As typed too: the database may know how to write small letters of English only.
        same_title = Q(title__in=titles) | Q(lower_title__in={title.lower() for title in titles})
        same_work = Q(url__in={one["url"] for one in values}) | same_title
        payments = (
            Transaction.objects.annotate(lower_title=Lower("title"))
            .filter(same_work, contributor__name__in={one["name"] for one in values}, state__in=Transaction.COUNTS)
            .exclude(order__run_row__run=run)
        )
        self._by_name: dict[str, list[Transaction]] = defaultdict(list)
        for payment in payments.select_related("contributor").order_by("id"):
            self._by_name[payment.contributor.name].append(payment)

    def of(self, values: dict[str, Any]) -> list[Transaction]:
        """Payments to the contributor, or to the same name through another account, besides those known."""
        return [
            payment
            for payment in self._by_name[values["name"]]
            if _is_same_person(payment, values)
            and _is_same_work(payment, values)
            and payment.pk not in (values["replaces"], *values.get("known", ()))
        ]


def _is_same_person(payment: Transaction, values: dict[str, Any]) -> bool:
    return payment.contributor_id == values["contributor"] or payment.connection_id != values["connection"]


def _is_same_work(payment: Transaction, values: dict[str, Any]) -> bool:
    return payment.url == values["url"] or payment.title.lower() == values["title"].lower()


def check_row(row: RunRow, payees: Payees, connection: Connection) -> None:
    """Fill in the values and keys of a line, or what is wrong with it."""
    data, article = row.data, ArticleForm.base_fields
    checks = {
        "contributor": lambda text: payees.find(text, data.get("id", "")),
        "amount": AMOUNT.clean,
        "currency": _currency,
        "url": article["url"].clean,
        "title": article["title"].clean,
    }
    found = {}
    for column, check in checks.items():
        try:
            found[column] = check(data.get(column, ""))
        except ValidationError as error:
            row.problems += [(column, message) for message in error.messages]
    if not row.problems:
        row.values = _values(found, connection) | {"replaces": data.get("replaces")}
        row.key = _mark(row.values["contributor"], row.values["url"])
        row.other_key = _mark(row.values["contributor"], row.values["title"].casefold())


def _mark(*parts: Any) -> str:
    return sha256(repr(parts).encode()).hexdigest()


def _currency(text: str) -> str:
    codes = settings.OUTVOICE_CURRENCIES
    code = text.upper() or codes[0]
    if code not in codes:
        raise ValidationError(_("Payments go out in: %(codes)s.") % {"codes": ", ".join(codes)})
    return code


def _values(found: dict[str, Any], connection: Connection) -> dict[str, Any]:
    contributor = found.pop("contributor")
    about = {"contributor": contributor.pk, "name": contributor.name, "connection": connection.pk}
    return {**found, **about, "amount": str(found["amount"])}


def doubt(row: RunRow, earlier: Earlier) -> None:
    """Note the payments that may be for the same work; these are known from then on."""
    payments = earlier.of(row.values)
    row.values["known"] = [payment.pk for payment in payments]
    row.doubts += [paid_before(payment) for payment in payments[:3]]


def paid_before(payment: Transaction) -> str:
    return _(
        "%(name)s has a payment of %(amount)s %(currency)s for this address or title already (%(date)s, %(state)s)."
    ) % {
        "name": payment.contributor_name,
        "amount": payment.amount,
        "currency": payment.currency,
        "date": date_format(payment.created_at, "SHORT_DATE_FORMAT"),
        "state": payment.get_state_display().lower(),
    }
