"""Payments as a CSV file, written while it is sent."""

import csv
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _

from contributors.models import Transaction

# A spreadsheet takes what begins so for a formula and runs it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_response(payments: QuerySet[Transaction]) -> StreamingHttpResponse:
    """Exactly these payments, in their order. Times are in the reader's zone, amounts with two places."""
    # The reader's zone and language are gone by the time the rows are written.
    zone, header = get_current_timezone(), _header()
    rows = payments.select_related("requested_by").iterator(chunk_size=2000)
    lines = _lines(header, (_row(payment, zone) for payment in rows))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="payments.csv"'
    return response


def _lines(header: list[str], rows: Iterable[list[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # Excel reads UTF-8 only when told so.
    yield "\ufeff" + writer.writerow(header)
    for row in rows:
        yield writer.writerow([_harmless(value) for value in row])


def _header() -> list[str]:
    return [
        _("Number"),
        _("Date"),
        _("Contributor"),
        _("Amount"),
        _("Currency"),
        _("Article title"),
        _("Article address"),
        _("State"),
        _("What happened"),
        _("OutVoice's receipt"),
        _("Asked for by"),
    ]


def _row(payment: Transaction, zone: tzinfo) -> list[Any]:
    return [
        payment.pk,
        localtime(payment.created_at, zone).isoformat(sep=" ", timespec="seconds"),
        payment.contributor_name,
        f"{payment.amount:.2f}",
        payment.currency,
        payment.title,
        payment.url,
        payment.get_state_display(),
        payment.message,
        payment.receipt,
        payment.requested_by,
    ]


def _harmless(value: Any) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
