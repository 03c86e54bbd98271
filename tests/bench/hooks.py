"""Script loads and Trigger requests under gunicorn beside a bare Django view, and how long calls wait in company.

The neighbours are two requests that take a second each, one after the other, and a file of 100,000 rows that is read
in. Callers ask at a steady pace meanwhile, so that their times tell of waiting and not of their own crowd.
The hotline has many rules, of which the last one matches, and a long log of calls, which that rule asks for.
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

from tests.bench.callers import post, times_of
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
TRIGGER = {
    "call_id": "AST10-1689867312.264",
    "cid": "8459510000",
    "cnam": "VOITEX",
    "contact_info": "null",
    "date_time": "2023-07-20 11:35:35",
    "did": "8459511110",
    "branch_data": [{"branch": "0", "input": "1"}, {"branch": "1000", "input": "17"}],
    "payment_info": [{"last_four": "4444", "cvv": 987, "amount": "57", "transaction_id": "875891"}],
    "variables": [{"caller_pin ": "123", "var_2": "var_val"}],
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


def make_trigger(rules, calls):
    """A Trigger request as Voitex sends it, of a caller whose calls the last rule counts."""
    from telephony.hooks import TriggerRequests
    from telephony.models import Hotline, TriggerRule
    from voicehub.common.hooks import addresses

    hotline = Hotline.objects.create(did="+18459511110", name="Bench")
    asked = [{"fact": "variable", "of": "var_2", "operator": "is_not", "value": "x"}]
    TriggerRule.objects.bulk_create(
        TriggerRule(
            hotline=hotline,
            position=number,
            name=f"Rule {number}",
            conditions=[*asked, {"fact": "caller", "operator": "is", "value": f"718555{number:04}"}],
            answer={"goto": "150"},
        )
        for number in range(rules - 1)
    )
    TriggerRule.objects.create(
        hotline=hotline,
        position=rules,
        name="Regulars",
        conditions=[*asked, {"fact": "past_calls", "operator": "at_least", "value": "5"}],
        answer={"play": [{"type": "tts", "text": "Hello {caller_name}"}], "goto": "150", "inputs": {"1": "3"}},
    )
    log_calls(hotline, calls)
    return post(addresses.make(TriggerRequests(), str(hotline.pk), user=None), json.dumps(TRIGGER).encode())


def log_calls(hotline, count):
    """Calls of a thousand callers, with a step each."""
    from django.utils import timezone

    from telephony.models import HotlineCall, HotlineStep

    now = timezone.now()
    for start in range(0, count, 5000):
        calls = HotlineCall.objects.bulk_create(
            HotlineCall(
                hotline=hotline,
                call_id=f"bench-{number}",
                caller=f"+1845951{number % 1000:04}",
                first_at=now,
                last_at=now,
            )
            for number in range(start, min(start + 5000, count))
        )
        HotlineStep.objects.bulk_create(
            HotlineStep(call=call, mark="m", at=now, request={}, answer={}, milliseconds=1) for call in calls
        )


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
    parser.add_argument("--rules", type=int, default=200, help="of the hotline")
    parser.add_argument("--calls", type=int, default=20_000, help="in the log of the hotline")
    parser.add_argument("--import", dest="is_import", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.is_import:
        import_for_ever()
    os.environ |= {"HOOK_REQUESTS_PER_MINUTE": str(10**9), "PAYMENT_BATCH_MAX_ROWS": str(ROWS)}
    with installation(), ExitStack() as stack:
        key, bell = make_bell()
        load, trigger = make_load(), make_trigger(options.rules, options.calls)
        port = stack.enter_context(server(*OURS))
        bare = (stack.enter_context(server(*BARE)), f"/bare/{key}/?session=abc")
        for one in (bare, (port, load), (port, trigger)):
            requests_a_second(*one, 1)
        result = {
            "database": "postgresql" if os.environ.get("DATABASE_URL") else "sqlite",
            "calls": options.calls,
            **{
                name: {
                    "throughput": throughput((port, asked), bare, options.seconds, options.repeat),
                    "busy_p99": waiting((port, asked), bell, 4 * options.seconds, options.repeat // 3),
                }
                for name, asked in (("script_load", load), ("trigger", trigger))
            },
        }
    kept = all(
        result[name]["throughput"]["ratio"] >= LIMITS["throughput"]
        and result[name]["busy_p99"]["ratio"] <= LIMITS["busy_p99"]
        for name in ("script_load", "trigger")
    )
    print(json.dumps(result | {"limits": LIMITS, "kept": kept}))


if __name__ == "__main__":
    main()
