"""The lock after failed sign-ins (django-axes keeps it): who is locked out, and letting them in again."""

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone


def is_locked(person: Any) -> bool:
    """True when the person's sign-in is locked from at least one address."""
    since = timezone.now() - get_cool_off()
    return AccessAttempt.objects.filter(
        username=person.get_username(),
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
        attempt_time__gt=since,
    ).exists()


def unlock(person: Any) -> None:
    reset(username=person.get_username())


def is_shut(request: HttpRequest, person: Any) -> bool:
    """True when no code is taken either, from where this request comes."""
    return not AxesProxyHandler.is_allowed(request, {"username": person.get_username()})


def respond(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """What people read who are locked out (AXES_LOCKOUT_CALLABLE); the same for a name that nobody has."""
    minutes = round(get_cool_off().total_seconds() / 60)
    page = render(request, "registration/locked_out.html", {"lock_minutes": minutes}, status=429)
    page["Retry-After"] = str(60 * minutes)
    return page
