"""The short form of `tests.faults.kill_worker`, in processes of its own."""

import json
import os
import subprocess

import pytest

from tests import migrated
from tests.faults.installation import start

pytestmark = pytest.mark.long

OF_THE_SUITE = ("VOICEHUB_TESTS_DIR", "VOICEHUB_TESTS_PROCESS", "PYTEST_CURRENT_TEST")


@pytest.fixture
def kill_worker():
    """Runs the script to its end: its exit code and its report."""
    started = []

    def run(*options):
        environment = {name: value for name, value in os.environ.items() if name not in OF_THE_SUITE}
        if "DATABASE_URL" not in environment:
            environment["MIGRATED_DATABASE"] = str(migrated.database())
        command = ("-m", "tests.faults.kill_worker", *options)
        started.append(start(*command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
        said, errors = started[-1].communicate(timeout=110)
        assert said, errors
        return started[-1].returncode, json.loads(said.splitlines()[-1])

    yield run
    for process in started:
        process.terminate()
        process.wait(30)


def test_a_worker_killed_in_mid_call_never_pays_twice_and_loses_nothing(kill_worker):
    code, report = kill_worker("--payments", "16", "--kills", "2")
    assert code == 0, report
    assert report["kills"] == 2


def test_the_check_fails_when_the_claim_is_taken_out(kill_worker):
    code, report = kill_worker("--payments", "4", "--kills", "0", "--without-claim", "--patience", "60")
    assert code == 1
    assert "a payment was booked twice" in report["faults"]
