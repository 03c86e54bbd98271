"""The data of earlier versions, migrated to this one."""

import gzip
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

KEPT = Path(__file__).parent
VERSIONS = sorted(path.parent.name for path in KEPT.glob("*/voicehub.sqlite3.gz"))


def manage(folder, *arguments):
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env={**environment, "VOICEHUB_DATA_DIR": str(folder), "VOICEHUB_IGNORE_DOTENV": "1"},
        capture_output=True,
        text=True,
    )


def test_there_is_data_of_the_first_version():
    assert "first" in VERSIONS


@pytest.mark.long
@pytest.mark.parametrize("version", VERSIONS)
def test_data_of_an_earlier_version_migrates_and_keeps_every_payment(version, tmp_path):
    database = tmp_path / "demo" / "voicehub.sqlite3"
    database.parent.mkdir()
    database.write_bytes(gzip.decompress((KEPT / version / "voicehub.sqlite3.gz").read_bytes()))
    payments = "SELECT contributor_name, amount, state FROM contributors_transaction ORDER BY id"
    with sqlite3.connect(database) as before:
        had = before.execute(payments).fetchall()
    migrated = manage(tmp_path, "migrate", "--no-input")
    assert migrated.returncode == 0, migrated.stderr
    with sqlite3.connect(database) as after:
        assert after.execute(payments).fetchall() == had
        assert after.execute("PRAGMA foreign_key_check").fetchall() == []
    assert {state for _name, _amount, state in had} >= {"paid", "refused", "uncertain", "held", "waiting", "draft"}
    assert manage(tmp_path, "check").returncode == 0
