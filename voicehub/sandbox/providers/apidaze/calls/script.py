"""Reading a script: its variables, and what it wants done."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from voicehub.sandbox.providers.apidaze.loading import Loaded

XML = "text/xml"


class BadScriptError(Exception):
    """What was loaded is no script; the text is what Apidaze would complain about."""


@dataclass(frozen=True)
class Verb:
    """An element of the script. `text` is what stands before its first child."""

    name: str
    text: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: "tuple[Verb, ...]" = ()
    source: str = ""

    def attribute(self, name: str) -> str:
        return self.attributes.get(name, "")

    def fits(self, digits: str) -> bool:
        """Whether a bind is for these digits; one whose pattern makes no sense is for none."""
        if not self.text.startswith("~"):
            return self.text == digits
        try:
            return bool(re.fullmatch(self.text[1:], digits))
        except re.error:
            return False


@dataclass(frozen=True)
class Script:
    variables: Mapping[str, str]
    work: tuple[Verb, ...]


def read(loaded: Loaded) -> Script:
    """Raises BadScriptError for anything but well-formed XML with a `work`, sent as text/xml with a 200."""
    if loaded.status != 200:
        raise BadScriptError(f"The script answers {loaded.status}.")
    if loaded.content_type.partition(";")[0].strip().lower() != XML:
        raise BadScriptError(f"The content type is “{loaded.content_type}”, not {XML}.")
    try:
        root = etree.fromstring(loaded.body, _parser())
    except etree.XMLSyntaxError as error:
        raise BadScriptError(error.msg or "The script is no XML.") from error
    work = root.find("work") if root.tag == "document" else None
    if work is None:
        raise BadScriptError("There is no <work> in a <document>.")
    return Script(_variables(root), _verbs(work))


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )


def _variables(root: etree._Element) -> dict[str, str]:
    return {str(one.tag): (one.text or "").strip() for one in root.iterfind("variables/*")}


def _verbs(element: etree._Element) -> tuple[Verb, ...]:
    return tuple(
        Verb(
            str(child.tag),
            (child.text or "").strip(),
            {str(name): str(value) for name, value in child.attrib.items()},
            _verbs(child),
            etree.tostring(child, encoding="unicode", with_tail=False),
        )
        for child in element
        if isinstance(child.tag, str)
    )
