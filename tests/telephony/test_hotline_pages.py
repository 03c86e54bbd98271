"""The pages of hotlines as staff use them: writing rules, phoning in the browser, and reading calls."""

import html
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from telephony.models import Hotline, HotlineCall, HotlineStep, TriggerRule
from telephony.trigger.record import request_as_json
from telephony.trigger.request import Stop, TriggerRequest
from tests.common.factories import make_person
from tests.telephony.factories import make_hotline, make_rule
from voicehub.common.hooks.models import HookAddress
from voicehub.common.roles import ADMINS, APPROVERS

pytestmark = pytest.mark.django_db(databases="__all__")

HELLO = {"play": [{"type": "tts", "text": "Hello {contact.first_name}."}], "inputs": {"1": "105", "%": "7"}}


@pytest.fixture
def client(client):
    client.force_login(make_person("ann", ADMINS))
    return client


@pytest.fixture
def hotline():
    return make_hotline()


def page_of(name, hotline, *more):
    return reverse(f"admin:telephony_hotline_{name}", args=[hotline.pk, *more])


def text_of(answer):
    return " ".join(html.unescape(answer.content.decode()).split())


def rows(prefix, *rows, initial=0):
    """What a browser sends of a list of rows."""
    fields = {f"{prefix}-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}
    return {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial, **fields}


def written(conditions=(), plays=(), keys=(), variables=(), goto="", **fields):
    return {
        "name": "Greets",
        "is_active": "on",
        "goto": goto,
        **rows("if", *conditions),
        **rows("play", *plays),
        **rows("keys", *keys),
        **rows("variables", *variables),
        **fields,
    }


SALES = {"fact": "input", "operator": "is", "value": "1", "of": "1000"}


def test_a_hotline_takes_a_number_as_people_write_it(client):
    client.post(reverse("admin:telephony_hotline_add"), {"name": "Shop", "did": "(845) 951-1110", "time_zone": "UTC"})
    assert Hotline.objects.get().did == "+18459511110"


def test_a_rule_is_written_row_by_row_and_told_in_words(client, hotline):
    answer = client.post(
        page_of("add_rule", hotline),
        written(
            [SALES, {"fact": "", "operator": "is"}],
            [
                {"kind": "recording", "slot": "10 / 25", "ORDER": "2"},
                {"kind": "text", "text": "Hello {caller_name}.", "ORDER": "1"},
            ],
            [{"key": "%", "branch": "7"}],
            [{"name": "asked", "value": "{input}"}],
            goto="150",
        ),
        follow=True,
    )
    rule = TriggerRule.objects.get()
    assert rule.conditions == [SALES]
    assert rule.answer == {
        "play": [{"type": "tts", "text": "Hello {caller_name}."}, {"type": "file", "album": "10", "sort": "25"}],
        "goto": "150",
        "inputs": {"%": "7"},
        "variables": {"asked": "{input}"},
    }
    told = text_of(answer)
    assert "Keys pressed (1000) is 1" in told
    assert "Plays recording 25 of album 10." in told
    assert "Any key leads to branch 7." in told


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"goto": "somewhere"}, "its number, as in 150"),
        ({"keys": [{"key": "x", "branch": "3"}]}, "“x” is no key"),
        ({"plays": [{"kind": "recording", "slot": "10"}]}, "with a slash between"),
        ({"plays": [{"kind": "text", "text": "Hi {nobody}"}]}, "Nothing is called {nobody}"),
        ({"conditions": [{"fact": "time", "operator": "is", "value": "nine"}]}, "write it as in 09:00-17:00"),
        ({"conditions": [{"fact": "paid", "operator": "is"}]}, "Here only these can be asked"),
        (
            {"conditions": [{"fact": "branch_last", "operator": "is", "value": "150"}], "goto": "150"},
            "come round for ever",
        ),
    ],
)
def test_a_rule_that_makes_no_sense_is_not_saved_and_keeps_what_was_written(client, hotline, wrong, words):
    answer = client.post(page_of("add_rule", hotline), written(**wrong, name="Mine"))
    assert words in text_of(answer)
    assert 'value="Mine"' in answer.content.decode()
    assert not TriggerRule.objects.exists()


def test_a_key_that_stands_there_twice_is_not_lost(client, hotline):
    keys = [{"key": "2", "branch": "150"}, {"key": "2", "branch": "0"}]
    answer = client.post(page_of("add_rule", hotline), written(keys=keys, goto="1"))
    assert "“2” stands here twice" in text_of(answer)
    assert not TriggerRule.objects.exists()


def test_a_row_that_is_taken_out_goes(client, hotline):
    rule = make_rule(hotline, HELLO, ("caller_name", "contains", "ADAM"))
    opened = client.get(page_of("change_rule", hotline, rule.pk)).context["forms"].name["opened"].value()
    gone = {"fact": "caller_name", "operator": "contains", "value": "ADAM", "DELETE": "on"}
    client.post(page_of("change_rule", hotline, rule.pk), written([gone], goto="3", opened=opened))
    rule.refresh_from_db()
    assert (rule.conditions, rule.answer) == ([], {"goto": "3"})


def test_a_rule_that_was_changed_meanwhile_is_not_written_over_unseen(client, hotline):
    rule = make_rule(hotline, {"goto": "1"})
    url = page_of("change_rule", hotline, rule.pk)
    opened = client.get(url).context["forms"].name["opened"].value()
    client.post(url, written(goto="2", opened=opened))
    answer = client.post(url, written(goto="3", opened=opened))
    assert "it was changed elsewhere" in text_of(answer)
    assert "Goes on at branch 2." in text_of(answer)
    rule.refresh_from_db()
    assert rule.answer == {"goto": "2"}
    client.post(url, written(goto="3", opened=answer.context["forms"].name["opened"].value()))
    rule.refresh_from_db()
    assert rule.answer == {"goto": "3"}


def test_what_happens_where_no_rule_matches_is_written_like_a_rule(client, hotline):
    opened = client.get(page_of("change_default", hotline)).context["forms"].opened["opened"].value()
    client.post(page_of("change_default", hotline), written(goto="9", opened=opened))
    hotline.refresh_from_db()
    assert hotline.default_answer == {"goto": "9"}


def test_rules_change_places_are_copied_switched_and_deleted(client, hotline):
    first, second = (make_rule(hotline, {"goto": number}, name=f"Rule {number}") for number in "12")

    def press(name, rule):
        client.post(page_of(name, hotline, rule.pk))

    press("rule_up", second)
    press("rule_up", second)
    assert list(hotline.rules.values_list("name", flat=True)) == ["Rule 2", "Rule 1"]
    press("rule_down", second)
    press("rule_off", first)
    press("copy_rule", second)
    press("delete_rule", second)
    assert list(hotline.rules.values_list("name", "is_active")) == [("Rule 1", False), ("Copy of Rule 2", False)]


def test_the_address_of_a_hotline_is_made_from_its_page_and_shown_once(client, hotline):
    page = client.get(hotline.get_absolute_url())
    assert "Voitex has no address to ask at" in text_of(page)
    shown = client.post(
        reverse("admin:hooks_hookaddress_make"), {"kind": "voitex/trigger", "target": str(hotline.pk)}
    )
    assert "/hooks/voitex/trigger/" in shown.content.decode()
    assert HookAddress.objects.get().target == str(hotline.pk)
    assert "Make its address" not in text_of(client.get(hotline.get_absolute_url()))


def called(**fields):
    return {"caller": "8455550134", "caller_name": "ADAM", "path": "0 1", "asking": "1000", **fields}


def test_the_simulator_answers_follows_keys_and_says_why(client, hotline):
    make_rule(hotline, {"goto": "150"}, ("input", "is", "9"), name="Nine")
    make_rule(hotline, HELLO, name="Hello")
    url = page_of("phone", hotline)
    turn = client.post(url, called(contact="first_name = Adam"))
    assert "The rule “Hello” answers." in text_of(turn)
    assert "Hello Adam." in text_of(turn)
    assert "Keys pressed is 9" in text_of(turn)
    assert "(this call: 1)" in text_of(turn)
    next_one = client.post(url, called(press="9")).context["turn"]
    assert next_one.request.path == (Stop("0", "1"), Stop("1000", "9"))
    assert next_one.asking == "7"
    assert next_one.rule == "Nine"
    assert not HotlineCall.objects.exists()


def test_the_simulator_goes_by_the_time_there_and_ignores_keys_that_lead_nowhere(client, hotline):
    make_rule(
        hotline, {"play": [{"type": "tts", "text": "Open"}], "inputs": {"1": "2"}}, ("time", "is", "09:00-17:00")
    )
    url = page_of("phone", hotline)
    assert "No rule matches." in text_of(client.post(url, called(at="2026-11-28T08:59")))
    turn = client.post(url, called(at="2026-11-28T09:00", press="5"))
    assert "The key 5 leads nowhere here" in text_of(turn)
    assert "Begin each line with the number of a branch" in text_of(client.post(url, called(path="x")))


@pytest.fixture
def call(hotline):
    now = timezone.now()
    call = HotlineCall.objects.create(
        hotline=hotline, call_id="AST1", caller="+18455550134", first_at=now - timedelta(seconds=9), last_at=now
    )
    request = TriggerRequest(call_id="AST1", caller="+18455550134", path=(Stop("0", "1"), Stop("1000")))
    HotlineStep.objects.create(
        call=call,
        mark="m",
        at=now,
        request=request_as_json(request),
        answer={"goto": "150"},
        rule_name="Old rule",
        milliseconds=3,
    )
    return call


def test_a_call_is_told_as_a_story_and_replayed_with_the_rules_of_now(client, hotline, call):
    make_rule(hotline, {"goto": "3"}, name="New rule")
    story = client.get(reverse("admin:telephony_hotlinecall_change", args=[call.pk]))
    assert "0 (pressed 1) → 1000" in text_of(story)
    assert "The rule “Old rule” answered" in text_of(story)
    assert "in 3 ms" in text_of(story)
    replay = client.get(f"{page_of('phone', hotline)}?step={call.steps.get().pk}")
    assert "The rule “New rule” answers." in text_of(replay)


def test_calls_are_found_by_part_of_a_number_and_drawn_by_day(client, call):
    url = reverse("admin:telephony_hotlinecall_changelist")
    assert "1 call of a hotline" in text_of(client.get(url, {"q": "555 0134"}))
    assert "0 calls" in text_of(client.get(url, {"q": "999"}))
    assert client.get(url).context["chart"].total == 1


def test_a_number_page_tells_which_hotlines_it_has_called(client, hotline, call):
    page = client.get(reverse("admin:telephony_phonenumber_change", args=[call.caller]))
    assert reverse("admin:telephony_hotlinecall_change", args=[call.pk]) in page.content.decode()


def test_a_hotline_that_was_called_is_not_deleted(client, hotline, call):
    assert (
        client.post(reverse("admin:telephony_hotline_delete", args=[hotline.pk]), {"post": "yes"}).status_code == 403
    )


def test_staff_without_the_permission_read_rules_and_change_none(client, hotline):
    rule = make_rule(hotline, {"goto": "3"})
    client.force_login(make_person("approver", APPROVERS))
    assert "Goes on at branch 3." in text_of(client.get(hotline.get_absolute_url()))
    assert client.post(page_of("delete_rule", hotline, rule.pk)).status_code == 403
