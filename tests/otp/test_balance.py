"""What is left on the Ourvoice account, on the provider's card; where nobody tells it, nobody misses it."""

from decimal import Decimal

import pytest

from otp import sync
from otp.models import Sender
from tests.common.factories import make_person
from tests.contributors.factories import signed_in
from voicehub.common.roles import STAFF
from voicehub.sync.models import Gauge, JobState, Lane, SyncJob

pytestmark = pytest.mark.django_db


def test_the_balance_stands_on_the_card(compare, ourvoice):
    compare()
    page = signed_in(make_person("sam", STAFF)).get("/admin/sync/lane/").content.decode()
    assert "1,234 XOF, read just now" in page
    ourvoice.switch_ourvoice(balance=99)
    compare()
    assert Gauge.objects.get().text == "99 XOF"


@pytest.mark.parametrize(
    "kind", ["not-found", "unauthorized", "rate-limit", "error-before", "cut-body", "html", "data-null", "empty-200"]
)
def test_where_ourvoice_does_not_tell_it_there_is_none_and_nothing_is_amiss(compare, ourvoice, kind):
    ourvoice.fault("ourvoice", "balance", kind)
    compare()
    lane = Lane.objects.get(pk="ourvoice")
    assert not Gauge.objects.exists()
    assert Sender.objects.exists()
    assert (lane.halted_reason, lane.failures, lane.open_until) == ("", 0, None)
    assert set(SyncJob.objects.values_list("state", flat=True)) == {JobState.DONE}


@pytest.mark.parametrize(("amount", "words"), [("0", "0 XOF"), ("-1234.5", "-1,234.50 XOF"), ("1234", "1,234 XOF")])
def test_money_is_told_in_the_currency_of_the_account(amount, words):
    assert sync.money(Decimal(amount)) == words
