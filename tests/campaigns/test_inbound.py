"""What VoiceShot posts to us: kept, answered at once, and taken in once, whatever comes and however often."""

import random
import time
from base64 import b64encode, encodebytes
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns import batching, driving, inbound, keeping, moving, outcomes
from campaigns.hooks import VoiceShotPosts
from campaigns.models import Attempt, Campaign, InboundPost, KeyRule, Recipient, SoundFile
from campaigns.voiceshot import reading
from tests.campaigns.factories import MENUID, add, make_campaign, noon_zone, number
from voicehub.common import do_not_call
from voicehub.common.hooks import addresses, limits
from voicehub.common.hooks.models import HookRequest
from voicehub.common.sounds import sound_storage
from voicehub.sync import chores
from voicehub.sync.clock import database_now

WAV = b"RIFF$\x00\x00\x00WAVEfmt "
SUMMARY = (
    '<campaign menuid="{menuid}" duration="11" phonenumber="1{digits}" status="{status}" comment="{text}"'
    ' callid="{callid}" dateandtime="1/18/2008 3:48:35 PM"><prompts><prompt promptid="1" keypress="{keys}"></prompt>'
    "</prompts></campaign>"
)
WORDS = '<prompts><prompt txt="{words}"/></prompts>'
TEXT = f'<campaign menuid="1-248" callerid="8185550100" callid="970">{WORDS}</campaign>'
KEY = '<prompt menuid="{menuid}" callid="{callid}" promptid="{promptid}" keypress="{keys}"/>'


@pytest.fixture
def path(db, monkeypatch):
    monkeypatch.setattr(limits, "_last_word", {})
    return addresses.make(VoiceShotPosts(), user=None)


@pytest.fixture
def post(path):
    """Post a body as VoiceShot does; gives the whole answer."""
    client = Client(raise_request_exception=False)

    def post(body, **headers):
        body = body if isinstance(body, bytes) else body.encode()
        return client.post(path, body, content_type="text/xml", headers=headers)

    return post


@pytest.fixture
def campaign(campaigns):
    """A running campaign whose calls to the places 1 to 9 are at VoiceShot."""
    campaign = make_campaign(opt_out_key="9")
    Campaign.objects.filter(pk=campaign.pk).update(state="running", started_by=campaign.created_by)
    add(campaign, *map(number, range(1, 10)), variables={"name": 'Ann & "Bob" <x>'})
    with transaction.atomic():
        locked = moving.lock(campaign.pk)
        waiting = driving.waiting_in(locked, noon_zone(), database_now(), 10)
        batch = batching.make(locked, waiting, closes_at=database_now().replace(year=2040))
        outcomes.arrived(locked, batch.attempts.all())
    return campaign


def call_to(place):
    return Attempt.objects.get(number=number(place))


def summary(place, status="Successful", text="Human Answer", keys=""):
    call = call_to(place)
    said = {"digits": call.number.removeprefix("+1"), "callid": call.callid, "menuid": MENUID}
    return SUMMARY.format(status=status, text=text, keys=keys, **said)


def key(place, keys, promptid="1"):
    return KEY.format(menuid=MENUID, callid=call_to(place).callid, promptid=promptid, keys=keys)


def take_in():
    chores.run(inbound.CHORE.name)


def states(campaign):
    return [state for _number, state in sorted(campaign.recipients.values_list("number", "state"))]


def test_a_summary_is_kept_answered_with_nothing_and_taken_in_later(campaign, post):
    answer = post(summary(1))
    assert (answer.status_code, answer.content) == (200, b"")
    kept = InboundPost.objects.get()
    assert (kept.kind, kept.state, kept.number) == ("summary", "new", number(1))
    assert call_to(1).state == Attempt.State.POSTED
    take_in()
    call = call_to(1)
    assert (call.state, call.status, call.text, call.duration) == ("ended", "Successful", "Human Answer", 11)
    assert campaign.recipients.get(number=number(1)).state == Recipient.State.REACHED
    assert InboundPost.objects.get().state == "applied"


def test_summaries_of_a_whole_post_doubled_and_shuffled_settle_each_once(campaign, post):
    ends = [("Failed", "Busy"), ("Failed", "No answer"), ("Successful", "Answering Machine"), ("Successful", "")] * 2
    told = [summary(place, *end) for place, end in enumerate(ends, 1)]
    late = [summary(place, "Pending", "") for place in range(1, 9)]
    for body in random.Random(3).sample([*told, *told, *late], 24):
        assert post(body).status_code == 200
    take_in()
    take_in()
    assert states(campaign) == ["busy", "no_answer", "machine", "reached"] * 2 + ["under_way"]
    assert set(campaign.recipients.filter(number__lt=number(9)).values_list("tried", flat=True)) == {1}
    assert moving.tally(campaign).total() == 9
    assert set(InboundPost.objects.values_list("state", flat=True)) == {"applied"}


def test_whatever_is_missing_odd_or_in_other_letters_is_read_as_far_as_it_goes(campaign, post):
    callid = call_to(1).callid
    post(f'\n <?xml version="1.0"?><CAMPAIGN STATUS="Successful"  CallId="{callid}"   />')
    post(f'<campaign callid="{call_to(2).callid}" status="Failed" lasterror="Busy" duration="eleven"/>')
    post(f'<campaign callid="{call_to(3).callid}"/>')
    take_in()
    assert states(campaign)[:3] == ["reached", "busy", "under_way"]
    assert call_to(2).duration is None


@pytest.mark.parametrize(
    "body",
    [
        SUMMARY.format(menuid=MENUID, digits="8185550100", status="Successful", text="", callid="nobodys", keys="1"),
        '<campaign menuid="1-4567" duration="28" callerid="8185550177" callid="2145437"/>',
        TEXT.format(words="Call me"),
        '<campaign menuid="1-3" callid="213167" action="4" callerid="8185550177" dnis="8005550150"/>',
        '<campaign menuid="1-3" callid="213167" action="5" duration="24"/>',
        "<campaign/>",
    ],
)
def test_what_belongs_to_no_call_of_ours_is_kept_as_unmatched(campaign, post, body):
    assert post(body).status_code == 200
    take_in()
    assert InboundPost.objects.get().state == "unmatched"
    assert set(states(campaign)) == {"under_way"}


def test_our_callid_with_another_number_is_unmatched_and_the_true_summary_beside_it_counts(campaign, post):
    post(summary(1))
    post(summary(1).replace(number(1)[2:], "8185550100").replace("Human", "No"))
    take_in()
    assert list(InboundPost.objects.order_by("pk").values_list("state", flat=True)) == ["applied", "unmatched"]
    assert states(campaign)[0] == "reached"


def test_a_caller_and_what_they_wrote_are_told(post):
    post(TEXT.format(words="Call me"))
    text = InboundPost.objects.get()
    assert (text.kind, text.number, text.told) == ("text", "+18185550100", {"txt": ["Call me"]})


def test_the_test_of_the_site_is_answered_and_touches_nothing(campaign, post):
    answer = post('<campaign menuid="1-1234" callid="0" action="5" comment="Test"/>')
    assert (answer.status_code, answer.content) == (200, b"")
    take_in()
    assert (InboundPost.objects.get().kind, InboundPost.objects.get().state) == ("test", "applied")


# Keys.


@pytest.mark.parametrize(
    ("rule", "command"),
    [
        ({"action": "goto", "goto": "2"}, b'<prompt goto="2"/>'),
        ({"action": "play", "goto": "6"}, b'<prompt goto="6" filename="x.wav"/>'),
        (
            {"action": "speak", "goto": "7", "text": "Hi {name} {other}"},
            b'<prompt goto="7" tts="Hi Ann &amp; &quot;Bob&quot; &lt;x&gt; {other}"/>',
        ),
        (
            {"action": "transfer", "transfer_to": "+18185550100"},
            b'<prompt transferto="8185550100" callerid="8185550199"/>',
        ),
        ({"action": "digits", "goto": "2", "digits": "100#"}, b'<prompt dtmf="100#" goto="2"/>'),
        ({"action": "none"}, b""),
    ],
)
def test_a_key_is_answered_with_one_command_at_once(campaign, post, rule, command):
    sound = SoundFile(connection=campaign.connection, name="x.wav", size=1, seconds=1, sample_rate=8000, channels=1)
    sound.save_base(force_insert=True)
    KeyRule.objects.create(
        campaign=campaign, keys="1", sound_file=sound if rule["action"] == "play" else None, **rule
    )
    answer = post(key(1, "1"))
    assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "text/xml", command)
    assert post(key(1, "2")).content == b""
    assert HookRequest.objects.order_by("pk").first().told == command.decode()


def test_the_rule_of_the_prompt_goes_before_that_of_any(campaign, post):
    KeyRule.objects.create(campaign=campaign, keys="1", goto="5")
    KeyRule.objects.create(campaign=campaign, keys="1", promptid="3", goto="8")
    assert post(key(1, "1", promptid="3")).content == b'<prompt goto="8"/>'
    assert post(key(1, "1", promptid="2")).content == b'<prompt goto="5"/>'


def test_nobody_is_connected_with_a_number_that_is_not_allowed(campaign, post, settings):
    KeyRule.objects.create(campaign=campaign, keys="1", action="transfer", transfer_to="+19005550100")
    KeyRule.objects.create(campaign=campaign, keys="2", action="transfer", transfer_to="+33199001234")
    settings.ALLOWED_NUMBER_PREFIXES = ["+1818", "+33"]
    assert post(key(1, "1")).content == post(key(1, "2")).content == b""
    assert "ALLOWED_NUMBER_PREFIXES" in HookRequest.objects.order_by("pk").first().words


def test_the_key_of_a_strange_call_gets_an_empty_answer(campaign, post):
    KeyRule.objects.create(campaign=campaign, keys="1", goto="5")
    for body in (key(1, "1").replace(MENUID, "1-9"), KEY.format(menuid=MENUID, callid="77", promptid="1", keys="1")):
        answer = post(body)
        assert (answer.status_code, answer.content) == (200, b"")


def test_a_caller_waits_for_two_reads_and_one_insert(campaign, post, path):
    KeyRule.objects.create(campaign=campaign, keys="1", goto="5")
    body = key(1, "1")
    post(body)
    with CaptureQueriesContext(connection) as asked:
        post(body)
    ours = [one["sql"] for one in asked if "campaigns_" in one["sql"]]
    assert [sql.split()[0] for sql in ours] == ["INSERT", "SELECT", "SELECT"]


@pytest.mark.parametrize("bodies", [[key], [key, summary], [summary], [summary, key]])
def test_who_pressed_the_key_for_it_is_called_no_more_whatever_tells_it_first(campaign, post, bodies):
    for make in bodies:
        post(make(1, "9") if make is key else make(1, keys="9" if bodies == [summary] else ""))
        take_in()
    assert states(campaign)[:2] == ["opted_out", "under_way"]
    assert do_not_call.listed([number(1), number(2)]) == {number(1)}
    assert moving.tally(campaign) == {"opted_out": 1, "under_way": 8}


def test_a_later_key_at_the_same_prompt_takes_the_wish_not_back(campaign, post):
    post(key(1, "9"))
    post(key(1, "1"))
    take_in()
    assert states(campaign)[0] == "opted_out"
    assert call_to(1).keys == {"1": "1"}


def test_who_tries_the_campaign_out_on_the_own_telephone_is_not_listed(campaign, post):
    Attempt.objects.filter(number=number(1)).update(is_trial=True)
    post(key(1, "9"))
    take_in()
    assert states(campaign)[0] == "under_way"
    assert not do_not_call.listed([number(1)])


# What must not come in.


@pytest.fixture
def with_password(settings):
    settings.VOICESHOT_HOOK_USER, settings.VOICESHOT_HOOK_PASSWORD = "shot", "sésame:1"


def basic(text):
    return "Basic " + b64encode(text.encode()).decode()


@pytest.mark.parametrize("header", [{}, {"authorization": basic("shot:wrong")}, {"authorization": "Bearer é"}])
def test_without_the_name_and_password_nothing_is_kept(with_password, campaign, post, header):
    answer = post(summary(1), **header)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Basic realm="VoiceHub"')
    assert not InboundPost.objects.exists()


def test_with_the_name_and_password_it_is_kept(with_password, campaign, post):
    assert post(summary(1), authorization=basic("shot:sésame:1").replace("Basic", "basic")).status_code == 200
    assert InboundPost.objects.exists()
    assert "sésame" not in HookRequest.objects.get().body


def test_a_wrong_token_is_not_found_and_a_look_with_a_browser_is_no_post(campaign, path):
    client = Client()
    assert client.post(path[:-2] + "x/", summary(1).encode(), content_type="text/xml").status_code == 404
    assert client.get(path).status_code == 405
    assert not InboundPost.objects.exists()


ENTITIES = "".join(f'<!ENTITY l{place} "{f"&l{place - 1};" * 10}">' for place in range(1, 9))
BOMB = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{ENTITIES}]>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"callid=1&status=Successful",
        b"<campaign",
        b"<html><body/></html>",
        b'<campaign callid="\xe9"/>',
        '<?xml version="1.0" encoding="utf-8"?><campaign callid="é"/>'.encode("utf-16"),
        b'<?xml version="1.0" encoding="no-such"?><campaign callid="1"/>',
        b'<!DOCTYPE campaign><campaign callid="1"/>',
        f'{BOMB}<campaign callid="&l8;"/>'.encode(),
        f"{BOMB}<campaign>&l8;</campaign>".encode(),
        f'{BOMB}<campaign callid="&l8;"/>'.encode("utf-16"),
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><campaign callid="1">&f;</campaign>',
        f'<!DOCTYPE x [<!ENTITY a "{"a" * 200_000}">]><campaign callid="{"&a;" * 1500}"/>'.encode(),
        b"<campaign>" + b"<a/>" * 1_000_000 + b"</campaign>",
        b"<a>" * 1_000_000,
        b"<campaign " + b" ".join(b'a%d="1"' % place for place in range(100_000)) + b"/>",
    ],
    ids=lambda body: repr(body[:30]),
)
def test_what_is_no_post_is_answered_fast_and_nothing_of_it_is_kept(post, body):
    began = time.monotonic()
    answer = post(body)
    assert time.monotonic() - began < 2
    assert (answer.status_code, answer.content) == (200, b"")
    assert not InboundPost.objects.exists()
    [line] = HookRequest.objects.all()
    assert (line.body, line.told) == ("", "")
    assert line.words


def test_what_is_too_large_is_refused_unread(post, settings):
    assert post(b"x" * 30_000_000).status_code == 413
    settings.VOICESHOT_MAX_POST_BYTES = 100
    assert post(b"x" * 101).status_code == 413
    assert not InboundPost.objects.exists()


def test_what_could_not_be_kept_is_not_said_to_be(campaign, post, monkeypatch):
    monkeypatch.setattr(InboundPost, "kind", property())
    assert post(summary(1)).status_code == 500


# Recordings and what is personal.


def test_recordings_are_kept_as_files_of_which_only_we_know_the_names(campaign, post):
    sound = WAV + bytes(3_000_000)
    coded = encodebytes(sound).decode()
    files = f'<file filename="../m.wav" fileid="7">{coded}</file>'
    broken = '<prompt promptid="5"><file filename="n.wav">abc</file></prompt>'
    prompts = f'<prompts><prompt promptid="4">{files}</prompt>{broken}</prompts>'
    callid = call_to(1).callid
    post(f'<campaign menuid="{MENUID}" callid="{callid}" status="Successful">{prompts}</campaign>')
    [recording] = InboundPost.objects.get().recordings.all()
    assert (recording.promptid, recording.name) == ("4", "../m.wav")
    assert recording.file.read() == sound
    assert "m.wav" not in recording.file.name
    assert coded[:70] not in HookRequest.objects.get().body


def test_old_recordings_go_with_their_posts(post, django_capture_on_commit_callbacks):
    file = f'<file filename="m">{b64encode(WAV).decode()}</file>'
    post(f'<campaign callid="1"><prompts><prompt>{file}</prompt></prompts></campaign>')
    name = InboundPost.objects.get().recordings.get().file.name
    assert sound_storage.exists(name)
    InboundPost.objects.update(received_at=database_now().replace(year=2020))
    with django_capture_on_commit_callbacks(execute=True):
        inbound.remove_old()
    assert not sound_storage.exists(name)


def test_numbers_of_cards_are_masked_before_anything_is_kept(campaign, post):
    card = "4111111111111111"
    post(key(1, card, promptid="4"))
    post(TEXT.format(words=card))
    for row in (*InboundPost.objects.all(), *HookRequest.objects.all()):
        assert card not in str(vars(row))


def test_kinds_are_those_of_the_records():
    assert {kind.value for kind in reading.Kind} == set(InboundPost.Kind.values)


def test_a_post_that_cannot_be_taken_in_holds_up_no_other(campaign, post):
    post(summary(1))
    post(summary(2))
    InboundPost.objects.filter(number=number(1)).update(told={"status": 7})
    take_in()
    assert list(InboundPost.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "applied"]
    assert states(campaign)[1] == "reached"


@pytest.mark.django_db(transaction=True)
def test_posts_of_a_moment_are_saved_together_and_each_is_there_when_it_is_answered(settings, monkeypatch):
    settings.HOOK_LOG_IN_BACKGROUND = True
    written = []
    monkeypatch.setattr(keeping, "_save", lambda ones, save=keeping._save: (written.append(len(ones)), save(ones)))
    keeping._writer.submit(time.sleep, 0.1)

    def is_there(place):
        keeping.save(InboundPost(kind="key", callid=str(place)))
        found = InboundPost.objects.filter(callid=str(place)).count()
        connection.close()
        return found

    with ThreadPoolExecutor(8) as callers:
        assert sum(callers.map(is_there, range(24))) == 24
    keeping._writer.submit(connections.close_all).result()
    assert written[0] > 1


@pytest.mark.django_db(transaction=True)
def test_a_post_that_cannot_be_saved_says_so_and_costs_no_other_its_place(settings):
    settings.HOOK_LOG_IN_BACKGROUND = True
    keeping._writer.submit(time.sleep, 0.1)
    with ThreadPoolExecutor(2) as callers:
        good = callers.submit(keeping.save, InboundPost(kind="key"))
        bad = callers.submit(keeping.save, InboundPost(kind=None))
        assert good.result() is None
        with pytest.raises(IntegrityError):
            bad.result()
    keeping._writer.submit(connections.close_all).result()
    assert InboundPost.objects.count() == 1
