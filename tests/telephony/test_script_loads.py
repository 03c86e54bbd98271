"""Script loads as Apidaze makes them: whatever comes, XML that a call can follow goes back."""

import time
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import etree

from telephony import retelling, services
from telephony.hooks import ScriptLoads
from telephony.models import Call, CalledNumber, CallScript, ScriptVersion
from telephony.retelling import retell
from telephony.scripts.answers import HANGUP
from tests.common.factories import make_person
from voicehub.common.hooks import addresses
from voicehub.common.roles import STAFF
from voicehub.sync.engine import drain_inline

pytestmark = pytest.mark.django_db(databases="__all__")

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
        answer = client.post(where, sent, FORM) if method == "post" else client.get(add(where, sent))
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/xml; charset=utf-8"
        etree.fromstring(answer.content)
        return answer.content

    load.path = path
    return load


def add(where, sent):
    return f"{where}{'&' if '?' in where else '?'}{sent}"


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


@pytest.mark.parametrize("dial", ["<dial>", '<dial action=" ">'])
def test_who_has_spoken_is_not_rung_again(load, dial):
    publish("sales", SALES.replace("<dial>", dial), is_default=True)
    assert b"<dial" in load(bridge_status="NO_ANSWER")
    assert load(bridge_status="SUCCESS") == HANGUP


def test_a_number_that_may_not_be_called_any_more_is_not_rung_by_what_was_published_before(load, settings):
    publish("sales", SALES, is_default=True)
    settings.ALLOWED_NUMBER_PREFIXES = ["+31"]
    assert b"<dial>" in load()
    settings.ALLOWED_NUMBER_PREFIXES = ["+33"]
    assert load(session_id="s") == HANGUP
    assert "+31 20 123 4567 may not be called" in words_of("s")[0]
    story, _loads = retell(Call.objects.get())
    assert "+31 20 123 4567" in story.errors[0]


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


def test_what_is_too_large_is_answered_with_xml_too(client, path):
    answer = client.post(path, b"x" * (ScriptLoads.max_bytes + 1), FORM)
    assert (answer.status_code, answer.content) == (200, HANGUP)
    assert Call._base_manager.get().outcome == "too_large"


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


def test_a_load_is_two_reads_and_one_line_of_the_log(load):
    publish("main", MAIN, is_default=True)
    load()
    with CaptureQueriesContext(connection) as queries:
        load(session_id="s", destination_number="31")
    assert sum(query["sql"].split()[0] == "SELECT" for query in queries) == 2
    assert words_of("s") == ["main, version 1"]


def test_a_wrong_token_gets_nothing(client, path):
    assert client.get(path[:-5] + "/").status_code == 404


def test_the_token_is_not_in_the_log(load, path, settings):
    publish("main", MAIN, is_default=True)
    token = path.split("/")[-2]
    twice = path.replace("/", "%252F")
    load(session_id="s", url=settings.OWN_BASE_URL + path, XML_error=f"at {path}?script=sales and {twice}")
    (kept,) = Call.objects.filter(subject="s").values()
    assert token not in str(kept)
    assert "%E2%80%A2" in kept["query"]


def test_loads_are_answered_while_worker_and_provider_are_down(load, settings):
    settings.APIDAZE_BASE_URL = "http://127.0.0.1:1"
    publish("main", MAIN, is_default=True)
    for number in range(100):
        assert b"Hello" in load(session_id=f"s{number}", destination_number="31")
    assert Call.objects.count() == 100


def wait_for_lines(count, seconds=10):
    """Of a load over the network, the line is written when the caller has the answer already."""
    end = time.monotonic() + seconds
    while Call.objects.count() < count and time.monotonic() < end:
        time.sleep(0.005)


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_whole_call_is_told_as_a_story(apidaze, live_server, settings):
    apidaze.set_scripts()
    settings.OWN_BASE_URL = live_server.url
    publish("main", MAIN, is_default=True)
    publish("sales", SALES)
    services.register_address(user=None)
    drain_inline()
    transcript = apidaze.call_number("31201234567", digits=["1"], results=["SUCCESS"])
    assert [load["status"] or load["error"] for load in transcript["loads"]] == [200] * 4
    wait_for_lines(4)
    (call,) = Call.objects.newest_of_each()
    story, loads = retell(call)
    assert story.has_ended
    assert not story.errors
    assert [load.version and load.version.script.name for load in loads] == ["main", "sales", None, None]
    told = " ".join(line.text for line in story.lines)
    assert "pressed 1" in told
    assert "31201234567" in told
    assert not any("127.0.0.1" in load.xml for load in loads)


def test_what_apidaze_could_not_read_is_told_with_what_to_do(load):
    publish("main", MAIN, is_default=True)
    load(session_id="s", destination_number="31")
    load(session_id="s", destination_number="31", XML_error="line 3", exiting="true")
    story, _loads = retell(Call.objects.first())
    assert any("line 3" in error and "main" in error for error in story.errors)


def test_a_call_without_a_script_says_what_to_do(load):
    load(session_id="s", destination_number="31209999999")
    story, _loads = retell(Call.objects.get())
    assert any("31209999999" in error and "default" in error for error in story.errors)


def test_the_end_of_a_call_is_told_whatever_was_sent_before_it_and_however_often(load, monkeypatch):
    monkeypatch.setattr(retelling, "MOST_LOADS", 2)
    noise = {f"p{number}": "😀" * 500 for number in range(70)}
    for _time in range(3):
        load("post", session_id="s", caller_username="\u202e🎉" * 200, **noise)
    load("post", **noise, session_id="s", exiting="true", hangup_cause="USER_BUSY")
    story, loads = retell(Call.objects.first())
    assert story.has_ended
    assert len(loads) == 3
    assert "The number was busy." in story.lines[-1].text
    assert not any("\u202e" in line.text for line in story.lines)


@pytest.fixture
def staff(client):
    client.force_login(make_person("pat", STAFF))
    return client


def test_calls_are_listed_once_and_found_by_a_part_of_a_number(load, staff):
    publish("main", MAIN, is_default=True)
    for session, number in (("a", "31611112222"), ("b", "31633334444")):
        load(session_id=session, caller_id_number=number)
        load(session_id=session, caller_id_number=number, exiting="true", hangup_cause="USER_BUSY")
    url = reverse("admin:telephony_call_changelist")
    page = staff.get(url).content.decode()
    assert page.count("31611112222") == page.count("31633334444") == 1
    assert "The number was busy." in page
    found = staff.get(url, {"q": "1111"}).content.decode()
    assert "31611112222" in found
    assert "31633334444" not in found
    assert "31633334444" in staff.get(url, {"q": "b"}).content.decode()


def test_the_list_tells_when_a_call_began_how_long_it_took_and_what_answered(load, staff):
    version = publish("main", MAIN, is_default=True)
    with time_machine.travel("2026-11-28 12:00:01Z", tick=False) as clock:
        load(session_id="a")
        publish("sales", SALES)
        clock.shift(4)
        load(where=load.path + "?script=sales", session_id="a")
        load(session_id="b")
        clock.shift(61)
        load(session_id="a", exiting="true")
        told = staff.get(reverse("admin:telephony_call_changelist")).content.decode()
    assert "12:00:01" in told
    assert "1 min 5 s" in told
    assert told.count(f'href="{version.script.get_absolute_url()}"') == 2
    page = staff.get(Call.objects.filter(subject="a").latest("pk").get_absolute_url()).content.decode()
    assert reverse("admin:telephony_callscript_version", args=[version.script_id, 1]) in page


def test_a_load_that_does_not_say_its_call_is_found_among_the_inbound_requests(load, staff):
    load(destination_number="31")
    load(session_id="a")
    page = staff.get(reverse("admin:telephony_call_changelist")).content.decode()
    assert "1 load did not say to which call it belongs" in page
    found = staff.get(reverse("admin:hooks_hookrequest_changelist"), {"kind": "apidaze", "subject__exact": ""})
    assert found.context["cl"].result_count == 1


def test_the_page_of_a_call_shows_its_story_and_what_hostile_callers_sent_as_text(load, staff):
    publish("main", MAIN, is_default=True)
    load(session_id="s", caller_id_number="<script>alert(1)</script>", url="http://x" + reverse("home"))
    page = staff.get(Call.objects.get().get_absolute_url()).content.decode()
    assert "main, version 1" in page
    assert "<script>alert" not in page
