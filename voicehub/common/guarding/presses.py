"""However often a button is pressed, what it makes is made once: every page that makes something has a key."""

import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from voicehub.common.models import Press

KEY = "_press"
KEPT = timedelta(days=2)
PATIENCE = 5.0
PAUSE = 0.1


def new_key() -> str:
    return str(uuid4())


def read_key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def is_first(person: Any, key: UUID) -> bool:
    """Claim the key for this press; of several at once, one is the first."""
    try:
        with transaction.atomic():
            Press.objects.create(person=person, key=key)
    except IntegrityError:
        return False
    return True


def led_to(person: Any, key: UUID) -> str | None:
    """Where the first press led; waits a moment for it.

    Empty where that is not known by then, None where it has made nothing: the key is free again.
    """
    until = time.monotonic() + PATIENCE
    while True:
        press = _presses(person, key).first()
        if press is None or press.led_to or time.monotonic() > until:
            return press.led_to if press else None
        time.sleep(PAUSE)


def note(person: Any, key: UUID, address: str) -> None:
    """The first press has made something, and leads there."""
    _presses(person, key).update(led_to=address[:2000])


def forget(person: Any, key: UUID) -> None:
    """It has made nothing: the next press is the first one."""
    _presses(person, key).delete()


def old() -> QuerySet[Press]:
    return Press.objects.filter(pressed_at__lte=timezone.now() - KEPT)


def _presses(person: Any, key: UUID) -> QuerySet[Press]:
    return Press.objects.filter(person=person, key=key)
