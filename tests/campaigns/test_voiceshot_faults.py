"""Every fault of the dial on everything that VoiceShot is asked: what it means, and that it is asked only once."""

import pytest

from campaigns.sync.voiceshot import make_client
from campaigns.voiceshot import Call, Post, WirePrompt
from campaigns.voiceshot.answers import RefusalError
from tests.campaigns.factories import CALLER_ID, MENUID, number
from voicehub.remote.errors import (
    RateLimitedError,
    RejectedError,
    RemoteError,
    UnavailableError,
    UncertainError,
    UnexpectedResponseError,
)
from voicehub.sandbox.faults import KINDS
from voicehub.sandbox.providers.voiceshot.faults import KINDS as OWN_KINDS

pytestmark = pytest.mark.django_db

VALUES = {"late-after": 0.4, "trickle": 0.4, "slow": 0, "rate-limit": 1}
MEANING = {
    **dict.fromkeys(("refuse", "field-error", "unauthorized", "forbidden", "not-found"), RejectedError),
    "rate-limit": RateLimitedError,
    **dict.fromkeys(("error-before", "maintenance", "error-after", "bad-gateway-after"), UncertainError),
    **dict.fromkeys(("cut-before", "cut-after", "cut-head", "cut-body"), UncertainError),
    **dict.fromkeys(("late-after", "hang", "trickle"), UncertainError),
    **dict.fromkeys(("html", "html-before", "empty-200", "deep-json"), UnexpectedResponseError),
    **dict.fromkeys(("redirect", "redirect-after"), UnexpectedResponseError),
    **dict.fromkeys(("errorid-missing", "half-xml", "entities"), UnexpectedResponseError),
    "errorid": RefusalError,
    "slow": None,
}
ALL_KINDS = [kind for kind in (*KINDS, *OWN_KINDS) if kind.suits("send")]
POST = Post(MENUID, CALLER_ID, [Call(number(1), "c1")], [WirePrompt("1", tts="Hello.")])
ASKED = {
    "send": lambda client: client.send_calls(POST),
    "query": lambda client: client.query_calls(MENUID, ["c1"]),
    "delete": lambda client: client.delete_calls(MENUID, ["c2"]),
    "pause": lambda client: client.pause(MENUID),
    "resume": lambda client: client.resume(MENUID),
    "test": lambda client: client.test_configuration(),
}


def error_of(ask, client):
    try:
        ask(client)
    except RemoteError as error:
        return type(error)
    return None


@pytest.mark.parametrize("kind", ALL_KINDS, ids=lambda kind: kind.name)
def test_a_fault_means_the_same_for_everything_and_nothing_is_asked_twice(voiceshot, settings, kind):
    settings.VOICESHOT_READ_TIMEOUT = 0.2 if kind.name in ("late-after", "hang", "trickle") else 5
    for operation in ASKED:
        voiceshot.fault("voiceshot", operation, kind.name, value=VALUES.get(kind.name))
    client = make_client(None, lambda record: None)
    meaning = dict.fromkeys(ASKED, MEANING[kind.name])
    if kind.name == "rate-limit":
        meaning["send"] = UnavailableError
    assert {operation: error_of(ask, client) for operation, ask in ASKED.items()} == meaning
    assert [len(voiceshot.calls("voiceshot", operation)) for operation in ASKED] == [1] * len(ASKED)
    assert len(voiceshot.records("voiceshot")["calls"]) == (1 if kind.acts else 0)


@pytest.mark.parametrize("errorid", range(1, 22))
def test_every_error_number_is_told_in_words_with_voiceshots_own(voiceshot, errorid):
    voiceshot.fault("voiceshot", "test", "errorid", value=errorid)
    with pytest.raises(RefusalError, match=rf"VoiceShot refused \({errorid}: .+\)\. .+"):
        make_client(None, lambda record: None).test_configuration()


def test_an_error_number_that_is_not_documented_is_a_refusal_too(voiceshot):
    voiceshot.fault("voiceshot", "send", "errorid", value=77)
    with pytest.raises(RefusalError, match="77"):
        make_client(None, lambda record: None).send_calls(POST)


def test_the_second_address_gets_the_post_only_where_the_first_cannot_be_reached(voiceshot, settings):
    settings.VOICESHOT_URL, settings.VOICESHOT_FAILOVER_URL = "http://127.0.0.1:1/ivrapi.asp", voiceshot.voiceshot_url
    make_client(None, lambda record: None).send_calls(POST)
    assert len(voiceshot.records("voiceshot")["calls"]) == 1


def test_the_second_address_is_left_alone_once_the_first_may_have_acted(voiceshot, settings):
    settings.VOICESHOT_FAILOVER_URL = voiceshot.voiceshot_url
    voiceshot.fault("voiceshot", "send", "cut-after")
    with pytest.raises(UncertainError):
        make_client(None, lambda record: None).send_calls(POST)
    assert len(voiceshot.calls("voiceshot", "send")) == 1


def test_user_and_password_go_out_and_are_kept_nowhere(voiceshot, settings):
    settings.VOICESHOT_USERNAME, settings.VOICESHOT_PASSWORD = "marked-user", 'marked-"pass"'
    kept = []
    make_client(None, kept.append).send_calls(POST)
    assert len(kept) == 1
    assert "marked-" not in repr(kept)
    assert "Hello." in kept[0].request_body
