"""The page of a phone number, and its contact at Voitex: looked up, made, changed and deleted from there."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from telephony import services
from telephony.models import PhoneNumber
from telephony.number_links import number_link
from telephony.sync.voitex import make_client
from tests.contributors.factories import make_person, signed_in
from tests.otp.factories import make_account, make_app, make_test_code
from tests.telephony.factories import make_load
from tests.telephony.test_pages import text_of
from voicehub.common import about_numbers, do_not_call
from voicehub.common.models import AuditEntry
from voicehub.common.roles import ADMINS, APPROVERS, STAFF
from voicehub.sync import lanes
from voicehub.sync.models import Exchange

pytestmark = pytest.mark.django_db

LIST = "/admin/telephony/phonenumber/"
ANN, HOTLINE = "+17325550184", "+18459511000"


@pytest.fixture
def there(voitex_b):
    """Voitex's side of ANN's contact; `there(last_name="x")` has it changed there by somebody else."""
    outside = make_client(None, lambda record: None)

    def contact(**changes):
        if changes:
            outside.update_contact(ANN, changes)
        contacts = voitex_b.records("voitex")["contacts"]
        return contacts[0] if contacts else None

    outside.create_contact([ANN], first_name="Ann", last_name="Lee", label="2")
    contact(field_a="gold", city="Monsey")
    return contact


@pytest.fixture
def asked(voitex_b):
    """What Voitex was asked since the test began."""
    before = len(voitex_b.calls("voitex"))
    return lambda: [call["operation"] for call in voitex_b.calls("voitex")[before:]]


@pytest.fixture
def client():
    return signed_in(make_person("sam", STAFF))


def address(*page, number=ANN):
    return "/".join([f"{LIST}{number}", *page, ""])


def look_up(client, number=ANN):
    return client.post(address("contact", number=number))


def typed(response, **changes):
    form = response.context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    return {**values, "seen": response.context["seen"], **changes}


def save(client, response, **changes):
    return client.post(address("contact", "change"), typed(response, **changes), follow=True)


def test_a_typed_number_leads_to_its_page_and_a_wrong_one_is_explained(client):
    found = client.get(LIST, {"number": "+1 (732) 555-0184"})
    assert found["Location"] == PhoneNumber(ANN).get_absolute_url() == address()
    assert "Write the plus in front" in text_of(client.get(LIST, {"number": "17325550184"}))
    assert (
        client.get(address(number="+1732")).status_code
        == client.get(address(number="17325550184")).status_code
        == 404
    )
    assert number_link("101") == "101"
    assert f'href="{address()}"' in number_link(ANN)


def test_the_page_tells_whether_the_number_may_be_called_and_what_is_known(client, settings, monkeypatch):
    monkeypatch.setattr(about_numbers, "_told", {})

    @about_numbers.shown
    def texts(number, request):
        yield about_numbers.Section("Texts", [about_numbers.Line(f"Hello {number}", url="/there/")])
        yield about_numbers.Section("Calls", [])

    page = text_of(client.get(address()))
    assert "It may be called and texted" in page
    assert f"Hello {ANN}" in page
    assert 'aria-label="Texts"' in page
    assert 'aria-label="Calls"' not in page
    settings.ALLOWED_NUMBER_PREFIXES = ["+33"]
    assert "only numbers that begin with +33" in text_of(client.get(address()))


def test_the_page_tells_of_the_do_not_call_list_and_leads_there(client):
    page = client.get(address())
    assert "is not on the do-not-call list" in text_of(page)
    assert "may be called" in text_of(page)
    to_add = client.get(re.search(r'href="([^"]+donotcallnumber/add/[^"]+)"', page.content.decode())[1])
    assert to_add.context["adminform"].form["number"].value() == ANN
    do_not_call.add(ANN, source=do_not_call.Source.TYPED, reason="asked us")
    page = text_of(client.get(address()))
    assert "Not to be called or texted now" in page
    assert "asked us" in page
    assert do_not_call.entry_of(ANN).get_absolute_url() in page
    do_not_call.take_off(ANN, reason="a mistake", user=None)
    assert "was taken off the do-not-call list" in text_of(client.get(address()))


def test_without_contacts_the_page_says_what_they_need(client, voitex_b, asked, settings):
    assert "North America only" in text_of(client.get(address(number="+2290167153974")))
    settings.VOITEX_CONTACTS_URL = ""
    assert "VOITEX_REVISION=b" in text_of(client.get(address()))
    assert "VOITEX_REVISION=b" in text_of(client.post(address("contact"), follow=True))
    assert asked() == []


def test_a_contact_is_asked_for_only_when_somebody_presses(client, there, asked):
    client.get(address())
    client.get(address("contact"))
    assert asked() == []
    page = text_of(look_up(client))
    assert "Lee" in page
    assert "Monsey" in page
    assert asked() == ["find-contact"]
    assert Exchange.objects.get().connection.provider == "voitex"


def test_a_number_without_a_contact_gets_one(client, there):
    there(add_phone=HOTLINE)
    new = {"first_name": "Bob", "kind": "M", "label": "3"}
    refused = client.post(address("contact", "create", number=HOTLINE), new)
    assert "already exists" in text_of(refused)
    assert not AuditEntry.objects.filter(action="contact.created").exists()
    assert refused.context["form"]["first_name"].value() == "Bob"
    there(remove_phone=HOTLINE)
    page = look_up(client, HOTLINE)
    assert "no contact with this number" in text_of(page)
    unknown = client.post(address("contact", "create", number=HOTLINE), {**new, "label": "99"})
    assert "Unknown label: 99" in text_of(unknown)
    client.post(address("contact", "create", number=HOTLINE), new)
    made = services.find_contact(HOTLINE)
    assert (made.values["first_name"], made.phones[0].kind, made.labels) == ("Bob", "M", ("3",))
    entry = AuditEntry.objects.get(action="contact.created")
    assert (entry.actor.username, entry.object_id) == ("sam", HOTLINE)
    assert "Created a contact at Voitex" in text_of(client.get(address(number=HOTLINE)))


def test_only_what_is_different_is_sent(client, there, asked):
    changes = {"last_name": "", "field_j": "x", "labels": "3", "add_phone": "+1 845 500 9999", "add_kind": "M"}
    save(client, look_up(client), **changes, kind="M")
    now = there()
    assert {name: text for name, text in now["fields"].items() if text} == {
        "first_name": "Ann",
        "field_a": "gold",
        "city": "Monsey",
        "field_j": "x",
    }
    assert now["phones"] == [{"phone": "7325550184", "type": "M"}, {"phone": "8455009999", "type": "M"}]
    assert now["labels"] == [3]
    fields = AuditEntry.objects.get(action="contact.changed").data["fields"]
    sent = {"last_name", "field_j", "phone_type", "add_phone", "add_phone_type", "add_label", "remove_label"}
    assert set(fields) == sent
    save(client, look_up(client), remove_phone="+18455009999")
    assert [one["phone"] for one in there()["phones"]] == ["7325550184"]
    assert "Nothing was different" in text_of(save(client, look_up(client)))
    assert asked().count("update-contact") == 2


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"labels": "two"}, "labels", "whole numbers"),
        ({"labels": "2, 99"}, "labels", "Unknown label: 99"),
        ({"add_phone": "+2290167153974"}, "add_phone", "North America only"),
        ({"add_phone": "123"}, "add_phone", "country is missing"),
        ({"add_phone": ANN}, "add_phone", "already exists"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(client, there, changes, field, words):
    page = save(client, look_up(client), first_name="Anna", **changes)
    assert words in page.context["form"].errors[field][0]
    assert page.context["form"]["first_name"].value() == "Anna"
    assert there()["fields"]["first_name"] == "Ann"


def test_what_was_changed_at_voitex_meanwhile_is_shown_and_not_overwritten(client, there, asked):
    shown = look_up(client)
    there(last_name="Smith", field_a="silver")
    page = save(client, shown, last_name="Li")
    assert asked().count("update-contact") == 1
    assert [row[1:] for row in page.context["differences"]] == [("Lee", "Smith"), ("gold", "silver")]
    form = page.context["form"]
    assert (form["last_name"].value(), form["field_a"].value()) == ("Li", "silver")
    save(client, page)
    assert (there()["fields"]["last_name"], there()["fields"]["field_a"]) == ("Li", "silver")


def test_deleting_asks_first_and_not_after_a_change(client, there, asked):
    first = look_up(client)
    shown = {"seen": first.context["seen"]}
    asks = text_of(client.post(address("contact", "delete"), shown))
    assert "Lee" in asks
    assert "cannot be undone" in asks
    assert asked() == ["find-contact"]
    there(last_name="Smith")
    page = client.post(address("contact", "delete"), {**shown, "confirmed": "yes"})
    assert "Smith" in text_of(page)
    assert there()
    client.post(address("contact", "delete"), {"seen": page.context["seen"], "confirmed": "yes"})
    assert there() is None
    assert AuditEntry.objects.filter(action="contact.deleted").count() == 1
    assert "no contact with this number any more" in text_of(save(client, first, last_name="x"))


def test_a_lost_answer_is_said_and_a_stop_holds(client, there, voitex_b, django_user_model):
    voitex_b.fault("voitex", "update-contact", "cut-after")
    assert "shows whether it was done" in text_of(save(client, look_up(client), last_name="Li"))
    assert AuditEntry.objects.get(action="contact.changed").reason == "Voitex's answer was lost."
    shown = look_up(client)
    lanes.stop("voitex", user=django_user_model.objects.get(), reason="tonight")
    assert "Voitex is stopped" in text_of(save(client, shown, last_name="x"))
    assert there()["fields"]["last_name"] == "Li"


def test_a_form_that_was_made_up_changes_nothing(client, there, asked):
    for page in ("change", "delete"):
        assert client.post(address("contact", page), {"seen": "x", "confirmed": "yes"})["Location"] == address()
    assert asked() == []


def test_who_may_only_look_sees_no_way_to_change(there):
    person = make_person("ada", APPROVERS)
    person.user_permissions.add(Permission.objects.get(codename="view_phonenumber"))
    client = signed_in(person)
    assert "You may not look up contacts" in text_of(client.get(address()))
    person.user_permissions.add(Permission.objects.get(codename="look_up_contact"))
    page = text_of(look_up(client))
    assert "Lee" in page
    assert "Save at Voitex" not in page
    assert "Delete…" not in page
    assert client.post(address("contact", "change"), {}).status_code == 403


def test_an_admin_can_test_the_connection_and_revision_a_says_that_it_has_none(voitex_b, asked, settings):
    account = services.voitex_account()
    page = reverse("admin:sync_connection_change", args=[account.pk])
    act = reverse("admin:sync_connection_act", args=[account.pk])
    admin = signed_in(make_person("ada", ADMINS))
    assert "Test the connection" in text_of(admin.get(page))
    assert "accepts the key" in text_of(admin.post(act, {"action": "test"}, follow=True))
    settings.VOITEX_AUTH_KEY = "wrong"
    assert "does not accept the key" in text_of(admin.post(act, {"action": "test"}, follow=True))
    settings.VOITEX_CONTACTS_URL = ""
    assert "nothing can be asked of Voitex" in text_of(admin.post(act, {"action": "test"}, follow=True))
    assert asked() == ["find-contact"] * 2
    assert "Test the connection" not in text_of(signed_in(make_person("sam", STAFF)).get(page))


def test_lists_lead_to_the_page_and_the_page_tells_of_test_codes(client):
    make_load("s1", caller_id_number=ANN[1:], destination_number="101")
    assert f'href="{address()}"' in text_of(client.get("/admin/telephony/call/"))
    code = make_test_code(make_app(connection=make_account()), make_person("ed", STAFF), number=ANN)
    page = text_of(client.get(address()))
    assert "Test codes to this number" in page
    assert code.get_absolute_url() in page
