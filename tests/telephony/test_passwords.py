"""Passwords of SIP accounts: shown to those who may, made anew whatever goes wrong, and kept nowhere."""

import logging
import re
from unittest.mock import ANY

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.views.debug import ExceptionReporter

from telephony import services
from telephony.models import SipAccount
from tests.ageing import let_pass
from tests.contributors.factories import make_person, signed_in
from tests.telephony.factories import make_sip_account
from tests.telephony.test_faults import VALUES_OF_KINDS, kinds, suits
from tests.telephony.test_pages import text_of
from voicehub.common.models import AuditEntry
from voicehub.common.roles import ADMINS, APPROVERS, EDITORS, STAFF
from voicehub.remote.redaction import Secret
from voicehub.sync import lanes, queue, resolving
from voicehub.sync import services as sync_services
from voicehub.sync.calls import perform
from voicehub.sync.claim import claim
from voicehub.sync.engine import drain_inline
from voicehub.sync.finish import write
from voicehub.sync.models import Exchange, RecordState

pytestmark = pytest.mark.django_db

MARKER = "m4rkerpassw0rd-x"


def page(name, account):
    return reverse(f"admin:telephony_sipaccount_{name}", args=[account.pk])


def again(account):
    account.refresh_from_db()
    return account


def shown_password(response):
    return re.search(r'id="shown-password"[^>]* value="([^"]+)"', response.content.decode())[1]


def renew(account, person=None):
    return services.renew(account, shown=account.renewals, reason="lost phone", user=person)


@pytest.fixture
def staff(db):
    return make_person("sam", STAFF)


@pytest.fixture
def client(apidaze, staff):
    return signed_in(staff)


def test_a_password_is_shown_to_who_says_what_for_and_is_in_no_other_page(client, apidaze, ann):
    known = apidaze.sip_accounts()["ann"]["password"]
    assert known not in client.get(page("password", ann)).content.decode()
    refused = client.post(page("password", ann), {"reason": " "})
    assert "Write what it is for" in text_of(refused)
    assert not AuditEntry.objects.filter(action="sipaccount.revealed").exists()
    response = client.post(page("password", ann), {"reason": "new desk phone"})
    assert shown_password(response) == known
    assert "no-store" in response["Cache-Control"]
    entry = AuditEntry.objects.get(action="sipaccount.revealed")
    assert (entry.actor.username, entry.reason, entry.object_label) == ("sam", "new desk phone", "ann")
    assert known not in client.get(page("phone", ann)).content.decode()
    told = text_of(client.get(page("change", ann)))
    assert "Saw the password of a SIP account" in told
    assert "new desk phone" in told


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("not-found", "does not have this account any more"),
        ("no-sip", "did not tell the password"),
        ("error-before", "Try again in a few minutes"),
        ("rate-limit", "Try again in a few minutes"),
        ("cut-after", "Try again in a few minutes"),
    ],
)
def test_a_password_that_cannot_be_read_is_explained_and_was_asked_for(client, apidaze, ann, kind, words):
    apidaze.fault("apidaze", "read-account", kind, value=VALUES_OF_KINDS.get(kind), count=9)
    response = client.post(page("password", ann), {"reason": "x"})
    assert words in text_of(response)
    assert AuditEntry.objects.filter(action="sipaccount.revealed").count() == 1


def test_who_may_only_look_sees_no_way_to_a_password(apidaze, ann):
    approver = signed_in(make_person("abe", APPROVERS))
    card = text_of(approver.get(page("phone", ann)))
    assert "46.101.153.96:4060" in card
    assert "Show the password" not in card
    assert "Make a set-up link" not in card
    for name in ("password", "renew", "make_link"):
        assert approver.post(page(name, ann), {"reason": "x", "shown": 0}).status_code == 403
    assert not AuditEntry.objects.filter(action__startswith="sipaccount").exists()
    assert signed_in(make_person("eve", EDITORS)).get(page("phone", ann)).status_code == 403


def test_the_native_door_tells_a_password_once_when_it_is_new(native, compare):
    compare()
    ann = SipAccount.objects.get(username="ann")
    admin = signed_in(make_person("ada", ADMINS))
    assert "Show the password" not in text_of(admin.get(page("phone", ann)))
    assert "tells a password only when" in text_of(admin.post(page("password", ann), {"reason": "x"}))
    response = admin.post(page("renew", ann), {"reason": "lost", "shown": 0})
    assert shown_password(response) == native.sip_accounts()["ann"]["password"]
    assert again(ann).remote_id == "8"
    admin.post(page("renew", ann), {"reason": "lost", "shown": 0})
    assert len(native.calls("apidaze", "native-reset-password")) == 1


def test_a_stopped_provider_makes_no_new_password(native, compare, staff):
    compare()
    lanes.stop("apidaze", user=staff, reason="tonight")
    with pytest.raises(services.NotToldError, match="stopped"):
        renew(SipAccount.objects.get(username="ann"), staff)
    assert not native.calls("apidaze", "native-reset-password")


def test_a_new_password_comes_with_a_new_account_that_has_all_the_values(client, apidaze, ann, work):
    before, values = apidaze.sip_accounts()["ann"], ann.values_here()
    asked = text_of(client.get(page("renew", ann)))
    assert "drops out" in asked
    assert client.post(page("renew", ann), {"reason": "lost phone", "shown": 0}).status_code == 302
    assert "A new password was asked for" in text_of(client.get(page("change", ann)))
    assert "look at the account again" in text_of(client.post(page("password", ann), {"reason": "x"})).lower()
    work(rounds=2)
    assert_renewed(apidaze, before, values)
    assert AuditEntry.objects.get(action="sipaccount.renewed").reason == "lost phone"


def test_a_second_press_and_another_tab_make_no_second_account(client, apidaze, ann, work):
    for _press in range(2):
        client.post(page("renew", ann), {"reason": "x", "shown": 0})
    work(rounds=2)
    client.post(page("renew", ann), {"reason": "x", "shown": 0})
    work(rounds=2)
    assert len(apidaze.calls("apidaze", "delete-account")) == len(apidaze.calls("apidaze", "create-account")) == 1
    assert again(ann).renewals == 1


def test_what_was_changed_at_apidaze_is_not_lost_with_the_account(client, apidaze, ann):
    apidaze.change_sip_account("ann", name="Anne")
    client.post(page("renew", ann), {"reason": "x", "shown": 0})
    drain_inline()
    assert again(ann).sync_state == RecordState.CHANGED
    assert apidaze.sip_accounts()["ann"]["name"] == "Anne"
    assert not apidaze.calls("apidaze", "delete-account")


def test_what_is_changed_at_apidaze_after_the_first_question_is_not_lost_either(client, apidaze, ann, work, staff):
    before = apidaze.sip_accounts()["ann"]
    client.post(page("renew", ann), {"reason": "x", "shown": 0})
    apidaze.change_sip_account("ann", name="Anne")
    drain_inline()
    assert apidaze.sip_accounts()["ann"] == before | {"name": "Anne", "updated_at": ANY}
    assert (again(ann).sync_state, ann.remote_id, ann.is_being_renewed) == (RecordState.CHANGED, "8", False)
    assert "No new password was made" in text_of(client.get(page("change", ann)))
    resolving.resolve_all(ann, resolving.Choice.THEIRS, user=staff)
    renew(again(ann), staff)
    work(rounds=2)
    assert_renewed(apidaze, before, again(ann).values_here())
    panel = client.get(page("change", ann)).context["panel"]
    assert "a phone that is to use it has to be set up with it" in panel.next_step


def test_without_an_answer_to_the_first_question_nothing_changes(client, apidaze, ann):
    apidaze.fault("apidaze", "read-account", "error-before")
    assert "Try again" in text_of(client.post(page("renew", ann), {"reason": "x", "shown": 0}))
    assert (again(ann).renewals, ann.remote_id) == (0, "8")


def assert_renewed(apidaze, before, values):
    """One account of that username on both sides: a new id, another password, all other values kept."""
    ann = SipAccount.objects.get(username="ann")
    (row,) = [row for row in apidaze.records("apidaze")["accounts"] if row["username"].lower() == "ann"]
    assert str(row["id"]) == ann.remote_id != str(before["id"])
    assert row["password"] != before["password"]
    assert ann.values_here() == values
    same = ("name", "internal_number", "external_number", "mwi_account")
    assert {name: row[name] for name in same} == {name: before[name] for name in same} | {"name": values["name"]}
    assert (ann.sync_state, ann.retired_remote_id) == (RecordState.IN_STEP, "")


STEPS = ("read-account", "delete-account", "create-account", "list-accounts")


@pytest.mark.parametrize("kind", [kind for kind in kinds() if any(suits(kind, step) for step in STEPS)])
def test_once_a_fault_has_passed_there_is_one_account_with_a_new_password(apidaze, settings, staff, ann, work, kind):
    settings.APIDAZE_READ_TIMEOUT = 0.4
    before, values = apidaze.sip_accounts()["ann"], ann.values_here()
    renew(ann, staff)
    for step in STEPS:
        if suits(kind, step):
            apidaze.fault("apidaze", step, kind, value=VALUES_OF_KINDS.get(kind))
    work(rounds=3)
    apidaze.clear_faults()
    lanes.release("apidaze")
    if again(ann).sync_state == RecordState.REFUSED:
        sync_services.sync_now(ann, user=staff)
    work(rounds=3)
    assert_renewed(apidaze, before, values)


@pytest.mark.parametrize(
    "fault", [("delete-account", "cut-after"), ("create-account", "cut-after"), ("create-account", "conflict")]
)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_deletion_during_a_renewal_leaves_nothing_behind(apidaze, ann, compare, work, fault, moment):
    renew(ann)
    apidaze.fault("apidaze", *fault)
    if moment == "after":
        drain_inline()
    again(ann).delete()
    work(rounds=3)
    compare()
    assert "ann" not in apidaze.sip_accounts()
    assert not SipAccount.objects.filter(username="ann").exists()


@pytest.mark.parametrize(
    "fault", [("delete-account", "cut-after"), ("create-account", "cut-after"), ("create-account", "refuse")]
)
def test_an_edit_during_a_renewal_is_kept(apidaze, ann, work, fault):
    before = apidaze.sip_accounts()["ann"]
    renew(ann)
    apidaze.fault("apidaze", *fault)
    drain_inline()
    fresh = again(ann)
    assert not fresh.may_be_renamed
    fresh.name = "Anna"
    services.save_account(fresh, user=None)
    work(rounds=3)
    assert_renewed(apidaze, before, fresh.values_here())


@pytest.mark.parametrize("fault", [None, ("create-account", "error-before"), ("delete-account", "error-before")])
def test_a_worker_that_dies_at_any_step_of_a_renewal_is_followed_by_another(apidaze, ann, work, fault):
    before, values = apidaze.sip_accounts()["ann"], ann.values_here()
    renew(ann)
    if fault:
        apidaze.fault("apidaze", *fault)
    (item,) = claim("apidaze", "one").work
    perform(item)  # and nobody writes down how it ended
    let_pass(minutes=20)
    work(rounds=3)
    assert_renewed(apidaze, before, values)


def test_a_deletion_that_is_taken_back_goes_on_with_the_new_password(apidaze, staff, ann, work):
    before, values = apidaze.sip_accounts()["ann"], ann.values_here()
    renew(ann)
    again(ann).delete()
    sync_services.cancel(queue.jobs_of(ann).latest("pk"), user=staff)
    work(rounds=2)
    assert_renewed(apidaze, before, values)


def test_a_list_that_is_read_during_a_renewal_brings_no_second_record(apidaze, ann, compare, work):
    before, values = apidaze.sip_accounts()["ann"], ann.values_here()
    renew(ann)
    apidaze.fault("apidaze", "delete-account", "error-before")
    compare()
    assert SipAccount.objects.filter(username__iexact="ann").count() == 1
    work(rounds=2)
    assert_renewed(apidaze, before, values)


def test_an_account_of_somebody_else_with_the_former_id_is_not_deleted(apidaze, ann, work):
    renew(ann)
    SipAccount._base_manager.filter(pk=ann.pk).update(retired_remote_id=apidaze.sip_accounts()["frontdesk"]["id"])
    apidaze.delete_sip_account("ann")
    work(rounds=2)
    assert {"ann", "frontdesk"} <= set(apidaze.sip_accounts())


def test_an_account_that_is_not_at_apidaze_gets_no_new_password(apidaze):
    with pytest.raises(services.NotToldError, match="look at its state"):
        renew(make_sip_account())


def test_an_answer_to_an_older_change_brings_the_former_id_not_back(apidaze, ann, work):
    """A change was on its way when the new password was asked for."""
    ann.name = "Anna"
    services.save_account(ann, user=None)
    (item,) = claim("apidaze", "one").work
    outcome = perform(item)
    before = apidaze.sip_accounts()["ann"]
    renew(again(ann))
    write([(item, outcome)])
    assert again(ann).remote_id == ""
    work(rounds=2)
    assert_renewed(apidaze, before, ann.values_here())


@pytest.mark.parametrize("is_on_its_way", [False, True])
def test_a_change_that_was_only_accepted_does_not_hold_a_new_password_up(apidaze, ann, work, is_on_its_way):
    before = apidaze.sip_accounts()["ann"]
    apidaze.fault("apidaze", "change-account", "put-off", value=9)
    ann.name = "Anna"
    services.save_account(ann, user=None)
    (item,) = claim("apidaze", "one").work
    ends = [lambda: write([(item, outcome)]), lambda: renew(again(ann))]
    outcome = perform(item)
    for end in reversed(ends) if is_on_its_way else ends:
        end()
    work(rounds=3)
    assert_renewed(apidaze, before, ann.values_here())


def test_what_is_told_of_the_former_account_is_not_said_of_the_new_one(apidaze, ann):
    services.check_phone(ann)
    (item,) = claim("apidaze", "one").work
    outcome = perform(item)
    renew(again(ann))
    write([(item, outcome)])
    assert (again(ann).registration, ann.checked_at) == ("", None)


def test_a_late_answer_about_the_former_account_does_not_bring_it_back(apidaze, work):
    bob = make_sip_account()
    (item,) = claim("apidaze", "one").work
    outcome = perform(item)
    let_pass(minutes=20)
    work(rounds=2)
    before = apidaze.sip_accounts()["bob"]["password"]
    renew(again(bob))
    write([(item, outcome)])
    assert again(bob).remote_id == ""
    work(rounds=2)
    assert apidaze.sip_accounts()["bob"]["password"] != before


def everything_kept():
    """All that our database holds, as one text."""
    texts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            texts.append(str(cursor.fetchall()))
    return "".join(texts)


def test_a_password_is_kept_nowhere(client, apidaze, ann, work, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    old = apidaze.sip_accounts()["ann"]["password"]
    assert old in client.post(page("password", ann), {"reason": "x"}).content.decode()
    link = client.post(page("make_link", ann)).context["url"]
    assert old in client.get(link).content.decode()
    client.post(page("renew", ann), {"reason": "x", "shown": 0})
    work(rounds=2)
    new = apidaze.sip_accounts()["ann"]["password"]
    assert new in client.post(page("password", ann), {"reason": "x"}).content.decode()
    exported = b"".join(client.get(page_of_export("csv")).streaming_content).decode()
    assert "ann" in exported
    call_command("dumpdata", "telephony", "common", "sync")
    kept = everything_kept() + caplog.text + exported + capsys.readouterr().out
    assert "ann" in kept
    assert Exchange.objects.filter(url__contains="/sipaccounts/").exists()
    token = link.rstrip("/").rpartition("/")[2]
    assert not [secret for secret in (old, new, token) if secret in kept]


def page_of_export(file_format):
    return reverse("admin:telephony_sipaccount_export", args=[file_format])


def test_a_report_of_an_error_does_not_tell_a_password():
    def fails(told):
        raise ValueError("no")

    try:
        fails(Secret(MARKER))
    except ValueError as error:
        report = ExceptionReporter(None, type(error), error, error.__traceback__)
        assert MARKER not in report.get_traceback_text() + report.get_traceback_html()
    assert f"{Secret(MARKER)}" == MARKER


def test_a_renewal_that_got_stuck_tells_that_it_is_not_done_and_how_it_goes_on(client, apidaze, ann, work):
    before = apidaze.sip_accounts()["ann"]
    client.post(page("renew", ann), {"reason": "x", "shown": 0})
    apidaze.fault("apidaze", "create-account", "refuse", value="No more accounts")
    drain_inline()
    panel = client.get(page("change", ann)).context["panel"]
    assert "A new password was asked for" in panel.message
    assert "No more accounts" in panel.message
    assert "nothing happened" not in panel.meaning
    assert "It is safe to do it again" in panel.next_step
    client.post(page("act", ann), {"action": "sync_now"})
    work(rounds=2)
    assert_renewed(apidaze, before, again(ann).values_here())
