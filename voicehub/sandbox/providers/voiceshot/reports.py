"""What VoiceShot posts to its customer: summaries of calls and texts, events, tests."""

import base64
from dataclasses import dataclass
from typing import Any

from lxml import etree

from voicehub.sandbox.asking import UnreachableError, post
from voicehub.sandbox.models import VoiceShotAccount, VoiceShotCall
from voicehub.sandbox.providers.voiceshot.outcomes import status_of, time_of, words_of
from voicehub.sandbox.providers.voiceshot.words import XML

SECONDS_TO_ANSWER = 10.0
Element = Any


@dataclass(frozen=True)
class Mailbox:
    """The customer's address, with or without HTTP Basic."""

    url: str
    user: str = ""
    password: str = ""

    @classmethod
    def of(cls, account: VoiceShotAccount) -> "Mailbox | None":
        """None where no address is entered."""
        url = account.results_url
        return cls(url, account.results_user, account.results_password) if url else None

    def put(self, report: Element) -> tuple[int, str]:
        """Status and text of the answer. It is posted once: what gets no whole answer has status 0, and why."""
        headers = {"Authorization": f"Basic {self._basic}"} if self.user else {}
        try:
            return post(self.url, etree.tostring(report), XML, SECONDS_TO_ANSWER, **headers)
        except UnreachableError as why:
            return 0, str(why)

    @property
    def _basic(self) -> str:
        return base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


def is_taken(status: int) -> bool:
    return 200 <= status < 300


def summary_of(call: VoiceShotCall) -> Element:
    """Calls show their number with a 1 before it, texts without, nor have those a duration or prompts."""
    told = {
        "menuid": call.menu.menuid,
        "duration": str(call.duration or 0),
        "phonenumber": f"1{call.number}",
        "status": status_of(call),
        "comment": words_of(call),
        "callid": call.callid,
        "dateandtime": time_of(call.dialled_at or call.queued_at),
    }
    if call.is_text:
        del told["duration"]
        return etree.Element("campaign", told | {"phonenumber": call.number})
    return _with_prompts(etree.Element("campaign", told), call.keys or [{"promptid": "1", "keypress": ""}])


def _with_prompts(campaign: Element, prompts: list[dict[str, str]]) -> Element:
    block = etree.SubElement(campaign, "prompts")
    for prompt in prompts:
        etree.SubElement(block, "prompt", prompt)
    return campaign


def keypress(menuid: str, callid: str, promptid: str, keys: str) -> Element:
    return etree.Element("prompt", menuid=menuid, callid=callid, promptid=promptid, keypress=keys)


def test_post(menuid: str) -> Element:
    """What a button of the site sends."""
    return etree.Element("campaign", menuid=menuid, callid="0", action="5", comment="Test")


def incoming_call(menuid: str, callid: str, caller: str) -> Element:
    """Somebody phones a number of ours, and it is answered."""
    return etree.Element("campaign", menuid=menuid, callid=callid, action="4", callerid=caller, dnis="8005550150")


def hang_up(menuid: str, callid: str, seconds: int) -> Element:
    return etree.Element("campaign", menuid=menuid, callid=callid, action="5", duration=str(seconds))


def incoming_summary(menuid: str, callid: str, caller: str, seconds: int, keys: list[dict[str, str]]) -> Element:
    campaign = etree.Element("campaign", menuid=menuid, duration=str(seconds), callerid=caller, callid=callid)
    return _with_prompts(campaign, keys)


def incoming_text(menuid: str, callid: str, sender: str, text: str) -> Element:
    campaign = etree.Element("campaign", menuid=menuid, callerid=sender, callid=callid)
    return _with_prompts(campaign, [{"txt": text}])
