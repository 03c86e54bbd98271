"""Looking after live campaigns: post what may be called now, take back what may not, ask about what is silent.

A chore in short steps, one transaction a campaign: whatever it does can be stopped at any point and done again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from campaigns import batching, moving, outcomes, pace, rules
from campaigns.models import Attempt, Batch, Campaign, Menu, Recipient
from campaigns.windows import Window, window_of
from voicehub.common.limits import day_began
from voicehub.sync import queue
from voicehub.sync.chores import Chore
from voicehub.sync.clock import database_now
from voicehub.sync.models import JobState, RecordState, SyncJob
from voicehub.sync.models.job import Operation

State, Of = Recipient.State, Attempt.State
# Steps are short: other chores and the web wait for nobody.
BATCHES_A_STEP = 10
STOPPED_A_STEP = 5000
LOOK_EVERY = timedelta(seconds=30)
NEVER = timedelta(days=365)


@dataclass(frozen=True)
class Group:
    """So many recipients of the same zones wait, for this window or for none."""

    zones: str
    waiting: int
    window: Window | None

    @property
    def zones_shown(self) -> str:
        return ", ".join(zone.replace("_", " ") for zone in self.zones.split())


def is_due() -> bool:
    return _due().exists()


def drive() -> None:
    """One step of each campaign that is to be looked at."""
    for pk in list(_due().values_list("pk", flat=True)):
        step(pk)


CHORE = Chore(outcomes.CHORE, is_due, drive)


def _due() -> Any:
    return Campaign.objects.filter(wake_at__lte=database_now()).order_by("wake_at")


@transaction.atomic
def step(pk: int) -> None:
    """What a campaign needs now; it is looked at again when that may change."""
    campaign, now = moving.lock(pk), database_now()
    if not campaign.is_live:
        Campaign.objects.filter(pk=pk).update(wake_at=None)
        return
    take_back_at_closing(campaign, now)
    ask_about_silent(campaign, now)
    if campaign.state == Campaign.State.STOPPING:
        wake_at = _stop_some(campaign, now)
    elif campaign.state == Campaign.State.RUNNING:
        wake_at = _post_some(campaign, now)
    else:
        wake_at = now + LOOK_EVERY
    Campaign.objects.filter(pk=pk, state__in=Campaign.LIVE).update(wake_at=wake_at)


def wake_those_of_menu(menu_id: int) -> None:
    """Look at the campaigns that wait for a menu."""
    for campaign in Campaign.objects.filter(menu=menu_id, state__in=Campaign.LIVE):
        outcomes.wake(campaign)


def groups(campaign: Campaign, now: datetime) -> list[Group]:
    """Who waits, by zones; those whose window closes first come first."""
    waiting = campaign.tallies.filter(state=State.WAITING, count__gt=0).values_list("zones", "count")
    found = [Group(zones, count, window_of(campaign, zones, now)) for zones, count in waiting]
    return sorted(found, key=lambda group: group.window.closes_at if group.window else now + NEVER)


def waiting_in(campaign: Campaign, zones: str, now: datetime, most: int) -> list[Recipient]:
    """Recipients of these zones who may be called now: those first who have not been called yet."""
    waiting = Recipient.objects.filter(campaign=campaign, state=State.WAITING, zones=zones)
    fresh = list(waiting.filter(due_at=None).order_by("pk")[:most])
    return fresh + list(waiting.filter(due_at__lte=now).order_by("due_at")[: most - len(fresh)])


def take_back_at_closing(campaign: Campaign, now: datetime) -> None:
    """Have VoiceShot delete what waits there when its window is about to close."""
    closing = now + timedelta(seconds=settings.VOICESHOT_CLOSING_SECONDS)
    late = campaign.batches.filter(closes_at__lte=closing, is_trial=False)
    unwanted = Attempt.objects.filter(batch__in=late, state__in=(Of.POSTED, Of.UNCERTAIN), is_unwanted=False)
    if unwanted.exists():
        _hold_menu_overnight(campaign, now + timedelta(seconds=settings.VOICESHOT_CLOSING_SECONDS))
        outcomes.withdraw(Attempt.objects.filter(pk__in=list(unwanted.values_list("pk", flat=True))))


def _hold_menu_overnight(campaign: Campaign, now: datetime) -> None:
    """While nobody may be called any more, nothing shall dial until all is deleted."""
    open_still = campaign.batches.filter(closes_at__gt=now, attempts__state__in=Attempt.OPEN, is_trial=False)
    if campaign.state == Campaign.State.RUNNING and not open_still.exists():
        hold_menu(campaign.menu, is_paused=True)


def hold_menu(menu: Menu, *, is_paused: bool, user: Any = None) -> None:
    """Have the menu hold or release its calls."""
    if menu.is_paused != is_paused:
        menu.is_paused = is_paused
        menu.save(user=user)


def ask_about_silent(campaign: Campaign, now: datetime) -> None:
    """Ask VoiceShot about calls of which nothing was heard for long; it wants to be asked seldom."""
    long_ago = now - timedelta(seconds=settings.VOICESHOT_QUERY_SECONDS)
    silent = campaign.batches.filter(attempts__state__in=(Of.POSTED, Of.UNCERTAIN), created_at__lt=long_ago)
    silent = silent.filter(Q(asked_at=None) | Q(asked_at__lt=long_ago)).distinct()
    for batch in silent.order_by("asked_at", "pk")[:BATCHES_A_STEP]:
        if not _is_asked_about(batch):
            queue.look(batch)


def _is_asked_about(batch: Batch) -> bool:
    jobs = SyncJob.objects.filter(model=Batch._meta.label_lower, object_id=batch.pk, operation=Operation.LOOK)
    return jobs.filter(state__in=(JobState.WAITING, JobState.SENDING)).exists()


def _stop_some(campaign: Campaign, now: datetime) -> datetime | None:
    """Take recipients out that wait; once no call is under way any more, the campaign has stopped."""
    waiting = Recipient.objects.filter(campaign=campaign, state=State.WAITING).values_list("pk", flat=True)
    if keys := list(waiting[:STOPPED_A_STEP]):
        moving.move(campaign, keys, State.STOPPED, among=(State.WAITING,), reason="")
        return now
    if _has_open(campaign):
        return now + LOOK_EVERY
    _end(campaign, Campaign.State.STOPPED, now)
    return None


def _has_open(campaign: Campaign) -> bool:
    return Attempt.objects.filter(campaign=campaign, state__in=Attempt.OPEN, is_trial=False).exists()


def _end(campaign: Campaign, state: str, now: datetime) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(state=state, finished_at=now, wake_at=None)
    hold_menu(campaign.menu, is_paused=False)


def _post_some(campaign: Campaign, now: datetime) -> datetime | None:
    waiting = groups(campaign, now)
    if not waiting and not _has_open(campaign):
        _end(campaign, Campaign.State.FINISHED, now)
        return None
    _skip_never(campaign, waiting)
    can_post = [group for group in waiting if group.window and group.window.is_open(now)]
    if can_post and is_released(campaign.menu):
        _post(campaign, can_post, now)
    return min(_times_to_wake(waiting, now), default=now + LOOK_EVERY)


def is_released(menu: Menu) -> bool:
    """Whether the menu lets calls go; one that holds them is released, and waited for."""
    hold_menu(menu, is_paused=False)
    return Menu.objects.filter(pk=menu.pk, is_paused=False, sync_state=RecordState.IN_STEP).exists()


def _skip_never(campaign: Campaign, waiting: list[Group]) -> None:
    for group in waiting:
        if group.window is None:
            rows = Recipient.objects.filter(campaign=campaign, state=State.WAITING, zones=group.zones)
            keys = list(rows.values_list("pk", flat=True)[:STOPPED_A_STEP])
            moving.move(campaign, keys, State.SKIPPED, among=(State.WAITING,), reason=never_words())


def never_words() -> str:
    return _("The number may be in several time zones, and it is never time to call in all of them.")


def _post(campaign: Campaign, can_post: list[Group], now: datetime) -> None:
    """Post what is worked off before its window closes, as far as pace and daily limits allow."""
    rate, waiting = pace.a_minute(campaign, now), pace.outstanding(campaign)
    limits = (pace.room_in_minute(campaign, now), rules.left_today(campaign.started_by, day_began(now)))
    room = min([pace.room_ahead(rate, waiting), *(limit for limit in limits if limit is not None)])
    for closes_at, recipients in _next_ones(campaign, can_post, room, rate, waiting, now):
        batching.make(campaign, recipients, closes_at=closes_at)


def _next_ones(
    campaign: Campaign, can_post: list[Group], room: int, rate: float, waiting: int, now: datetime
) -> Iterator[tuple[datetime, list[Recipient]]]:
    """Recipients for one post after the other, each with the end of its window."""
    posts = 0
    for group in can_post:
        closes_at = group.window.closes_at  # type: ignore[union-attr]
        while posts < BATCHES_A_STEP:
            size = min(room, settings.VOICESHOT_BATCH_SIZE, pace.room_before(closes_at, rate, waiting, now))
            recipients = waiting_in(campaign, group.zones, now, size) if size else []
            if not recipients:
                break
            yield closes_at, recipients
            posts, room, waiting = posts + 1, room - len(recipients), waiting + len(recipients)


def _times_to_wake(waiting: list[Group], now: datetime) -> Iterator[datetime]:
    """When a window opens; while one is open it is looked at now and then."""
    for group in waiting:
        if group.window is None:
            yield now
        else:
            yield group.window.opens_at if group.window.opens_at > now else now + LOOK_EVERY
