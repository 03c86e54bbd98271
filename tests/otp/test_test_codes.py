"""Test codes: sent at most once whatever Ourvoice does, limited, settled by people, and never seen here."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.core import serializers
from django.utils import timezone

from otp import models, services
from otp.models import OtpApp
from otp.ourvoice import NO_CODES
from tests.ageing import let_pass
from tests.contributors.factories import make_person, signed_in
from voicehub.common import calling_hours, do_not_call
from voicehub.common.limits import LimitReachedError
from voicehub.common.roles import STAFF
from voicehub.sandbox.providers.ourvoice.records import APPS
from voicehub.sync import queue
from voicehub.sync import services as sync_services
from voicehub.sync.calls import perform
from voicehub.sync.claim import claim
from voicehub.sync.engine import drain_inline
from voicehub.sync.finish import write
from voicehub.sync.models import Connection, Exchange, Lane, RecordState
from voicehub.sync.sweep import sweep

pytestmark = pytest.mark.django_db

State = models.TestCode.State
PHONE = "+2290167153974"

# fault, its value, state that the record shows in the end, codes that Ourvoice sent, words of the message
FAULTS = [
    ("refuse", None, State.REFUSED, 0, "cannot do this at the moment"),
    ("invalid-field", "send_to", State.REFUSED, 0, "The send_to field is invalid."),
    ("invalid-list", "send_to", State.REFUSED, 0, "Le champ send_to est invalide."),
    ("no-credit", None, State.REFUSED, 0, "not enough credit"),
    ("forbidden", None, State.REFUSED, 0, "Ourvoice refused"),
    ("not-found", None, State.REFUSED, 0, "does not know this app"),
    ("rate-limit", 1, State.REFUSED, 0, "asked to wait"),
    ("unauthorized", None, State.EXPIRED, 0, "waited too long and was not sent"),
    ("error-before", None, State.UNCERTAIN, 0, "error (500)"),
    ("error-after", None, State.UNCERTAIN, 1, "error (500)"),
    ("bad-gateway-after", None, State.UNCERTAIN, 1, "error (502)"),
    ("maintenance", None, State.UNCERTAIN, 0, "error (503)"),
    ("cut-before", None, State.UNCERTAIN, 0, ""),
    ("cut-after", None, State.UNCERTAIN, 1, ""),
    ("cut-head", None, State.UNCERTAIN, 1, ""),
    ("cut-body", None, State.UNCERTAIN, 1, ""),
    ("late-after", 1, State.UNCERTAIN, 1, ""),
    ("html", None, State.UNCERTAIN, 1, "not JSON"),
    ("empty-200", None, State.UNCERTAIN, 1, "not JSON"),
    ("data-null", None, State.UNCERTAIN, 1, "not understood"),
    ("redirect", None, State.UNCERTAIN, 0, "error (302)"),
    ("sign-in-page", None, State.UNCERTAIN, 0, "error (302)"),
    ("slow", 0.1, State.DONE, 1, "says: sent"),
    ("bare", None, State.DONE, 1, "says: sent"),
    ("code-repeated", None, State.DONE, 1, "says: sent"),
    ("code-in-error", None, State.UNCERTAIN, 1, "error (500)"),
]


@pytest.fixture
def sam(db):
    return make_person("sam", STAFF)


@pytest.fixture
def send(golden, sam):
    def send(number=PHONE, app=golden, user=sam, confirmation=None):
        return services.send_test_code(app, number, confirmation=confirmation or uuid4(), user=user)

    return send


@pytest.fixture
def long_codes(ourvoice, golden):
    """Codes of twelve digits, which occur nowhere else by chance."""
    ourvoice.change_app(golden.remote_id, code_size=12)
    return ourvoice


def again(record):
    record.refresh_from_db()
    return record


def sent(ourvoice):
    return ourvoice.records("ourvoice")["codes"]


def everything_kept():
    """All rows of all tables of ours, as text."""
    ours = [model for model in apps.get_models() if model._meta.app_label != "sandbox"]
    return "".join(serializers.serialize("json", model._base_manager.all()) for model in ours)


def test_a_code_reaches_the_phone_and_its_cost_and_status_are_kept(send, ourvoice):
    code = send()
    drain_inline()
    again(code)
    assert (code.state, code.cost, code.provider_status) == (State.DONE, 15, "sent")
    assert code.sent_at is not None
    assert [(row["send_to"], row["cost"]) for row in sent(ourvoice)] == [("2290167153974", 15)]


@pytest.mark.parametrize(("fault", "value", "state", "codes", "words"), FAULTS)
def test_after_each_fault_it_says_what_is_known_is_never_sent_again_and_tells_no_code(
    send, long_codes, settings, caplog, fault, value, state, codes, words
):
    ourvoice = long_codes
    settings.OURVOICE_READ_TIMEOUT = 0.8
    code = send()
    ourvoice.fault("ourvoice", "send-code", fault, value=value)
    for _time in range(2):
        drain_inline()
        sweep()
        let_pass(days=1)
    again(code)
    assert (code.state, len(sent(ourvoice))) == (state, codes)
    assert code.message
    assert words in code.message
    assert len(ourvoice.calls(operation="send-code")) == 1
    kept = everything_kept() + caplog.text
    assert not [row["code"] for row in sent(ourvoice) if row["code"] in kept]


def test_a_refusal_that_tells_the_code_is_shown_without_it(send, long_codes, sam):
    code = send()
    long_codes.fault("ourvoice", "send-code", "code-in-refusal")
    drain_inline()
    page = signed_in(sam).get(code.get_absolute_url()).content.decode()
    assert "The gateway did not take •••." in again(code).message
    assert "code: •••" in page
    assert sent(long_codes)[0]["code"] not in everything_kept() + page


def test_the_key_that_is_refused_stops_the_provider_and_says_what_to_do(send, ourvoice):
    code = send()
    ourvoice.fault("ourvoice", "send-code", "unauthorized")
    drain_inline()
    assert again(code).state == State.WAITING
    assert "OURVOICE_API_KEY" in Lane.objects.get(pk="ourvoice").halted_reason


def test_no_digits_are_kept_of_a_call_that_sends_a_code(send, ourvoice):
    send()
    ourvoice.fault("ourvoice", "send-code", "code-repeated")
    drain_inline()
    call = Exchange.objects.get(url__endswith="/otp/send")
    assert '"cost": 15, "status": "sent", "channel": "sms", "send_to": "•••", "code": "•••"' in call.response_body
    assert '"body": "Votre code est •••."' in call.response_body
    assert "2290167153974" not in call.request_body


@pytest.mark.parametrize("part", ['"code":"{}"', '"data":{{"code":"{}"', "Votre code est {}", '{{"x":["{}'])
def test_the_code_is_masked_however_broken_the_answer_is(part):
    assert "49381" not in NO_CODES.body(part.format("49381").encode())


def test_a_worker_that_dies_leaves_it_uncertain(send, ourvoice):
    code = send()
    (work,) = claim("ourvoice", "a drain").work
    outcome = perform(work)
    let_pass(minutes=30)
    sweep()
    drain_inline()
    assert again(code).state == State.UNCERTAIN
    assert len(sent(ourvoice)) == 1
    write([(work, outcome)])
    assert (again(code).state, code.cost) == (State.DONE, 15)


def test_what_was_not_sent_within_ten_minutes_is_not_sent_any_more(send, ourvoice):
    code = send()
    let_pass(minutes=11)
    drain_inline()
    assert again(code).state == State.EXPIRED
    assert sent(ourvoice) == []


def test_one_confirmation_sends_one_code(send, ourvoice):
    confirmation = uuid4()
    assert send(confirmation=confirmation) == send(confirmation=confirmation)
    drain_inline()
    assert len(sent(ourvoice)) == 1


def hold_back(golden, settings):
    settings.ALLOWED_NUMBER_PREFIXES = ["+33"]


def ask_not_to_be_called(golden, settings):
    do_not_call.add(PHONE, source=do_not_call.Source.TYPED)


def fall_asleep(golden, settings):
    there = timezone.now().astimezone(calling_hours.zones_of(PHONE)[0])
    settings.QUIET_HOURS = f"{there - timedelta(hours=1):%H:%M}-{there + timedelta(hours=1):%H:%M}"


def mark_as_gone(golden, settings):
    OtpApp._base_manager.filter(pk=golden.pk).update(sync_state=RecordState.GONE)


def delete(golden, settings):
    OtpApp._base_manager.filter(pk=golden.pk).delete()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (hold_back, "only numbers that begin with +33"),
        (ask_not_to_be_called, "on the do-not-call list"),
        (fall_asleep, "in the quiet hours"),
        (mark_as_gone, "gone at Ourvoice"),
        (delete, "was deleted"),
    ],
)
def test_right_before_it_would_go_out_everything_is_looked_at_once_more(
    send, ourvoice, golden, settings, change, words
):
    code = send()
    change(golden, settings)
    drain_inline()
    assert again(code).state == State.HELD
    assert words in code.message
    assert sent(ourvoice) == []


def test_what_was_held_back_goes_out_once_it_is_put_right_and_released(send, ourvoice, golden, settings, sam):
    settings.ALLOWED_NUMBER_PREFIXES = ["+229"]
    code = send()
    settings.ALLOWED_NUMBER_PREFIXES = ["+33"]
    drain_inline()
    client = signed_in(sam)
    page = client.get(code.get_absolute_url()).content.decode()
    assert "only numbers that begin with +33" in page
    act = f"/admin/otp/testcode/{code.pk}/act/"
    client.post(act, {"action": "release"})
    drain_inline()
    assert again(code).state == State.HELD
    settings.ALLOWED_NUMBER_PREFIXES = ["+229"]
    client.post(act, {"action": "release"})
    assert again(code).state == State.WAITING
    drain_inline()
    assert again(code).state == State.DONE
    with pytest.raises(sync_services.TooLateError):
        sync_services.release(queue.jobs_of(code).latest("pk"), user=sam)


def test_what_cannot_be_sent_is_refused_before_anything_is_queued(send, golden, settings):
    settings.ALLOWED_NUMBER_PREFIXES = ["+33"]
    with pytest.raises(services.NotSendableError, match="ALLOWED_NUMBER_PREFIXES"):
        send()
    settings.ALLOWED_NUMBER_PREFIXES = []
    settings.VOICEHUB_DEMO = False
    with pytest.raises(services.NotSendableError, match="No number may be called or texted yet"):
        send()
    settings.VOICEHUB_DEMO = True
    Connection.objects.update(disconnected_at=golden.synced_at)
    with pytest.raises(services.NotSendableError, match="not connected any more"):
        send(app=OtpApp.objects.get(pk=golden.pk))
    assert not models.TestCode.objects.exists()


@pytest.mark.parametrize("setting", ["TEST_CODE_DAILY_NUMBER", "TEST_CODE_DAILY_NUMBER_PER_PERSON"])
def test_only_so_many_go_out_a_day(send, ourvoice, settings, setting):
    setattr(settings, setting, 2)
    ourvoice.fault("ourvoice", "send-code", "refuse")
    send()
    drain_inline()
    send()
    send()
    with pytest.raises(LimitReachedError, match=f"0 of 2 is left.*{setting}"):
        send()
    assert models.TestCode.objects.count() == 3


def test_the_limit_of_one_person_is_not_anothers(send, settings):
    settings.TEST_CODE_DAILY_NUMBER_PER_PERSON = 1
    send()
    assert send(user=make_person("pat", STAFF)).state == State.WAITING


def test_an_app_that_was_tried_can_be_deleted_and_leaves_its_codes(send, ourvoice, golden):
    code = send()
    drain_inline()
    golden.delete()
    drain_inline()
    assert not OtpApp.objects.filter(pk=golden.pk).exists()
    assert (again(code).app, code.app_name) == (None, APPS[0]["name"])
