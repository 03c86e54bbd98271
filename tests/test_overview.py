"""The first page as a whole: what it counts, draws and follows, for whom, and by how few queries."""

from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns import moving
from campaigns.models import Campaign, HourlyTally, Recipient
from tests.campaigns.factories import add, make_campaign, number
from tests.common.factories import make_person
from tests.contributors.factories import make_account, make_contributor, make_payment
from tests.telephony.factories import make_published
from voicehub.common.counting import Counts
from voicehub.common.models import Notice, Run, RunRow, User
from voicehub.common.roles import ADMINS, APPROVERS, STAFF
from voicehub.sync.models import Connection, Gauge, Lane, OAuthToken, SyncJob

pytestmark = pytest.mark.django_db

MOST_QUERIES = 11


@pytest.fixture
def campaign(settings):
    """A live one: of four people two are reached."""
    settings.VOICESHOT_ACCOUNT = "main"
    campaign = make_campaign()
    keys = [one.pk for one in add(campaign, *(number(place) for place in range(4)))]
    moving.move(campaign, keys[:2], Recipient.State.REACHED, among=Recipient.OPEN)
    HourlyTally.objects.create(campaign=campaign, hour=timezone.now(), state="reached", count=2)
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.RUNNING)
    return campaign


@pytest.fixture
def work(campaign):
    """Something of everything that the page shows."""
    payer = make_person("payer")
    make_payment(payer, make_contributor(make_account()), state="paid", paid_at=timezone.now())
    make_published("Main", user=payer)
    run = Run.objects.create(kind="payments", title="March.xlsx", requested_by=payer, state=Run.State.RUNNING)
    states = (RunRow.State.DONE, RunRow.State.WAITING, RunRow.State.WAITING)
    RunRow.objects.bulk_create(RunRow(run=run, number=place, state=state) for place, state in enumerate(states))
    account = Connection.objects.get(provider="outvoice")
    Gauge.objects.create(connection=account, name="balance", text="20 USD", read_at=timezone.now())
    Notice.objects.bulk_create(Notice(recipient=payer, text=str(place), cause=str(place)) for place in range(7))
    Lane.objects.update(failures=3)
    return payer


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def page_of(client, name="index"):
    return unescape(client.get(reverse(f"admin:{name}")).content.decode())


@pytest.mark.parametrize("role", [APPROVERS, STAFF, ADMINS])
def test_the_first_page_takes_few_queries_whatever_there_is(work, role):
    client = signed_in(make_person("somebody", role))
    client.get(reverse("admin:index"))
    with CaptureQueriesContext(connection) as queries:
        page = page_of(client)
    # PostgreSQL is asked for the time, too.
    asked = [query for query in queries if "clock_timestamp" not in query["sql"]]
    assert "Payments a week" in page
    assert len(asked) <= MOST_QUERIES


def test_what_goes_on_is_shown_with_how_far_it_has_come_and_follows(work):
    client = signed_in(make_person("ada", ADMINS))
    page = page_of(client)
    assert "Spring" in page
    assert "Campaign: 2 of 4" in page
    assert "Files and bulk actions: 1 of 3" in page
    assert "data-moving" in page_of(client, "index_live")
    Campaign.objects.update(state=Campaign.State.FINISHED)
    Run.objects.update(state=Run.State.DONE)
    SyncJob.objects.update(state="done")
    live = page_of(client, "index_live")
    assert "Nothing runs at the moment" in live
    assert "data-moving" not in live


def test_approvers_see_no_campaigns_and_no_calls(work):
    page = page_of(signed_in(make_person("ann", APPROVERS)))
    assert "Payments a week" in page
    assert "Spring" not in page
    assert "Calls of campaigns a day" not in page


def test_a_light_tells_token_and_last_good_call_without_asking_the_provider(db):
    account = make_account()
    OAuthToken.objects.update_or_create(
        connection=account, defaults={"expires_at": timezone.now() + timedelta(hours=1)}
    )
    Lane.objects.filter(pk="outvoice").update(last_good_at=timezone.now())
    client = signed_in(make_person("ada", ADMINS))
    assert "Sign-in token until" in page_of(client)
    OAuthToken.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    assert "renewed by itself" in page_of(client)


def test_charts_count_by_the_readers_days_and_say_the_same_in_a_table(campaign):
    charts = signed_in(make_person("sam", STAFF)).get(reverse("admin:index")).context["charts"]
    calls = next(drawn.chart for drawn in charts if "campaigns" in str(drawn.chart.title))
    assert [bar.count for bar in calls.bars] == [0] * 13 + [2]
    assert calls.bars[-1].time.numbers == [2, 0, 0, 0, 0]
    assert calls.columns[0] == "Reached"


def test_somebody_new_is_shown_what_to_begin_with_and_others_are_not():
    new = make_person("new", STAFF)
    assert "To begin with" in page_of(signed_in(new))
    User.objects.update(date_joined=timezone.now() - timedelta(days=30))
    assert "To begin with" not in page_of(signed_in(new))


def test_many_counts_are_one_query_and_a_sum_or_a_text_may_be_asked_for(campaign, django_assert_num_queries):
    Lane.objects.filter(pk="voitex").update(halted_reason="The key is wrong.")
    counts = Counts()
    halted = counts.ask(Lane.objects.exclude(halted_reason=""), text="halted_reason")
    calls = counts.ask(HourlyTally.objects.all(), Sum("count"))
    nobody = counts.ask(User.objects.none())
    with django_assert_num_queries(1):
        assert (halted.number, halted.text) == (1, "The key is wrong.")
        assert (calls.number, nobody.number) == (2, 0)
