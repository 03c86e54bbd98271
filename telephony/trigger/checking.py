"""What keeps a rule from being saved, and what people are warned of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from telephony.trigger.answers import ANY_KEY, Answer, PlayFile, PlayText, is_branch, is_key, is_slot
from telephony.trigger.conditions import FACTS, LONGEST_NAME, WITHOUT_VALUE, Condition, Operator
from telephony.trigger.placeholders import SINGLE, is_known, names_in

MOST_CONDITIONS = 20
MOST_PLAYED = 20
MOST_INPUTS = 40
MOST_VARIABLES = 20
LONGEST_TEXT = 800
LONGEST_VALUE = 200
_VARIABLE_NAME = re.compile(rf"\w[\w.-]{{0,{LONGEST_NAME - 1}}}", re.ASCII)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a part (`conditions`, `play`, `goto`, `inputs`, `variables`) of a rule, and how to mend it.

    `place` is the index of a condition or of what is played, or the key of an input or a variable.
    """

    part: str
    text: str
    place: int | str = ""

    def __str__(self) -> str:
        return self.text


def condition_problems(conditions: tuple[Condition, ...]) -> list[Problem]:
    """Why these conditions cannot be saved."""
    if len(conditions) > MOST_CONDITIONS:
        return [Problem("conditions", _("A rule has up to %d conditions: make two rules.") % MOST_CONDITIONS)]
    found = ((index, _condition_problem(one)) for index, one in enumerate(conditions))
    return [Problem("conditions", text, index) for index, text in found if text]


def answer_problems(answer: Answer) -> list[Problem]:
    """Why this answer cannot be saved, whatever its rule asks."""
    return [*_play_problems(answer), *_goto_problems(answer), *_input_problems(answer), *_variable_problems(answer)]


def loop_problems(conditions: tuple[Condition, ...], answer: Answer) -> list[Problem]:
    """Why this answer would come round again and again.

    A loop is known where the rule says itself at which branch the Trigger is (the last branch is ...) and goes there:
    Voitex asks again, and the rule holds again. It does not when the rule asks for keys, which can be others by then,
    or for a variable that the answer sets.
    """
    if answer.goto is None or not _may_hold_again(conditions, answer):
        return []
    text = _(
        "Branch %s is where this rule is asked: the call would come round for ever. Go to another branch, or ask for "
        "a key or for a variable that the answer sets."
    )
    return [Problem("goto", text % answer.goto)] if answer.goto in _own_branches(conditions) else []


def warnings(answer: Answer) -> list[str]:
    """What people should know of an answer that can be saved."""
    if not answer.play and answer.goto is None:
        return [
            _("Nothing is played, and the call goes nowhere: Voitex takes the branch's own way (“No Route Found”).")
        ]
    if answer.inputs and not answer.play:
        return [_("Keys work only while something is played: add what callers hear.")]
    if answer.goto is None and not answer.inputs:
        return [_("After what is played, Voitex takes the branch's own way (“No Route Found”).")]
    if answer.goto is None and ANY_KEY not in answer.inputs:
        return [_("Who presses no key is led the branch's own way (“No Route Found”).")]
    return []


def _condition_problem(condition: Condition) -> str:
    fact = FACTS[condition.fact]
    if fact.of and fact.is_of_needed and not condition.of:
        return _("Say which: %s.") % fact.of
    if len(condition.of) > LONGEST_NAME:
        return _("This name is too long.")
    if condition.fact == "input" and condition.of and not is_branch(condition.of):
        return _("A branch is digits, as in 1000.")
    if condition.operator in WITHOUT_VALUE or fact.takes(condition.value):
        return ""
    if not condition.value.strip():
        return _("Say what “%(fact)s” is compared with, as in %(example)s.") % _words(condition)
    return _("“%(value)s” does not fit “%(fact)s”: write it as in %(example)s.") % _words(condition)


def _words(condition: Condition) -> dict[str, Any]:
    fact = FACTS[condition.fact]
    return {"value": condition.value[:40], "fact": fact.label, "example": fact.example}


def _play_problems(answer: Answer) -> Iterator[Problem]:
    if len(answer.play) > MOST_PLAYED:
        yield Problem("play", _("An answer plays up to %d recordings and texts.") % MOST_PLAYED)
    for index, one in enumerate(answer.play):
        text = _file_problem(one) if isinstance(one, PlayFile) else _text_problem(one, LONGEST_TEXT)
        if text:
            yield Problem("play", text, index)


def _file_problem(one: PlayFile) -> str:
    if is_slot(one.album) and is_slot(one.sort):
        return ""
    return _("Choose a recording, or give the numbers of its album and of itself in there.")


def _text_problem(one: PlayText, longest: int) -> str:
    if not one.text.strip():
        return _("Write what is to be spoken, or take it away.")
    return _words_problem(one.text, longest)


def _words_problem(text: str, longest: int) -> str:
    if len(text) > longest:
        return _("This is too long: up to %d characters.") % longest
    unknown = [name for name in names_in(text) if not is_known(name)]
    if not unknown:
        return ""
    if not unknown[0]:
        return _("A brace stands alone. For a brace itself write it twice: {{ or }}.")
    names = ", ".join(f"{{{name}}}" for name in (*SINGLE, "contact.…", "variable.…"))
    return _("Nothing is called {%(name)s}. There is: %(names)s.") % {"name": unknown[0], "names": names}


def _goto_problems(answer: Answer) -> Iterator[Problem]:
    if answer.goto is not None and not is_branch(answer.goto):
        yield Problem("goto", _("Say which branch to go to: its number, as in 150."))


def _input_problems(answer: Answer) -> Iterator[Problem]:
    if len(answer.inputs) > MOST_INPUTS:
        yield Problem("inputs", _("An answer has up to %d keys.") % MOST_INPUTS)
    for key, branch in answer.inputs.items():
        if not is_key(key):
            yield Problem("inputs", _("“%s” is no key: digits, * and #, or %% alone for any key.") % key[:20], key)
        elif not is_branch(branch):
            yield Problem("inputs", _("Say to which branch key %s leads: its number, as in 150.") % key, key)


def _variable_problems(answer: Answer) -> Iterator[Problem]:
    if len(answer.variables) > MOST_VARIABLES:
        yield Problem("variables", _("An answer sets up to %d variables.") % MOST_VARIABLES)
    for name, value in answer.variables.items():
        if not _VARIABLE_NAME.fullmatch(name):
            text = _("“%s” is no name for a variable: letters, digits, _, - and dots.") % name[:40]
            yield Problem("variables", text, name)
        elif text := _words_problem(value, LONGEST_VALUE):
            yield Problem("variables", text, name)


def _own_branches(conditions: tuple[Condition, ...]) -> set[str]:
    """Where the rule says that the Trigger is."""
    asked = (one for one in conditions if one.fact == "branch_last" and one.operator == Operator.IS)
    return {branch for one in asked for branch in one.values}


def _may_hold_again(conditions: tuple[Condition, ...], answer: Answer) -> bool:
    is_asking_for_keys = any(one.fact == "input" for one in conditions)
    is_asking_for_what_it_sets = any(one.fact == "variable" and one.of in answer.variables for one in conditions)
    return not is_asking_for_keys and not is_asking_for_what_it_sets
