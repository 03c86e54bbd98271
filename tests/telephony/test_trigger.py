"""Trigger requests as Voitex makes them: whatever comes, JSON that a call can follow goes back."""

import json
import os
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from telephony import services
from telephony.hooks import TriggerRequests
from telephony.models import HotlineCall, HotlineStep, TriggerRule
from telephony.services import call_log
from tests.telephony.factories import make_hotline, make_rule
from voicehub.common.hooks import addresses, following, limits
from voicehub.common.hooks.models import HookRequest
from voicehub.sync import chores

pytestmark = pytest.mark.django_db(databases="__all__")

# 10,000 for a look by hand.
EXAMPLES = int(os.environ.get("TRIGGER_EXAMPLES", "200"))
FORM = "application/x-www-form-urlencoded"
BODY = {
    "call_id": "AST10-1689867312.264",
    "cid": "8459511000",
    "cnam": "VOITEX",
    "contact_info": "null",
    "date_time": "2023-07-20 11:35:35",
    "did": "8459511110",
    "branch_data": [{"branch": "0", "input": "1"}, {"branch": "1000", "input": "17"}],
    "payment_info": [{"last_four": "4444", "expiration": "0126", "cvv": 987, "amount": "57", "transaction_id": "8"}],
    "variables": [{"caller_pin ": "123", "var_2": "var_val"}],
}
ADAM = {"contact_info": {"first_name": "Adam"}}


@pytest.fixture
def hotline(monkeypatch):
    monkeypatch.setattr(limits, "_last_word", {})
    return make_hotline()


@pytest.fixture
def path(hotline):
    """The path of the hotline's address, with its token."""
    return addresses.make(TriggerRequests(), str(hotline.pk), user=None)


@pytest.fixture
def send(client, path):
    """Send a body as it is; gives the answer, which is sound."""

    def send(body, content_type="application/json"):
        response = client.post(path, body, content_type)
        assert (response.status_code, response["Content-Type"]) == (200, "application/json")
        answer = json.loads(response.content)
        assert set(answer) <= {"play", "goto", "inputs", "variables"}
        return answer

    return send


@pytest.fixture
def ask(send):
    """Ask as Voitex does."""
    return lambda **changes: send(json.dumps(BODY | changes))


@pytest.fixture
def steps():
    """What the log of calls tells once the worker has come by."""

    def steps():
        chores.run(following.CHORE.name)
        return list(HotlineStep.objects.order_by("at", "id"))

    return steps


def words():
    return HookRequest.objects.latest("pk").words


def test_the_first_rule_whose_conditions_all_hold_answers_else_the_default(hotline, ask):
    make_rule(hotline, {"goto": "1"}, ("caller", "begins", "718"), name="Brooklyn")
    make_rule(
        hotline, {"goto": "2"}, ("caller", "begins", "845"), ("contact", "is", "adam", "first_name"), name="Adam"
    )
    make_rule(hotline, {"goto": "3"}, ("caller", "begins", "+1845"), name="Any")
    assert ask(**ADAM) == {"goto": "2"}
    assert words() == "Adam"
    assert ask() == {"goto": "3"}
    assert ask(cid="2125550134") == {}
    assert "No rule" in words()
    hotline.default_answer = {"play": [{"type": "tts", "text": "Good day."}]}
    services.save_hotline(hotline, user=None)
    assert ask(cid="2125550134") == {"play": [{"type": "tts", "text": "Good day."}]}


def test_an_answer_speaks_with_what_is_known_and_every_value_is_a_text(hotline, ask):
    make_rule(
        hotline,
        {
            "play": [
                {"type": "file", "album": "10", "sort": "25"},
                {"type": "tts", "text": "Hello {contact.first_name}, {{really}} {contact.last_name}"},
                {"type": "tts", "text": "{contact.last_name}"},
            ],
            "goto": "150",
            "inputs": {"1": "3", "*": "0", "17": "4", "%": "105"},
            "variables": {"asked": "{input} at {branch} of {did}", "album_num": "13"},
        },
    )
    assert ask(contact_info='{"first_name": "{did} \\"Ad\\u0000am\\""}') == {
        "play": [
            {"type": "file", "album": "10", "sort": "25"},
            {"type": "tts", "text": 'Hello {did} "Ad\ufffdam", {really}'},
        ],
        "goto": "150",
        "inputs": {"1": "3", "*": "0", "17": "4", "%": "105"},
        "variables": {"asked": "17 at 1000 of +18459511110", "album_num": "13"},
    }


@pytest.mark.parametrize(
    ("condition", "does_hold"),
    [
        (("branch_last", "is", "105, 1000"), True),
        (("branch_last", "is", "0"), False),
        (("branch_any", "is", "0"), True),
        (("branch_any", "is_not", "105"), True),
        (("input", "is", "17"), True),
        (("input", "is", "1", "0"), True),
        (("input", "is", "17", "0"), False),
        (("input", "unknown", "", "105"), True),
        (("caller", "is", "8459511000"), True),
        (("caller", "is", "+18459511000"), True),
        (("caller", "known"), True),
        (("caller_name", "contains", "oite"), True),
        (("contact", "unknown", "", "first_name"), True),
        (("variable", "is", "123", "caller_pin"), True),
        (("variable", "is_not", "5", "nothing"), True),
        (("paid", "known"), True),
        (("amount", "at_least", "57.00"), True),
        (("amount", "at_most", "56.99"), False),
        (("day", "is", "mon,tue"), True),
        (("time", "is", "08:00-09:30"), True),
        (("time", "is", "22:00-09:29"), False),
        (("time", "is_not", "22:00-06:00,12:00-13:00"), True),
        (("past_calls", "at_most", "0"), True),
    ],
)
@time_machine.travel(datetime(2026, 11, 30, 14, 29, tzinfo=UTC), tick=False)
def test_each_fact_is_asked_for(hotline, ask, condition, does_hold):
    """It is Monday, 9:29 in New York."""
    make_rule(hotline, {"goto": "1"}, condition)
    assert ask() == ({"goto": "1"} if does_hold else {})


@pytest.mark.parametrize(
    ("way", "keys"),
    [
        ("105 17", "17"),
        ("105 17, 1000", "17"),
        ("1000 3, 1000", ""),
        ("105 17, 1000, 1000", ""),
        ("", ""),
    ],
)
def test_the_last_keys_are_those_of_the_last_branch_or_of_the_one_before(hotline, ask, way, keys):
    """Whether the branch that asks stands behind them itself is not told; once come to again, it has none."""
    make_rule(hotline, {"variables": {"none": "x"}}, ("input", "unknown"))
    make_rule(hotline, {"goto": "1"}, ("input", "is", keys or "0"))
    stops = [dict(zip(("branch", "input"), one.split(), strict=False)) for one in way.split(", ") if one]
    assert ask(branch_data=stops) == ({"goto": "1"} if keys else {"variables": {"none": "x"}})


def test_earlier_calls_count_and_this_one_does_not(hotline, ask, steps):
    make_rule(hotline, {"goto": "9"}, ("past_calls", "at_least", "2"))
    for number in range(3):
        assert ask(call_id=f"call {number}", date_time=str(number)) == ({"goto": "9"} if number == 2 else {})
        steps()
    assert ask(call_id="call 1") == {"goto": "9"}
    assert ask(call_id="call 3", cid="7185550134") == {}


@pytest.mark.parametrize("variables", [{"v": "x"}, '{"v": "x"}', [{"a": 1}, {" v ": "x"}], '[{"v":"x"}]'])
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "", "multipart/form-data; boundary=x"])
def test_json_is_read_whatever_it_is_called(hotline, send, variables, content_type):
    make_rule(hotline, {"goto": "1"}, ("variable", "is", "x", "v"))
    assert send(json.dumps({"variables": variables}), content_type) == {"goto": "1"}


def test_forms_are_read_too(hotline, send):
    make_rule(hotline, {"goto": "1"}, ("input", "is", "17"), ("contact", "is", "Adam", "first_name"))
    fields = {"branch_data": json.dumps(BODY["branch_data"]), "contact_info": json.dumps(ADAM["contact_info"])}
    assert send(urlencode(fields), FORM) == {"goto": "1"}
    assert send(json.dumps(json.dumps(BODY | ADAM))) == {"goto": "1"}
    parts = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    )
    assert send(f"{parts}--x--\r\n", "multipart/form-data; boundary=x") == {"goto": "1"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"\xff\xfe{",
        b"<html><body>502</body></html>",
        b"[" * 200_000,
        b'{"variables":' * 20_000,
        b'{"a":' + b"9" * 5000 + b"}",
        json.dumps(dict.fromkeys(BODY, "null")).encode(),
        json.dumps(dict.fromkeys(BODY)).encode(),
        json.dumps({name: [[{"a": [1, [2]]}], None, True] for name in BODY}).encode(),
        json.dumps({"call_id": "\ud800", "variables": [{"\u0000": "\udfff"}] * 900}).encode(),
        b"x" * 5_000_000,
    ],
)
def test_whatever_is_sent_is_answered(hotline, send, steps, body):
    make_rule(hotline, {"goto": "7"}, ("day", "is_not", "mon"), ("day", "is", "mon"))
    make_rule(hotline, {"goto": "1"}, ("caller_name", "unknown"))
    assert send(body) in ({"goto": "1"}, {})
    (line,) = HookRequest.objects.all()
    assert line.outcome in ("answered", "too_large")
    tells_something = any(json.loads(line.body).values())
    assert len(steps()) == tells_something


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text() | st.just("null"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.fixed_dictionaries({}, optional=dict.fromkeys(BODY, JSON_VALUES)).map(json.dumps).map(str.encode)


@examples(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=FIELDS | st.binary(), content_type=st.sampled_from(["application/json", FORM, "multipart/form-data"]))
def test_generated_requests_are_answered(send, hotline, steps, body, content_type):
    if not hotline.rules.exists():
        make_rule(hotline, {"goto": "5"}, ("amount", "at_least", "5"), ("contact", "known", "", "a"))
        make_rule(hotline, {"variables": {"a": "{variable.a}{input}"}}, ("caller", "begins", "8"))
    send(body, content_type)
    assert HookRequest.objects.latest("pk").outcome == "answered"
    steps()
    assert not HookRequest.objects.filter(is_waiting=True).exists()


def test_a_wrong_token_gets_nothing_and_another_number_an_empty_answer(hotline, ask, client, path):
    make_rule(hotline, {"goto": "1"})
    assert client.post(path[:-5] + "/", "{}", "application/json").status_code == 404
    assert ask(did="7185550134") == {"goto": "1"}
    hotline.is_did_checked = True
    services.save_hotline(hotline, user=None)
    assert ask() == {"goto": "1"}
    for other in ("7185550134", "", None):
        assert ask(did=other) == {}
    assert "another number" in words()


def test_a_request_is_two_reads_even_with_many_rules_and_a_third_counts_calls(hotline, ask):
    for number in range(30):
        make_rule(hotline, {"goto": "1"}, ("caller", "is", f"84555501{number:02}"))
    ask()
    for most in (2, 3):
        with CaptureQueriesContext(connection) as queries:
            ask()
        assert sum("SELECT" in query["sql"] for query in queries) == most
        make_rule(hotline, {"goto": "1"}, ("past_calls", "at_least", "3"))
        ask()


def test_rules_that_change_are_heard_by_the_next_call(hotline, ask):
    first, second = make_rule(hotline, {"goto": "1"}), make_rule(hotline, {"goto": "2"})
    assert ask() == {"goto": "1"}
    services.order_rules(hotline, [second.pk, first.pk], user=None)
    assert ask() == {"goto": "2"}
    TriggerRule.objects.filter(pk=second.pk).update(is_active=False)
    assert ask() == {"goto": "1"}
    services.delete_rule(first, user=None)
    assert ask() == {}


def test_a_rule_that_cannot_be_read_and_one_whose_answer_is_not_sound_lead_nowhere(hotline, ask):
    rule = make_rule(hotline, {"goto": "1"})
    TriggerRule.objects.filter(pk=rule.pk).update(conditions=[{"fact": "moon"}])
    make_rule(hotline, {"goto": "2"})
    assert ask() == {"goto": "2"}
    TriggerRule.objects.filter(pk=rule.pk).update(conditions=[], answer={"goto": "x"})
    assert ask() == {}


def test_a_request_that_comes_twice_is_one_step_and_calls_are_told_in_order(hotline, ask, steps):
    rule = make_rule(hotline, {"goto": "150", "play": [{"type": "tts", "text": "You pressed {input}"}]})
    ask(branch_data=[])
    ask()
    ask()
    first, second = steps()
    HookRequest.objects.update(is_waiting=True)
    assert steps() == [first, second]
    (call,) = HotlineCall.objects.all()
    assert (call.hotline, call.caller, call.call_id) == (hotline, "+18459511000", BODY["call_id"])
    assert call.first_at == first.at < second.at <= call.last_at
    assert second.request["path"] == [["0", "1"], ["1000", "17"]]
    assert second.answer == {"goto": "150", "play": [{"type": "tts", "text": "You pressed 17"}]}
    assert (second.rule_key, second.rule_name) == (rule.pk, "Rule")


def test_one_line_that_cannot_be_taken_in_holds_up_no_other(hotline, ask, steps):
    ask(call_id="broken")
    HookRequest.objects.update(body='{"call_id": "broken", "caller": 5}')
    ask(call_id="whole")
    assert [step.call.call_id for step in steps()] == ["whole"]
    assert not following.is_due()


def test_calls_are_answered_while_everything_else_is_down(hotline, ask, steps, monkeypatch):
    make_rule(hotline, {"goto": "1"})

    def locked(*args, **kwargs):
        raise OperationalError("database is locked")

    with monkeypatch.context() as patched:
        patched.setattr(HotlineCall.objects, "bulk_create", locked)
        assert ask() == {"goto": "1"}
        with pytest.raises(OperationalError):
            steps()
    assert len(steps()) == 1
    monkeypatch.setattr("telephony.hooks.trigger.script_of", locked)
    assert ask(date_time="later") == {}
    assert [step.has_failed for step in steps()] == [False, True]


def test_old_calls_go_with_their_steps(hotline, ask, steps, settings):
    ask(call_id="old")
    ask(call_id="young")
    steps()
    long_ago = timezone.now() - timedelta(days=settings.HOTLINE_CALL_KEEP_DAYS + 1)
    HotlineCall.objects.filter(call_id="old").update(first_at=long_ago)
    assert call_log.is_due()
    chores.run(call_log.CHORE.name)
    assert [step.call.call_id for step in HotlineStep.objects.all()] == ["young"]
    assert not call_log.is_due()


def wait_for_lines(count, seconds=10):
    """The line is written when the caller has the answer already."""
    end = time.monotonic() + seconds
    while HookRequest.objects.count() < count and time.monotonic() < end:
        time.sleep(0.005)


@pytest.fixture
def phone(sandbox, live_server, path):
    """Voitex's stand-in calls the hotline; gives what the caller noticed, turn by turn, and how it ended."""
    sandbox.reset("voitex")
    sandbox.edit("voitex", set_trigger={"did": "8459511110", "url": live_server.url + path})

    def phone(**plan):
        call = sandbox.errand("voitex", call=plan)
        return [turn["heard"] for turn in call["turns"]], call["ending"]

    return phone


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_whole_call_is_answered_and_told(hotline, phone, steps):
    """Greeted by name, led by a key to the opening hours and on to the shop; with all that Voitex may vary."""
    hours = {"play": [{"type": "file", "album": "10", "sort": "25"}], "goto": "150"}
    menu = {
        "play": [{"type": "tts", "text": "Hello {contact.first_name}. For opening hours press 3."}],
        "inputs": {"1": "105", "2": "150", "3": "1000"},
        "variables": {"code": "{last_four}"},
    }
    make_rule(hotline, hours, ("branch_last", "is", "1000"), ("input", "is", "3"), name="Hours")
    make_rule(hotline, menu, ("contact", "known", "", "first_name"), name="Menu")
    adam = {"contact": {"first_name": "Adam"}, "amount": "57", "variables": {"caller_pin": "80153"}}
    heard = [["“Hello Adam. For opening hours press 3.”"], ["Recording 25 of album 10"]]
    for oddity in ("", "twice", "without-payment", "form"):
        assert phone(**adam, keys=["3"], oddity=oddity)[0] == heard
    assert phone() == ([[]], "No Route Found.")
    wait_for_lines(11)
    told = steps()
    assert [step.rule_name for step in told] == ["Menu", "Hours"] * 4 + [""]
    assert HotlineCall.objects.count() == 5
    assert told[1].request["path"] == [["0", "1"], ["1000", "3"]]
    assert told[1].request["payments"] == [["4444", "57", "875891"]]
    assert told[1].request["variables"] == {"caller_pin": "•••", "code": "•••"}
    kept = str(list(HotlineStep.objects.values())) + str(list(HookRequest.objects.values()))
    assert not [secret for secret in ("0126", "8451239876", "10950", "80153") if secret in kept]
