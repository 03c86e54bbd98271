"""Keeping the record of what was said to providers."""

from collections.abc import Iterable
from dataclasses import asdict

from voicehub.remote.http import ExchangeRecord
from voicehub.sync.models import Connection, Exchange, SyncJob


def rows(
    records: Iterable[ExchangeRecord], provider: str, connection: Connection | None, job: SyncJob | None
) -> list[Exchange]:
    return [Exchange(job=job, connection=connection, provider=provider, **asdict(record)) for record in records]


def store_exchanges(records: Iterable[ExchangeRecord], connection: Connection) -> None:
    """Store exchanges that belong to no job, such as a sign-in from a page."""
    Exchange.objects.bulk_create(rows(records, connection.provider, connection, None))
