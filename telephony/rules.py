"""How many calls and texts a day are too many."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from telephony.models import NotificationCall, SmsMessage
from telephony.models.outgoing import Outgoing
from voicehub.common.limits import Ceiling, DailyLimit, Use


def _used(model: type[Outgoing]) -> Callable[[Any, datetime], Use]:
    def used(user: Any, since: datetime) -> Use:
        records = model._base_manager.filter(created_at__gte=since, state__in=Outgoing.COUNTS)
        return Use((records.filter(requested_by=user) if user is not None else records).count())

    return used


def _ceilings(setting: str) -> Callable[[], tuple[Ceiling, ...]]:
    def ceilings() -> tuple[Ceiling, ...]:
        for_one = f"{setting}_PER_PERSON"
        return (
            Ceiling(True, getattr(settings, for_one), {}, for_one, ""),
            Ceiling(False, getattr(settings, setting), {}, setting, ""),
        )

    return ceilings


LIMITS: dict[type[Outgoing], DailyLimit] = {
    NotificationCall: DailyLimit(
        "calls", _("notification calls"), _ceilings("CALL_DAILY_NUMBER"), _used(NotificationCall)
    ),
    SmsMessage: DailyLimit("texts", _("text messages"), _ceilings("SMS_DAILY_NUMBER"), _used(SmsMessage)),
}
