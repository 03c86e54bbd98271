"""The commands in bin/, run as a person runs them."""

import contextlib
import math
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest
from django.contrib.staticfiles.finders import get_finder
from django.core.management.base import CommandError

from tests import migrated
from voicehub.management.commands import up as up_command
from voicehub.sync.models import Heartbeat

ROOT = Path(__file__).resolve().parent.parent
OUT = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
SIGN_INS = "admin/admin, staff/staff, editor/editor, approver/approver"


def run(*command, cwd=ROOT, **variables):
    environment = os.environ | {name: str(value) for name, value in variables.items()}
    return subprocess.run([str(part) for part in command], cwd=cwd, env=environment, timeout=110, **OUT)


def free_ports(count):
    with contextlib.ExitStack() as held:
        listeners = [held.enter_context(socket.socket()) for _ in range(count)]
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))
        return [listener.getsockname()[1] for listener in listeners]


def is_gone(process):
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


# --- Setting up


@pytest.fixture
def project(tmp_path):
    """The commands in a project of their own, with nothing to install, so that no network is needed."""
    shutil.copytree(ROOT / "bin", tmp_path / "bin")
    (tmp_path / "requirements.lock").touch()
    return tmp_path


def python_of(project, **variables):
    code = "import sys; print(sys.prefix)"
    settings = {"VOICEHUB_VENV": ".venv", "VOICEHUB_PYTHON": sys.executable} | variables
    return run(project / "bin" / "_python", "-c", code, cwd="/", **settings)


@pytest.mark.long
def test_set_up_is_repeated_until_it_succeeds_and_then_only_for_a_changed_lock(project):
    lock = project / "requirements.lock"
    lock.write_text("./nowhere.whl\n")
    failed = python_of(project)
    assert failed.returncode == 1
    assert "Setting up failed" in failed.stdout

    lock.write_text("")
    repeated = python_of(project)
    assert "Making .venv" in repeated.stdout
    assert repeated.stdout.splitlines()[-1] == str(project / ".venv")
    assert python_of(project).stdout == f"{project / '.venv'}\n"

    lock.write_text("# changed\n")
    changed = python_of(project)
    assert "Installing" in changed.stdout
    assert "Making .venv" not in changed.stdout


def test_a_folder_that_is_no_environment_is_left_alone(project):
    answer = python_of(project, VOICEHUB_VENV=".")
    assert answer.returncode == 1
    assert "is not a virtual environment" in answer.stdout
    assert (project / "requirements.lock").exists()


def test_without_a_python_that_is_new_enough_it_says_what_is_needed(project):
    answer = python_of(project, VOICEHUB_PYTHON="false")
    assert answer.returncode == 1
    assert "needs Python 3.11 or newer" in answer.stdout


@pytest.mark.parametrize(("command", "code"), [(["manage.py", "up"], 0), (["-m", "pytest"], 143)])
def test_a_stop_during_the_set_up_leaves_nothing_running(project, command, code):
    variables = os.environ | {"VOICEHUB_VENV": ".venv", "VOICEHUB_PYTHON": sys.executable}
    with subprocess.Popen([project / "bin" / "_python", *command], env=variables, **OUT) as process:
        assert "Making .venv" in process.stdout.readline()
        set_up = psutil.Process(process.pid)
        wait_until(set_up.children)
        steps = set_up.children(recursive=True)
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == code
    wait_until(lambda: all(map(is_gone, steps)))


# --- Tests, lint, benchmarks


def test_bin_test_works_from_any_folder_and_says_that_journeys_are_left_out():
    answer = run(ROOT / "bin" / "test", "tests/test_imports.py", "-n", "0", cwd="/")
    assert answer.returncode == 0
    assert "Browser journeys were left out; they run with: bin/test --journeys" in answer.stdout


def test_the_network_is_out_of_reach_in_tests(tmp_path):
    offending = tmp_path / "test_far.py"
    offending.write_text(
        "import socket\n"
        "def test_far():\n"
        "    try:\n"
        "        socket.create_connection(('192.0.2.1', 80), timeout=0.1)\n"
        "    except Exception:\n"
        "        pass\n"
    )
    answer = run(sys.executable, "-m", "pytest", "-p", "tests.conftest", offending, "--rootdir", tmp_path)
    assert "A test tried to reach ('192.0.2.1', 80)" in answer.stdout
    assert answer.returncode == 1


def test_bin_bench_lists_the_benchmarks_and_knows_no_other():
    assert run(ROOT / "bin" / "bench", cwd="/").returncode == 0
    answer = run(ROOT / "bin" / "bench", "nonsense")
    assert answer.returncode == 2
    assert "There is no benchmark called nonsense." in answer.stdout


# --- Starting everything


class Up:
    """`bin/up` on data and ports of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.port, self.sandbox_port = free_ports(2)
        self.lines = []

    def start(self):
        variables = os.environ | {
            "VOICEHUB_DATA_DIR": str(self.folder),
            "PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "DJANGO_SETTINGS_MODULE": "voicehub.settings",
        }
        self.process = subprocess.Popen([ROOT / "bin" / "up"], cwd="/", env=variables, **OUT)

    def wait_for(self, words):
        for line in self.process.stdout:
            self.lines.append(line)
            if words in line:
                return
        raise AssertionError(f"bin/up never said {words!r}:\n{''.join(self.lines)}")

    def descendants(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number=signal.SIGTERM):
        """Its exit code."""
        self.process.send_signal(number)
        self.lines += self.process.communicate(timeout=60)[0].splitlines()
        return self.process.returncode


@pytest.fixture
def up(tmp_path):
    """With tables already there; the journeys begin with none."""
    up = Up(tmp_path / "data")
    (up.folder / "demo").mkdir(parents=True)
    shutil.copy(migrated.database(), up.folder / "demo")
    yield up
    if up.process.poll() is None:
        up.stop()


@pytest.mark.long
def test_bin_up_starts_everything_lets_no_second_one_in_and_leaves_nothing_behind(up, tmp_path):
    up.start()
    up.wait_for("Ctrl-C stops everything")
    assert any(f"http://127.0.0.1:{up.port}/" in line for line in up.lines)
    assert any(SIGN_INS in line for line in up.lines)
    with urlopen(f"http://127.0.0.1:{up.port}/admin/login/") as page:
        assert page.status == 200

    second = Up(up.folder)
    second.start()
    assert second.process.wait(60) == 1
    assert "already runs" in second.process.stdout.read()

    third = Up(tmp_path / "other")
    third.sandbox_port = up.sandbox_port
    third.start()
    assert third.process.wait(60) == 1
    assert f"Port {up.sandbox_port} is taken by another program" in third.process.stdout.read()

    processes = up.descendants()
    assert up.stop(signal.SIGINT) == 0
    assert all(map(is_gone, processes))

    # Once more on what is there already, which takes a third of the time; this one is killed.
    up.start()
    up.wait_for("Ctrl-C stops everything")
    processes = up.descendants()
    up.process.kill()
    wait_until(lambda: all(map(is_gone, processes)))


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", ""])
def test_a_port_that_is_none_is_refused_in_words(port):
    with pytest.raises(CommandError, match="PORT must be a port number"):
        up_command.read_port("PORT", port)


@pytest.mark.parametrize(
    ("hosts", "host"), [(["hub.example.com"], "hub.example.com"), ([".example.com"], "example.com"), (["*"], "")]
)
def test_the_probe_uses_a_host_name_that_django_accepts(settings, hosts, host):
    settings.ALLOWED_HOSTS = hosts
    assert up_command.own_host() == host


def test_styles_are_collected_again_only_when_one_has_changed(settings, tmp_path):
    settings.STATICFILES_DIRS = [tmp_path]
    get_finder.cache_clear()
    (tmp_path / "a.css").write_text("a")
    first = up_command.static_fingerprint()
    assert up_command.static_fingerprint() == first
    (tmp_path / "a.css").write_text("longer")
    assert up_command.static_fingerprint() != first
    get_finder.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_never_heard_is_silent():
    Heartbeat.objects.all().delete()
    assert up_command.worker_silence() == math.inf


def wait_until(condition, within=60):
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
