"""Keeping the record of what was said to providers."""

from collections.abc import Iterable

from voicehub.remote.http import ExchangeRecord
from voicehub.sync.models import Connection, Exchange


def rows(
    records: Iterable[ExchangeRecord], provider: str, connection: Connection | None, job_id: int | None
) -> list[Exchange]:
    connection_id = connection.pk if connection else None
    return [
        Exchange(job_id=job_id, connection_id=connection_id, provider=provider, **vars(record)) for record in records
    ]


def store_exchanges(records: Iterable[ExchangeRecord], provider: str, connection: Connection | None = None) -> None:
    """Store exchanges that belong to no job, such as a sign-in from a page, whose account may not be known yet."""
    Exchange.objects.bulk_create(rows(records, provider, connection, None))
