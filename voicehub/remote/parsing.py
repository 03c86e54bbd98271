"""Reading answers of any shape: a value of the type one needs, or an UnexpectedResponseError that names the part.

`part` names the place in the answer for people, as in "data[0].id". Contents are never quoted: they may be secret.
"""

import json
import math
import re
from decimal import Decimal
from typing import Any

from lxml import etree

from voicehub.remote.errors import UnexpectedResponseError
from voicehub.remote.texts import gettext_noop as _

LARGEST_XML = 10_000_000
AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,20})?")


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(digits)
    return number


_JSON = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
_HALF_A_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")


def parse_json(body: bytes) -> Any:
    """Strict JSON in UTF-8: no NaN, no Infinity, nothing after the value, no depth that Python cannot hold.

    Half a character, which can be escaped but neither stored nor sent, becomes a question mark.
    """
    try:
        text = body.decode("utf-8-sig")
        value = _JSON.decode(text)
        return _in_whole_characters(value) if _HALF_A_CHARACTER.search(text) else value
    except (ValueError, RecursionError):
        raise UnexpectedResponseError(_("The provider's answer is not JSON.")) from None


def _in_whole_characters(value: Any) -> Any:
    return _JSON.decode(json.dumps(value, ensure_ascii=False).encode(errors="replace").decode())


def parse_xml(body: bytes) -> etree._Element:
    """The root of a well-formed document without a DOCTYPE; white space may come first.

    Entities, DTD and network are off. The namespaces and the case of the names are left as they are.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body[: LARGEST_XML + 1].strip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        raise UnexpectedResponseError(_("The provider's answer is not XML.")) from None
    if root.getroottree().docinfo.internalDTD is not None or len(body) > LARGEST_XML:
        raise UnexpectedResponseError(_("The provider's answer is XML of a kind that is not read."))
    return root


def as_object(value: Any, part: str) -> dict[str, Any]:
    return _checked(value, isinstance(value, dict), part, _("an object"))


def as_list(value: Any, part: str) -> list[Any]:
    return _checked(value, isinstance(value, list), part, _("a list"))


def as_text(value: Any, part: str) -> str:
    """A text; a whole number counts as one, since providers write ids either way."""
    return str(_checked(value, isinstance(value, str) or _is_whole(value), part, _("a text")))


def as_integer(value: Any, part: str) -> int:
    """A whole number; digits in a text count as one."""
    is_digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20
    return int(_checked(value, is_digits or _is_whole(value), part, _("a whole number")))


def as_amount(value: Any, part: str) -> Decimal:
    """An amount of money, below a million millions; digits in a text count as one."""
    is_number = isinstance(value, str | int | float) and not isinstance(value, bool)
    return Decimal(_checked(str(value), is_number and AMOUNT.fullmatch(str(value)) is not None, part, _("an amount")))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _checked(value: Any, is_right: bool, part: str, kind: str) -> Any:
    if not is_right:
        words = _("The provider's answer is not understood: %(part)s is not %(kind)s.")
        raise UnexpectedResponseError(words % {"part": part, "kind": kind})
    return value
