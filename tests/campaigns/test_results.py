"""Results as the sandbox posts them to us over HTTP, whatever is odd about them."""

import pytest

from campaigns import inbound, moving, services
from campaigns.hooks import VoiceShotPosts
from campaigns.models import Attempt, InboundPost, KeyRule
from tests.campaigns.factories import add, make_campaign, number
from voicehub.common import do_not_call
from voicehub.common.hooks import addresses, limits
from voicehub.sync import chores

ODDITIES = ("twice", "late", "last", "before-events", "unknown-callid", "without", "recording", "lost")
PEOPLE = 20
ENDS = {"reached": 9, "machine": 4, "busy": 2, "no_answer": 2, "failed": 2, "opted_out": 1}
LONG = 11


@pytest.fixture
def running(voiceshot, work, live_server, settings, monkeypatch):
    """Twenty calls at VoiceShot, which posts to us; two people press keys."""
    monkeypatch.setattr(limits, "_last_word", {})
    settings.VOICESHOT_HOOK_USER, settings.VOICESHOT_HOOK_PASSWORD = "shot", "sesame"
    url = live_server.url + addresses.make(VoiceShotPosts(), user=None)
    voiceshot.edit("voiceshot", set_results={"url": url, "user": "shot", "password": "sesame"})
    pressed = {number(10): "1 2", number(11): "9"}
    phones = [{"number": one, "keys": keys} for one, keys in pressed.items()]
    voiceshot.edit("voiceshot", set_phones=phones)
    campaign = make_campaign(opt_out_key="9")
    KeyRule.objects.create(campaign=campaign, keys="1", action="speak", goto="2", text="Hello {name}.")
    transfer_to = "+18185550100"
    KeyRule.objects.create(campaign=campaign, promptid="2", keys="2", action="transfer", transfer_to=transfer_to)
    add(campaign, *map(number, range(PEOPLE)), variables={"name": 'Ann "A"'})
    work(rounds=1)
    campaign.refresh_from_db()
    services.start(campaign, user=campaign.created_by)
    work(rounds=1)
    return campaign


def counted(campaign):
    chores.run(inbound.CHORE.name)
    return dict(moving.tally(campaign))


def test_odd_late_doubled_and_lost_results_end_each_call_once(running, voiceshot, work):
    for oddity in ODDITIES:
        voiceshot.fault("voiceshot", "summary", oddity)
    voiceshot.errand("voiceshot", dial="all")
    assert counted(running)["under_way"] == 3
    voiceshot.errand("voiceshot", dial={"count": 0})
    assert counted(running)["under_way"] == 2
    work(minutes=LONG)
    assert counted(running) == ENDS
    assert set(Attempt.objects.values_list("state", flat=True)) == {"ended"}
    assert InboundPost.objects.filter(state="unmatched").count() == 1
    [recording] = InboundPost.objects.exclude(recordings=None).get().recordings.all()
    assert recording.file.size > 3_000_000
    assert do_not_call.listed(map(number, range(PEOPLE))) == {number(11)}


def test_voiceshot_obeys_the_rules_for_keys_while_the_call_goes_on(running, voiceshot):
    voiceshot.errand("voiceshot", dial="all")
    commands = {f"+1{call['number']}": call["commands"] for call in voiceshot.records("voiceshot")["calls"]}
    assert commands[number(10)] == [
        {"goto": "2", "tts": 'Hello Ann "A".'},
        {"transferto": "8185550100", "callerid": "8185550199"},
    ]
    assert commands[number(11)] == [{}]
    counted(running)
    assert Attempt.objects.get(number=number(10)).keys == {"1": "1", "2": "2"}


def test_calls_and_texts_of_others_to_us_are_kept_and_the_sites_test_is_taken(running, voiceshot):
    voiceshot.errand("voiceshot", test={"menuid": "1-1234"})
    voiceshot.errand("voiceshot", text={"menuid": "1-1234", "callerid": "8185550177", "text": "Stop"})
    counted(running)
    told = InboundPost.objects.filter(state="unmatched").values_list("kind", "number", "told__txt")
    assert list(told) == [("text", "+18185550177", ["Stop"])]
    assert InboundPost.objects.get(kind="test").state == "applied"
