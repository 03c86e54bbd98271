"""Takes tokens out of requests and out of texts: whoever knows one may speak as the provider, or sign a phone in."""

import logging
import re
from collections.abc import Callable

from django.http import HttpRequest

from voicehub.common.hooks.addresses import PREFIX, digest_of
from voicehub.common.hooks.kinds import HookKind, kinds

MASK = "***"
_ADDRESS = re.compile(rf"(?<!/admin){PREFIX}(?P<rest>[^\s\"'<>]*)")
# They write addresses down as they came.
LOGGERS = ("gunicorn.access", "gunicorn.error", "django.server", "django.request")


def take_token(request: HttpRequest) -> tuple[HookKind | None, str]:
    """The kind of the request's address, and the digest of its token."""
    kind, token = split(request.path_info.removeprefix(PREFIX))
    hide_address(request, masked_path(kind))
    return kind, digest_of(token)


def hide_address(request: HttpRequest, path: str) -> None:
    """From here on nobody finds the token in the request, nor the query: it is for others what of that is kept.

    Whatever logs or reports the request later, Django or the web server, gets `path`.
    """
    request.path = request.path_info = path
    request.META.update(PATH_INFO=path, RAW_URI=path, REQUEST_URI=path, QUERY_STRING="")
    request.resolver_match = None


def split(rest: str) -> tuple[HookKind | None, str]:
    """What stands behind `/hooks/`, as a kind and a token."""
    for kind in kinds():
        if rest.startswith(f"{kind.slug}/"):
            return kind, rest.removeprefix(f"{kind.slug}/").removesuffix("/")
    return None, ""


def masked_path(kind: HookKind | None) -> str:
    return f"{PREFIX}{kind.slug}/{MASK}/" if kind else f"{PREFIX}{MASK}/"


def masked(text: str) -> str:
    """The text with the token and the query taken out of every address of a hook."""
    return _ADDRESS.sub(lambda found: masked_path(split(found["rest"])[0]), text)


def mask_logs(prefix: str, masked: Callable[[str], str]) -> None:
    """Have the lines in which others write down an address below `prefix` masked."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(MaskAddresses(prefix, masked))


class MaskAddresses(logging.Filter):
    """For loggers of others, such as the web server's, that write down addresses as they came."""

    def __init__(self, prefix: str, masked: Callable[[str], str]) -> None:
        super().__init__()
        self._prefix = prefix
        self._masked = masked

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if self._prefix in message:
            record.msg, record.args = self._masked(message), None
        return True
