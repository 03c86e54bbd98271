"""Starts everything that VoiceHub needs on one computer, and stops all of it again."""

import errno
import fcntl
import hashlib
import math
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import DatabaseError, close_old_connections
from django.utils.translation import gettext as _

from voicehub.supervisor import Service, Supervisor, http_silence
from voicehub.sync.health import worker_heartbeat_age

MANAGE = (sys.executable, str(settings.BASE_DIR / "manage.py"))
LOOPBACK = "127.0.0.1"
ANY_ADDRESS = "0.0.0.0"  # noqa: S104
HTTP_PATIENCE_SECONDS = 30
DEMO_PEOPLE = ("admin", "staff", "editor", "approver")


class Command(BaseCommand):
    help = "Starts web, worker and, in demo mode, the sandbox; stops all of them on Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        bind = LOOPBACK if settings.VOICEHUB_DEMO else os.environ.get("BIND", LOOPBACK)
        port = read_port("PORT", os.environ.get("PORT", "8000"))
        with only_start(settings.VOICEHUB_DATA_DIR / "up.lock"):
            insist_on_free_ports(bind, port)
            code = Run(bind, port, Console(self.stdout)).run()
        sys.exit(code)


class Run:
    """One run of everything: what is started, in which order, and what is said about it."""

    def __init__(self, bind: str, port: int, console: "Console") -> None:
        self._bind = bind
        self._port = port
        self._host = LOOPBACK if bind == ANY_ADDRESS else bind
        self._say = partial(console.say, "up")
        self._supervisor = Supervisor(console.say)

    def run(self) -> int:
        return self._supervisor.run(self._bring_up)

    def _bring_up(self) -> None:
        if settings.VOICEHUB_DEMO:
            self._supervisor.start(sandbox_service())
        self._manage("migrate", "--no-input", "--verbosity", "0")
        self._collect_static()
        if settings.VOICEHUB_DEMO:
            # The demo account signs in at the sandbox.
            self._supervisor.wait_for("sandbox")
            self._manage("seed_demo")
        self._supervisor.start(self._web_service())
        self._supervisor.start(worker_service())
        self._supervisor.wait_for("web")
        self._announce()

    def _manage(self, *command: str) -> None:
        self._supervisor.run_step(command[0], (*MANAGE, *command))

    def _collect_static(self) -> None:
        stamp = settings.STATIC_ROOT / ".collected"
        wanted = static_fingerprint()
        if not stamp.exists() or stamp.read_text() != wanted:
            self._say(_("Preparing styles and scripts ..."))
            self._manage("collectstatic", "--no-input", "--verbosity", "0")
            stamp.write_text(wanted)

    def _web_service(self) -> Service:
        gunicorn = (sys.executable, "-m", "gunicorn", "voicehub.wsgi:application", "--no-control-socket")
        address = ("--bind", f"{self._bind}:{self._port}")
        # One process: what is kept in memory (the cache without Redis) is the same for every request.
        size = ("--worker-class", "gthread", "--workers", "1", "--threads", "8", "--graceful-timeout", "10")
        # Providers put all they know about a call into the address of a hook.
        longest_address = ("--limit-request-line", "8190")
        alive = partial(http_silence, self._host, self._port, "/healthz/alive", own_host())
        return Service("web", (*gunicorn, *address, *size, *longest_address), alive, HTTP_PATIENCE_SECONDS)

    def _announce(self) -> None:
        self._say(_("VoiceHub is ready: %(address)s") % {"address": f"http://{self._host}:{self._port}/"})
        if settings.VOICEHUB_DEMO:
            sign_ins = ", ".join(f"{name}/{name}" for name in DEMO_PEOPLE)
            self._say(_("Sign in as (name/password): %(sign_ins)s") % {"sign_ins": sign_ins})
        self._say(_("Ctrl-C stops everything."))


def sandbox_service() -> Service:
    port = settings.SANDBOX_PORT
    alive = partial(http_silence, LOOPBACK, port, "/_sandbox/health")
    return Service("sandbox", (*MANAGE, "sandbox", "--port", str(port)), alive, HTTP_PATIENCE_SECONDS)


def worker_service() -> Service:
    return Service("worker", (*MANAGE, "worker"), worker_silence, settings.HEARTBEAT_STALE_SECONDS)


def worker_silence() -> float:
    close_old_connections()
    try:
        age = worker_heartbeat_age()
    except DatabaseError:
        # Without the database nobody knows, and a new worker would not get further than this one.
        return 0
    return math.inf if age is None else age


def own_host() -> str:
    """A host name that Django accepts, so that the probe leaves no complaint in the log."""
    names = [name.removeprefix(".") for name in settings.ALLOWED_HOSTS if name != "*"]
    return names[0] if names else ""


def static_fingerprint() -> str:
    """Changes with every name, size and time of change of the files that would be collected."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = os.stat(storage.path(name))
            digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def read_port(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise CommandError(
            _("%(name)s must be a port number from 1 to 65535, not %(text)s.") % {"name": name, "text": text}
        )
    return int(text)


@contextmanager
def only_start(path: Path) -> Iterator[None]:
    """Refuse a second start on the same data; the system gives the lock back however this process ends."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                _("VoiceHub already runs on the data in %(folder)s. Stop it first, or set VOICEHUB_DATA_DIR.")
                % {"folder": path.parent}
            ) from None
        yield


def insist_on_free_ports(bind: str, port: int) -> None:
    with ExitStack() as held:
        held.enter_context(hold_port("PORT", bind, port))
        if settings.VOICEHUB_DEMO:
            sandbox_port = read_port("SANDBOX_PORT", str(settings.SANDBOX_PORT))
            held.enter_context(hold_port("SANDBOX_PORT", LOOPBACK, sandbox_port))


def hold_port(name: str, host: str, port: int) -> socket.socket:
    listener = socket.socket()
    # As the servers do: connections of the last run that linger do not count.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        why = _("is taken by another program") if error.errno == errno.EADDRINUSE else error.strerror
        raise CommandError(
            _("Port %(port)d %(why)s. Choose another one, for example: %(name)s=%(other)d bin/up")
            % {"port": port, "why": why, "name": name, "other": port % 65000 + 10}
        ) from None
    return listener


class Console:
    """Prints whole lines from several threads, each marked with the name of the process it came from."""

    COLOURS = {"up": 32, "web": 36, "worker": 35, "sandbox": 33}

    def __init__(self, stdout: OutputWrapper) -> None:
        self._stdout = stdout
        self._lock = threading.Lock()

    def say(self, name: str, line: str) -> None:
        label = f"{name:8}|"
        if self._stdout.isatty():
            label = f"\x1b[{self.COLOURS.get(name, 0)}m{label}\x1b[0m"
        try:
            with self._lock:
                self._stdout.write(f"{label} {line}")
                self._stdout.flush()
        except BrokenPipeError:
            # Nobody reads any more: end in order rather than fill the pipes of the processes.
            os.kill(os.getpid(), signal.SIGTERM)
