"""The one page of telephony for everybody: what a phone fetches from its set-up link."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables

from telephony import services
from telephony.models import PhoneLink
from telephony.phone_address import take_token

log = logging.getLogger(__name__)

ANSWERED = ("GET", "HEAD")
XML = "application/xml; charset=utf-8"
MOST_A_MINUTE = 60
MINUTE = timedelta(minutes=1)

NO_USE = gettext_lazy(
    "This link does not work. It may have been used already, be too old or not be copied whole. Ask whoever gave it "
    "to you for a new one."
)
BUSY = gettext_lazy("Another phone is being set up by this link at this moment. If that was yours, just wait.")
TOO_MANY = gettext_lazy("Too many links were opened from here in the last minute. Try again in a minute.")
FAILED = gettext_lazy("Something went wrong here. The link still works: open it again in a minute.")


class ServedOnce(HttpResponse):
    """Tells, when it is closed, whether all of it was handed over to be sent."""

    def __init__(self, content: bytes, when_closed: Callable[[bool], None], **options: Any) -> None:
        super().__init__(content, **options)
        self._when_closed = when_closed
        self._was_served = False

    def __iter__(self) -> Iterator[bytes]:
        yield from super().__iter__()
        self._was_served = True

    def close(self) -> None:
        try:
            self._when_closed(self._was_served)
        finally:
            super().close()


@never_cache
@csrf_exempt
@sensitive_variables("token")
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """Answer a phone. Whatever goes wrong, its link is told to nobody: neither to a log nor to a report."""
    digest = services.digest_of(take_token(request, token))
    if request.method not in ANSWERED:
        return HttpResponseNotAllowed(ANSWERED)
    if _is_too_much(request):
        return _plain(TOO_MANY, HTTPStatus.TOO_MANY_REQUESTS)
    try:
        return _answer(request, digest)
    except Exception:
        log.exception("A phone could not be set up")
        return _plain(FAILED, HTTPStatus.SERVICE_UNAVAILABLE)


def _answer(request: HttpRequest, digest: str) -> HttpResponse:
    link = services.find_link(digest, _address(request))
    if link is None:
        return _plain(NO_USE, HTTPStatus.NOT_FOUND)
    if request.method == "HEAD":
        return HttpResponse(content_type=XML)
    try:
        services.claim_link(link)
        return _served(request, link)
    except services.LinkBusyError:
        return _plain(BUSY, HTTPStatus.SERVICE_UNAVAILABLE)


@sensitive_variables()
def _served(request: HttpRequest, link: PhoneLink) -> HttpResponse:
    address = _address(request)
    try:
        document = services.document_for(link, address)
    except services.NotToldError as why:
        services.end_claim(link, was_served=False)
        words = _("%(why)s The link still works: open it again then.") % {"why": why}
        return _plain(words, HTTPStatus.SERVICE_UNAVAILABLE)
    except BaseException:
        services.end_claim(link, was_served=False)
        raise
    return ServedOnce(
        document,
        lambda was_served: services.end_claim(link, was_served=was_served, address=address),
        content_type=XML,
    )


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _plain(words: Any, status: HTTPStatus) -> HttpResponse:
    response = HttpResponse(render_to_string("telephony/phone.html", {"words": words}), status=status)
    if status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        response["Retry-After"] = str(int(MINUTE.total_seconds()))
    return response


def _is_too_much(request: HttpRequest) -> bool:
    """Whether this address has had its share of the minute: guessing a token is hopeless, yet costs us."""
    key = f"phone-links:{_address(request)}"
    cache.add(key, 0, MINUTE.total_seconds())
    try:
        return cache.incr(key) > MOST_A_MINUTE
    except ValueError:
        return False  # the minute has just ended
