"""How many test codes a day are too many."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from otp.models import TestCode
from voicehub.common.limits import Ceiling, DailyLimit, Use


def _ceilings() -> tuple[Ceiling, ...]:
    return (
        Ceiling(True, settings.TEST_CODE_DAILY_NUMBER_PER_PERSON, {}, "TEST_CODE_DAILY_NUMBER_PER_PERSON", ""),
        Ceiling(False, settings.TEST_CODE_DAILY_NUMBER, {}, "TEST_CODE_DAILY_NUMBER", ""),
    )


def _used(user: Any, since: datetime) -> Use:
    codes = TestCode.objects.filter(created_at__gte=since, state__in=TestCode.COUNTS)
    return Use((codes.filter(requested_by=user) if user is not None else codes).count())


DAILY_LIMIT = DailyLimit("test codes", _("test codes"), _ceilings, _used)
