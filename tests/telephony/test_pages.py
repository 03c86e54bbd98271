"""The pages about SIP accounts: making, changing, deleting, comparing, and whether a phone is signed in."""

import html
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from telephony import demo, services
from telephony.models import SipAccount
from tests.contributors.factories import make_person, signed_in
from tests.telephony.factories import VALUES, make_sip_account
from voicehub.common.roles import ADMINS, APPROVERS, STAFF
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Exchange, RecordState, SyncJob

pytestmark = pytest.mark.django_db

LIST = "/admin/telephony/sipaccount/"
TYPED = [name for name in VALUES if name != "username"]


def address(account, page="change"):
    return reverse(f"admin:telephony_sipaccount_{page}", args=[account.pk])


def text_of(response):
    return " ".join(html.unescape(response.content.decode()).split())


def typed(client, account, **changes):
    """The form of an account as a browser would post it after opening it now."""
    form = client.get(address(account)).context["adminform"].form
    return {name: form[name].value() for name in (*form.fields,)} | changes


@pytest.fixture
def client(apidaze):
    return signed_in(make_person("sam", STAFF))


def test_a_new_account_is_saved_and_reaches_apidaze(client, apidaze):
    assert client.post(f"{LIST}add/", VALUES).status_code == 302
    drain_inline()
    assert "bob" in apidaze.sip_accounts()
    assert SipAccount.objects.get().changes.get().history_user.username == "sam"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "a"}, "username"),
        ({"username": "-ab"}, "username"),
        ({"username": "a b"}, "username"),
        ({"username": "é1"}, "username"),
        ({"username": "a" * 33}, "username"),
        ({"username": "ANN"}, "username"),
        ({"name": "n" * 101}, "name"),
        ({"internal_caller_id_number": "2"}, "internal_caller_id_number"),
        ({"internal_caller_id_number": "1234567"}, "internal_caller_id_number"),
        ({"internal_caller_id_number": "٢٠١"}, "internal_caller_id_number"),
        ({"external_caller_id_number": "+31201234567"}, "external_caller_id_number"),
        ({"external_caller_id_number": "0201234567"}, "external_caller_id_number"),
        ({"external_caller_id_number": "3120123"}, "external_caller_id_number"),
        ({"mwi_account": "m" * 101}, "mwi_account"),
    ],
)
def test_what_cannot_be_right_is_told_at_its_field(client, ann, changes, field):
    response = client.post(f"{LIST}add/", VALUES | changes)
    assert list(response.context["adminform"].form.errors) == [field]
    assert SipAccount.objects.count() == 4


def test_only_the_username_has_to_be_typed(client, apidaze):
    client.post(f"{LIST}add/", dict.fromkeys(VALUES, "") | {"username": "Lab.2_x-y"})
    drain_inline()
    assert "Lab.2_x-y" in apidaze.sip_accounts()


def test_a_username_is_shown_and_cannot_be_changed(client, ann):
    form = client.get(address(ann)).context["adminform"].form
    assert "username" not in form.fields
    assert text_of(client.get(address(ann))).index("can never be changed") < text_of(client.get(address(ann))).index(
        "Whose phone"
    )
    client.post(address(ann), typed(client, ann, username="anna", name="Anna"))
    ann.refresh_from_db()
    assert (ann.username, ann.name) == ("ann", "Anna")


def test_a_username_that_was_turned_down_is_explained_and_can_be_put_right(client, apidaze):
    account = make_sip_account(username="ann")
    drain_inline()
    page = text_of(client.get(address(account)))
    assert "Refused by the provider: username is in use already." in page
    client.post(address(account), typed(client, account, username="annie"))
    drain_inline()
    assert "annie" in apidaze.sip_accounts()


def test_what_apidaze_has_told_may_break_our_rules_and_does_not_stop_an_edit(client, apidaze, compare):
    apidaze.add_sip_accounts("x", internal_number="1", external_number="0031201234567")
    compare()
    account = SipAccount.objects.get(username="x")
    assert client.post(address(account), typed(client, account, name="X")).status_code == 302
    drain_inline()
    assert apidaze.sip_accounts()["x"]["name"] == "X"


def test_without_a_key_nothing_can_be_saved(client, settings):
    settings.APIDAZE_CLIENT_SECRET = ""
    assert "APIDAZE_CLIENT_SECRET" in text_of(client.post(f"{LIST}add/", VALUES))
    assert not SipAccount.objects.exists()


def test_comparing_on_demand_imports(client):
    client.post(f"{LIST}compare/")
    drain_inline()
    page = text_of(client.get(LIST))
    assert "4 new, 0 changed at the provider, 0 gone." in page
    assert "frontdesk" in page


@pytest.mark.parametrize(("typed", "found"), [("fro", ["frontdesk"]), ("Lift", ["Lift.Phone-2"]), ("esk", [])])
def test_accounts_are_found_by_how_their_username_or_name_begins(client, ann, typed, found):
    listed = client.get(LIST, {"q": typed}).context["cl"].result_list
    assert [account.username for account in listed] == found


def test_accounts_are_filtered_by_state_and_by_phone(client, ann):
    services.check_phone(ann)
    drain_inline()
    for query in ({"registration__exact": "registered"}, {"registration__exact": "registered", "q": "a"}):
        assert [one.username for one in client.get(LIST, query).context["cl"].result_list] == ["ann"]
    assert len(client.get(LIST, {"sync_state__exact": "in_step"}).context["cl"].result_list) == 4


def test_a_phone_is_checked_on_demand_and_told_with_the_time(client, ann):
    assert "Not checked yet" in text_of(client.get(address(ann)))
    page = text_of(client.post(address(ann, "act"), {"action": "check_phone"}, follow=True))
    assert "Apidaze is being asked" in page
    drain_inline()
    page = text_of(client.get(address(ann)))
    assert "Registered</span> <span>checked just now" in page
    assert "vm.1cdef287.apidaze.voip" in page
    assert "46.101.153.96:4060" in page


def test_the_list_tells_how_long_ago_a_phone_was_checked(client, ann):
    SipAccount._base_manager.filter(pk=ann.pk).update(
        registration="unregistered", checked_at=timezone.now() - timedelta(minutes=3, seconds=5)
    )
    assert "Not registered</span> <span>checked 3\xa0minutes ago" in html.unescape(client.get(LIST).content.decode())


def test_there_is_nothing_to_check_where_there_is_no_account(client, apidaze, ann, compare):
    apidaze.delete_sip_account("ann")
    compare()
    assert "check_phone" not in text_of(client.get(address(ann)))
    response = client.post(address(ann, "act"), {"action": "check_phone"}, follow=True)
    assert "not possible any more" in text_of(response)


def test_before_deleting_the_page_says_what_happens(client, apidaze, ann):
    assert "drops out" in text_of(client.get(address(ann, "delete")))
    selected = {"action": "delete_selected", "_selected_action": [ann.pk]}
    assert "drops out" in text_of(client.post(LIST, selected))
    client.post(address(ann, "delete"), {"post": "yes"})
    drain_inline()
    assert "ann" not in apidaze.sip_accounts()


def test_who_may_only_look_neither_saves_nor_asks(ann):
    looker = signed_in(make_person("lou", APPROVERS))
    page = text_of(looker.get(address(ann)))
    assert "ann" in page
    assert "Check the phone now" not in page
    assert looker.post(address(ann, "act"), {"action": "check_phone"}).status_code == 403
    assert not SyncJob.objects.filter(operation="look").exists()


def test_no_password_is_on_any_page(client, apidaze, ann):
    services.check_phone(ann)
    drain_inline()
    calls = [reverse("admin:sync_exchange_change", args=[call.pk]) for call in Exchange.objects.all()]
    pages = [LIST, address(ann), address(ann, "differences"), reverse("admin:sync_exchange_changelist"), *calls]
    admin = signed_in(make_person("ida", ADMINS))
    told = "".join(text_of(one.get(page, follow=True)) for one in (client, admin) for page in pages)
    assert "frontdesk" in told
    assert not [row for row in apidaze.sip_accounts().values() if row["password"] in told]


def test_the_demo_starts_with_the_accounts_of_the_sandbox(apidaze):
    demo.seed()
    demo.seed()
    assert SipAccount.objects.count() == 4
    assert SipAccount.objects.get(username="frontdesk").registration == "registered"
    assert {account.sync_state for account in SipAccount.objects.all()} == {RecordState.IN_STEP}
    assert len(apidaze.calls("apidaze", "list-accounts")) == 1
