"""How calls end, and what summaries and queries say about it."""

from datetime import UTC, datetime

from voicehub.sandbox.models import VoiceShotAccount, VoiceShotCall, VoiceShotPhone
from voicehub.sandbox.models.voiceshot import Outcome

SUCCESSFUL, PENDING, FAILED = "Successful", "Pending", "Failed"
WORDS = {
    Outcome.PERSON: "Human Answer",
    Outcome.MACHINE: "Answering Machine",
    Outcome.BUSY: "Busy",
    Outcome.NO_ANSWER: "No answer",
    Outcome.INTERCEPT: "Operator Intercept",
}
ANSWERED = (Outcome.PERSON, Outcome.MACHINE)
SECONDS = {Outcome.PERSON: 11, Outcome.MACHINE: 7}


class Town:
    """Who is at home: how a call to a number ends, and which keys are pressed there, one after the other."""

    def __init__(self, account: VoiceShotAccount) -> None:
        self._account = account
        self._phones = {phone.number: phone for phone in VoiceShotPhone.objects.all()}

    def outcome_of(self, number: str) -> str:
        phone = self._phones.get(number)
        return phone.outcome if phone else self._account.outcomes[int(number[-1])]

    def keys_of(self, number: str) -> list[str]:
        """Only people press any."""
        if self.outcome_of(number) != Outcome.PERSON:
            return []
        phone = self._phones.get(number)
        return (phone.keys if phone else self._account.keys[int(number[-1])]).split()


def seconds_of(outcome: str) -> int:
    return SECONDS.get(Outcome(outcome), 0)


def status_of(call: VoiceShotCall) -> str:
    if call.state != VoiceShotCall.State.OVER:
        return PENDING
    return SUCCESSFUL if call.is_text or call.outcome in ANSWERED else FAILED


def words_of(call: VoiceShotCall) -> str:
    """Texts have none, nor has a call that is not over."""
    if call.is_text or call.state != VoiceShotCall.State.OVER:
        return ""
    return WORDS[Outcome(call.outcome)]


def time_of(moment: datetime) -> str:
    """11/8/2011 2:13:45 PM"""
    local = moment.astimezone(UTC)
    return f"{local.month}/{local.day}/{local.year} {local.hour % 12 or 12}:{local:%M:%S %p}"
