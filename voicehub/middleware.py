"""What holds for every answer: the content security policy, and times in the reader's own zone."""

from collections.abc import Callable
from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from voicehub import errors
from voicehub.common.time_zones import known_names

GetResponse = Callable[[HttpRequest], HttpResponse]

ZONE_COOKIE = "browser_time_zone"
PROBES = "/healthz"

# Alpine, which the admin's look is built on, evaluates expressions and sets styles.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "media-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


def content_security_policy(get_response: GetResponse) -> GetResponse:
    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return respond


class ImpossibleNumbers:
    """A posted id that is too large for the database is a bad request, not a fault of ours."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OverflowError | DataError):
            return errors.page(request, HTTPStatus.BAD_REQUEST)
        return None


def user_time_zone(get_response: GetResponse) -> GetResponse:
    """The person's own zone, else the browser's (a cookie that voicehub.js sets), else TIME_ZONE."""

    def respond(request: HttpRequest) -> HttpResponse:
        with timezone.override(_zone_of(request)):
            return get_response(request)

    return respond


def _zone_of(request: HttpRequest) -> ZoneInfo | None:
    # Probes must get their answer while the database, which knows the person, is away.
    if request.path.startswith(PROBES):
        return None
    wished = (getattr(request.user, "time_zone", ""), request.COOKIES.get(ZONE_COOKIE, ""))
    return next((ZoneInfo(name) for name in wished if name in known_names()), None)
