"""A step of a call in words: where the caller was, what was pressed, and what was answered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from telephony.trigger.answers import Answer
from telephony.trigger.conditions import ShapeError
from telephony.trigger.record import request_from_json
from telephony.trigger.request import TriggerRequest
from telephony.trigger.telling import tell_answer


@dataclass(frozen=True)
class ToldStep:
    """`known` is what Voitex told beside the way; `milliseconds` is how long the answer took."""

    key: int
    at: datetime
    way: str
    known: list[str]
    rule: str
    answered: list[str]
    milliseconds: int
    has_failed: bool


def tell_step(step: Any) -> ToldStep:
    request = request_from_json(step.request)
    return ToldStep(
        key=step.pk,
        at=step.at,
        way=_way(request),
        known=list(_known(request)),
        rule=step.rule_name,
        answered=_answered(step.answer),
        milliseconds=step.milliseconds,
        has_failed=step.has_failed,
    )


def _way(request: TriggerRequest) -> str:
    """ "0 (pressed 1) → 1000 (pressed 17)" """
    stops = (
        _("%(branch)s (pressed %(keys)s)") % {"branch": one.branch, "keys": one.keys} if one.keys else one.branch
        for one in request.path
    )
    return " → ".join(stops) or _("Voitex told no way.")


def _known(request: TriggerRequest) -> Iterator[str]:
    for payment in request.payments:
        words = {"amount": payment.amount or "?", "card": payment.last_four or "????", "id": payment.transaction_id}
        yield _("Paid %(amount)s with the card ending in %(card)s (%(id)s).") % words
    yield from _pairs(_("Contact: %s"), request.contact)
    yield from _pairs(_("Variables: %s"), request.variables)


def _pairs(words: str, values: Mapping[str, str]) -> Iterator[str]:
    if values:
        yield words % ", ".join(f"{name} = {value}" for name, value in values.items())


def _answered(kept: Any) -> list[str]:
    """What went out, as it was kept: long ones are cut, and one that cannot be read is told as such."""
    try:
        return tell_answer(Answer.parse(kept))
    except ShapeError:
        return [_("The answer was not kept whole.")]
