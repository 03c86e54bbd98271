"""The two doors to one domain: KPN's gateway, and Apidaze's native interface behind it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from voicehub.sandbox.contract import Errand, Outcome, RefusedError
from voicehub.sandbox.models import ApidazeDomain, ApidazeScript, ApidazeSipAccount
from voicehub.sandbox.providers.apidaze.words import FORM
from voicehub.sandbox.wire import Answer, Request, json_answer

Record = dict[str, Any]


@dataclass(frozen=True)
class Statuses:
    """What a door answers when a record has been created, changed or deleted."""

    created: int
    changed: int
    deleted: int


@dataclass(frozen=True)
class Door:
    """`let_in` raises RefusedError for somebody who may not ask; `mark` puts the door's own headers on an answer.

    An account is shown with its password when the server has just made it, and by some doors always.
    """

    let_in: Callable[[Request], None]
    error: Callable[[int, str], Answer]
    show_account: Callable[[ApidazeSipAccount, bool], Record]
    show_script: Callable[[ApidazeScript], Record]
    accounts: Statuses
    scripts: Statuses
    resets_passwords: bool = True
    mark: Callable[[Answer], Answer] = lambda answer: answer

    def guard(self, act: "Callable[[Door, Request], Outcome]") -> Callable[[Request], Outcome]:
        def guarded(request: Request) -> Outcome:
            self.let_in(request)
            outcome = act(self, request)
            if isinstance(outcome, Errand):
                return replace(outcome, conclude=lambda result: self.mark(outcome.conclude(result)))
            return self.mark(outcome)

        return guarded

    def refusal(self, status: int, sentence: str) -> RefusedError:
        return RefusedError(self.error(status, sentence))

    def form(self, request: Request) -> dict[str, str]:
        """The fields of the body; raises RefusedError for anything but a form."""
        if request.media_type != FORM:
            raise self.refusal(400, "The body must be application/x-www-form-urlencoded.")
        return request.form()


def the_domain() -> ApidazeDomain:
    return ApidazeDomain.objects.get()


def single(record: Record, status: int = 200) -> Answer:
    """One record: as itself, or as a list of one, where the domain is switched to that."""
    return json_answer([record] if the_domain().answers_lists else record, status)
