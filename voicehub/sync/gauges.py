"""Small figures that a provider tells about an account, such as its balance; the newest reading of each is kept."""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta

from voicehub.remote.http import ExchangeRecord
from voicehub.sync.clock import database_now
from voicehub.sync.decisions import Outcome
from voicehub.sync.models import Connection, Gauge
from voicehub.sync.registry import GaugesOf, provider
from voicehub.sync.work import Work

log = logging.getLogger(__name__)

NOTED_EVERY = timedelta(seconds=2)
LONGEST_TEXT = Gauge._meta.get_field("text").max_length

# By the key of the connection and the name of the gauge.
Readings = dict[tuple[int, str], str]


def record(connection: Connection, values: Mapping[str, str]) -> None:
    """Keep what an account was said to have: texts for people ("1,234 XOF") by the names of `Provider.gauges`.

    It writes to the database, so never from a thread of a lane: `PullHandler.absorb` is a place for it.
    """
    _store({(connection.pk, name): text for name, text in values.items()})


def learn(results: Sequence[tuple[Work, Outcome]]) -> None:
    """Keep what the headers of finished calls told; of several answers the newest counts.

    What was noted a moment ago is left as it is, so that a burst of calls does not write with each of them.
    """
    told = _told([work for work, _outcome in results])
    if told:
        noted = Gauge.objects.filter(
            connection__in={connection for connection, _name in told}, read_at__gt=database_now() - NOTED_EVERY
        )
        fresh = set(noted.values_list("connection_id", "name"))
        _store({key: text for key, text in told.items() if key not in fresh})


def _told(works: Sequence[Work]) -> Readings:
    answers = [
        (answer, work.connection.pk, gauges_of)
        for work in works
        if work.connection and (gauges_of := provider(work.job.provider).gauges_of)
        for answer in work.exchanges
    ]
    told: Readings = {}
    for answer, connection, gauges_of in sorted(answers, key=lambda one: one[0].started_at):
        told |= {(connection, name): text for name, text in _read(gauges_of, answer).items()}
    return told


def _read(gauges_of: GaugesOf, answer: ExchangeRecord) -> Mapping[str, str]:
    """A figure that cannot be read must never cost what is known about the call."""
    try:
        return gauges_of({name.lower(): value for name, value in answer.response_headers.items()})
    except Exception:
        log.exception("The headers of an answer told figures that could not be read")
        return {}


def _store(readings: Readings) -> None:
    """In one order everywhere, so that two workers never wait for each other."""
    now = database_now()
    rows = [
        Gauge(connection_id=connection, name=name, text=text.replace("\0", "")[:LONGEST_TEXT], read_at=now)
        for (connection, name), text in sorted(readings.items())
    ]
    if rows:
        Gauge.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["connection", "name"], update_fields=["text", "read_at"]
        )
