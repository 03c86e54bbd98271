"""What a rule asks of a call: facts, how they may be compared, and conditions as people make them of both."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 100
LONGEST_VALUE = 500


class ShapeError(ValueError):
    """What is kept of a rule cannot be read."""


class Operator(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    BEGINS = "begins"
    CONTAINS = "contains"
    KNOWN = "known"
    UNKNOWN = "unknown"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


OPERATOR_LABELS: dict[Operator, Any] = {
    Operator.IS: _("is"),
    Operator.IS_NOT: _("is not"),
    Operator.BEGINS: _("begins with"),
    Operator.CONTAINS: _("contains"),
    Operator.KNOWN: _("is known"),
    Operator.UNKNOWN: _("is not known"),
    Operator.AT_LEAST: _("is at least"),
    Operator.AT_MOST: _("is at most"),
}
WITHOUT_VALUE = frozenset({Operator.KNOWN, Operator.UNKNOWN})
SAME = (Operator.IS, Operator.IS_NOT)
THERE = (Operator.KNOWN, Operator.UNKNOWN)
TEXT = (*SAME, Operator.BEGINS, Operator.CONTAINS, *THERE)
SIZE = (Operator.IS, Operator.AT_LEAST, Operator.AT_MOST)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_LIST = r"\s*,\s*"


def _list_of(one: str) -> str:
    return rf"{one}(?:{_LIST}{one})*"


@dataclass(frozen=True)
class Fact:
    """Something known of a call. `pattern` is how a value of it is written; where `is_list` is set, commas stand
    between several of which one has to fit.

    `of` says in words what else has to be named, such as the name of a variable; empty when nothing has.
    """

    label: Any
    operators: tuple[Operator, ...]
    pattern: str = r".+"
    example: str = ""
    of: Any = ""
    is_of_needed: bool = True
    is_list: bool = False

    def takes(self, value: str) -> bool:
        """Whether this is a value that it can be compared with."""
        pattern = _list_of(self.pattern) if self.is_list else self.pattern
        return len(value) <= LONGEST_VALUE and re.fullmatch(pattern, value.strip(), re.DOTALL) is not None


BRANCH = "[0-9]{1,10}"
KEYS = "[0-9*#]{1,40}"
NUMBER = r"\+?[0-9]{1,15}"
TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"

FACTS: dict[str, Fact] = {
    "branch_last": Fact(_("Last branch"), SAME, BRANCH, "1000", is_list=True),
    "branch_any": Fact(_("Some branch of the way"), SAME, BRANCH, "105", is_list=True),
    "input": Fact(
        _("Keys pressed"),
        (*SAME, Operator.BEGINS, *THERE),
        KEYS,
        "1",
        of=_("Branch they were pressed at; empty for the last ones"),
        is_of_needed=False,
        is_list=True,
    ),
    "caller": Fact(_("Caller's number"), (*SAME, Operator.BEGINS, *THERE), NUMBER, "+18455550134", is_list=True),
    "caller_name": Fact(_("Caller's name"), TEXT, example="ADAM COHEN"),
    "contact": Fact(_("Field of the contact"), TEXT, example="Adam", of=_("Field, such as first_name")),
    "variable": Fact(_("Variable"), TEXT, example="gold", of=_("Name of the variable")),
    "paid": Fact(_("Payment in this call"), THERE),
    "amount": Fact(_("Amount paid"), SIZE, r"[0-9]{1,9}(?:\.[0-9]{1,2})?", "50.00"),
    "day": Fact(_("Day of the week"), SAME, f"(?:{'|'.join(DAYS)})", "mon,tue,wed,thu,fri", is_list=True),
    "time": Fact(_("Time of day"), SAME, f"{TIME}-{TIME}", "09:00-17:00", is_list=True),
    "past_calls": Fact(_("Calls before this one"), SIZE, "[0-9]{1,4}", "3"),
}


@dataclass(frozen=True)
class Condition:
    """One thing that must hold for a rule to match; see `FACTS` for what may stand in it."""

    fact: str
    operator: Operator
    value: str = ""
    of: str = ""

    @classmethod
    def parse(cls, value: Any) -> "Condition":
        """A condition from its JSON. Raises ShapeError when it is none; whether it makes sense is checked apart."""
        if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in value.values()):
            raise ShapeError(_("A condition is an object of texts."))
        if value.get("fact") not in FACTS:
            raise ShapeError(_("Nothing called “%s” is known of a call.") % value.get("fact", ""))
        if value.get("operator") not in FACTS[value["fact"]].operators:
            raise ShapeError(_("“%s” cannot be asked here.") % value.get("operator", ""))
        return cls(value["fact"], Operator(value["operator"]), value.get("value", ""), value.get("of", "").strip())

    def as_json(self) -> dict[str, str]:
        """Its JSON, as `parse` reads it; what is empty is left out."""
        whole = {"fact": self.fact, "of": self.of, "operator": str(self.operator), "value": self.value}
        return {name: text for name, text in whole.items() if text}

    @cached_property
    def values(self) -> list[str]:
        """What it compares with: one of these has to fit."""
        if not FACTS[self.fact].is_list:
            return [self.value.strip()]
        return [one.strip() for one in self.value.split(",") if one.strip()]

    def __str__(self) -> str:
        fact, operator = FACTS[self.fact], OPERATOR_LABELS[self.operator]
        name = f"{fact.label} ({self.of})" if self.of else fact.label
        return " ".join(filter(None, (str(name), str(operator), ", ".join(self.values))))


def parse_conditions(value: Any) -> tuple[Condition, ...]:
    """The conditions of a rule from their JSON. Raises ShapeError."""
    if not isinstance(value, list):
        raise ShapeError(_("Conditions are a list."))
    return tuple(map(Condition.parse, value))
