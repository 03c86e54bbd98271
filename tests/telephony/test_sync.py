"""SIP accounts and Apidaze, all the way: created, changed in part, adopted, imported, compared, asked about."""

import threading
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.db import connections
from django.utils import timezone

from telephony import services, tasks
from telephony.models import SipAccount
from telephony.sync.apidaze import gauges_of
from tests.ageing import let_pass
from tests.telephony.factories import VALUES, make_sip_account
from voicehub.sync import queue, resolving
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Gauge, JobState, RecordState, SyncJob
from voicehub.sync.models.job import Operation
from voicehub.sync.resolving import Choice

pytestmark = pytest.mark.django_db

Registration = SipAccount.Registration
THERE = {
    "internal_caller_id_number": "internal_number",
    "external_caller_id_number": "external_number",
    "mwi_account": "mwi_account",
    "name": "name",
}


def again(account):
    account.refresh_from_db()
    return account


def edit(account, **values):
    fresh = SipAccount.objects.get(pk=account.pk)
    for name, value in values.items():
        setattr(fresh, name, value)
    return services.save_account(fresh, user=None)


def sent(apidaze, operation):
    """The forms of the calls of one operation."""
    calls = apidaze.calls("apidaze", operation)
    return [{name: value[0] for name, value in parse_qs(call["body"], True).items()} for call in calls]


def there(apidaze, username):
    row = apidaze.sip_accounts()[username]
    return {"username": username, **{ours: row[theirs] for ours, theirs in THERE.items()}}


def test_a_new_account_is_created_through_either_door(either, apidaze):
    account = make_sip_account()
    drain_inline()
    assert again(account).sync_state == RecordState.IN_STEP
    assert there(apidaze, "bob") == VALUES


def test_only_what_was_changed_is_sent_and_never_the_username(apidaze, ann):
    edit(ann, name="Anna", mwi_account="201")
    drain_inline()
    assert sent(apidaze, "change-account") == [{"name": "Anna", "mwi_account": "201"}]
    edit(ann, mwi_account="")
    drain_inline()
    assert sent(apidaze, "change-account")[1] == {"mwi_account": ""}
    assert again(ann).sync_state == RecordState.IN_STEP


def test_a_change_that_is_only_accepted_is_in_step_once_a_read_shows_it(either, apidaze, ann, work):
    apidaze.fault("apidaze", either("change-account"), "put-off", value=2)
    edit(ann, name="Anna")
    drain_inline()
    assert again(ann).sync_state == RecordState.WAITING
    work()
    assert again(ann).sync_state == RecordState.IN_STEP
    assert apidaze.sip_accounts()["ann"]["name"] == "Anna"


def test_an_account_that_is_only_accepted_is_adopted_when_it_shows_and_asked_for_once(either, apidaze, work):
    apidaze.fault("apidaze", either("create-account"), "put-off", value=3)
    account = make_sip_account()
    drain_inline()
    assert again(account).sync_state == RecordState.WAITING
    work()
    assert again(account).sync_state == RecordState.IN_STEP
    assert len(apidaze.calls("apidaze", either("create-account"))) == 1


def test_a_deletion_that_is_only_accepted_is_waited_for(either, apidaze, ann, work):
    apidaze.fault("apidaze", either("delete-account"), "put-off", value=2)
    ann.delete()
    drain_inline()
    assert again(ann).sync_state == RecordState.DELETING
    work()
    assert not SipAccount.objects.filter(pk=ann.pk).exists()
    assert "ann" not in apidaze.sip_accounts()


def test_the_first_connection_imports_what_is_there(either, apidaze, work):
    work(rounds=2)
    accounts = SipAccount.objects.order_by("pk")
    assert [account.username for account in accounts] == list(apidaze.sip_accounts())
    assert {account.sync_state for account in accounts} == {RecordState.IN_STEP}
    assert SipAccount.objects.get(username="ann").values_here() == there(apidaze, "ann")
    assert not apidaze.calls("apidaze", either("change-account"))


def test_what_the_list_leaves_out_of_a_new_account_counts_as_empty(apidaze, compare):
    apidaze.fault("apidaze", "list-accounts", "missing-keys")
    compare()
    assert SipAccount.objects.get(username="ann").internal_caller_id_number == ""
    compare()
    assert again(SipAccount.objects.get(username="ann")).sync_state == RecordState.CHANGED


def test_an_account_without_a_username_is_not_imported(apidaze, compare):
    apidaze.fault("apidaze", "list-accounts", "no-sip")
    compare()
    assert not SipAccount.objects.exists()
    compare()
    apidaze.fault("apidaze", "list-accounts", "no-sip")
    compare()
    assert set(SipAccount.objects.values_list("sync_state", flat=True)) == {RecordState.IN_STEP}


def test_a_create_whose_answer_was_lost_ends_with_one_account(either, apidaze, work):
    apidaze.fault("apidaze", either("create-account"), "cut-after")
    account = make_sip_account()
    work()
    assert again(account).sync_state == RecordState.IN_STEP
    assert list(apidaze.sip_accounts()).count("bob") == SipAccount.objects.filter(username="bob").count() == 1
    assert len(apidaze.calls("apidaze", either("create-account"))) == 1


def test_an_account_that_is_there_already_is_refused_and_stays_the_colleagues(apidaze, compare):
    account = make_sip_account(username="Ann", name="Another")
    drain_inline()
    compare()
    assert again(account).sync_state == RecordState.REFUSED
    assert SyncJob.objects.get(operation="push").field_messages["username"]
    assert SipAccount.objects.count() == 4
    account.delete()
    drain_inline()
    compare()
    assert apidaze.sip_accounts()["ann"]["name"] == SipAccount.objects.get(username="ann").name == "Ann"


def test_a_username_that_was_refused_can_be_put_right(apidaze):
    account = make_sip_account(username="ann")
    assert not account.may_be_renamed
    drain_inline()
    assert again(account).may_be_renamed
    edit(account, username="annie")
    drain_inline()
    assert again(account).sync_state == RecordState.IN_STEP
    assert not account.may_be_renamed
    assert "annie" in apidaze.sip_accounts()


def test_two_accounts_of_one_username_are_one_record(connection, compare_listing):
    compare_listing({"1": {**VALUES}, "2": {**VALUES, "username": "BOB"}})
    assert SipAccount.objects.get().remote_id == "1"
    compare_listing({"1": {**VALUES, "username": "bobby"}, "2": {**VALUES, "username": "BOB"}})
    assert SipAccount.objects.get().sync_state == RecordState.CHANGED


@pytest.fixture
def connection(apidaze):
    return services.connection()


@pytest.fixture
def compare_listing(connection):
    from telephony.sync.apidaze import SipAccountSync

    return lambda listing: SipAccountSync().absorb(connection, listing, is_confirmed=True)


def test_a_username_that_is_another_there_is_shown_and_never_sent(connection, compare_listing, apidaze, ann):
    listing = {account.remote_id: account.values_here() for account in SipAccount.objects.all()}
    listing[ann.remote_id]["username"] = "anna"
    compare_listing(listing)
    assert again(ann).sync_state == RecordState.CHANGED
    resolving.resolve_all(ann, Choice.OURS, user=None)
    drain_inline()
    assert sent(apidaze, "change-account") == []


def test_a_change_there_is_shown_and_nothing_is_overwritten(apidaze, ann, compare):
    apidaze.change_sip_account("ann", internal_number="299")
    compare()
    assert again(ann).sync_state == RecordState.CHANGED
    assert "internal caller number" in ann.sync_message
    assert there(apidaze, "ann")["internal_caller_id_number"] == "299"


def test_what_is_gone_there_can_be_created_again(apidaze, ann, compare):
    apidaze.delete_sip_account("ann")
    compare()
    assert again(ann).sync_state == RecordState.GONE
    resolving.create_anew(ann, user=None)
    drain_inline()
    assert again(ann).sync_state == RecordState.IN_STEP
    assert there(apidaze, "ann") == ann.values_here()


def test_a_client_that_has_to_wait_waits_and_its_quota_is_told(apidaze, ann, settings):
    apidaze.switch_apidaze(quota_limit=1, quota_used=1)
    edit(ann, name="Anna")
    drain_inline()
    assert again(ann).sync_state == RecordState.WAITING
    gauge = Gauge.objects.get(connection__provider="apidaze", name="quota")
    assert "calls in 1 hour" in gauge.text


def test_the_gauges_are_read_from_the_headers():
    quota = {"quota-used": "12", "quota-limit": "100", "quota-interval": "1", "quota-time-unit": "hour"}
    assert gauges_of(quota | {"sunset": "n/a"}) == {"quota": "12 of 100 calls in 1 hour"}
    assert gauges_of({"quota-used": "12", "sunset": "2027-01-01"}) == {"sunset": "2027-01-01"}
    for odd in ({"quota-limit": "-1"}, {"quota-used": "9" * 99}, {"quota-time-unit": "<b>hour</b>"}):
        assert gauges_of(quota | odd) == {}


@pytest.fixture
def check_now(apidaze):
    def check_now(account):
        services.check_phone(account)
        drain_inline()
        return again(account)

    return check_now


def test_a_phone_is_checked_when_somebody_asks(apidaze, ann, check_now):
    before = ann.generation
    assert check_now(ann).registration == Registration.REGISTERED
    assert ann.domain == "vm.1cdef287.apidaze.voip"
    assert timezone.now() - ann.checked_at < timedelta(minutes=1)
    apidaze.change_sip_account("ann", is_registered=False)
    assert check_now(ann).registration == Registration.NOT_REGISTERED
    assert (ann.generation, ann.sync_state, ann.changes.count()) == (before, RecordState.IN_STEP, 1)


def test_a_state_that_is_not_understood_is_not_known_and_the_domain_stays(apidaze, ann, check_now):
    check_now(ann)
    apidaze.fault("apidaze", "account-status", "status-as-account")
    assert check_now(ann).registration == Registration.UNKNOWN
    assert ann.domain == "vm.1cdef287.apidaze.voip"


def test_a_check_that_fails_leaves_what_was_known(apidaze, ann, check_now):
    checked = check_now(ann).checked_at
    apidaze.fault("apidaze", "account-status", "error-before", count=9)
    assert check_now(ann).checked_at == checked
    assert (ann.registration, ann.sync_state) == (Registration.REGISTERED, RecordState.IN_STEP)


def test_saving_an_old_copy_does_not_undo_a_check(ann, check_now):
    old = SipAccount.objects.get(pk=ann.pk)
    check_now(ann)
    old.name = "Anna"
    old.save()
    assert again(ann).registration == Registration.REGISTERED


def looks():
    return SyncJob.objects.filter(operation=Operation.LOOK)


def test_phones_are_checked_by_themselves_so_many_a_minute_and_spread_out(apidaze, ann, settings):
    settings.APIDAZE_STATUS_PER_MINUTE = 3
    assert tasks.is_due()
    tasks.check_phones()
    due = sorted(looks().values_list("due_at", flat=True))
    assert [round((at - due[0]).total_seconds()) for at in due] == [0, 20, 40]
    assert not tasks.is_due()
    let_pass(minutes=2)
    drain_inline()
    assert SipAccount.objects.exclude(checked_at=None).count() == 3
    tasks.check_phones()
    drain_inline()
    assert SipAccount.objects.exclude(checked_at=None).count() == 4
    let_pass(minutes=2)
    assert not tasks.is_due()


def test_no_more_is_asked_after_a_minute_in_which_people_asked_for_more_than_that(ann, settings):
    settings.APIDAZE_STATUS_PER_MINUTE = 1
    for account in SipAccount.objects.exclude(pk=ann.pk):
        services.check_phone(account)
    tasks.check_phones()
    assert not looks().filter(object_id=ann.pk).exists()


def test_the_one_that_was_not_asked_about_for_longest_comes_first(ann, settings):
    settings.APIDAZE_STATUS_PER_MINUTE = 1
    for account in [ann, *SipAccount.objects.exclude(pk=ann.pk)]:
        services.check_phone(account)
        drain_inline()
    let_pass(hours=1)
    tasks.check_phones()
    assert looks().get(state=JobState.WAITING).object_id == ann.pk


def test_no_more_is_asked_while_earlier_questions_wait(ann):
    services.check_phone(ann)
    let_pass(minutes=5)
    assert not tasks.is_due()


@pytest.mark.django_db(transaction=True)
def test_workers_that_begin_at_once_keep_to_the_limit_together(ann, settings):
    settings.APIDAZE_STATUS_PER_MINUTE = 10
    desks = [f"desk-{number}" for number in range(40)]
    there = {"connection": ann.connection, "sync_state": RecordState.IN_STEP}
    SipAccount._base_manager.bulk_create(SipAccount(username=name, remote_id=name, **there) for name in desks)
    barrier = threading.Barrier(6)

    def work():
        barrier.wait()
        try:
            tasks.check_phones()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert looks().count() == 10


@pytest.mark.parametrize("off", ["APIDAZE_STATUS_SECONDS", "APIDAZE_STATUS_PER_MINUTE"])
def test_checks_can_be_switched_off(ann, settings, off):
    setattr(settings, off, 0)
    assert not tasks.is_due()
    tasks.check_phones()
    assert not looks().exists()


def test_nothing_is_asked_about_what_is_not_there(ann, settings, compare, apidaze):
    apidaze.delete_sip_account("ann")
    compare()
    make_sip_account()
    tasks.check_phones()
    asked = set(looks().values_list("object_id", flat=True))
    assert asked == set(SipAccount.objects.exclude(username__in=["ann", "bob"]).values_list("pk", flat=True))


@pytest.mark.parametrize("is_connected", [True, False])
def test_another_account_never_gets_what_was_meant_for_the_first(apidaze, ann, settings, is_connected):
    edit(ann, name="Anna")
    settings.APIDAZE_ACCOUNT = "other"
    if is_connected:
        services.connection()
    drain_inline()
    assert sent(apidaze, "change-account") == []
    assert queue.jobs_of(ann).get(operation="push").state == JobState.WAITING
