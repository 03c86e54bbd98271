"""Secrets taken out of whatever is kept or shown: headers, addresses, bodies, texts."""

import copy
import functools
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus

MASK = "•••"
SECRET_FIELDS = frozenset(
    {
        "access_token",
        "api_key",
        "api_secret",
        "auth",
        "auth_key",
        "authorization",
        "client_secret",
        "code",
        "cookie",
        "credentials",
        "cvv",
        "id_token",
        "otp",
        "passphrase",
        "passwd",
        "password",
        "pin",
        "private_key",
        "proxy_authorization",
        "pwd",
        "refresh_token",
        "secret",
        "secret_hash",
        "set_cookie",
        "signature",
        "token",
        "x_api_key",
        "x_auth_token",
    }
)

# A shorter value would blank out ordinary words wherever they stand; as a field it is masked all the same.
SHORTEST_KNOWN_SECRET = 3
READ_AT_MOST = 200_000

# Where a secret begins: `password=`, `"password":`, `user[password]=`; `<password>`; a part of a multipart form.
_PAIR = re.compile(r"""(?<![\w.%\[\]-])(?P<name>[\w.%\[\]-]++)\\*+["']?+\s*+(?P<sign>[=:])\s*+""")
_ELEMENT = re.compile(r"<(?P<name>[\w.:-]++)(?:\s[^<>]*+)?(?<!/)>")
_PART = re.compile(r'\bname="(?P<name>[^"\r\n]{0,200}+)"[^\r\n]{0,500}+(?:\r\n[^\r\n]{1,500}+){0,5}+\r\n\r\n')
# Where it ends. When the end is missing, everything that follows is taken for the secret.
_QUOTED = r"""[\[{].*|"(?:[^"\\]|\\.)*+"?|'(?:[^'\\]|\\.)*+'?|(\\+["']).*?(?:\1|\Z)"""
_VALUES = {
    "=": re.compile(rf"""{_QUOTED}|[^\s&#<>"']*+""", re.DOTALL),
    ":": re.compile(rf"{_QUOTED}|[^\r\n]*+", re.DOTALL),
}
_ELEMENT_VALUE = re.compile(r"(?:<!\[CDATA\[.*?(?:\]\]>|\Z)|(?!</).)*+", re.DOTALL)
_PART_VALUE = re.compile(r".*?(?=\r\n--|\Z)", re.DOTALL)

# The last part of an address at which we are told things is the secret of whoever may tell them.
_HOOK = re.compile(r"((?:\\*/|%2F)hooks(?:(?:\\*/|%2F)[a-z]++)+(?:\\*/|%2F))[A-Z0-9_-]{16,}", re.IGNORECASE)
_USER_INFO = re.compile(r"""(?<=://)[^/?#\s"'<>]*@""")
_PLAIN = re.compile(r"[\w.~-]*", re.ASCII)
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class Secret(str):
    """A text that reports of errors, and whatever else shows values as Python writes them, do not tell."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"'{MASK}'"


class Redactor:
    """Masks secrets by the name of their field and by their value, and tokens in the addresses of hooks.

    `secret_fields` are names beside the usual ones; case, `-` and `_` make no difference. `secret_values` are masked
    wherever they occur; a callable is asked each time. What `secret_pattern` finds in a body or a header is masked
    too. What comes out is cut to `limit` characters, and is text that every database can hold.
    """

    def __init__(
        self,
        secret_fields: Iterable[str] = (),
        secret_values: Iterable[str] | Callable[[], Iterable[str]] = (),
        *,
        secret_pattern: re.Pattern[str] | None = None,
        limit: int = 8000,
    ) -> None:
        self._fields = frozenset(map(_flat, SECRET_FIELDS.union(secret_fields)))
        self._ask = secret_values if callable(secret_values) else None
        self._known = () if callable(secret_values) else _spellings(secret_values)
        self._pattern = secret_pattern
        self._limit = limit

    def knowing(self, *sources: Mapping[str, Any]) -> "Redactor":
        """This redactor, which also knows the secrets among these headers or fields: an answer may echo them."""
        wiser = copy.copy(self)
        wiser._ask, wiser._known = None, self._values() + _spellings(self._secrets_in(sources))
        return wiser

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {name: MASK if self._is_secret(name) else self._closely(value) for name, value in headers.items()}

    def body(self, body: bytes | bytearray | Sized | None) -> str:
        """A body as text; one that is no text, or that is sent piece by piece, as its size."""
        if not body:
            return ""
        if not isinstance(body, bytes | bytearray) or _BINARY.search(body[:1024]):
            return f"<{len(body)} bytes>"
        return self._closely(body[:READ_AT_MOST].decode(errors="replace"))

    def text(self, text: str) -> str:
        """A text, an address or a value of a header."""
        # Before the fields: in broken JSON a value that has quotes in it would be cut at the first one.
        text = self._without_values(text)
        if self._may_hold_a_field(text):
            text = self._without_fields(text)
        if "hooks" in text:
            text = _HOOK.sub(rf"\1{MASK}", text)
        text = self._without_values(text)
        text = text.replace("\0", "\ufffd").encode(errors="replace").decode()
        return text if len(text) <= self._limit else text[: self._limit] + "…"

    def _without_values(self, text: str) -> str:
        for value in self._values():
            text = text.replace(value, MASK)
        return text

    def _closely(self, text: str) -> str:
        text = self.text(text)
        return self._pattern.sub(MASK, text) if self._pattern else text

    def _values(self) -> tuple[str, ...]:
        return _spellings(self._ask()) if self._ask else self._known

    def _is_secret(self, name: str) -> bool:
        return not self._fields.isdisjoint(_parts(name))

    def _secrets_in(self, sources: Iterable[Mapping[str, Any]]) -> Iterator[str]:
        """Of "Bearer abc" the secret is "abc"."""
        for source in sources:
            yield from (str(source[name]).split(" ")[-1] for name in source if self._is_secret(name))

    def _may_hold_a_field(self, text: str) -> bool:
        """Cheap, and never wrongly False: most texts need no closer look."""
        flat = _flat(text)
        is_coded = "%" in flat or "\\" in flat or "@" in flat
        return is_coded or any(name in flat for name in self._fields)

    def _without_fields(self, text: str) -> str:
        if text.lstrip()[:1] in ("{", "[", '"'):
            try:
                return json.dumps(self._masked(json.loads(text)), ensure_ascii=False)
            except (ValueError, RecursionError):
                pass  # broken JSON is masked like any text
        text = _USER_INFO.sub(f"{MASK}@", text)
        text = self._cut(text, _PART, lambda _: _PART_VALUE)
        text = self._cut(text, _ELEMENT, lambda _: _ELEMENT_VALUE)
        return self._cut(text, _PAIR, lambda found: _VALUES[found["sign"]])

    def _masked(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: MASK if self._is_secret(name) else self._masked(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self._masked(one) for one in value]
        if isinstance(value, str) and self._may_hold_a_field(value):
            return self._without_fields(value)
        return value

    def _cut(self, text: str, opening: re.Pattern[str], value: Callable[[re.Match[str]], re.Pattern[str]]) -> str:
        kept, at = [], 0
        for found in opening.finditer(text):
            if found.start() >= at and self._is_secret(found["name"]):
                kept += [text[at : found.end()], MASK]
                secret = value(found).match(text, found.end())
                at = secret.end() if secret else len(text)
        return "".join([*kept, text[at:]])


def _flat(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


@functools.lru_cache(4096)
def _parts(name: str) -> tuple[str, ...]:
    """`user[pass_word]`, `user.password` and `user%5Bpassword%5D` are all a password of a user."""
    return tuple(_flat(part) for part in re.split(r"[^\w-]+", unquote_plus(name)))


def _spellings(values: Iterable[str]) -> tuple[str, ...]:
    """Every way in which the values may be written in an address, in JSON or in XML; the longest first."""
    found: set[str] = set()
    for value in values:
        found.add(value)
        if not _PLAIN.fullmatch(value):
            found |= {quote(value, safe=""), quote(value), quote_plus(value), html.escape(value)}
            found |= {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    return tuple(sorted((one for one in found if len(one) >= SHORTEST_KNOWN_SECRET), key=len, reverse=True))
