"""A call tried out: what a request would be answered now, and where each key would lead. Nothing is kept."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from telephony.trigger.answers import ANY_KEY, Answer
from telephony.trigger.engine import Explanation, Rule, decide, explain, for_wire
from telephony.trigger.matching import Situation
from telephony.trigger.request import Stop, TriggerRequest


@dataclass(frozen=True)
class Way:
    """A way out of what is played: the key that is pressed (empty: none) and the branch that it leads to."""

    key: str
    branch: str


@dataclass(frozen=True)
class Turn:
    """One request of the branch that is `asking`, and what comes of it. `wire` is what Voitex would get; `rule` is
    empty where none matched.
    """

    request: TriggerRequest
    asking: str
    wire: dict[str, Any]
    rule: str
    looks: list[Explanation]

    @property
    def plays(self) -> list[dict[str, str]]:
        return list(self.wire.get("play", ()))

    @property
    def ways(self) -> list[Way]:
        """Keys first, then what happens without one."""
        keys = [Way(key, branch) for key, branch in self.wire.get("inputs", {}).items()]
        return [*keys, *([Way("", self.wire["goto"])] if "goto" in self.wire else [])]

    @property
    def has_any_key(self) -> bool:
        return ANY_KEY in self.wire.get("inputs", {})

    @property
    def kept(self) -> dict[str, str]:
        return dict(self.wire.get("variables", {}))


class WrongKeyError(Exception):
    """A key was pressed that leads nowhere; the text says so."""


def take_turn(rules: Iterable[Rule], default: Answer, situation: Situation, asking: str) -> Turn:
    rules = list(rules)
    decision = decide(rules, default, situation)
    return Turn(
        request=situation.request,
        asking=asking,
        wire=for_wire(decision.answer, situation.request),
        rule=decision.rule.name if decision.rule else "",
        looks=explain(rules, situation),
    )


def go_on(turn: Turn, key: str) -> tuple[TriggerRequest, str]:
    """The request that Voitex makes when this key leads to a branch that asks again, and that branch; an empty key is
    none. The branch that asked before is then the last one of the way.

    Raises WrongKeyError.
    """
    branch, path = _branch_of(turn, key), (*turn.request.path, Stop(turn.asking, key))
    return replace(turn.request, path=path, variables={**turn.request.variables, **turn.kept}), branch


def _branch_of(turn: Turn, key: str) -> str:
    ways = {way.key: way.branch for way in turn.ways}
    if key in ways:
        return ways[key]
    if key and ANY_KEY in ways:
        return ways[ANY_KEY]
    raise WrongKeyError(
        _("The key %s leads nowhere here: Voitex ignores it.") % key if key else _("The call ends here.")
    )
