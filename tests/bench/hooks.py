"""Script loads under gunicorn beside a bare Django view, and how long calls wait while others keep the program busy.

The neighbours are two requests that take a second each, one after the other, and a file of 100,000 rows that is read
in. Callers ask at a steady pace meanwhile, so that their times tell of waiting and not of their own crowd.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from urllib.parse import urlencode

from tests.bench.callers import times_of
from tests.bench.sync import connection_to, installation

# Of the bare view's requests a second, and of the quiet p99.
LIMITS = {"throughput": 0.6, "busy_p99": 1.5}
CALLERS = 8
PAUSE_SECONDS = 0.02
SLOW_CALLERS = 2
ROWS = 100_000
GUNICORN = ("--worker-class", "gthread", "--workers", "2", "--threads", "8", "--no-control-socket")
OURS = ("voicehub.wsgi:application", "tests.bench.settings")
CALL = {
    "session_id": "b57c0a52-5d4c-4c53-9d0a-0c3f0e2f7a11",
    "uuid": "b57c0a52-5d4c-4c53-9d0a-0c3f0e2f7a11",
    "destination_number": "31201234567",
    "caller_id_number": "33987654321",
    "caller_username": "anonymous",
    "url": "https://hub.example.com/hooks/apidaze/x/",
}
BARE = ("django.core.wsgi:get_wsgi_application()", "tests.bench.bare_django")


@contextmanager
def server(application, settings):
    """gunicorn as bin/up runs it, but two processes of it; gives its port once it listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", *GUNICORN]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": settings}
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL, env=environment)
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


def make_bell():
    """The key of a gadget, and the path of its bell."""
    from tests.gadgets.hooks import Bell
    from tests.gadgets.models import Gadget
    from voicehub.common.hooks import addresses

    class Nowhere:
        url = "http://127.0.0.1:1"

    gadget = Gadget(name="Lamp", connection=connection_to(Nowhere))
    gadget.save()
    return gadget.pk, addresses.make(Bell(), str(gadget.pk), user=None)


def make_load():
    """The address of a script load as Apidaze makes it, answered with the menu of the samples."""
    from telephony.hooks import ScriptLoads
    from telephony.models import CallScript, ScriptVersion
    from telephony.scripts.samples import MENU
    from voicehub.common.hooks import addresses

    menu = CallScript.objects.create(name=MENU.slug, draft=MENU.script)
    menu.published = ScriptVersion.objects.create(script=menu, number=1, text=MENU.script)
    menu.is_default = True
    menu.save()
    return f"{addresses.make(ScriptLoads(), user=None)}?{urlencode(CALL)}"


def requests_a_second(port, path, seconds):
    took = times_of(port, [(path, 0.0)] * CALLERS, seconds)
    return sum(map(len, took)) / seconds


def waits(port, path, seconds, slow=()):
    """Milliseconds of every request of the paced callers, sorted; the slow ones beside them are not counted."""
    took = times_of(port, [*[(path, PAUSE_SECONDS)] * CALLERS, *[(one, 0.0) for one in slow]], seconds)
    return sorted(1000 * one for times in took[:CALLERS] for one in times)


def percentile(times, share):
    return times[int(len(times) * share)]


@contextmanager
def an_import():
    """A file is read in beside, over and over."""
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.hooks", "--import"], stdout=subprocess.PIPE)
    try:
        process.stdout.readline()
        yield
    finally:
        process.kill()
        process.wait()


def import_for_ever():
    import django

    django.setup()
    from django.contrib.auth import get_user_model

    from voicehub.common import runs
    from voicehub.sync.worker import give_way

    give_way()
    person, _is_new = get_user_model().objects.get_or_create(username="bench")
    kind = runs.kind_of("payments")
    print("go", flush=True)
    while True:
        rows = ({"contributor": f"Person {number}", "amount": "3.15", "currency": "USD"} for number in range(ROWS))
        runs.from_rows(kind, "bench", rows, user=person)


def throughput(ours, bare, seconds, repeat):
    """Both in turn: a machine that others use is not the same for long."""
    rounds = []
    for _round in range(repeat):
        limit = requests_a_second(*bare, seconds)
        rounds.append((requests_a_second(*ours, seconds), limit))
    return {
        "ratio": round(statistics.median(own / limit for own, limit in rounds), 2),
        "rounds": [{"hook": round(own), "bare": round(limit)} for own, limit in rounds],
    }


def waiting(ours, bell, seconds, repeat):
    port, path = ours
    rounds = []
    for _round in range(repeat):
        quiet = waits(port, path, seconds)
        with an_import():
            rounds.append((quiet, waits(port, path, seconds, [f"{bell}?wait=1"] * SLOW_CALLERS)))
    return {
        "ratio": round(statistics.median(percentile(b, 0.99) / percentile(q, 0.99) for q, b in rounds), 2),
        "rounds": [
            {
                name: {f"p{int(100 * share)}": round(percentile(times, share), 1) for share in (0.5, 0.99)}
                for name, times in (("quiet", quiet), ("busy", busy))
            }
            for quiet, busy in rounds
        ],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="of one round of requests a second")
    parser.add_argument("--repeat", type=int, default=15)
    parser.add_argument("--import", dest="is_import", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.is_import:
        import_for_ever()
    os.environ |= {"HOOK_REQUESTS_PER_MINUTE": str(10**9), "PAYMENT_BATCH_MAX_ROWS": str(ROWS)}
    with installation(), ExitStack() as stack:
        key, bell = make_bell()
        ours = (stack.enter_context(server(*OURS)), make_load())
        bare = (stack.enter_context(server(*BARE)), f"/bare/{key}/?session=abc")
        for one in (ours, bare):
            requests_a_second(*one, 1)
        result = {
            "database": "postgresql" if os.environ.get("DATABASE_URL") else "sqlite",
            "throughput": throughput(ours, bare, options.seconds, options.repeat),
            "busy_p99": waiting(ours, bell, 4 * options.seconds, options.repeat // 3),
        }
    kept = result["throughput"]["ratio"] >= LIMITS["throughput"] and result["busy_p99"]["ratio"] <= LIMITS["busy_p99"]
    print(json.dumps(result | {"limits": LIMITS, "kept": kept}))


if __name__ == "__main__":
    main()
