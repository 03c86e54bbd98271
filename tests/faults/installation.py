"""What the fault scripts work on: a fresh VoiceHub of their own, a sandbox, and live workers to do harm to."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from tests.sandbox_process import ROOT, SandboxProcess

LIVE_WORKER = ("manage.py", "worker")


@contextmanager
def installation(**environment: str) -> Iterator[SandboxProcess]:
    """A new database, migrated and connected to a sandbox's OutVoice, with a first list of contributors.

    Its settings stand in the environment: they hold for this process and for all that it starts. A DATABASE_URL
    found there names the PostgreSQL server on which the database is made, a MIGRATED_DATABASE the SQLite file to
    begin with.
    """
    # Asked to end, clean up as after an error.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="voicehub-faults-") as folder, fresh_database():
        sandbox = SandboxProcess()
        try:
            os.environ.update(
                DJANGO_SETTINGS_MODULE="voicehub.settings",
                VOICEHUB_IGNORE_DOTENV="1",
                VOICEHUB_DATA_DIR=folder,
                OUTVOICE_BASE_URL=sandbox.outvoice_url,
                VOICESHOT_URL=sandbox.voiceshot_url,
                # Payments go out at once: the time in which they can be taken back has tests of its own.
                PAYMENT_UNDO_SECONDS="0",
                LOG_LEVEL="WARNING",
                **environment,
            )
            _set_up()
            yield sandbox
        finally:
            _close_connections()
            sandbox.stop()


@contextmanager
def fresh_database() -> Iterator[None]:
    """On PostgreSQL a database of our own, which goes again; on SQLite the data folder is enough."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        yield
        return
    name = f"voicehub_faults_{uuid.uuid4().hex[:12]}"
    _on_server(url, f"CREATE DATABASE {name}")
    os.environ["DATABASE_URL"] = urlsplit(url)._replace(path=f"/{name}").geturl()
    try:
        yield
    finally:
        os.environ["DATABASE_URL"] = url
        _on_server(url, f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def _set_up() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    if begin_with := os.environ.get("MIGRATED_DATABASE"):
        shutil.copyfile(begin_with, settings.DATABASES["default"]["NAME"])
    call_command("migrate", verbosity=0)
    connect()


def connect() -> None:
    """Sign in at OutVoice as an editor and fetch the contributors."""
    from django.contrib.auth import get_user_model

    from contributors import services
    from voicehub.sync.engine import drain_inline

    editor = get_user_model().objects.create_user("editor")
    services.connect(email="editor@example.org", password="sandbox", user=editor)
    drain_inline()


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()


def pay_steve(url: str) -> Any:
    """Confirm a payment of 20 dollars for the article at `url`, as an editor does; returns the Transaction."""
    from django.contrib.auth import get_user_model

    from contributors import services
    from contributors.models import Contributor
    from tests.contributors.factories import make_order

    editor = get_user_model().objects.get(username="editor")
    steve = Contributor.objects.get(name="Steve Rogers")
    order = make_order(editor, [(steve, "20")], url=url, title="A story")
    services.preview(order)
    services.confirm(order, user=editor, lines_shown=services.digest(order))
    return order.lines.get()


def start(*command: str, **options: Any) -> subprocess.Popen[str]:
    """A Python process in a group of its own, as a supervisor would start it."""
    return subprocess.Popen([sys.executable, *command], cwd=ROOT, start_new_session=True, text=True, **options)


@contextmanager
def live_worker(**environment: str) -> "Iterator[subprocess.Popen[str]]":
    """A worker at the end of whose block nothing of it is left."""
    process = start(*LIVE_WORKER, env={**os.environ, **environment})
    try:
        yield process
    finally:
        kill_group(process)


def kill_group(process: subprocess.Popen[str]) -> None:
    """kill -9 for the process and all that it has started. Does no harm to one that is gone."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(condition: Callable[[], bool], within: float, every: float = 0.05) -> bool:
    """Whether the condition came true in so many seconds."""
    end = time.monotonic() + within
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True
