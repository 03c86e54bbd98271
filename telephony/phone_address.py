"""Takes the tokens of set-up links out of requests and logs: whoever knows one gets a password."""

import logging
import re

from django.http import HttpRequest

PREFIX = "/phone/"
MASK = "***"
_ADDRESS = re.compile(rf"{PREFIX}[^/\s\"'<>?#]+")
# They write addresses down as they came.
LOGGERS = ("gunicorn.access", "gunicorn.error", "django.server", "django.request")


def take_token(request: HttpRequest, token: str) -> str:
    """The token; from here on nobody finds it in the request, whatever logs or reports that later."""
    path = request.path = request.path_info = f"{PREFIX}{MASK}/"
    request.META.update(PATH_INFO=path, RAW_URI=path, REQUEST_URI=path, QUERY_STRING="")
    request.resolver_match = None
    return token


class MaskPhoneLinks(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if PREFIX in message:
            record.msg, record.args = _ADDRESS.sub(f"{PREFIX}{MASK}", message), None
        return True


def mask_logs() -> None:
    for name in LOGGERS:
        logging.getLogger(name).addFilter(MaskPhoneLinks())
