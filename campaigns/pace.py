"""How fast VoiceShot works a campaign's calls off, and how many more may be posted to it now."""

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Min

from campaigns.models import Attempt, Campaign

LOOKING_BACK = timedelta(minutes=10)
# So much is posted ahead: enough to keep VoiceShot busy, little enough to be taken back.
MINUTES_AHEAD = 5
ENOUGH_TO_MEASURE = 20
ONE_MINUTE = timedelta(minutes=1)


def a_minute(campaign: Campaign, now: datetime) -> float:
    """Calls a minute that end, as measured over the last ten minutes; before there are any, what is assumed.

    A slow hour begins with the rate of the fast one before: it is measured since the first end that counts.
    """
    ends = Attempt.objects.filter(campaign=campaign, ended_at__gt=now - LOOKING_BACK, state=Attempt.State.ENDED)
    count = ends.count()
    if count < ENOUGH_TO_MEASURE:
        return float(campaign.pace or settings.VOICESHOT_ASSUMED_PACE)
    first = ends.aggregate(first=Min("ended_at"))["first"]
    measured = count / max(1.0, (now - first) / ONE_MINUTE)
    return min(measured, campaign.pace) if campaign.pace else measured


def outstanding(campaign: Campaign) -> int:
    """Calls that are on their way to VoiceShot or wait there, as far as anybody knows."""
    return Attempt.objects.filter(campaign=campaign, state__in=Attempt.OPEN, is_trial=False).count()


def room_before(closes_at: datetime, rate: float, waiting: int, now: datetime) -> int:
    """How many more calls are worked off before a window closes (UTC), at `rate` a minute, behind those `waiting`."""
    left = closes_at - timedelta(seconds=settings.VOICESHOT_CLOSING_SECONDS) - now
    return max(0, math.floor(rate * (left / ONE_MINUTE)) - waiting)


def room_ahead(rate: float, waiting: int) -> int:
    """How many more calls may wait at VoiceShot."""
    return max(0, max(settings.VOICESHOT_BATCH_SIZE, math.ceil(rate * MINUTES_AHEAD)) - waiting)


def room_in_minute(campaign: Campaign, now: datetime) -> int | None:
    """How many more calls may be posted in this minute; None where there is no limit."""
    if campaign.pace is None:
        return None
    lately = Attempt.objects.filter(campaign=campaign, created_at__gt=now - ONE_MINUTE, is_trial=False)
    return max(0, campaign.pace - lately.count())
