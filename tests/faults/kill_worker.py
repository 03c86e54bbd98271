"""Payments through a live worker that is killed with SIGKILL at random moments and started again.

    python -m tests.faults.kill_worker --payments 1500 --kills 40

At the end nothing is waiting, paid + uncertain is the number of payments, OutVoice booked none twice, and there is
at most one uncertain payment for each kill and thread. `--without-claim` takes the claim out of the engine: the
same check then fails, which shows that it can.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.sandbox_process import SandboxProcess

THREADS = 4
LEASE_SECONDS = 3
GIVE_UP_AFTER = 900


@dataclass
class Report:
    """What a run showed. `faults` names every broken promise; an empty list is a pass."""

    payments: int
    kills: int = 0
    kills_in_mid_call: int = 0
    paid: int = 0
    uncertain: int = 0
    unfinished: int = 0
    booked: int = 0
    booked_twice: int = 0
    paid_not_booked: int = 0
    uncertain_but_booked: int = 0
    seconds: float = 0
    faults: list[str] = field(default_factory=list)

    def judge(self) -> None:
        promises = {
            "something is still waiting or sending": self.unfinished == 0,
            "paid + uncertain is not the number of payments": self.paid + self.uncertain == self.payments,
            "a payment was booked twice": self.booked_twice == 0,
            "a payment shown as paid was not booked": self.paid_not_booked == 0,
            "more than one uncertain payment a kill and thread": self.uncertain <= self.kills * THREADS,
            "fewer than half of the kills fell into a call": self.kills_in_mid_call * 2 >= self.kills,
        }
        self.faults = [fault for fault, kept in promises.items() if not kept]


class Trial:
    def __init__(self, payments: int, kills: int, seed: int, *, with_claim: bool, patience: float) -> None:
        self.random = random.Random(seed)
        self.report = Report(payments)
        self.wanted_kills = kills
        self.with_claim = with_claim
        self.patience = patience
        self.worker: subprocess.Popen[bytes] | None = None

    def run(self) -> Report:
        from django.db import connections

        started = time.monotonic()
        try:
            self._work()
        finally:
            self._kill()
            connections.close_all()
        self._count()
        self.report.seconds = round(time.monotonic() - started, 1)
        self.report.judge()
        return self.report

    def _work(self) -> None:
        end = time.monotonic() + self.patience
        self._start()
        while self._unfinished() and time.monotonic() < end:
            if self.report.kills < self.wanted_kills:
                self._kill_some_time()
            else:
                time.sleep(0.2)

    def _start(self) -> None:
        module = ["manage.py", "worker"] if self.with_claim else ["-m", "tests.faults.worker_without_claim"]
        self.worker = subprocess.Popen(  # noqa: S603
            [sys.executable, *module],
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _kill_some_time(self) -> None:
        """Wait until the worker is at work, then a random moment more, and kill the whole group."""
        from contributors.models import Transaction

        before = self._ended()
        end = time.monotonic() + 30
        while self._ended() == before and self._unfinished() and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(self.random.uniform(0, 0.4))
        self._kill()
        self.report.kills += 1
        self.report.kills_in_mid_call += Transaction.objects.filter(state="sending").exists()
        self._start()

    def _kill(self) -> None:
        if self.worker:
            os.killpg(self.worker.pid, signal.SIGKILL)
            self.worker.wait()
            self.worker = None

    def _unfinished(self) -> int:
        from contributors.models import Transaction

        return Transaction.objects.filter(state__in=["waiting", "sending"]).count()

    def _ended(self) -> int:
        from contributors.models import Transaction

        return Transaction.objects.filter(state__in=["paid", "uncertain"]).count()

    def _count(self) -> None:
        from contributors.models import Transaction

        report = self.report
        states = dict(Transaction.objects.values_list("url", "state"))
        report.paid = sum(state == "paid" for state in states.values())
        report.uncertain = sum(state == "uncertain" for state in states.values())
        report.unfinished = self._unfinished()
        booked = Counter(row["url"] for row in SANDBOX.ledger())
        report.booked = sum(booked.values())
        report.booked_twice = sum(count > 1 for count in booked.values())
        report.paid_not_booked = sum(state == "paid" and not booked[url] for url, state in states.items())
        report.uncertain_but_booked = sum(state == "uncertain" and booked[url] > 0 for url, state in states.items())


SANDBOX: SandboxProcess


def prepare(payments: int, folder: Path) -> None:
    """A fresh installation in `folder` with so many confirmed payments, one an order."""
    global SANDBOX
    SANDBOX = SandboxProcess()
    os.environ.update(
        DJANGO_SETTINGS_MODULE="voicehub.settings",
        VOICEHUB_IGNORE_DOTENV="1",
        VOICEHUB_DATA_DIR=str(folder),
        OUTVOICE_BASE_URL=SANDBOX.outvoice_url,
        OUTVOICE_CONCURRENCY=str(THREADS),
        SYNC_LEASE_SECONDS=str(LEASE_SECONDS),
    )
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    from contributors import services
    from contributors.models import Contributor
    from tests.contributors.factories import make_order
    from voicehub.sync.engine import drain_inline

    call_command("migrate", verbosity=0)
    editor = get_user_model().objects.create_user("editor")
    services.connect(email="editor@example.org", password="sandbox", user=editor)
    drain_inline()
    steve = Contributor.objects.get(name="Steve Rogers")
    for number in range(payments):
        order = make_order(editor, [(steve, "20")], url=f"https://example.org/{number}", title=f"Story {number}")
        services.preview(order)
        services.confirm(order, user=editor, lines_shown=services.digest(order))
    SANDBOX.fault("outvoice", "transaction", "slow", count=10 * payments, value=0.03)


def run(
    payments: int, kills: int, seed: int = 1, *, with_claim: bool = True, patience: float = GIVE_UP_AFTER
) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        prepare(payments, Path(folder))
        try:
            return Trial(payments, kills, seed, with_claim=with_claim, patience=patience).run()
        finally:
            SANDBOX.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--payments", type=int, default=60)
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=GIVE_UP_AFTER, help="seconds until the run is given up")
    parser.add_argument("--without-claim", action="store_true", help="take the claim out: the check must fail")
    options = parser.parse_args()
    report = run(
        options.payments,
        options.kills,
        options.seed,
        with_claim=not options.without_claim,
        patience=options.patience,
    )
    print(json.dumps(asdict(report)))
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
