"""What VoiceShot tells of calls, whenever and however often it does."""

import random

import pytest
from django.db import transaction

from campaigns import batching, driving, moving, outcomes
from campaigns.models import Attempt, Campaign, Recipient
from campaigns.voiceshot import SeenCall
from tests.campaigns.factories import add, make_campaign, noon_zone, number
from voicehub.common import do_not_call
from voicehub.common.models import DoNotCallNumber
from voicehub.sync.clock import database_now
from voicehub.sync.models import SyncJob

State, Of = Recipient.State, Attempt.State


@pytest.fixture
def campaign(campaigns):
    """A running campaign whose three calls are at VoiceShot."""
    campaign = make_campaign(tries=2, opt_out_key="9")
    Campaign.objects.filter(pk=campaign.pk).update(state="running", started_by=campaign.created_by)
    add(campaign, number(1), number(2), number(3))
    post(campaign)
    return campaign


@transaction.atomic
def post(campaign):
    locked = moving.lock(campaign.pk)
    waiting = driving.waiting_in(locked, noon_zone(), database_now(), 10)
    batch = batching.make(locked, waiting, closes_at=database_now().replace(year=2040))
    outcomes.arrived(locked, batch.attempts.all())


def attempt_to(place):
    return Attempt.objects.filter(number=number(place)).latest("pk")


def told(place, status="Successful", text="Human Answer", **values):
    return SeenCall(callid=attempt_to(place).callid, number=number(place), status=status, text=text, **values)


def states(campaign):
    return dict(campaign.recipients.values_list("number", "state"))


def test_each_ends_as_it_was_told(campaign):
    outcomes.apply([told(1), told(2, text="Answering Machine"), told(3, "Failed", "Operator Intercept")])
    assert states(campaign) == {number(1): "reached", number(2): "machine", number(3): "failed"}
    assert campaign.recipients.get(number=number(3)).reason == "Operator Intercept"
    assert moving.tally(campaign) == {"reached": 1, "machine": 1, "failed": 1}


def test_repeats_in_any_order_change_nothing(campaign):
    first = [told(1), told(2, "Failed", "Busy"), told(3, "Failed", "Gone")]
    later = [told(1, "Failed", "Busy"), told(1, "Pending", ""), told(3)]
    outcomes.apply(first)
    before = list(campaign.recipients.values())
    for _time in range(3):
        mixed = random.Random(7).sample([*first, *later], 6)
        assert outcomes.apply(mixed) == [True] * 6
    assert list(campaign.recipients.values()) == before


def test_a_call_that_is_pending_or_says_nothing_has_not_ended(campaign):
    outcomes.apply([told(1, "Pending", ""), told(2, "", "")])
    assert set(states(campaign).values()) == {State.UNDER_WAY}


@pytest.mark.parametrize(
    "stranger",
    [
        SeenCall(callid="nobody", status="Successful"),
        SeenCall(callid="", number=number(1), status="Successful"),
        SeenCall(callid="0", status="Successful"),
    ],
)
def test_a_call_of_nobody_changes_nothing(campaign, stranger):
    assert outcomes.apply([stranger]) == [False]
    assert set(states(campaign).values()) == {State.UNDER_WAY}


def test_our_callid_with_another_number_or_menu_is_not_believed(campaign):
    callid = attempt_to(1).callid
    liars = [SeenCall(callid, number=number(2), status="Successful"), SeenCall(callid, "1-9", status="Successful")]
    for liar in liars:
        assert outcomes.apply([liar]) == [False]
    assert set(states(campaign).values()) == {State.UNDER_WAY}


def test_a_busy_number_is_called_again_after_the_delay_and_then_no_more(campaign):
    outcomes.apply([told(1, "Failed", "Busy")])
    one = campaign.recipients.get(number=number(1))
    assert (one.state, one.tried) == (State.WAITING, 1)
    assert one.due_at > database_now()
    Recipient.objects.update(due_at=database_now())
    post(campaign)
    outcomes.apply([told(1, "Failed", "Busy")])
    one.refresh_from_db()
    assert (one.state, one.tried) == (State.BUSY, 2)


def test_a_summary_may_come_before_the_answer_to_the_post(campaign):
    Attempt.objects.update(state=Of.PREPARED)
    outcomes.apply([told(1)])
    with transaction.atomic():
        outcomes.arrived(moving.lock(campaign.pk), Attempt.objects.all())
    assert states(campaign)[number(1)] == State.REACHED
    assert attempt_to(1).state == Of.ENDED


def test_who_pressed_the_key_for_it_is_called_no_more_by_anybody(campaign):
    other = make_campaign(campaign.menu, name="Autumn", created_by=campaign.created_by)
    Campaign.objects.filter(pk=campaign.pk).update(state="finished")
    Campaign.objects.filter(pk=other.pk).update(state="running")
    add(other, number(1), number(2))
    outcomes.apply([told(1, keys={"1": "9"}), told(2, keys={"1": "1"})])
    assert states(campaign)[number(1)] == State.OPTED_OUT
    assert do_not_call.listed([number(1), number(2)]) == {number(1)}
    assert DoNotCallNumber.objects.get().source == do_not_call.Source.KEY
    assert states(other) == {number(1): State.SKIPPED, number(2): State.WAITING}


def test_a_number_that_comes_on_the_list_is_deleted_at_voiceshot_at_once(campaign):
    do_not_call.add(number(2), source=do_not_call.Source.TYPED)
    assert attempt_to(2).is_unwanted
    assert not attempt_to(1).is_unwanted
    assert SyncJob.objects.filter(operation="withdraw", state="waiting").count() == 1


def test_a_call_that_was_taken_back_and_made_all_the_same_is_told_and_not_made_again(campaign):
    early = told(1)
    with transaction.atomic():
        outcomes.not_made(moving.lock(campaign.pk), Attempt.objects.filter(number=number(1)), Of.WITHDRAWN)
    post(campaign)
    again = attempt_to(1)
    assert again.callid != early.callid
    outcomes.apply([early])
    again.refresh_from_db()
    assert states(campaign)[number(1)] == State.REACHED
    assert again.is_unwanted


def test_endings_are_counted_by_the_hour(campaign):
    outcomes.apply([told(1), told(2, "Failed", "Busy")])
    assert dict(campaign.hourly_tallies.values_list("state", "count")) == {"reached": 1, "busy": 1}
