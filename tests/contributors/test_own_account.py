"""An editor's own OutVoice account: whose name a payment goes out in, and what a refused sign-in stops."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from contributors import services
from contributors.models import Contributor, Transaction
from tests.contributors.factories import make_order, make_person, signed_in, typed
from voicehub.common.models import Notice
from voicehub.remote.errors import AuthenticationError
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Connection, OAuthToken
from voicehub.sync.sweep import queue_scheduled_pulls

State = Transaction.State
OWN = {"email": "writer@example.org", "password": "sandbox"}
PAGE = reverse("admin:contributors_contributor_own_account")


@pytest.fixture
def editor(db):
    return make_person("ed", "Editors")


@pytest.fixture
def other(db):
    return make_person("other", "Editors")


@pytest.fixture
def own(connected, editor):
    """The editor's own account, connected beside the installation's, with its contributors."""
    connection = services.connect(**OWN, user=editor, is_own=True)
    drain_inline()
    return connection


def payer(outvoice):
    """E-mail of the account that OutVoice booked the only payment for."""
    (booking,) = outvoice.ledger()
    return next(user["email"] for user in outvoice.records("outvoice")["users"] if user["id"] == booking["user_id"])


def of(connection, name):
    return Contributor.objects.get(connection=connection, name=name)


def test_connecting_fetches_the_list_of_that_account_only(own, connected):
    assert set(Contributor.objects.filter(connection=own).values_list("name", flat=True)) == {
        "Phil Coulson",
        "Tony Stark",
        "Jemma Simmons",
    }
    assert Contributor.objects.filter(connection=connected).count() > 3


def test_payments_go_out_in_ones_own_name(own, pay, outvoice):
    pay((of(own, "Phil Coulson"), "20"))
    drain_inline()
    assert payer(outvoice) == "writer@example.org"
    assert outvoice.ledger()[0]["name"] == "Phil Coulson"


def test_without_an_own_account_the_installations_is_used(own, other, pay, steve, outvoice):
    pay((steve, "20"), user=other)
    drain_inline()
    assert payer(outvoice) == "editor@example.org"


def test_somebody_of_another_account_cannot_be_paid(own, connected, editor, steve):
    with pytest.raises(services.NotPayableError, match="not on the list of the account"):
        make_order(editor, [(steve, "20")])
    page = signed_in(editor).post(reverse("admin:contributors_transaction_pay"), typed((steve, "20")))
    assert "Choose somebody who is on OutVoice" in page.content.decode()


def test_the_pay_form_offers_the_people_of_ones_own_account(own, connected, editor, other):
    address = reverse("admin:contributors_contributor_payees")
    query = {"app_label": "contributors", "model_name": "transaction", "field_name": "contributor"}
    mine = signed_in(editor).get(address, query).json()["results"]
    theirs = signed_in(other).get(address, query).json()["results"]
    assert {"Phil Coulson", "Jemma Simmons", "Tony Stark"} == {one["text"] for one in mine}
    assert "Steve Rogers" in {one["text"] for one in theirs}


def test_a_draft_of_before_is_not_paid_through_the_new_account(connected, editor, steve, outvoice):
    order = make_order(editor, [(steve, "20")])
    services.preview(order)
    services.connect(**OWN, user=editor, is_own=True)
    with pytest.raises(services.AlreadyConfirmedError):
        services.confirm(order, user=editor, lines_shown=services.digest(order))
    page = signed_in(editor).get(order.get_absolute_url()).content.decode()
    assert "prepared for another OutVoice account" in page


def test_a_refused_renewal_holds_what_waits_and_asks_the_owner_only(own, editor, pay, outvoice, other, steve):
    admin = make_person("boss", "Admins")
    waiting, mine = pay((of(own, "Phil Coulson"), "20"), (of(own, "Tony Stark"), "30"))
    outvoice.fault("outvoice", "token", "refresh-token-used")
    OAuthToken.objects.filter(pk=own.pk).update(expires_at=own.connected_at)
    drain_inline()
    own.refresh_from_db()
    assert own.stopped_reason
    assert outvoice.ledger() == []
    assert Notice.objects.filter(recipient=editor, level="error").exists()
    assert not Notice.objects.filter(recipient=admin, cause__startswith="trouble").exists()
    pay((steve, "40"), user=other, title="Else", url="https://example.org/else")
    services.connect(**OWN, user=editor, is_own=True)
    drain_inline()
    assert {row["cents"] for row in outvoice.ledger()} >= {4000, 3000}
    assert Transaction.objects.get(pk=mine.pk).state == State.PAID
    assert Transaction.objects.get(pk=waiting.pk).state in (State.PAID, State.REFUSED)


def test_a_stopped_own_account_is_not_silently_replaced(own, editor):
    Connection.objects.filter(pk=own.pk).update(stopped_reason="OutVoice refused the sign-in.")
    with pytest.raises(services.NotConnectedError, match="Your own OutVoice account needs a new sign-in"):
        services.usable_connection(editor)
    services.disconnect(own, user=editor)
    assert services.usable_connection(editor).owner_id is None


def test_the_installations_account_cannot_be_taken_as_ones_own(connected, editor):
    before = OAuthToken.objects.get(pk=connected.pk).access_token
    with pytest.raises(services.TakenError, match="installation's account"):
        services.connect(email="editor@example.org", password="sandbox", user=editor, is_own=True)
    connected.refresh_from_db()
    assert connected.owner_id is None
    assert OAuthToken.objects.get(pk=connected.pk).access_token == before


def test_somebody_elses_account_cannot_be_taken(own, other, editor):
    with pytest.raises(services.TakenError, match="Somebody else"):
        services.connect(**OWN, user=other, is_own=True)
    own.refresh_from_db()
    assert own.owner == editor


def test_without_the_password_nothing_is_told_about_accounts_of_others(own, other):
    with pytest.raises(AuthenticationError):
        services.connect(email=OWN["email"], password="guessed", user=other, is_own=True)


def test_connecting_ones_own_leaves_the_installations_alone(own, connected):
    assert services.installation_account() == connected
    assert Connection.objects.filter(disconnected_at=None).count() == 2


def test_every_connected_account_is_fetched_on_schedule(own, connected, settings):
    settings.OUTVOICE_PULL_SECONDS = 0
    queue_scheduled_pulls()
    drain_inline()
    assert Contributor.objects.filter(last_seen_at=None).count() == 0


def test_the_page_connects_checks_and_disconnects(connected, editor, outvoice):
    client = signed_in(editor)
    assert "go out through the installation" in client.get(PAGE).content.decode()
    page = client.post(PAGE, OWN, follow=True).content.decode()
    assert "Maria Hill" in page
    assert "sandbox" not in page.split("Connected", 1)[1].split("<form", 1)[0]
    check = reverse("admin:contributors_contributor_own_check")
    assert "account of Maria Hill" in client.post(check, follow=True).content.decode()
    client.post(reverse("admin:contributors_contributor_own_disconnect"))
    assert services.own_account(editor) is None
    assert not OAuthToken.objects.exclude(pk=connected.pk).exists()


def test_a_wrong_password_is_said_and_kept_nowhere(connected, editor):
    page = signed_in(editor).post(PAGE, {"email": OWN["email"], "password": "hunter2-marker"}, follow=True)
    assert "hunter2-marker" not in page.content.decode()
    assert not Connection.objects.filter(owner=editor).exists()


def test_others_see_neither_the_account_nor_its_people(own, other):
    listed = signed_in(other).get(reverse("admin:contributors_contributor_changelist")).content.decode()
    assert "Phil Coulson" not in listed
    assert "Maria Hill" not in signed_in(other).get(PAGE).content.decode()


def test_an_account_of_somebody_who_left_pays_no_more(own, editor, pay, outvoice):
    (payment,) = pay((of(own, "Phil Coulson"), "20"))
    get_user_model().objects.filter(pk=editor.pk).update(is_active=False)
    drain_inline()
    payment.refresh_from_db()
    assert payment.state == State.HELD
    assert outvoice.ledger() == []
