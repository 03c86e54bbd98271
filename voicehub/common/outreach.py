"""The one question before anybody is called or texted: may this number be, now?"""

from datetime import datetime

from voicehub.common import calling_hours, do_not_call, phones


def obstacle(number: str, *, now: datetime | None = None) -> str:
    """Why a number (E.164) must not be called or texted at this time, in words; empty when it may be.

    Asked when somebody types a number, and once more right before the first byte is sent.
    """
    return lasting_obstacle(number) or calling_hours.obstacle(number, now=now)


def lasting_obstacle(number: str) -> str:
    """The same without the time of day: what waiting does not change."""
    return phones.obstacle(number) or do_not_call.obstacle(number)
