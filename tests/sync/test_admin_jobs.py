"""The queue as people see it."""

import pytest
from django.urls import reverse

from tests.gadgets.models import Gadget
from tests.sync.test_admin_site import as_person, make_person, text_of
from voicehub.sync import queue
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Exchange, JobState, SyncJob

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gadget_pages")]

LIST = "admin:sync_syncjob_changelist"


@pytest.fixture
def staff(django_user_model):
    return as_person(django_user_model, "staff", "sync.view_syncjob", "sync.change_syncjob", "sync.view_exchange")


def page_of(client, job):
    return text_of(client.get(reverse("admin:sync_syncjob_change", args=[job.pk])))


def press(client, job, action, **data):
    url = reverse("admin:sync_syncjob_act", args=[job.pk])
    return text_of(client.post(url, {"action": action, **data}, follow=True))


def test_a_job_is_cancelled_from_its_page(staff, make_ping, provider):
    _ping, job = make_ping()
    assert "Cancelled. Nothing was sent." in press(staff, job, "cancel")
    drain_inline()
    assert provider.sent == []


def test_a_job_that_was_refused_is_tried_again(staff, make_gadget, provider):
    gadget = make_gadget()
    provider.fail("422")
    drain_inline()
    job = queue.jobs_of(gadget).get()
    assert "It is on its way." in press(staff, job, "retry")
    drain_inline()
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_a_job_that_goes_out_once_is_never_tried_again(staff, make_ping, provider):
    _ping, job = make_ping()
    provider.fail("422")
    drain_inline()
    press(staff, job, "retry")
    drain_inline()
    assert len(provider.sent) == 1


@pytest.fixture
def held_job(make_ping):
    _ping, job = make_ping()
    SyncJob.objects.filter(pk=job.pk).update(state=JobState.HELD, hold_reason="The line before is uncertain.")
    job.refresh_from_db()
    return job


def test_a_question_that_a_read_asks_is_not_answered_by_a_release(staff, connection):
    job = queue.pull(Gadget, connection)
    SyncJob.objects.filter(pk=job.pk).update(state=JobState.HELD, hold_reason="Are they really gone?")
    press(staff, job, "release", reason="because")
    job.refresh_from_db()
    assert job.state == JobState.HELD
    press(staff, job, "cancel")
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_the_page_of_a_job_shows_its_own_calls_and_leads_to_its_record(staff, make_gadget):
    gadget, other = make_gadget("Lamp"), make_gadget("Fan")
    drain_inline()
    page = page_of(staff, queue.jobs_of(gadget).get())
    assert page.count("Send to the provider") == 1
    assert "&quot;Lamp&quot;" in page
    assert "&quot;Fan&quot;" not in page
    assert reverse("admin:gadgets_gadget_change", args=[gadget.pk]) in page
    assert reverse("admin:gadgets_gadget_change", args=[other.pk]) not in page


def test_the_list_is_filtered_by_provider_state_and_kind(staff, make_gadget, make_ping):
    make_gadget()
    _ping, job = make_ping()
    queries = ({"provider": "pings"}, {"operation__exact": "send"}, {"state__exact": "waiting", "provider": "pings"})
    for query in queries:
        assert staff.get(reverse(LIST), query).context["cl"].result_list == [job]
    assert staff.get(reverse(LIST), {"state__exact": "done"}).context["cl"].result_list == []


def test_those_who_only_look_get_no_buttons(django_user_model, held_job):
    reader = as_person(django_user_model, "reader", "sync.view_syncjob")
    assert 'name="action"' not in page_of(reader, held_job)


def test_a_name_that_somebody_chose_is_text(staff, make_ping, django_user_model):
    joker = make_person(django_user_model, "joker")
    joker.first_name = "<b>Joker</b>"
    joker.save()
    _ping, job = make_ping(user=joker)
    assert "<b>Joker" not in page_of(staff, job)


def test_the_page_of_a_call_shows_what_was_said_readably_and_as_text(staff, make_ping):
    _ping, job = make_ping()
    call = Exchange.objects.create(
        job=job,
        provider="pings",
        method="POST",
        url="http://127.0.0.1/pings",
        request_headers={"Authorization": "•••"},
        request_body='{"name": "<i>ping</i>"}',
        status=500,
        response_body="not json <i>",
        started_at=job.created_at,
        duration_ms=12,
    )
    page = text_of(staff.get(reverse("admin:sync_exchange_change", args=[call.pk])))
    assert "Authorization: •••\n\n{\n  &quot;name&quot;: &quot;&lt;i&gt;ping&lt;/i&gt;&quot;\n}" in page
    assert "not json &lt;i&gt;" in page
    assert "Answered 500 (Internal Server Error)." in page
    assert reverse("admin:sync_syncjob_change", args=[job.pk]) in page
