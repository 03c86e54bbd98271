"""The log of hooks is kept for HOOK_KEEP_DAYS; what is older goes in slices, so that nobody waits for it."""

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from voicehub.common.hooks.models import HookRequest, HookTally
from voicehub.sync.chores import Chore

SLICE = 1000
SECONDS = 5.0
PAUSE_SECONDS = 0.02


def is_due() -> bool:
    return _old(timezone.now()).exists()


def remove_old() -> None:
    """Remove some seconds' worth of what is too old."""
    now, end = timezone.now(), time.monotonic() + SECONDS
    HookTally.objects.filter(hour__lt=_limit(now)).delete()
    while _remove_slice(now) == SLICE and time.monotonic() < end:
        # Requests that come in now get their turn.
        time.sleep(PAUSE_SECONDS)


CHORE = Chore("hooks", is_due, remove_old)


def _remove_slice(now: datetime) -> int:
    keys = list(_old(now).order_by("received_at").values_list("pk", flat=True)[:SLICE])
    HookRequest.objects.filter(pk__in=keys).delete()
    return len(keys)


def _old(now: datetime) -> QuerySet[HookRequest]:
    return HookRequest.objects.filter(received_at__lt=_limit(now))


def _limit(now: datetime) -> datetime:
    return now - timedelta(days=settings.HOOK_KEEP_DAYS)
