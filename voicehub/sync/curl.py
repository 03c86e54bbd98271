"""A call to a provider as a command for a shell, with a variable in place of whatever was masked."""

import re
import shlex
from itertools import pairwise

from voicehub.remote.redaction import MASK
from voicehub.sync.models import Exchange

# What curl finds out by itself, or unpacks only when it asked for it itself.
OWN_HEADERS = frozenset({"host", "content-length", "accept-encoding", "connection"})
# Of "Authorization: Bearer •••" the secret is a token, whatever the header is called.
TOKEN_HEADERS = ("authorization", "auth_key", "auth-key", "x-api-key")
_NAME_BEFORE = re.compile(r"""([A-Za-z_][\w-]{0,60})["'\]]?\s*[:=>]\s*["']?\s*(?:Bearer |Basic )?\Z""")
_FILE = re.compile(r"\A<\d+ bytes>\Z")
_PART = re.compile(r'\bname="([^"\r\n]*)"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n(.*?)\r?\n--', re.DOTALL)
CUT = "…"


def as_curl(call: Exchange) -> str:
    """The command that asks the same again; empty where the call was too long to be kept as a whole.

    Secrets and files stand in it as variables, such as $OUTVOICE_TOKEN.
    """
    if call.request_body.endswith(CUT):
        return ""
    method = [] if call.method == "GET" and not call.request_body else ["-X", shlex.quote(call.method)]
    lines = [" ".join(["curl", *method, "--compressed", _quoted(call.url, call.provider)])]
    lines += [f"-H {_header(name, value, call.provider)}" for name, value in _headers(call)]
    lines += _body(call)
    return " \\\n  ".join(lines)


def _headers(call: Exchange) -> list[tuple[str, str]]:
    """curl writes the parts of a form by itself, and what stands between them."""
    by_itself = OWN_HEADERS | ({"content-type"} if _is_in_parts(call) else set())
    return [(name, value) for name, value in call.request_headers.items() if name.lower() not in by_itself]


def _is_in_parts(call: Exchange) -> bool:
    types = [value for name, value in call.request_headers.items() if name.lower() == "content-type"]
    return any(value.startswith("multipart/form-data") for value in types)


def _header(name: str, value: str, provider: str) -> str:
    if MASK not in value:
        return shlex.quote(f"{name}: {value}")
    scheme = "Bearer " if name.lower() == "authorization" and value == MASK else ""
    return _quoted(f"{name}: {scheme}{value}", provider)


def _body(call: Exchange) -> list[str]:
    if not call.request_body:
        return []
    if _FILE.match(call.request_body):
        return [f"--data-binary @{_variable(call.provider, 'file')}"]
    if _is_in_parts(call):
        return [_part(name, text, call.provider) for name, text in _PART.findall(call.request_body)]
    return [f"--data-raw {_quoted(call.request_body, call.provider)}"]


def _part(name: str, text: str, provider: str) -> str:
    if _FILE.match(text):
        return f"-F {shlex.quote(f'{name}=@')}{_variable(provider, 'file')}"
    return f"--form-string {_quoted(f'{name}={text}', provider)}"


def _quoted(text: str, provider: str) -> str:
    """A text for a shell, in which each masked part is a variable that the shell fills in."""
    parts = text.split(MASK)
    words = [shlex.quote(parts[0])] if parts[0] else []
    for before, after in pairwise(parts):
        words.append(_variable(provider, _name_before(before)))
        words += [shlex.quote(after)] if after else []
    return "".join(words)


def _name_before(text: str) -> str:
    found = _NAME_BEFORE.search(text)
    name = found[1] if found else "secret"
    return "token" if name.lower() in TOKEN_HEADERS else name


def _variable(provider: str, name: str) -> str:
    """As in "$OUTVOICE_TOKEN", quoted for whatever stands in it."""
    return '"$' + re.sub(r"[^A-Z0-9]", "_", f"{provider}_{name}".upper()) + '"'
