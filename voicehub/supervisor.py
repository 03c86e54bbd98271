"""Runs several processes as one: all of them or none, no orphan, and one that falls silent is replaced."""

import math
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from types import FrameType
from typing import NoReturn

from django.utils.translation import gettext as _

from voicehub.guardian import Guardian, kill_group

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
POLL_SECONDS = 0.05
PROBE_SECONDS = 2.0
PROBE_TIMEOUT_SECONDS = 5.0
LAST_WORDS_SECONDS = 1.0


@dataclass(frozen=True)
class Service:
    """A process that is to run until everything stops.

    `silence` tells for how many seconds it has shown no life: 0 when it answers now, infinity when nothing
    is known. More than `patience` seconds of it, counted from its start at the earliest, and it is replaced.
    """

    name: str
    command: Sequence[str]
    silence: Callable[[], float]
    patience: float


class StopRequestedError(Exception):
    """Somebody asked for an orderly end: Ctrl-C, SIGTERM, or a closed terminal."""


class ProcessEndedError(Exception):
    """A process that everything depends on is gone. `code` as in a shell: above 128 it was a signal."""

    def __init__(self, name: str, returncode: int) -> None:
        self.code = 128 - returncode if returncode < 0 else returncode or 1
        self.words = (
            _("%(name)s was ended by signal %(number)d; everything is stopped.")
            if returncode < 0
            else _("%(name)s ended with code %(number)d; everything is stopped.")
        ) % {"name": name, "number": abs(returncode)}
        super().__init__(self.words)


def http_silence(host: str, port: int, path: str, host_header: str = "") -> float:
    """0 when anything at all answers a GET, else infinity."""
    connection = HTTPConnection(host, port, timeout=PROBE_TIMEOUT_SECONDS)
    try:
        connection.request("GET", path, headers={"Host": host_header or f"{host}:{port}"})
        connection.getresponse()
    except (OSError, HTTPException):
        return math.inf
    finally:
        connection.close()
    return 0.0


class Supervisor:
    """Owns the processes of one run.

    `say(name, line)` prints a line of the process called `name`; it is called from several threads. A process
    that does not end within `grace` seconds of SIGTERM is killed, and whatever is left of its group with it.
    """

    def __init__(self, say: Callable[[str, str], None], *, grace: float = 12.0) -> None:
        self._say = say
        self._grace = grace
        self._steps: list[_Process] = []
        self._services: list[_Supervised] = []
        self._guardian: Guardian
        self._is_stop_requested = False

    def run(self, work: Callable[[], None]) -> int:
        """Do `work`, which starts services and steps, then keep watch. Returns the exit code."""
        with self._stop_signals_noted():
            self._guardian = Guardian(self._grace)
            try:
                work()
                self._watch()
            except StopRequestedError:
                return 0
            except ProcessEndedError as ended:
                self._say("up", ended.words)
                return ended.code
            finally:
                self._end(*self._steps, *self._services)
                self._guardian.dismiss()

    def start(self, service: Service) -> None:
        self._services.append(_Supervised(service, self._say))
        self._protect_all()

    def run_step(self, name: str, command: Sequence[str]) -> None:
        """Run a command to its end; raises ProcessEndedError when it fails."""
        step = _Process(name, command, self._say)
        self._steps.append(step)
        self._protect_all()
        while step.returncode is None:
            self._pause()
        self._end(step)
        if step.returncode:
            raise ProcessEndedError(name, step.returncode)

    def wait_for(self, name: str) -> None:
        """Return once the service of that name has shown life since it was started."""
        while not any(service.is_heard for service in self._services if service.name == name):
            self._pause()
            self._replace_silent()

    def _watch(self) -> NoReturn:
        while True:
            self._pause()
            self._replace_silent()

    def _pause(self) -> None:
        time.sleep(POLL_SECONDS)
        if self._is_stop_requested:
            raise StopRequestedError
        for service in self._services:
            if service.returncode is not None:
                raise ProcessEndedError(service.name, service.returncode)

    def _replace_silent(self) -> None:
        for silent in [service for service in self._services if service.is_silent]:
            words = _("%(name)s has shown no life for %(seconds)d seconds; it is stopped and started again.")
            self._say("up", words % {"name": silent.name, "seconds": silent.service.patience})
            self._end(silent)
            self.start(silent.service)

    def _end(self, *processes: "_Process") -> None:
        for process in processes:
            process.ask_to_end()
        deadline = time.monotonic() + self._grace
        while any(process.returncode is None for process in processes) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        for process in processes:
            process.bury()
        self._steps = [step for step in self._steps if step not in processes]
        self._services = [service for service in self._services if service not in processes]
        self._protect_all()

    def _protect_all(self) -> None:
        self._guardian.protect([process.group for process in (*self._steps, *self._services)])

    @contextmanager
    def _stop_signals_noted(self) -> Iterator[None]:
        before = {number: signal.signal(number, self._note_stop) for number in STOP_SIGNALS}
        # bin/up keeps them back until there is somebody to act on them.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _note_stop(self, number: int, frame: FrameType | None) -> None:
        self._is_stop_requested = True


class _Process:
    """A command in a session of its own, its output passed on line by line."""

    def __init__(self, name: str, command: Sequence[str], say: Callable[[str, str], None]) -> None:
        self.name = name
        self._say = say
        self._popen = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        self.group = self._popen.pid
        self._reader = threading.Thread(target=self._pass_on, daemon=True)
        self._reader.start()

    @property
    def returncode(self) -> int | None:
        return self._popen.poll()

    def ask_to_end(self) -> None:
        # Its leader alone, see voicehub.guardian.
        self._popen.terminate()

    def bury(self) -> None:
        """Kill what is left of the group, and wait for the last lines that it has printed."""
        kill_group(self.group)
        self._popen.wait()
        self._reader.join(LAST_WORDS_SECONDS)

    def _pass_on(self) -> None:
        for line in self._popen.stdout or ():
            self._say(self.name, line.rstrip("\n"))


class _Supervised(_Process):
    """A service at work, with a thread that asks it for signs of life."""

    def __init__(self, service: Service, say: Callable[[str, str], None]) -> None:
        super().__init__(service.name, service.command, say)
        self.service = service
        self._started_at = self._heard_at = time.monotonic()
        self._over = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def is_heard(self) -> bool:
        return self._heard_at > self._started_at

    @property
    def is_silent(self) -> bool:
        return time.monotonic() - self._heard_at > self.service.patience

    def bury(self) -> None:
        self._over.set()
        super().bury()

    def _listen(self) -> None:
        while not self._over.wait(PROBE_SECONDS if self.is_heard else POLL_SECONDS):
            asked_at = time.monotonic()
            self._heard_at = max(self._heard_at, asked_at - self.service.silence())
