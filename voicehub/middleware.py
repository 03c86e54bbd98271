"""What holds for every answer: the content security policy, and the reader's own language and time zone."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import logout
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from voicehub import errors
from voicehub.common import audit, second_factor, sessions
from voicehub.common.time_zones import known_names

GetResponse = Callable[[HttpRequest], HttpResponse]

WITHOUT_SECOND_FACTOR = ("second_factor", "login", "logout", "password_change", "password_change_done", "jsi18n")
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


def sign_ins(get_response: GetResponse) -> GetResponse:
    """Tells the audit where a request comes from, notes where people are signed in, and ends what lasted too long."""

    def respond(request: HttpRequest) -> HttpResponse:
        with audit.asked_from(request.META.get("REMOTE_ADDR", "")):
            if not request.path.startswith(PROBES) and request.user.is_authenticated:
                if sessions.is_over(request):
                    logout(request)
                else:
                    sessions.note_use(request)
            return get_response(request)

    return respond


def second_factor_first(get_response: GetResponse) -> GetResponse:
    """Who has to have a second factor is led to set one up, and gets to no other page of the admin before."""

    def respond(request: HttpRequest) -> HttpResponse:
        if _lacks_second_factor(request):
            return redirect("admin:second_factor")
        return get_response(request)

    return respond


def _lacks_second_factor(request: HttpRequest) -> bool:
    if not settings.REQUIRE_SECOND_FACTOR or not request.path.startswith(reverse("admin:index")):
        return False
    person: Any = request.user
    is_free = request.path in {reverse(f"admin:{name}") for name in WITHOUT_SECOND_FACTOR}
    return (
        not is_free
        and person.is_authenticated
        and not second_factor.is_on(person)
        and second_factor.is_required(person)
    )


def user_time_zone(get_response: GetResponse) -> GetResponse:
    """The person's own zone, else the browser's (a cookie that voicehub.js sets), else TIME_ZONE."""

    def respond(request: HttpRequest) -> HttpResponse:
        with timezone.override(_zone_of(request)):
            return get_response(request)

    return respond


def user_language(get_response: GetResponse) -> GetResponse:
    """The person's own language; without one Django has chosen by the browser's wishes."""

    def respond(request: HttpRequest) -> HttpResponse:
        wished = "" if request.path.startswith(PROBES) else getattr(request.user, "language", "")
        if wished:
            # Left on for answers that are written while they are sent; the next request chooses anew.
            translation.activate(wished)
        return get_response(request)

    return respond


def _zone_of(request: HttpRequest) -> ZoneInfo | None:
    # Probes must get their answer while the database, which knows the person, is away.
    if request.path.startswith(PROBES):
        return None
    wished = (getattr(request.user, "time_zone", ""), request.COOKIES.get(ZONE_COOKIE, ""))
    return next((ZoneInfo(name) for name in wished if name in known_names()), None)
