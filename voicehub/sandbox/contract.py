"""What a provider's package tells the sandbox about itself, and what a fault is."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

from django.utils.functional import Promise

from voicehub.sandbox.wire import Answer, Delivery, Request, whole

Text = str | Promise
ANY_OPERATION = "*"


class RefusedError(Exception):
    """The provider does not do what it was asked to do, and has changed nothing."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(frozen=True)
class Errand:
    """Something for which a provider calls somebody else.

    `run` does it, with no transaction open and no look into the database. `conclude` gets what it has returned, may
    write it down, and answers or raises RefusedError.
    """

    run: Callable[[], Any]
    conclude: Callable[[Any], Answer]


Outcome = Answer | Errand
# What is done between two moments, in seconds of one clock.
Tick = Callable[[float, float], Errand | None]


def any_request(request: Request) -> bool:
    return True


@dataclass(frozen=True)
class Operation:
    """One thing that a provider can be asked to do.

    `path` is the provider's own; `{id}` in it stands for any one part. `act` does it and answers, has an errand to
    run first, or raises RefusedError before it has changed anything. `error` words a refusal with an HTTP status and
    a sentence in the provider's form. What is sent to a confidential operation is not shown in the admin, and of
    other bodies what `shown` leaves. Of several at one address, the first one that `fits` the request is meant. One
    that is outgoing is never asked for: the provider does it of its own accord, and only faults that name it suit it.
    """

    name: str
    label: Text
    method: str
    path: str
    act: Callable[[Request], Outcome]
    error: Callable[[int, str], Answer]
    is_confidential: bool = False
    fits: Callable[[Request], bool] = any_request
    shown: Callable[[str], str] = str
    is_outgoing: bool = False

    def is_at(self, path: str) -> bool:
        return path == self.path or bool(self._shape.fullmatch(path))

    @cached_property
    def _shape(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(self.path)))


class Value(Enum):
    """What a person may give with a fault. It may always be left out."""

    NONE = "none"
    SECONDS = "seconds"
    COUNT = "count"
    TEXT = "text"


def unchanged(operation: Operation, answer: Answer, value: Any) -> Answer:
    return answer


@dataclass(frozen=True)
class Kind:
    """A way in which a provider can fail.

    `acts` tells whether the provider does what it was asked to do; with `is_put_off` it does so later, after as many
    reads as the value says. `reshape` makes the answer out of the real one
    (an empty one where it does not act), `deliver` sends or loses it. Without `operations` it suits them all.
    """

    name: str
    label: Text
    help: Text
    acts: bool = True
    waits_first: bool = False
    is_put_off: bool = False
    reshape: Callable[[Operation, Answer, Any], Answer] = unchanged
    deliver: Delivery = whole
    takes: Value = Value.NONE
    default: float | str | None = None
    operations: Sequence[str] = ()

    def suits(self, operation: str) -> bool:
        return not self.operations or operation in self.operations


@dataclass(frozen=True)
class Provider:
    """A provider below `/<name>/`.

    `reset` empties and seeds its records, `records` shows all of them, secrets included. `edits` are the changes
    that the control interface offers, by name; they raise ValueError for a value that they cannot use. `errands` are
    what it can be told to do of its own accord. `tick` is asked several times a second, with two moments in seconds,
    for what it does by itself between them.
    """

    name: str
    label: Text
    operations: Sequence[Operation]
    kinds: Sequence[Kind]
    not_found: Answer
    reset: Callable[[], None]
    is_empty: Callable[[], bool]
    records: Callable[[], dict[str, Any]]
    edits: Mapping[str, Callable[[Any], None]] = field(default_factory=dict)
    errands: Mapping[str, Callable[[Any], Errand]] = field(default_factory=dict)
    tick: Tick | None = None

    def operation(self, name: str) -> Operation | None:
        return next((operation for operation in self.operations if operation.name == name), None)

    def find(self, request: Request) -> Operation | None:
        """The operation that a request is for; its path begins with the provider's name: `/outvoice/oauth/token`.

        Where none is asked for by its method, one that is asked for by another.
        """
        own_path = request.path.removeprefix(f"/{self.name}")
        asked_for = (one for one in self.operations if not one.is_outgoing and one.is_at(own_path))
        here = [one for one in asked_for if one.fits(request)]
        return next((one for one in here if one.method == request.method), here[0] if here else None)
