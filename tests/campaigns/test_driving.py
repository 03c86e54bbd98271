"""A campaign from its start to its end, against the sandbox: what it posts, and what it never posts twice."""

from collections import Counter
from datetime import time
from uuid import uuid4

import pytest

from campaigns import driving, moving, services
from campaigns.models import Attempt, Batch, Campaign, Recipient
from campaigns.services import preflight, progress
from tests.ageing import let_pass
from tests.campaigns.factories import add, make_campaign, make_menu, number
from tests.common.factories import make_person
from voicehub.common import do_not_call
from voicehub.common.models import Notice
from voicehub.sync import lanes
from voicehub.sync.models import SyncJob
from voicehub.sync.services import NotYetError, TooLateError

State = Campaign.State
LONG = 11


@pytest.fixture
def user(db):
    return make_person("starter", "Admin")


@pytest.fixture
def draft(voiceshot, user, work):
    """A draft for twelve people, whose menu VoiceShot knows."""
    campaign = make_campaign(created_by=user)
    add(campaign, *(number(place) for place in range(12)))
    work(rounds=1)
    campaign.refresh_from_db()
    return campaign


@pytest.fixture
def running(draft, user):
    return services.start(draft, user=user)


def calls(sandbox):
    return sandbox.records("voiceshot")["calls"]


def called(sandbox):
    """How often each number was put into VoiceShot's queue."""
    return Counter(f"+1{call['number']}" for call in calls(sandbox))


def now(campaign):
    campaign.refresh_from_db()
    return campaign.state, dict(moving.tally(campaign))


def test_everybody_is_called_once_and_the_results_add_up(running, voiceshot, work, user):
    work()
    assert now(running) == (State.RUNNING, {"under_way": 12})
    voiceshot.errand("voiceshot", dial="all")
    work(minutes=LONG)
    assert now(running) == (State.FINISHED, {"reached": 7, "machine": 2, "busy": 1, "no_answer": 1, "failed": 1})
    assert set(called(voiceshot).values()) == {1}
    assert running.finished_at
    told = "has finished. Recipients: 7 reached, 2 answering machine, 1 busy, 1 no answer, 1 failed."
    assert [notice.text for notice in Notice.objects.filter(recipient=user)] == [f"The campaign Spring {told}"]


def test_the_callids_are_committed_before_the_post_leaves(running, voiceshot, work):
    voiceshot.fault("voiceshot", "send", "cut-after")
    work(rounds=1)
    assert {call["callid"] for call in calls(voiceshot)} == set(Attempt.objects.values_list("callid", flat=True))


def test_a_lost_answer_is_resolved_by_asking_and_nobody_is_called_twice(running, voiceshot, work):
    voiceshot.fault("voiceshot", "send", "cut-after")
    work(rounds=1)
    voiceshot.errand("voiceshot", dial="all")
    work(minutes=LONG)
    assert now(running)[0] == State.FINISHED
    assert set(called(voiceshot).values()) == {1}
    assert Batch.objects.get().state == Batch.State.DONE


def test_calls_that_never_arrived_are_made_once_a_person_has_agreed(running, voiceshot, work, user, settings):
    settings.SETTLE_NEEDS_SECOND_PERSON = False
    voiceshot.fault("voiceshot", "send", "cut-before")
    work(rounds=3)
    batch = Batch.objects.get()
    assert now(running) == (State.RUNNING, {"uncertain": 12})
    assert calls(voiceshot) == []
    with pytest.raises(NotYetError, match="still arrive"):
        services.settle_missing(batch, call_again=True, user=user)
    let_pass(hours=1)
    with pytest.raises(NotYetError, match="being asked"):
        services.settle_missing(batch, call_again=True, user=user)
    work(rounds=1)
    assert services.settle_missing(batch, call_again=True, user=user) == 12
    work()
    assert now(running) == (State.RUNNING, {"under_way": 12})
    assert set(called(voiceshot).values()) == {1}
    with pytest.raises(TooLateError):
        services.settle_missing(batch, call_again=True, user=user)


def test_uncertain_calls_that_are_left_at_that_are_never_made(running, voiceshot, work, user):
    voiceshot.fault("voiceshot", "send", "cut-before")
    work(rounds=1)
    services.settle_missing(Batch.objects.get(), call_again=False, user=user)
    work()
    assert now(running) == (State.FINISHED, {"failed": 12})
    assert calls(voiceshot) == []


def test_what_voiceshot_refuses_pauses_the_campaign_with_its_words(running, voiceshot, work):
    voiceshot.edit("voiceshot", switch={"is_ip_registered": False})
    work()
    assert now(running) == (State.PAUSED, {"waiting": 12})
    running.menu.refresh_from_db()
    assert running.menu.is_paused
    assert "not registered" in running.trouble
    assert "not registered" in " ".join(progress.of(running).reasons)


def test_pausing_holds_the_menu_and_going_on_releases_it(running, voiceshot, work, user):
    work()
    services.pause(running, user=user)
    work()
    voiceshot.errand("voiceshot", dial="all")
    work(minutes=LONG)
    assert now(running) == (State.PAUSED, {"under_way": 12})
    services.resume(running, user=user)
    work()
    voiceshot.errand("voiceshot", dial="all")
    work(minutes=LONG)
    assert now(running)[0] == State.FINISHED
    assert set(called(voiceshot).values()) == {1}


def test_pausing_takes_back_what_has_not_left(running, voiceshot, work, user):
    driving.drive()
    assert now(running)[1] == {"under_way": 12}
    services.pause(running, user=user)
    assert now(running)[1] == {"waiting": 12}
    work()
    assert calls(voiceshot) == []


def test_stopping_deletes_what_does_not_dial_yet_and_tells_the_truth_about_the_rest(running, voiceshot, work, user):
    work()
    voiceshot.errand("voiceshot", ring={"count": 2})
    services.stop(running, user=user)
    work()
    assert now(running) == (State.STOPPING, {"stopped": 10, "under_way": 2})
    voiceshot.errand("voiceshot", dial="all")
    work(minutes=LONG)
    assert now(running) == (State.STOPPED, {"stopped": 10, "reached": 2})
    assert len(calls(voiceshot)) == 2
    assert "has stopped. Recipients: 2 reached, 10 not called" in Notice.objects.get(recipient=user).text


def test_a_number_that_comes_on_the_list_before_the_post_is_not_in_it(running, voiceshot, work):
    driving.drive()
    do_not_call.add(number(3), source=do_not_call.Source.TYPED)
    work()
    assert number(3) not in called(voiceshot)
    assert running.recipients.get(number=number(3)).state == Recipient.State.SKIPPED


def test_a_number_that_comes_on_the_list_while_it_waits_at_voiceshot_is_deleted_there(running, voiceshot, work):
    work()
    do_not_call.add(number(3), source=do_not_call.Source.TYPED)
    work()
    assert number(3) not in called(voiceshot)
    assert running.recipients.get(number=number(3)).state == Recipient.State.SKIPPED


def test_while_the_provider_is_stopped_pausing_and_deleting_pass_and_posting_does_not(running, voiceshot, work, user):
    work()
    add(running, number(20))
    lanes.stop("voiceshot", user=user, reason="Looking into it")
    work()
    assert len(calls(voiceshot)) == 12
    services.stop(running, user=user)
    work()
    assert calls(voiceshot) == []
    assert now(running) == (State.STOPPED, {"stopped": 13})


def test_at_closing_what_waits_is_taken_back_and_called_the_next_day_as_a_new_attempt(running, voiceshot, work):
    work()
    Campaign.objects.update(opens=time(0), closes=time(1))
    Batch.objects.update(closes_at=running.started_at)
    work()
    assert calls(voiceshot) == []
    assert now(running) == (State.RUNNING, {"waiting": 12})
    assert "Outside the hours until" in progress.of(running).reasons[-1]
    running.menu.refresh_from_db()
    assert running.menu.is_paused
    Campaign.objects.update(opens=time(0), closes=time(23, 59), wake_at=running.started_at)
    work()
    assert set(called(voiceshot).values()) == {1}
    assert Attempt.objects.filter(state=Attempt.State.WITHDRAWN).count() == 12


def test_only_what_is_worked_off_before_the_window_closes_is_posted(draft, voiceshot, work, user, settings):
    settings.VOICESHOT_ASSUMED_PACE, settings.VOICESHOT_CLOSING_SECONDS = 1, 6 * 3600
    draft.opens, draft.closes = draft.opens.replace(hour=11), draft.opens.replace(hour=19)
    draft.save()
    services.start(draft, user=user)
    work(rounds=1)
    assert 0 < len(calls(voiceshot)) <= 12


def test_a_busy_number_is_called_again_with_a_new_callid(draft, voiceshot, work, user):
    draft.tries, draft.retry_minutes = 2, 5
    draft.save()
    services.start(draft, user=user)
    work()
    voiceshot.errand("voiceshot", dial="all")
    work(minutes=LONG)
    voiceshot.errand("voiceshot", dial="all")
    work(minutes=LONG)
    assert now(draft)[0] == State.FINISHED
    again = [one for one, times in called(voiceshot).items() if times == 2]
    assert sorted(again) == [number(7), number(8)]


def test_who_was_busy_when_it_was_stopped_was_busy(draft, voiceshot, work, user):
    draft.tries, draft.retry_minutes = 2, 60
    draft.save()
    services.start(draft, user=user)
    work()
    voiceshot.errand("voiceshot", dial="all")
    work(minutes=LONG)
    assert now(draft)[1]["waiting"] == 2
    services.stop(draft, user=user)
    work()
    assert now(draft) == (State.STOPPED, {"reached": 7, "machine": 2, "busy": 1, "no_answer": 1, "failed": 1})
    again = services.call_again(draft, user=user)
    assert again.recipients.count() == 2
    assert services.call_again(draft, user=user) == again


def test_a_pause_that_voiceshot_has_not_confirmed_is_told_as_such(running, voiceshot, work, user):
    work()
    voiceshot.fault("voiceshot", "pause", "error-before")
    services.pause(running, user=user)
    work(rounds=1, minutes=0)
    running.refresh_from_db()
    assert "has not confirmed yet" in progress.of(running).reasons[0]


def test_no_more_than_the_pace_is_posted_in_a_minute(draft, voiceshot, work, user):
    draft.pace = 5
    draft.save()
    services.start(draft, user=user)
    work(rounds=1, minutes=0)
    work(rounds=1, minutes=0)
    assert len(calls(voiceshot)) == 5
    work(rounds=4, minutes=1)
    assert len(calls(voiceshot)) == 12


def test_the_daily_limit_holds_over_all_posts(draft, voiceshot, work, user, settings):
    settings.CAMPAIGN_DAILY_NUMBER = 4
    services.start(draft, user=user)
    work(rounds=2, minutes=0)
    assert len(calls(voiceshot)) == 4
    draft.refresh_from_db()
    assert "daily limit" in " ".join(progress.of(draft).reasons)


def test_a_second_press_starts_nothing_and_a_second_campaign_of_the_menu_has_to_wait(running, user):
    assert services.start(running, user=user).started_at == running.started_at
    other = make_campaign(running.menu, name="Autumn", created_by=user)
    add(other, number(1))
    with pytest.raises(services.NotStartableError, match="in use by Spring"):
        services.start(other, user=user)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda campaign: campaign.recipients.all().delete() and campaign.tallies.all().delete(), "nobody to call"),
        (lambda campaign: campaign.prompts.all().delete(), "nothing to say"),
        (lambda campaign: campaign.prompts.update(text="Hello {name}."), "have no {name}"),
        (lambda campaign: type(campaign.menu)._base_manager.update(sync_state="refused"), "not confirmed the menu"),
        (lambda campaign: Campaign.objects.update(starts_at="2020-01-01T00:00Z"), "beginning has passed"),
    ],
)
def test_what_cannot_be_called_does_not_start(draft, user, spoil, words):
    spoil(draft)
    draft.refresh_from_db()
    with pytest.raises(services.NotStartableError, match=words):
        services.start(draft, user=user)
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_the_first_phone_to_ring_is_ones_own_and_counts_for_nobody(draft, voiceshot, work, user):
    confirmation, like = uuid4(), draft.recipients.first()
    for _press in range(2):
        services.try_out(draft, number(99), like, user=user, confirmation=confirmation)
    work()
    voiceshot.errand("voiceshot", dial="all")
    work(minutes=LONG)
    assert called(voiceshot) == {number(99): 1}
    assert now(draft) == (State.DRAFT, {"waiting": 12})


def test_those_not_reached_are_called_again_as_a_new_campaign(running, voiceshot, work, user):
    work()
    voiceshot.errand("voiceshot", dial="all")
    with pytest.raises(TooLateError, match="not over yet"):
        services.call_again(running, user=user)
    work(minutes=LONG)
    again = services.call_again(running, user=user)
    assert sorted(again.recipients.values_list("number", flat=True)) == [number(7), number(8)]
    assert again.prompts.get().text == "Hello."
    assert again.again_of == running


def test_a_menu_that_voiceshot_does_not_know_is_refused_at_its_menuid(voiceshot, work):
    menu = make_menu("1-9999")
    work()
    menu.refresh_from_db()
    assert menu.sync_state == "refused"
    assert "no campaign with this menuid" in menu.sync_message
    assert SyncJob.objects.get(object_id=menu.pk, model="campaigns.menu").field_messages["menuid"]


def test_a_post_carries_one_call_as_the_preflight_shows_it(draft):
    look = preflight.look(draft)
    assert look.obstacles == []
    assert 'callerid="8185550199"' in look.xml
    assert draft.recipients.first().number.removeprefix("+1") in look.xml
