"""The ways in which any provider can fail. A provider's package adds those of its own."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from voicehub.sandbox import wire
from voicehub.sandbox.contract import Kind, Operation, Value
from voicehub.sandbox.wire import Answer, html_answer

# Longer than any client should wait for an answer.
TOO_LATE_SECONDS = 35.0
PRIVATE_ADDRESS = "http://10.0.0.1/login"
DEPTH = 100_000

Reshape = Callable[[Operation, Answer, Any], Answer]


def refused_with(status: int, sentence: str) -> Reshape:
    """The provider's own error; the value, if there is one, is the sentence."""
    return lambda operation, answer, value: operation.error(status, value or sentence)


def field_error(operation: Operation, answer: Answer, value: Any) -> Answer:
    return operation.error(400, f"The {value} field is invalid.")


def rate_limited(operation: Operation, answer: Answer, value: Any) -> Answer:
    error = operation.error(429, "Too Many Attempts.")
    return error if value is None else replace(error, headers={**error.headers, "Retry-After": str(value)})


def fixed(answer: Answer) -> Reshape:
    return lambda operation, real, value: answer


def deep_json(operation: Operation, answer: Answer, value: Any) -> Answer:
    return Answer(200, b"[" * DEPTH + b"]" * DEPTH, wire.JSON)


HTML_PAGE = fixed(html_answer("Welcome"))
REDIRECT = fixed(replace(html_answer("Found", 302), headers={"Location": PRIVATE_ADDRESS}))

REFUSALS = (
    Kind(
        "refuse",
        _("Refused"),
        _("Nothing is done; the answer is 400 and a sentence. Value: the sentence."),
        acts=False,
        takes=Value.TEXT,
        reshape=refused_with(400, "Your account cannot do this at the moment."),
    ),
    Kind(
        "field-error",
        _("Refused because of a field"),
        _("Nothing is done; the answer is 400 and names a field. Value: the field."),
        acts=False,
        takes=Value.TEXT,
        default="amount",
        reshape=field_error,
    ),
    Kind(
        "unauthorized",
        _("Not signed in"),
        _("Nothing is done; the answer is 401, although the token is good."),
        acts=False,
        reshape=refused_with(401, "Unauthenticated."),
    ),
    Kind(
        "forbidden",
        _("Not allowed"),
        _("Nothing is done; the answer is 403."),
        acts=False,
        reshape=refused_with(403, "This action is unauthorized."),
    ),
    Kind(
        "not-found",
        _("Not found"),
        _("Nothing is done; the answer is 404."),
        acts=False,
        reshape=refused_with(404, "Not Found"),
    ),
    Kind(
        "rate-limit",
        _("Too many calls"),
        _("Nothing is done; the answer is 429. Value: seconds to wait (Retry-After); without it, nothing is said."),
        acts=False,
        takes=Value.SECONDS,
        reshape=rate_limited,
    ),
)

ERRORS = (
    Kind(
        "error-before",
        _("Error, nothing done"),
        _("Nothing is done; the answer is 500."),
        acts=False,
        reshape=refused_with(500, "Server Error"),
    ),
    Kind(
        "maintenance",
        _("Maintenance"),
        _("Nothing is done; the answer is 503."),
        acts=False,
        reshape=refused_with(503, "Service Unavailable"),
    ),
    Kind(
        "error-after",
        _("Acted, then error"),
        _("It is done; then the answer is 500."),
        reshape=refused_with(500, "Server Error"),
    ),
    Kind(
        "bad-gateway-after",
        _("Acted, then bad gateway"),
        _("It is done; then a proxy answers 502 with a web page."),
        reshape=fixed(html_answer("502 Bad Gateway", 502)),
    ),
)

LOST_ANSWERS = (
    Kind(
        "cut-before",
        _("Cut, nothing done"),
        _("Nothing is done; the connection closes without an answer."),
        acts=False,
        deliver=wire.nothing,
    ),
    Kind(
        "cut-after",
        _("Acted, then cut"),
        _("It is done; then the connection closes without an answer."),
        deliver=wire.nothing,
    ),
    Kind(
        "cut-head",
        _("Acted, then cut in the head"),
        _("It is done; the answer ends after “HTTP/1.1 200 OK” and half a header line."),
        deliver=wire.cut_in_the_head,
    ),
    Kind(
        "cut-body",
        _("Acted, then cut in the body"),
        _("It is done; the answer ends in the middle of its body."),
        deliver=wire.cut_in_the_body,
    ),
    Kind(
        "late-after",
        _("Acted, then answered late"),
        _("It is done at once, and answered late. Value: seconds until the answer (35)."),
        takes=Value.SECONDS,
        default=TOO_LATE_SECONDS,
        deliver=wire.late,
    ),
    Kind(
        "slow",
        _("Slow"),
        _("It is done and answered after a while. Value: seconds (2)."),
        waits_first=True,
        takes=Value.SECONDS,
        default=2.0,
    ),
    Kind(
        "hang",
        _("Hangs"),
        _("Nothing is done, and no answer ever comes; the connection stays open."),
        acts=False,
        deliver=wire.never,
    ),
    Kind(
        "trickle",
        _("Acted, then trickled"),
        _("It is done; the answer comes byte by byte. Value: seconds for each byte (0.5)."),
        takes=Value.SECONDS,
        default=0.5,
        deliver=wire.trickled,
    ),
)

ODD_ANSWERS = (
    Kind(
        "html",
        _("Acted, then a web page"),
        _("It is done; the answer is 200 with a web page."),
        reshape=HTML_PAGE,
    ),
    Kind(
        "html-before",
        _("A web page, nothing done"),
        _("Nothing is done; the answer is 200 with a web page."),
        acts=False,
        reshape=HTML_PAGE,
    ),
    Kind(
        "empty-200",
        _("Acted, then an empty answer"),
        _("It is done; the answer is 200 with nothing in it."),
        reshape=fixed(Answer()),
    ),
    Kind(
        "redirect",
        _("Redirected"),
        _("Nothing is done; the answer is 302 and leads to a private address."),
        acts=False,
        reshape=REDIRECT,
    ),
    Kind(
        "redirect-after",
        _("Acted, then redirected"),
        _("It is done; then the answer is 302 and leads to a private address."),
        reshape=REDIRECT,
    ),
    Kind(
        "deep-json",
        _("Acted, then bottomless JSON"),
        _("It is done; the answer is 200 with a hundred thousand lists inside each other."),
        reshape=deep_json,
    ),
)

KINDS = (*REFUSALS, *ERRORS, *LOST_ANSWERS, *ODD_ANSWERS)
