"""Following a call from one request of a Trigger branch to the next."""

import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from voicehub.sandbox.asking import UnreachableError, post
from voicehub.sandbox.providers.voitex.calls.answer import Answer, BadAnswerError, read
from voicehub.sandbox.providers.voitex.calls.plan import Oddity, Plan, Stop
from voicehub.sandbox.providers.voitex.records import TRIGGER
from voicehub.sandbox.wire import JSON

FORM = "application/x-www-form-urlencoded"
MOST_TURNS = 20
# Invented: whoever keeps any of it beside the last four digits has a fault.
CARD = {
    "last_four": "4444",
    "expiration": "0126",
    "cvv": 987,
    "zip": "10950",
    "phone": "8451239876",
    "transaction_id": "875891",
}


@dataclass
class Turn:
    """One time that a Trigger branch asked: what was sent, what came back, and what the caller noticed.

    `status` is None without a whole answer.
    """

    sent: Mapping[str, Any]
    status: int | None = None
    answer: str = ""
    heard: list[str] = field(default_factory=list)
    then: str = ""


class TriggerCall:
    """A call that is being made. `run` asks VoiceHub over HTTP and looks at nothing else."""

    def __init__(
        self, plan: Plan, url: str, branches: Mapping[str, str], seconds: float, contact: Mapping[str, Any]
    ) -> None:
        self.plan = plan
        self.call_id = f"AST10-{time.time():.3f}{random.randrange(1000):03}"
        self.turns: list[Turn] = []
        self.ending = ""
        self._url, self._branches, self._seconds, self._contact = url, branches, seconds, contact
        self._keys = iter(plan.keys)
        self._way: list[Stop] = list(plan.way)
        self._variables = dict(plan.variables)
        self._branch = next((number for number, kind in branches.items() if kind == TRIGGER), "1000")

    def run(self) -> "TriggerCall":
        while not self.ending:
            self._take_a_turn()
            if len(self.turns) == MOST_TURNS:
                self.ending = self.ending or _("Stopped after %d requests: it goes round in circles.") % MOST_TURNS
        return self

    def _take_a_turn(self) -> None:
        turn = Turn(self._body())
        self.turns.append(turn)
        try:
            answer = self._ask(turn)
        except (BadAnswerError, UnreachableError) as why:
            turn.then = self.ending = _("No Route Found: %s.") % str(why).rstrip(".")
            return
        self._variables |= answer.variables
        turn.heard = answer.heard
        turn.then = self._go_on(answer)

    def _ask(self, turn: Turn) -> Answer:
        is_form = self.plan.oddity == Oddity.FORM
        body = urlencode(dict(map(_as_field, turn.sent.items()))) if is_form else json.dumps(turn.sent)
        for _again in range(2 if self.plan.oddity == Oddity.TWICE else 1):
            status, text = post(self._url, body.encode(), FORM if is_form else JSON, self._seconds)
        turn.status, turn.answer = status, text
        return read(status, text)

    def _body(self) -> dict[str, Any]:
        """As the document has it: the text "null", blanks in a key, a list with one object."""
        plan = self.plan
        body: dict[str, Any] = {
            "call_id": self.call_id,
            "cid": plan.cid,
            "cnam": plan.cnam,
            "contact_info": dict(self._contact) or "null",
            "date_time": timezone.now().strftime("%Y-%m-%d %H:%M:%S"),
            "did": plan.did,
            "branch_data": list(self._way),
            "payment_info": [{**CARD, "amount": plan.amount}] if plan.amount else None,
            "variables": [{f"{name} ": value for name, value in self._variables.items()}],
        }
        if plan.oddity == Oddity.WITHOUT_PAYMENT:
            del body["payment_info"]
        return body

    def _go_on(self, answer: Answer) -> str:
        """Where the caller gets to, in words."""
        key = next(self._keys, "") if answer.asks_for_a_key else ""
        chosen = answer.target_of(key)
        self._way.append({"branch": self._branch, "input": key if chosen else ""})
        target = chosen or answer.goto
        if not target:
            self.ending = _("No Route Found.")
        return _pressed(key, chosen) + (self._arrive(target) if target else self.ending)

    def _arrive(self, branch: str) -> str:
        kind = self._branches.get(branch)
        if kind == TRIGGER:
            self._branch = branch
            return _("Branch %s asks again.") % branch
        self.ending = _("Arrived at branch %(branch)s (%(kind)s).") % {"branch": branch, "kind": kind or _("unknown")}
        return self.ending


def _pressed(key: str, chosen: str) -> str:
    if not key:
        return ""
    return (_("The caller presses %s. ") if chosen else _("The caller presses %s, which is ignored. ")) % key


def _as_field(item: tuple[str, Any]) -> tuple[str, str]:
    name, value = item
    return name, value if isinstance(value, str) else json.dumps(value)
