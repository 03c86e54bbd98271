"""A campaign through a live worker that is killed again and again, with a provider that fails at random.

    python -m tests.faults.torture_campaign --recipients 20000 --kills 20

VoiceShot's stand-in cuts, hangs and answers rubbish; it posts its summaries twice, late, without attributes and in
any order; numbers come on the do-not-call list meanwhile; the campaign is paused and let go on. A person settles
what stays uncertain. At the end every recipient is in one final state, the tallies agree with them, and VoiceShot has
called nobody twice, nobody who was on the list, and nobody under a callid that is not ours. `--late-callids` writes
callids down after the post instead of before it: the same check then fails, which shows that it can.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.bench.hooks import server
from tests.faults.installation import LIVE_WORKER, installation, kill_group, start, wait_until
from tests.sandbox_process import SandboxProcess

LATE_CALLIDS = ("-m", "tests.faults.worker_with_late_callids")
WEB = ("voicehub.wsgi:application", "voicehub.settings")
ENVIRONMENT = {
    "SYNC_LEASE_SECONDS": "3",
    "SETTLE_WAIT_SECONDS": "0",
    "SETTLE_NEEDS_SECOND_PERSON": "false",
    "VOICESHOT_READ_TIMEOUT": "1",
    "VOICESHOT_QUERY_SECONDS": "2",
    # Many small posts: each is a chance to go wrong.
    "VOICESHOT_ASSUMED_PACE": "20",
    "VOICESHOT_BATCH_SIZE": "20",
    "VOICESHOT_CLOSING_SECONDS": "0",
    "VOICESHOT_POSTS_PER_MINUTE": "1000000",
    "CAMPAIGN_DAILY_NUMBER": "0",
    "CAMPAIGN_DAILY_NUMBER_PER_PERSON": "0",
}
ON_THE_WIRE = (
    "cut-before",
    "cut-after",
    "cut-body",
    "late-after",
    "error-after",
    "html",
    "empty-200",
    "error-before",
)
ODDITIES = ("twice", "late", "last", "unknown-callid", "without", "lost")
LISTED_BEFORE, LISTED_MEANWHILE = 50, 5


@dataclass
class Report:
    """What a run showed. `faults` names every broken promise; an empty list is a pass."""

    recipients: int
    kills: int = 0
    faults_set: int = 0
    settled_by_a_person: int = 0
    posts: int = 0
    states: dict[str, int] = field(default_factory=dict)
    tallies: dict[str, int] = field(default_factory=dict)
    calls: int = 0
    called_twice: int = 0
    callids_twice: int = 0
    called_though_listed: int = 0
    told_wrongly: int = 0
    seconds: float = 0
    faults: list[str] = field(default_factory=list)

    def judge(self) -> None:
        promises = {
            "the campaign did not end": not self.states.keys() & {"waiting", "under_way", "uncertain"},
            "recipients were lost": sum(self.states.values()) == self.recipients,
            "the tallies are not what a count says": self.states == self.tallies,
            "somebody was called twice": self.called_twice == 0,
            "a callid was used twice": self.callids_twice == 0,
            "somebody on the do-not-call list was called": self.called_though_listed == 0,
            "a result is not what VoiceShot has": self.told_wrongly == 0,
        }
        self.faults = [fault for fault, kept in promises.items() if not kept]


class Trial:
    """One run: everything is made, the worker is started, harmed and started again here."""

    def __init__(self, sandbox: SandboxProcess, report: Report, command: tuple[str, ...], seed: int) -> None:
        self.sandbox = sandbox
        self.report = report
        self._command = command
        self._random = random.Random(seed)
        self._listed: set[str] = set()
        self.campaign, self.user = make_campaign(report.recipients)

    def run(self, kills: int, patience: float) -> None:
        from campaigns import services

        self._list(self._numbers()[:LISTED_BEFORE])
        wait_for_menu(self.campaign)
        services.start(self.campaign, user=self.user)
        end = time.monotonic() + patience
        worker = self._start()
        try:
            while self._is_live() and time.monotonic() < end:
                if self.report.kills < kills:
                    self._do_harm()
                    self._wait_for_work(end)
                    kill_group(worker)
                    self.report.kills += 1
                    worker = self._start()
                else:
                    self._be_calm()
                    time.sleep(1)
                self._dial()
        finally:
            kill_group(worker)
        self._count()

    def _start(self) -> subprocess.Popen[str]:
        return start(*self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _wait_for_work(self, end: float) -> None:
        """Until this worker has asked VoiceShot some things, and a random moment more."""
        from voicehub.sync.models import Exchange

        enough = Exchange.objects.filter(provider="voiceshot").count() + self._random.randint(1, 6)
        asked = Exchange.objects.filter(provider="voiceshot")
        wait_until(lambda: asked.count() >= enough, min(20, end - time.monotonic()))
        time.sleep(self._random.uniform(0, 0.5))

    def _is_live(self) -> bool:
        self.campaign.refresh_from_db()
        return bool(self.campaign.is_live)

    def _do_harm(self) -> None:
        for operation in ("send", "query", "delete"):
            self._fault(operation, self._random.choice(ON_THE_WIRE), self._random.randint(0, 2))
        if self._random.random() < 0.2:
            self._fault(self._random.choice(("pause", "resume")), self._random.choice(ON_THE_WIRE), 1)
        self._fault("summary", self._random.choice(ODDITIES), self._random.randint(0, 200))
        self._list(self._random.sample(self._numbers(), LISTED_MEANWHILE), is_sudden=True)
        self._pause_or_go_on()

    def _fault(self, operation: str, kind: str, count: int) -> None:
        if count:
            value = 2 if kind == "late-after" else None
            self.sandbox.fault("voiceshot", operation, kind, count, value)
            self.report.faults_set += count

    def _pause_or_go_on(self) -> None:
        """What a person does while all of it goes on."""
        from campaigns import services
        from campaigns.models import Campaign

        self.campaign.refresh_from_db()
        if self.campaign.state == Campaign.State.PAUSED:
            services.resume(self.campaign, user=self.user)
        elif self.campaign.state == Campaign.State.RUNNING and self._random.random() < 0.3:
            services.pause(self.campaign, user=self.user)

    def _be_calm(self) -> None:
        """The provider is well again; a person lets it go on and settles what nobody knows."""
        from campaigns import services
        from campaigns.models import Attempt, Batch, Campaign
        from voicehub.sync.services import NotYetError

        self.sandbox.clear_faults()
        self.campaign.refresh_from_db()
        if self.campaign.state == Campaign.State.PAUSED:
            services.resume(self.campaign, user=self.user)
        for batch in Batch.objects.filter(attempts__state=Attempt.State.UNCERTAIN).distinct():
            with suppress(NotYetError):
                self.report.settled_by_a_person += services.settle_missing(batch, call_again=True, user=self.user)

    def _dial(self) -> None:
        self.sandbox.errand("voiceshot", dial={"count": self._random.randint(0, 400)})

    def _numbers(self) -> list[str]:
        return list(self.campaign.recipients.order_by("pk").values_list("number", flat=True))

    def _list(self, numbers: list[str], *, is_sudden: bool = False) -> None:
        """Those who are listed in mid-air may be in a call already: only those without one are watched."""
        from voicehub.common import do_not_call

        for number in numbers:
            do_not_call.add(number, source=do_not_call.Source.TYPED)
        called = {f"+1{call['number']}" for call in self._calls()} if is_sudden else set()
        under_way = set(
            self.campaign.recipients.filter(state__in=("under_way", "uncertain")).values_list("number", flat=True)
        )
        self._listed |= set(numbers) - called - (under_way if is_sudden else set())

    def _calls(self) -> list[dict[str, Any]]:
        return list(self.sandbox.records("voiceshot")["calls"])

    def _count(self) -> None:
        from campaigns import moving
        from campaigns.models import Attempt, Batch, Recipient

        report, calls = self.report, self._calls()
        over = [call for call in calls if call["state"] == "over"]
        by_number = Counter(f"+1{call['number']}" for call in over)
        states = dict(self.campaign.recipients.values_list("number", "state"))
        report.states = dict(Counter(states.values()))
        report.tallies = dict(moving.tally(self.campaign))
        report.posts, report.calls = Batch.objects.count(), len(over)
        report.called_twice = sum(times > 1 for times in by_number.values())
        report.callids_twice = sum(times > 1 for times in Counter(call["callid"] for call in calls).values())
        report.called_though_listed = len(self._listed & by_number.keys())
        ends = {f"+1{call['number']}": ENDS[call["outcome"]] for call in over}
        report.told_wrongly = sum(states[number] not in (end, "opted_out") for number, end in ends.items())
        report.told_wrongly += sum(state in ENDS.values() and number not in ends for number, state in states.items())
        ours = set(Attempt.objects.values_list("callid", flat=True))
        report.told_wrongly += sum(call["callid"] not in ours for call in calls)
        assert Recipient.objects.count() == report.recipients


ENDS = {"person": "reached", "machine": "machine", "busy": "busy", "no-answer": "no_answer", "intercept": "failed"}


def make_campaign(recipients: int) -> tuple[Any, Any]:
    from django.contrib.auth import get_user_model
    from django.db import transaction

    from campaigns import moving
    from campaigns.models import Recipient
    from tests.campaigns import factories
    from voicehub.sync import lanes

    lanes.ensure_lanes()
    user = get_user_model().objects.get(username="editor")
    campaign, zone = factories.make_campaign(created_by=user), factories.noon_zone()
    with transaction.atomic():
        moving.add_recipients(
            moving.lock(campaign.pk),
            [Recipient(campaign=campaign, number=number_of(place), zones=zone) for place in range(recipients)],
        )
    return campaign, user


def number_of(place: int) -> str:
    return f"+1{818 + place // 1_000_000}{5_000_000 + place % 1_000_000}"


def wait_for_menu(campaign: Any) -> None:
    from voicehub.sync.engine import drain_inline

    drain_inline()
    campaign.menu.refresh_from_db()


@contextmanager
def results_come_in(sandbox: SandboxProcess) -> Iterator[None]:
    """A web server to which the stand-in posts its summaries."""
    from campaigns.hooks import VoiceShotPosts
    from voicehub.common.hooks import addresses

    path = addresses.make(VoiceShotPosts(), user=None)
    with server(*WEB) as port:
        sandbox.edit("voiceshot", set_results={"url": f"http://127.0.0.1:{port}{path}"})
        yield


def run(recipients: int, kills: int, seed: int, *, command: tuple[str, ...], patience: float) -> Report:
    started = time.monotonic()
    report = Report(recipients)
    with installation(**ENVIRONMENT) as sandbox, results_come_in(sandbox):
        Trial(sandbox, report, command, seed).run(kills, patience)
    report.seconds = round(time.monotonic() - started, 1)
    report.judge()
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipients", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=900, help="seconds until a run is given up")
    parser.add_argument("--late-callids", action="store_true", help="callids after the post: the check must fail")
    options = parser.parse_args()
    command = LATE_CALLIDS if options.late_callids else LIVE_WORKER
    report = run(options.recipients, options.kills, options.seed, command=command, patience=options.patience)
    print(json.dumps(asdict(report)))
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
