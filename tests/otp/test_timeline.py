"""The timeline of an OTP app: kinds, the way back through the form, and reads that are asked again."""

import pytest
from django.urls import reverse

from otp.models import OtpApp
from tests.common.factories import make_person
from tests.contributors.factories import signed_in
from tests.test_timelines import first_version, form_in, go_back, page_of, told, words
from voicehub.common.roles import APPROVERS, STAFF
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Exchange, SyncJob
from voicehub.sync.timeline import Kind, Wanted, timeline


@pytest.fixture
def browser(ourvoice):
    return signed_in(make_person("sam", STAFF))


def test_going_back_reaches_the_provider_like_any_change(browser, golden):
    golden.code_size += 1
    golden.save()
    drain_inline()
    go_back(browser, golden, why="Too long for our phones")
    drain_inline()
    golden.refresh_from_db()
    assert golden.sync_state == "in_step"
    assert golden.seen_values["code_size"] == golden.code_size
    assert timeline(golden, Wanted(kinds=frozenset({Kind.CHANGE})))[0].text == "Too long for our phones"


def test_going_back_is_stopped_by_what_was_saved_meanwhile_and_by_the_checks_of_the_form(browser, golden):
    golden.code_size = 7
    golden.save()
    page = browser.get(page_of(golden, "back_to", first_version(golden)))
    action, sent = form_in(page)
    golden.code_size = 8
    golden.save()
    assert browser.post(action, sent).status_code == 200
    assert OtpApp.objects.get(pk=golden.pk).code_size == 8
    go_back(browser, golden, code_size=["99"])
    assert OtpApp.objects.get(pk=golden.pk).code_size == 8


def test_one_kind_of_entries_is_shown_where_the_address_names_it(browser, golden):
    golden.code_size += 1
    golden.save()
    drain_inline()
    for kind in (Kind.CHANGE, Kind.JOB, Kind.CALL):
        page = browser.get(page_of(golden), {"about": kind.value})
        assert {entry.kind for entry in told(page)} == {kind}
        assert f"?about={kind}" in page.context["panel"].live_url
    assert {entry.kind for entry in told(browser.get(page_of(golden)))} == {Kind.CHANGE, Kind.JOB, Kind.CALL}
    assert "curl -X PUT" in words(page)
    assert "$OURVOICE_TOKEN" in words(page)


def test_a_read_is_asked_again_and_shown_beside_the_first_answer(browser, golden, ourvoice):
    call = Exchange.objects.filter(method="GET").last()
    ourvoice.delete_app(golden.remote_id)
    again = reverse("admin:sync_exchange_again", args=[call.pk])
    page = browser.post(again, follow=True)
    newest = Exchange.objects.latest("pk")
    assert newest.repeats == call
    assert newest.url == call.url
    assert page.context["original"] == newest
    assert "Then and now" in words(page)
    assert SyncJob.objects.filter(model="otp.otpapp", operation="push").count() == 0
    assert signed_in(make_person("olivia", APPROVERS)).post(again).status_code == 403


def test_whatever_does_more_than_read_is_not_asked_again(browser, golden, ourvoice):
    golden.code_size += 1
    golden.save()
    drain_inline()
    put = Exchange.objects.get(method="PUT")
    assert "Ask the provider again" not in words(browser.get(page_of(put)))
    asked = len(ourvoice.calls("ourvoice"))
    page = browser.post(reverse("admin:sync_exchange_again", args=[put.pk]), follow=True)
    assert "does more than read" in words(page)
    get = Exchange.objects.filter(method="GET").last()
    Exchange.objects.filter(pk=get.pk).update(url=get.url.replace("127.0.0.1", "127.0.0.2"))
    browser.post(reverse("admin:sync_exchange_again", args=[get.pk]))
    assert len(ourvoice.calls("ourvoice")) == asked
    assert not Exchange.objects.exclude(repeats=None).exists()
