"""A hook under gunicorn beside a bare Django view, and how long callers wait while others keep the program busy."""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager

from tests.bench.callers import times_of
from tests.bench.sync import installation

# Of the bare view's requests a second; of the quiet p99.
LIMITS = {"throughput": 0.6, "busy_p99": 1.5}
CALLERS = 8
GUNICORN = ("--worker-class", "gthread", "--workers", "2", "--threads", "8", "--no-control-socket")


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


@contextmanager
def server(application, settings):
    """gunicorn as bin/up runs it, with two processes; gives its port once it answers."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", *GUNICORN]
    process = subprocess.Popen(
        command,
        start_new_session=True,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": settings},
    )
    try:
        wait_for(port)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def wait_for(port):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("gunicorn did not start.")


def make_address():
    """A gadget and the path of its bell."""
    from tests.bench.sync import connection_to
    from tests.gadgets.hooks import Bell
    from tests.gadgets.models import Gadget
    from voicehub.common.hooks import addresses

    gadget = Gadget(name="Lamp", connection=connection_to(type("Server", (), {"url": "http://127.0.0.1:1"})))
    gadget.save()
    return gadget.pk, addresses.make(Bell(), str(gadget.pk), user=None)


def requests_a_second(port, path, seconds):
    took = times_of(port, [(path, 0.0)] * CALLERS, seconds)
    return sum(map(len, took)) / seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    os.environ["HOOK_REQUESTS_PER_MINUTE"] = str(10**9)
    with installation():
        key, path = make_address()
        with (
            server("voicehub.wsgi:application", "tests.bench.settings") as ours,
            server("django.core.wsgi:get_wsgi_application()", "tests.bench.bare_django") as bare,
        ):
            for port, p in ((ours, f"{path}?session=abc"), (bare, f"/bare/{key}/?session=abc")):
                requests_a_second(port, p, 1)
            rounds = []
            for _round in range(options.repeat):
                limit = requests_a_second(bare, f"/bare/{key}/?session=abc", options.seconds)
                rounds.append((limit, requests_a_second(ours, f"{path}?session=abc", options.seconds)))
    print(rounds, statistics.median(o / l for l, o in rounds))


if __name__ == "__main__":
    main()
