"""The ways in which VoiceShot alone can fail: with its own error ids, and in what it posts about calls."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from voicehub.sandbox.contract import Kind, Operation, Text, Value
from voicehub.sandbox.faults import fixed
from voicehub.sandbox.models import Fault
from voicehub.sandbox.providers.voiceshot.words import ERRORS, reply, xml_answer
from voicehub.sandbox.wire import Answer

NAME = "voiceshot"
SUMMARY = "summary"
BOMB = '<!DOCTYPE campaign [<!ENTITY a "ok"><!ENTITY b "&a;&a;">]><campaign errorid="0" comment="&b;" />'


class OddityKind(StrEnum):
    """What is unusual about the summary of a call."""

    NONE = ""
    TWICE = "twice"
    LATE = "late"
    LAST = "last"
    BEFORE_EVENTS = "before-events"
    UNKNOWN_CALLID = "unknown-callid"
    WITHOUT = "without"
    RECORDING = "recording"
    LOST = "lost"


@dataclass(frozen=True)
class Oddity:
    kind: OddityKind
    value: str = ""


NO_ODDITY = Oddity(OddityKind.NONE)


def take_oddities(most: int) -> list[Oddity]:
    """Those that the next summaries get, at most so many, counted down on the dial."""
    taken: list[Oddity] = []
    for fault in Fault.objects.filter(provider=NAME, operation=SUMMARY, remaining__gt=0).order_by("pk"):
        used = min(fault.remaining, most - len(taken))
        Fault.objects.filter(pk=fault.pk).update(remaining=F("remaining") - used)
        kind = OddityKind(fault.kind)
        taken += [Oddity(kind, fault.value or DEFAULTS.get(kind, ""))] * used
    return taken


def refused_by_errorid(operation: Operation, answer: Answer, value: Any) -> Answer:
    return reply(value, ERRORS.get(value, "Unknown error."))


DEFAULTS = {OddityKind.WITHOUT: "duration"}


def oddity(kind: OddityKind, label: Text, help: Text) -> Kind:
    takes = Value.TEXT if kind in DEFAULTS else Value.NONE
    return Kind(kind, label, help, takes=takes, default=DEFAULTS.get(kind), operations=(SUMMARY,))


KINDS = (
    Kind(
        "errorid",
        _("Refused with an errorid"),
        _("Nothing is done. Value: the errorid (7)."),
        acts=False,
        takes=Value.COUNT,
        default=7,
        reshape=refused_by_errorid,
    ),
    Kind(
        "errorid-missing",
        _("Acted, without errorid"),
        _("It is done; the answer says nothing about it."),
        reshape=fixed(xml_answer("<campaign />")),
    ),
    Kind(
        "half-xml",
        _("Acted, then half an answer"),
        _("It is done; the answer is XML that ends too early."),
        reshape=fixed(xml_answer('<campaign errorid="0" ')),
    ),
    Kind(
        "entities",
        _("Acted, then XML with entities"),
        _("It is done; the answer has a DOCTYPE of its own."),
        reshape=fixed(xml_answer(BOMB)),
    ),
    oddity(OddityKind.TWICE, _("Summary twice"), _("The summary is posted twice.")),
    oddity(OddityKind.LATE, _("Summary late"), _("The summary is posted when the dialler works the next time.")),
    oddity(OddityKind.LAST, _("Told last"), _("All about the call is posted after all about the others.")),
    oddity(
        OddityKind.BEFORE_EVENTS,
        _("Summary before events"),
        _("The summary is posted before the keys that were pressed."),
    ),
    oddity(OddityKind.UNKNOWN_CALLID, _("Unknown callid"), _("The summary has a callid that nobody has given.")),
    oddity(
        OddityKind.WITHOUT,
        _("Without an attribute"),
        _("The summary lacks an attribute. Value: which one (duration)."),
    ),
    oddity(OddityKind.RECORDING, _("With a recording"), _("The summary holds a recording of 3 MB.")),
    oddity(OddityKind.LOST, _("Summary lost"), _("The summary is never posted.")),
)
