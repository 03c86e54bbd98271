"""What is asked of a provider, and how it is written on the wire."""

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from requests.structures import CaseInsensitiveDict

from voicehub.remote.errors import ConfigurationError, RejectedError
from voicehub.remote.multipart import FilePart, MultipartBody
from voicehub.remote.texts import gettext_noop as _
from voicehub.remote.wire import Message, Origin, SizedBody

PORTS = {"http": 80, "https": 443}
# What may stand in a path and a query without being quoted; `%`, because the ids in it come quoted.
KEPT_IN_PATHS = "!$%&'()*+,/:;=?@[]~"

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HEADER_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


@dataclass(frozen=True)
class Request:
    """What to ask. At most one of `json`, `form`, `multipart` and `body` is given.

    `path` is appended to the client's address as it stands, ids in it quoted; an absolute address replaces both.
    `form` is sent urlencoded, `body` as it is. `once_only` uses a connection of its own and is never repeated.
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Any = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    multipart: Mapping[str, str | FilePart] | None = field(default=None, repr=False)
    body: bytes | SizedBody | None = field(default=None, repr=False)
    once_only: bool = False


def encode(request: Request, base_url: str, credentials: Mapping[str, str]) -> Message:
    """Raises ConfigurationError for an address or a header, RejectedError for contents that cannot be sent."""
    try:
        origin, target = _located(base_url, request)
        content_type, body = _content(request)
    except ValueError:
        raise RejectedError(_("There is a character or a number in it that cannot be sent.")) from None
    headers = CaseInsensitiveDict({"Host": origin.authority, "User-Agent": "VoiceHub", "Accept-Encoding": "gzip"})
    if body is not None:
        headers.update({"Content-Type": content_type, "Content-Length": str(len(body))})
    headers.update(credentials)
    headers.update(request.headers)
    _check_headers(headers)
    return Message(request.method, origin, target, headers, body)


def _located(base_url: str, request: Request) -> tuple[Origin, str]:
    path = request.path
    if path.startswith(("http://", "https://")):
        origin, target = _address(path)
    else:
        origin, prefix = _address(base_url)
        target = f"{prefix.removesuffix('/')}/{path.removeprefix('/')}" if path else prefix
    if _CONTROL.search(target):
        raise ValueError
    if request.params:
        target += ("&" if "?" in target else "?") + urlencode(request.params)
    return origin, quote(target, safe=KEPT_IN_PATHS)


@functools.lru_cache(256)
def _address(url: str) -> tuple[Origin, str]:
    """The origin, and path and query. Raises ConfigurationError."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
        parts.netloc.encode("ascii")
    except (ValueError, KeyError):
        raise ConfigurationError(_("The provider's address is not one that can be used.")) from None
    if not parts.hostname or "@" in parts.netloc or re.search(r"[\x00-\x20]", url):
        raise ConfigurationError(_("The provider's address is not one that can be used."))
    if parts.scheme == "http" and not _is_this_computer(parts.hostname):
        raise ConfigurationError(_("The provider's address must begin with https: keys would be sent in the open."))
    origin = Origin(parts.scheme, parts.hostname, port, parts.netloc)
    return origin, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _is_this_computer(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _content(request: Request) -> tuple[str, bytes | SizedBody | None]:
    """The type and the bytes of the body. Raises ValueError for what no encoding can hold."""
    if request.json is not None:
        return "application/json", json.dumps(request.json, allow_nan=False).encode()
    if request.form is not None:
        return "application/x-www-form-urlencoded", urlencode(request.form).encode()
    if request.multipart is not None:
        body = MultipartBody(request.multipart)
        return body.content_type, body
    return "application/octet-stream", request.body


def _check_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise ConfigurationError(_("A key or a header for the provider has characters that cannot be sent."))
