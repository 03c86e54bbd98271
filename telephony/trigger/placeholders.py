"""Placeholders in what is spoken and in variables: {caller} stands for a value of the call, {{ and }} for a brace.

Nothing else is ever worked out, and a value that holds braces stays as it is.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from telephony.trigger.request import Payment, Stop, TriggerRequest

# With a name behind the dot: {contact.first_name}, {variable.album_num}.
GROUPS: dict[str, Any] = {
    "contact": _("a field of the contact, as in {contact.first_name}"),
    "variable": _("a variable of the call, as in {variable.album_num}"),
}
SINGLE: dict[str, Any] = {
    "caller": _("the caller's number"),
    "caller_name": _("the caller's name"),
    "did": _("the number that was called"),
    "branch": _("the last branch"),
    "input": _("the keys pressed last"),
    "amount": _("the amount paid last"),
    "last_four": _("the last four digits of the card paid with last"),
    "transaction_id": _("the id of the last payment"),
}

_TOKENS = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def names_in(text: str) -> list[str]:
    """The names of its placeholders, in order; an empty one for a brace that stands alone."""
    tokens = (found for found in _TOKENS.finditer(text) if found[0] not in ("{{", "}}"))
    return [(found[1] or "").strip() for found in tokens]


def is_known(name: str) -> bool:
    """Whether a placeholder of this name can ever have a value."""
    group, dot, rest = name.partition(".")
    return name in SINGLE or (group in GROUPS and bool(dot and rest.strip()))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with values by the name of their placeholder; what is not known is empty."""

    def value(found: re.Match[str]) -> str:
        is_brace = found[0] in ("{{", "}}")
        return found[0][0] if is_brace else values.get((found[1] or "").strip(), "")

    return _TOKENS.sub(value, text)


def values_of(request: TriggerRequest) -> dict[str, str]:
    """What a call has for each placeholder."""
    last = request.path[-1] if request.path else Stop("")
    paid = request.payments[-1] if request.payments else Payment()
    return {
        "caller": request.caller,
        "caller_name": request.caller_name,
        "did": request.did,
        "branch": last.branch,
        "input": last.keys,
        "amount": paid.amount,
        "last_four": paid.last_four,
        "transaction_id": paid.transaction_id,
        **{f"contact.{name}": text for name, text in request.contact.items()},
        **{f"variable.{name}": text for name, text in request.variables.items()},
    }
