"""The one search: what each person finds by what they type, and how the database looks for it."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contributors.models import Contributor
from otp.models import OtpApp
from telephony.models import SipAccount
from tests.campaigns.factories import make_campaign
from tests.common.factories import make_person
from tests.contributors.factories import make_account, make_contributor, make_payment
from tests.otp.factories import make_app
from tests.telephony.factories import make_hotline, make_sip_account
from voicehub.common import finding
from voicehub.common.roles import ADMINS, EDITORS, STAFF

pytestmark = pytest.mark.django_db
MOST_QUERIES = 30
BEGINNINGS = (
    (Contributor, "name", "contributor_by_beginning"),
    (OtpApp, "name", "otpapp_by_beginning"),
    (SipAccount, "username", "sipaccount_by_beginning"),
    (SipAccount, "name", "sipaccount_by_owner"),
)


@pytest.fixture(autouse=True)
def _connected(settings):
    settings.OURVOICE_API_KEY = settings.SANDBOX_OURVOICE_API_KEY
    settings.APIDAZE_CLIENT_SECRET = settings.SANDBOX_APIDAZE_CLIENT_SECRET
    settings.VOICESHOT_ACCOUNT = "main"


@pytest.fixture
def admin():
    return signed_in("ann", ADMINS)


def signed_in(name, *roles):
    client = Client()
    client.force_login(make_person(name, *roles))
    return client


def found(client: Client, typed: str) -> dict[str, str]:
    """The titles that are shown, with the addresses that they lead to."""
    page = client.get(reverse("admin:search"), {"q": typed}).content.decode()
    options = re.findall(r'<a role="option".*?href="(.*?)">\s*(?:<span>)?(.*?)\s*<', page, re.DOTALL)
    return {unescape(title): unescape(url) for url, title in options}


def test_records_of_every_app_are_found_by_how_they_begin(admin):
    make_contributor(make_account(), name="Summer Rogers")
    make_app(name="Summer school")
    make_sip_account(username="summer1")
    make_hotline(name="Summer line")
    make_campaign(name="Summer news")
    make_person("summer", EDITORS)
    assert {"Summer Rogers", "Summer school", "summer1", "Summer line", "Summer news", "summer"} <= set(
        found(admin, "SUMM")
    )


def test_a_contributor_is_found_by_the_beginnings_of_any_words_whatever_became_of_the_name(admin):
    person = make_contributor(make_account(), name="Zoë Old")
    Contributor.objects.filter(pk=person.pk).update(name="Daniel O'Brien-Smith")
    for typed in ("daniel o'bri", "smith dan", "O'BRIEN-SM"):
        assert "Daniel O'Brien-Smith" in found(admin, typed)
    person.delete()
    assert [found(admin, typed) for typed in ("brien", "old")] == [{}, {}]


def test_a_contributor_is_found_by_the_family_name_and_a_payment_by_any_word(admin):
    person = make_contributor(make_account(), name="Steve Rogers")
    payment = make_payment(make_person("pat"), person, title="The shield of the north")
    assert found(admin, "roge")["Steve Rogers"].endswith(f"/contributor/{person.pk}/change/")
    assert payment.get_absolute_url() in found(admin, "shield north").values()


def test_a_number_in_any_writing_leads_to_its_page(admin):
    page = reverse("admin:telephony_phonenumber_change", args=["+33199001234"])
    for typed in ("+33 1 99 00 12 34", "0033199001234", "+33-1-99.00.12.34"):
        assert found(admin, typed)["+33 1 99 00 12 34"] == page


def test_pages_and_actions_are_found_by_the_beginnings_of_their_words(admin):
    hits = found(admin, "stop outv")
    assert hits == {"Stop OutVoice": reverse("admin:sync_lane_stop", args=["outvoice"])}
    assert "Pay contributors" in found(admin, "contr pay")
    assert "Call scripts" in found(admin, "scripts")


def test_nobody_finds_what_they_may_not_see():
    make_app(name="Summer school")
    other = make_payment(make_person("pat"), make_contributor(make_account(), name="Summer Rogers"), title="Summer")
    editor = signed_in("ed", EDITORS)
    hits = found(editor, "summer")
    assert set(hits) == {"Summer Rogers"}
    assert other.get_absolute_url() not in hits.values()
    assert [found(editor, typed) for typed in ("stop", "+33199001234", "ann")] == [{}, {}, {}]
    staff = found(signed_in("sam", STAFF), "summer")
    assert "Summer school" in staff


def test_of_many_only_some_are_shown_and_the_list_shows_all(admin):
    for number in range(finding.MOST + 2):
        make_app(name=f"Summer {number}")
    hits = found(admin, "summer")
    more = hits.pop("Show all of them")
    assert len(hits) == finding.MOST
    assert len(admin.get(more).context["cl"].result_list) == finding.MOST + 2


def test_rubbish_finds_nothing_and_breaks_nothing(admin):
    make_app(name="Summer school")
    for typed in ("", "%", "_", "\\", "'", "\0", "x" * 5000, "🕊", "1e9", "<b>"):
        assert "Summer school" not in found(admin, typed)


def test_a_search_makes_few_queries(admin):
    with CaptureQueriesContext(connection) as asked:
        found(admin, "summer")
    assert len(asked) <= MOST_QUERIES


def test_the_database_looks_for_beginnings_along_an_index():
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    for model, field, index in BEGINNINGS:
        rows = model._base_manager.filter(**{f"{field}__istartswith": "summer"})
        assert index in rows.order_by()[:6].explain()
