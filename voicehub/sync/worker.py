"""The worker process: django-q2's cluster, and beside it the ticker that rings for due jobs, beats and sweeps."""

import ctypes
import logging
import multiprocessing
import multiprocessing.sharedctypes
import os
import signal
import sys
import time
from types import FrameType
from typing import Any, NoReturn

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
NICENESS = 10
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)

# Without a lock on purpose: a process killed while it holds one would stop all others.
_stopping = multiprocessing.sharedctypes.RawValue(ctypes.c_bool, False)


def give_way() -> None:
    """Let processes that somebody waits for go first: people with a page, callers on the telephone."""
    os.nice(NICENESS)


def is_stopping() -> bool:
    """True in every process of the worker once it was asked to end."""
    return _stopping.value


class Worker:
    """Runs until SIGTERM or SIGINT: calls in flight may finish, nothing new starts."""

    def __init__(self) -> None:
        self._due: dict[Any, float] = {}

    def run(self) -> None:
        give_way()
        installation.check_mode()
        lanes.ensure_lanes()
        lanes.clear_halts()
        health.forget()
        connections.close_all()
        cluster = Cluster()
        for number in STOP_SIGNALS:
            signal.signal(number, self._ask_to_stop)
        cluster.start()
        while not is_stopping():
            if not cluster.sentinel.is_alive():
                wait_to_be_replaced()
            self._tick()
            time.sleep(TICK_SECONDS)
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


def wait_to_be_replaced() -> NoReturn:
    """The queue's sentinel was killed: its processes live on with nobody to guard or end them.

    Calls in flight may finish, nothing new starts, no heart beats: a supervisor then replaces the whole group. Where
    nobody watches the heartbeat, the exit code tells, later.
    """
    log.critical("The queue's sentinel is gone; the worker falls silent until it is replaced")
    _stopping.value = True
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    time.sleep(2 * settings.HEARTBEAT_STALE_SECONDS)
    sys.exit(1)


def beat() -> None:
    async_task(health.BEAT)
