"""Reading a post: attributes by name whatever their case, values without odd blanks."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from voicehub.sandbox.providers.voiceshot.words import refusal
from voicehub.sandbox.wire import Request

Element = Any
MALFORMED, NO_CAMPAIGN_TAG = 3, 18


def campaign_of(request: Request) -> Element:
    """The post's top element; raises RefusedError for what is no XML, or another element."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(request.body.strip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        raise refusal(MALFORMED) from None
    if root.getroottree().docinfo.doctype:
        raise refusal(MALFORMED)
    if name_of(root) != "campaign":
        raise refusal(NO_CAMPAIGN_TAG)
    return root


def action_of(request: Request) -> str:
    """What a post asks for, if it can be told; which error it gets is decided later."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=True)
    try:
        root = etree.fromstring(request.body.strip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return ""
    return "" if root is None else text_of(root, "action")


def name_of(element: Element) -> str:
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if name_of(child) == name)


def child(element: Element, name: str) -> Element | None:
    return next(children(element, name), None)


def has(element: Element, name: str) -> bool:
    return any(key.lower() == name for key in element.attrib)


def text_of(element: Element, name: str) -> str:
    return next((value.strip() for key, value in element.attrib.items() if key.lower() == name), "")


def digits_of(element: Element, name: str) -> str:
    """A number without what people write between its digits, and without the leading 1 of eleven."""
    digits = "".join(filter(str.isdigit, text_of(element, name)))
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
