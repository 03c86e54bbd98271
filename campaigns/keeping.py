"""Saving posts of VoiceShot while it waits: those of a moment share one transaction, and so one write to the disk.

A thread of its own does it. Who has a post saved goes on when it is there for good, and not before.
"""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

from django.conf import settings
from django.db import close_old_connections

from campaigns.models import InboundPost

# Longer than a database that is busy makes one wait.
PATIENCE_SECONDS = 30

_writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="voiceshot-posts")
_waiting: deque[tuple[InboundPost, Future[None]]] = deque()


def save(post: InboundPost) -> None:
    """Save a new post for good. Raises what the database does."""
    if not settings.HOOK_LOG_IN_BACKGROUND:
        post.save(force_insert=True)
        return
    saved: Future[None] = Future()
    _waiting.append((post, saved))
    _writer.submit(_save_waiting)
    saved.result(PATIENCE_SECONDS)


def _save_waiting() -> None:
    """Whatever came while the last ones were written; what they waited for is done by one of many calls."""
    together = [_waiting.popleft() for _number in range(len(_waiting))]
    if together:
        close_old_connections()
        _save(together)


def _save(together: list[tuple[InboundPost, Future[None]]]) -> None:
    """One that the database does not take costs no other its place."""
    try:
        InboundPost.objects.bulk_create([post for post, _saved in together])
    except Exception as error:
        if len(together) > 1:
            for one in together:
                _save([one])
        else:
            together[0][1].set_exception(error)
    else:
        for _post, saved in together:
            saved.set_result(None)
