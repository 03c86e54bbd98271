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


def store_exchanges(records: Iterable[ExchangeRecord], connection: Connection) -> None:
    """Store exchanges that belong to no job, such as a sign-in from a page."""
    Exchange.objects.bulk_create(rows(records, connection.provider, connection, None))
