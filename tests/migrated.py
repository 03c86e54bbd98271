"""A SQLite database with every table, made once for all processes of a run: a copy is far quicker than migrating."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "migrated"


def database() -> Path:
    """The file to copy. The first process that asks for it makes it, others wait."""
    folder = Path(os.environ["VOICEHUB_TESTS_DIR"])
    path = folder / NAME / "demo" / "voicehub.sqlite3"
    with (folder / f"{NAME}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _migrate()
    return path


def _migrate() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env=environment | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTEST_XDIST_WORKER": NAME},
        check=True,
    )
