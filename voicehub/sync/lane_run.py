"""The calls of one drain in one lane: a backlog, and the threads that work it off."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

from django.db import connections

from voicehub.sync.calls import perform
from voicehub.sync.decisions import Outcome
from voicehub.sync.models import JobState
from voicehub.sync.work import Work

Finished = SimpleQueue[tuple[Work, Outcome]]

# Calls quicker than this keep the interpreter busy rather than wait: more threads would only get in each other's way.
QUICK_SECONDS = 0.003
THREADS_FOR_QUICK_CALLS = 1


class InlineExecutor(Executor):
    """Runs a call at once in the caller's thread: for tests and commands."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class LaneRun:
    """Works off what was claimed, with at most `seats` calls at once; outcomes go to `finished`.

    What has not begun when the lane breaks or `stopping` says so goes back unsent.
    """

    def __init__(self, seats: int, pool: Executor, finished: Finished, stopping: Callable[[], bool]) -> None:
        self.seats = seats
        self.in_hand: dict[tuple[int, int], Work] = {}
        self._pool = pool
        self._finished = finished
        self._stopping = stopping
        self._backlog: deque[Work] = deque()
        self._lock = threading.Lock()
        self._threads = 0
        self._call_seconds = 1.0
        self._is_broken = False

    def take(self, work: Iterable[Work]) -> None:
        """Begin with newly claimed work; the lane was whole when it was claimed."""
        self._is_broken = False
        for item in work:
            self.in_hand[item.key] = item
            self._backlog.append(item)
        self.spread()

    def spread(self) -> None:
        """Start as many threads as the backlog is worth."""
        while self._may_start():
            self._pool.submit(self._work_off)

    def close(self) -> None:
        self._pool.shutdown(wait=False)

    def _may_start(self) -> bool:
        with self._lock:
            may = self._threads < min(self._worth(), len(self._backlog) + self._threads)
            self._threads += may
            return may

    def _worth(self) -> int:
        return self.seats if self._call_seconds > QUICK_SECONDS else min(self.seats, THREADS_FOR_QUICK_CALLS)

    def _work_off(self) -> None:
        while work := self._next():
            self._finished.put((work, self._do(work)))
        for connection in connections.all(initialized_only=True):
            if not connection.in_atomic_block and threading.current_thread() is not threading.main_thread():
                connection.close()

    def _next(self) -> Work | None:
        with self._lock:
            if self._backlog and self._threads <= self._worth():
                return self._backlog.popleft()
            self._threads -= 1
            return None

    def _do(self, work: Work) -> Outcome:
        if self._is_broken or self._stopping():
            return Outcome(JobState.WAITING, look_first=work.job.look_first)
        started = time.perf_counter()
        outcome = perform(work)
        self._call_seconds += 0.2 * (time.perf_counter() - started - self._call_seconds)
        self._is_broken |= outcome.breaks_lane or outcome.pauses_lane > 0 or outcome.halts_lane
        return outcome


def lane_pool(slug: str, threads: int) -> Executor:
    return ThreadPoolExecutor(threads, thread_name_prefix=f"lane-{slug}")
