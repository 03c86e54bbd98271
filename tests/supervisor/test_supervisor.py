"""The supervisor with real processes: small Python programs that behave, or do not."""

import math
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import partial

import psutil
import pytest

from voicehub import supervisor as module
from voicehub.supervisor import Service, Supervisor, http_silence

SHOW_PID = "import os, signal, subprocess, sys, time; print('pid', os.getpid(), flush=True); "
OBEDIENT = SHOW_PID + "time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + OBEDIENT
POLITE = (
    "import signal, sys; "
    "signal.signal(signal.SIGTERM, lambda *_: (print('finished', flush=True), sys.exit())); " + OBEDIENT
)
# Its child ends at any signal, but finishes its work when the parent tells it to.
POLITE_PARENT = """
import os, pathlib, signal, subprocess, sys, time
work = "import pathlib, sys; sys.stdin.read(); pathlib.Path(sys.argv[1]).write_text('finished')"
worker = subprocess.Popen([sys.executable, "-c", work, sys.argv[1]], stdin=subprocess.PIPE)
def finish(number, frame):
    time.sleep(0.2)
    worker.communicate()
    sys.exit()
signal.signal(signal.SIGTERM, finish)
print("pid", os.getpid(), flush=True)
time.sleep(600)
"""
PARENT_OF_STUBBORN = SHOW_PID + f"subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]); time.sleep(600)"
FREEZING_SERVER = """
import os, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/freeze":
            time.sleep(600)
        self.send_error(404)
server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
print("pid", os.getpid(), flush=True)
server.serve_forever()
"""


def wait_until(condition, within=30):
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def is_gone(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def ask_to_stop(number=signal.SIGTERM):
    os.kill(os.getpid(), number)


def child(name, program, *arguments, silence=lambda: math.inf, patience=3600):
    return Service(name, [sys.executable, "-c", program, *arguments], silence, patience)


class Said(list):
    """What the processes and the supervisor have printed, as (name, line)."""

    def __call__(self, name, line):
        self.append((name, line))

    def pids(self):
        return [int(line.split()[1]) for _, line in list(self) if line.startswith("pid ")]

    def wait_for_pids(self, count):
        wait_until(lambda: len(self.pids()) >= count)


@pytest.fixture
def said():
    return Said()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_ends_every_process_and_returns_0(said, number):
    supervisor = Supervisor(said)

    def work():
        supervisor.start(child("one", OBEDIENT))
        supervisor.start(child("two", OBEDIENT))
        said.wait_for_pids(2)
        ask_to_stop(number)

    assert supervisor.run(work) == 0
    assert all(map(is_gone, said.pids()))


def test_the_signal_handlers_of_before_are_put_back(said):
    before = signal.getsignal(signal.SIGTERM)
    Supervisor(said).run(ask_to_stop)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_process_may_finish_what_it_has_begun_and_is_heard_to_its_last_line(said):
    supervisor = Supervisor(said)

    def work():
        supervisor.start(child("polite", POLITE))
        said.wait_for_pids(1)
        ask_to_stop()

    supervisor.run(work)
    assert said[-1] == ("polite", "finished")


def test_what_a_process_has_started_may_finish_too(said, tmp_path):
    """The queue's processes pay: a SIGTERM to each of them would cut them off between call and answer."""
    supervisor = Supervisor(said)

    def work():
        supervisor.start(child("parent", POLITE_PARENT, str(tmp_path / "work")))
        said.wait_for_pids(1)
        ask_to_stop()

    supervisor.run(work)
    assert (tmp_path / "work").read_text() == "finished"


def test_a_process_that_ignores_the_request_is_killed_after_the_grace(said):
    supervisor = Supervisor(said, grace=0.3)

    def work():
        supervisor.start(child("stubborn", STUBBORN))
        said.wait_for_pids(1)
        ask_to_stop()

    assert supervisor.run(work) == 0
    assert is_gone(said.pids()[0])


def test_what_a_process_has_started_ends_with_it(said):
    supervisor = Supervisor(said)

    def work():
        supervisor.start(child("parent", PARENT_OF_STUBBORN))
        said.wait_for_pids(2)
        ask_to_stop()

    supervisor.run(work)
    wait_until(lambda: all(map(is_gone, said.pids())))


@pytest.mark.parametrize(
    ("last_act", "code", "words"),
    [
        ("sys.exit(3)", 3, "short ended with code 3; everything is stopped."),
        ("sys.exit(0)", 1, "short ended with code 0; everything is stopped."),
        ("os.kill(os.getpid(), 9)", 137, "short was ended by signal 9; everything is stopped."),
    ],
)
def test_a_process_that_ends_by_itself_stops_the_others_and_the_code_tells(said, last_act, code, words):
    supervisor = Supervisor(said)

    def work():
        supervisor.start(child("long", OBEDIENT))
        said.wait_for_pids(1)
        supervisor.start(child("short", SHOW_PID + last_act))

    assert supervisor.run(work) == code
    assert ("up", words) in said
    assert all(map(is_gone, said.pids()))


def test_a_process_that_lives_but_falls_silent_is_stopped_and_started_again(said, monkeypatch):
    monkeypatch.setattr(module, "PROBE_SECONDS", 0.05)
    monkeypatch.setattr(module, "PROBE_TIMEOUT_SECONDS", 0.5)
    port = free_port()
    silence = partial(http_silence, "127.0.0.1", port, "/")
    server = child("server", FREEZING_SERVER, str(port), silence=silence, patience=5)
    supervisor = Supervisor(said)

    def work():
        supervisor.start(server)
        supervisor.wait_for("server")
        assert http_silence("127.0.0.1", port, "/freeze") == math.inf
        threading.Thread(target=stop_after_the_second_start).start()

    def stop_after_the_second_start():
        said.wait_for_pids(2)
        ask_to_stop()

    assert supervisor.run(work) == 0
    first, second = said.pids()
    assert first != second
    assert is_gone(first)
    words = "server has shown no life for 5 seconds; it is stopped and started again."
    assert [line for name, line in said if name == "up"] == [words]


def test_a_process_of_which_nothing_is_known_yet_has_its_patience_from_its_start(said):
    asked = []
    supervisor = Supervisor(said)

    def silence():
        asked.append(time.monotonic())
        if len(asked) == 5:
            ask_to_stop()
        return math.inf

    assert supervisor.run(lambda: supervisor.start(child("new", OBEDIENT, silence=silence, patience=60))) == 0
    assert len(said.pids()) <= 1


def test_a_sign_of_life_from_before_the_start_does_not_count(said):
    supervisor = Supervisor(said)
    ages = iter([3600.0, 3600.0])

    def work():
        supervisor.start(child("worker", OBEDIENT, silence=lambda: next(ages, 0.0)))
        supervisor.wait_for("worker")
        assert next(ages, None) is None
        ask_to_stop()

    assert supervisor.run(work) == 0


def test_a_step_is_run_to_its_end_before_the_next(said):
    supervisor = Supervisor(said)

    def work():
        for number in "12":
            supervisor.run_step("step", [sys.executable, "-c", f"print('did {number}')"])
        ask_to_stop()

    assert supervisor.run(work) == 0
    assert said == [("step", "did 1"), ("step", "did 2")]


def test_a_step_that_fails_stops_everything(said):
    supervisor = Supervisor(said)

    def work():
        supervisor.start(child("service", OBEDIENT))
        said.wait_for_pids(1)
        supervisor.run_step("step", [sys.executable, "-c", "import sys; sys.exit(4)"])
        raise AssertionError("the work went on after a failed step")

    assert supervisor.run(work) == 4
    assert is_gone(said.pids()[0])


def test_asked_to_stop_during_a_step_it_ends_the_step_and_returns_0(said):
    program = OBEDIENT.replace("time.sleep", "os.kill(os.getppid(), signal.SIGTERM); time.sleep")
    supervisor = Supervisor(said)
    assert supervisor.run(lambda: supervisor.run_step("step", [sys.executable, "-c", program])) == 0
    assert is_gone(said.pids()[0])


def killed_supervisor(*arguments):
    command = [sys.executable, "-m", "tests.supervisor.killed", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def pids_of(killed, count):
    """Of as many processes, once they and the supervisor have said that they are there."""
    said = [killed.stdout.readline().split() for _line in range(count + 1)]
    return [int(words[2]) for words in said if words[1] == "pid"]


def test_when_the_supervisor_itself_is_killed_nothing_lives_on():
    with killed_supervisor(0.3, PARENT_OF_STUBBORN) as killed:
        pids = pids_of(killed, 2)
        assert not any(map(is_gone, pids))
        killed.kill()
    wait_until(lambda: all(map(is_gone, pids)))


def test_when_the_supervisor_itself_is_killed_what_was_begun_may_finish(tmp_path):
    with killed_supervisor(30, POLITE_PARENT, tmp_path / "work") as killed:
        pids_of(killed, 1)
        killed.kill()
    wait_until((tmp_path / "work").exists)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
