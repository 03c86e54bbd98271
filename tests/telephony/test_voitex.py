"""The Voitex client: what leaves as it is on the wire, and what each answer means."""

import json
import re
import tracemalloc

import pytest

from telephony.sync.voitex import VOITEX, make_client
from telephony.voitex import RemotePhone, SmsReceipt
from tests.remote.rawserver import RawServer, answers, response
from voicehub.remote.errors import (
    ConfigurationError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UncertainError,
    UnexpectedResponseError,
)

KEY = "a-key-nobody-may-read"
HOTLINE, OTHER = "+18459511000", "+18455009999"
# As the provider prints it: not JSON, with blanks, and "from" twice.
SMS_ANSWER = (
    '{ "status": "success", "data": "{ "to": "8455009999", "from ": "8459511000 ", "body": "%s", '
    '"did_type ": "TN ", "from ": "u7T0um " }", "errors": [] }'
)
DONE = json.dumps({"status": "success", "data": "918357", "reference_id": "Sz1gt0IqgVV7HHs", "errors": []})


class Sound:
    """A file of so many bytes that are made while it is read."""

    name = "library/greeting.mp3"

    def __init__(self, size=6, told=None):
        self.size, self.left, self.was_closed = told or size, size, False

    def open(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.was_closed = True

    def read(self, size):
        piece = b"\0" * min(size, self.left)
        self.left -= len(piece)
        return piece


@pytest.fixture
def kept():
    return []


@pytest.fixture
def voitex(settings, kept):
    """Makes a client of a server that answers so; in `client.server` is what it got."""
    servers = []

    def make(body=DONE, status="200 OK", *headers, script=None, revision="b"):
        script = script or answers(response(body.encode(), *headers, status=status))
        servers.append(server := RawServer(script))
        settings.VOITEX_AUTH_KEY, settings.VOITEX_REVISION = KEY, revision
        settings.VOITEX_AUTH_HEADER = "Auth-Key" if revision == "b" else "auth_key"
        for name in ("UPLOAD", "TTS", "CALL", "SMS", "CONTACTS"):
            setattr(settings, f"VOITEX_{name}_URL", f"{server.url}/{name.lower()}/index.php")
        settings.VOITEX_READ_TIMEOUT = settings.VOITEX_UPLOAD_TIMEOUT = 0.15
        client = make_client(None, kept.append)
        client.server = server
        return client

    yield make
    for server in servers:
        server.stop()


def call(client):
    return client.place_call(caller=HOTLINE, to=OTHER, route=HOTLINE, branch="150")


def text(client, body="Hello"):
    return client.send_sms(sender=HOTLINE, to=OTHER, body=body)


def speak(client):
    return client.create_speech(album="1", sort="5", text="Hello")


def upload(client, file=None, **values):
    return client.upload_recording(album="1", sort="5", name="Greeting", file=file or Sound(), **values)


def parts(request):
    """The parts of a form that was sent, by name."""
    boundary = re.search(rb"boundary=(\w+)", request)[1]
    pieces = request.split(b"--" + boundary + b"\r\n")[1:]
    return {
        re.search(rb'name="(\w+)"', piece)[1].decode(): piece.partition(b"\r\n\r\n")[2].split(b"\r\n--")[0].strip()
        for piece in pieces
    }


@pytest.mark.parametrize(("revision", "header"), [("a", b"\r\nauth_key: "), ("b", b"\r\nAuth-Key: ")])
def test_the_key_leaves_in_the_header_of_the_revision_spelt_as_the_provider_spells_it(voitex, revision, header):
    client = voitex(revision=revision)
    assert call(client) == "Sz1gt0IqgVV7HHs"
    assert header + KEY.encode() in client.server.requests[0]


def test_a_call_is_a_form_of_parts_although_no_file_is_in_it(voitex):
    client = voitex()
    call(client)
    assert client.server.requests[0].startswith(b"POST /call/index.php HTTP/1.1\r\n")
    assert parts(client.server.requests[0]) == {
        "cid": b"8459511000",
        "to": b"8455009999",
        "type": b"goto",
        "route_number": b"8459511000",
        "branch_number": b"150",
    }


def test_an_upload_carries_the_file_under_its_name_and_says_how_long_it_is(voitex):
    client, file = voitex(), Sound(6)
    assert upload(client, file, is_replacing=True) == "918357"
    request = client.server.requests[0]
    assert parts(request)["upload_file"] == b"\0" * 6
    assert b'filename="greeting.mp3"\r\nContent-Type: audio/mpeg' in request
    assert (parts(request)["album_number"], parts(request)["override"]) == (b"1", b"yes")
    assert b"transfer-encoding" not in request.lower()
    assert file.was_closed


def test_a_large_file_is_never_in_memory_and_no_byte_of_it_is_kept(voitex, kept):
    def read_slowly(peer):
        peer.sip(40_000_000, pause=0)
        peer.send(response(DONE.encode()))

    client = voitex(script=read_slowly)
    tracemalloc.start()
    upload(client, Sound(40_000_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000
    assert "<40000000 bytes>" in kept[0].request_body
    assert "\0" not in kept[0].request_body
    assert 'name="album_number"' in kept[0].request_body


def test_a_file_that_is_gone_or_has_shrunk_is_told(voitex):
    class Gone(Sound):
        def open(self):
            raise FileNotFoundError

    client = voitex()
    with pytest.raises(RejectedError, match="not in VoiceHub any more"):
        upload(client, Gone())
    assert client.server.requests == []
    with pytest.raises(UncertainError):
        upload(client, Sound(10, told=20))


def test_a_speech_is_asked_for_with_its_type_and_may_not_replace_in_revision_a(voitex):
    client = voitex(revision="a")
    assert speak(client) == "918357"
    assert parts(client.server.requests[0])["type"] == b"tts"
    with pytest.raises(RejectedError, match="revision B"):
        upload(client, is_replacing=True)


@pytest.mark.parametrize("number", ["+2290167153974", "8455009999", "+1845500999", "", "+1845500999x"])
def test_a_number_outside_north_america_is_refused_before_anything_is_sent(voitex, number):
    client = voitex()
    with pytest.raises(RejectedError, match="North America") as refusal:
        client.send_sms(sender=HOTLINE, to=number, body="Hello")
    assert list(refusal.value.fields) == ["to"]
    assert client.server.requests == []


@pytest.mark.parametrize(
    ("answer", "receipt"),
    [
        (SMS_ANSWER % "Hello", SmsReceipt("u7T0um", "TN")),
        (SMS_ANSWER % 'Say "from": "x"', SmsReceipt("u7T0um", "TN")),
        ('{"status":"success","data":{"from ":" u7T0um ","did_type":"TF"}}', SmsReceipt("u7T0um", "TF")),
        (json.dumps({"status": "success", "data": '{"from": 77, "did_type": "?"}'}), SmsReceipt("77", "")),
        (json.dumps({"status": "success", "data": '{"from":"8459511000","from ":"u7" '}), SmsReceipt("u7", "")),
        ('{"status":"success","data":{"from":"8459511000"}}', SmsReceipt("", "")),
        ('{"status ":" Success "}', SmsReceipt("", "")),
        ('{"status":"success","data":"sent"}', SmsReceipt("", "")),
    ],
)
def test_the_receipt_of_a_text_is_read_in_every_shape(voitex, answer, receipt):
    assert text(voitex(answer)) == receipt


@pytest.mark.parametrize(
    ("answer", "remote_id"),
    [
        ('{"data":"918357","status":"success","errors":[]}', "918357"),
        ('{"data":918357,"status":"success"}', "918357"),
        ('{"data":{"id ":"918357 "},"status":"success"}', "918357"),
        (json.dumps({"data": '{"id": "918357"}', "status": "success"}), "918357"),
        ('{ "status": "success", "data": "{ "id": "918357 ", "note": "saved" }", "errors": [] }', "918357"),
        (json.dumps({"data": '{"note": "saved"}', "status": "success"}), ""),
        ('{"data":"was saved","status":"success"}', ""),
        ('{"status":"success"}', ""),
    ],
)
def test_the_id_of_a_recording_is_read_in_every_shape(voitex, answer, remote_id):
    assert upload(voitex(answer)) == remote_id


@pytest.mark.parametrize("body", ["The word is m4rker", 'Say "m4rker", not "m4rkers"', "Word\r\n--m4rker"])
def test_neither_the_key_nor_a_text_message_is_kept(voitex, kept, body):
    client = voitex(SMS_ANSWER % body)
    text(client, body)
    with pytest.raises(RejectedError) as refusal:
        text(voitex(json.dumps({"status": "error", "errors": [f"{KEY}: {body}"]})), body)
    told = "".join(map(str, kept)) + str(refusal.value)
    assert KEY in client.server.requests[0].decode()
    assert KEY not in told
    assert "m4rker" not in told
    assert "8455009999" in told


ERROR = '{"status":"error","errors":["Invalid branch_number", "Go away"]}'


@pytest.mark.parametrize(
    ("body", "status", "error", "words"),
    [
        (ERROR, "200 OK", RejectedError, "Invalid branch_number Go away"),
        (ERROR, "500 Oops", RejectedError, "Go away"),
        (ERROR, "302 Found", RejectedError, "Go away"),
        (ERROR, "403 Forbidden", RejectedError, "Go away"),
        (ERROR, "401 Unauthorized", ConfigurationError, "VOITEX_AUTH_KEY"),
        (ERROR, "429 Slow", RateLimitedError, "wait"),
        ('{"status":"error","errors":"a text"}', "200 OK", RejectedError, "a text"),
        ('{"status":"error"}', "200 OK", RejectedError, "without a reason"),
        ('{"status": "error", "errors": ["said "so""]}', "200 OK", RejectedError, "said"),
        ("<h1>No</h1>", "403 Forbidden", ConfigurationError, "VOITEX_AUTH_KEY"),
        ("<h1>No</h1>", "404 Not Found", RejectedError, "404"),
        ("<h1>No</h1>", "200 OK", UnexpectedResponseError, "does not say"),
        ("", "204 No Content", UnexpectedResponseError, "does not say"),
        ('["success"]', "200 OK", UnexpectedResponseError, "does not say"),
        ('{"status": "success", "data": {"status": "error"', "200 OK", UnexpectedResponseError, "does not say"),
        ("[" * 50_000, "200 OK", UnexpectedResponseError, "does not say"),
        (DONE, "500 Oops", UncertainError, "500"),
        (DONE, "404 Not Found", UncertainError, "404"),
        (DONE, "302 Found", UncertainError, "302"),
        ("<h1>No</h1>", "502 Bad Gateway", UncertainError, "502"),
    ],
)
def test_an_answer_means_what_the_table_says(voitex, body, status, error, words):
    with pytest.raises(error, match=words):
        call(voitex(body, status))


def test_a_refusal_names_the_field_and_a_full_house_says_how_long(voitex):
    with pytest.raises(RejectedError) as refusal:
        call(voitex(ERROR))
    assert list(refusal.value.fields) == ["branch_number"]
    with pytest.raises(RejectedError) as refusal:
        call(voitex('{"status":"error","errors":["to is not from this country."]}'))
    assert list(refusal.value.fields) == ["to"]
    with pytest.raises(RateLimitedError) as limit:
        call(voitex("", "429 Slow", "Retry-After: 7"))
    assert limit.value.retry_after == 7


ALL = (
    call,
    text,
    speak,
    upload,
    lambda client: client.find_contact(OTHER),
    lambda client: client.create_contact([OTHER]),
    lambda client: client.update_contact(OTHER, {"last_name": "Lee"}),
    lambda client: client.delete_contact(OTHER),
)


def test_what_was_never_sent_is_told_from_what_was(voitex):
    client = voitex()
    client.server.stop()
    for ask in ALL:
        with pytest.raises(UnavailableError):
            ask(client)


def test_each_call_has_a_connection_of_its_own(voitex):
    client = voitex()
    for ask in (call, text, speak, upload, call):
        ask(client)
    assert client.server.connections == 5


CONTACT = {
    "status": "success",
    "data": {
        "contact": {"first_name": " Ann", "last_name": None, "field_a": 7, "city": "Monsey"},
        "phones": [{"phone": "7325550184", "type": "h"}, {"phone": "12", "type": "X"}, "8455550100", {}],
        "labels": [2, "3"],
    },
}


def test_a_contact_is_found_and_told_in_our_words(voitex):
    client = voitex(json.dumps(CONTACT))
    contact = client.find_contact("+17325550184")
    assert client.server.requests[0].endswith(b"\r\n\r\nfunction=select&phone=7325550184")
    assert contact.phones == (
        RemotePhone("+17325550184", "H"),
        RemotePhone("12", ""),
        RemotePhone("+18455550100", ""),
    )
    assert (contact.values["first_name"], contact.values["last_name"], contact.values["field_a"]) == ("Ann", "", "7")
    assert contact.labels == ("2", "3")
    with pytest.raises(UnexpectedResponseError):
        voitex('{"status":"success","data":"nothing"}').find_contact(OTHER)


def test_contacts_are_made_changed_and_deleted_with_what_is_given(voitex):
    client = voitex('{"status":"success","data":"Contact created"}')
    client.create_contact([HOTLINE, OTHER], kind="M", first_name="Ann")
    client.update_contact(OTHER, {"last_name": "", "add_phone": HOTLINE})
    client.delete_contact(OTHER)
    assert [request.partition(b"\r\n\r\n")[2] for request in client.server.requests] == [
        b"function=create&phone=8459511000%2C8455009999&phone_type=M&first_name=Ann",
        b"function=update&phone=8455009999&last_name=&add_phone=8459511000",
        b"function=delete&phone=8455009999",
    ]


def test_no_contact_is_no_error_when_looking_and_one_when_changing(voitex):
    client = voitex('{"status":"error","errors":["No contact found for phone: 8455009999"]}')
    assert client.find_contact(OTHER) is None
    assert client.test_connection() is None
    with pytest.raises(NotFoundError):
        client.delete_contact(OTHER)


def test_revision_a_has_no_contacts_and_without_a_key_nothing_is_sent(voitex, settings, kept):
    client = voitex()
    settings.VOITEX_CONTACTS_URL, settings.VOITEX_AUTH_KEY = "", ""
    without = make_client(None, kept.append)
    with pytest.raises(ConfigurationError, match="VOITEX_REVISION=b"):
        without.find_contact(OTHER)
    with pytest.raises(ConfigurationError, match="VOITEX_AUTH_KEY"):
        call(without)
    assert client.server.requests == []


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("https://api.voitex.com/recordings/upload/index.php", "https://api.voitex.com"),
        ("https://recording.voitexapi.com/upload/", "https://api.voitex.com"),
        ("http://recording.voitexapi.com/upload/", "http://recording.voitexapi.com"),
        ("https://evilvoitex.com/upload/", "https://evilvoitex.com"),
        ("http://127.0.0.1:8001/voitex/recording/upload/", "http://127.0.0.1:8001"),
    ],
)
def test_both_revisions_lead_to_the_same_account(settings, url, home):
    settings.VOITEX_UPLOAD_URL = url
    assert VOITEX.base_url() == home
