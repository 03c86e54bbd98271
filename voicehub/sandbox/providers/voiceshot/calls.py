"""Sending calls and texts, deleting those that wait, holding and releasing a menu."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from voicehub.sandbox.models import VoiceShotCall, VoiceShotMenu
from voicehub.sandbox.providers.voiceshot.access import the_account
from voicehub.sandbox.providers.voiceshot.reading import Element, child, children, digits_of, has, name_of, text_of
from voicehub.sandbox.providers.voiceshot.words import ok, refusal
from voicehub.sandbox.wire import Answer

NO_CALLID, NO_NUMBER, CALLER_ID, TIME = 6, 8, 9, 10
PROMPTID, NO_TTS, NO_FILENAME, NO_PROMPT, NO_PROMPTS = 11, 12, 13, 14, 15
NO_PHONENUMBER, NO_PHONENUMBERS = 16, 17
WHEN = "%m/%d/%Y %I:%M %p"
TEN_DIGITS = re.compile(r"[2-9]\d{2}[2-9]\d{6}")
Prompt = dict[str, str]


def send(menu: VoiceShotMenu, campaign: Element) -> Answer:
    """All of a post or nothing. What is posted twice is called twice."""
    caller_id = _caller_id(menu, campaign)
    phones = list(phonenumbers_of(campaign))
    for phone in phones:
        if not TEN_DIGITS.fullmatch(digits_of(phone, "number")):
            raise refusal(NO_NUMBER)
    VoiceShotCall.objects.bulk_create(_calls(menu, caller_id, phones, _prompts_of(campaign) or []))
    return ok()


def delete(menu: VoiceShotMenu, campaign: Element) -> Answer:
    """Only calls that are not dialling yet."""
    menu.voiceshotcall_set.filter(callid__in=callids_of(campaign), state=VoiceShotCall.State.PENDING).delete()
    return ok()


def pause(menu: VoiceShotMenu, campaign: Element) -> Answer:
    return _hold(menu, is_paused=True)


def resume(menu: VoiceShotMenu, campaign: Element) -> Answer:
    return _hold(menu, is_paused=False)


def callids_of(campaign: Element) -> list[str]:
    callids = [text_of(phone, "callid") for phone in phonenumbers_of(campaign)]
    if not all(callids):
        raise refusal(NO_CALLID)
    return callids


def phonenumbers_of(campaign: Element) -> list[Element]:
    block = child(campaign, "phonenumbers")
    if block is None:
        raise refusal(NO_PHONENUMBERS)
    phones = list(children(block, "phonenumber"))
    if not phones or len(phones) != len(block):
        raise refusal(NO_PHONENUMBER)
    return phones


def _calls(
    menu: VoiceShotMenu, caller_id: str, phones: list[Element], common: list[Prompt]
) -> Iterator[VoiceShotCall]:
    now = timezone.now()
    for phone in phones:
        own = _prompts_of(phone)
        yield VoiceShotCall(
            menu=menu,
            callid=text_of(phone, "callid")[:50],
            number=digits_of(phone, "number"),
            caller_id=_allowed(menu, phone) or caller_id,
            prompts=common if own is None else own,
            due_at=_time_of(phone),
            queued_at=now,
        )


def _caller_id(menu: VoiceShotMenu, campaign: Element) -> str:
    given = _allowed(menu, campaign)
    if not given and the_account().demands_caller_id and not _is_text(campaign):
        raise refusal(CALLER_ID)
    return given or menu.caller_id


def _allowed(menu: VoiceShotMenu, element: Element) -> str:
    given = digits_of(element, "callerid")
    if has(element, "callerid") and given != menu.caller_id:
        raise refusal(CALLER_ID)
    return given


def _is_text(campaign: Element) -> bool:
    return any(has(element, "txt") for element in campaign.iter() if name_of(element) == "prompt")


def _time_of(phone: Element) -> datetime | None:
    if not has(phone, "dateandtime"):
        return None
    try:
        return datetime.strptime(text_of(phone, "dateandtime"), WHEN).replace(tzinfo=UTC)
    except ValueError:
        raise refusal(TIME) from None


def _prompts_of(element: Element) -> list[Prompt] | None:
    """None where the element has no prompts of its own."""
    if child(element, "prompt") is not None:
        raise refusal(NO_PROMPTS)
    block = child(element, "prompts")
    if block is None:
        return None
    prompts = list(children(block, "prompt"))
    if not prompts or len(prompts) != len(block):
        raise refusal(NO_PROMPT)
    return [_prompt(prompt) for prompt in prompts]


def _prompt(prompt: Element) -> Prompt:
    if not has(prompt, "txt") and not text_of(prompt, "promptid"):
        raise refusal(PROMPTID)
    for name, errorid in (("tts", NO_TTS), ("filename", NO_FILENAME)):
        if has(prompt, name) and not text_of(prompt, name):
            raise refusal(errorid)
    return {str(name).lower(): str(value).strip() for name, value in prompt.attrib.items()}


def _hold(menu: VoiceShotMenu, **values: Any) -> Answer:
    VoiceShotMenu.objects.filter(pk=menu.pk).update(**values)
    return ok()
