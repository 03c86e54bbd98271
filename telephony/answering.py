"""What live calls of a hotline are answered from: its rules, read once and kept until somebody changes them."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connections, router

from telephony.models import Hotline, HotlineCall, TriggerRule
from telephony.trigger.answers import Answer
from telephony.trigger.conditions import ShapeError, parse_conditions
from telephony.trigger.engine import Decision, Rule, decide, past_calls_asked
from telephony.trigger.masking import masked_call_id
from telephony.trigger.matching import Situation
from telephony.trigger.request import TriggerRequest
from voicehub.remote.card_numbers import without_card_numbers

log = logging.getLogger(__name__)

# Written out, as in `addresses` of the hooks: somebody holds the line.
MARK = "SELECT rules_mark FROM telephony_hotline WHERE id = %s"
PAST_CALLS = """
    SELECT COUNT(*) FROM (
        SELECT 1 FROM telephony_hotlinecall WHERE hotline_id = %s AND caller = %s AND call_id <> %s LIMIT %s
    ) past
"""


@dataclass(frozen=True)
class Script:
    """What a hotline says: rules in order, those in use alone, and what it answers without any."""

    hotline: int
    did: str
    is_did_checked: bool
    zone: ZoneInfo
    rules: tuple[Rule, ...]
    default: Answer

    def decide(self, request: TriggerRequest, now: datetime) -> Decision:
        """The answer to a request at this time (UTC)."""
        return decide(self.rules, self.default, self.situation(request, now))

    def situation(self, request: TriggerRequest, now: datetime) -> Situation:
        return Situation(request, now.astimezone(self.zone), partial(self.past_calls, request))

    def past_calls(self, request: TriggerRequest) -> int:
        """How many other calls of this caller are known, counted no further than the rules ask.

        A number that could be a card's is not kept, and has none.
        """
        if not request.caller or without_card_numbers(request.caller) != request.caller:
            return 0
        besides = masked_call_id(request.call_id)
        return int(_single(PAST_CALLS, self.hotline, request.caller, besides, self.past_calls_asked))

    @cached_property
    def past_calls_asked(self) -> int:
        return past_calls_asked(self.rules)


_scripts: dict[int, tuple[str, Script]] = {}


def script_of(hotline: int) -> Script | None:
    """What the hotline of this id says now: one read, more only after a change. None when there is no such one."""
    mark = _single(MARK, hotline)
    if mark is None:
        return None
    known, script = _scripts.get(hotline, ("", None))
    if script is None or known != mark:
        script = read_script(Hotline.objects.get(pk=hotline))
        _scripts[hotline] = mark, script
    return script


def read_script(hotline: Hotline) -> Script:
    return Script(
        hotline=hotline.pk,
        did=hotline.did,
        is_did_checked=hotline.is_did_checked,
        zone=ZoneInfo(hotline.time_zone),
        rules=tuple(_readable_rules(hotline)),
        default=_answer(hotline.default_answer),
    )


def _readable_rules(hotline: Hotline) -> Iterator[Rule]:
    """One that cannot be read matches nothing; the others go on."""
    for rule in hotline.rules.filter(is_active=True):
        try:
            yield as_rule(rule)
        except ShapeError:
            log.error("Rule %s of hotline %s cannot be read: save it anew", rule.pk, hotline.pk)


def as_rule(rule: TriggerRule) -> Rule:
    """A rule as the engine takes it. Raises ShapeError."""
    return Rule(rule.pk or 0, rule.name, parse_conditions(rule.conditions), Answer.parse(rule.answer))


def _answer(value: Any) -> Answer:
    try:
        return Answer.parse(value)
    except ShapeError:
        return Answer()


def _single(query: str, *values: Any) -> Any:
    with connections[router.db_for_read(HotlineCall)].cursor() as cursor:
        cursor.execute(query, values)
        row = cursor.fetchone()
    return row[0] if row else None
