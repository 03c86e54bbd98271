"""The drain: runs due jobs of all providers until none is left or its time slice ends.

One thread, the caller's, reads and writes the database; calls to providers run in threads of each lane, so a
provider that hangs keeps nobody else waiting. What finishes together is written together.
"""

import logging
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from queue import Empty, SimpleQueue

from django.conf import settings
from django.db import OperationalError

from voicehub.sync import claim, finish, health, seating
from voicehub.sync.clock import database_now
from voicehub.sync.decisions import Outcome
from voicehub.sync.lane_run import Finished, InlineExecutor, LaneRun, lane_pool
from voicehub.sync.work import Work

log = logging.getLogger(__name__)

LOOK_EVERY = 0.05
LINGER = 0.02
WRITE_TRIES = 20


class Drain:
    """One run of the engine. `seconds` is the time slice in which new jobs are started; `stopping` ends it early."""

    def __init__(
        self,
        seconds: float | None = None,
        *,
        stopping: Callable[[], bool] = lambda: False,
        make_pool: Callable[[str, int], Executor] = lane_pool,
    ) -> None:
        self.holder = str(uuid.uuid4())
        self._ends_at = time.monotonic() + (settings.DRAIN_SECONDS if seconds is None else seconds)
        self._stopping = stopping
        self._make_pool = make_pool
        self._lanes: dict[str, LaneRun] = {}
        self._finished: Finished = SimpleQueue()
        self._beat_at = time.monotonic()

    def run(self) -> int:
        """Work until nothing is due or the slice ends, then wait for calls in flight. Returns how many ended."""
        ended, started = 0, 0 if self._is_closing() else self._start_due()
        # Only after the first look, which keeps a job's way short; what came in between is seen by the next look.
        health.stamp_drain(answered=True)
        try:
            while True:
                started += 0 if self._is_closing() else self._start_due()
                if not started and not self._count_in_hand():
                    return ended
                ended += self._write_finished()
                self._show_life()
                started = 0
        finally:
            seating.leave(self.holder)
            for lane in self._lanes.values():
                lane.close()

    def _is_closing(self) -> bool:
        return self._stopping() or time.monotonic() >= self._ends_at

    def _count_in_hand(self) -> int:
        return sum(len(lane.in_hand) for lane in self._lanes.values())

    def _start_due(self) -> int:
        return sum(self._start(slug) for slug in claim.due_providers())

    def _start(self, slug: str) -> int:
        lane = self._lanes.get(slug)
        claimed = claim.claim(
            slug, self.holder, seats=lane.seats if lane else None, in_hand=len(lane.in_hand) if lane else 0
        )
        if claimed.work:
            if lane is None:
                pool = self._make_pool(slug, claimed.seats)
                lane = self._lanes[slug] = LaneRun(claimed.seats, pool, self._finished, self._stopping)
            lane.take(claimed.work)
        return len(claimed.work)

    def _write_finished(self) -> int:
        results = list(self._take_finished())
        for work, _outcome in results:
            self._lanes[work.job.provider].in_hand.pop(work.key)
        if results:
            write_stubbornly(results)
        for lane in self._lanes.values():
            lane.spread()
        return len(results)

    def _take_finished(self) -> Iterator[tuple[Work, Outcome]]:
        """What has finished; once something has, what finishes shortly after it too, to be written together."""
        wait, until = LOOK_EVERY, None
        for _place in range(self._count_in_hand()):
            try:
                yield self._finished.get(timeout=wait)
            except Empty:
                return
            until = until or time.monotonic() + LINGER
            wait = max(0.0, until - time.monotonic())

    def _show_life(self) -> None:
        """Renew the leases of what is in hand and the drain's own sign of life, every few seconds."""
        if time.monotonic() - self._beat_at < settings.SYNC_LEASE_SECONDS / 4:
            return
        self._beat_at = time.monotonic()
        health.stamp_drain()
        claim.renew_leases(work for lane in self._lanes.values() for work in lane.in_hand.values())
        seating.keep(self.holder, database_now())


def write_stubbornly(results: list[tuple[Work, Outcome]]) -> None:
    """An answer is precious: a busy or restarted database is asked again, until the leases are gone anyway."""
    for _try in range(WRITE_TRIES):
        try:
            return finish.write(results)
        except OperationalError:
            log.warning("The database did not take the outcome of %d jobs; trying again", len(results))
            time.sleep(1)
        except Exception:
            return _write_apart(results)
    return finish.write(results)


def _write_apart(results: list[tuple[Work, Outcome]]) -> None:
    """One outcome that cannot be written must not take the others with it; its claim ends with its lease."""
    for work, outcome in results:
        try:
            finish.write([(work, outcome)])
        except Exception:
            log.exception("Job %s: its outcome (%s) could not be written", work.job.pk, outcome.state)


def drain(seconds: float | None = None, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Run due jobs with a pool of threads for each lane."""
    return Drain(seconds, stopping=stopping).run()


def drain_inline() -> int:
    """Run due jobs one after the other in this thread, until none is due."""
    return Drain(seconds=3600, make_pool=lambda slug, threads: InlineExecutor()).run()
