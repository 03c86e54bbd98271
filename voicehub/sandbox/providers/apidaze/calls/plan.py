"""What is to happen on a call, decided before it begins."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from http import HTTPMethod
from typing import Any

from django.utils.translation import gettext as _

METHODS = (HTTPMethod.GET, HTTPMethod.POST)
LISTS = ("digits", "results")
# Short, because a script may match them with any pattern.
KEYS = re.compile(r"[0-9*#]{0,20}")


class Result(StrEnum):
    """How a dial ends: the first three are what Apidaze calls `bridge_status`."""

    SUCCESS = "SUCCESS"
    BUSY = "BUSY"
    NO_ANSWER = "NO_ANSWER"
    CALLER_HANGUP = "CALLER_HANGUP"


@dataclass(frozen=True)
class Plan:
    """Who calls which number, what they press, and who answers.

    Numbers are country code and digits. `caller` is the username of the SIP account that calls, if one does. Each
    menu takes the next of `digits` ("" for none), each dial the next of `results`; where they run out, nothing is
    pressed, and a phone answers when it is registered, any other number always. Raises ValueError for what cannot be
    used.
    """

    destination_number: str = "31201234567"
    caller_id_number: str = "31612345678"
    caller: str = ""
    digits: Sequence[str] = ()
    results: Sequence[str] = ()
    method: str = HTTPMethod.GET

    def __post_init__(self) -> None:
        if unknown := set(self.results) - set(Result):
            words = {"wrong": ", ".join(sorted(unknown)), "right": ", ".join(Result)}
            raise ValueError(_("%(wrong)s is no result of a dial; there are %(right)s") % words)
        if not all(KEYS.fullmatch(pressed) for pressed in self.digits):
            raise ValueError(_("digits are 0-9, * and #, at most twenty for each menu"))
        if self.method not in METHODS:
            raise ValueError("the method is GET or POST")

    @classmethod
    def read(cls, values: Any) -> "Plan":
        """The plan that JSON spells; whatever it leaves out is as usual."""
        if not isinstance(values, dict):
            raise ValueError("an object is wanted here")
        if unknown := values.keys() - {field.name for field in fields(cls)}:
            raise ValueError(f"not understood: {', '.join(sorted(unknown))}")
        for name, value in values.items():
            if not (_is_list_of_texts(value) if name in LISTS else isinstance(value, str)):
                raise ValueError(f"{name} is a {'list of texts' if name in LISTS else 'text'}")
        return cls(**values)


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
