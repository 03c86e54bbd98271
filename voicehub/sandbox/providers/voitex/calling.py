"""Being phoned: a call that is made up comes to a Trigger branch, which asks what to play and where to go."""

import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from voicehub.sandbox.asking import UnreachableError, post
from voicehub.sandbox.contract import Errand
from voicehub.sandbox.models import VoitexHotline, VoitexTriggerCall
from voicehub.sandbox.providers.voitex.access import the_account
from voicehub.sandbox.providers.voitex.records import TRIGGER
from voicehub.sandbox.wire import JSON, Answer, json_answer

FORM = "application/x-www-form-urlencoded"
MOST_TURNS = 20
ANY_KEY = "%"
ODDITIES = ("", "twice", "without-payment", "form")
# Invented: whoever keeps any of it beside the last four digits has a fault.
CARD = {
    "last_four": "4444",
    "expiration": "0126",
    "cvv": 987,
    "zip": "10950",
    "phone": "8451239876",
    "transaction_id": "875891",
}
Stop = dict[str, str]


@dataclass(frozen=True)
class Plan:
    """Who calls which hotline, and what they press.

    `way` is how the call got to its first Trigger branch, a branch and what was pressed there each; `keys` are
    pressed while the answers are played, one for each ("" for none). `amount` is what was paid before. `oddity` is
    one of ODDITIES.
    """

    did: str = "8459511110"
    cid: str = "8455550134"
    cnam: str = "ADAM COHEN"
    way: Sequence[Stop] = ({"branch": "0", "input": "1"},)
    keys: Sequence[str] = ()
    contact: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    amount: str = ""
    oddity: str = ""

    @classmethod
    def read(cls, values: Any) -> "Plan":
        """The plan that JSON spells; whatever it leaves out is as usual. Raises ValueError."""
        if not isinstance(values, dict):
            raise ValueError("an object is wanted here")
        if unknown := values.keys() - {one.name for one in fields(cls)}:
            raise ValueError(f"not understood: {', '.join(sorted(unknown))}")
        plan = cls(**values)
        if plan.oddity not in ODDITIES:
            raise ValueError(_("there is no such oddity"))
        return plan


@dataclass(frozen=True)
class Turn:
    """One time that a Trigger branch asked: what was sent, what came back, and what the caller noticed."""

    sent: dict[str, Any]
    status: int | None
    answer: str
    heard: list[str]
    then: str


class TriggerCall:
    """A call that is being made. `run` asks VoiceHub over HTTP and looks at nothing else."""

    def __init__(self, plan: Plan, url: str, branches: Mapping[str, str], seconds: float) -> None:
        self.plan = plan
        self.call_id = f"AST10-{time.time():.3f}{random.randrange(1000):03}"
        self.turns: list[Turn] = []
        self.ending = ""
        self._url, self._branches, self._seconds = url, branches, seconds
        self._keys = iter(plan.keys)
        self._way: list[Stop] = [dict(stop) for stop in plan.way]
        self._variables = dict(plan.variables)
        self._branch = next((number for number, kind in branches.items() if kind == TRIGGER), "1000")

    def run(self) -> "TriggerCall":
        while not self.ending:
            self.turns.append(self._turn())
            if len(self.turns) == MOST_TURNS:
                self.ending = self.ending or _("Stopped after %d requests: it goes round in circles.") % MOST_TURNS
        return self

    def _turn(self) -> Turn:
        sent = self._body()
        status, text = self._ask(sent)
        answer = _understood(status, text)
        if answer is None:
            self.ending = _("No Route Found: the answer was not 200 with an object of texts.")
            return Turn(sent, status, text, [], self.ending)
        self._variables |= answer.get("variables", {})
        heard = list(map(_heard, answer.get("play", [])))
        return Turn(sent, status, text, heard, self._go_on(answer))

    def _ask(self, sent: dict[str, Any]) -> tuple[int | None, str]:
        is_form = self.plan.oddity == "form"
        body = urlencode({name: _as_text(value) for name, value in sent.items()}) if is_form else json.dumps(sent)
        try:
            for _again in range(2 if self.plan.oddity == "twice" else 1):
                status, text = post(self._url, body.encode(), FORM if is_form else JSON, self._seconds)
        except UnreachableError as why:
            return None, str(why)
        return status, text

    def _body(self) -> dict[str, Any]:
        """As the document has it: the text "null", blanks in a key, a list with one object."""
        plan = self.plan
        body: dict[str, Any] = {
            "call_id": self.call_id,
            "cid": plan.cid,
            "cnam": plan.cnam,
            "contact_info": dict(plan.contact) or "null",
            "date_time": timezone.now().strftime("%Y-%m-%d %H:%M:%S"),
            "did": plan.did,
            "branch_data": list(self._way),
            "payment_info": [{**CARD, "amount": plan.amount}] if plan.amount else None,
            "variables": [{f"{name} ": value for name, value in self._variables.items()}],
        }
        if plan.oddity == "without-payment":
            del body["payment_info"]
        return body

    def _go_on(self, answer: dict[str, Any]) -> str:
        inputs, key = answer.get("inputs", {}), ""
        if answer.get("play") and inputs:
            key = next(self._keys, "")
        target = inputs.get(key) or (inputs.get(ANY_KEY) if key else None)
        ignored = _("%s is ignored. ") % key if key and target is None else ""
        self._way.append({"branch": self._branch, "input": key if target else ""})
        target = target or answer.get("goto")
        if not target:
            self.ending = _("No Route Found.")
            return ignored + self.ending
        return ignored + self._arrive(target, key)

    def _arrive(self, branch: str, key: str) -> str:
        pressed = _("The caller presses %s. ") % key if key else ""
        kind = self._branches.get(branch)
        if kind == TRIGGER:
            self._branch = branch
            return pressed + _("Branch %s asks again.") % branch
        self.ending = _("Arrived at branch %(branch)s (%(kind)s).") % {"branch": branch, "kind": kind or _("unknown")}
        return pressed + self.ending


def call(values: Any) -> Errand:
    """The errand that `{"did", …}` asks for, as a plan has it. Raises ValueError when it cannot be."""
    plan = Plan.read(values)
    return Errand(prepare(plan).run, lambda made: _answer(keep(made)))


def prepare(plan: Plan) -> TriggerCall:
    """The call of a plan. Raises ValueError for a number without a hotline or without a Trigger address."""
    hotline = VoitexHotline.objects.filter(did=plan.did).first()
    if hotline is None:
        raise ValueError(_("there is no such hotline"))
    if not hotline.trigger_url:
        raise ValueError(_("no address is entered in the Trigger branch of this hotline"))
    return TriggerCall(plan, hotline.trigger_url, hotline.branches, the_account().trigger_seconds)


def keep(made: TriggerCall) -> VoitexTriggerCall:
    return VoitexTriggerCall.objects.create(
        at=timezone.now(),
        did=made.plan.did,
        cid=made.plan.cid,
        call_id=made.call_id,
        ending=made.ending[:200],
        turns=[vars(turn) for turn in made.turns],
    )


def _answer(kept: VoitexTriggerCall) -> Answer:
    return json_answer({"call_id": kept.call_id, "ending": kept.ending, "turns": kept.turns})


def _understood(status: int | None, text: str) -> dict[str, Any] | None:
    """The answer when it is one that Voitex follows."""
    try:
        answer = json.loads(text) if status == 200 else None
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) and all(_leaves(answer)) else None


def _leaves(value: Any) -> Iterator[bool]:
    """Of each value at the bottom, whether it is a text."""
    match value:
        case dict():
            for one in value.values():
                yield from _leaves(one)
        case list():
            for one in value:
                yield from _leaves(one)
        case _:
            yield isinstance(value, str)


def _heard(one: Mapping[str, str]) -> str:
    if one.get("type") == "tts":
        return _("“%s”") % one.get("text", "")
    return _("Recording %(sort)s of album %(album)s") % {"sort": one.get("sort", "?"), "album": one.get("album", "?")}


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
