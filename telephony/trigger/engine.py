"""The answer to a call: that of the first rule whose conditions all hold; and of each rule, why or why not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from telephony.trigger.answers import Answer, PlayText, is_sound
from telephony.trigger.conditions import Condition, Operator
from telephony.trigger.matching import Situation, Test, number_of, test_of
from telephony.trigger.placeholders import fill, values_of
from telephony.trigger.request import TriggerRequest

LONGEST_SPOKEN = 1000
LONGEST_VARIABLE = 500


@dataclass(frozen=True)
class Rule:
    """A rule of a hotline that is in use; `key` is its id."""

    key: int
    name: str
    conditions: tuple[Condition, ...]
    answer: Answer

    @cached_property
    def tests(self) -> tuple[Test, ...]:
        """What has to hold; first what most calls fail at, last what has to be looked up."""
        return tuple(map(test_of, sorted(self.conditions, key=_late)))

    def matches(self, situation: Situation) -> bool:
        """Whether all conditions hold, asked no further than the first that does not."""
        for asked, has_held in self.tests:  # noqa: SIM110 - this is quicker, and somebody holds the line
            if not has_held(situation[asked]):
                return False
        return True


def _late(condition: Condition) -> int:
    if condition.fact == "past_calls":
        return 2
    return 0 if condition.operator == Operator.IS else 1


@dataclass(frozen=True)
class Decision:
    """The answer as a rule holds it, and the rule: None for what no rule matched."""

    answer: Answer
    rule: Rule | None = None


@dataclass(frozen=True)
class Look:
    """A condition beside what the call has of it."""

    condition: Condition
    has_held: bool
    found: Sequence[str]


@dataclass(frozen=True)
class Explanation:
    """Why a rule matched or not. One that matched behind the first has no effect: it `is_first` not."""

    rule: Rule
    has_matched: bool
    is_first: bool
    looks: list[Look] = field(default_factory=list)


def decide(rules: Iterable[Rule], default: Answer, situation: Situation) -> Decision:
    """What the first matching rule answers, else the default."""
    for rule in rules:
        if rule.matches(situation):
            return Decision(rule.answer, rule)
    return Decision(default)


def explain(rules: Iterable[Rule], situation: Situation) -> list[Explanation]:
    """Every rule in order, with each of its conditions."""
    explanations: list[Explanation] = []
    for rule in rules:
        looks = [_look(condition, situation) for condition in rule.conditions]
        has_matched = all(look.has_held for look in looks)
        is_first = has_matched and not any(earlier.has_matched for earlier in explanations)
        explanations.append(Explanation(rule, has_matched, is_first, looks))
    return explanations


def _look(condition: Condition, situation: Situation) -> Look:
    asked, has_held = test_of(condition)
    return Look(condition, has_held(situation[asked]), situation[asked])


def past_calls_asked(rules: Iterable[Rule]) -> int:
    """How far the caller's earlier calls have to be counted for these rules; 0 when none asks."""
    conditions = [one for rule in rules for one in rule.conditions if one.fact == "past_calls"]
    return max((int(number_of(one.value) or 0) + 1 for one in conditions), default=0)


def for_wire(answer: Answer, request: TriggerRequest) -> dict[str, Any]:
    """The answer as Voitex gets it, every value a text; `{}` when it would not be sound."""
    values = values_of(request) if _has_placeholders(answer) else {}
    whole = {
        "play": [one for one in (_played(each, values) for each in answer.play) if one],
        "goto": answer.goto,
        "inputs": dict(answer.inputs),
        "variables": {name: fill(text, values)[:LONGEST_VARIABLE] for name, text in answer.variables.items()},
    }
    filled = {name: part for name, part in whole.items() if part}
    return filled if is_sound(filled) else {}


def _has_placeholders(answer: Answer) -> bool:
    spoken = (one.text for one in answer.play if isinstance(one, PlayText))
    return any("{" in text or "}" in text for text in (*spoken, *answer.variables.values()))


def _played(one: Any, values: Mapping[str, str]) -> dict[str, str]:
    """What is not left of a text when nothing of it is known, nobody can speak."""
    if isinstance(one, PlayText):
        text = fill(one.text, values).strip()[:LONGEST_SPOKEN]
        return {"type": "tts", "text": text} if text else {}
    return {"type": "file", "album": one.album, "sort": one.sort}
