"""Calls and texts through Voitex: once each or not at all, whatever the provider does."""

import html
import re
from uuid import uuid4

import pytest
from django.urls import reverse

from telephony import services
from telephony.models import NotificationCall, SmsMessage
from telephony.models.outgoing import Outgoing
from tests.common.factories import make_person
from tests.telephony.factories import make_hotline, make_notification_call, make_text
from voicehub.common import do_not_call, limits
from voicehub.common.roles import APPROVERS, STAFF
from voicehub.sandbox.faults import KINDS
from voicehub.sandbox.providers.voitex.faults import KINDS as OWN_KINDS
from voicehub.sync import lanes
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Exchange

pytestmark = pytest.mark.django_db

State = Outgoing.State
NUMBER = "+18455009999"
CALL = {"caller": "+18459511000", "to": "(845) 500-9999", "route": "845 951 1000", "branch": "150"}
TEXT = {"caller": "+18459511000", "to": "8455009999", "body": "Hello “Ann”\nsee you"}
# What surely did nothing ends refused, or waits to be sent; the rest may have been done.
REFUSED = {"refuse", "field-error", "unauthorized", "forbidden", "not-found", "rate-limit"}
REFUSED |= {"errors-as-text", "errors-missing"}
DONE = {"slow", "data-object", "data-json", "data-broken", "data-text", "data-missing", "id-as-number"}
VALUES_OF_KINDS = {"late-after": 0.6, "trickle": 0.0002, "slow": 0, "rate-limit": 1}


@pytest.fixture
def ann():
    return make_person("ann", STAFF)


@pytest.fixture
def client(client, ann):
    client.force_login(ann)
    return client


def text_of(answer):
    return " ".join(html.unescape(answer.content.decode()).split())


def ledger(voitex):
    records = voitex.records("voitex")
    return len(records["calls"]), len(records["texts"])


def pair(ann):
    return make_notification_call(ann), make_text(ann)


def states(records):
    return {type(record)._base_manager.get(pk=record.pk).state for record in records}


def test_a_call_and_a_text_are_accepted_with_their_references(voitex, ann):
    records = pair(ann)
    drain_inline()
    assert states(records) == {State.DONE}
    told = voitex.records("voitex")
    call, text = NotificationCall.objects.get(), SmsMessage.objects.get()
    assert (call.reference, text.reference) == (told["calls"][0]["reference_id"], told["texts"][0]["reference_id"])
    assert told["calls"][0]["to"] == "8455009999"


@pytest.mark.parametrize("kind", [kind.name for kind in (*KINDS, *OWN_KINDS)])
def test_whatever_voitex_does_nobody_is_called_or_texted_twice(voitex, settings, ann, kind):
    settings.VOITEX_READ_TIMEOUT = 0.4
    for operation in ("call", "sms"):
        voitex.fault("voitex", operation, kind, value=VALUES_OF_KINDS.get(kind))
    records = pair(ann)
    drain_inline()
    reached = states(records)
    for _round in range(3):
        lanes.release("voitex")
        drain_inline()
    calls, texts = ledger(voitex)
    assert calls <= 1
    assert texts <= 1
    if kind in DONE:
        assert reached == {State.DONE}
    elif kind in REFUSED:
        assert reached <= {State.REFUSED, State.WAITING}
    else:
        assert reached <= {State.UNCERTAIN, State.DONE}


def test_what_was_done_and_then_cut_is_uncertain_until_a_person_settles_it(voitex, ann):
    voitex.fault("voitex", "call", "cut-after")
    call = make_notification_call(ann)
    drain_inline()
    call.refresh_from_db()
    assert call.state == State.UNCERTAIN
    assert ledger(voitex) == (1, 0)
    wanted = call.wanted()
    with pytest.raises(services.NotSendableError, match="not settled"):
        services.send_out(NotificationCall, wanted, confirmation=uuid4(), user=ann, again_of=call.pk)


def test_a_key_that_is_missing_sends_nothing(voitex, settings, ann):
    records = pair(ann)
    settings.VOITEX_AUTH_KEY = ""
    drain_inline()
    assert states(records) <= {State.WAITING, State.HELD}
    assert ledger(voitex) == (0, 0)


def test_right_before_it_goes_out_the_do_not_call_list_and_the_clock_are_asked_once_more(voitex, settings, ann):
    call, text = pair(ann)
    do_not_call.add(NUMBER, source=do_not_call.Source.KEY)
    drain_inline()
    assert states([call, text]) == {State.HELD}
    do_not_call.take_off(NUMBER, reason="a mistake", user=ann)
    settings.QUIET_HOURS = "00:00-23:59"
    late = make_text(ann)
    drain_inline()
    late.refresh_from_db()
    assert late.state == State.HELD
    assert "quiet hours" in late.message
    assert ledger(voitex) == (0, 0)


def test_a_day_has_its_limits(voitex, settings, ann):
    settings.SMS_DAILY_NUMBER_PER_PERSON = 1
    make_text(ann)
    with pytest.raises(limits.LimitReachedError, match="SMS_DAILY_NUMBER_PER_PERSON"):
        services.send_out(SmsMessage, make_text(ann).wanted(), confirmation=uuid4(), user=ann)


def test_what_waited_too_long_is_expired_and_nobody_is_called(voitex, settings, ann):
    settings.CALL_SEND_WITHIN_SECONDS = 0
    call = make_notification_call(ann)
    drain_inline()
    call.refresh_from_db()
    assert call.state == State.EXPIRED
    assert ledger(voitex) == (0, 0)


def confirm(client, name, wanted):
    """The page that was confirmed: what its form would send."""
    page = client.post(reverse(f"admin:telephony_{name}_new"), wanted)
    fields = re.findall(r'<input type="hidden" name="([\w]+)" value="([^"]*)">', page.content.decode())
    return page, {key: html.unescape(value) for key, value in fields}


@pytest.mark.parametrize(
    ("name", "model", "wanted"),
    [
        ("notificationcall", NotificationCall, CALL),
        ("smsmessage", SmsMessage, TEXT),
    ],
)
def test_a_page_says_what_will_happen_and_its_button_pressed_twice_sends_once(client, voitex, name, model, wanted):
    page, confirmed = confirm(client, name, wanted)
    assert "+1 845-500-9999" in text_of(page)
    assert not model.objects.exists()
    for _press in range(2):
        answer = client.post(reverse(f"admin:telephony_{name}_send"), confirmed)
    record = model.objects.get()
    assert answer["Location"] == record.get_absolute_url()
    drain_inline()
    assert sum(ledger(voitex)) == 1
    again = client.get(f"{reverse(f'admin:telephony_{name}_new')}?again={record.pk}")
    assert f'name="again_of" value="{record.pk}"' in again.content.decode()


def test_a_repeat_is_a_new_record_and_both_name_each_other(client, voitex, ann):
    first = make_text(ann)
    drain_inline()
    _page, confirmed = confirm(client, "smsmessage", TEXT | {"again_of": first.pk})
    client.post(reverse("admin:telephony_smsmessage_send"), confirmed)
    second = SmsMessage.objects.first()
    assert second.again_of == first
    assert str(first) in text_of(client.get(second.get_absolute_url()))
    assert str(second) in text_of(client.get(first.get_absolute_url()))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"to": "12"}, "ten digits of a number"),
        ({"to": "+33 1 99 00 12 34"}, "United States and Canada only"),
        ({"caller": "x"}, "United States or Canada"),
        ({"body": " "}, "required"),
    ],
)
def test_what_cannot_be_sent_is_said_at_the_form(client, wrong, words):
    answer = client.post(reverse("admin:telephony_smsmessage_new"), TEXT | wrong)
    assert words in text_of(answer)
    assert not SmsMessage.objects.exists()


def test_while_typing_the_length_of_a_text_is_told(client):
    answer = client.post(reverse("admin:telephony_smsmessage_measure"), {"body": "Zoë ✓"})
    assert "5 characters: 1 message (UCS-2" in text_of(answer)


def test_numbers_page_tells_what_went_out_to_it(client, voitex, ann):
    text = make_text(ann)
    page = client.get(reverse("admin:telephony_phonenumber_change", args=[NUMBER]))
    assert str(text) in text_of(page)


def test_a_list_is_searched_by_part_of_a_number(client, voitex, ann):
    make_text(ann)
    url = reverse("admin:telephony_smsmessage_changelist")
    assert "1 text message" in text_of(client.get(url, {"q": "500 9999"}))
    assert "0 text messages" in text_of(client.get(url, {"q": "777"}))


def test_the_text_itself_is_in_no_exchange(voitex, ann):
    make_text(ann, body="The secret word is heron.")
    drain_inline()
    kept = "".join(f"{one.request_body}{one.response_body}" for one in Exchange.objects.all())
    assert kept
    assert "heron" not in kept


def test_who_may_only_approve_payments_calls_nobody(client):
    client.force_login(make_person("olga", APPROVERS))
    assert client.get(reverse("admin:telephony_notificationcall_new")).status_code == 403
    assert client.post(reverse("admin:telephony_smsmessage_send"), TEXT).status_code == 403


def test_hotlines_are_offered_as_numbers_to_send_from(client):
    make_hotline("+18459511000", name="Main line")
    page = client.get(reverse("admin:telephony_notificationcall_new"))
    assert '<option value="+18459511000">Main line</option>' in page.content.decode()


def test_a_held_text_can_be_released_by_who_may_send(client, voitex, ann, settings):
    settings.QUIET_HOURS = "00:00-23:59"
    text = make_text(ann)
    drain_inline()
    settings.QUIET_HOURS = ""
    client.post(reverse("admin:telephony_smsmessage_act", args=[text.pk]), {"action": "release"})
    drain_inline()
    text.refresh_from_db()
    assert text.state == State.DONE


def test_two_tabs_that_repeat_the_same_text_send_it_once(client, voitex, ann):
    first = make_text(ann)
    drain_inline()
    tabs = [confirm(client, "smsmessage", TEXT | {"again_of": first.pk})[1] for _tab in range(2)]
    answers = [client.post(reverse("admin:telephony_smsmessage_send"), tab) for tab in (*tabs, tabs[0])]
    second = SmsMessage.objects.get(again_of=first)
    assert f"was sent again already, as {second}" in text_of(answers[1])
    assert answers[2]["Location"] == second.get_absolute_url()
    assert f"?again={first.pk}" not in text_of(client.get(first.get_absolute_url()))
    assert "Nothing went out." in text_of(confirm(client, "smsmessage", TEXT | {"again_of": first.pk})[0])


def test_what_came_too_often_is_refused_and_may_be_sent_again(client, voitex, ann):
    voitex.fault("voitex", "sms", "rate-limit", value=1)
    text = make_text(ann)
    drain_inline()
    text.refresh_from_db()
    assert text.state == State.REFUSED
    assert f"?again={text.pk}" in text_of(client.get(text.get_absolute_url()))


def test_an_export_tells_what_went_out_without_the_words_of_texts(client, voitex, ann):
    text = make_text(ann, body="The secret word is heron.")
    drain_inline()
    text.refresh_from_db()
    answer = client.get(reverse("admin:telephony_smsmessage_export", args=["csv"]))
    told = b"".join(answer.streaming_content).decode()
    assert NUMBER in told
    assert text.reference in told
    assert "heron" not in told


def test_what_is_on_hold_is_told_on_the_first_page(client, voitex, ann, settings):
    settings.QUIET_HOURS = "00:00-23:59"
    make_notification_call(ann)
    drain_inline()
    assert "Notification calls that are on hold" in text_of(client.get(reverse("admin:index")))


def test_before_another_one_goes_out_a_person_reads_what_went_to_the_number_lately(client, voitex, ann):
    voitex.fault("voitex", "sms", "cut-after")
    first = make_text(ann)
    drain_inline()
    page, _confirmed = confirm(client, "smsmessage", TEXT)
    assert "or may have" in text_of(page)
    assert f"{first}</a>: Uncertain" in text_of(page)
