"""The sandbox as a process: starting, stopping, starting again."""

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from tests.sandbox.wire import ROW, OutVoiceWire
from tests.sandbox_process import ROOT, SandboxProcess


def manage(*arguments, **environment):
    """Run manage.py to its end with these variables."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "voicehub.settings", "VOICEHUB_IGNORE_DOTENV": "1"} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_what_was_booked_outlives_a_restart(tmp_path):
    first = SandboxProcess(tmp_path)
    outvoice = OutVoiceWire(first.url)
    outvoice.sign_in()
    outvoice.pay(ROW)
    first.fault("outvoice", "transaction", "refuse", count=7)
    assert first.stop() == 0
    second = SandboxProcess(tmp_path)
    try:
        outvoice.url = second.url
        assert len(second.ledger()) == 1
        assert outvoice.pay(ROW)[0] == 400
        assert second.faults()[0]["remaining"] == 6
    finally:
        second.stop()


def test_sigterm_ends_it_within_a_second_even_while_calls_hang(tmp_path):
    sandbox = SandboxProcess(tmp_path)
    outvoice = OutVoiceWire(sandbox.url)
    outvoice.sign_in()
    sandbox.fault("outvoice", "*", "hang")
    sandbox.fault("outvoice", "*", "slow", value=60)
    head = outvoice.head("GET", "/outvoice/api/v1.0/auth-check")
    with outvoice.open(head), outvoice.open(head):
        while len(sandbox.calls(operation="auth-check")) < 2:
            pass
        before = time.monotonic()
        assert sandbox.stop() == 0
    assert time.monotonic() - before < 1


def test_ctrl_c_ends_it_in_order(tmp_path):
    sandbox = SandboxProcess(tmp_path)
    os.kill(sandbox.pid, signal.SIGINT)
    assert sandbox.stop() == 0


def test_it_listens_on_loopback_alone(sandbox):
    port = OutVoiceWire(sandbox.url).address[1]
    with socket.socket() as everywhere:
        # Taken on 127.0.0.1 only: the same port of another loopback address is free.
        everywhere.bind(("127.0.0.2", port))
        assert everywhere.getsockname() == ("127.0.0.2", port)


def test_two_that_start_at_once_share_one_new_database(tmp_path):
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: SandboxProcess(tmp_path), range(2)))
    try:
        outvoice = OutVoiceWire(both[0].url)
        outvoice.sign_in()
        outvoice.pay(ROW)
        assert len(both[1].ledger()) == 1
        assert len(both[1].records("outvoice")["clients"]) == 1
    finally:
        assert [process.stop() for process in both] == [0, 0]


def test_it_refuses_to_run_in_live_mode(tmp_path):
    ended = manage(
        "sandbox", "--port", "0", VOICEHUB_MODE="live", VOICEHUB_DATA_DIR=str(tmp_path), SECRET_KEY="x" * 50
    )
    assert ended.returncode != 0
    assert "live mode" in ended.stderr
    assert "ready" not in ended.stdout


def test_a_taken_port_is_named(tmp_path, sandbox):
    port = str(OutVoiceWire(sandbox.url).address[1])
    ended = manage("sandbox", "--port", port, VOICEHUB_DATA_DIR=str(tmp_path))
    assert ended.returncode == 1
    assert f"port {port}" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_its_database_can_be_migrated_by_hand_and_holds_nothing_else(tmp_path):
    ended = manage("migrate", "--database", "sandbox", VOICEHUB_DATA_DIR=str(tmp_path))
    assert ended.returncode == 0, ended.stderr
    # Reads the file with nothing of ours in between.
    script = (
        "import sqlite3, sys; rows = sqlite3.connect(sys.argv[1]).execute('SELECT name FROM sqlite_master "
        'WHERE type = "table"\'); print(*(row[0] for row in rows))'
    )
    path = tmp_path / "sandbox" / "sandbox.sqlite3"
    shown = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True)
    tables = set(shown.stdout.split()) - {"sqlite_sequence", "django_migrations"}
    assert tables
    assert all(table.startswith("sandbox_") for table in tables)
