"""From a save to the provider: jobs a second, and the time from commit to arrival, beside bare loops of requests."""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager

import requests

from tests.bench.bare_server import BareServer

LIMITS = {"fast": 0.5, "slow_20ms": 7.0, "latency_p50_ms": 30.0, "latency_p50_ms_redis": 5.0}


@contextmanager
def installation():
    """A new database in a temporary folder (or the one that DATABASE_URL names), ready to use."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            DJANGO_SETTINGS_MODULE="tests.bench.settings",
            VOICEHUB_DATA_DIR=folder,
            VOICEHUB_IGNORE_DOTENV="1",
        )
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, run_syncdb=True)
        yield
        from django.db import connections

        connections.close_all()


@contextmanager
def worker(url):
    """A live worker that talks to `url`."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        start_new_session=True,
        env={**os.environ, "GADGETS_URL": url},
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def connection_to(server, provider="gadgets"):
    from django.conf import settings

    from voicehub.sync.models import Connection

    settings.GADGETS_URL = settings.PINGS_URL = server.url
    return Connection.objects.get_or_create(provider=provider, base_url=server.url)[0]


def bare_loop(server, count, *, keep_alive=True):
    """Requests a second of a plain loop, one after the other."""
    session = requests.Session() if keep_alive else None
    started = time.perf_counter()
    for number in range(count):
        (session or requests).post(f"{server.url}/gadgets", json={"name": f"n{number}", "colour": "red"}, timeout=30)
    server.arrivals()
    return count / (time.perf_counter() - started)


def save_gadgets(server, count):
    from tests.gadgets.models import Gadget

    connection = connection_to(server)
    started = time.perf_counter()
    for number in range(count):
        Gadget(name=f"n{number}", connection=connection).save()
    return count / (time.perf_counter() - started)


def queue_pings(server, count):
    from tests.gadgets.models import Ping
    from voicehub.sync import queue

    connection = connection_to(server, "pings")
    for number in range(count):
        queue.send_once(Ping.objects.create(name=f"n{number}", connection=connection))
    return 0.0


def throughput(server, count, fill):
    """Jobs a second of a live worker over a backlog: from the first arrival to the last."""
    saves = fill(server, count)
    arrivals = []
    with worker(server.url):
        end = time.monotonic() + 120
        while len(arrivals) < count and time.monotonic() < end:
            time.sleep(0.2)
            arrivals += server.arrivals()
        wait_until_written()
    times = [moment for moment, _body in arrivals]
    return {"arrived": len(times), "jobs": (len(times) - 1) / (times[-1] - times[0]), "saves": saves}


def wait_until_written():
    """Until nothing of the benchmark's own waits; the lists of other providers never arrive here."""
    from voicehub.sync.models import SyncJob

    ours = SyncJob.objects.filter(connection__provider__in=["gadgets", "pings"])
    while ours.filter(state__in=["waiting", "sending"]).exists():
        time.sleep(0.05)


def latency(server, count):
    """Milliseconds from commit to arrival, one save at a time on an idle worker."""
    from tests.gadgets.models import Gadget

    connection = connection_to(server)
    committed, arrivals = {}, []
    with worker(server.url):
        time.sleep(3)
        for number in range(count):
            Gadget(name=f"quiet{number}", connection=connection).save()
            committed[f"quiet{number}"] = time.time()
            time.sleep(0.1)
        time.sleep(1)
        arrivals = server.arrivals()
    took = sorted(1000 * (at - committed[json.loads(body)["name"]]) for at, body in arrivals)
    return {"p50_ms": statistics.median(took), "p99_ms": took[int(len(took) * 0.99)], "arrived": len(took)}


class Statements:
    """Counts SQL statements on every connection, those of threads too; one for many rows counts once for each."""

    def __init__(self):
        self.count = 0

    def __enter__(self):
        from django.db import connection
        from django.db.backends.signals import connection_created

        connection_created.connect(self._watch)
        self._watch(connection=connection)
        return self

    def __exit__(self, *error):
        from django.db import connection
        from django.db.backends.signals import connection_created

        connection_created.disconnect(self._watch)
        connection.execute_wrappers.remove(self._note)

    def _watch(self, connection, **kwargs):
        if self._note not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._note)

    def _note(self, execute, sql, params, many, context):
        self.count += len(params) if many else 1
        return execute(sql, params, many, context)


def statements(server, count, fill):
    """SQL statements for each job of a drain over `count` of them, claim and outcome together."""
    from voicehub.sync.engine import drain

    fill(server, count)
    with Statements() as statements:
        drain()
    server.arrivals()
    return round(statements.count / count, 2)


def rounds(count, server, fill, *, keep_alive=True, loop_count=None, repeat=3):
    """Median ratio of the worker to the bare loop, both taken in each round."""
    ratios, figures = [], []
    for _round in range(repeat):
        loop = bare_loop(server, loop_count or count, keep_alive=keep_alive)
        ours = throughput(server, count, fill)
        ratios.append(ours["jobs"] / loop)
        figures.append({"loop": round(loop), **{name: round(value) for name, value in ours.items()}})
    return {"ratio": round(statistics.median(ratios), 2), "rounds": figures}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    os.environ.setdefault("GADGETS_CONCURRENCY", "8")
    fast, slow = BareServer(), BareServer(0.02)
    try:
        with installation():
            result = {
                "database": "postgresql" if os.environ.get("DATABASE_URL") else "sqlite",
                "broker": "redis" if os.environ.get("REDIS_URL") else "orm",
                "statements_per_job": {
                    "backlog": statements(fast, 200, save_gadgets),
                    "alone": statements(fast, 1, save_gadgets),
                    "once_only": statements(fast, 200, queue_pings),
                },
                "fast": rounds(options.jobs, fast, save_gadgets, repeat=options.repeat),
                "slow_20ms": rounds(options.jobs, slow, save_gadgets, loop_count=100, repeat=options.repeat),
                "once_only": rounds(options.jobs, fast, queue_pings, keep_alive=False, repeat=options.repeat),
                "latency": latency(fast, 100),
                "limits": LIMITS,
            }
    finally:
        fast.stop()
        slow.stop()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
