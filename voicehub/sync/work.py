"""What a drain has in hand."""

from dataclasses import dataclass, field
from typing import Any

from voicehub.remote.http import ExchangeRecord
from voicehub.sync.handlers import Handler
from voicehub.sync.models import Connection, SyncJob


@dataclass
class Work:
    """A claimed job with all that the calling thread needs, loaded beforehand: threads do not read records."""

    job: SyncJob
    handler: Handler
    connection: Connection | None
    record: Any
    exchanges: list[ExchangeRecord] = field(default_factory=list)

    @property
    def key(self) -> tuple[int, int]:
        return self.job.pk, self.job.attempts


@dataclass(frozen=True)
class Claimed:
    """What a claim brought, and how many calls at once the drain may make of it."""

    work: list[Work]
    seats: int
