"""Sending calls and texts, deleting those that wait, holding and releasing a menu."""

import re
from datetime import UTC, datetime

from voicehub.sandbox.contract import Outcome
from voicehub.sandbox.models import VoiceShotAccount, VoiceShotCall, VoiceShotMenu
from voicehub.sandbox.providers.voiceshot.access import the_account
from voicehub.sandbox.providers.voiceshot.dialling import dialled_first
from voicehub.sandbox.providers.voiceshot.prompts import merged, prompts_of
from voicehub.sandbox.providers.voiceshot.reading import (
    Element,
    Post,
    child,
    children,
    digits_of,
    has,
    name_of,
    text_of,
)
from voicehub.sandbox.providers.voiceshot.words import ok, refusal
from voicehub.sandbox.wire import Answer

NO_CALLID, NO_NUMBER, CALLER_ID, TIME = 6, 8, 9, 10
NO_PHONENUMBER, NO_PHONENUMBERS = 16, 17
LONGEST_CALLID = 50
WHEN = "%m/%d/%Y %I:%M %p"
NUMBER = re.compile(r"[2-9]\d{2}[2-9]\d{6}")


def send(menu: VoiceShotMenu, campaign: Element) -> Outcome:
    """All of a post or nothing. What is posted twice is called twice."""
    account = the_account()
    calls = _read(account, menu, campaign)
    VoiceShotCall.objects.bulk_create(calls)
    return dialled_first(account, calls, ok()) if account.dials_at_once else ok()


def delete(menu: VoiceShotMenu, campaign: Element) -> Answer:
    """Only calls that are not dialling yet."""
    callids = [text_of(phone, "callid") for phone in phonenumbers_of(campaign)]
    if not all(callids):
        raise refusal(NO_CALLID)
    menu.voiceshotcall_set.filter(callid__in=callids, state=VoiceShotCall.State.PENDING).delete()
    return ok()


def pause(menu: VoiceShotMenu, campaign: Element) -> Answer:
    return _hold(menu, is_paused=True)


def resume(menu: VoiceShotMenu, campaign: Element) -> Answer:
    return _hold(menu, is_paused=False)


def test_configuration(post: Post) -> Answer:
    return ok()


def phonenumbers_of(campaign: Element) -> list[Element]:
    block = child(campaign, "phonenumbers")
    if block is None:
        raise refusal(NO_PHONENUMBERS)
    phones = list(children(block, "phonenumber"))
    if not phones or len(phones) != len(block):
        raise refusal(NO_PHONENUMBER)
    return phones


def _read(account: VoiceShotAccount, menu: VoiceShotMenu, campaign: Element) -> list[VoiceShotCall]:
    """The calls of a post. What is wrong is told in the order of the sheet: numbers first, then times and prompts."""
    common_id = _common_caller_id(account, menu, campaign)
    phones = phonenumbers_of(campaign)
    caller_ids = [_allowed_caller_id(menu, phone) or common_id for phone in phones]
    numbers = [_number_of(phone) for phone in phones]
    times = [_time_of(phone) for phone in phones]
    common = prompts_of(campaign)
    now = account.now()
    return [
        VoiceShotCall(
            menu=menu,
            callid=text_of(phone, "callid")[:LONGEST_CALLID],
            number=number,
            caller_id=caller_id,
            prompts=merged(common, prompts_of(phone)),
            due_at=due_at,
            queued_at=now,
        )
        for phone, caller_id, number, due_at in zip(phones, caller_ids, numbers, times, strict=True)
    ]


def _common_caller_id(account: VoiceShotAccount, menu: VoiceShotMenu, campaign: Element) -> str:
    given = _allowed_caller_id(menu, campaign)
    if not given and account.demands_caller_id and not _is_text(campaign):
        raise refusal(CALLER_ID)
    return given or menu.caller_id


def _allowed_caller_id(menu: VoiceShotMenu, element: Element) -> str:
    given = digits_of(element, "callerid")
    if has(element, "callerid") and given != menu.caller_id:
        raise refusal(CALLER_ID)
    return given


def _is_text(campaign: Element) -> bool:
    return any(has(element, "txt") for element in campaign.iter() if name_of(element) == "prompt")


def _number_of(phone: Element) -> str:
    number = digits_of(phone, "number")
    if not NUMBER.fullmatch(number):
        raise refusal(NO_NUMBER)
    return number


def _time_of(phone: Element) -> datetime | None:
    """The zone is not documented: UTC here."""
    if not has(phone, "dateandtime"):
        return None
    try:
        return datetime.strptime(text_of(phone, "dateandtime"), WHEN).replace(tzinfo=UTC)
    except ValueError:
        raise refusal(TIME) from None


def _hold(menu: VoiceShotMenu, *, is_paused: bool) -> Answer:
    VoiceShotMenu.objects.filter(pk=menu.pk).update(is_paused=is_paused)
    return ok()
