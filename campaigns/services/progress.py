"""How far a campaign has come, from its tallies alone: as quick for a million recipients as for ten."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns import driving, moving, pace, rules
from campaigns.models import Attempt, Batch, Campaign, Recipient
from campaigns.services.preflight import in_words
from voicehub.common.limits import day_began
from voicehub.sync.models import Lane, RecordState
from voicehub.sync.registry import provider_label
from voicehub.sync.told import in_your_language

State = Recipient.State


@dataclass(frozen=True)
class Progress:
    """`counts` by the state of recipients; `reasons` say in words why something waits; `rate` is in calls a minute.

    `left` is about how long those take who may be called now. `uncertain` are posts that nobody knows
    the fate of.
    """

    counts: Counter[str]
    reasons: Sequence[str]
    rate: float
    left: timedelta | None
    uncertain: Sequence[Batch]
    unwanted_still_there: int

    @property
    def left_in_words(self) -> str:
        return in_words(self.left) if self.left else ""

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def settled(self) -> int:
        return sum(count for state, count in self.counts.items() if state not in Recipient.OPEN)


def of(campaign: Campaign, now: datetime | None = None) -> Progress:
    """How things stand now."""
    now = now or timezone.now()
    counts, rate = moving.tally(campaign), pace.a_minute(campaign, now)
    to_do = counts[State.UNDER_WAY] + _callable_now(campaign, now)
    there = Attempt.objects.filter(campaign=campaign, state=Attempt.State.POSTED, is_unwanted=True)
    return Progress(
        counts=counts,
        reasons=list(_reasons(campaign, counts, now)) if campaign.is_live else [],
        rate=rate,
        left=timedelta(minutes=to_do / rate) if to_do and campaign.state == Campaign.State.RUNNING else None,
        uncertain=list(uncertain_batches(campaign)),
        unwanted_still_there=there.count(),
    )


def _callable_now(campaign: Campaign, now: datetime) -> int:
    """How many wait whose hours are open."""
    waiting = driving.groups(campaign, now) if campaign.state == Campaign.State.RUNNING else []
    return sum(group.waiting for group in waiting if group.window and group.window.is_open(now))


def uncertain_batches(campaign: Campaign) -> Any:
    """Posts with calls of which nobody knows whether they were made."""
    open_still = campaign.attempts.filter(state=Attempt.State.UNCERTAIN).values("batch")
    return campaign.batches.filter(pk__in=open_still).order_by("pk")[:50]


def _reasons(campaign: Campaign, counts: Counter[str], now: datetime) -> Iterator[str]:
    if campaign.trouble:
        yield in_your_language(campaign.trouble)
    if campaign.state == Campaign.State.RUNNING:
        yield from _why_waiting(campaign, counts, now)
    if campaign.state == Campaign.State.PAUSED and campaign.menu.sync_state != RecordState.IN_STEP:
        words = _("VoiceShot has not confirmed yet that it holds the calls: they may still go out. %(why)s")
        yield (words % {"why": campaign.menu.sync_message}).strip()
    if counts[State.UNCERTAIN]:
        yield _("Of %(count)d calls nobody knows whether they were made: VoiceShot is being asked.") % {
            "count": counts[State.UNCERTAIN]
        }


def _why_waiting(campaign: Campaign, counts: Counter[str], now: datetime) -> Iterator[str]:
    lane = Lane.objects.filter(pk=campaign.connection.provider).first()
    if lane and (lane.is_stopped(now) or lane.halted_reason):
        why = lane.stop_reason or lane.halted_reason
        yield _("%(provider)s is stopped: %(why)s") % {"provider": provider_label(lane.pk), "why": why}
    if campaign.menu.is_paused or campaign.menu.sync_state != RecordState.IN_STEP:
        yield _("VoiceShot has not released the menu yet.")
    if counts[State.WAITING]:
        yield from _closed(campaign, now)
        yield from _limited(campaign, now)


def _closed(campaign: Campaign, now: datetime) -> Iterator[str]:
    """Those outside their window, by the time at which it opens."""
    until: Counter[datetime] = Counter()
    for group in driving.groups(campaign, now):
        if group.window and not group.window.is_open(now):
            until[group.window.opens_at] += group.waiting
    for opens_at, count in sorted(until.items()):
        words = ngettext(
            "Outside the hours until %(time)s for %(count)d person.",
            "Outside the hours until %(time)s for %(count)d people.",
            count,
        )
        yield words % {"time": _shown(opens_at, now), "count": count}


def _limited(campaign: Campaign, now: datetime) -> Iterator[str]:
    if rules.left_today(campaign.started_by, day_began(now)) == 0:
        yield _("The daily limit is reached: it goes on tomorrow.")
    again = Recipient.objects.filter(campaign=campaign, state=State.WAITING, due_at__gt=now).order_by("due_at")
    if first := again.values_list("due_at", flat=True).first():
        yield _("Busy and unanswered numbers are called again from %(time)s on.") % {"time": _shown(first, now)}


def _shown(moment: datetime, now: datetime) -> str:
    """The time of day in the reader's zone, with the day where that is another one."""
    local = timezone.localtime(moment)
    is_today = local.date() == timezone.localtime(now).date()
    return f"{local:%H:%M}" if is_today else f"{date_format(local, 'SHORT_DATE_FORMAT')} {local:%H:%M}"
