"""XML as VoiceShot takes it, and as it may come: without regard to case and blanks, with nothing dangerous in it."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from campaigns.voiceshot.records import TEN_DIGITS, Call, Post, WirePrompt
from voicehub.remote.errors import RejectedError

Element = Any
# What no XML may hold.
UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SEND, FILE, DELETE, QUERY, TEST, PAUSE, RESUME = "0", "1", "2", "3", "6", "7", "8"
ATTRIBUTES = ("promptid", "tts", "filename", "alttts", "transferto")


class UnreadableError(Exception):
    """This is no XML that can be taken in."""


def clean(text: str) -> str:
    """A text without the characters that no XML may hold."""
    return UNSPEAKABLE.sub("", text)


def written(root: Element) -> bytes:
    """ASCII with character references and no declaration: the one form that is sure to be understood."""
    return etree.tostring(root, encoding="US-ASCII", xml_declaration=False)


def campaign(action: str, **attributes: str) -> Element:
    return etree.Element("campaign", {**attributes, "action": action})


def post(what: Post) -> Element:
    root = campaign(SEND, menuid=what.menuid, callerid=ten_digits(what.caller_id))
    add_prompts(root, what.prompts)
    phones = etree.SubElement(root, "phonenumbers")
    for call in what.calls:
        _add_call(phones, call)
    return root


def about_calls(action: str, menuid: str, callids: Iterable[str]) -> Element:
    root = campaign(action, menuid=menuid)
    phones = etree.SubElement(root, "phonenumbers")
    for callid in callids:
        etree.SubElement(phones, "phonenumber", callid=callid)
    return root


def add_prompts(parent: Element, prompts: Iterable[WirePrompt]) -> None:
    block = None
    for prompt in prompts:
        block = etree.SubElement(parent, "prompts") if block is None else block
        etree.SubElement(block, "prompt", {name: clean(value) for name, value in _given(prompt) if value})


def ten_digits(number: str) -> str:
    """A North American number in E.164 as VoiceShot wants it. Raises RejectedError for any other."""
    digits = number.removeprefix("+1")
    if not TEN_DIGITS.fullmatch(digits):
        words = _("VoiceShot reaches numbers of the United States and Canada only. %s is none.")
        raise RejectedError(words % number)
    return digits


def _given(prompt: WirePrompt) -> Iterator[tuple[str, str]]:
    for name in ATTRIBUTES:
        value = getattr(prompt, name)
        yield name, ten_digits(value) if value and name == "transferto" else value


def _add_call(phones: Element, call: Call) -> None:
    phone = etree.SubElement(phones, "phonenumber", number=ten_digits(call.number), callid=call.callid)
    add_prompts(phone, call.prompts)


def read(body: bytes) -> Element:
    """The top element of a body. Raises UnreadableError for what is no XML, or brings definitions of its own.

    Text of any length is taken: recordings are in it. Whoever calls limits the body.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(body.strip(), parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        raise UnreadableError from None
    tree: Any = root.getroottree()
    if tree.docinfo.doctype:
        raise UnreadableError
    return root


def is_named(element: Element, name: str) -> bool:
    return isinstance(element.tag, str) and etree.QName(element).localname.lower() == name


def children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if is_named(child, name))


def attribute(element: Element, *names: str) -> str:
    """The first of these attributes that says something, whatever its case; empty where none does."""
    said = {key.lower(): value.replace("\0", "").strip() for key, value in element.attrib.items()}
    return next((said[name] for name in names if said.get(name)), "")
