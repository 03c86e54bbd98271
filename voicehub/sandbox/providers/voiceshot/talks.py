"""A call that is over, and all that is posted about it."""

import base64
import io
import wave
from collections.abc import Sequence
from functools import cache

from lxml import etree

from voicehub.sandbox.models import VoiceShotCall
from voicehub.sandbox.providers.voiceshot.commands import FIRST_PROMPT, Keypad
from voicehub.sandbox.providers.voiceshot.faults import NO_ODDITY, Oddity, OddityKind
from voicehub.sandbox.providers.voiceshot.reports import Element, Mailbox, is_taken, summary_of

RECORDED_BYTES = 3_000_000


class Talk:
    """`tell` asks VoiceHub over HTTP, looks at nothing else, and notes on the call what came of it."""

    def __init__(self, call: VoiceShotCall, keys: Sequence[str], oddity: Oddity = NO_ODDITY) -> None:
        self.call, self.oddity = call, oddity
        self._keys = keys

    def tell(self, mailbox: Mailbox) -> None:
        if self.oddity.kind == OddityKind.BEFORE_EVENTS:
            self.call.keys = [{"promptid": self._first_prompt, "keypress": key} for key in self._keys]
            self._post_summary(mailbox)
            self._press_keys(mailbox)
        else:
            self._press_keys(mailbox)
            self._post_summary(mailbox)

    def _press_keys(self, mailbox: Mailbox) -> None:
        if not self._keys:
            return
        keypad = Keypad(self.call.menu.menuid, self.call.callid, self._first_prompt)
        keypad.press(mailbox, self._keys)
        self.call.keys, self.call.commands = keypad.pressed, keypad.commands

    def _post_summary(self, mailbox: Mailbox) -> None:
        self.call.summary = NOT_POSTED.get(self.oddity.kind) or self._put(mailbox)

    def _put(self, mailbox: Mailbox) -> str:
        report = disguised(summary_of(self.call), self.oddity)
        times = 2 if self.oddity.kind == OddityKind.TWICE else 1
        statuses = [mailbox.put(report)[0] for _time in range(times)]
        summaries = VoiceShotCall.Summary
        return summaries.TAKEN if any(map(is_taken, statuses)) else summaries.LOST

    @property
    def _first_prompt(self) -> str:
        return self.call.prompts[0].get("promptid", FIRST_PROMPT) if self.call.prompts else FIRST_PROMPT


NOT_POSTED = {
    OddityKind.LATE: VoiceShotCall.Summary.LATE,
    OddityKind.LOST: VoiceShotCall.Summary.LOST,
}


def disguised(summary: Element, oddity: Oddity) -> Element:
    match oddity.kind:
        case OddityKind.UNKNOWN_CALLID:
            summary.set("callid", f"x{summary.get('callid')}"[:50])
        case OddityKind.WITHOUT:
            summary.attrib.pop(oddity.value, None)
        case OddityKind.RECORDING:
            prompt = etree.SubElement(summary.find("prompts"), "prompt", promptid="4")
            etree.SubElement(prompt, "file", filename="m.wav", fileid="7").text = recording()
    return summary


@cache
def recording() -> str:
    """Three megabytes of silence, as base64."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16000)
        sound.writeframes(bytes(RECORDED_BYTES))
    return base64.b64encode(file.getvalue()).decode()
