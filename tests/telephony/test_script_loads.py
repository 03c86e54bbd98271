"""Script loads as Apidaze makes them: whatever comes, XML that a call can follow goes back."""

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from telephony.hooks import ScriptLoads
from telephony.models import Call, CalledNumber, CallScript, ScriptVersion
from telephony.scripts.answers import HANGUP
from voicehub.common.hooks import addresses

pytestmark = pytest.mark.django_db(databases=["default", "hooks"])

FORM = "application/x-www-form-urlencoded"
MAIN = """<document><work><answer/><speak>Hello {caller_id_number}
<bind action="{script_address}?script=sales">1</bind></speak><hangup/></work></document>"""
SALES = "<document><work><dial><number>31201234567</number></dial></work></document>"


def publish(name, text, *, numbers=(), is_default=False):
    script = CallScript.objects.create(name=name, draft=text)
    script.published = ScriptVersion.objects.create(script=script, number=1, text=text, numbers=list(numbers))
    script.is_default = is_default
    script.save()
    for number in numbers:
        CalledNumber.objects.create(number=number, script=script)
    return script.published


@pytest.fixture
def path():
    """The path of our own address, with its token."""
    return addresses.make(ScriptLoads(), user=None)


@pytest.fixture
def load(client, path):
    """Load the script as Apidaze does; gives the XML."""

    def load(method="get", where=path, **parameters):
        sent = urlencode(parameters)
        answer = client.post(where, sent, FORM) if method == "post" else client.get(f"{where}{'&' if '?' in where else '?'}{sent}")
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/xml; charset=utf-8"
        etree.fromstring(answer.content)
        return answer.content

    return load


def words_of(session):
    return [one.words for one in Call.objects.filter(subject=session).order_by("id")]


def test_the_script_of_the_called_number_answers_else_the_default(load):
    publish("main", MAIN, is_default=True)
    publish("shop", "<document><work><hangup/><wait>7</wait></work></document>", numbers=["31207654321"])
    for number in ("31207654321", "+31 20 765 4321", "0031207654321"):
        assert b"<wait>7</wait>" in load(destination_number=number)
    assert b"Hello 336" in load(destination_number="31200000000", caller_id_number="336")
    assert b"Hello 336" in load("post", destination_number="31200000000", caller_id_number="336")


def test_a_menu_leads_to_another_script_through_our_own_address(load, path, settings):
    publish("main", MAIN, is_default=True)
    publish("sales", SALES)
    xml = load(destination_number="31")
    (action,) = etree.fromstring(xml).xpath("//bind/@action")
    assert action == f"{settings.OWN_BASE_URL}{path}?script=sales"
    assert b"<dial>" in load(where=f"{path}?script=sales", dialed_digits="1")
    assert load(where=f"{path}?script=none", session_id="s") == HANGUP
    assert "none" in words_of("s")[0]


def test_who_has_spoken_is_not_rung_again(load):
    publish("sales", SALES, is_default=True)
    assert b"<dial>" in load(bridge_status="NO_ANSWER")
    assert load(bridge_status="SUCCESS") == HANGUP


@pytest.mark.parametrize(
    "query",
    [
        "",
        "destination_number=%ff%fe&session_id=%c3%28",
        "session_id=a&session_id=b&destination_number=1&destination_number=31",
        urlencode({"caller_id_number": "<hangup/>&\x00\x0b]]>" + "9" * 100_000}),
        "exiting=TRUE&destination_number=31",
        "&".join(f"p{number}=1" for number in range(900)),
    ],
)
def test_whatever_is_sent_is_answered(client, path, query):
    publish("main", MAIN, is_default=True)
    for answer in (
        client.get(path, QUERY_STRING=query),
        client.post(path, query, FORM),
    ):
        assert answer.status_code == 200
        etree.fromstring(answer.content)
    assert Call._base_manager.count() == 2


def test_a_caller_cannot_write_into_the_script(load):
    publish("main", MAIN, is_default=True)
    xml = load(caller_id_number='"/></speak><dial><number>1</number></dial>')
    assert not etree.fromstring(xml).xpath("//dial")


def test_without_a_script_and_on_our_own_fault_the_call_ends(load, monkeypatch):
    assert load(session_id="s") == HANGUP
    version = publish("main", "<document>", is_default=True)
    assert load(session_id="s") == HANGUP
    assert [one.outcome for one in Call.objects.order_by("id")] == ["answered", "failed"]
    assert version.pk


def test_the_last_load_ends_the_call_whatever_is_published(load):
    publish("main", MAIN, is_default=True)
    assert load(exiting="true", hangup_cause="NORMAL_CLEARING", session_id="s") == HANGUP


def test_a_load_is_two_reads_and_one_line_of_the_log(load, django_assert_max_num_queries):
    publish("main", MAIN, is_default=True)
    load()
    with CaptureQueriesContext(connection) as queries:
        load(session_id="s", destination_number="31")
    assert len(queries) == 2
    assert words_of("s") == ["main, version 1"]


def test_a_wrong_token_gets_nothing(client, path):
    assert client.get(path[:-5] + "/").status_code == 404


def test_the_token_is_not_in_the_log(load, path, settings):
    publish("main", MAIN, is_default=True)
    token = path.split("/")[-2]
    load(session_id="s", url=settings.OWN_BASE_URL + path, XML_error=f"at {path}?script=sales")
    (kept,) = Call.objects.filter(subject="s").values()
    assert token not in str(kept)
    assert "%E2%80%A2" in kept["query"]
