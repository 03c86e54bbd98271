"""One way to talk HTTP to any provider: a complete answer or a named failure, and a masked record of either."""

import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from voicehub.remote.errors import (
    AuthenticationError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    RemoteError,
    UncertainError,
    UnexpectedResponseError,
)
from voicehub.remote.parsing import parse_json
from voicehub.remote.redaction import Redactor
from voicehub.remote.request import Request, encode
from voicehub.remote.wire import Answer, ClosedBeforeAnswerError, Message, Timeouts, exchange

LARGEST_ANSWER = 10_000_000
LONGEST_WAIT = 86_400.0
REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Response:
    """A complete answer, whatever its status. The names of `headers` are found in any case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The body as UTF-8, bad bytes replaced."""
        return self.body.decode(errors="replace")

    def json(self) -> Any:
        """The body as strict JSON. Raises UnexpectedResponseError."""
        return parse_json(self.body)


@dataclass(frozen=True)
class ExchangeRecord:
    """One request on the wire and what came back, masked: fit for storing and showing.

    `error` is empty when a complete answer came; otherwise `status` and the response hold the part that did, if any.
    """

    method: str
    url: str
    request_headers: dict[str, str]
    request_body: str
    status: int | None
    response_headers: dict[str, str]
    response_body: str
    error: str
    started_at: datetime
    duration_ms: int


class ApiClient:
    """Talks to one provider. Threads may share it; each keeps its own connections.

    `authorize` gives the headers that prove who we are, anew for each request. `on_exchange` gets a record of every
    exchange before `send` ends. Answers larger than `largest_answer` bytes are refused.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeouts: Timeouts,
        redactor: Redactor,
        on_exchange: Callable[[ExchangeRecord], None] | None = None,
        authorize: Callable[[], Mapping[str, str]] | None = None,
        largest_answer: int = LARGEST_ANSWER,
    ) -> None:
        self._base_url = base_url
        self._timeouts = timeouts
        self._redactor = redactor
        self._on_exchange = on_exchange
        self._authorize = authorize
        self._largest_answer = largest_answer

    def send(self, request: Request) -> Response:
        """Send the request and return any complete answer: redirects, which are never followed, and errors too.

        Raises UnavailableError (surely not sent), UncertainError (bytes may have left), UnexpectedResponseError
        (too large, or packed in an unknown way); before anything is sent ConfigurationError for an address or a
        header that cannot be used, RejectedError for contents that cannot be sent.
        """
        message = encode(request, self._base_url, self._authorize() if self._authorize else {})
        redactor = self._redactor.knowing(message.headers, request.params, request.form or request.multipart or {})
        deadline = time.monotonic() + self._timeouts.total
        try:
            return self._attempt(message, redactor, deadline, is_fresh=request.once_only)
        except ClosedBeforeAnswerError as closed:
            if not _is_repeatable(message):
                raise UncertainError(str(closed)) from None
        return self._attempt(message, redactor, deadline, is_fresh=True)

    def _attempt(self, message: Message, redactor: Redactor, deadline: float, *, is_fresh: bool) -> Response:
        answer, started_at = Answer(), datetime.now(UTC)
        failure: BaseException | None = None
        try:
            exchange(message, answer, self._timeouts, deadline, limit=self._largest_answer, is_fresh=is_fresh)
        except BaseException as error:
            failure = error
            raise
        finally:
            self._report(message, answer, failure, started_at, redactor)
        return Response(answer.status or 0, answer.headers, bytes(answer.body))

    def _report(
        self,
        message: Message,
        answer: Answer,
        failure: BaseException | None,
        started_at: datetime,
        redactor: Redactor,
    ) -> None:
        """Log and hand over the record. Whatever goes wrong here must not hide what the provider said."""
        try:
            record = _record(message, answer, failure, started_at, redactor)
            outcome = type(failure).__name__ if failure else record.status
            place = record.url.partition("://")[2].partition("?")[0]
            logger.info("%s %s %s %d ms", record.method, place, outcome, record.duration_ms)
            if self._on_exchange:
                self._on_exchange(record)
        except Exception:
            logger.exception("An exchange with a provider could not be recorded")


def _is_repeatable(message: Message) -> bool:
    """A body that is sent piece by piece may be used up."""
    return message.method in REPEATABLE and isinstance(message.body, bytes | None)


def _record(
    message: Message,
    answer: Answer,
    failure: BaseException | None,
    started_at: datetime,
    redactor: Redactor,
) -> ExchangeRecord:
    origin, body = message.origin, message.body
    duration = datetime.now(UTC) - started_at
    return ExchangeRecord(
        method=message.method,
        url=redactor.text(f"{origin.scheme}://{origin.authority}{message.target}"),
        request_headers=redactor.headers(message.headers),
        request_body=redactor.body(getattr(body, "outline", body)),
        status=answer.status,
        response_headers=redactor.headers(answer.headers),
        response_body=redactor.body(answer.body),
        error=_in_words(failure),
        started_at=started_at,
        duration_ms=max(0, round(duration.total_seconds() * 1000)),
    )


def _in_words(failure: BaseException | None) -> str:
    if failure is None:
        return ""
    return str(failure) if isinstance(failure, RemoteError) else "The program was stopped before the answer came."


def raise_for_common_status(response: Response, message: str) -> None:
    """Raise, with `message`, what the status means at most providers; 2xx raises nothing.

    A server's error and a redirect raise UnexpectedResponseError: nobody knows whether anything happened.
    """
    status = response.status
    if 200 <= status < 300:
        return
    if status == 401:
        raise AuthenticationError(message)
    if status == 404:
        raise NotFoundError(message)
    if status == 429:
        raise RateLimitedError(message, retry_after(response))
    if 400 <= status < 500:
        raise RejectedError(message)
    raise UnexpectedResponseError(message)


def retry_after(response: Response) -> float | None:
    """Seconds to wait, a day at most, from a Retry-After in seconds or as a date; None without a readable one."""
    value = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d*)?", value, re.ASCII):
        return min(float(value), LONGEST_WAIT)
    try:
        due = parsedate_to_datetime(value)
    except ValueError:
        return None
    if due.tzinfo is None:
        due = due.replace(tzinfo=UTC)
    return min(max((due - datetime.now(UTC)).total_seconds(), 0.0), LONGEST_WAIT)
