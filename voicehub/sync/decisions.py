"""What follows from an error. One pure, ordered function; the engine only carries out what it says."""

import random
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from voicehub.remote import errors
from voicehub.sync.differences import Values
from voicehub.sync.models.job import JobState, Operation

RATE_LIMIT_WAIT = 60.0
LONGEST_WAIT = 15 * 60.0
GIVE_UP_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended. `wait` is seconds until the next attempt (only with WAITING).

    `breaks_lane` counts towards the circuit breaker; `pauses_lane` is a wait in seconds for the whole provider;
    `halts_lane` and `stops_connection` ask a person to set something right first; `candidates` are the remote ids
    found for a create whose answer was lost; `fetched` is the result of a pull, `told` that of asking about a record
    or taking it back; `there` is what the provider has now,
    as far as this attempt has shown it. With `is_accepted` the provider has taken a create and acts on it later: it
    is not repeated while nothing shows.
    """

    state: JobState
    message: str = ""
    remote_id: str | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    field_messages: dict[str, list[str]] = field(default_factory=dict)
    wait: float = 0.0
    counts_as_failure: bool = False
    look_first: bool = False
    is_gone: bool = False
    breaks_lane: bool = False
    pauses_lane: float = 0.0
    halts_lane: bool = False
    stops_connection: bool = False
    candidates: tuple[str, ...] | None = None
    fetched: Any = None
    told: Any = None
    there: Values | None = None
    is_accepted: bool = False

    @property
    def was_answered(self) -> bool:
        """The provider is there and said something that we understood."""
        return self.state in (JobState.DONE, JobState.REFUSED) or self.is_gone or self.candidates is not None


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row: doubling from 2, at most a quarter of an hour, with jitter."""
    return min(LONGEST_WAIT, 2.0 * 2 ** min(failures, 20)) * random.uniform(0.5, 1.0)


def decide(error: Exception, *, once_only: bool, operation: str, failures: int, was_on_the_wire: bool) -> Outcome:
    """The outcome of an attempt that ended in `error`.

    `was_on_the_wire` says whether any byte may have left: a fault of our own before that is harmless.
    """
    if once_only:
        return _after_once_only(error, failures, was_on_the_wire)
    return _after_repeatable(error, operation, failures)


def _after_once_only(error: Exception, failures: int, was_on_the_wire: bool) -> Outcome:
    text = str(error)
    match error:
        case errors.ConfigurationError():
            return Outcome(JobState.WAITING, text, halts_lane=True)
        case errors.SignInNeededError():
            return Outcome(JobState.WAITING, text, stops_connection=True)
        case errors.AuthenticationError():
            return Outcome(JobState.REFUSED, text, stops_connection=True)
        case errors.RateLimitedError():
            return Outcome(JobState.REFUSED, text, pauses_lane=error.retry_after or RATE_LIMIT_WAIT)
        case errors.RejectedError():
            return Outcome(JobState.REFUSED, text, field_messages=error.fields)
        case errors.NotFoundError():
            return Outcome(JobState.REFUSED, text)
        case errors.UnavailableError():
            return _later(text, failures)
        case _ if was_on_the_wire:
            return Outcome(JobState.UNCERTAIN, _uncertain(error), breaks_lane=True)
        case _:
            return Outcome(JobState.FAILED, _("A fault in VoiceHub stopped this before anything was sent."))


def _after_repeatable(error: Exception, operation: str, failures: int) -> Outcome:
    text = str(error)
    match error:
        case errors.ConfigurationError():
            return Outcome(JobState.WAITING, text, halts_lane=True)
        case errors.AuthenticationError():
            return Outcome(JobState.WAITING, text, stops_connection=True)
        case errors.RateLimitedError():
            wait = error.retry_after or RATE_LIMIT_WAIT
            return Outcome(JobState.WAITING, text, wait=wait, pauses_lane=wait)
        case errors.NotFoundError() if operation == Operation.REMOVE:
            return Outcome(JobState.DONE, _("It was already gone at the provider."))
        case errors.NotFoundError():
            return Outcome(JobState.FAILED, text, is_gone=True)
        case errors.RejectedError():
            return Outcome(JobState.REFUSED, text, field_messages=error.fields)
        case errors.UnavailableError():
            return _later(text, failures)
        case errors.PendingError():
            return accepted(text, failures)
        case errors.RemoteError():
            return _later(text, failures, look_first=True)
        case _:
            return Outcome(
                JobState.FAILED,
                _("A fault in VoiceHub stopped this. Try again; if it happens again, tell an administrator."),
                look_first=True,
            )


def accepted(text: str, failures: int) -> Outcome:
    """What the provider has taken is looked for again and again; it says nothing against the provider."""
    later = _later(text, failures, look_first=True)
    return replace(later, breaks_lane=False, is_accepted=True)


def _later(text: str, failures: int, *, look_first: bool = False) -> Outcome:
    return Outcome(
        JobState.WAITING,
        text,
        wait=backoff(failures),
        counts_as_failure=True,
        look_first=look_first,
        breaks_lane=True,
    )


def _uncertain(error: Exception) -> str:
    if isinstance(error, errors.RemoteError):
        return str(error)
    return _("A fault in VoiceHub hid the answer.")
