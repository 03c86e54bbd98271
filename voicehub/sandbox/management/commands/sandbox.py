import fcntl
import os
import signal
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from voicehub.sandbox.providers import PROVIDERS
from voicehub.sandbox.router import SANDBOX
from voicehub.sandbox.server import SandboxServer

ENDING = (signal.SIGTERM, signal.SIGINT)


def end(number: int, frame: Any) -> None:
    """Once: a second signal would fall into the end that the first one has begun."""
    for ending in ENDING:
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


class Command(BaseCommand):
    help = "Runs the stand-in for the providers, on this computer only. Ends on SIGTERM or Ctrl-C."
    # It starts in tests over and over, and needs nothing of what the checks look at.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--port", type=int, default=settings.SANDBOX_PORT, help="0 takes a free port and prints it."
        )

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        if not settings.VOICEHUB_DEMO:
            raise CommandError(_("The sandbox does not run in live mode."))
        for number in ENDING:
            signal.signal(number, end)
        with suppress(KeyboardInterrupt):
            prepare_database()
            self._serve(port)
        # Python may take a second to take itself apart, and there is nothing left to save.
        os._exit(0)

    def _serve(self, port: int) -> None:
        try:
            server = SandboxServer(port)
        except (OSError, OverflowError) as error:
            raise CommandError(
                _("The sandbox cannot listen on port %(port)d: %(why)s.") % {"port": port, "why": error}
            ) from error
        with server:
            self.stdout.write(_("Sandbox ready on %(url)s") % {"url": server.url})
            self.stdout.flush()
            server.serve_forever()


def prepare_database() -> None:
    """Make or upgrade the sandbox's database, and give each provider its first records."""
    with only_one_at_a_time():
        call_command("migrate", SANDBOX, database=SANDBOX, interactive=False, verbosity=0)
        with transaction.atomic(SANDBOX):
            for provider in PROVIDERS.values():
                if provider.is_empty():
                    provider.reset()


@contextmanager
def only_one_at_a_time() -> Iterator[None]:
    path = Path(f"{settings.DATABASES[SANDBOX]['NAME']}.lock")
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
