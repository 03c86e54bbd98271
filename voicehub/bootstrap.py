"""What the settings need before Django is there: generated secrets and the SQLite connection."""

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet


def new_fernet_key() -> str:
    return Fernet.generate_key().decode()


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """Read the secret kept in `path`; the first caller makes it (readable by its owner only)."""
    if not path.exists():
        handle, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(make())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        os.unlink(draft)
    return path.read_text()


def sqlite_database(path: Path, synchronous: str = "FULL", timeout: int = 20) -> dict[str, Any]:
    """A SQLite connection that several processes may write through.

    WAL lets readers pass the writer, IMMEDIATE makes a writer wait for its turn (`timeout` seconds at most) instead
    of failing half-way, and FULL means that what was committed before a once-only call survives a power loss.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": timeout,
            "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; "
            "PRAGMA foreign_keys=ON; PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY",
        },
    }
