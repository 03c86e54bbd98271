"""Whether a condition holds for a call, and what it saw there."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from telephony.trigger.conditions import DAYS, Condition, Operator
from telephony.trigger.request import Stop, TriggerRequest

# A fact, and what it is of.
Asked = tuple[str, str]
# What a call has of a fact: one text or several; none where it has nothing.
Seen = Sequence[str]
HasHeld = Callable[[Seen], bool]
Test = tuple[Asked, HasHeld]


class Situation(dict[Asked, Seen]):
    """A call as rules see it: what it has of each fact, found out once it is asked for.

    `now` is the time in the hotline's zone; `past_calls` tells how many calls of the caller there were before.
    """

    def __init__(self, request: TriggerRequest, now: datetime, past_calls: Callable[[], int] = int) -> None:
        super().__init__()
        self.request, self.now, self.past_calls = request, now, past_calls

    def __missing__(self, asked: Asked) -> Seen:
        fact, of = asked
        self[asked] = seen = [one for one in READ[fact](self, of) if one]
        return seen


def holds(condition: Condition, situation: Situation) -> bool:
    asked, has_held = test_of(condition)
    return has_held(situation[asked])


def test_of(condition: Condition) -> Test:
    """The question that a condition asks of every call, made ready once."""
    return (condition.fact, condition.of), MAKE[condition.operator](condition)


def _keys(situation: Situation, of: str) -> Iterable[str]:
    """Those of the branch, else the last ones.

    Voitex does not say whether the branch that asks stands behind them itself, with no keys yet: then the one before
    counts. Where that is the same branch, it was come to once more without a key.
    """
    path = situation.request.path
    if of:
        return [one.keys for one in path if one.branch == of][-1:]
    *_others, before, last = (Stop(""), Stop(""), *path)
    return [last.keys if last.keys or last.branch == before.branch else before.keys]


READ: dict[str, Callable[[Situation, str], Iterable[str]]] = {
    "branch_last": lambda situation, of: [one.branch for one in situation.request.path[-1:]],
    "branch_any": lambda situation, of: [one.branch for one in situation.request.path],
    "input": _keys,
    "caller": lambda situation, of: [situation.request.caller],
    "caller_name": lambda situation, of: [situation.request.caller_name],
    "contact": lambda situation, of: [situation.request.contact.get(of, "")],
    "variable": lambda situation, of: [situation.request.variables.get(of, "")],
    "paid": lambda situation, of: ["yes"] if situation.request.payments else [],
    "amount": lambda situation, of: [one.amount for one in situation.request.payments[-1:]],
    "day": lambda situation, of: [DAYS[situation.now.weekday()]],
    "time": lambda situation, of: [f"{situation.now:%H:%M}"],
    "past_calls": lambda situation, of: [str(situation.past_calls())],
}


def _is(condition: Condition) -> HasHeld:
    if make := SPECIAL.get(condition.fact):
        return make(condition.values)
    wanted = frozenset(map(str.casefold, condition.values))
    return lambda seen: not wanted.isdisjoint(map(str.casefold, seen))


def _is_not(condition: Condition) -> HasHeld:
    has_held = _is(condition)
    return lambda seen: not has_held(seen)


def _begins(condition: Condition) -> HasHeld:
    forms = _ways_to_write if condition.fact == "caller" else _as_it_is
    beginnings = tuple(form for wanted in condition.values for form in forms(wanted))
    return lambda seen: any(one.casefold().startswith(beginnings) for one in seen)


def _contains(condition: Condition) -> HasHeld:
    wanted = condition.value.strip().casefold()
    return lambda seen: any(wanted in one.casefold() for one in seen)


def _known(condition: Condition) -> HasHeld:
    """A caller whose number is withheld is told by some text."""
    return _has_number if condition.fact == "caller" else bool


def _unknown(condition: Condition) -> HasHeld:
    is_known = _known(condition)
    return lambda seen: not is_known(seen)


def _at_least(condition: Condition) -> HasHeld:
    limit = number_of(condition.value)
    return lambda seen: limit is not None and any(one >= limit for one in _numbers(seen))


def _at_most(condition: Condition) -> HasHeld:
    limit = number_of(condition.value)
    return lambda seen: limit is not None and any(one <= limit for one in _numbers(seen))


MAKE: dict[Operator, Callable[[Condition], HasHeld]] = {
    Operator.IS: _is,
    Operator.IS_NOT: _is_not,
    Operator.BEGINS: _begins,
    Operator.CONTAINS: _contains,
    Operator.KNOWN: _known,
    Operator.UNKNOWN: _unknown,
    Operator.AT_LEAST: _at_least,
    Operator.AT_MOST: _at_most,
}


def _same_caller(values: Sequence[str]) -> HasHeld:
    wanted = frozenset(form for one in values for form in _ways_to_write(one))
    return lambda seen: not wanted.isdisjoint(seen)


def _same_number(values: Sequence[str]) -> HasHeld:
    wanted = {number_of(one) for one in values}
    return lambda seen: any(one in wanted for one in _numbers(seen))


def _within(values: Sequence[str]) -> HasHeld:
    spans = [tuple(one.split("-", 1)) for one in values]
    return lambda seen: any(_is_within(one, begin, end) for one in seen for begin, end in spans)


def _is_within(time: str, begin: str, end: str) -> bool:
    """Times of day as text compare as times; from 22:00 to 06:00 goes over midnight. The end is not part of it."""
    return begin <= time < end if begin <= end else time >= begin or time < end


SPECIAL: dict[str, Callable[[Sequence[str]], HasHeld]] = {
    "caller": _same_caller,
    "amount": _same_number,
    "past_calls": _same_number,
    "time": _within,
}


def number_of(text: str) -> Decimal | None:
    """The number that a text is, with or without a sign of money: "$57.00", "1,250"."""
    try:
        number = Decimal(text.strip(" $€£").replace(",", "")[:20])
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _numbers(seen: Seen) -> list[Decimal]:
    return [number for one in seen if (number := number_of(one)) is not None]


def _has_number(seen: Seen) -> bool:
    return any(one.startswith("+") for one in seen)


def _ways_to_write(number: str) -> tuple[str, ...]:
    """845 is an area code, or the first digits behind the plus."""
    return (number,) if number.startswith("+") else (f"+1{number}", f"+{number}")


def _as_it_is(text: str) -> tuple[str, ...]:
    return (text.casefold(),)
