"""What VoiceShot posts to its customer: summaries, events and tests, and what the dial does to them."""

import threading

import pytest
from lxml import etree

from tests.sandbox.results_host import ResultsHost
from tests.sandbox.wire import VoiceShotWire

CALLS = [(f"c{digit}", f"818555010{digit}") for digit in range(10)]


@pytest.fixture
def voiceshot(fresh):
    return VoiceShotWire(fresh.url)


@pytest.fixture
def results(fresh):
    with ResultsHost() as host:
        fresh.edit("voiceshot", set_results={"url": host.url})
        yield host


def calls(fresh):
    return {call["callid"]: call for call in fresh.records("voiceshot")["calls"]}


def dial(fresh, count="all"):
    return fresh.errand("voiceshot", dial="all" if count == "all" else {"count": count})


def test_calls_are_worked_off_step_by_step_and_a_summary_posted_for_each(voiceshot, fresh, results):
    fresh.edit("voiceshot", switch={"clock": "2026-11-08T15:48:35Z"})
    voiceshot.send(*CALLS)
    assert dial(fresh, 3) == {"dialled": 3, "taken": 3}
    assert sorted(results.told("callid")) == ["c0", "c1", "c2"]
    (summary,) = [post for post in results.summaries if post.get("callid") == "c0"]
    assert etree.tostring(summary).decode() == (
        '<campaign menuid="1-1234" duration="11" phonenumber="18185550100" status="Successful" '
        'comment="Human Answer" callid="c0" dateandtime="11/8/2026 3:48:35 PM">'
        '<prompts><prompt promptid="1" keypress=""/></prompts></campaign>'
    )
    dial(fresh)
    assert {post.get("callid"): post.get("comment") for post in results.summaries} == {
        **dict.fromkeys(("c0", "c1", "c2", "c3", "c4"), "Human Answer"),
        **dict.fromkeys(("c5", "c6"), "Answering Machine"),
        "c7": "Busy",
        "c8": "No answer",
        "c9": "Operator Intercept",
    }
    assert "Authorization" not in results.headers[0]
    assert results.headers[0]["Content-Type"] == "text/xml"


def test_results_are_posted_with_basic_where_it_is_entered(voiceshot, fresh, results):
    fresh.edit("voiceshot", set_results={"url": results.url, "user": "voice", "password": "shot"})
    voiceshot.send(CALLS[0])
    dial(fresh)
    assert results.headers[0]["Authorization"] == "Basic dm9pY2U6c2hvdA=="


def test_the_mix_of_outcomes_and_single_telephones_can_be_set(voiceshot, fresh, results):
    fresh.edit("voiceshot", switch={"outcomes": ["busy"] * 10})
    fresh.edit("voiceshot", set_phones=[{"number": "+1 818 555 0101", "outcome": "machine"}])
    voiceshot.send(*CALLS[:2])
    dial(fresh)
    assert {one: call["outcome"] for one, call in calls(fresh).items()} == {"c0": "busy", "c1": "machine"}


def test_keys_are_pressed_where_the_answers_lead_and_commands_obeyed(voiceshot, fresh, results):
    answers = iter(['<prompt goto="6" tts="Hello Ann"/>', '<prompt transferto="8185550177" callerid="8185550199"/>'])
    results.answer = lambda post: (200, next(answers) if post.tag == "prompt" else "")
    fresh.edit("voiceshot", set_phones=[{"number": "8185550100", "keys": "1 17 9"}])
    voiceshot.send(CALLS[0])
    dial(fresh)
    first, second, summary = results.came
    assert etree.tostring(first) == b'<prompt menuid="1-1234" callid="c0" promptid="1" keypress="1"/>'
    assert (second.get("promptid"), second.get("keypress")) == ("6", "17")
    pressed = [{"promptid": "1", "keypress": "1"}, {"promptid": "6", "keypress": "17"}]
    assert [dict(prompt.attrib) for prompt in summary.iter("prompt")] == pressed
    call = calls(fresh)["c0"]
    assert call["keys"] == pressed
    assert call["commands"] == [
        {"goto": "6", "tts": "Hello Ann"},
        {"transferto": "8185550177", "callerid": "8185550199"},
    ]
    assert 'keypress="17"' in voiceshot.act("3", "c0")


@pytest.mark.parametrize(
    ("answer", "command"),
    [
        ((200, ""), {}),
        ((200, ' <prompt dtmf="100" goto="2"/> '), {"dtmf": "100", "goto": "2"}),
        ((200, '<?xml version="1.0" encoding="UTF-8"?><prompt goto="2"/>'), {"goto": "2"}),
        ((200, '<prompts><prompt goto="2"/></prompts>'), None),
        ((200, '<prompt jump="2"/>'), None),
        ((200, "<prompt"), None),
        ((500, ""), None),
    ],
)
def test_of_the_answers_to_a_key_one_command_is_understood(voiceshot, fresh, results, answer, command):
    results.answer = lambda post: answer if post.tag == "prompt" else (200, "")
    fresh.edit("voiceshot", switch={"keys": ["9"] * 10})
    voiceshot.send(CALLS[0], CALLS[5])
    dial(fresh)
    (understood,) = calls(fresh)["c0"]["commands"]
    assert understood == command if command is not None else "error" in understood
    assert calls(fresh)["c5"]["keys"] == []


def test_a_text_has_a_summary_of_its_own_form(voiceshot, fresh, results):
    phone = '<phonenumbers><phonenumber number="8185550107" callid="t"/></phonenumbers>'
    prompts = '<prompts><prompt txt="Hi"/></prompts>'
    voiceshot.post(f'<campaign action="0" menuid="1-789">{prompts}{phone}</campaign>')
    dial(fresh)
    (summary,) = results.summaries
    told = dict(summary.attrib)
    assert told.pop("dateandtime")
    assert told == {
        "menuid": "1-789",
        "phonenumber": "8185550107",
        "status": "Successful",
        "comment": "",
        "callid": "t",
    }
    assert not len(summary)


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("twice", None, {"callid": ["c0", "c0"]}),
        ("unknown-callid", None, {"callid": ["xc0"]}),
        ("without", None, {"duration": [None], "status": ["Successful"]}),
        ("without", "callid", {"callid": [None]}),
        ("lost", None, {"callid": []}),
    ],
)
def test_a_summary_goes_wrong_by_dial(voiceshot, fresh, results, kind, value, told):
    fresh.fault("voiceshot", "summary", kind, value=value)
    voiceshot.send(CALLS[0])
    dial(fresh)
    assert {name: results.told(name) for name in told} == told
    assert calls(fresh)["c0"]["summary"] == ("lost" if kind == "lost" else "taken")
    voiceshot.send(CALLS[1])
    dial(fresh)
    assert results.told("callid")[-1] == "c1"


def test_a_summary_comes_late_or_last_or_before_its_events_by_dial(voiceshot, fresh, results):
    fresh.edit("voiceshot", switch={"keys": ["9"] * 10})
    for kind in ("late", "last", "before-events"):
        fresh.fault("voiceshot", "summary", kind)
    voiceshot.send(*CALLS[:3])
    dial(fresh)
    assert results.told("callid") == ["c2", "c1"]
    by_call = [(post.tag, post.get("callid")) for post in results.came if post.get("callid") != "c0"]
    assert by_call == [("campaign", "c2"), ("prompt", "c2"), ("prompt", "c1"), ("campaign", "c1")]
    assert calls(fresh)["c0"]["summary"] == "late"
    assert dial(fresh, 0) == {"dialled": 0, "taken": 1}
    assert results.told("callid")[-1] == "c0"


def test_a_summary_can_hold_a_recording_of_three_megabytes(voiceshot, fresh, results):
    fresh.fault("voiceshot", "summary", "recording")
    voiceshot.send(CALLS[0])
    dial(fresh)
    file = results.summaries[0].find(".//file")
    assert (file.get("filename"), file.get("fileid")) == ("m.wav", "7")
    assert len(file.text) > 4_000_000


def test_what_is_not_taken_is_lost_and_never_posted_again(voiceshot, fresh, results):
    results.answer = lambda post: (500, "")
    voiceshot.send(CALLS[0])
    assert dial(fresh) == {"dialled": 1, "lost": 1}
    assert dial(fresh) == {"dialled": 0}
    assert (len(results.came), calls(fresh)["c0"]["state"]) == (1, "over")


def test_results_may_come_before_the_posts_own_answer(voiceshot, fresh, results):
    fresh.edit("voiceshot", switch={"dials_at_once": True})
    seen_by_then = []
    results.answer = lambda post: (seen_by_then.append(len(results.came)), (200, ""))[1]
    assert voiceshot.send(*CALLS[:2]) == 0
    assert seen_by_then == [1, 2]
    assert {call["state"] for call in calls(fresh).values()} == {"over"}


def test_the_dialler_works_by_itself_at_its_speed(voiceshot, fresh, results):
    came = threading.Event()
    results.answer = lambda post: (len(results.came) == 10 and came.set(), (200, ""))[1]
    fresh.edit("voiceshot", switch={"calls_a_second": 100})
    voiceshot.send(*CALLS)
    assert came.wait(10)


def test_test_posts_incoming_calls_and_texts_come_as_in_the_documents(fresh, results):
    results.answer = lambda post: (200, '<prompt goto="2"/>' if post.tag == "prompt" else "")
    assert fresh.errand("voiceshot", test={}) == {"status": 200}
    assert etree.tostring(results.came[0]) == b'<campaign menuid="1-1234" callid="0" action="5" comment="Test"/>'
    fresh.errand("voiceshot", text={"text": "Stop"})
    assert results.came[1].find(".//prompt").get("txt") == "Stop"
    told = fresh.errand("voiceshot", call={"menuid": "1-3", "keys": "1 2"})
    assert told["commands"] == [{"goto": "2"}] * 2
    assert [(post.tag, post.get("action"), post.get("promptid")) for post in results.came[2:]] == [
        ("campaign", "4", None),
        ("prompt", None, "1"),
        ("prompt", None, "2"),
        ("campaign", "5", None),
        ("campaign", None, None),
    ]
    assert {post.get("callid") for post in results.came[2:]} == {told["callid"]}


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("records", {"switch": {"outcomes": ["person"]}}),
        ("records", {"switch": {"outcomes": ["asleep"] * 10}}),
        ("records", {"switch": {"keys": "9"}}),
        ("records", {"switch": {"calls_a_second": -1}}),
        ("records", {"switch": {"speed": 1}}),
        ("records", {"set_results": "http://127.0.0.1/"}),
        ("records", {"set_phones": [{"number": "8185550100", "outcome": "asleep"}]}),
        ("records", {"add_menu": {"menuid": "1-1234"}}),
        ("errands", {"dial": {"count": -1}}),
        ("errands", {"dial": 5}),
        ("errands", {"test": {}}),
        ("errands", {"call": {"number": "1"}}),
        ("faults", {"operation": "summary", "kind": "cut-after"}),
        ("faults", {"operation": "send", "kind": "twice"}),
        ("faults", {"operation": "*", "kind": "twice"}),
    ],
)
def test_what_the_sandbox_cannot_use_is_refused_in_words(voiceshot, name, payload):
    status, document = voiceshot.control(name, {"provider": "voiceshot", **payload})
    assert (status, bool(document["error"])) == (400, True)


def test_ten_thousand_calls_are_sent_dialled_and_asked_for_within_seconds(voiceshot, fresh):
    many = [(f"c{number}", f"818{number + 2_000_000}") for number in range(10_000)]
    assert voiceshot.send(*many) == 0
    assert dial(fresh) == {"dialled": 10_000}
    assert voiceshot.act("3", "").count('status="Pending"') == 0
