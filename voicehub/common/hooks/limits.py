"""How many requests an address takes a minute: counted in the log, which all processes share."""

from datetime import datetime, timedelta

from django.db import Error

from voicehub.common.hooks.models import HookRequest

WINDOW = timedelta(minutes=1)
WORD_HOLDS = timedelta(seconds=1)

_last_word: dict[int, tuple[datetime, bool]] = {}


def is_over(address_id: int, most: int, now: datetime) -> bool:
    """Whether the address has had its share, `most` a minute.

    The log is asked once a second; until then its last word holds.
    """
    asked_at, word = _last_word.get(address_id, (now - WORD_HOLDS, False))
    if not timedelta(0) <= now - asked_at < WORD_HOLDS:
        word = _has_had_its_share(address_id, most, now)
        _last_word[address_id] = now, word
    return word


def _has_had_its_share(address_id: int, most: int, now: datetime) -> bool:
    lately = HookRequest.objects.filter(address_id=address_id, received_at__gt=now - WINDOW)
    try:
        return lately[:most].count() >= most
    except Error:
        # The caller gets an answer without the log, too.
        return False
