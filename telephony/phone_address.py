"""Takes the tokens of set-up links out of requests and logs: whoever knows one gets a password."""

import re

from django.http import HttpRequest

from voicehub.common.hooks.masking import MASK, hide_address

PREFIX = "/phone/"
MASKED = f"{PREFIX}{MASK}"
_ADDRESS = re.compile(rf"{PREFIX}[^/\s\"'<>?#]+")


def take_token(request: HttpRequest, token: str) -> str:
    """The token; from here on nobody finds it in the request, whatever logs or reports that later."""
    hide_address(request, f"{MASKED}/")
    return token


def masked(text: str) -> str:
    """The text with the token taken out of every address of a set-up link."""
    return _ADDRESS.sub(MASKED, text)
