"""The timeline of records of every app: its kinds, why something was changed, the way back, and what came in."""

from html import unescape

import pytest
from django.urls import reverse
from lxml import html

from campaigns.models import Attempt, Batch, Campaign, InboundPost
from telephony.models import HotlineCall
from tests.campaigns import factories as campaigns
from tests.common.factories import make_person
from tests.contributors.factories import signed_in
from tests.otp import factories as otp
from tests.telephony import factories
from voicehub.common.roles import ADMINS, STAFF
from voicehub.sync.timeline import Kind

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def staff():
    return make_person("sam", STAFF)


@pytest.fixture
def browser(staff):
    return signed_in(staff)


@pytest.fixture
def voiceshot(settings):
    settings.VOICESHOT_ACCOUNT = "main"


def page_of(record, page="change", *args):
    names = record._meta
    return reverse(f"admin:{names.app_label}_{names.model_name}_{page}", args=[record.pk, *args])


def told(response):
    return [row.entry for row in response.context["timeline"]]


def words(response):
    return " ".join(unescape(response.content.decode()).split())


def faults(response):
    """Why a form came back."""
    context = response.context
    return context["errors"], [inline.formset.errors for inline in context["inline_admin_formsets"]]


def form_in(response):
    """What a browser sends for the form of a page that nobody touches."""
    [form] = html.fromstring(response.content).xpath("//form[.//button[@type='submit']][.//input[@name='_continue']]")
    sent = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    return form.action, sent


def first_version(record):
    return record._meta.get_field("id").model.history.filter(id=record.pk).earliest().history_id


def go_back(browser, record, **changes):
    """To the first version of a record, by way of its page."""
    page = browser.get(page_of(record, "back_to", first_version(record)))
    assert page.status_code == 200, page
    action, sent = form_in(page)
    return page, browser.post(action, sent | changes)


def make_campaign():
    return campaigns.make_campaign(time_zone="America/New_York")


@pytest.mark.parametrize(
    ("make", "field", "before", "after"),
    [
        (lambda: otp.make_app(connection=otp.make_account()), "message_template", "Till: {{code}}", "Now {{code}}"),
        (factories.make_hotline, "name", "Shop", "Orders"),
        (lambda: factories.make_script("menu", numbers=["31201234567"]), "draft_numbers", ["31201234567"], []),
        (lambda: factories.make_sip_account(connection=factories.make_connection()), "name", None, "Hall"),
        (campaigns.make_menu, "note", "", "For spring"),
        (make_campaign, "days", "1234567", "12"),
    ],
)
def test_a_record_goes_back_to_what_it_was_by_its_own_form(
    make, field, before, after, browser, staff, voiceshot, settings
):
    settings.OURVOICE_API_KEY = "k"
    record = make()
    before = getattr(record, field) if before is None else before
    setattr(record, field, after)
    record._history_user = make_person("somebody-else")
    record.save()
    page, response = go_back(browser, record)
    assert response.status_code == 302, faults(response)
    assert len(page.context["way"].changes) == 1
    record.refresh_from_db()
    assert getattr(record, field) == before
    newest = told(browser.get(page_of(record)))[0]
    assert (newest.title, newest.who, newest.version) == ("Changed", "sam", None)
    assert newest.text.startswith("As it was on ")


def test_what_cannot_be_gone_back_to_is_named(browser, voiceshot):
    campaign = make_campaign()
    other = campaigns.make_menu("1-9999")
    gone = campaign.menu
    campaign.menu = other
    campaign.save()
    Campaign.history.filter(id=campaign.pk).update(tries=5)
    gone.campaigns.all().delete()
    type(gone)._base_manager.filter(pk=gone.pk).delete()
    page, response = go_back(browser, campaign)
    assert [(one.label, str(one.why)) for one in page.context["way"].left] == [
        ("Menu", "What it named then has been deleted since.")
    ]
    assert response.status_code == 302, faults(response)
    campaign.refresh_from_db()
    assert (campaign.menu, campaign.tries) == (other, 5)


def test_why_something_was_changed_stands_in_the_timeline(browser):
    hotline = factories.make_hotline()
    typed = {"name": "Orders", "did": "845 951 1110", "time_zone": "America/New_York", "why": "Two shops now"}
    opened = browser.get(page_of(hotline))
    assert 'name="why"' in opened.content.decode()
    browser.post(page_of(hotline), typed)
    newest, made = told(browser.get(page_of(hotline)))
    assert (newest.text, newest.who, [change.new for change in newest.changes]) == (
        "Two shops now",
        "sam",
        ["Orders"],
    )
    assert made.version == first_version(hotline)


def test_what_came_in_is_told_on_the_page_of_what_it_was_about(browser, voiceshot):
    version = factories.make_published("menu")
    load = factories.make_load("s1")
    load.source = str(version.pk)
    load.save()
    hotline = factories.make_hotline()
    factories.make_rule(hotline, {"goto": "5"})
    HotlineCall.objects.create(
        hotline=hotline, call_id="c", caller="+18455009999", first_at=load.received_at, last_at=load.received_at
    )
    campaign = campaigns.make_campaign()
    [recipient] = campaigns.add(campaign, campaigns.number(1))
    batch = Batch.objects.create(
        campaign=campaign, connection=campaign.connection, size=1, requested_by=campaign.created_by
    )
    call = Attempt.objects.create(
        campaign=campaign, batch=batch, recipient=recipient, number=recipient.number, ended_at=load.received_at
    )
    InboundPost.objects.create(kind="summary", state="applied", callid=call.callid, number=recipient.number)
    for record in (version.script, hotline, campaign, recipient):
        page = browser.get(page_of(record), {"about": "inbound"})
        assert [entry.kind for entry in told(page)] == [Kind.INBOUND], record
    titles = [entry.title for entry in told(browser.get(page_of(hotline), {"about": "changes"}))]
    assert titles == ["Rule “Rule”: Made", "Made"]


def test_a_person_s_page_tells_what_was_given_and_taken(browser):
    admin, person = signed_in(make_person("ann", ADMINS)), make_person("bob")
    form = admin.get(page_of(person)).context["adminform"].form
    role = form.fields["groups"].queryset.get(name=STAFF)
    sent = {name: value for name in form.fields if (value := form[name].value()) not in (None, False, [])}
    admin.post(page_of(person), sent | {"groups": [role.pk], "why": "Joins the desk"})
    newest = told(admin.get(page_of(person)))[0]
    assert (newest.who, newest.text) == ("ann", "Joins the desk")
    assert ("roles given", "Staff") in [(change.label, change.new) for change in newest.changes]
