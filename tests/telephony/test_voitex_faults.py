"""Every fault of the dial on everything that Voitex is asked: what it means, and that it is asked only once."""

from io import BytesIO

import pytest

from telephony.sync.voitex import make_client
from voicehub.remote.errors import (
    ConfigurationError,
    RateLimitedError,
    RejectedError,
    RemoteError,
    UncertainError,
    UnexpectedResponseError,
)
from voicehub.sandbox.faults import KINDS
from voicehub.sandbox.providers.voitex.faults import KINDS as OWN_KINDS

pytestmark = pytest.mark.django_db

HOTLINE, SOMEBODY = "+18459511000", "+18455009999"
MEANING = {
    **dict.fromkeys(("refuse", "field-error", "forbidden", "not-found"), RejectedError),
    **dict.fromkeys(("errors-as-text", "errors-missing"), RejectedError),
    "unauthorized": ConfigurationError,
    "rate-limit": RateLimitedError,
    **dict.fromkeys(("error-before", "maintenance", "error-after", "bad-gateway-after"), UncertainError),
    **dict.fromkeys(("cut-before", "cut-after", "cut-head", "cut-body"), UncertainError),
    **dict.fromkeys(("late-after", "hang", "trickle", "redirect", "redirect-after"), UncertainError),
    **dict.fromkeys(("html", "html-before", "empty-200", "deep-json"), UnexpectedResponseError),
    "slow": None,
    **dict.fromkeys(("data-object", "data-json", "data-broken", "data-text", "data-missing", "id-as-number"), None),
}
VALUES = {"late-after": 0.4, "trickle": 0.4, "slow": 0, "rate-limit": 1}


class Sound(BytesIO):
    name, size = "greeting.mp3", 6

    def open(self):
        return self


def asked(prefix):
    """What is asked, by what the sandbox calls it."""
    return {
        f"{prefix}upload": lambda client: client.upload_recording(
            album="1", sort="1", name="", file=Sound(b"ID3\x04\x00\x00")
        ),
        f"{prefix}tts": lambda client: client.create_speech(album="1", sort="2", text="Hello"),
        f"{prefix}call": lambda client: client.place_call(caller=HOTLINE, to=SOMEBODY, route=HOTLINE, branch="150"),
        f"{prefix}sms": lambda client: client.send_sms(sender=HOTLINE, to=SOMEBODY, body="Hello"),
    }


CONTACTS = {
    "create-contact": lambda client: client.create_contact([SOMEBODY], first_name="Ann"),
    "update-contact": lambda client: client.update_contact(SOMEBODY, {"last_name": "Lee"}),
    "find-contact": lambda client: client.find_contact(SOMEBODY),
    "delete-contact": lambda client: client.delete_contact(SOMEBODY),
}


def error_of(ask, client):
    try:
        ask(client)
    except RemoteError as error:
        return type(error)
    return None


def check(sandbox, settings, kind, operations):
    """Everything acts once or not at all, and only a contact that was not told makes a success unclear."""
    # Only what keeps waiting is to run out of time, however busy the machine is.
    patience = 0.2 if kind.name in ("late-after", "hang", "trickle") else 5
    settings.VOITEX_READ_TIMEOUT = settings.VOITEX_UPLOAD_TIMEOUT = patience
    for operation in operations:
        sandbox.fault("voitex", operation, kind.name, value=VALUES.get(kind.name))
    client = make_client(None, lambda record: None)
    told = {operation: error_of(ask, client) for operation, ask in operations.items()}
    meaning = dict.fromkeys(operations, MEANING[kind.name])
    is_told = kind.name in ("data-object", "data-json")
    if kind in OWN_KINDS and kind.acts and not is_told and "find-contact" in operations:
        meaning["find-contact"] = UnexpectedResponseError
    assert told == meaning
    assert [len(sandbox.calls("voitex", operation)) for operation in operations] == [1] * len(operations)
    there = sandbox.records("voitex")
    done = [len(there[name]) for name in ("recordings", "calls", "texts", "contacts")]
    assert done == ([2, 1, 1, 0] if kind.acts else [0, 0, 0, 0])


@pytest.mark.parametrize("kind", [*KINDS, *OWN_KINDS], ids=lambda kind: kind.name)
def test_a_fault_means_the_same_for_everything_and_nothing_is_asked_twice(voitex_b, settings, kind):
    check(voitex_b, settings, kind, asked("b-") | CONTACTS)


@pytest.mark.parametrize("kind", ["data-object", "data-json"])
def test_a_contact_is_read_in_whatever_shape_it_comes(voitex_b, kind):
    client = make_client(None, lambda record: None)
    client.create_contact([SOMEBODY], first_name="Ann")
    usual = client.find_contact(SOMEBODY)
    voitex_b.fault("voitex", "find-contact", kind)
    assert client.find_contact(SOMEBODY) == usual


@pytest.mark.parametrize("name", ["unauthorized", "cut-after", "html", "data-broken"])
def test_the_same_holds_for_revision_a(voitex, settings, name):
    check(voitex, settings, next(kind for kind in (*KINDS, *OWN_KINDS) if kind.name == name), asked(""))


@pytest.mark.parametrize("revision", ["voitex", "voitex_b"])
def test_without_a_fault_everything_is_done_and_told(request, revision):
    sandbox = request.getfixturevalue(revision)
    client = make_client(None, lambda record: None)
    told = [ask(client) for ask in asked("").values()]
    there = sandbox.records("voitex")
    text = there["texts"][0]
    assert told[:2] == [one["recording_id"] for one in there["recordings"]]
    assert told[2] == there["calls"][0]["reference_id"]
    assert (told[3].reference, told[3].did_type) == (text["reference_id"], "TN")
    assert (text["sender"], text["to"], text["body"]) == ("8459511000", "8455009999", "Hello")
    with pytest.raises(RejectedError, match="taken"):
        client.create_speech(album="1", sort="2", text="Again")
    if revision == "voitex_b":
        again = client.create_speech(album="1", sort="2", text="Again", is_replacing=True)
        assert again not in told


@pytest.mark.parametrize("switches", [{"errors_as_4xx": True}, {"sms_as_object": True}])
def test_the_other_ways_in_which_it_may_answer_are_understood(voitex, switches):
    voitex.edit("voitex", switch=switches)
    client = make_client(None, lambda record: None)
    assert client.send_sms(sender=HOTLINE, to=SOMEBODY, body='Say "x"').reference
    with pytest.raises(RejectedError, match="cannot send texts"):
        client.send_sms(sender="+18459511110", to=SOMEBODY, body="Hello")
