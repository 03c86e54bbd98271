"""How many numbers a day are too many for campaigns."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from campaigns.models import Batch
from voicehub.common.limits import Ceiling, DailyLimit, Use


def _used(user: Any, since: datetime) -> Use:
    batches = Batch.objects.filter(created_at__gte=since, state__in=Batch.COUNTS)
    of_one = batches.filter(requested_by=user) if user is not None else batches
    return Use(of_one.aggregate(numbers=Sum("size"))["numbers"] or 0)


def _ceilings() -> tuple[Ceiling, ...]:
    return (
        Ceiling(True, settings.CAMPAIGN_DAILY_NUMBER_PER_PERSON, {}, "CAMPAIGN_DAILY_NUMBER_PER_PERSON", ""),
        Ceiling(False, settings.CAMPAIGN_DAILY_NUMBER, {}, "CAMPAIGN_DAILY_NUMBER", ""),
    )


LIMIT = DailyLimit("campaign-numbers", _("numbers of campaigns"), _ceilings, _used)


def left_today(user: Any, since: datetime) -> int | None:
    """How many more numbers a person's campaigns may call today; None where there is no limit."""
    left = [
        ceiling.number - _used(user if ceiling.is_for_one else None, since).number
        for ceiling in _ceilings()
        if ceiling.number
    ]
    return max(0, min(left)) if left else None
