"""What follows from each error: the error table of the architecture, row by row."""

import pytest

from voicehub.remote import errors
from voicehub.sync.decisions import backoff, decide
from voicehub.sync.models import JobState
from voicehub.sync.models.job import Operation

ONCE_ONLY = [
    (errors.ConfigurationError("x"), JobState.WAITING),
    (errors.AuthenticationError("x"), JobState.REFUSED),
    (errors.SignInNeededError("x"), JobState.WAITING),
    (errors.RejectedError("x"), JobState.REFUSED),
    (errors.NotFoundError("x"), JobState.REFUSED),
    (errors.RateLimitedError("x", 3), JobState.REFUSED),
    (errors.UnavailableError("x"), JobState.WAITING),
    (errors.PendingError("x"), JobState.UNCERTAIN),
    (errors.UncertainError("x"), JobState.UNCERTAIN),
    (errors.UnexpectedResponseError("x"), JobState.UNCERTAIN),
    (ValueError("a bug"), JobState.UNCERTAIN),
]
REPEATABLE = [
    (errors.ConfigurationError("x"), JobState.WAITING),
    (errors.AuthenticationError("x"), JobState.WAITING),
    (errors.RejectedError("x"), JobState.REFUSED),
    (errors.NotFoundError("x"), JobState.FAILED),
    (errors.RateLimitedError("x", 3), JobState.WAITING),
    (errors.UnavailableError("x"), JobState.WAITING),
    (errors.PendingError("x"), JobState.WAITING),
    (errors.UncertainError("x"), JobState.WAITING),
    (errors.UnexpectedResponseError("x"), JobState.WAITING),
    (ValueError("a bug"), JobState.FAILED),
]


def decided(error, *, once_only, operation=Operation.PUSH, was_on_the_wire=True):
    return decide(error, once_only=once_only, operation=operation, failures=0, was_on_the_wire=was_on_the_wire)


@pytest.mark.parametrize(("error", "state"), ONCE_ONLY)
def test_a_once_only_job_waits_again_only_when_surely_nothing_was_sent(error, state):
    assert decided(error, once_only=True).state == state


@pytest.mark.parametrize(("error", "state"), REPEATABLE)
def test_a_repeatable_job_is_repeated_unless_the_provider_said_no(error, state):
    assert decided(error, once_only=False).state == state


def test_a_fault_of_our_own_before_any_byte_left_is_not_uncertain():
    outcome = decided(ValueError("a bug"), once_only=True, was_on_the_wire=False)
    assert outcome.state == JobState.FAILED


def test_a_record_that_is_gone_counts_as_removed():
    assert decided(errors.NotFoundError("x"), once_only=False, operation=Operation.REMOVE).state == JobState.DONE


def test_a_lost_answer_makes_the_next_attempt_look_first():
    assert decided(errors.UncertainError("x"), once_only=False).look_first
    assert not decided(errors.UnavailableError("x"), once_only=False).look_first


def test_what_the_provider_has_taken_is_looked_for_and_no_failure_of_the_provider():
    outcome = decided(errors.PendingError("x"), once_only=False)
    assert (outcome.look_first, outcome.is_accepted, outcome.breaks_lane) == (True, True, False)
    assert outcome.wait


def test_being_told_to_slow_down_is_no_failure_and_waits_as_long_as_told():
    outcome = decided(errors.RateLimitedError("x", 3), once_only=False)
    assert (outcome.wait, outcome.pauses_lane, outcome.counts_as_failure) == (3, 3, False)


def test_a_key_that_is_wrong_halts_the_provider_and_a_refused_sign_in_the_account():
    assert decided(errors.ConfigurationError("x"), once_only=True).halts_lane
    assert decided(errors.AuthenticationError("x"), once_only=True).stops_connection
    assert decided(errors.SignInNeededError("x"), once_only=True).stops_connection


def test_back_off_doubles_with_jitter_and_stays_below_a_quarter_of_an_hour():
    assert 1 <= backoff(0) <= 2
    assert 8 <= backoff(3) <= 16
    assert backoff(50) <= 900
    assert len({backoff(5) for _ in range(20)}) > 1
