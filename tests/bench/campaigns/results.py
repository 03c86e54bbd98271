"""Summaries of calls as VoiceShot posts them, kept by the web server and taken in by the worker beside it, all in all
a second; beside a bare Django view that reads the same XML and makes one update.
"""

import asyncio
import os
import statistics
import time

from tests.bench.callers import Caller, post
from tests.bench.hooks import BARE, OURS, server
from tests.bench.sync import worker

LIMIT = 0.5
NAME = "Results"
CALLERS = 8
AT_ONCE = 2000
SECONDS_TO_FINISH = 300
ENDS = (
    ("Successful", "Human Answer"),
    ("Successful", "Answering Machine"),
    ("Failed", "Busy"),
    ("Failed", "No answer"),
)
SUMMARY = (
    '<campaign menuid="1-1234" duration="11" phonenumber="1{digits}" status="{status}" comment="{text}"'
    ' callid="{callid}" dateandtime="1/18/2028 3:48:35 PM"><prompts><prompt promptid="1" keypress="1"/></prompts>'
    "</campaign>"
)


class Messenger(Caller):
    """Posts what is left of the summaries, one after the other."""

    def __init__(self, summaries, end):
        super().__init__(b"", 0.0, end)
        self.summaries = summaries

    def ask(self):
        self.question = next(self.summaries, b"")
        if self.question:
            super().ask()
        elif not self.over.done():
            self.over.set_result(self.took)


async def _deliver(port, path, summaries):
    loop, end = asyncio.get_running_loop(), time.perf_counter() + SECONDS_TO_FINISH
    left = iter([post(path, body) for body in summaries])
    messengers = [Messenger(left, end) for _place in range(CALLERS)]
    started = time.perf_counter()
    for messenger in messengers:
        await loop.create_connection(lambda messenger=messenger: messenger, "127.0.0.1", port)
    await asyncio.gather(*(messenger.over for messenger in messengers))
    return time.perf_counter() - started


def deliver(port, path, summaries):
    """Seconds until all summaries have been answered."""
    return asyncio.run(_deliver(port, path, summaries))


def make_calls(count):
    """A running campaign with so many calls at VoiceShot. Returns the summaries of their ends."""
    from django.db import transaction

    from campaigns import moving
    from campaigns.models import Attempt, Batch, Campaign, Recipient
    from tests.campaigns.factories import add, make_campaign, number

    campaign = Campaign.objects.filter(name=NAME).first() or make_campaign(name=NAME, opt_out_key="9")
    Campaign.objects.filter(pk=campaign.pk).update(state="running", started_by=campaign.created_by)
    first = campaign.recipients.count()
    batch = Batch.objects.create(
        connection=campaign.connection, campaign=campaign, size=count, requested_by=campaign.created_by
    )
    Batch.objects.filter(pk=batch.pk).update(state="done")
    for start in range(first, first + count, AT_ONCE):
        numbers = [number(place) for place in range(start, min(start + AT_ONCE, first + count))]
        with transaction.atomic():
            recipients = add(moving.lock(campaign.pk), *numbers, state=Recipient.State.UNDER_WAY)
            Attempt.objects.bulk_create(
                Attempt(campaign=campaign, batch=batch, recipient=one, number=one.number, state="posted")
                for one in recipients
            )
    return [summary_of(place, call) for place, call in enumerate(batch.attempts.order_by("pk"))]


def summary_of(place, call):
    status, text = ENDS[place % len(ENDS)]
    digits = call.number.removeprefix("+1")
    return SUMMARY.format(digits=digits, status=status, text=text, callid=call.callid).encode()


def wait_until_taken_in(count):
    from campaigns.models import Attempt

    end = time.perf_counter() + SECONDS_TO_FINISH
    while Attempt.objects.filter(state="ended").count() < count:
        if time.perf_counter() > end:
            raise SystemExit("The worker does not take the summaries in.")
        time.sleep(0.05)


def ours(path, summaries):
    """Summaries a second: kept, and taken in as well."""
    from campaigns.models import Attempt

    before = Attempt.objects.filter(state="ended").count()
    with server(*OURS) as port, worker("http://127.0.0.1:1"):
        started = time.perf_counter()
        kept = deliver(port, path, summaries)
        wait_until_taken_in(before + len(summaries))
        return len(summaries) / kept, len(summaries) / (time.perf_counter() - started)


def bare(summaries):
    with server(*BARE) as port:
        return len(summaries) / deliver(port, "/bare/summary/", summaries)


def measured(numbers, repeat):
    """Both in turn, a tenth of the numbers each time."""
    from campaigns.hooks import VoiceShotPosts
    from voicehub.common.hooks import addresses

    os.environ["VOICESHOT_POSTS_PER_MINUTE"] = str(10**9)
    path = addresses.make(VoiceShotPosts(), user=None)
    rounds = []
    for _round in range(repeat):
        limit = bare(make_calls(numbers // 10))
        kept, taken_in = ours(path, make_calls(numbers // 10))
        rounds.append({"kept": kept, "taken_in": taken_in, "bare": limit})
    ratio = round(statistics.median(one["taken_in"] / one["bare"] for one in rounds), 2)
    return {
        "ratio": ratio,
        "ratio_kept": round(statistics.median(one["kept"] / one["bare"] for one in rounds), 2),
        "rounds": [{name: round(value) for name, value in one.items()} for one in rounds],
        "limit": LIMIT,
        "kept": ratio >= LIMIT,
    }
