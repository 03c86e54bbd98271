"""What goes to VoiceShot and what it tells. Numbers are E.164 here, ten digits on the wire."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

TEN_DIGITS = re.compile(r"[2-9]\d{2}[2-9]\d{6}", re.ASCII)
# Ten digits may follow another country's code, too.
ABROAD = re.compile(r"\s*[+\uff0b]\s*[^1\s]")
# The words of the summary's page and of recorded queries.
SUCCESSFUL, PENDING = "successful", "pending"
MACHINE, BUSY, NO_ANSWER = "answering machine", "busy", "no answer"


@dataclass(frozen=True)
class WirePrompt:
    """What one prompt says (`tts`) or plays (`filename`), what it says to machines, whom it connects with (E.164)."""

    promptid: str = ""
    tts: str = ""
    filename: str = ""
    alttts: str = ""
    transferto: str = ""


@dataclass(frozen=True)
class Call:
    """A number to call under a callid of ours, with the prompts that are its own."""

    number: str
    callid: str
    prompts: Sequence[WirePrompt] = ()


@dataclass(frozen=True)
class Post:
    """Calls of one menu; `prompts` are those of all of them."""

    menuid: str
    caller_id: str
    calls: Sequence[Call] = field(repr=False)
    prompts: Sequence[WirePrompt] = ()


class Ending(StrEnum):
    """How a call ended."""

    REACHED = "reached"
    MACHINE = "machine"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"


@dataclass(frozen=True)
class SeenCall:
    """What VoiceShot tells of a call, in a query or a summary; any part of it may be missing, and is empty then.

    `number` is E.164, `keys` what was pressed by promptid, `duration` in seconds.
    """

    callid: str
    menuid: str = ""
    number: str = ""
    status: str = ""
    text: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    duration: int | None = None

    @property
    def is_pending(self) -> bool:
        return self.status.lower() == PENDING

    @property
    def ending(self) -> Ending | None:
        """None where it has not ended, or is not said to have."""
        status, text = self.status.lower(), self.text.lower()
        if self.is_pending or not (status or text):
            return None
        if text in (BUSY, NO_ANSWER):
            return Ending.BUSY if text == BUSY else Ending.NO_ANSWER
        if status and status != SUCCESSFUL:
            return Ending.FAILED
        return Ending.MACHINE if text == MACHINE else Ending.REACHED


def e164(number: str) -> str:
    """A North American number with or without its leading 1, in E.164; empty for any other text."""
    if ABROAD.match(number):
        return ""
    digits = re.sub(r"\D", "", number)
    digits = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    return f"+1{digits}" if TEN_DIGITS.fullmatch(digits) else ""
