"""Whether a condition holds for a call, and what it saw there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from telephony.trigger.conditions import DAYS, Condition, Operator
from telephony.trigger.request import TriggerRequest


@dataclass(frozen=True, repr=False)
class Situation:
    """A call as rules see it. `now` is the time in the hotline's zone, `past_calls` the caller's calls before."""

    request: TriggerRequest
    now: datetime
    past_calls: int = 0


Seen = Sequence[str]


def seen(condition: Condition, situation: Situation) -> list[str]:
    """What the call has of the fact; nothing is an empty list."""
    return [one for one in READ[condition.fact](situation, condition.of) if one]


def holds(condition: Condition, situation: Situation) -> bool:
    return COMPARE[condition.operator](condition, seen(condition, situation))


def _last_branch(situation: Situation, of: str) -> Seen:
    return [one.branch for one in situation.request.path[-1:]]


def _branches(situation: Situation, of: str) -> Seen:
    return [one.branch for one in situation.request.path]


def _keys(situation: Situation, of: str) -> Seen:
    """Those of the branch, else the last ones: the branch that asks may stand behind them, with none of its own."""
    path = situation.request.path
    if of:
        return [one.keys for one in path if one.branch == of][-1:]
    return [one.keys for one in path[-2:] if one.keys][-1:]


def _field(situation: Situation, of: str) -> Seen:
    return [situation.request.contact.get(of, "")]


def _variable(situation: Situation, of: str) -> Seen:
    return [situation.request.variables.get(of, "")]


def _paid(situation: Situation, of: str) -> Seen:
    return ["yes"] if situation.request.payments else []


def _amount(situation: Situation, of: str) -> Seen:
    return [one.amount for one in situation.request.payments[-1:]]


READ: dict[str, Callable[[Situation, str], Seen]] = {
    "branch_last": _last_branch,
    "branch_any": _branches,
    "input": _keys,
    "caller": lambda situation, of: [situation.request.caller],
    "caller_name": lambda situation, of: [situation.request.caller_name],
    "contact": _field,
    "variable": _variable,
    "paid": _paid,
    "amount": _amount,
    "day": lambda situation, of: [DAYS[situation.now.weekday()]],
    "time": lambda situation, of: [f"{situation.now:%H:%M}"],
    "past_calls": lambda situation, of: [str(situation.past_calls)],
}


def _is(condition: Condition, found: Seen) -> bool:
    fits = FITS.get(condition.fact, _same_text)
    return any(fits(one, wanted) for one in found for wanted in condition.values)


def _begins(condition: Condition, found: Seen) -> bool:
    forms = _ways_to_write if condition.fact == "caller" else _as_it_is
    beginnings = tuple(form for wanted in condition.values for form in forms(wanted))
    return any(one.casefold().startswith(beginnings) for one in found)


def _contains(condition: Condition, found: Seen) -> bool:
    return any(wanted.casefold() in one.casefold() for one in found for wanted in condition.values)


def _known(condition: Condition, found: Seen) -> bool:
    return any(map(_is_number, found)) if condition.fact == "caller" else bool(found)


COMPARE: dict[Operator, Callable[[Condition, Seen], bool]] = {
    Operator.IS: _is,
    Operator.IS_NOT: lambda condition, found: not _is(condition, found),
    Operator.BEGINS: _begins,
    Operator.CONTAINS: _contains,
    Operator.KNOWN: _known,
    Operator.UNKNOWN: lambda condition, found: not _known(condition, found),
    Operator.AT_LEAST: lambda condition, found: _compared(condition, found, at_least=True),
    Operator.AT_MOST: lambda condition, found: _compared(condition, found, at_least=False),
}


def _compared(condition: Condition, found: Seen, *, at_least: bool) -> bool:
    limit = number_of(condition.value)
    numbers = [number for one in found if (number := number_of(one)) is not None]
    if limit is None:
        return False
    return any(number >= limit if at_least else number <= limit for number in numbers)


def number_of(text: str) -> Decimal | None:
    """The number that a text is, with or without a sign of money: "$57.00", "1,250"."""
    try:
        number = Decimal(text.strip(" $€£").replace(",", "")[:20])
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _same_text(one: str, wanted: str) -> bool:
    return one.casefold() == wanted.casefold()


def _same_caller(one: str, wanted: str) -> bool:
    return one in _ways_to_write(wanted)


def _same_number(one: str, wanted: str) -> bool:
    number = number_of(one)
    return number is not None and number == number_of(wanted)


def _is_within(one: str, wanted: str) -> bool:
    """Times of day as text compare as times; from 22:00 to 06:00 goes over midnight. The end is not part of it."""
    begin, _sign, end = wanted.partition("-")
    return begin <= one < end if begin <= end else one >= begin or one < end


FITS: dict[str, Callable[[str, str], bool]] = {
    "caller": _same_caller,
    "amount": _same_number,
    "past_calls": _same_number,
    "time": _is_within,
}


def _ways_to_write(number: str) -> tuple[str, ...]:
    """845 is an area code, or the first digits behind the plus."""
    return (number,) if number.startswith("+") else (f"+1{number}", f"+{number}")


def _as_it_is(text: str) -> tuple[str, ...]:
    return (text.casefold(),)


def _is_number(caller: str) -> bool:
    return caller.startswith("+")
