"""Ways to have somebody called twice, at night or against their wish, and to lose the truth about it. None works."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from campaigns import batching, driving, moving, numbers, outcomes, services
from campaigns.models import Attempt, Batch, Campaign, Menu, Prompt, Recipient
from campaigns.rules import LIMIT
from campaigns.sync.batches import Told
from campaigns.voiceshot import SeenCall, reading, xml
from campaigns.voiceshot.answers import calls_of
from campaigns.voiceshot.records import e164
from campaigns.windows import window_of
from tests.ageing import let_pass
from tests.campaigns.factories import add, make_campaign, make_menu, noon_zone, number
from tests.common.factories import make_person
from voicehub.common import do_not_call
from voicehub.common.models import LimitLock
from voicehub.remote.errors import UnexpectedResponseError
from voicehub.remote.http import Response
from voicehub.sync import finish, queue
from voicehub.sync.claim import claim
from voicehub.sync.clock import database_now
from voicehub.sync.decisions import Outcome
from voicehub.sync.models import JobState, SyncJob
from voicehub.sync.models.job import Operation
from voicehub.sync.registry import handler_for
from voicehub.sync.services import NotYetError, TooLateError
from voicehub.sync.work import Work

State, Of = Recipient.State, Attempt.State
TYPED = do_not_call.Source.TYPED
# In California.
THREE_IN_THE_MORNING = datetime(2026, 1, 5, 11, tzinfo=UTC)


@pytest.fixture
def user(db):
    return make_person("starter", "Admin")


@pytest.fixture
def campaign(campaigns, user):
    """A running campaign of three whom nobody has called yet."""
    campaign = make_campaign(tries=2, opt_out_key="9", created_by=user)
    Campaign.objects.filter(pk=campaign.pk).update(state="running", started_by=user, wake_at=database_now())
    add(campaign, number(1), number(2), number(3))
    return moving_free(campaign)


def moving_free(campaign):
    """The campaign, whose menu VoiceShot has released."""
    menus = type(campaign.menu)._base_manager.filter(pk=campaign.menu_id)
    menus.update(sync_state="in_step", remote_id=campaign.menu.menuid, synced_generation=1)
    SyncJob.objects.filter(model="campaigns.menu").delete()
    return Campaign.objects.get(pk=campaign.pk)


def midnight_zone():
    hour = datetime.now(UTC).hour
    return f"Etc/GMT{hour if hour <= 12 else hour - 24:+d}"


@transaction.atomic
def queue_post(campaign, **values):
    locked = moving.lock(campaign.pk)
    waiting = driving.waiting_in(locked, noon_zone(), database_now(), 10)
    return batching.make(locked, waiting, **{"closes_at": database_now() + timedelta(hours=4)} | values)


def post(campaign, **values):
    """A post that VoiceShot has taken."""
    batch = queue_post(campaign, **values)
    return answered(batch, "done")


def answered(batch, state):
    job = SyncJob.objects.get(model="campaigns.batch", object_id=batch.pk, operation=Operation.SEND)
    SyncJob.objects.filter(pk=job.pk).update(state=state)
    Batch.objects.filter(pk=batch.pk).update(state=state)
    job.refresh_from_db()
    batching.follow(batch, job)
    batch.refresh_from_db()
    return batch


def attempt_to(place):
    return Attempt.objects.filter(number=number(place)).latest("pk")


def state_of(place):
    return Recipient.objects.get(number=number(place)).state


def withdrawals():
    return SyncJob.objects.filter(operation=Operation.WITHDRAW, state=JobState.WAITING)


def step(campaign):
    driving.step(campaign.pk)
    campaign.refresh_from_db()
    return campaign


def told_after_withdrawing(batch, seen):
    asked = [one.callid for one in batch.attempts.filter(is_unwanted=True)]
    with transaction.atomic():
        return batching.take_in(batch, asked, seen, is_withdrawn=True)


# At night


def test_a_campaign_whose_calls_are_at_voiceshot_is_looked_at_however_late_the_next_window_opens(campaign):
    post(campaign, closes_at=database_now() + timedelta(minutes=20))
    Campaign.objects.update(opens=time(11), closes=time(13))
    add(campaign, number(4), zones=midnight_zone())
    campaign.refresh_from_db()
    assert step(campaign).wake_at <= database_now() + driving.LOOK_EVERY
    Batch.objects.update(closes_at=database_now())
    step(campaign)
    assert withdrawals().count() == 1


def test_a_withdrawal_that_voiceshot_refused_or_somebody_cancelled_is_made_again(campaign):
    post(campaign)
    Batch.objects.update(closes_at=database_now())
    for end in (JobState.REFUSED, JobState.CANCELLED, JobState.FAILED):
        step(campaign)
        assert withdrawals().count() == 1, end
        withdrawals().update(state=end, finished_at=database_now())
        let_pass(minutes=15)


def test_a_withdrawal_is_not_made_again_and_again_without_a_pause(campaign):
    post(campaign)
    Batch.objects.update(closes_at=database_now())
    step(campaign)
    withdrawals().update(state=JobState.DONE, finished_at=database_now())
    step(campaign)
    assert not withdrawals().exists()


def test_a_campaign_that_cannot_be_driven_does_not_keep_the_others_from_taking_back(campaign, user):
    post(campaign)
    Batch.objects.update(closes_at=database_now())
    broken = make_campaign(make_menu("1-5678"), name="Broken", created_by=user)
    Campaign.objects.filter(pk=campaign.pk).update(wake_at=database_now())
    early = database_now() - timedelta(hours=1)
    Campaign.objects.filter(pk=broken.pk).update(state="running", started_by=user, wake_at=early)
    add(broken, number(8), zones="Nowhere/Land")
    driving.drive()
    assert withdrawals().count() == 1
    broken.refresh_from_db()
    assert broken.wake_at > database_now()


def test_nothing_is_posted_in_the_moments_before_closing_when_it_would_be_taken_back_at_once(campaign, settings):
    settings.VOICESHOT_CLOSING_SECONDS = 120
    batch = queue_post(campaign, closes_at=database_now() + timedelta(seconds=60))
    with transaction.atomic():
        assert "hours" in str(batching.ready_to_post(batch, database_now()))


def test_a_trial_call_that_had_to_wait_does_not_ring_at_night_nor_against_the_list(campaign, user, settings):
    trials = [
        services.try_out(campaign, number(90), Recipient.objects.first(), user=user, confirmation=uuid4())
        for _time in range(2)
    ]
    settings.QUIET_HOURS = "21:00-08:00"
    with transaction.atomic():
        assert "in the quiet hours" in str(batching.ready_to_post(trials[0], THREE_IN_THE_MORNING))
    settings.QUIET_HOURS = ""
    do_not_call.add(number(90), source=TYPED)
    with transaction.atomic():
        assert isinstance(batching.ready_to_post(trials[1], database_now()), str)


def test_a_campaign_that_trouble_has_paused_has_its_menu_held_at_closing_too(campaign):
    post(campaign)
    Campaign.objects.update(state="paused", trouble="Refused")
    Batch.objects.update(closes_at=database_now())
    step(campaign)
    assert Menu.objects.get().is_paused


def test_going_on_at_night_does_not_release_calls_that_could_not_be_taken_back_yet(campaign, user):
    post(campaign)
    services.pause(campaign, user=user)
    Batch.objects.update(closes_at=database_now())
    step(campaign)
    assert withdrawals().exists()
    Campaign.objects.update(opens=time(0), closes=time(1))
    services.resume(campaign, user=user)
    step(campaign)
    campaign.menu.refresh_from_db()
    assert campaign.menu.is_paused


@pytest.mark.parametrize("moment", ["2026-03-08T07:15", "2026-11-01T06:15"])
def test_where_clocks_are_changed_nobody_is_called_by_the_hour_that_comes_twice_or_never(campaign, moment):
    Campaign.objects.update(opens=time(1, 30), closes=time(2, 30), days="1234567")
    now = datetime.fromisoformat(f"{moment}+00:00")
    assert not window_of(Campaign.objects.get(), "America/New_York", now).is_open(now)


# Twice


def test_a_call_that_voiceshot_names_by_its_number_alone_is_not_taken_for_deleted(campaign):
    batch = post(campaign)
    services.pause(campaign, user=campaign.started_by)
    outcomes.withdraw(batch.attempts.all())
    told_after_withdrawing(batch, [SeenCall(callid="", number=number(1), status="Pending")])
    assert attempt_to(1).state == Of.POSTED
    assert attempt_to(2).state == Of.WITHDRAWN


def test_a_callid_in_capitals_is_the_same_callid():
    answer = b'<campaign><phonenumbers><phonenumber callid="C7F2A1" status="Pending"/></phonenumbers></campaign>'
    assert [one.callid for one in calls_of(Response(200, {}, answer))] == ["c7f2a1"]


def test_an_answer_that_lists_nothing_is_no_proof_that_the_calls_are_gone():
    with pytest.raises(UnexpectedResponseError):
        calls_of(Response(200, {}, b'<campaign errorid="0" comment="ok"/>'))


def test_more_calls_in_an_answer_than_were_asked_for_do_not_make_a_count_below_nothing(campaign):
    batch = post(campaign)
    outcomes.withdraw(Attempt.objects.filter(number=number(1)))
    strangers = [SeenCall(callid=f"stranger{place}", status="Pending") for place in range(5)]
    assert told_after_withdrawing(batch, strangers).startswith("1 call was taken back; 0 could")


@pytest.mark.parametrize("sign", [{"status": "Pending"}, {"keys": {"1": "2"}}])
def test_a_call_that_was_thought_taken_back_and_shows_life_is_not_made_again(campaign, sign):
    post(campaign)
    early = attempt_to(1)
    with transaction.atomic():
        outcomes.not_made(moving.lock(campaign.pk), Attempt.objects.filter(pk=early.pk), Of.WITHDRAWN)
    assert state_of(1) == State.WAITING
    outcomes.apply([SeenCall(callid=early.callid, **sign)])
    assert state_of(1) == State.UNDER_WAY
    assert queue_post(campaign) is None
    outcomes.apply([SeenCall(callid=early.callid, status="Successful", text="Human Answer")])
    assert state_of(1) == State.REACHED


def test_a_sign_of_life_after_the_number_was_posted_anew_has_the_second_call_deleted(campaign):
    post(campaign)
    early = attempt_to(1)
    with transaction.atomic():
        outcomes.not_made(moving.lock(campaign.pk), Attempt.objects.filter(pk=early.pk), Of.WITHDRAWN)
    post(campaign)
    outcomes.apply([SeenCall(callid=early.callid, keys={"1": "2"})])
    assert attempt_to(1) != early
    assert attempt_to(1).is_unwanted
    assert withdrawals().count() == 1


def test_those_not_reached_are_taken_over_into_one_new_campaign_however_often_it_is_asked_for(campaign, user):
    post(campaign)
    Campaign.objects.update(tries=1)
    outcomes.apply([SeenCall(attempt_to(place).callid, status="Failed", text="Busy") for place in (1, 2, 3)])
    Campaign.objects.update(state="finished")
    again = services.call_again(campaign, user=user)
    assert services.call_again(campaign, user=user) == again
    Campaign.objects.filter(pk=again.pk).update(state="running")
    with pytest.raises(TooLateError, match="already"):
        services.call_again(campaign, user=user)
    Campaign.objects.filter(pk=again.pk).update(state="finished")
    again.recipients.update(state="reached", tried=1)
    with pytest.raises(TooLateError, match="nobody to call again"):
        services.call_again(campaign, user=user)


# Against somebody's wish


def test_who_comes_on_the_list_while_the_post_is_on_its_way_is_deleted_once_it_has_arrived(campaign):
    batch = queue_post(campaign)
    with transaction.atomic():
        batching.ready_to_post(batch, database_now())
    SyncJob.objects.filter(object_id=batch.pk, operation="send").update(state="sending")
    do_not_call.add(number(2), source=TYPED)
    answered(batch, "done")
    assert withdrawals().count() == 1


def test_stopping_while_a_post_is_on_its_way_deletes_its_calls_once_it_has_arrived(campaign, user):
    batch = queue_post(campaign)
    SyncJob.objects.filter(object_id=batch.pk, operation="send").update(state="sending")
    services.stop(campaign, user=user)
    answered(batch, "uncertain")
    assert withdrawals().count() == 1


def test_who_presses_the_key_of_an_old_call_is_not_called_by_the_next_one_that_waits(campaign):
    post(campaign)
    early = attempt_to(1)
    outcomes.apply([SeenCall(early.callid, status="Failed", text="Busy")])
    Recipient.objects.update(due_at=database_now())
    post(campaign)
    outcomes.apply([SeenCall(early.callid, keys={"1": "9"})])
    assert state_of(1) == State.OPTED_OUT
    assert attempt_to(1) != early
    assert attempt_to(1).is_unwanted
    assert withdrawals().count() == 1


def test_saving_a_menu_that_was_opened_before_does_not_release_what_is_held_since(campaign, user):
    opened = Menu.objects.get()
    driving.hold_menu(Menu.objects.get(), is_paused=True)
    opened.name = "Reminders"
    services.save_menu(opened, user=user)
    menu = Menu.objects.get()
    assert (menu.name, menu.is_paused) == ("Reminders", True)


def test_holding_a_menu_does_not_undo_what_is_typed_meanwhile(campaign, user):
    seen_by_worker = Menu.objects.get()
    services.save_menu(renamed(Menu.objects.get()), user=user)
    driving.hold_menu(seen_by_worker, is_paused=True)
    assert Menu.objects.get().name == "Reminders"


def renamed(menu):
    menu.name = "Reminders"
    return menu


def test_who_comes_on_the_list_while_others_are_being_deleted_is_deleted_right_afterwards(campaign):
    batch = post(campaign)
    do_not_call.add(number(1), source=TYPED)
    withdrawals().update(state="sending", attempts=1)
    work, asked = work_on(batch, Operation.WITHDRAW), [attempt_to(1).callid]
    do_not_call.add(number(2), source=TYPED)
    finish.write([(work, Outcome(JobState.DONE, told=Told(asked, [], is_withdrawn=True)))])
    assert (state_of(1), attempt_to(2).is_unwanted) == (State.SKIPPED, True)
    assert withdrawals().count() == 1


# Untruths


def test_one_who_started_it_does_not_alone_have_accepted_calls_made_again_that_voiceshot_has_forgotten(
    campaign, user, settings
):
    settings.SETTLE_WAIT_SECONDS, settings.SETTLE_NEEDS_SECOND_PERSON = 600, True
    batch = post(campaign)
    SyncJob.objects.filter(object_id=batch.pk, operation="send").update(started_at=database_now())
    forgets(batch)
    assert state_of(1) == State.UNCERTAIN
    second = make_person("second", "Admin")
    with pytest.raises(NotYetError, match="still arrive"):
        services.settle_missing(batch, call_again=True, user=second)
    let_pass(minutes=11)
    with pytest.raises(NotYetError, match="somebody else"):
        services.settle_missing(batch, call_again=True, user=user)
    with pytest.raises(NotYetError, match="being asked"):
        services.settle_missing(batch, call_again=True, user=second)
    forgets(batch)
    assert services.settle_missing(batch, call_again=True, user=second) == 3
    assert state_of(1) == State.WAITING


@transaction.atomic
def forgets(batch):
    """VoiceShot is asked about a post, and knows none of its calls."""
    batching.take_in(batch, [one.callid for one in batch.attempts.all()], [], is_withdrawn=False)


def test_a_call_that_was_left_uncertain_and_is_told_of_late_is_told_as_it_was(campaign, user):
    batch = answered(queue_post(campaign), "uncertain")
    services.settle_missing(batch, call_again=False, user=user)
    assert state_of(1) == State.FAILED
    outcomes.apply([SeenCall(attempt_to(1).callid, status="Successful", text="Human Answer")])
    assert state_of(1) == State.REACHED
    assert attempt_to(1).text == "Human Answer"
    assert moving.tally(campaign) == {"reached": 1, "failed": 2}


def test_what_is_left_uncertain_is_never_said_to_have_been_found(campaign, user):
    batch = answered(queue_post(campaign), "uncertain")
    services.settle_missing(batch, call_again=False, user=user)
    batch.refresh_from_db()
    assert batch.state != Batch.State.DONE
    assert "has its calls" not in batch.message
    assert batch.state in Batch.COUNTS


def test_who_was_skipped_and_is_called_all_the_same_is_said_to_have_been_called(campaign):
    post(campaign)
    early = attempt_to(1)
    with transaction.atomic():
        outcomes.not_made(moving.lock(campaign.pk), Attempt.objects.filter(pk=early.pk), Of.WITHDRAWN)
    do_not_call.add(number(1), source=TYPED)
    assert state_of(1) == State.SKIPPED
    outcomes.apply([SeenCall(early.callid, status="Successful", text="Human Answer")])
    assert state_of(1) == State.REACHED


def test_calls_whose_post_has_ended_unnoticed_are_caught_up_with(campaign):
    batch = queue_post(campaign)
    SyncJob.objects.filter(object_id=batch.pk, operation="send").update(state="done")
    Batch.objects.update(state="done")
    step(campaign)
    assert attempt_to(1).state == Of.POSTED


# What VoiceShot says too much of, and faults that must not spread


def test_an_answer_that_names_every_call_of_the_menu_is_taken_in(campaign):
    batch = post(campaign)
    outcomes.withdraw(batch.attempts.all())
    strangers = [SeenCall(callid=f"stranger{place}", status="Pending") for place in range(9_000)]
    with CaptureQueriesContext(connection) as asked:
        told_after_withdrawing(batch, [*strangers, SeenCall(attempt_to(1).callid, status="Pending")])
    assert max(len(query["sql"]) for query in asked) < 9_000
    assert {attempt_to(place).state for place in (1, 2, 3)} == {Of.POSTED, Of.WITHDRAWN}


def test_an_answer_that_cannot_be_taken_in_costs_no_other_job_its_outcome(campaign):
    odd, good = post(campaign), queue_post_to(campaign, 4)
    queue.look(odd)
    wanted = SyncJob.objects.filter(state="waiting", object_id__in=[odd.pk, good.pk])
    wanted.update(state="sending", attempts=1)
    callid = attempt_to(1).callid
    nonsense = Told([callid], [SeenCall(callid, status=7)], is_withdrawn=False)
    finish.write(
        [
            (
                work_on(odd, Operation.LOOK),
                Outcome(JobState.DONE, told=nonsense),
            ),
            (work_on(good, Operation.SEND), Outcome(JobState.DONE, "ok")),
        ]
    )
    assert attempt_to(4).state == Of.POSTED
    assert SyncJob.objects.get(operation=Operation.LOOK).state == JobState.FAILED


def queue_post_to(campaign, place):
    add(campaign, number(place))
    return queue_post(campaign)


def work_on(batch, operation):
    job = SyncJob.objects.get(model="campaigns.batch", object_id=batch.pk, operation=operation)
    return Work(job, handler_for(Batch), batch.connection, batch)


def test_a_post_that_cannot_be_built_keeps_no_other_waiting(campaign, user, settings):
    settings.VOICESHOT_CLOSING_SECONDS, settings.VOICESHOT_CONCURRENCY = 0, 8
    odd = services.try_out(campaign, number(90), Recipient.objects.first(), user=user, confirmation=uuid4())
    Recipient.objects.update(variables=[])
    Prompt.objects.update(text="Hello {name}.")
    good = queue_post_to(make_campaign(make_menu("1-5678"), name="Autumn", created_by=user, state="running"), 4)
    claimed = [item.record for item in claim("voiceshot", "here").work]
    assert [one.pk for one in claimed if isinstance(one, Batch)] == [good.pk]
    odd.refresh_from_db()
    assert odd.state == Batch.State.CANCELLED


def test_what_is_left_of_the_daily_limit_is_used_by_one_at_a_time(campaign):
    step(campaign)
    assert LimitLock.objects.filter(pk=LIMIT.name).exists()


# Numbers and bytes


@pytest.mark.parametrize("damaged", ["818556000.0", "1818556000.0", "1.8185560001E10", "8185560001,0E0"])
def test_a_number_that_a_spreadsheet_has_made_a_fraction_of_is_nobody_elses(damaged):
    with pytest.raises(numbers.NotCallableError):
        numbers.read(damaged)


@pytest.mark.parametrize("abroad", ["+47 22 34 56 78", " +65 6812 3456", "＋47 22345678", "0047 22345678"])
def test_a_number_of_ten_digits_abroad_is_not_that_of_somebody_in_north_america(abroad):
    assert e164(abroad) == ""
    with pytest.raises(numbers.NotCallableError):
        numbers.read(abroad)


@pytest.mark.parametrize("name", ["utf-7", "UTF7", "UNICODE-1-1-UTF-7", "IBM037"])
def test_an_encoding_that_hides_its_marks_is_not_read(name):
    with pytest.raises(xml.UnreadableError):
        reading.read(f"<?xml version='1.0' encoding = '{name}'?>".encode() + b"<campaign>+ADw-a/+AD4-</campaign>")
