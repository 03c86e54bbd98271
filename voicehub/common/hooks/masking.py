"""Takes tokens out of requests and out of texts: whoever knows one may speak as the provider."""

import logging
import re

from django.http import HttpRequest

from voicehub.common.hooks.addresses import PREFIX, digest_of
from voicehub.common.hooks.kinds import HookKind, kinds

MASK = "***"
_ADDRESS = re.compile(rf"(?<!/admin){PREFIX}(?P<rest>[^\s\"'<>]*)")


def take_token(request: HttpRequest) -> tuple[HookKind | None, str]:
    """The kind of the request's address, and the digest of its token.

    From here on nobody finds the token in the request, nor the query: it is for the kind to say what of that may be
    kept. Whatever logs or reports the request later, Django or the web server, gets the masked address.
    """
    kind, token = split(request.path_info.removeprefix(PREFIX))
    path = request.path = request.path_info = masked_path(kind)
    request.META.update(PATH_INFO=path, RAW_URI=path, REQUEST_URI=path, QUERY_STRING="")
    return kind, digest_of(token)


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


class MaskHooks(logging.Filter):
    """For loggers of others, such as the web server's, that write down addresses as they came."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if PREFIX in message:
            record.msg, record.args = masked(message), None
        return True
