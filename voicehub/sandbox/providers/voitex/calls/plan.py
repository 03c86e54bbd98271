"""What is to happen on a call, decided before it begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

Stop = Mapping[str, str]


class Oddity(StrEnum):
    """What is unusual about the requests of a call."""

    NONE = ""
    TWICE = "twice"
    WITHOUT_PAYMENT = "without-payment"
    FORM = "form"


@dataclass(frozen=True)
class Plan:
    """Who calls which hotline, and what they press.

    Numbers are ten digits, but `cid` may be any text. `way` is how the call got to its first Trigger branch: a branch
    and what was pressed there each. Of `keys` each answer that asks for one takes the next ("" for none). `contact`
    is what Voitex knows about the caller; without it, what stands in its contacts. `variables` were set before, and
    `amount` was paid before ("" for nothing). `oddity` is one of Oddity.
    """

    did: str = "8459511110"
    cid: str = "8455550134"
    cnam: str = "ADAM COHEN"
    way: Sequence[Stop] = ({"branch": "0", "input": "1"},)
    keys: Sequence[str] = ()
    contact: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    amount: str = ""
    oddity: str = Oddity.NONE

    @classmethod
    def read(cls, values: Any) -> "Plan":
        """The plan that JSON spells; whatever it leaves out is as usual. Raises ValueError."""
        if not isinstance(values, dict):
            raise ValueError("an object is wanted here")
        if unknown := values.keys() - {one.name for one in fields(cls)}:
            raise ValueError(f"not understood: {', '.join(sorted(unknown))}")
        for name, value in values.items():
            if not _is_fit(name, value):
                raise ValueError(f"{name} is {SHAPES.get(name, 'a text')}")
        if values.get("oddity", "") not in list(Oddity):
            raise ValueError(_("there is no such oddity"))
        return cls(**values)


SHAPES = {
    "way": "a list of objects of texts",
    "keys": "a list of texts",
    "contact": "an object",
    "variables": "an object of texts",
}


def _is_fit(name: str, value: Any) -> bool:
    match name:
        case "way":
            return isinstance(value, list) and all(map(is_object_of_texts, value))
        case "keys":
            return isinstance(value, list) and all(isinstance(one, str) for one in value)
        case "contact":
            return isinstance(value, dict)
        case "variables":
            return is_object_of_texts(value)
    return isinstance(value, str)


def is_object_of_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
