"""One of django-q2's processes is killed while nothing is to do; then a payment is queued.

    python -m tests.faults.kill_queue --victim monitor --trials 20

A trial succeeds when the sandbox's ledger holds the payment within 120 seconds. The worker runs under VoiceHub's
supervisor, which replaces it when its heartbeat is stale; the next trial waits for that.
"""

import argparse
import json
import os
import random
import signal
import statistics
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import psutil

from tests.faults.installation import installation, kill_group, pay_steve, start, wait_until
from tests.sandbox_process import SandboxProcess

WITHIN_SECONDS = 120
SPAWNED = ("worker", "worker", "monitor", "pusher")
VICTIMS = ("worker", "monitor", "pusher", "sentinel")


@dataclass
class Cluster:
    """Who is who below the supervisor. Nothing but the order in which q2 starts its processes tells them apart."""

    supervisor: int
    sentinel: int = 0
    roles: dict[int, str] = field(default_factory=dict)

    def is_complete(self) -> bool:
        self.look()
        return sorted(self.roles.values()) == sorted(SPAWNED)

    def pid_of(self, role: str) -> int:
        if role == "sentinel":
            return self.sentinel
        return next(pid for pid, its_role in self.roles.items() if its_role == role)

    def look(self) -> None:
        try:
            (sentinel,) = self._main().children()
            pids = [child.pid for child in sorted(sentinel.children(), key=lambda child: child.create_time())]
        except (psutil.NoSuchProcess, ValueError):
            self.roles = {}
            return
        if sentinel.pid != self.sentinel:
            self.sentinel, self.roles = sentinel.pid, {}
        self.roles = {pid: role for pid, role in self.roles.items() if pid in pids}
        missing = list(SPAWNED)
        for role in self.roles.values():
            missing.remove(role)
        self.roles.update(zip([pid for pid in pids if pid not in self.roles], missing, strict=False))

    def _main(self) -> psutil.Process:
        (main,) = [child for child in psutil.Process(self.supervisor).children() if "worker" in child.cmdline()]
        return main


@dataclass
class Trial:
    """Seconds from the kill until the payment was booked, and until the heartbeat came through again."""

    paid_after: float | None
    healthy_after: float | None


def beats_since(moment: Any) -> bool:
    from voicehub.sync.models import Heartbeat

    return Heartbeat.objects.filter(pk=1, queue_at__gt=moment).exists()


def one_trial(cluster: Cluster, sandbox: SandboxProcess, victim: str, url: str) -> Trial:
    from voicehub.sync.clock import database_now

    begun = database_now()
    if not wait_until(lambda: beats_since(begun) and cluster.is_complete(), WITHIN_SECONDS):
        return Trial(None, None)
    # Any moment between two heartbeats.
    time.sleep(random.uniform(0, 5))
    cluster.look()
    os.kill(cluster.pid_of(victim), signal.SIGKILL)
    killed_at, killed = time.monotonic(), database_now()
    pay_steve(url)
    is_paid = wait_until(lambda: any(row["url"] == url for row in sandbox.ledger()), WITHIN_SECONDS)
    paid_after = time.monotonic() - killed_at
    is_healthy = wait_until(lambda: beats_since(killed), WITHIN_SECONDS)
    healthy_after = time.monotonic() - killed_at
    return Trial(paid_after if is_paid else None, healthy_after if is_healthy else None)


def run(victim: str, trials: int) -> list[Trial]:
    with installation() as sandbox:
        supervisor = start("-m", "tests.faults.supervised_worker", stdout=sys.stderr)
        cluster = Cluster(supervisor.pid)
        results = []
        try:
            for number in range(trials):
                results.append(one_trial(cluster, sandbox, victim, f"https://example.org/{number}"))
                print(victim, number + 1, results[-1], file=sys.stderr, flush=True)
        finally:
            supervisor.terminate()
            if not wait_until(lambda: supervisor.poll() is not None, 30):
                kill_group(supervisor)
        return results


def summary(victim: str, results: list[Trial]) -> dict[str, Any]:
    paid = [trial.paid_after for trial in results if trial.paid_after is not None]
    healthy = [trial.healthy_after for trial in results if trial.healthy_after is not None]
    return {
        "victim": victim,
        "trials": len(results),
        "paid": len(paid),
        "healthy_again": len(healthy),
        "paid_seconds": spread(paid),
        "healthy_seconds": spread(healthy),
        "each_paid_seconds": [round(seconds, 1) for seconds in paid],
    }


def spread(seconds: list[float]) -> dict[str, float]:
    if not seconds:
        return {}
    figures = {"min": min(seconds), "median": statistics.median(seconds), "max": max(seconds)}
    return {name: round(value, 1) for name, value in figures.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--victim", choices=VICTIMS, default="worker")
    parser.add_argument("--trials", type=int, default=20)
    options = parser.parse_args()
    report = summary(options.victim, run(options.victim, options.trials))
    print(json.dumps(report))
    return 0 if report["paid"] == report["healthy_again"] == options.trials else 1


if __name__ == "__main__":
    sys.exit(main())
