"""Payments through a live worker that is killed with SIGKILL at random moments and started again.

    python -m tests.faults.kill_worker --payments 1500 --kills 40

At the end nothing is waiting, paid + uncertain is the number of payments, OutVoice booked none twice, and there is
at most one uncertain payment for each kill and thread. `--without-claim` takes the claim out of the engine: the
same check then fails, which shows that it can.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field

from tests.faults.installation import LIVE_WORKER, installation, kill_group, pay_steve, start, wait_until
from tests.sandbox_process import SandboxProcess

THREADS = 4
LEASE_SECONDS = 3
ANSWER_SECONDS = 0.1
GIVE_UP_AFTER = 900


@dataclass
class Report:
    """What a run showed. `faults` names every broken promise; an empty list is a pass.

    A kill is `in_mid_call` when the database holds a stamp of that worker without a result afterwards.
    """

    payments: int
    kills: int = 0
    kills_in_mid_call: int = 0
    calls_cut: int = 0
    paid: int = 0
    uncertain: int = 0
    unfinished: int = 0
    booked: int = 0
    booked_twice: int = 0
    paid_not_booked: int = 0
    uncertain_but_booked: int = 0
    seconds: float = 0
    faults: list[str] = field(default_factory=list)

    def judge(self, wanted_kills: int) -> None:
        promises = {
            "something is still waiting or sending": self.unfinished == 0,
            "paid + uncertain is not the number of payments": self.paid + self.uncertain == self.payments,
            "a payment was booked twice": self.booked_twice == 0,
            "a payment shown as paid was not booked": self.paid_not_booked == 0,
            "more than one uncertain payment a kill and thread": self.uncertain <= self.kills * THREADS,
            "the uncertain payments are not the calls that were cut": self.uncertain == self.calls_cut,
            "there was not work enough for all kills": self.kills == wanted_kills,
            "fewer than half of the kills fell into a call": self.kills_in_mid_call * 2 >= self.kills,
        }
        self.faults = [fault for fault, kept in promises.items() if not kept]


class Trial:
    """One run: the payments are queued already, the worker is started and killed here."""

    def __init__(self, sandbox: SandboxProcess, report: Report, command: tuple[str, ...], seed: int) -> None:
        self.sandbox = sandbox
        self.report = report
        self._command = command
        self._random = random.Random(seed)
        self._worker: subprocess.Popen[str]
        self._stamps: set[tuple[int, int]] = set()

    def run(self, kills: int, patience: float) -> None:
        end = time.monotonic() + patience
        self._start()
        try:
            while self.report.kills < kills and self._unfinished() and time.monotonic() < end:
                self._kill_some_time(end)
                self._start()
            wait_until(lambda: not self._unfinished() or self._twice(), end - time.monotonic(), every=0.5)
        finally:
            kill_group(self._worker)
        self._count()

    def _start(self) -> None:
        self._worker = start(*self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _kill_some_time(self, end: float) -> None:
        """Wait until this worker has paid something, then a random moment more, and kill the whole group."""
        before = self._paid()
        wait_until(lambda: self._paid() > before or not self._unfinished(), end - time.monotonic(), every=0.01)
        time.sleep(self._random.uniform(0, 3 * ANSWER_SECONDS))
        kill_group(self._worker)
        self.report.kills += 1
        left_behind = self._open_stamps() - self._stamps
        self._stamps |= left_behind
        self.report.calls_cut += len(left_behind)
        self.report.kills_in_mid_call += bool(left_behind)

    def _open_stamps(self) -> set[tuple[int, int]]:
        """Claims that were committed and have no result: job and attempt, so that each counts for one kill only."""
        from voicehub.sync.models import SyncJob

        return set(SyncJob.objects.filter(state="sending", once_only=True).values_list("pk", "attempts"))

    def _unfinished(self) -> int:
        from contributors.models import Transaction

        return Transaction.objects.filter(state__in=["waiting", "sending"]).count()

    def _paid(self) -> int:
        from contributors.models import Transaction

        return Transaction.objects.filter(state="paid").count()

    def _booked(self) -> Counter[str]:
        return Counter(row["url"] for row in self.sandbox.ledger())

    def _twice(self) -> int:
        return sum(count > 1 for count in self._booked().values())

    def _count(self) -> None:
        from contributors.models import Transaction

        report = self.report
        states = dict(Transaction.objects.values_list("url", "state"))
        report.paid = sum(state == "paid" for state in states.values())
        report.uncertain = sum(state == "uncertain" for state in states.values())
        report.unfinished = self._unfinished()
        booked = self._booked()
        report.booked = sum(booked.values())
        report.booked_twice = self._twice()
        report.paid_not_booked = sum(state == "paid" and not booked[url] for url, state in states.items())
        report.uncertain_but_booked = sum(state == "uncertain" and booked[url] > 0 for url, state in states.items())


def run(payments: int, kills: int, seed: int, *, with_claim: bool, patience: float) -> Report:
    started = time.monotonic()
    command = LIVE_WORKER if with_claim else ("-m", "tests.faults.worker_without_claim")
    report = Report(payments)
    with installation(OUTVOICE_CONCURRENCY=str(THREADS), SYNC_LEASE_SECONDS=str(LEASE_SECONDS)) as sandbox:
        for number in range(payments):
            pay_steve(f"https://example.org/{number}")
        sandbox.fault("outvoice", "transaction", "slow", count=10 * payments, value=ANSWER_SECONDS)
        Trial(sandbox, report, command, seed).run(kills, patience)
    report.seconds = round(time.monotonic() - started, 1)
    report.judge(kills)
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--payments", type=int, default=60)
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=GIVE_UP_AFTER, help="seconds until a run is given up")
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
