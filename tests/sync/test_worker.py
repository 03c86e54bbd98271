"""The worker as a process: what it does when its queue, its provider or its database misbehaves."""

import os
import signal
import subprocess
import time
from datetime import timedelta

import pytest
from django_q.models import OrmQ, Task
from django_q.tasks import async_task

from contributors.models import Transaction
from tests.faults.installation import LIVE_WORKER, connect, kill_group, live_worker, pay_steve, start, wait_until
from voicehub.sync import health
from voicehub.sync.clock import database_now
from voicehub.sync.models import Heartbeat, Installation

THREADS_OF_TWO_DRAINS = 12


@pytest.fixture
def outvoice(transactional_db, outvoice_sandbox):
    connect()
    OrmQ.objects.all().delete()
    return outvoice_sandbox


@pytest.fixture
def worker(outvoice):
    """A live worker through whose queue a first heartbeat has come."""
    with live_worker(OUTVOICE_BASE_URL=outvoice.outvoice_url) as process:
        assert wait_until(has_beaten, within=60)
        yield process


def has_beaten():
    return Heartbeat.objects.exclude(queue_at=None).exists()


def is_paid(payment):
    return Transaction.objects.filter(pk=payment.pk, state="paid").exists()


def seconds_until(condition, within=60):
    begun = time.monotonic()
    assert wait_until(condition, within, every=0.02)
    return time.monotonic() - begun


def test_a_ring_that_got_lost_delays_a_payment_by_little(worker, outvoice):
    # As after a ring whose message is gone: somebody rang, nobody will answer.
    Heartbeat.objects.filter(pk=1).update(rung_at=database_now())
    payment = pay_steve("https://example.org/lost-ring")
    assert not OrmQ.objects.filter(payload__contains="drain").exists()
    assert seconds_until(lambda: is_paid(payment)) < 4


def test_a_message_that_nobody_can_read_is_dropped_once_and_work_goes_on(outvoice):
    OrmQ.objects.create(key="voicehub-demo", payload="rubbish", lock=database_now() - timedelta(seconds=1))
    async_task("no.such.function")
    environment = {**os.environ, "OUTVOICE_BASE_URL": outvoice.outvoice_url}
    worker = start(*LIVE_WORKER, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        payment = pay_steve("https://example.org/after-rubbish")
        assert wait_until(lambda: is_paid(payment) and has_beaten() and not OrmQ.objects.exists(), within=60)
    finally:
        kill_group(worker)
    said = worker.stdout.read()
    assert said.count("Failed to push task to queue") == 1
    assert Task.objects.filter(func="no.such.function").count() == 1


def test_the_heartbeat_is_fresh_while_all_drains_wait_for_a_hung_provider_and_stale_when_frozen(outvoice, settings):
    settings.HEARTBEAT_STALE_SECONDS = 4
    outvoice.fault("outvoice", "transaction", "hang", count=1000)
    for number in range(THREADS_OF_TWO_DRAINS):
        pay_steve(f"https://example.org/{number}")
    with live_worker(
        OUTVOICE_BASE_URL=outvoice.outvoice_url,
        OUTVOICE_CONCURRENCY=str(THREADS_OF_TWO_DRAINS),
        SYNC_LEASE_SECONDS="3",
        HEARTBEAT_SECONDS="1",
    ) as worker:
        assert wait_until(lambda: states("sending") == THREADS_OF_TWO_DRAINS, within=60)
        assert wait_until(lambda: queue_age() > 2 * settings.HEARTBEAT_STALE_SECONDS, within=60)
        assert health.is_worker_alive()
        os.killpg(worker.pid, signal.SIGSTOP)
        assert wait_until(lambda: not health.is_worker_alive(), within=30)


def states(state):
    return Transaction.objects.filter(state=state).count()


def queue_age():
    """Seconds since a task last came through the queue; a worker that never had one free counts from its start."""
    beat = Heartbeat.objects.get()
    oldest = beat.queue_at or Transaction.objects.earliest("pk").order.confirmed_at
    return (database_now() - oldest).total_seconds()


@pytest.mark.django_db(transaction=True)
def test_a_database_of_the_other_mode_is_refused_in_words():
    Installation.objects.update(mode="live")
    worker = start(*LIVE_WORKER, stderr=subprocess.PIPE)
    try:
        _nothing, said = worker.communicate(timeout=60)
    finally:
        kill_group(worker)
    assert worker.returncode != 0
    assert "made in live mode and cannot be used in demo mode" in said
