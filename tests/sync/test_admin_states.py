"""Every state is told in words, and waiting is told apart from waiting behind something."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contributors.models import Transaction
from voicehub.sync import lanes
from voicehub.sync.admin.conditions import Roadblocks, of_account, of_lane
from voicehub.sync.admin.states import STATES, badge
from voicehub.sync.models import Connection, JobState, Lane, RecordState
from voicehub.sync.models.job import Operation


@pytest.mark.parametrize("states", [JobState, RecordState, Transaction.State])
def test_every_state_has_words_and_is_called_the_same_everywhere(states):
    assert {state.value: str(state.label) for state in states} == {
        state.value: str(STATES[state.value].word) for state in states
    }


@pytest.mark.parametrize("name", [state for state in STATES if STATES[state].again])
def test_a_state_says_what_it_means_whether_to_do_it_again_and_who_can_help(name):
    state = STATES[name]
    assert all(str(text).endswith(".") for text in (state.meaning, state.again, state.who))


@pytest.mark.parametrize("name", ["waiting", "sending", "paused", "uncertain", "held", "paid"])
def test_what_may_still_happen_or_has_happened_is_never_called_safe_to_do_again(name):
    assert str(STATES[name].again).startswith("Do not")


def test_a_badge_has_colour_icon_and_word():
    html = badge("uncertain")
    assert 'class="vh-state vh-look"' in html
    assert 'aria-hidden="true">help</span>Uncertain<' in html
    assert "nobody saw the provider" in html


def test_a_badge_shows_foreign_words_as_text():
    assert "<script>" not in badge("answered", "<script>")


def condition(**columns):
    return of_lane(Lane(provider="pings", **columns), timezone.now())


def test_a_stopped_provider_says_by_whom_why_and_until_when(admin_user):
    admin_user.first_name, admin_user.last_name = "Anna", "Admin"
    until = timezone.now() + timedelta(hours=2)
    stopped = condition(
        stopped_at=timezone.now(), stopped_until=until, stopped_by=admin_user, stop_reason="an outage"
    )
    assert stopped.state == "stopped"
    assert "Stopped by Anna Admin, because: an outage. Until " in stopped.why


def test_a_stop_whose_time_has_passed_is_none():
    an_hour_ago = timezone.now() - timedelta(hours=1)
    assert condition(stopped_at=an_hour_ago, stopped_until=timezone.now() - timedelta(minutes=1)).is_open


def test_a_provider_that_failed_often_says_how_often_and_until_when():
    resting = condition(failures=6, open_until=timezone.now() + timedelta(minutes=4))
    assert resting.state == "resting"
    assert resting.why.startswith("6 calls in a row failed. Until ")


def test_a_provider_that_asked_for_a_pause_is_not_blamed_for_failures():
    assert "asked for a pause" in condition(open_until=timezone.now() + timedelta(minutes=1)).why


def test_what_a_person_must_set_right_is_told_first():
    halted = condition(halted_reason="The key is missing.", stopped_at=timezone.now(), stop_reason="an outage")
    assert (halted.state, halted.why) == ("halted", "The key is missing.")


def test_an_account_says_whether_somebody_has_to_sign_in():
    assert of_account(Connection()).is_open
    assert of_account(Connection(stopped_reason="The sign-in was refused.")).state == "signed_out"
    assert of_account(Connection(disconnected_at=timezone.now())).state == "disconnected"


@pytest.mark.django_db
def test_nothing_stands_in_the_way_of_an_open_provider(connection):
    assert Roadblocks().before("gadgets", connection.pk, Operation.PUSH) is None


@pytest.mark.django_db
def test_a_stop_holds_up_what_changes_something_but_not_reading(connection):
    lanes.stop("gadgets", user=None, reason="an outage")
    assert Roadblocks().before("gadgets", connection.pk, Operation.PUSH).state == "stopped"
    assert Roadblocks().before("gadgets", connection.pk, Operation.PULL) is None
    assert Roadblocks().before("pings", None, Operation.SEND) is None


@pytest.mark.django_db
def test_an_account_that_is_signed_out_holds_up_its_own_jobs_alone(connection):
    Connection.objects.filter(pk=connection.pk).update(stopped_reason="The sign-in was refused.")
    other = Connection.objects.create(provider="gadgets", base_url=connection.base_url, account="b")
    assert Roadblocks().before("gadgets", connection.pk, Operation.PULL).why == "The sign-in was refused."
    assert Roadblocks().before("gadgets", other.pk, Operation.PULL) is None
