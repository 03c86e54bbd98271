"""Whatever comes in, read as far as it can be: JSON, a form, JSON within JSON."""

import email
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from voicehub.common.hooks.kinds import Inbound

MULTIPART = "multipart/form-data"
NULL = "null"
DEEPEST = 4
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def fields_of(request: Inbound) -> dict[str, Any]:
    """The fields of a request, by their names without blanks around them; values are of any kind."""
    text = request.body.decode("utf-8-sig", errors="replace")
    fields = merged(decoded(text))
    if fields or text.lstrip()[:1] in ("{", "["):
        return fields
    return merged(dict(_form(request, text)))


def _form(request: Inbound, text: str) -> Iterator[tuple[str, str]]:
    if MULTIPART in request.content_type.lower():
        yield from _parts(request)
    else:
        yield from parse_qsl(f"{request.query}&{text}", keep_blank_values=True, errors="replace")


def _parts(request: Inbound) -> Iterator[tuple[str, str]]:
    head = f"Content-Type: {request.content_type}\r\n\r\n".encode(errors="replace")
    message = email.message_from_bytes(head + request.body)
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str):
            yield name, bytes(part.get_payload(decode=True) or b"").decode(errors="replace")


def decoded(value: Any) -> Any:
    """A value with the JSON that stands in its text, in place of the text; numbers stay the text they were."""
    for _time in range(2):
        if not isinstance(value, str) or value.lstrip()[:1] not in ('"', "{", "[", "n"):
            break
        try:
            value = json.loads(value, strict=False, parse_int=str, parse_float=str, parse_constant=str)
        except (ValueError, RecursionError):
            break
    return value


def merged(value: Any) -> dict[str, Any]:
    """An object, or all objects of a list as one; names lose the blanks around them, the last of each counts."""
    value = decoded(value)
    objects = value if isinstance(value, list) else [value]
    pairs = (pair for one in objects if isinstance(one, Mapping) for pair in one.items())
    return {plain(name): inner for name, inner in pairs}


def listed(value: Any) -> list[Any]:
    """The items of a list; one that stands alone is a list of one, and nothing is none."""
    value = decoded(value)
    if isinstance(value, list):
        return value
    return [] if value is None or value in ("", NULL) else [value]


def text_of(value: Any) -> str:
    """A single value as text, empty for what is none."""
    if value is None or isinstance(value, Mapping | list):
        return ""
    text = str(value).lower() if isinstance(value, bool) else plain(str(value))
    return "" if text == NULL else text


def texts_of(value: Any) -> dict[str, str]:
    """Names and their texts; what lies deeper counts by its own name, and a list of texts is one text."""
    return dict(_leaves(merged(value), DEEPEST))


def _leaves(values: Mapping[str, Any], depth: int) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping | list) and depth:
            inner = listed(value)
            yield from _leaves(merged(inner), depth - 1)
            if texts := [text for one in inner if (text := text_of(one))]:
                yield name, ", ".join(texts)
        elif not isinstance(value, Mapping | list):
            yield name, text_of(value)


def plain(text: str) -> str:
    """A text without blanks around it, and without what no database or person can read."""
    return _UNREADABLE.sub("\ufffd", text).strip()
