"""The pages about test codes: from the app's button to what became of the code."""

import re
from html import unescape

import pytest
from django.urls import reverse

from otp import models
from otp.models import OtpApp
from tests.ageing import let_pass
from tests.contributors.factories import make_person, signed_in
from tests.otp.factories import make_app, make_test_code
from voicehub.common.roles import APPROVERS, STAFF
from voicehub.sync import lanes
from voicehub.sync.engine import drain_inline

pytestmark = pytest.mark.django_db

State = models.TestCode.State
TYPED = "+229 01 67 15 39 74"
LIST = "/admin/otp/testcode/"


@pytest.fixture
def sam(db):
    return make_person("sam", STAFF)


@pytest.fixture
def client(sam):
    return signed_in(sam)


def at(page, pk):
    return reverse(f"admin:otp_testcode_{page}", args=[pk])


def text_of(response):
    return " ".join(unescape(response.content.decode()).split())


def hidden(page):
    return dict(re.findall(r'<input type="hidden" name="(number|confirmation)" value="([^"]*)">', text_of(page))[:2])


def confirmed(client, app, number=TYPED):
    """What the button of the confirmation page would post."""
    return hidden(client.post(at("new", app.pk), {"number": number}))


def only_code():
    return models.TestCode.objects.get()


def test_from_the_button_to_what_became_of_it(client, golden, ourvoice):
    assert at("new", golden.pk) in text_of(client.get(golden.get_absolute_url()))
    page = client.post(at("new", golden.pk), {"number": "00229 0167153974"})
    for words in (TYPED, "(Benin)", "GOLDEN", "it costs money", "1,234 XOF, read just now", "within 10 minutes"):
        assert words in text_of(page)
    assert not models.TestCode.objects.exists()
    answer = client.post(at("send", golden.pk), hidden(page))
    assert answer["Location"] == only_code().get_absolute_url()
    drain_inline()
    page = text_of(client.get(answer["Location"]))
    assert "Ourvoice took it, and says: sent." in page
    assert "15 XOF" in page
    assert TYPED in text_of(client.get(LIST, {"q": "+22901"}))


def test_a_second_press_and_a_second_window_send_nothing_more(client, golden, ourvoice):
    posted = confirmed(client, golden)
    first = client.post(at("send", golden.pk), posted)
    drain_inline()
    second = client.post(at("send", golden.pk), posted)
    drain_inline()
    assert second["Location"] == first["Location"]
    assert len(ourvoice.records("ourvoice")["codes"]) == 1


@pytest.mark.parametrize(
    ("typed", "words"), [("", "required"), ("0167153974", "The country is missing"), ("+229229", "too short")]
)
def test_what_is_no_number_is_told_at_the_field_and_kept(client, golden, typed, words):
    page = client.post(at("new", golden.pk), {"number": typed})
    assert words in text_of(page)
    assert f'value="{typed}"' in text_of(page) or not typed
    assert "confirmation" not in hidden(page)


def test_the_number_can_be_changed_and_is_there_again(client, golden):
    page = text_of(client.post(at("new", golden.pk), {"number": TYPED, "change": "1"}))
    assert f'value="{TYPED}"' in page
    assert "Nothing is sent yet" in page


@pytest.mark.parametrize(
    "change", [{"number": "12"}, {"confirmation": "rubbish"}, {"confirmation": ""}, {"number": "x" * 5000}]
)
def test_rubbish_sends_nothing(client, golden, change):
    assert client.post(at("send", golden.pk), confirmed(client, golden) | change).status_code == 200
    assert not models.TestCode.objects.exists()


def test_what_may_not_be_reached_or_is_too_much_is_told_and_cannot_be_confirmed(client, golden, settings):
    posted = confirmed(client, golden)
    settings.TEST_CODE_DAILY_NUMBER_PER_PERSON = 1
    client.post(at("send", golden.pk), confirmed(client, golden))
    for page in (client.post(at("new", golden.pk), {"number": TYPED}), client.post(at("send", golden.pk), posted)):
        assert "TEST_CODE_DAILY_NUMBER_PER_PERSON" in text_of(page)
        assert at("send", golden.pk) not in text_of(page)
    settings.ALLOWED_NUMBER_PREFIXES = ["+33"]
    assert "only numbers that begin with +33" in text_of(client.post(at("new", golden.pk), {"number": TYPED}))
    assert models.TestCode.objects.count() == 1


def test_an_app_that_ourvoice_does_not_have_yet_cannot_be_tried(client, ourvoice):
    app = make_app()
    assert at("new", app.pk) not in text_of(client.get(app.get_absolute_url()))
    assert "does not have this app yet" in text_of(client.get(at("new", app.pk), follow=True))


def test_changes_that_ourvoice_has_not_taken_are_told(client, golden):
    OtpApp._base_manager.filter(pk=golden.pk).update(sync_state="waiting")
    page = client.post(at("new", golden.pk), {"number": TYPED})
    assert "has not taken the last changes" in text_of(page)


def test_a_stopped_provider_is_told_before_anything_is_confirmed(client, golden, sam):
    lanes.stop("ourvoice", user=sam, reason="No credit.")
    page = client.post(at("new", golden.pk), {"number": TYPED})
    assert "has to wait. Stopped by sam, because: No credit." in text_of(page)


def test_the_page_follows_while_something_moves_and_is_loaded_anew_at_the_end(client, golden, sam):
    code = make_test_code(golden, sam)
    assert "data-moving" in text_of(client.get(code.get_absolute_url()))
    before = text_of(client.get(at("follow", code.pk)))
    drain_inline()
    after = text_of(client.get(at("follow", code.pk)))
    assert "data-moving" in before
    assert "data-reload" in after
    assert "<html" not in before + after
    assert "data-reload" not in text_of(client.get(code.get_absolute_url()))


def test_what_waits_can_be_cancelled_and_is_never_sent(client, golden, sam, ourvoice):
    code = make_test_code(golden, sam)
    client.post(at("act", code.pk), {"action": "cancel"})
    drain_inline()
    assert only_code().state == State.CANCELLED
    assert ourvoice.records("ourvoice")["codes"] == []


@pytest.fixture
def uncertain(golden, sam, ourvoice):
    code = make_test_code(golden, make_person("pat", STAFF))
    ourvoice.fault("ourvoice", "send-code", "cut-after")
    drain_inline()
    return code


def test_an_uncertain_code_stands_in_the_inbox_and_is_settled_by_somebody_who_looked(client, uncertain, ourvoice):
    assert f"{LIST}?state__exact=uncertain" in text_of(client.get("/admin/"))
    assert at("settle", uncertain.pk) in text_of(client.get(uncertain.get_absolute_url()))
    assert f"Test code of GOLDEN to {TYPED}" in text_of(client.get(at("settle", uncertain.pk)))
    client.post(at("settle", uncertain.pk), {"finding": "there", "looked_at": "the phone", "note": ""})
    assert only_code().state == State.DONE
    assert only_code().sent_at is not None
    page = text_of(client.get(uncertain.get_absolute_url()))
    assert "sam found it at the provider." in page
    assert "Correct what was settled" in page
    assert "uncertain" not in text_of(client.get("/admin/")).lower()


def test_that_it_is_not_there_is_believed_after_a_while_only(client, uncertain):
    found = {"finding": "not_there", "looked_at": "the phone", "note": ""}
    assert "It can still arrive" in text_of(client.post(at("settle", uncertain.pk), found))
    let_pass(minutes=16)
    client.post(at("settle", uncertain.pk), found)
    assert only_code().state == State.REFUSED


def test_one_that_is_uncertain_is_not_offered_again_and_one_that_ended_is(client, uncertain, golden, sam):
    again = at("new", golden.pk) + f"?again={uncertain.pk}"
    assert again not in text_of(client.get(uncertain.get_absolute_url()))
    client.post(at("settle", uncertain.pk), {"finding": "there", "looked_at": "the phone", "note": ""})
    assert again in text_of(client.get(uncertain.get_absolute_url()))
    assert f'value="{TYPED}"' in text_of(client.get(again))
    for rubbish in ("0", "x", "9" * 30, "²"):
        assert client.get(at("new", golden.pk), {"again": rubbish}).status_code == 200


def test_whoever_may_not_send_sees_neither_button_nor_numbers(golden, sam):
    code = make_test_code(golden, sam)
    reader = signed_in(make_person("ann", APPROVERS))
    assert at("new", golden.pk) not in text_of(reader.get(golden.get_absolute_url()))
    for page in (LIST, code.get_absolute_url(), at("follow", code.pk), at("new", golden.pk)):
        assert reader.get(page).status_code == 403
