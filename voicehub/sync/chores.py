"""Background work beside the jobs: what an app has to do now and then, in slices, in any worker process.

Register a chore when the app is ready; it runs when it is rung for, and the sweep rings for it whenever `is_due`.
A ring may come twice or never: `run` must be safe to run at any time and in several places at once.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chore:
    """`run` works for some seconds at most; what is left is found by `is_due` again, a cheap, indexed question."""

    name: str
    is_due: Callable[[], bool]
    run: Callable[[], object]


_chores: dict[str, Chore] = {}


def register(chore: Chore) -> None:
    """Make a chore known. A second one of the same name replaces the first."""
    _chores[chore.name] = chore


def ring_on_commit(name: str) -> None:
    """Have a chore run soon after the transaction is committed; the sweep makes up for a ring that fails."""
    transaction.on_commit(lambda: ring(name), robust=True)


def ring(name: str) -> None:
    from django_q.tasks import async_task

    try:
        async_task("voicehub.sync.tasks.do_chore", name)
    except Exception:
        log.exception("The doorbell of %s did not ring; the sweep will", name)


def ring_due() -> None:
    """Ring for every chore that has something to do; one that cannot tell must not keep the others waiting."""
    for chore in list(_chores.values()):
        try:
            if chore.is_due():
                ring(chore.name)
        except Exception:
            log.exception("Whether %s is due could not be told", chore.name)


def run(name: str) -> None:
    """Do a chore, and ring again when something is left."""
    chore = _chores[name]
    chore.run()
    if chore.is_due():
        ring(name)
