"""Posts of VoiceShot: kept before they are answered, taken in many at a time, and removed when they are old."""

import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from campaigns import keeping, outcomes
from campaigns.models import InboundPost, InboundRecording
from campaigns.voiceshot.reading import InboundTold, Sound, seen_call
from voicehub.common.sounds import delete_once_sure
from voicehub.sync import chores
from voicehub.sync.chores import Chore

log = logging.getLogger(__name__)

SLICE = 500
SECONDS = 5.0
PAUSE_SECONDS = 0.02
# Progress is looked at while it happens. More often, a ring would cost more than what it rings for.
RING_SECONDS = 1.0
Kind, State = InboundPost.Kind, InboundPost.State

_rung_at = 0.0


def keep(told: InboundTold) -> InboundPost:
    """Keep what VoiceShot posted, for good once this returns; it is taken in within seconds."""
    call = told.call
    post = InboundPost(kind=told.kind, menuid=call.menuid, callid=call.callid, number=told.number, told=told.as_said)
    if told.sounds:
        _save_with_sounds(post, told.sounds)
    else:
        keeping.save(post)
    _ring()
    return post


def is_due() -> bool:
    return _new().exists()


def take_in() -> None:
    """Take in some seconds' worth of posts, the oldest first. Doing it twice, or at two places, changes nothing."""
    end = time.monotonic() + SECONDS
    while (posts := list(_new().order_by("pk")[:SLICE])) and time.monotonic() < end:
        _take_in(posts)


CHORE = Chore("voiceshot-posts", is_due, take_in)


def is_removal_due() -> bool:
    """Whether posts are older than VOICESHOT_POST_KEEP_DAYS."""
    return _old().exists()


def remove_old() -> None:
    """Remove some seconds' worth of posts that are too old, with the recordings in them."""
    end = time.monotonic() + SECONDS
    while (
        keys := list(_old().order_by("received_at").values_list("pk", flat=True)[:SLICE])
    ) and time.monotonic() < end:
        with transaction.atomic():
            for recording in InboundRecording.objects.filter(post__in=keys):
                delete_once_sure(recording.file)
            InboundPost.objects.filter(pk__in=keys).delete()


REMOVAL = Chore("voiceshot-old-posts", is_removal_due, remove_old)


@transaction.atomic
def _save_with_sounds(post: InboundPost, sounds: Sequence[Sound]) -> None:
    post.save(force_insert=True)
    for sound in sounds:
        recording = InboundRecording(post=post, promptid=sound.promptid, name=sound.name)
        recording.file.save(sound.name, ContentFile(sound.data))


def _ring() -> None:
    global _rung_at
    now = time.monotonic()
    if now - _rung_at >= RING_SECONDS:
        _rung_at = now
        chores.ring_on_commit(CHORE.name)


def _new() -> "QuerySet[InboundPost]":
    return InboundPost.objects.filter(state=State.NEW)


def _old() -> "QuerySet[InboundPost]":
    return InboundPost.objects.filter(
        received_at__lt=timezone.now() - timedelta(days=settings.VOICESHOT_POST_KEEP_DAYS)
    )


def _take_in(posts: Sequence[InboundPost]) -> None:
    """A post that cannot be taken in must not keep the others waiting. Where the database is away all wait on."""
    try:
        _apply(posts)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        if len(posts) > 1:
            for post in posts:
                _take_in([post])
            return
        # Not its text, which may quote what came in.
        log.error("A post of VoiceShot could not be taken in: %s, post %s", type(error).__name__, posts[0].pk)
        _mark(posts, State.FAILED)


def _apply(posts: Sequence[InboundPost]) -> None:
    are_ours = outcomes.apply([_seen(post) for post in posts])
    together = list(zip(posts, are_ours, strict=True))
    _mark([post for post, is_ours in together if is_ours or post.kind == Kind.TEST], State.APPLIED)
    _mark([post for post, is_ours in together if not is_ours and post.kind != Kind.TEST], State.UNMATCHED)


def _seen(post: InboundPost) -> Any:
    return seen_call(post.kind, post.callid, post.menuid, post.number, post.told)


def _mark(posts: Sequence[InboundPost], state: str) -> None:
    InboundPost.objects.filter(pk__in=[post.pk for post in posts]).update(state=state)
