"""The language of call scripts as one table: what may stand where, with which values, and what it is for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """What a value stands for; it decides how the value is checked and how a placeholder in it is filled."""

    WORDS = "words"
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"
    CHOICE = "choice"
    LANGUAGE = "language"
    VOICE = "voice"
    ADDRESS = "address"
    MEDIA = "media"
    NUMBER = "number"
    SHOWN_NUMBER = "shown number"
    ACCOUNT = "account"
    SIP_URI = "SIP address"
    KEYS = "keys"
    CALL_ID = "call"
    NAME = "name"
    RECORDING = "recording"


@dataclass(frozen=True)
class Value:
    """`choices` are the only values of a CHOICE and the known ones of a VOICE."""

    kind: Kind
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attribute:
    value: Value
    help: Any
    default: str = ""
    is_required: bool = False


@dataclass(frozen=True)
class Part:
    """An element. Where `needs_text` is set, the attribute `text_instead` may hold what the text would."""

    help: Any
    text: Value | None = None
    needs_text: bool = False
    text_instead: str = ""
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    children: tuple[str, ...] = ()
    needs_child: bool = False
    needs_answer: bool = False


WORDS = Value(Kind.WORDS)
SECONDS = Value(Kind.SECONDS)
MILLISECONDS = Value(Kind.MILLISECONDS)
YES_OR_NO = Value(Kind.CHOICE, ("true", "false"))
ADDRESS = Value(Kind.ADDRESS)
MEDIA = Value(Kind.MEDIA)
NAME = Value(Kind.NAME)
VOICES = tuple(f"{sex}-{letter}" for sex in ("female", "male") for letter in "abc")

VERBS = (
    "answer",
    "speak",
    "playback",
    "wait",
    "dial",
    "ringback",
    "record",
    "conference",
    "intercept",
    "echo",
    "hangup",
)
TARGETS = ("number", "sipaccount", "sipuri")
# Elements that Apidaze passes over, so that they are no reason to hold a script back.
PASSED_OVER = ("params",)

_input_timeout = Attribute(MILLISECONDS, _("How long to wait for a key, in thousandths of a second."))
_target_timeout = {"timeout": Attribute(SECONDS, _("How long this one rings, in seconds."))}

PARTS: Mapping[str, Part] = {
    "document": Part(_("The whole script."), children=("variables", "work")),
    "variables": Part(_("Names and texts that Apidaze sends back with each later load of the call.")),
    "work": Part(_("What is to happen, in this order."), children=VERBS),
    "answer": Part(_("Takes the call.")),
    "hangup": Part(_("Ends the call. Without it the script is loaded again.")),
    "wait": Part(
        _("Waits in silence for so many seconds."),
        text=SECONDS,
        attributes={"action": Attribute(ADDRESS, _("What is loaded afterwards."))},
    ),
    "echo": Part(
        _("Plays the caller's own voice back after so many thousandths of a second."),
        text=MILLISECONDS,
        needs_answer=True,
    ),
    "playback": Part(
        _("Plays a recording: WAV, 8 kHz, mono."),
        text=MEDIA,
        needs_text=True,
        text_instead="file",
        attributes={
            "file": Attribute(MEDIA, _("The address or name of the recording.")),
            "input-timeout": _input_timeout,
        },
        children=("bind",),
        needs_answer=True,
    ),
    "speak": Part(
        _("Reads the text to the caller."),
        text=WORDS,
        needs_text=True,
        attributes={
            "lang": Attribute(Value(Kind.LANGUAGE), _("The language of the text, such as en-US.")),
            "voice": Attribute(Value(Kind.VOICE, VOICES), _("Who reads it.")),
            "input-timeout": _input_timeout,
            "digit-timeout": Attribute(MILLISECONDS, _("How long to wait for one more key, in thousandths.")),
        },
        children=("bind",),
        needs_answer=True,
    ),
    "bind": Part(
        _("What happens when the caller presses these keys: digits, * and #, or ~ and a regular expression."),
        text=Value(Kind.KEYS),
        needs_text=True,
        attributes={"action": Attribute(ADDRESS, _("What is loaded then."), is_required=True)},
    ),
    "ringback": Part(_("What the caller hears while a number rings. It stands before dial."), text=MEDIA),
    "conference": Part(
        _("Puts the caller into the room of this name."),
        text=NAME,
        needs_text=True,
        attributes={"username": Attribute(NAME, _("The name the others see."))},
        needs_answer=True,
    ),
    "dial": Part(
        _("Rings numbers, SIP accounts and SIP addresses, and puts the caller through to whoever answers."),
        attributes={
            "timeout": Attribute(SECONDS, _("How long it rings, in seconds."), default="60"),
            "max-call-duration": Attribute(SECONDS, _("The longest call, in seconds after the answer.")),
            "strategy": Attribute(
                Value(Kind.CHOICE, ("simultaneous", "sequence")),
                _("All at the same time, or one after the other."),
                default="simultaneous",
            ),
            "action": Attribute(ADDRESS, _("What is loaded afterwards, instead of this script again.")),
            "answer-url": Attribute(ADDRESS, _("What is loaded for whoever answers, before the caller is there.")),
            "caller-hangup-url": Attribute(ADDRESS, _("What is loaded for the other side when the caller hangs up.")),
            "caller-id-number": Attribute(Value(Kind.SHOWN_NUMBER), _("The number shown to whoever is rung.")),
        },
        children=TARGETS,
        needs_child=True,
    ),
    "number": Part(
        _("A telephone number with its country code, digits only."),
        text=Value(Kind.NUMBER),
        needs_text=True,
        attributes=_target_timeout,
    ),
    "sipaccount": Part(
        _("The user name of one of your SIP accounts."),
        text=Value(Kind.ACCOUNT),
        needs_text=True,
        attributes=_target_timeout,
    ),
    "sipuri": Part(
        _("A SIP address, such as ann@sip.example.org."),
        text=Value(Kind.SIP_URI),
        needs_text=True,
        attributes=_target_timeout,
    ),
    "record": Part(
        _("Records the call from here on."),
        attributes={
            "name": Attribute(Value(Kind.RECORDING), _("The name of the recording, without .wav.")),
            "on-answered": Attribute(YES_OR_NO, _("Begin only when somebody answers."), default="false"),
            "aleg": Attribute(YES_OR_NO, _("Record the caller."), default="true"),
            "bleg": Attribute(YES_OR_NO, _("Record the other side."), default="true"),
            "transcription-url": Attribute(ADDRESS, _("Where the text of the recording is sent.")),
        },
    ),
    "intercept": Part(_("Takes over the call with this id."), text=Value(Kind.CALL_ID), needs_text=True),
}
# Whatever name stands in `variables`.
VARIABLE = Part(_("A text to be sent back."), text=WORDS)


def part_of(name: str, parent: str) -> Part | None:
    """What an element is at its place, the root in no parent (""); None where it means nothing there."""
    match parent:
        case "variables":
            return VARIABLE
        case "":
            return PARTS["document"] if name == "document" else None
        case _:
            return PARTS[name] if parent in PARTS and name in PARTS[parent].children else None


def homes_of(name: str) -> list[str]:
    """The elements that an element may stand in."""
    return [parent for parent, part in PARTS.items() if name in part.children]
