"""Voitex's sheet, section 9, sentence by sentence."""

import json
import re
from hashlib import sha256
from http.client import RemoteDisconnected
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.sandbox.wire import FORM, VoitexWire

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "
UPLOAD = {"album_number": "1", "sort_number": "5", "display_name": "Hello"}
CALL = {
    "cid": "8459511000",
    "to": "8455009999",
    "type": "goto",
    "route_number": "8459511000",
    "branch_number": "150",
}
SMS = {"from": "8459511000", "to": "8451234567", "body": "Hello"}


@pytest.fixture
def voitex(fresh):
    """A client of Voitex with the sandbox's key."""
    return VoitexWire(fresh.url)


def rows(fresh, name):
    return fresh.records("voitex")[name]


@pytest.mark.parametrize("header", ["auth_key", "Auth-Key"])
def test_the_key_is_taken_under_both_names_with_its_underscore(voitex, header):
    voitex.header = header
    assert voitex.send("v1/call/index.php", CALL)[1]["status"] == "success"


def test_without_the_key_nothing_is_done(voitex, fresh):
    voitex.key = "wrong"
    status, answer = voitex.send("v1/call/index.php", CALL)
    assert (status, answer["status"]) == (401, "error")
    assert rows(fresh, "calls") == []


def test_a_recording_is_kept_in_its_slot_with_an_id_as_text(voitex, fresh):
    status, answer = voitex.upload("recordings/upload/index.php", UPLOAD, WAV)
    assert (status, answer["status"], answer["errors"]) == (200, "success", [])
    (kept,) = rows(fresh, "recordings")
    assert (kept["recording_id"], kept["sort"], kept["size"]) == (answer["data"], 5, len(WAV))


@pytest.mark.parametrize(
    ("fields", "file", "words"),
    [
        (UPLOAD, b"<?php echo 1;", "wav or mp3"),
        (UPLOAD | {"album_number": "7"}, WAV, "no such album"),
        ({"album_number": "1"}, WAV, "sort_number is required"),
        (UPLOAD | {"sort_number": "x"}, WAV, "must be a number"),
        (UPLOAD | {"sort_number": "9" * 5000}, WAV, "must be a number"),
        (UPLOAD, b"", "wav or mp3"),
        (UPLOAD, None, "upload_file is required"),
    ],
)
def test_what_is_no_recording_of_revision_a_is_refused(voitex, fresh, fields, file, words):
    status, answer = voitex.upload("recordings/upload/index.php", fields, file)
    assert (status, answer["status"]) == (200, "error")
    assert words in answer["errors"][0]
    assert rows(fresh, "recordings") == []


def test_a_large_upload_does_not_stand_in_memory_and_half_of_one_does_nothing(voitex, fresh):
    sound = WAV + bytes(40_000_000)
    Path(f"/proc/{fresh.pid}/clear_refs").write_text("5")
    before = peak_of(fresh.pid)
    voitex.upload("recordings/upload/index.php", UPLOAD, sound)
    assert peak_of(fresh.pid) - before < 8_000_000
    (kept,) = rows(fresh, "recordings")
    assert (kept["size"], kept["digest"]) == (len(sound), sha256(sound).hexdigest())
    (received,) = fresh.calls("voitex")
    assert len(received["body"]) == 200_000
    assert received["headers"]["auth_key"] == voitex.key
    voitex.cut("recordings/upload/index.php", UPLOAD | {"sort_number": "6"}, WAV)
    assert len(rows(fresh, "recordings")) == 1


def peak_of(pid):
    """The most memory that a process has had, in bytes."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) * 1024


def test_a_slot_is_taken_in_both_revisions_and_replaced_with_override_in_b_alone(voitex, fresh):
    _status, first = voitex.upload("recordings/upload/index.php", UPLOAD, WAV)
    for path in ("recordings/upload/index.php", "recording/upload/"):
        assert voitex.upload(path, UPLOAD, WAV)[1]["errors"] == ["This sort number is taken."]
    assert voitex.upload("recordings/upload/index.php", UPLOAD | {"override": "yes"}, WAV)[1]["status"] == "error"
    _status, second = voitex.upload("recording/upload/", UPLOAD | {"override": "yes"}, WAV + b"2")
    (kept,) = rows(fresh, "recordings")
    assert (kept["recording_id"], kept["size"]) == (second["data"], len(WAV) + 1)
    assert first["data"] != second["data"]


def test_revision_b_gives_the_next_free_number_and_tells_speech_by_its_type(voitex, fresh):
    voitex.upload("recording/upload/", {"album_number": "10"}, WAV)
    voitex.send("recording/upload/", {"album_number ": " 10 ", "type": "tts", "text": "Hello"})
    assert [(one["sort"], one["text"]) for one in rows(fresh, "recordings")] == [(1, ""), (2, "Hello")]


def test_a_call_is_placed_and_nothing_keeps_it_from_being_placed_twice(voitex, fresh):
    for path in ("v1/call/index.php", "notify/"):
        _status, answer = voitex.send(path, CALL)
        assert len(answer["reference_id"]) == 15
    assert len(rows(fresh, "calls")) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "stream"},
        {"cid": "8450000000"},
        {"to": "12"},
        {"branch_number": ""},
        {"branch_number": "7"},
        {"route_number": ""},
    ],
)
def test_a_call_that_makes_no_sense_is_refused(voitex, fresh, wrong):
    assert voitex.send("v1/call/index.php", CALL | wrong)[1]["status"] == "error"
    assert rows(fresh, "calls") == []


def test_a_text_is_answered_with_the_broken_text_of_the_document_or_by_a_switch_with_an_object(voitex, fresh):
    status, broken = voitex.send("v1/sms/send/index.php", SMS)
    (sent,) = rows(fresh, "texts")
    assert status == 200
    assert isinstance(broken, str)
    assert f'"from ": "{sent["reference_id"]} "' in broken
    fresh.edit("voitex", switch={"sms_as_object": True})
    assert voitex.send("sms/send/", SMS)[1]["data"]["to"] == SMS["to"]


def test_only_a_number_that_sends_texts_sends_one(voitex):
    answer = voitex.send("v1/sms/send/index.php", SMS | {"from": "8459511110"})[1]
    assert answer["errors"] == ["This number cannot send texts."]


def test_by_a_switch_errors_come_with_400(voitex, fresh):
    fresh.edit("voitex", switch={"errors_as_4xx": True})
    assert voitex.send("v1/sms/send/index.php", {})[0] == 400


@pytest.mark.parametrize("fields", [CALL, {f" {name} ": f" {value} " for name, value in CALL.items()}])
def test_a_form_may_come_urlencoded_and_with_blanks(voitex, fields):
    status, text = voitex.ask(
        "POST", "/voitex/notify/", urlencode(fields).encode(), auth_key=voitex.key, Content_Type=FORM
    )
    assert (status, json.loads(text)["status"]) == (200, "success")


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"--x\r\nrubbish"])
def test_an_empty_or_unreadable_form_gets_an_error_in_json(voitex, body):
    status, text = voitex.ask(
        "POST", "/voitex/v1/call/index.php", body, auth_key="k", Content_Type="multipart/form-data; boundary=x"
    )
    assert json.loads(text)["status"] == "error"
    assert status == 401
    assert voitex.raw_form("v1/call/index.php", body)[1]["status"] == "error"


def test_a_contact_lives_from_create_to_delete(voitex):
    def do(function, **fields):
        return voitex.send("contacts/", {"function": function, **fields})[1]

    one, two, three = "7325550184", "7325550185", "7325550186"
    made = do("create", phone=f"{one}, {two},{two}", phone_type="M", first_name="Ann", label="2")
    assert made == {"status": "success", "data": "Contact created"}
    assert do("create", phone=two)["errors"] == [f"contact already exists with phone(s): {two}"]
    do("update", phone=one, last_name="Lee", add_phone=three, add_phone_type="H", remove_phone=two, add_label="3")
    found = do("select", phone=three)["data"]
    assert (found["contact"]["first_name"], found["contact"]["last_name"]) == ("Ann", "Lee")
    assert found["phones"] == [{"phone": one, "type": "M"}, {"phone": three, "type": "H"}]
    assert found["labels"] == [2, 3]
    assert do("update", phone=one, add_label="99")["errors"] == ["Unknown label: 99"]
    assert do("delete", phone=one)["data"] == "Contact deleted successfully"
    assert do("select", phone=one)["errors"] == [f"No contact found for phone: {one}"]
    assert do("create")["errors"] == do("select", phone="x")["errors"] == ["No valid phone number provided"]


@pytest.fixture
def trigger(fresh, host):
    """Our side of a Trigger branch; `trigger(*answers, **plan)` makes a call and gives what came of it."""

    def call(*answers, **plan):
        host.says("/trigger/", *(one if isinstance(one, str) else json.dumps(one) for one in answers))
        fresh.edit("voitex", set_trigger={"did": "8459511110", "url": f"{host.url}/trigger/"})
        return fresh.errand("voitex", call=plan)

    return call


HELLO = {"play": [{"type": "tts", "text": "Hello."}, {"type": "file", "album": "10", "sort": "25"}]}


def test_a_trigger_is_asked_as_the_document_says_and_its_answer_followed(trigger):
    made = trigger(
        {**HELLO, "inputs": {"1": "1000", "%": "105"}, "variables": {"seen": "yes"}},
        {"goto": "150"},
        keys=["1"],
        variables={"caller_pin": "123"},
        amount="57",
    )
    first, second = made["turns"]
    assert first["heard"] == ["“Hello.”", "Recording 25 of album 10"]
    assert first["sent"]["contact_info"] == "null"
    assert first["sent"]["variables"] == [{"caller_pin ": "123"}]
    assert first["sent"]["payment_info"][0]["cvv"] == 987
    assert second["sent"]["call_id"] == first["sent"]["call_id"]
    assert second["sent"]["branch_data"] == [{"branch": "0", "input": "1"}, {"branch": "1000", "input": "1"}]
    assert second["sent"]["variables"] == [{"caller_pin ": "123", "seen ": "yes"}]
    assert made["ending"] == "Arrived at branch 150 (Content)."


@pytest.mark.parametrize(
    ("answer", "keys", "ending"),
    [
        ({}, [], "No Route Found."),
        ({"variables": {"a": "b"}}, [], "No Route Found."),
        ("<html>", [], "No Route Found: the answer was no JSON."),
        ("[" * 100_000, [], "No Route Found: the answer was no JSON."),
        ('{"goto": "\\ud800"}', [], "No Route Found: the answer was no JSON."),
        ("[]", [], "No Route Found: the answer was no object."),
        ({"goto": 150}, [], "No Route Found: “goto” is not a text."),
        ({"play": ["Hello."]}, [], "No Route Found: “play” is not a list of objects of texts."),
        ({**HELLO, "inputs": ["105"]}, ["1"], "No Route Found: “inputs” is not an object of texts."),
        ({"variables": [{"a": "b"}]}, [], "No Route Found: “variables” is not an object of texts."),
        ({"play": [{"type": "video"}], "goto": "150"}, [], "Arrived at branch 150 (Content)."),
        ({**HELLO, "inputs": {"%": "105"}}, ["42"], "Arrived at branch 105 (Album Collection)."),
        ({**HELLO, "inputs": {"%": "0", "17": "105"}}, ["17"], "Arrived at branch 105 (Album Collection)."),
        ({**HELLO, "inputs": {"1": "105"}}, ["7"], "No Route Found."),
        ({**HELLO, "inputs": {"1": "105"}, "goto": "0"}, [""], "Arrived at branch 0 (Menu)."),
    ],
)
def test_an_answer_is_followed_or_no_route_is_found(trigger, answer, keys, ending):
    assert trigger(answer, keys=keys)["ending"] == ending


def test_no_route_is_found_without_a_whole_answer_in_time_or_with_another_status(trigger, fresh, host):
    host.status = 404
    assert trigger({"goto": "150"})["ending"] == "No Route Found: the answer was 404 instead of 200."
    host.status, host.pause = 200, 0.05
    fresh.edit("voitex", switch={"trigger_seconds": 0.2})
    assert trigger({"goto": "150"})["ending"] == "No Route Found: There was no whole answer within 0.2 seconds."


def test_voitex_tells_of_a_caller_whom_it_knows(trigger, voitex):
    voitex.send("contacts/", {"function": "create", "phone": "8455550134", "first_name": "Ann"})
    (turn,) = trigger({"goto": "150"})["turns"]
    assert turn["sent"]["contact_info"]["first_name"] == "Ann"


@pytest.mark.parametrize(
    "plan", [{"keys": "1"}, {"way": [1]}, {"contact": "Ann"}, {"oddity": "x"}, {"did": "1"}, {"x": 1}]
)
def test_a_call_that_cannot_be_made_is_refused_in_words(trigger, fresh, plan):
    with pytest.raises(AssertionError, match='"error": "call: '):
        trigger({"goto": "150"}, **plan)


def test_a_call_that_goes_round_in_circles_is_stopped(trigger):
    made = trigger({"goto": "1000"}, way=[])
    assert (len(made["turns"]), made["turns"][0]["sent"]["branch_data"]) == (20, [])


@pytest.mark.parametrize(("oddity", "requests"), [("twice", 2), ("form", 1), ("without-payment", 1)])
def test_the_oddities_of_a_trigger_request(trigger, host, oddity, requests):
    made = trigger({"goto": "150"}, oddity=oddity)
    assert made["ending"] == "Arrived at branch 150 (Content)."
    assert len(host.asked) == requests
    assert ("payment_info" in made["turns"][0]["sent"]) == (oddity != "without-payment")


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("data-object", {"id ": "{id} "}),
        ("data-json", '{"id ": "{id} "}'),
        ("data-text", "Your request has been processed."),
        ("data-missing", None),
    ],
)
def test_data_comes_in_each_shape(voitex, fresh, kind, data):
    fresh.fault("voitex", "upload", kind)
    _status, answer = voitex.upload("recordings/upload/index.php", UPLOAD, WAV)
    (kept,) = rows(fresh, "recordings")
    assert json.dumps(answer.get("data")) == json.dumps(data).replace("{id}", kept["recording_id"])


@pytest.mark.parametrize("kind", ["data-object", "data-json"])
def test_the_data_of_a_text_can_be_valid(voitex, fresh, kind):
    fresh.fault("voitex", "sms", kind)
    data = voitex.send("v1/sms/send/index.php", SMS)[1]["data"]
    data = json.loads(data) if isinstance(data, str) else data
    assert data["reference_id "] == f"{rows(fresh, 'texts')[0]['reference_id']} "


def test_a_fault_of_data_makes_no_success_of_a_refusal(voitex, fresh):
    fresh.fault("voitex", "*", "data-broken", count=2)
    assert voitex.send("v1/call/index.php", {})[1]["status"] == "error"
    assert isinstance(voitex.send("v1/call/index.php", CALL)[1], str)


def test_after_accepting_it_says_nothing_or_that_it_broke_down(voitex, fresh):
    for path, operation, fields in (("v1/call/index.php", "call", CALL), ("v1/sms/send/index.php", "sms", SMS)):
        fresh.fault("voitex", operation, "cut-after")
        with pytest.raises(RemoteDisconnected):
            voitex.send(path, fields)
        fresh.fault("voitex", operation, "error-after")
        assert voitex.send(path, fields)[0] == 500
    assert (len(rows(fresh, "calls")), len(rows(fresh, "texts"))) == (2, 2)
