"""VoiceShot's sheet, section 9, sentence by sentence: what is posted to it, and what it answers."""

import base64
import io
import re
import wave
from http.client import RemoteDisconnected
from pathlib import Path

import pytest
from lxml import etree

from tests.sandbox.wire import VoiceShotWire

EXAMPLES = (Path(__file__).parent / "voiceshot_examples.txt").read_text().split("----")
CALLS = '<campaign menuid="1-1234" action="0" {}>{}</campaign>'
PROMPTS = '<prompts><prompt promptid="1" tts="Hello"/></prompts>'
PHONES = '<phonenumbers><phonenumber number="8185550100" callid="a" {}/></phonenumbers>'
FILE = '<campaign action="1"><file filename="{}" fileaction="{}">{}</file></campaign>'
THREE = (("a", "8185550100"), ("b", "(818) 555-0106"), ("c", "+1 818 555 0107"))


@pytest.fixture
def voiceshot(fresh):
    return VoiceShotWire(fresh.url)


def rows(fresh, name="calls"):
    return fresh.records("voiceshot")[name]


def callids(fresh):
    return [row["callid"] for row in rows(fresh)]


def sound(frames=bytes(3200), width=2):
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(width)
        writer.setframerate(16000)
        writer.writeframes(frames)
    return base64.b64encode(file.getvalue()).decode()


def test_every_example_of_the_document_is_taken_as_it_is_printed(voiceshot, fresh):
    *commands, query = EXAMPLES
    assert [voiceshot.errorid(example) for example in commands] == [0] * 6
    calls = rows(fresh)
    words = [f"Web server {number} is down." for number in (1, 1, 1, 1, 2, 3)]
    assert [call["prompts"] for call in calls] == [[{"promptid": "1", "tts": tts}] for tts in words]
    assert {(call["caller_id"], call["menuid"]) for call in calls} == {("8185550199", "1-1234")}
    assert rows(fresh, "menus")[0]["is_paused"]
    assert rows(fresh, "files") == []
    assert len(etree.fromstring(voiceshot.post(query).encode()).findall(".//phonenumber")) == 6


@pytest.mark.parametrize(
    ("errorid", "post"),
    [
        (3, ""),
        (3, CALLS.format("", PHONES + PROMPTS.replace("Hello", 'Tom & "Jerry"'))),
        (3, '<campaign action="1"><file DT:DT="bin.base64" filename="a.wav" fileaction="save"/></campaign>'),
        (3, '<!DOCTYPE campaign [<!ENTITY a "6">]><campaign action="6"/>'),
        (3, "<campaign action='6'/><campaign action='6'/>"),
        (18, '<campaigns menuid="1-1234" action="0"/>'),
        (4, '<campaign menuid="1-1234"/>'),
        (7, '<campaign menuid="1-1234" action="9"/>'),
        (5, '<campaign action="0"/>'),
        (19, '<campaign menuid="1-1" action="0"/>'),
        (9, CALLS.format('callerid="8185550100"', "")),
        (9, CALLS.format('callerid=""', "")),
        (9, CALLS.format("", PHONES.format('callerid="555"'))),
        (17, CALLS.format("", PROMPTS)),
        (16, CALLS.format("", "<phonenumbers><phone/></phonenumbers>")),
        (16, CALLS.format("", "<phonenumbers/>")),
        (8, CALLS.format("", PHONES.replace("8185550100", "818555") + "<prompts/>")),
        (8, CALLS.format("", '<phonenumbers><phonenumber callid="a"/></phonenumbers>')),
        (10, CALLS.format("", PHONES.format('dateandtime="2026-11-28"') + "<prompts/>")),
        (15, CALLS.format("", PHONES + '<prompt promptid="1" tts="Hello"/>')),
        (14, CALLS.format("", PHONES + "<prompts/>")),
        (11, CALLS.format("", PHONES + '<prompts><prompt tts=""/></prompts>')),
        (12, CALLS.format("", PHONES + '<prompts><prompt promptid="1" tts=" "/></prompts>')),
        (13, CALLS.format("", PHONES + '<prompts><prompt promptid="1" filename=""/></prompts>')),
        (6, '<campaign menuid="1-1234" action="2"><phonenumbers><phonenumber/></phonenumbers></campaign>'),
        (6, '<campaign menuid="1-1234" action="3"><phonenumbers><phonenumber/></phonenumbers></campaign>'),
        (17, '<campaign menuid="1-1234" action="3"/>'),
        (20, '<campaign action="1"/>'),
        (20, FILE.format("", "save", "")),
        (20, FILE.format("a.wav", "receive", "")),
        (21, FILE.format("a.wav", "save", "UklGRmZGAAB!")),
        (21, FILE.format("a.wav", "save", base64.b64encode(b"RIFF\x24\x00\x00\x00WAVEfmt ").decode())),
        (21, FILE.format("a.wav", "save", sound(frames=b""))),
        (21, FILE.format("a.wav", "save", sound(frames=bytes(3000), width=3))),
    ],
)
def test_what_is_wrong_is_told_in_the_order_of_the_sheet_and_nothing_is_queued(voiceshot, fresh, errorid, post):
    assert voiceshot.errorid(post.format("")) == errorid
    assert (rows(fresh), rows(fresh, "files")) == ([], [])


def test_who_may_not_post_is_told_before_anything_else(voiceshot, fresh):
    fresh.edit("voiceshot", switch={"is_trial_over": True})
    assert voiceshot.errorid("<") == 2
    fresh.edit("voiceshot", switch={"is_ip_registered": False})
    assert voiceshot.errorid("<") == 1


@pytest.mark.parametrize(
    "post",
    [
        '<?xml version="1.0"?><campaign action="6"/>',
        ' \r\n <?xml version="1.0" encoding="UTF-8"?>\n<campaign\n ACTION = "6" >\n</campaign >\n',
        '\ufeff<campaign extra="é" action=" 6 "/>',
        '<campaign menuid="1-5678" action="8"/>',
    ],
)
def test_a_post_may_be_written_in_many_ways(voiceshot, post):
    assert voiceshot.post(post) == '<?xml version="1.0"?><campaign errorid="0" comment="ok"/>'


def test_a_missing_caller_id_is_the_menus_own_unless_the_switch_demands_one(voiceshot, fresh):
    fresh.edit("voiceshot", switch={"demands_caller_id": True})
    assert voiceshot.errorid(EXAMPLES[0]) == 9
    assert voiceshot.send(*THREE) == 0
    assert voiceshot.errorid(CALLS.format("", PHONES + '<prompts><prompt txt="Hi"/></prompts>').format("")) == 0


def test_a_numbers_own_prompts_win_over_the_common_ones_of_the_same_promptid(voiceshot, fresh):
    common = '<prompts><prompt promptid="1" tts="All"/><prompt promptid="2" filename="all.wav"/></prompts>'
    own = '<phonenumber number="8185550100"><prompts><prompt promptid="1" tts="Ann"/></prompts></phonenumber>'
    post = f'{common}<phonenumbers>{own}<phonenumber number="8185550101"/></phonenumbers>'
    assert voiceshot.errorid(CALLS.format("", post)) == 0
    second = {"promptid": "2", "filename": "all.wav"}
    assert [call["prompts"] for call in rows(fresh)] == [
        [{"promptid": "1", "tts": "Ann"}, second],
        [{"promptid": "1", "tts": "All"}, second],
    ]


def test_a_post_that_comes_twice_calls_twice(voiceshot, fresh):
    for _time in range(2):
        assert voiceshot.send(*THREE) == 0
    assert callids(fresh) == ["a", "b", "c"] * 2
    assert {call["number"] for call in rows(fresh)} == {"8185550100", "8185550106", "8185550107"}


def test_deleting_takes_only_waiting_calls_of_the_menu(voiceshot, fresh):
    voiceshot.send(*THREE)
    voiceshot.send(("a", "8185550100"), menuid="1-5678")
    fresh.errand("voiceshot", ring={"count": 1})
    assert 'errorid="0"' in voiceshot.act("2", "a", "b", "nobody")
    assert [(call["callid"], call["menuid"]) for call in rows(fresh)] == [
        ("a", "1-1234"),
        ("c", "1-1234"),
        ("a", "1-5678"),
    ]


def test_a_pause_holds_the_whole_menu_but_not_what_is_dialling_already(voiceshot, fresh):
    voiceshot.send(*THREE)
    voiceshot.send(("d", "8185550101"), menuid="1-5678")
    fresh.errand("voiceshot", ring={"count": 1})
    voiceshot.act("7")
    assert fresh.errand("voiceshot", dial="all") == {"dialled": 2}
    assert [call["state"] for call in rows(fresh)] == ["over", "pending", "pending", "over"]
    voiceshot.act("8")
    assert fresh.errand("voiceshot", dial={"count": 1}) == {"dialled": 1}


def test_a_call_with_a_date_waits_for_it(voiceshot, fresh):
    fresh.edit("voiceshot", switch={"clock": "2026-12-01T15:29:00Z"})
    assert voiceshot.send(("a", "8185550100"), dateandtime="12/1/2026 3:30 PM") == 0
    assert fresh.errand("voiceshot", dial="all") == {"dialled": 0}
    fresh.edit("voiceshot", switch={"clock": "2026-12-01T15:30:00Z"})
    assert fresh.errand("voiceshot", dial="all") == {"dialled": 1}
    assert rows(fresh)[0]["dialled_at"] == "2026-12-01T15:30:00Z"


def test_a_query_tells_what_became_of_calls_with_the_oddities_that_were_recorded(voiceshot, fresh):
    fresh.edit("voiceshot", switch={"clock": "2026-11-08T14:13:45Z"})
    voiceshot.send(*THREE, ("d", "8185550108"), ("e", "8185550109"))
    fresh.errand("voiceshot", dial={"count": 4})
    text = voiceshot.act("3", "")
    assert (
        '<phonenumber number="18185550100" dateandtime="11/8/2026 2:13:45 PM"     callid="a" duration="11" '
        'status="Successful" lasterror="Human Answer"><prompts/>' in text
    )
    told = [(one.get("status"), one.get("lasterror")) for one in etree.fromstring(text.encode()).iter("phonenumber")]
    assert told[1:] == [
        ("Successful", "Answering Machine"),
        ("Failed", "Busy"),
        ("Failed", "No answer"),
        ("Pending", ""),
    ]
    fresh.edit("voiceshot", switch={"text_attribute": "comment", "number_attribute": "phonenumber"})
    (busy,) = etree.fromstring(voiceshot.act("3", "c", "nobody").encode()).iter("phonenumber")
    assert (busy.get("phonenumber"), busy.get("comment"), busy.get("lasterror")) == ("18185550107", "Busy", None)


def test_a_sound_file_is_kept_replaced_and_deleted(voiceshot, fresh):
    for frames in (bytes(3200), bytes(6400)):
        lines = "\r\n ".join(re.findall(".{1,76}", sound(frames)))
        assert voiceshot.errorid(FILE.format("a.wav", "save", lines)) == 0
    (file,) = rows(fresh, "files")
    assert (file["filename"], file["size"]) == ("a.wav", 6444)
    assert voiceshot.errorid(FILE.format("a.wav", "delete", "")) == 0
    assert rows(fresh, "files") == []


def test_a_large_sound_file_stands_in_memory_once(voiceshot, fresh):
    post = FILE.format("a.wav", "save", sound(bytes(15_000_000)))
    Path(f"/proc/{fresh.pid}/clear_refs").write_text("5")
    before = peak_of(fresh.pid)
    assert voiceshot.errorid(post) == 0
    assert peak_of(fresh.pid) - before < 1.3 * len(post)
    assert rows(fresh, "files")[0]["size"] == 15_000_044


def peak_of(pid):
    """The most memory that a process has had, in bytes."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) * 1024


def test_what_is_queued_and_then_cut_is_found_by_a_query(voiceshot, fresh):
    fresh.fault("voiceshot", "send", "cut-after")
    with pytest.raises(RemoteDisconnected):
        voiceshot.send(*THREE)
    found = etree.fromstring(voiceshot.act("3", "a", "b", "c").encode()).iter("phonenumber")
    assert [one.get("status") for one in found] == ["Pending"] * 3


@pytest.mark.parametrize(
    ("kind", "value", "queued", "answer"),
    [
        ("errorid", None, 0, 'errorid="7"'),
        ("errorid", 19, 0, 'errorid="19" comment="There is no campaign'),
        ("errorid-missing", None, 1, '<?xml version="1.0"?><campaign />'),
        ("half-xml", None, 1, '<?xml version="1.0"?><campaign errorid="0" '),
        ("entities", None, 1, "<!ENTITY"),
        ("empty-200", None, 1, ""),
        ("html-before", None, 0, "<!DOCTYPE html>"),
    ],
)
def test_the_dial_has_faults_of_its_own(voiceshot, fresh, kind, value, queued, answer):
    fresh.fault("voiceshot", "send", kind, value=value)
    assert answer in voiceshot.post(EXAMPLES[0])
    assert len(rows(fresh)) == 3 * queued
