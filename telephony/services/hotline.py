"""Hotlines and their rules: saved, put in order, taken away."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from telephony.hotline_address import KIND
from telephony.models import Hotline, TriggerRule
from voicehub.common.hooks import addresses
from voicehub.common.hooks.models import HookAddress


def save_hotline(hotline: Hotline, *, user: Any) -> Hotline:
    """Save a hotline; the next call notices."""
    hotline._history_user = user  # type: ignore[attr-defined]
    hotline.save()
    return hotline


@transaction.atomic
def delete_hotline(hotline: Hotline, *, user: Any) -> None:
    """Remove a hotline with its rules, and close its address. Raises ProtectedError when it has calls."""
    address = address_of(hotline)
    if address and address.digest:
        addresses.close(address, user=user)
    hotline._history_user = user  # type: ignore[attr-defined]
    hotline.delete()


def address_of(hotline: Hotline) -> HookAddress | None:
    """Where Voitex asks about its calls, open or closed; None before there is one."""
    return HookAddress.objects.filter(kind=KIND, target=str(hotline.pk)).first()


def save_rule(rule: TriggerRule, *, user: Any) -> TriggerRule:
    """Save a rule; the next call notices."""
    rule._history_user = user  # type: ignore[attr-defined]
    rule.save()
    return rule


def delete_rule(rule: TriggerRule, *, user: Any) -> None:
    rule._history_user = user  # type: ignore[attr-defined]
    rule.delete()


@transaction.atomic
def order_rules(hotline: Hotline, keys: Sequence[int], *, user: Any) -> None:
    """Put the rules with these ids in this order; others of the hotline follow them, in the order they have."""
    places = {key: place for place, key in enumerate(keys)}
    rules = sorted(hotline.rules.select_for_update(), key=lambda rule: places.get(rule.pk, len(places)))
    for place, rule in enumerate(rules):
        if rule.position != place:
            rule.position = place
            save_rule(rule, user=user)
