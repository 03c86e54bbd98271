"""The worker process: django-q2's cluster, and beside it the ticker that rings for due jobs, beats and sweeps."""

import ctypes
import logging
import multiprocessing
import multiprocessing.sharedctypes
import signal
import time
from types import FrameType
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connections
from django_q.cluster import Cluster
from django_q.tasks import async_task

from voicehub.sync import health, installation, lanes, queue
from voicehub.sync.claim import due_providers
from voicehub.sync.sweep import sweep

log = logging.getLogger(__name__)

TICK_SECONDS = 0.5
SWEEP_SECONDS = 10.0

# Without a lock on purpose: a process killed while it holds one would stop all others.
_stopping = multiprocessing.sharedctypes.RawValue(ctypes.c_bool, False)


def is_stopping() -> bool:
    """True in every process of the worker once it was asked to end."""
    return _stopping.value


class Worker:
    """Runs until SIGTERM or SIGINT: calls in flight may finish, nothing new starts."""

    def __init__(self) -> None:
        self._due: dict[Any, float] = {}

    def run(self) -> None:
        installation.check_mode()
        lanes.ensure_lanes()
        lanes.clear_halts()
        connections.close_all()
        cluster = Cluster()
        cluster.start()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)
        while not is_stopping() and cluster.sentinel.is_alive():
            self._tick()
            time.sleep(TICK_SECONDS)
        _stopping.value = True
        cluster.stop()

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        _stopping.value = True

    def _tick(self) -> None:
        try:
            close_old_connections()
            if due_providers():
                queue.ring()
            self._every(settings.HEARTBEAT_SECONDS, beat)
            self._every(SWEEP_SECONDS, sweep)
        except Exception:
            log.exception("A tick failed; the next one tries again")

    def _every(self, seconds: float, action: Any) -> None:
        now = time.monotonic()
        if now >= self._due.get(action, 0):
            self._due[action] = now + seconds
            action()


def beat() -> None:
    async_task(health.BEAT)
