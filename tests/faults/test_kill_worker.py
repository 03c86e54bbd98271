"""The short form of `tests.faults.kill_worker`, in processes of its own."""

import json
import subprocess
import sys


def kill_worker(*options: str) -> tuple[int, dict]:
    command = [sys.executable, "-m", "tests.faults.kill_worker", *options]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=110)
    assert ended.stdout, ended.stderr
    return ended.returncode, json.loads(ended.stdout.splitlines()[-1])


def test_a_worker_killed_in_mid_call_never_pays_twice_and_loses_nothing():
    code, report = kill_worker("--payments", "80", "--kills", "3")
    assert code == 0, report
    assert report["kills"] == 3


def test_the_check_fails_when_the_claim_is_taken_out():
    code, report = kill_worker("--payments", "12", "--kills", "1", "--without-claim", "--patience", "12")
    assert code == 1
    assert "a payment was booked twice" in report["faults"]
