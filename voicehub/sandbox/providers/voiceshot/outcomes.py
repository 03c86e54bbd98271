"""How calls end, and what summaries and queries say about it."""

from datetime import UTC, datetime

from voicehub.sandbox.models import VoiceShotCall
from voicehub.sandbox.models.voiceshot import Outcome

SUCCESSFUL, PENDING, FAILED = "Successful", "Pending", "Failed"
WORDS = {
    Outcome.PERSON: "Human Answer",
    Outcome.MACHINE: "Answering Machine",
    Outcome.BUSY: "Busy",
    Outcome.NO_ANSWER: "No answer",
    Outcome.INTERCEPT: "Operator Intercept",
}
REACHED = (Outcome.PERSON, Outcome.MACHINE)
SECONDS = {Outcome.PERSON: 11, Outcome.MACHINE: 7}


def status_of(call: VoiceShotCall) -> str:
    if call.state != VoiceShotCall.State.OVER:
        return PENDING
    return SUCCESSFUL if call.outcome in REACHED else FAILED


def words_of(call: VoiceShotCall) -> str:
    return WORDS[Outcome(call.outcome)] if call.state == VoiceShotCall.State.OVER else ""


def time_of(moment: datetime) -> str:
    """11/8/2011 2:13:45 PM"""
    local = moment.astimezone(UTC)
    return f"{local.month}/{local.day}/{local.year} {local.hour % 12 or 12}:{local:%M:%S %p}"
