"""Payments as a file for a spreadsheet."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from contributors.models import Transaction
from contributors.sync import SLUG
from voicehub.sync.export import Table
from voicehub.sync.models import Connection


def payments_table(payments: QuerySet[Transaction]) -> Table:
    """Exactly these payments, in their order."""
    accounts = accounts_shown()
    rows = payments.select_related("requested_by").iterator(chunk_size=2000)
    return Table(_("payments"), _header(bool(accounts)), _rows(rows, accounts))


def accounts_shown() -> dict[int, str]:
    """The names of the OutVoice accounts by their keys; empty when there is one only, which goes without saying."""
    accounts = {account.pk: str(account) for account in Connection.objects.filter(provider=SLUG)}
    return accounts if len(accounts) > 1 else {}


def zone_name() -> str:
    """The reader's time zone, as in "Europe/Amsterdam"."""
    return str(get_current_timezone())


def _header(has_accounts: bool) -> list[str]:
    zone = {"zone": zone_name()}
    return [
        _("Number"),
        _("Date (%(zone)s)") % zone,
        _("Paid (%(zone)s)") % zone,
        _("Contributor"),
        *([_("Account")] if has_accounts else []),
        _("Amount"),
        _("Currency"),
        _("Article title"),
        _("Article address"),
        _("State"),
        _("What happened"),
        _("OutVoice's receipt"),
        _("What in the receipt differs"),
        _("Asked for by"),
    ]


def _rows(payments: Iterator[Transaction], accounts: dict[int, str]) -> Iterator[list[Any]]:
    for payment in payments:
        yield [
            payment.pk,
            payment.created_at,
            payment.paid_at if payment.state == Transaction.State.PAID else None,
            payment.contributor_name,
            *([accounts.get(payment.connection_id, "")] if accounts else []),
            payment.amount,
            payment.currency,
            payment.title,
            payment.url,
            payment.get_state_display(),
            payment.message,
            payment.receipt,
            payment.receipt_mismatch,
            payment.requested_by,
        ]
