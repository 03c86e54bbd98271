"""Who may start what, and when: claims, leases, lanes, breaker, stop switch."""

import threading
import time
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connections
from django.utils import timezone

from tests.ageing import let_pass
from tests.gadgets.models import Gadget
from tests.gadgets.server import GadgetServer
from voicehub.sync import queue, seating, services
from voicehub.sync.calls import perform
from voicehub.sync.claim import claim
from voicehub.sync.decisions import Outcome
from voicehub.sync.engine import Drain, drain_inline
from voicehub.sync.finish import write
from voicehub.sync.models import Connection, JobState, Lane, Settlement, SyncJob
from voicehub.sync.sweep import sweep

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(db):
    return get_user_model().objects.create_user("ann")


def test_a_claim_stamps_a_once_only_job_before_anything_is_sent(make_ping, provider):
    ping, job = make_ping()
    (work,) = claim("pings", "a drain").work
    job.refresh_from_db()
    ping.refresh_from_db()
    assert (job.state, ping.state) == (JobState.SENDING, "sending")
    assert provider.sent == []
    assert claim("pings", "a drain").work == []
    assert perform(work).state == JobState.DONE


def test_a_once_only_job_whose_worker_died_becomes_uncertain_and_is_never_sent_again(make_ping, provider):
    ping, _job = make_ping()
    claim("pings", "a drain")
    for _day in range(3):
        let_pass(days=1)
        sweep()
        drain_inline()
    ping.refresh_from_db()
    assert ping.state == "uncertain"
    assert provider.sent == []


def test_an_answer_after_the_lease_was_lost_turns_uncertain_into_done(make_ping, provider):
    ping, job = make_ping()
    (work,) = claim("pings", "a drain").work
    outcome = perform(work)
    let_pass(minutes=5)
    sweep()
    ping.refresh_from_db()
    assert ping.state == "uncertain"
    write([(work, outcome)])
    ping.refresh_from_db()
    job.refresh_from_db()
    assert (ping.state, job.state) == ("done", JobState.DONE)


def test_a_late_answer_that_contradicts_a_person_is_shown_as_a_conflict(make_ping, provider, person):
    ping, job = make_ping()
    (work,) = claim("pings", "a drain").work
    outcome = perform(work)
    let_pass(minutes=30)
    sweep()
    services.settle(job, finding=Settlement.Finding.NOT_THERE, looked_at="console", note="", user=person)
    write([(work, outcome)])
    job.refresh_from_db()
    ping.refresh_from_db()
    assert job.has_conflict
    assert (job.state, ping.state) == (JobState.REFUSED, "refused")


def test_an_answer_of_an_earlier_claim_does_not_end_a_later_one(make_gadget, provider):
    make_gadget()
    (old,) = claim("gadgets", "a drain").work
    let_pass(minutes=5)
    sweep()
    new = next(work for work in claim("gadgets", "a drain").work if work.job.pk == old.job.pk)
    write([(old, Outcome(JobState.FAILED, "too late"))])
    assert SyncJob.objects.get(operation="push").state == JobState.SENDING
    assert new.job.attempts == old.job.attempts + 1


@pytest.mark.django_db(transaction=True)
def test_two_drains_together_make_no_more_calls_at_once_than_the_provider_allows(make_gadget, provider, settings):
    settings.GADGETS_CONCURRENCY = 3
    for number in range(30):
        make_gadget(f"Lamp {number}")
    drains = [threading.Thread(target=run_drain) for _ in range(2)]
    for drain in drains:
        drain.start()
    for drain in drains:
        drain.join(30)
    assert len(provider.gadgets) == 30
    assert 1 <= provider.most_at_once <= 3


def run_drain(**options):
    try:
        Drain(60, **options).run()
    finally:
        connections.close_all()


def test_once_only_jobs_are_claimed_only_as_many_as_can_start_at_once(make_ping, settings):
    settings.GADGETS_CONCURRENCY = 3
    for number in range(8):
        make_ping(f"ping {number}")
    assert len(claim("pings", "one drain").work) == 3
    assert claim("pings", "one drain", in_hand=3).work == []
    assert claim("pings", "another drain").work == []


def test_claims_of_a_dead_worker_do_not_block_the_lane_for_ever(make_ping, settings):
    settings.GADGETS_CONCURRENCY = 1
    make_ping("one")
    make_ping("two")
    claim("pings", "a drain that dies")
    let_pass(minutes=2)
    assert len(claim("pings", "a drain").work) == 1


def test_five_failures_in_a_row_open_the_breaker_and_one_good_call_closes_it(make_gadget, provider):
    for number in range(8):
        make_gadget(f"Lamp {number}")
    provider.fail("cut before", times=8)
    drain_inline()
    assert len(provider.sent) == 5
    assert claim("gadgets", "a drain").work == []
    provider.faults.clear()
    let_pass(minutes=20)
    (probe,) = claim("gadgets", "a drain").work
    write([(probe, perform(probe))])
    seating.leave("a drain")
    drain_inline()
    lane = Lane.objects.get(pk="gadgets")
    assert (lane.failures, lane.open_until) == (0, None)
    assert len(provider.gadgets) == 8


def test_a_stopped_provider_starts_nothing_but_reads(make_gadget, connection, provider, person):
    make_gadget()
    queue.pull(Gadget, connection)
    services.stop_lane("gadgets", user=person, reason="fire drill")
    drain_inline()
    assert [method for method, _path, _body in provider.calls] == ["GET"]
    services.release_lane("gadgets", user=person)
    let_pass(seconds=5)
    drain_inline()
    assert len(provider.gadgets) == 1


def test_a_stop_ends_by_itself_at_its_time(make_gadget, provider, person):
    make_gadget()
    services.stop_lane("gadgets", user=person, reason="lunch", until=timezone.now() + timedelta(hours=1))
    drain_inline()
    assert provider.sent == []
    let_pass(hours=2)
    drain_inline()
    assert len(provider.sent) == 1


def test_a_release_spreads_what_waited(make_gadget, provider, person):
    for number in range(30):
        make_gadget(f"Lamp {number}")
    services.stop_lane("gadgets", user=person, reason="fire drill")
    services.release_lane("gadgets", user=person)
    due = list(SyncJob.objects.order_by("due_at").values_list("due_at", flat=True))
    assert (due[-1] - due[0]).total_seconds() > 1


def test_a_refused_key_stops_the_account_and_keeps_its_jobs_waiting(make_gadget, connection, provider):
    make_gadget()
    provider.fail("401")
    drain_inline()
    connection.refresh_from_db()
    assert connection.stopped_reason == "The key was refused."
    assert SyncJob.objects.get(operation="push").state == JobState.WAITING
    let_pass(days=1)
    drain_inline()
    assert len(provider.sent) == 1


def test_a_job_of_another_address_is_never_sent(make_gadget, connection, provider):
    make_gadget()
    Connection.objects.update(base_url="http://elsewhere.invalid")
    drain_inline()
    assert provider.sent == []
    assert SyncJob.objects.get(operation="push").state == JobState.REFUSED


def test_what_waited_beyond_its_time_is_not_sent(make_ping, provider):
    ping, _job = make_ping()
    let_pass(minutes=11)
    drain_inline()
    ping.refresh_from_db()
    assert ping.state == "expired"
    assert provider.sent == []


def test_a_cancelled_job_is_not_sent_and_a_started_one_cannot_be_cancelled(make_ping, provider, person):
    first, job = make_ping("first")
    services.cancel(job, user=person)
    _second, started = make_ping("second")
    claim("pings", "a drain")
    with pytest.raises(services.TooLateError):
        services.cancel(started, user=person)
    first.refresh_from_db()
    assert first.state == "cancelled"
    assert provider.sent == []


def test_not_there_is_believed_only_after_a_while_and_from_somebody_else(make_ping, person):
    _ping, job = make_ping(user=person)
    (work,) = claim("pings", "a drain").work
    write([(work, Outcome(JobState.UNCERTAIN, "lost"))])
    other = get_user_model().objects.create_user("bob")
    absent = {"finding": Settlement.Finding.NOT_THERE, "looked_at": "console", "note": ""}
    with pytest.raises(services.NotYetError):
        services.settle(job, user=other, **absent)
    let_pass(minutes=16)
    with pytest.raises(services.NotYetError):
        services.settle(job, user=person, **absent)
    services.settle(job, user=other, **absent)
    job.refresh_from_db()
    assert job.state == JobState.REFUSED


def test_a_one_person_newsroom_may_settle_its_own_and_the_record_says_so(make_ping, person, settings):
    settings.SETTLE_NEEDS_SECOND_PERSON = False
    _ping, job = make_ping(user=person)
    (work,) = claim("pings", "a drain").work
    write([(work, Outcome(JobState.UNCERTAIN, "lost"))])
    let_pass(minutes=16)
    services.settle(job, finding=Settlement.Finding.NOT_THERE, looked_at="console", note="", user=person)
    assert job.settlements.get().is_by_requester


def test_a_settlement_is_corrected_by_another_one_and_never_removed(make_ping, person):
    ping, job = make_ping()
    (work,) = claim("pings", "a drain").work
    write([(work, Outcome(JobState.UNCERTAIN, "lost"))])
    let_pass(minutes=16)
    for finding in (Settlement.Finding.NOT_THERE, Settlement.Finding.THERE):
        services.settle(job, finding=finding, looked_at="console", note="", user=person)
    ping.refresh_from_db()
    assert ping.state == "done"
    assert [row.finding for row in job.settlements.all()] == ["not_there", "there"]


def test_the_same_pull_is_queued_once(connection):
    assert queue.pull(Gadget, connection) == queue.pull(Gadget, connection)
    assert SyncJob.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_drains_never_claim_the_same_job(make_ping):
    for number in range(20):
        make_ping(f"ping {number}")
    barrier, claimed = threading.Barrier(4), []

    def take(holder):
        mine = []
        barrier.wait()
        for _try in range(10):
            mine += [work.job.pk for work in claim("pings", holder, in_hand=len(mine)).work]
        claimed.extend(mine)
        connections.close_all()

    threads = [threading.Thread(target=take, args=[f"drain {number}"]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed)) == 4


@pytest.mark.django_db(transaction=True)
def test_a_hanging_provider_does_not_hold_up_a_drain_that_is_asked_to_stop(make_gadget, provider):
    make_gadget()
    provider.fail("hang")
    provider.gate.clear()
    stop = threading.Event()
    drain = threading.Thread(target=run_drain, kwargs={"stopping": stop.is_set})
    drain.start()
    assert provider.wait_for_calls(1)
    make_gadget("after the stop")
    stop.set()
    provider.gate.set()
    drain.join(20)
    assert not drain.is_alive()
    assert len(provider.sent) <= 2


def test_an_error_in_what_follows_a_job_does_not_undo_its_outcome(make_ping, provider, monkeypatch):
    from tests.gadgets.sync import PingSync

    monkeypatch.setattr(PingSync, "after", lambda self, job: 1 / 0)
    ping, _job = make_ping()
    drain_inline()
    ping.refresh_from_db()
    assert ping.state == "done"


@pytest.mark.django_db(transaction=True)
def test_a_hung_provider_delays_another_ones_job_by_less_than_a_second(make_gadget, make_ping, settings):
    hung, quick = GadgetServer(), GadgetServer()
    settings.GADGETS_URL, settings.PINGS_URL = hung.url, quick.url
    Connection.objects.filter(provider="gadgets").update(base_url=hung.url)
    Connection.objects.filter(provider="pings").update(base_url=quick.url)
    hung.gate.clear()
    hung.fail("hang", times=500)
    for number in range(50):
        make_gadget(f"Lamp {number}")
    stop = threading.Event()
    drain = threading.Thread(target=run_drain, kwargs={"stopping": stop.is_set})
    drain.start()
    try:
        assert hung.wait_for_calls(settings.GADGETS_CONCURRENCY)
        asked = time.monotonic()
        make_ping()
        assert quick.wait_for_calls(1)
        assert time.monotonic() - asked < 1
        assert len(hung.calls) == settings.GADGETS_CONCURRENCY
    finally:
        stop.set()
        hung.stop()
        drain.join(20)
        quick.stop()
