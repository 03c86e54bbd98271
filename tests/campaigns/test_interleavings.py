"""Whatever happens in whatever order: nobody is called twice, at night or against the list, and all end somewhere."""

import random
from collections import Counter
from contextlib import suppress
from datetime import time

import pytest

from campaigns import driving, moving, outcomes, services
from campaigns.models import Attempt, Batch, Campaign
from campaigns.voiceshot import SeenCall
from tests.ageing import let_pass
from tests.campaigns.factories import add, make_campaign, number
from voicehub.common import do_not_call
from voicehub.sync.clock import database_now
from voicehub.sync.engine import drain_inline
from voicehub.sync.services import NotYetError
from voicehub.sync.sweep import sweep

PEOPLE, STEPS, LONG = 24, 40, 11
DAY, NIGHT = {"opens": time(0), "closes": time(23, 59)}, {"opens": time(0), "closes": time(0, 1)}
FAULTS = ("cut-before", "cut-after", "error-after", "html", "empty-200", "errorid-missing")
State = Campaign.State


class World:
    """A campaign, its provider and its people; each method is something that may happen."""

    def __init__(self, sandbox, campaign, choose):
        self.sandbox, self.campaign, self.choose = sandbox, campaign, choose
        self.listed, self.told, self.is_night = set(), [], False

    def work(self):
        sweep()
        driving.drive()
        drain_inline()

    def fail(self):
        operation = self.choose.choice(("send", "query", "delete", "pause", "resume"))
        self.sandbox.fault("voiceshot", operation, self.choose.choice(FAULTS))

    def dial(self):
        if not self.is_night:
            self.sandbox.errand("voiceshot", dial={"count": self.choose.randint(1, 8)})

    def tell(self):
        """Some of the summaries, old ones among them."""
        seen = [seen_call(call) for call in self.calls() if call["state"] == "over"]
        outcomes.apply(self.choose.sample(seen, min(len(seen), 5)))

    def list_somebody(self):
        somebody = self.choose.choice(list(self.campaign.recipients.values_list("number", flat=True)))
        waits_here = self.campaign.recipients.filter(number=somebody, state="waiting", attempts=None).exists()
        do_not_call.add(somebody, source=do_not_call.Source.TYPED)
        if waits_here:
            self.listed.add(somebody)

    def pause_or_go_on(self):
        self.campaign.refresh_from_db()
        if self.campaign.state == State.PAUSED:
            services.resume(self.campaign, user=self.campaign.created_by)
        elif self.campaign.state == State.RUNNING:
            services.pause(self.campaign, user=self.campaign.created_by)

    def fall_night(self):
        """Posts that are out are over by now; what the worker does then comes in time."""
        self.is_night = True
        Campaign.objects.update(**NIGHT, wake_at=database_now())
        Batch.objects.update(closes_at=database_now())

    def become_day(self):
        self.is_night = False
        Campaign.objects.update(**DAY, wake_at=database_now())

    def pass_time(self):
        let_pass(minutes=self.choose.choice((1, LONG)))

    def calls(self):
        return self.sandbox.records("voiceshot")["calls"]

    def called(self):
        """How often each telephone has rung."""
        return Counter(f"+1{call['number']}" for call in self.calls() if call["state"] == "over")

    def calm_down(self):
        self.sandbox.clear_faults()
        self.become_day()
        for _round in range(12):
            self.campaign.refresh_from_db()
            if not self.campaign.is_live:
                return
            if self.campaign.state == State.PAUSED:
                services.resume(self.campaign, user=self.campaign.created_by)
            self.work()
            self.sandbox.errand("voiceshot", dial="all")
            let_pass(minutes=2 * LONG)
            for batch in Batch.objects.filter(attempts__state=Attempt.State.UNCERTAIN).distinct():
                with suppress(NotYetError):
                    services.settle_missing(batch, call_again=True, user=self.campaign.created_by)


def seen_call(call):
    words = {"person": "Human Answer", "machine": "Answering Machine", "busy": "Busy", "no-answer": "No answer"}
    status = "Successful" if call["outcome"] in ("person", "machine") else "Failed"
    text = words.get(call["outcome"], "Operator Intercept")
    return SeenCall(call["callid"], number=f"+1{call['number']}", status=status, text=text)


EVENTS = (
    *(World.work,) * 5,
    *(World.dial, World.tell, World.fail, World.pass_time) * 2,
    *(World.list_somebody, World.pause_or_go_on, World.fall_night, World.become_day),
)


@pytest.mark.parametrize("seed", range(4))
def test_nobody_is_called_twice_and_everybody_ends_somewhere(voiceshot, settings, seed):
    settings.VOICESHOT_BATCH_SIZE, settings.VOICESHOT_ASSUMED_PACE = 4, 2
    settings.SETTLE_WAIT_SECONDS, settings.SETTLE_NEEDS_SECOND_PERSON = 60, False
    campaign = make_campaign()
    add(campaign, *(number(place) for place in range(PEOPLE)))
    drain_inline()
    campaign.refresh_from_db()
    services.start(campaign, user=campaign.created_by)
    world = World(voiceshot, campaign, random.Random(seed))
    for _step in range(STEPS):
        before = len(world.calls())
        event = world.choose.choice(EVENTS)
        event(world)
        assert not (world.is_night and len(world.calls()) > before), "posted at night"
        assert set(world.called().values()) <= {1}
    world.calm_down()
    campaign.refresh_from_db()
    states = Counter(campaign.recipients.values_list("state", flat=True))
    assert campaign.state == State.FINISHED
    assert moving.tally(campaign) == states
    assert not states.keys() & {"waiting", "under_way", "uncertain"}
    assert set(world.called().values()) == {1}
    assert not world.called().keys() & world.listed
    assert not Attempt.objects.filter(state__in=Attempt.OPEN).exists()
