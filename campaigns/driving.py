"""Looking after live campaigns: post what may be called now, take back what may not, ask about what is silent.

A chore in short steps, one transaction a campaign: whatever it does can be stopped at any point and done again.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from campaigns import batching, ending, moving, outcomes, pace, rules
from campaigns.holding import hold_menu
from campaigns.models import Attempt, Batch, Campaign, Menu, Recipient
from campaigns.windows import Window, window_of
from voicehub.common import limits
from voicehub.common.limits import day_began
from voicehub.sync import queue
from voicehub.sync.chores import Chore
from voicehub.sync.clock import database_now
from voicehub.sync.models import RecordState, SyncJob
from voicehub.sync.models.job import UNFINISHED, Operation

log = logging.getLogger(__name__)

State, Of = Recipient.State, Attempt.State
# Steps are short: other chores and the web wait for nobody.
BATCHES_A_STEP = 10
STOPPED_A_STEP = 5000
LOOK_EVERY = timedelta(seconds=30)
TAKE_BACK_AGAIN = timedelta(minutes=5)
AT_VOICESHOT = (Of.POSTED, Of.UNCERTAIN)
ON_THEIR_WAY = (Batch.State.WAITING, Batch.State.HELD, Batch.State.SENDING)
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
    """One step of each campaign that is to be looked at; one that fails keeps no other waiting."""
    for pk in list(_due().values_list("pk", flat=True)):
        try:
            step(pk)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("Campaign %s could not be looked after", pk)
            Campaign.objects.filter(pk=pk).update(wake_at=database_now() + LOOK_EVERY)


CHORE = Chore(outcomes.CHORE, is_due, drive)


def _due() -> Any:
    return Campaign.objects.filter(wake_at__lte=database_now()).order_by("wake_at")


def step(pk: int) -> None:
    """What a campaign needs now; it is looked at again when that may change.

    What waits at VoiceShot is looked after in a transaction of its own: whatever goes wrong with posting more.
    """
    for part in (_look_after, _go_on):
        with transaction.atomic():
            campaign = moving.lock(pk)
            if campaign.is_live:
                part(campaign, database_now())
            else:
                Campaign.objects.filter(pk=pk).update(wake_at=None)


def _look_after(campaign: Campaign, now: datetime) -> None:
    catch_up(campaign)
    take_back_at_closing(campaign, now)
    take_back_again(campaign, now)
    ask_about_silent(campaign, now)


def _go_on(campaign: Campaign, now: datetime) -> None:
    if campaign.state == Campaign.State.STOPPING:
        wake_at = _stop_some(campaign, now)
    elif campaign.state == Campaign.State.RUNNING:
        wake_at = _post_some(campaign, now)
    else:
        wake_at = now + LOOK_EVERY
    Campaign.objects.filter(pk=campaign.pk, state__in=Campaign.LIVE).update(wake_at=wake_at)


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


def catch_up(campaign: Campaign) -> None:
    """Follow posts that have ended without their calls being told; an error may have kept them from it."""
    prepared = Attempt.objects.filter(campaign=campaign, state=Of.PREPARED, is_trial=False)
    ended = prepared.exclude(batch__state__in=ON_THEIR_WAY).values("batch")
    for batch in campaign.batches.filter(pk__in=ended)[:BATCHES_A_STEP]:
        batching.follow(batch, queue.jobs_of(batch).get(once_only=True))


def take_back_at_closing(campaign: Campaign, now: datetime) -> None:
    """Have VoiceShot delete what waits there when its window is about to close."""
    closing = now + timedelta(seconds=settings.VOICESHOT_CLOSING_SECONDS)
    late = campaign.batches.filter(closes_at__lte=closing, is_trial=False)
    unwanted = Attempt.objects.filter(batch__in=late, state__in=AT_VOICESHOT, is_unwanted=False)
    if unwanted.exists():
        _hold_menu_overnight(campaign, now + timedelta(seconds=settings.VOICESHOT_CLOSING_SECONDS))
        outcomes.withdraw(Attempt.objects.filter(pk__in=list(unwanted.values_list("pk", flat=True))))


def take_back_again(campaign: Campaign, now: datetime) -> None:
    """What could not be deleted before may be now: VoiceShot had refused, or did not have it yet."""
    unwanted = Attempt.objects.filter(campaign=campaign, state__in=AT_VOICESHOT, is_unwanted=True)
    jobs = SyncJob.objects.filter(model=Batch._meta.label_lower, object_id=OuterRef("pk"))
    lately = Q(state__in=UNFINISHED) | Q(finished_at__gt=now - TAKE_BACK_AGAIN)
    tried = Exists(jobs.filter(lately, operation=Operation.WITHDRAW))
    for batch in campaign.batches.filter(~tried, pk__in=unwanted.values("batch"))[:BATCHES_A_STEP]:
        queue.withdraw(batch)


def _hold_menu_overnight(campaign: Campaign, now: datetime) -> None:
    """While nobody may be called any more, nothing shall dial until all is deleted."""
    if not _has_open_in_time(campaign, now):
        hold_menu(campaign.menu, is_paused=True)


def _has_open_in_time(campaign: Campaign, now: datetime) -> bool:
    in_time = Attempt.objects.filter(campaign=campaign, state__in=Attempt.OPEN, batch__closes_at__gt=now)
    return in_time.filter(is_trial=False).exists()


def _has_late(campaign: Campaign, now: datetime) -> bool:
    """Whether calls that may not be made at this time wait at VoiceShot, which could not delete them yet."""
    late = Attempt.objects.filter(campaign=campaign, state__in=AT_VOICESHOT, batch__closes_at__lte=now)
    windows = (window_of(campaign, zones, now) for zones in set(late.values_list("recipient__zones", flat=True)))
    return any(window is None or not window.is_open(now) for window in windows)


def ask_about_silent(campaign: Campaign, now: datetime) -> None:
    """Ask VoiceShot about calls of which nothing was heard for long; it wants to be asked seldom."""
    long_ago = now - timedelta(seconds=settings.VOICESHOT_QUERY_SECONDS)
    silent = campaign.batches.filter(attempts__state__in=AT_VOICESHOT, created_at__lt=long_ago)
    silent = silent.filter(Q(asked_at=None) | Q(asked_at__lt=long_ago)).distinct()
    for batch in silent.order_by("asked_at", "pk")[:BATCHES_A_STEP]:
        if not _is_asked_about(batch):
            queue.look(batch)


def _is_asked_about(batch: Batch) -> bool:
    jobs = SyncJob.objects.filter(model=Batch._meta.label_lower, object_id=batch.pk, operation=Operation.LOOK)
    return jobs.filter(state__in=UNFINISHED).exists()


def _stop_some(campaign: Campaign, now: datetime) -> datetime | None:
    """Take recipients out that wait; once no call is under way any more, the campaign has stopped."""
    waiting = Recipient.objects.filter(campaign=campaign, state=State.WAITING).values_list("pk", flat=True)
    if keys := list(waiting[:STOPPED_A_STEP]):
        outcomes.call_no_more(campaign, keys, among=(State.WAITING,))
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
    ending.tell_of(campaign, state)


def _post_some(campaign: Campaign, now: datetime) -> datetime | None:
    waiting = groups(campaign, now)
    if not waiting and not _has_open(campaign):
        _end(campaign, Campaign.State.FINISHED, now)
        return None
    _skip_never(campaign, waiting)
    can_post = [group for group in waiting if group.window and group.window.is_open(now)]
    if (can_post or _has_open_in_time(campaign, now)) and is_released(campaign, now):
        _post(campaign, can_post, now)
    return min(_times_to_wake(campaign, waiting, now))


def is_released(campaign: Campaign, now: datetime, *, user: Any = None) -> bool:
    """Whether the menu lets calls go; one that holds them is released, and waited for.

    Not while calls wait on it that would be made at night.
    """
    menu = campaign.menu
    if menu.is_paused and _has_late(campaign, now):
        return False
    hold_menu(menu, is_paused=False, user=user)
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
    limits.hold(rules.LIMIT)
    most = (pace.room_in_minute(campaign, now), rules.left_today(campaign.started_by, day_began(now)))
    room = min([pace.room_ahead(rate, waiting), *(limit for limit in most if limit is not None)])
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


def _times_to_wake(campaign: Campaign, waiting: list[Group], now: datetime) -> Iterator[datetime]:
    """When a window opens; while one is open, or a call under way, it is looked at now and then."""
    if not waiting or _has_open(campaign):
        yield now + LOOK_EVERY
    for group in waiting:
        if group.window is None:
            yield now
        else:
            yield group.window.opens_at if group.window.opens_at > now else now + LOOK_EVERY
