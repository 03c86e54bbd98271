"""Writing the rules of a hotline: what keeps one from being saved, their order, copies."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from telephony.models import Hotline, Recording, TriggerRule
from telephony.services.hotline import order_rules, save_rule
from telephony.services.recordings import recording_at
from telephony.trigger.answers import Answer, PlayFile
from telephony.trigger.checking import Problem, answer_problems, condition_problems, loop_problems
from telephony.trigger.conditions import parse_conditions


def problems_of(rule: TriggerRule) -> list[Problem]:
    """What keeps a rule from being saved."""
    conditions, answer = parse_conditions(rule.conditions), Answer.parse(rule.answer)
    found = [*condition_problems(conditions), *answer_problems(answer), *loop_problems(conditions, answer)]
    return [*found, *recording_problems(answer)]


def recording_problems(answer: Answer) -> Iterator[Problem]:
    """Recordings of ours that are not in Voitex's library yet, or may not be. Others may have been put there."""
    for index, one in enumerate(answer.play):
        recording = recording_at(one) if isinstance(one, PlayFile) else None
        if recording and recording.state != Recording.State.DONE:
            words = _("“%s” is not in step with Voitex: wait until it is, or choose another one.")
            yield Problem("play", words % recording.name, index)


@transaction.atomic
def append_rule(rule: TriggerRule, *, user: Any) -> TriggerRule:
    """Save a new rule behind all others."""
    last = Hotline.objects.select_for_update().get(pk=rule.hotline_id).rules.aggregate(last=Max("position"))["last"]
    rule.position = 0 if last is None else last + 1
    return save_rule(rule, user=user)


@transaction.atomic
def move_rule(rule: TriggerRule, *, is_up: bool, user: Any) -> None:
    """Let it change places with its neighbour; the first one stays the first, the last one the last."""
    hotline = Hotline.objects.select_for_update().get(pk=rule.hotline_id)
    keys = list(hotline.rules.order_by("position", "pk").values_list("pk", flat=True))
    here = keys.index(rule.pk)
    there = min(max(here - 1 if is_up else here + 1, 0), len(keys) - 1)
    keys[here], keys[there] = keys[there], keys[here]
    order_rules(hotline, keys, user=user)


def copy_rule(rule: TriggerRule, *, user: Any) -> TriggerRule:
    """A copy at the end, not in use yet."""
    name = _("Copy of %s") % rule.name
    copy = TriggerRule(
        hotline=rule.hotline, name=name[:100], is_active=False, conditions=rule.conditions, answer=rule.answer
    )
    return append_rule(copy, user=user)


def switch_rule(rule: TriggerRule, *, is_active: bool, user: Any) -> None:
    rule.is_active = is_active
    save_rule(rule, user=user)
