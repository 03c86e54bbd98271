"""The way of an inbound request: whose is it, may it come in, the answer; and a line for the log.

It comes before all other middleware: no session, no language, no page. Whatever goes wrong here, the caller gets the
answer that the kind has ready for that.
"""

import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from voicehub.common.hooks import addresses, bodies, limits
from voicehub.common.hooks.journal import count, write
from voicehub.common.hooks.kinds import HookAnswer, HookKind, Inbound, Kept
from voicehub.common.hooks.masking import MASK, masked_path, split, take_token
from voicehub.common.hooks.models import HookRequest, HookTally

log = logging.getLogger(__name__)

METHODS = ("GET", "POST")
NOT_FOUND = HookAnswer(b"Not found\n", status=404)
WRONG_METHOD = HookAnswer(b"Method not allowed\n", status=405, headers={"Allow": ", ".join(METHODS)})

Outcome = HookRequest.Outcome
GetResponse = Callable[[HttpRequest], HttpResponse]


def hooks(get_response: GetResponse) -> GetResponse:
    """Middleware, the first of all: what comes in below /hooks/ goes its own, short way."""

    def respond(request: HttpRequest) -> HttpResponse:
        is_hook = request.path_info.startswith(addresses.PREFIX)
        return receive(request) if is_hook else get_response(request)

    return respond


def receive(request: HttpRequest) -> HttpResponse:
    """Answer a request below /hooks/, whatever it is."""
    at, started = timezone.now(), time.perf_counter()
    inbound = Inbound.of(request)
    kind, digest = take_token(request)
    if kind is None:
        return _turned_away(at)
    try:
        address = addresses.find(kind, digest, at)
        if address is None:
            return _turned_away(at)
        return Visit(kind, address, replace(inbound, target=address.target), at, started).respond(request)
    except Exception as error:
        _tell(kind, error)
        return _response(kind.on_failure(Outcome.FAILED))


def _turned_away(at: datetime) -> HttpResponse:
    count(HookTally.Reason.UNKNOWN, at)
    return _response(NOT_FOUND)


def _response(answer: HookAnswer) -> HttpResponse:
    response = HttpResponse(answer.body, answer.content_type, answer.status, headers=answer.headers)
    response.headers["Content-Length"] = str(len(response.content))
    response.headers.setdefault("Cache-Control", "no-store")
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers.setdefault("Retry-After", str(int(limits.WINDOW.total_seconds())))
    return response


@dataclass
class Visit:
    """A request that has found its address. `started` is a reading of the stopwatch."""

    kind: HookKind
    address: addresses.Found
    inbound: Inbound
    at: datetime
    started: float

    def respond(self, request: HttpRequest) -> HttpResponse:
        if limits.is_over(self.address.pk, self.kind.most_a_minute, self.at):
            count(HookTally.Reason.LIMITED, self.at, self.address.pk)
            return _response(self.kind.on_failure(Outcome.LIMITED))
        if request.method not in METHODS:
            return self._logged(Outcome.WRONG_METHOD, WRONG_METHOD)
        try:
            self.inbound = replace(self.inbound, body=bodies.read(request, self.kind.max_bytes))
        except bodies.TooLargeError:
            return self._logged(Outcome.TOO_LARGE, self.kind.on_failure(Outcome.TOO_LARGE))
        except bodies.UnreadableError:
            return self._logged(Outcome.UNREADABLE, self.kind.on_failure(Outcome.UNREADABLE))
        return self._answered()

    def _answered(self) -> HttpResponse:
        try:
            return self._logged(Outcome.ANSWERED, self.kind.answer(self.inbound))
        except Exception as error:
            _tell(self.kind, error)
            words = _("%(error)s: the program's own log says where.") % {"error": type(error).__name__}
            return self._logged(Outcome.FAILED, replace(self.kind.on_failure(Outcome.FAILED), words=words))

    def _logged(self, outcome: str, answer: HookAnswer) -> HttpResponse:
        response = _response(answer)
        milliseconds = round(1000 * (time.perf_counter() - self.started))
        write(partial(self._line, outcome, answer, milliseconds))
        return response

    def _line(self, outcome: str, answer: HookAnswer, milliseconds: int) -> HookRequest:
        kept = self._kept(answer)
        return HookRequest(
            kind=self.kind.slug,
            address_id=self.address.pk,
            by_former=bool(self.address.is_former),
            received_at=self.at,
            method=self.inbound.method,
            subject=kept.subject,
            query=kept.query,
            body=kept.body,
            status=answer.status,
            milliseconds=milliseconds,
            outcome=outcome,
            words=answer.words,
            source=answer.source,
            told=kept.told,
            is_waiting=self.kind.is_followed_up,
        )

    def _kept(self, answer: HookAnswer) -> Kept:
        """What the kind wants to be kept, and never the token, whatever it hides in."""
        _kind, token = split(self.inbound.path.removeprefix(addresses.PREFIX))
        try:
            kept = answer.keep() if answer.keep else self.kind.kept(self.inbound)
            return Kept(*(text.replace(token, MASK) for text in (kept.subject, kept.query, kept.body, kept.told)))
        except Exception as error:
            _tell(self.kind, error)
            return Kept()


def _tell(kind: HookKind, error: Exception) -> None:
    """Where it happened, without the error's own text: that may quote what came in."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s in a request to %s\n%s", type(error).__name__, masked_path(kind), where)
