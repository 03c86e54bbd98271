"""A worker that is asked to end while much is to do."""

import time
from collections import Counter

import psutil
import pytest

from contributors.models import Transaction
from tests.faults.installation import connect, live_worker, pay_steve, wait_until
from voicehub.sync.models import SyncJob

PAYMENTS = 50
THREADS = 4


@pytest.fixture
def fifty_waiting(transactional_db, outvoice_sandbox):
    """Fifty confirmed payments, and an OutVoice that takes half a second over each."""
    connect()
    for number in range(PAYMENTS):
        pay_steve(f"https://example.org/{number}")
    outvoice_sandbox.fault("outvoice", "transaction", "slow", count=1000, value=0.5)
    return outvoice_sandbox


def states():
    return Counter(Transaction.objects.values_list("state", flat=True))


def stamps():
    return SyncJob.objects.filter(once_only=True, attempts__gt=0).count()


def test_asked_to_end_it_finishes_the_calls_in_flight_and_starts_nothing_new(fifty_waiting):
    address = {"OUTVOICE_BASE_URL": fifty_waiting.outvoice_url}
    with live_worker(**address) as worker:
        assert wait_until(lambda: states()["paid"] >= THREADS and states()["sending"] > 0, within=60)
        family = psutil.Process(worker.pid).children(recursive=True)
        asked = time.monotonic()
        worker.terminate()
        stamped = stamps()
        code = worker.wait(30)
        assert time.monotonic() - asked < 10
        assert code == 0
        assert not psutil.wait_procs(family, timeout=1)[1]

    assert states().keys() == {"paid", "waiting"}
    # Only what was claimed while the request to end was still on its way.
    assert stamps() <= stamped + THREADS
    assert len(fifty_waiting.ledger()) == states()["paid"]

    fifty_waiting.clear_faults()
    with live_worker(**address):
        assert wait_until(lambda: states()["paid"] == PAYMENTS, within=60)
    booked = [row["url"] for row in fifty_waiting.ledger()]
    assert len(booked) == len(set(booked)) == PAYMENTS
