"""Daily limits on what costs money or calls people: for one person, and for everybody together.

What counts is read from the records themselves, so nothing can get out of step with them; a locked row keeps two
people from using what is left of a limit at the same time.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from voicehub.common.models import LimitLock


class LimitReachedError(Exception):
    """It would be more than a day's limit; the text says which, how much is left and who can raise it."""


@dataclass(frozen=True)
class Use:
    """So many things, and so much money by currency (major units)."""

    number: int = 0
    amounts: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Ceiling:
    """The most a day, for one person or for all; nothing set means no limit. `setting` names where it is raised."""

    is_for_one: bool
    number: int
    amounts: Mapping[str, Decimal]
    number_setting: str
    amounts_setting: str


@dataclass(frozen=True)
class DailyLimit:
    """`ceilings` reads the settings at the time of use; `used` tells what one person, or everybody (None), has used
    since a moment; `things` is what is counted, in the plural."""

    name: str
    things: Any
    ceilings: Callable[[], tuple[Ceiling, ...]]
    used: Callable[[Any, datetime], Use]


def hold(limit: DailyLimit) -> bool:
    """Nobody else uses what is left of a limit until the transaction ends. Returns whether there is a limit."""
    is_limited = any(ceiling.number or ceiling.amounts for ceiling in limit.ceilings())
    if is_limited:
        LimitLock.objects.get_or_create(pk=limit.name)
        LimitLock.objects.select_for_update().get(pk=limit.name)
    return is_limited


def check(limit: DailyLimit, *, user: Any, adding: Use) -> None:
    """Raise LimitReachedError when `adding` is more than is left today. Call it in the transaction that uses it."""
    if hold(limit) and (problem := why_too_much(limit, user=user, adding=adding)):
        raise LimitReachedError(problem)


def why_too_much(limit: DailyLimit, *, user: Any, adding: Use) -> str:
    """The limit that `adding` would break as things stand now, in words; empty when there is enough left."""
    since = day_began(timezone.now())
    for ceiling in limit.ceilings():
        if ceiling.number or ceiling.amounts:
            used = limit.used(user if ceiling.is_for_one else None, since)
            if problem := next(_broken(limit, ceiling, used, adding), ""):
                return problem
    return ""


def day_began(now: datetime) -> datetime:
    """When the day of the limits began: midnight in the installation's time zone."""
    return timezone.localtime(now, timezone.get_default_timezone()).replace(hour=0, minute=0, second=0, microsecond=0)


def _broken(limit: DailyLimit, ceiling: Ceiling, used: Use, adding: Use) -> Iterator[str]:
    if ceiling.number and used.number + adding.number > ceiling.number:
        left = _("%(left)d of %(most)d") % {"left": max(0, ceiling.number - used.number), "most": ceiling.number}
        yield _sentence(limit, ceiling, str(limit.things), left, ceiling.number_setting)
    for currency, amount in adding.amounts.items():
        most = ceiling.amounts.get(currency)
        already = used.amounts.get(currency, Decimal())
        if most is not None and already + amount > most:
            left = _("%(left).2f of %(most).2f %(currency)s") % {
                "left": max(Decimal(), most - already),
                "most": most,
                "currency": currency,
            }
            yield _sentence(limit, ceiling, str(limit.things), left, ceiling.amounts_setting)


def _sentence(limit: DailyLimit, ceiling: Ceiling, things: str, left: str, setting: str) -> str:
    words = {"things": things, "left": left, "setting": setting}
    if ceiling.is_for_one:
        return (
            _(
                "This is more than you may do today: of your daily limit for %(things)s, %(left)s is left. Tomorrow "
                "there is more, a colleague can do it, or an administrator can raise the limit (%(setting)s)."
            )
            % words
        )
    return (
        _(
            "This is more than all of you together may do today: of the daily limit for %(things)s, %(left)s is "
            "left. Tomorrow there is more, or an administrator can raise the limit (%(setting)s)."
        )
        % words
    )
