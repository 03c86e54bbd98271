"""The pages about OTP apps: saving, comparing, choosing field by field, and who comes too late."""

import html
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from otp import demo
from otp.models import OtpApp
from tests.contributors.factories import make_person, signed_in
from tests.otp.factories import VALUES, make_app
from voicehub.common.models import AuditEntry
from voicehub.common.roles import APPROVERS, STAFF
from voicehub.sync import resolving
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import JobState, RecordState, SyncJob
from voicehub.sync.resolving import Choice
from voicehub.sync.timeline import timeline

pytestmark = pytest.mark.django_db

LIST = "/admin/otp/otpapp/"


def address(app, page="change"):
    return reverse(f"admin:otp_otpapp_{page}", args=[app.pk])


def text_of(response):
    return " ".join(html.unescape(response.content.decode()).split())


def typed(client, app, **changes):
    """The form of an app as a browser would post it after opening it now."""
    form = client.get(address(app)).context["adminform"].form
    return {name: form[name].value() for name in (*VALUES, "opened")} | changes


@pytest.fixture
def client(ourvoice):
    return signed_in(make_person("sam", STAFF))


def test_a_new_app_is_saved_and_reaches_ourvoice(client, ourvoice):
    response = client.post(f"{LIST}add/", VALUES)
    assert response.status_code == 302
    drain_inline()
    assert "Till" in [row["name"] for row in ourvoice.apps().values()]
    assert OtpApp.objects.get().changes.get().history_user.username == "sam"


def test_the_senders_that_ourvoice_lists_can_be_chosen_from(client, compare):
    assert '<select name="sender_id"' not in text_of(client.get(f"{LIST}add/"))
    compare()
    page = text_of(client.get(f"{LIST}add/"))
    assert '<select name="sender_id"' in page
    assert f'<option value="{VALUES["sender_id"]}" selected>GOLDEN</option>' in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "n" * 101}, "name"),
        ({"name": "GOLDEN"}, "name"),
        ({"sender_id": ""}, "sender_id"),
        ({"message_template": "m" * 481}, "message_template"),
        ({"code_size": "3"}, "code_size"),
        ({"code_size": "many"}, "code_size"),
    ],
)
def test_what_cannot_be_right_is_told_at_the_field(client, golden, changes, field):
    response = client.post(f"{LIST}add/", VALUES | changes)
    assert list(response.context["adminform"].form.errors) == [field]
    assert OtpApp.objects.count() == 2


def test_a_refusal_of_ourvoice_stands_at_its_field(client, ourvoice):
    app = make_app(sender_id="GOLDEN")
    drain_inline()
    page = text_of(client.get(address(app)))
    assert "Refused by the provider: The selected sender_id is invalid." in page


def test_a_template_without_a_place_for_the_code_is_saved_with_a_warning(client):
    response = client.post(f"{LIST}add/", VALUES | {"message_template": "Hello"}, follow=True)
    assert "may come without the code" in text_of(response)
    assert OtpApp.objects.get().message_template == "Hello"


def test_without_a_key_nothing_can_be_saved(client, settings):
    settings.OURVOICE_API_KEY = ""
    assert "OURVOICE_API_KEY" in text_of(client.post(f"{LIST}add/", VALUES))
    assert not OtpApp.objects.exists()


def test_a_new_name_is_taken_over_into_the_template_when_asked(client, compare):
    compare()
    app = OtpApp.objects.get(name="Eldon's App")
    changes = {"name": "Moe's App", "rename_in_template": "on"}
    client.post(address(app), typed(client, app, **changes))
    app.refresh_from_db()
    assert app.message_template == "Votre code Moe's App est :"
    client.post(address(app), typed(client, app, name="Lou's App"))
    app.refresh_from_db()
    assert app.message_template == "Votre code Moe's App est :"


def test_a_name_that_is_not_in_the_template_is_not_asked_about(client, golden):
    assert "rename_in_template" not in text_of(client.get(address(golden)))


def test_comparing_on_demand_imports(client, ourvoice):
    client.post(f"{LIST}compare/")
    drain_inline()
    page = text_of(client.get(LIST))
    assert "2 new, 0 changed at the provider, 0 gone." in page
    assert "GOLDEN" in page


def test_a_name_with_blanks_is_found_by_its_beginning(client, golden):
    make_app(name="GOLDEN Bank")
    assert "GOLDEN Bank" in text_of(client.get(LIST, {"q": "golden b"}))
    assert "GOLDEN Bank" not in text_of(client.get(LIST, {"q": "bank"}))


def test_an_app_that_is_gone_there_stands_on_the_first_page(client, golden):
    OtpApp._base_manager.filter(pk=golden.pk).update(sync_state=RecordState.GONE)
    page = client.get(reverse("admin:index"))
    (item,) = [item for item in page.context["items"] if item.title == "OTP apps that need somebody"]
    listed = text_of(client.get(item.url))
    assert item.count == 1
    assert "GOLDEN" in listed
    assert "Eldon" not in listed


def test_deleting_says_that_the_app_goes_at_ourvoice_too(client, golden):
    page = text_of(client.get(reverse("admin:otp_otpapp_delete", args=[golden.pk])))
    assert "The app is removed at Ourvoice as well." in page


def test_comparing_without_a_key_says_so(client, settings):
    settings.OURVOICE_API_KEY = ""
    assert "There is no key for Ourvoice" in text_of(client.post(f"{LIST}compare/", follow=True))


@pytest.mark.parametrize(("answer", "state"), [("leave", RecordState.IN_STEP), ("gone", RecordState.GONE)])
def test_a_list_that_leaves_out_too_much_is_asked_about(client, ourvoice, golden, compare, answer, state):
    for remote_id in ourvoice.apps():
        ourvoice.delete_app(remote_id)
    compare()
    assert "Are they really gone?" in text_of(client.get(LIST))
    client.post(f"{LIST}compare/", {"answer": answer})
    drain_inline()
    golden.refresh_from_db()
    assert golden.sync_state == state
    assert not SyncJob.objects.filter(state=JobState.HELD).exists()


@pytest.fixture
def different(ourvoice, golden, compare):
    """An app of which name and size were changed at Ourvoice."""
    ourvoice.change_app(golden.remote_id, name="THEIRS", code_size=7)
    compare()
    golden.refresh_from_db()
    return golden


def shown(client, app):
    page = client.get(address(app, "differences")).content.decode()
    return re.search(r'name="shown" value="(\w+)"', page)[1]


def choose(client, app, **choices):
    posted = {f"choice-{name}": choice for name, choice in choices.items()}
    return client.post(address(app, "differences"), {"shown": shown(client, app), **posted}, follow=True)


def test_what_was_changed_outside_is_listed_and_leads_to_the_comparison(client, different):
    assert "Changed at the provider (1)" in text_of(client.get(LIST))
    listed = client.get(LIST, {"sync_state__exact": "changed"}).context["cl"].result_list
    assert [app.pk for app in listed] == [different.pk]
    assert address(different, "differences") in text_of(client.get(address(different)))


def test_the_page_shows_what_was_agreed_what_is_here_and_what_is_there(client, different):
    page = text_of(client.get(address(different, "differences")))
    for side, value in [("Last agreed", "GOLDEN"), ("Here", "GOLDEN"), ("At the provider", "THEIRS")]:
        assert f"<dt>{side}</dt><dd>{value}</dd>" in page
    assert "message template" not in page.partition("<form")[2].lower().partition("</form>")[0]


def test_each_field_is_settled_as_chosen(client, ourvoice, different):
    choose(client, different, name=Choice.OURS, code_size=Choice.THEIRS)
    drain_inline()
    different.refresh_from_db()
    assert (different.name, different.code_size, different.sync_state) == ("GOLDEN", 7, RecordState.IN_STEP)
    row = ourvoice.apps()[different.remote_id]
    assert (row["name"], row["code_size"]) == ("GOLDEN", 7)
    assert AuditEntry.objects.get(action="record.resolved").actor.username == "sam"


def test_what_is_left_different_stays_so_until_it_changes_again(client, ourvoice, different, compare):
    choose(client, different, name=Choice.IGNORE, code_size=Choice.IGNORE)
    drain_inline()
    compare()
    different.refresh_from_db()
    assert different.sync_state == RecordState.APART
    assert ourvoice.calls("ourvoice", "change-app") == []
    ourvoice.change_app(different.remote_id, name="OTHER")
    compare()
    different.refresh_from_db()
    assert different.sync_state == RecordState.CHANGED


def test_a_field_that_was_left_different_is_asked_about_when_it_is_edited_here(client, ourvoice, different):
    choose(client, different, name=Choice.IGNORE, code_size=Choice.THEIRS)
    drain_inline()
    client.post(address(different), typed(client, different, name="NEW"))
    drain_inline()
    different.refresh_from_db()
    assert different.sync_state == RecordState.CHANGED
    assert ourvoice.apps()[different.remote_id]["name"] == "THEIRS"


@pytest.mark.parametrize(("choice", "name", "size"), [("theirs", "THEIRS", 7), ("ours", "GOLDEN", 5)])
def test_all_fields_can_be_settled_at_once(client, ourvoice, different, choice, name, size):
    client.post(address(different, "differences"), {"shown": shown(client, different), "all": choice})
    drain_inline()
    different.refresh_from_db()
    row = ourvoice.apps()[different.remote_id]
    assert (different.name, different.code_size) == (row["name"], row["code_size"]) == (name, size)
    assert different.sync_state == RecordState.IN_STEP


@pytest.mark.parametrize(("action", "name"), [("take_theirs", "THEIRS"), ("send_ours", "GOLDEN")])
def test_many_can_be_settled_from_the_list(client, ourvoice, different, action, name):
    client.post(LIST, {"action": action, "_selected_action": list(OtpApp.objects.values_list("pk", flat=True))})
    drain_inline()
    different.refresh_from_db()
    assert different.name == ourvoice.apps()[different.remote_id]["name"] == name


def test_a_choice_about_what_has_changed_since_is_not_carried_out(client, ourvoice, different, compare):
    posted = {"shown": shown(client, different), "all": "ours"}
    ourvoice.change_app(different.remote_id, name="NEWER")
    compare()
    response = client.post(address(different, "differences"), posted)
    assert "something has changed meanwhile" in text_of(response)
    drain_inline()
    assert ourvoice.apps()[different.remote_id]["name"] == "NEWER"


@pytest.mark.parametrize("posted", [{}, {"choice-name": "rubbish"}, {"choice-nothing": "ours"}, {"all": "x"}])
def test_rubbish_chooses_nothing(client, different, posted):
    response = client.post(address(different, "differences"), {"shown": shown(client, different), **posted})
    assert "choose for one field at least" in text_of(response)
    different.refresh_from_db()
    assert different.sync_state == RecordState.CHANGED


def test_a_save_from_a_page_opened_before_somebody_else_saved_is_stopped(client, golden):
    stale = typed(client, golden, name="LATE", message_template="Late [code]")
    client.post(address(golden), typed(client, golden, name="FIRST"))
    response = client.post(address(golden), stale)
    name = response.context["adminform"].form.meanwhile[0]
    assert (name.opened, name.now, name.typed, name.who) == ("GOLDEN", "FIRST", "LATE", "sam")
    golden.refresh_from_db()
    assert golden.name == "FIRST"
    form = response.context["adminform"].form
    assert form["message_template"].value() == "Late [code]"
    client.post(address(golden), stale | {"opened": form["opened"].value()})
    golden.refresh_from_db()
    assert golden.name == "LATE"


def test_a_stopped_save_names_what_others_changed_and_not_what_was_typed_here(client, golden):
    stale = typed(client, golden, code_size="7")
    client.post(address(golden), typed(client, golden, name="FIRST"))
    form = client.post(address(golden), stale).context["adminform"].form
    assert [(one.label, one.now, one.is_taken_over) for one in form.meanwhile] == [("Name", "FIRST", True)]
    assert (form["name"].value(), form["code_size"].value()) == ("FIRST", "7")


def test_a_deletion_is_in_the_audit_by_the_name_of_what_was_deleted(client, golden):
    client.post(address(golden, "delete"), {"post": "yes"})
    entry = AuditEntry.objects.get(action="record.deleted")
    assert (entry.object_label, entry.actor.username) == ("GOLDEN", "sam")


def test_a_name_that_differs_by_its_capitals_alone_is_taken(client, golden):
    response = client.post(f"{LIST}add/", VALUES | {"name": "Golden"})
    assert list(response.context["adminform"].form.errors) == ["name"]


def test_the_list_names_senders_and_says_what_to_do_when_it_is_empty(client, compare):
    assert "“Compare and import now” fetches what Ourvoice has." in text_of(client.get(LIST))
    compare()
    page = text_of(client.get(LIST))
    assert VALUES["sender_id"] not in page
    assert "Nothing here is like that" in text_of(client.get(f"{LIST}?q=nobody"))


def test_the_history_names_fields_of_the_record_alone(client, golden):
    client.post(address(golden), typed(client, golden, name="SILVER"))
    told = LogEntry.objects.get().get_change_message()
    assert told == "Changed Name."


def test_what_a_refusal_is_about_is_named_as_on_the_form(client, golden, ourvoice):
    ourvoice.fault("ourvoice", "change-app", "invalid-field")
    client.post(address(golden), typed(client, golden, code_size="7"))
    drain_inline()
    problems = client.get(address(golden)).context["panel"].problems
    assert problems
    assert not any(name in problem for problem in problems for name in ("code_size:", "message_template:", "name:"))


def test_each_call_is_told_by_what_it_was_for_and_how_it_was_answered(client, golden, ourvoice):
    client.post(address(golden), typed(client, golden, name="SILVER"))
    drain_inline()
    ourvoice.delete_app(golden.remote_id)
    golden.refresh_from_db()
    golden.delete()
    drain_inline()
    told = [(entry.title, entry.state) for entry in timeline(golden) if entry.icon == "swap_horiz"]
    assert told == [
        ("Delete at the provider", "turned_down"),
        ("Change at the provider", "answered"),
        ("Look at the provider", "answered"),
    ]


def test_a_form_with_a_mistake_says_so_once_and_the_state_is_told_of_what_is_saved(client, golden):
    page = text_of(client.post(address(golden), typed(client, golden, code_size="3")))
    assert page.count("Ensure this value is greater than") == 1
    assert "The provider has exactly what you see here" not in page.replace('title="The provider has', "")
    assert "What you typed below is not saved yet." in page


def test_what_was_saved_here_and_has_arrived_since_stops_no_further_save(client, golden):
    client.post(address(golden), typed(client, golden, name="SILVER"))
    once_more = typed(client, golden, name="BRONZE")
    drain_inline()
    assert client.post(address(golden), once_more).status_code == 302
    golden.refresh_from_db()
    assert golden.name == "BRONZE"


def test_the_same_change_by_two_people_is_no_contradiction(client, golden):
    second = typed(client, golden, name="SAME")
    client.post(address(golden), typed(client, golden, name="SAME"))
    assert client.post(address(golden), second).status_code == 302


def test_a_save_from_a_page_opened_before_it_changed_there_is_stopped(client, ourvoice, golden, compare):
    stale = typed(client, golden, name="OURS")
    ourvoice.change_app(golden.remote_id, name="THEIRS")
    compare()
    form = client.post(address(golden), stale).context["adminform"].form
    assert [(one.now, one.is_there) for one in form.meanwhile] == [("THEIRS", True)]
    golden.refresh_from_db()
    assert golden.name == "GOLDEN"


def test_what_is_gone_can_be_created_again_or_let_go(client, ourvoice, golden, compare):
    ourvoice.delete_app(golden.remote_id)
    compare()
    page = text_of(client.get(address(golden)))
    assert "Gone at the provider (1)" in text_of(client.get(LIST))
    assert "Let it go" in page
    assert "Create it again there…" in page
    assert "Yes: Create it again there" in page
    assert "No, leave it" in page
    client.post(address(golden, "act"), {"action": "create_anew"})
    drain_inline()
    golden.refresh_from_db()
    assert golden.sync_state == RecordState.IN_STEP
    assert golden.remote_id in ourvoice.apps()


def test_which_of_two_it_is_can_be_said_on_its_page(client, ourvoice, work):
    ourvoice.fault("ourvoice", "create-app", "cut-after")
    ourvoice.add_apps("Till")
    app = make_app()
    work()
    chosen = resolving.candidates(SyncJob.objects.get(operation="push"))[0]
    assert f"It is the one with the id {chosen}" in text_of(client.get(address(app)))
    client.post(address(app, "act"), {"action": f"adopt:{chosen}"})
    app.refresh_from_db()
    assert app.remote_id == chosen


def test_who_may_only_look_chooses_nothing(different):
    looker = signed_in(make_person("ann", APPROVERS))
    page = text_of(looker.get(address(different, "differences")))
    assert "THEIRS" in page
    assert "Do as chosen" not in page
    response = looker.post(address(different, "differences"), {"shown": "x", "all": "ours"})
    assert response.status_code == 403
    assert "opened" not in text_of(looker.get(address(different))).lower()


def test_the_demo_starts_with_the_apps_of_the_sandbox(ourvoice):
    demo.seed()
    demo.seed()
    assert OtpApp.objects.count() == 2
    assert len(ourvoice.calls("ourvoice", "list-apps")) == 1
