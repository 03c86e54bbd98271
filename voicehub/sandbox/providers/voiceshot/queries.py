"""What has become of calls, with the oddities of the answers that were recorded."""

from typing import Any

from django.db.models import QuerySet
from lxml import etree

from voicehub.sandbox.models import VoiceShotAccount, VoiceShotCall, VoiceShotMenu
from voicehub.sandbox.providers.voiceshot.access import the_account
from voicehub.sandbox.providers.voiceshot.calls import phonenumbers_of
from voicehub.sandbox.providers.voiceshot.outcomes import status_of, time_of, words_of
from voicehub.sandbox.providers.voiceshot.reading import Element, has, text_of
from voicehub.sandbox.providers.voiceshot.words import refusal, xml_answer
from voicehub.sandbox.wire import Answer

NO_CALLID = 6


def query(menu: VoiceShotMenu, campaign: Element) -> Answer:
    """An empty callid asks for all calls of the menu. Callids that nobody knows are left out."""
    phones = phonenumbers_of(campaign)
    if not all(has(phone, "callid") for phone in phones):
        raise refusal(NO_CALLID)
    callids = [text_of(phone, "callid") for phone in phones]
    calls = menu.voiceshotcall_set.order_by("pk")
    if all(callids):
        calls = calls.filter(callid__in=callids)
    return xml_answer(_as_xml(menu, the_account(), calls))


def _as_xml(menu: VoiceShotMenu, account: VoiceShotAccount, calls: QuerySet[VoiceShotCall]) -> str:
    root = etree.Element("campaign", menuid=menu.menuid)
    block = etree.SubElement(root, "phonenumbers")
    for call in calls.iterator():
        _add(block, account, call)
    # The real server puts blanks where nobody expects them.
    return etree.tostring(root, encoding="unicode").replace('" callid=', '"     callid=')


def _add(block: Any, account: VoiceShotAccount, call: VoiceShotCall) -> None:
    phone = etree.SubElement(
        block,
        "phonenumber",
        {
            account.number_attribute: f"1{call.number}",
            "dateandtime": time_of(call.dialled_at or call.queued_at),
            "callid": call.callid,
            "duration": str(call.duration or 0),
            "status": status_of(call),
            account.text_attribute: words_of(call),
        },
    )
    prompts = etree.SubElement(phone, "prompts")
    for key in call.keys:
        etree.SubElement(prompts, "prompt", key)
