"""The page of a record: its state in words, the buttons for it, and all that happened."""

import re
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.gadgets.models import Gadget, Ping
from tests.sync.test_admin_site import as_person, make_person, text_of
from voicehub.sync import lanes, queue, services, timeline
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Connection, Exchange, JobState, OAuthToken, RecordState, SyncJob
from voicehub.sync.models.job import UNFINISHED

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gadget_pages")]


def address(record, page="change"):
    return reverse(f"admin:gadgets_{record._meta.model_name}_{page}", args=[record.pk])


def press(client, record, action, **data):
    """Press a button of the record's panel; returns the page that follows."""
    return text_of(client.post(address(record, "act"), {"action": action, **data}, follow=True))


def offers(page, action):
    return f'name="action" value="{action}"' in page


def test_sync_now_sends_a_record_that_is_in_step_once_more(admin_client, admin_user, make_gadget, provider):
    gadget = make_gadget()
    drain_inline()
    page = press(admin_client, gadget, "sync_now")
    assert "It is on its way to the provider." in page
    assert queue.jobs_of(gadget).order_by("-id").first().requested_by == admin_user
    drain_inline()
    gadget.refresh_from_db()
    assert gadget.sync_state == RecordState.IN_STEP
    assert [call[0] for call in provider.sent] == ["POST", "PUT"]


def test_sync_now_takes_up_the_job_that_failed(admin_client, make_gadget, provider):
    gadget = make_gadget()
    provider.fail("422")
    drain_inline()
    press(admin_client, gadget, "sync_now")
    drain_inline()
    gadget.refresh_from_db()
    assert gadget.sync_state == RecordState.IN_STEP
    assert queue.jobs_of(gadget).count() == 1


@pytest.mark.parametrize("state", [RecordState.UNCERTAIN, RecordState.DELETING])
def test_a_record_that_may_stand_there_already_or_is_leaving_is_not_sent_by_a_button(
    admin_client, make_gadget, state
):
    gadget = make_gadget()
    drain_inline()
    Gadget._base_manager.filter(pk=gadget.pk).update(sync_state=state)
    assert not offers(text_of(admin_client.get(address(gadget))), "sync_now")
    assert "not possible any more" in press(admin_client, gadget, "sync_now")
    assert not queue.jobs_of(gadget).filter(state__in=UNFINISHED).exists()


def test_saving_on_the_page_queues_what_the_provider_must_learn_and_names_who_asked(
    admin_client, admin_user, make_gadget
):
    gadget = make_gadget()
    drain_inline()
    admin_client.post(address(gadget), {"name": "Lamp", "colour": "blue", "note": ""})
    job = queue.jobs_of(gadget).get(state=JobState.WAITING)
    assert job.requested_by == admin_user


@pytest.mark.parametrize(
    ("button", "goes_to"),
    [("_save", "admin:gadgets_gadget_changelist"), ("_addanother", "admin:gadgets_gadget_add"), ("_continue", "")],
)
def test_what_was_saved_is_not_called_done_before_the_provider_has_it(admin_client, make_gadget, button, goes_to):
    gadget = make_gadget()
    drain_inline()
    posted = {"name": "Lamp", "colour": "blue", "note": "", button: "1"}
    answer = admin_client.post(address(gadget), posted, follow=True)
    assert "“Lamp” is saved here, and on its way to" in text_of(answer)
    assert "successfully" not in text_of(answer)
    assert answer.redirect_chain[-1][0] == (reverse(goes_to) if goes_to else address(gadget))
    drain_inline()
    admin_client.post(address(gadget), posted)
    assert "“Lamp” is saved here.<" in " ".join(text_of(admin_client.get(address(gadget))).split()).replace(" <", "<")


def test_sending_again_is_the_main_button_only_where_something_is_wrong(admin_client, make_gadget, provider):
    gadget = make_gadget()
    button = re.compile(r'class="vh-button vh-(\w+)" type="submit" name="action" value="sync_now"')
    drain_inline()
    assert button.search(text_of(admin_client.get(address(gadget))))[1] == "default"
    provider.fail("422")
    gadget.name = "Fan"
    gadget.save()
    drain_inline()
    assert button.search(text_of(admin_client.get(address(gadget))))[1] == "primary"


def test_the_keyboard_can_skip_what_stands_before_the_content(admin_client, connection):
    page = text_of(admin_client.get(reverse("admin:gadgets_gadget_changelist")))
    assert page.index('href="#content"') < page.index("nav-sidebar")
    assert 'id="content"' in page


def test_deleting_on_the_page_waits_for_the_provider_and_says_so(admin_client, make_gadget, provider):
    gadget = make_gadget()
    drain_inline()
    page = text_of(admin_client.post(address(gadget, "delete"), {"post": "yes"}, follow=True))
    assert "is being removed at the provider" in page
    assert "was deleted" not in page
    assert Gadget.objects.get(pk=gadget.pk).sync_state == RecordState.DELETING
    drain_inline()
    assert not Gadget.objects.filter(pk=gadget.pk).exists()
    assert provider.gadgets == {}


def test_deleting_what_the_provider_never_heard_of_is_done_at_once(admin_client, make_gadget):
    gadget = make_gadget()
    page = text_of(admin_client.post(address(gadget, "delete"), {"post": "yes"}, follow=True))
    assert "Lamp was deleted." in page
    assert not Gadget.objects.filter(pk=gadget.pk).exists()


def test_deleting_several_goes_through_the_queue_one_by_one(admin_client, admin_user, make_gadget, provider):
    chosen = [make_gadget("Lamp"), make_gadget("Fan")]
    kept = make_gadget("Desk")
    drain_inline()
    data = {"action": "delete_selected", "_selected_action": [gadget.pk for gadget in chosen]}
    url = reverse("admin:gadgets_gadget_changelist")
    assert "Are you sure" in text_of(admin_client.post(url, data))
    assert not queue.jobs_of(chosen[0]).filter(state__in=UNFINISHED).exists()
    page = text_of(admin_client.post(url, data | {"post": "yes"}, follow=True))
    assert "2 are being removed." in page
    assert {job.requested_by for job in SyncJob.objects.filter(operation="remove")} == {admin_user}
    drain_inline()
    assert list(Gadget.objects.all()) == [kept]
    assert [gadget["name"] for gadget in provider.gadgets.values()] == ["Desk"]


def test_cancelling_in_time_sends_nothing(admin_client, make_ping, provider):
    ping, job = make_ping()
    assert "Cancelled. Nothing was sent." in press(admin_client, ping, "cancel")
    drain_inline()
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert provider.sent == []


def test_cancelling_too_late_says_what_happened_instead(admin_client, make_ping):
    ping, job = make_ping()
    page = text_of(admin_client.get(address(ping)))
    assert offers(page, "cancel")
    drain_inline()
    assert "not possible any more" in press(admin_client, ping, "cancel")
    job.refresh_from_db()
    assert job.state == JobState.DONE


@pytest.mark.parametrize("state", ["refused", "failed", "uncertain", "expired", "cancelled", "done", "sending"])
def test_what_goes_out_once_is_never_offered_again(admin_client, make_ping, state):
    ping, job = make_ping()
    SyncJob.objects.filter(pk=job.pk).update(state=state)
    Ping.objects.filter(pk=ping.pk).update(state=state)
    page = text_of(admin_client.get(address(ping)))
    assert not any(offers(page, action) for action in ("sync_now", "retry", "cancel", "release"))
    for action in ("sync_now", "retry", "release"):
        press(admin_client, ping, action, reason="because")
    job.refresh_from_db()
    assert job.state == state


def test_those_who_only_look_see_the_state_and_no_button(django_user_model, make_gadget):
    gadget = make_gadget()
    reader = as_person(django_user_model, "reader", "gadgets.view_gadget")
    page = text_of(reader.get(address(gadget)))
    assert "It stands in the queue" in page
    assert not offers(page, "sync_now")


def test_a_record_behind_a_stopped_provider_is_shown_as_paused_with_the_reason(admin_client, make_gadget):
    gadget = make_gadget()
    lanes.stop("gadgets", user=None, reason="an outage")
    page = text_of(admin_client.get(address(gadget)))
    assert ">Paused<" in page.replace("\n", "")
    assert "because: an outage." in page
    assert "Paused" in text_of(admin_client.get(reverse("admin:gadgets_gadget_changelist")))


def test_a_record_that_does_not_wait_is_not_called_paused(admin_client, make_gadget):
    make_gadget()
    drain_inline()
    lanes.stop("gadgets", user=None, reason="an outage")
    assert "Paused" not in text_of(admin_client.get(reverse("admin:gadgets_gadget_changelist")))


def test_what_the_provider_said_about_a_field_stands_on_the_page(admin_client, make_gadget, provider):
    gadget = make_gadget()
    provider.fail("422")
    drain_inline()
    said = queue.jobs_of(gadget).get().field_messages
    page = text_of(admin_client.get(address(gadget)))
    assert said
    assert all(text in page for texts in said.values() for text in texts)


def test_a_late_answer_against_a_finding_is_shown(admin_client, make_ping):
    ping, job = make_ping()
    SyncJob.objects.filter(pk=job.pk).update(state=JobState.REFUSED, has_conflict=True)
    assert "contradicts what a person found" in text_of(admin_client.get(address(ping)))


def test_the_timeline_tells_jobs_calls_and_findings_newest_first(make_ping, django_user_model):
    anna = make_person(django_user_model, "anna")
    ping, job = make_ping(user=make_person(django_user_model, "bob"))
    drain_inline()
    SyncJob.objects.filter(pk=job.pk).update(state=JobState.UNCERTAIN)
    services.settle(job, finding="there", looked_at="the list", note="Third from top.", user=anna)
    entries = timeline.timeline(ping)
    assert [entry.title for entry in entries] == ["It is there", "Send once", "Send to the provider"]
    assert entries[0].who == "anna"
    assert "Third from top." in entries[0].text
    assert entries[1].who == "Asked for by bob"
    assert "Answered 201 (Created)." in entries[2].text
    assert entries[2].state == "answered"
    assert '{"name": "ping"}' in entries[2].details[0].text


def test_calls_are_shown_to_those_who_may_see_calls(django_user_model, make_ping):
    ping, _job = make_ping()
    drain_inline()
    looks = as_person(django_user_model, "reader", "gadgets.view_ping")
    sees = as_person(django_user_model, "auditor", "gadgets.view_ping", "sync.view_exchange")
    assert "Send to the provider" not in text_of(looks.get(address(ping)))
    page = text_of(sees.get(address(ping)))
    assert "Send to the provider" in page
    assert "Show what was said" in page


def test_a_long_timeline_shows_the_newest_and_all_on_request(admin_client, make_ping):
    ping, job = make_ping()
    Exchange.objects.bulk_create(
        Exchange(
            job=job, provider="pings", method="GET", url=f"/n{number}/", started_at=timezone.now(), duration_ms=1
        )
        for number in range(timeline.NEWEST + 5)
    )
    page = text_of(admin_client.get(address(ping)))
    assert page.count("Look at the provider") == timeline.NEWEST
    assert "/n0/" not in page
    assert "Show all" in page
    assert text_of(admin_client.get(address(ping), {"all": 1})).count("Look at the provider") == timeline.NEWEST + 5


def test_what_a_provider_answers_is_text_on_the_page_and_never_markup(admin_client, make_ping):
    ping, job = make_ping()
    Exchange.objects.create(
        job=job,
        provider="pings",
        method="GET",
        url="/",
        started_at=timezone.now(),
        duration_ms=1,
        response_body="<script>alert(1)</script>",
    )
    assert "<script>alert(1)" not in text_of(admin_client.get(address(ping)))


def test_a_secret_that_changed_is_named_and_never_shown():
    """No model keeps secrets in its history today; whoever adds one must not have to think of this page."""
    change = SimpleNamespace(field="access_token", old="MARKER-old", new="MARKER-new")
    version = SimpleNamespace(
        instance_type=OAuthToken, diff_against=lambda before, **kwargs: SimpleNamespace(changes=[change])
    )
    shown = list(timeline._differences(version, version))
    assert [entry.label for entry in shown] == ["access token"]
    assert "MARKER" not in repr(shown)


def test_the_history_of_a_record_tells_old_and_new_and_who(django_user_model):
    from contributors.models import Contributor, PaymentOrder, Transaction

    person = make_person(django_user_model, "anna")
    account = Connection.objects.create(provider="outvoice", base_url="http://127.0.0.1", account="a")
    steve = Contributor.objects.create(connection=account, remote_id="1", name="Steve Rogers")
    common = {"connection": account, "url": "https://example.org/a", "title": "A", "currency": "USD"}
    order = PaymentOrder.objects.create(requested_by=person, **common)
    payment = Transaction(
        order=order, contributor=steve, contributor_name="Steve", amount="20.15", requested_by=person, **common
    )
    payment.save()
    payment._history_user = person
    payment.title, payment.state = "B", Transaction.State.CANCELLED
    payment.save()
    payment.save()
    changed, made = timeline.timeline(payment)
    assert (made.title, changed.title, changed.who) == ("Made", "Changed", "anna")
    assert {(change.label, change.old, change.new) for change in changed.changes} == {
        ("article title", "A", "B"),
        ("state", "Draft", "Cancelled"),
    }
