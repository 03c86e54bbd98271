"""Buttons of records' pages for many records: previewed, carried out in the background, each with its outcome."""

import pytest
from django.contrib.admin import site
from django.urls import reverse

from telephony.models import Recording
from tests.campaigns.factories import make_campaign, make_menu
from tests.common.factories import make_person
from tests.contributors.factories import signed_in
from tests.otp.test_runs import carried_out, checked
from tests.telephony.factories import make_speech, make_text
from voicehub.common import do_not_call, runs
from voicehub.common.models import AuditEntry, DoNotCallNumber, Run, User
from voicehub.common.roles import ADMINS, STAFF
from voicehub.common.runs.deeds import as_asked_by
from voicehub.sync.models import SyncJob

pytestmark = pytest.mark.django_db

NUMBERS = "admin:common_donotcallnumber_changelist"
PEOPLE = "admin:common_user_changelist"


@pytest.fixture
def staff():
    return make_person("sam", STAFF)


@pytest.fixture
def listed(staff):
    numbers = [f"+3319900123{digit}" for digit in range(3)]
    for number in numbers:
        do_not_call.add(number, source=do_not_call.Source.TYPED, reason="asked", user=staff)
    return list(DoNotCallNumber.objects.order_by("number"))


def ask(client, page, action, *records, query="", **more):
    selected = {"action": f"many_{action}", "_selected_action": [one.pk for one in records] or [0]}
    return client.post(f"{reverse(page)}{query}", selected | {"index": 0} | more)


def run_after(answer):
    run = Run.objects.order_by("-pk").first()
    assert answer.url == run.get_absolute_url()
    return checked(run)


def test_a_reason_is_asked_for_then_the_preview_tells_and_nothing_has_happened(listed, staff):
    client = signed_in(staff)
    assert "Why may they be called again?" in ask(client, NUMBERS, "take_off", *listed).content.decode()
    run = run_after(ask(client, NUMBERS, "take_off", *listed, reason="they signed up again"))
    page = client.get(run.get_absolute_url()).content.decode()
    assert "Do it for 3 records" in page
    assert "it may be called and texted again" in page
    assert do_not_call.listed(one.number for one in listed) == {one.number for one in listed}


def test_each_is_done_or_says_why_not_and_only_those_are_tried_again(listed, staff):
    client = signed_in(staff)
    run = run_after(ask(client, NUMBERS, "take_off", *listed, reason="they signed up again"))
    do_not_call.take_off(listed[0].number, reason="by somebody else", user=staff)
    carried_out(run)
    assert list(run.rows.order_by("data__record").values_list("state", flat=True)) == ["refused", "done", "done"]
    assert do_not_call.listed(one.number for one in listed) == set()
    assert "they signed up again" in DoNotCallNumber.objects.get(pk=listed[1].pk).off_reason
    do_not_call.add(listed[0].number, source=do_not_call.Source.TYPED, reason="", user=staff)
    second = carried_out(checked(runs.again(run, user=staff)))
    assert [(row.data["record"], row.state) for row in second.rows.all()] == [(listed[0].pk, "done")]


def test_all_that_are_listed_means_the_filter_and_what_is_not_possible_is_told(listed, staff):
    do_not_call.take_off(listed[0].number, reason="a mistake", user=staff)
    answer = ask(signed_in(staff), NUMBERS, "put_back", select_across=1, reason="again", query="?q=0012")
    run = run_after(answer)
    assert sorted(run.rows.values_list("state", flat=True)) == ["bad", "bad", "ready"]
    run = run_after(ask(signed_in(staff), NUMBERS, "put_back", select_across=1, reason="x", query="?listed=no"))
    assert [row.data["record"] for row in run.rows.all()] == [listed[0].pk]


def test_who_has_lost_the_right_meanwhile_does_nothing(listed, staff):
    run = run_after(ask(signed_in(staff), NUMBERS, "take_off", *listed, reason="they signed up again"))
    staff.groups.clear()
    carried_out(run)
    assert set(run.rows.values_list("state", flat=True)) == {"refused"}
    assert len(do_not_call.listed(one.number for one in listed)) == 3


def test_people_are_kept_out_but_never_oneself(staff):
    admin, other = make_person("ada", ADMINS), make_person("superuser", is_superuser=True)
    run = carried_out(run_after(ask(signed_in(admin), PEOPLE, "keep_out", admin, staff, other)))
    assert set(User.objects.filter(is_active=False)) == {staff}
    assert AuditEntry.objects.get(action="person.changed").object_id == str(staff.pk)
    assert sorted(run.rows.values_list("state", flat=True)) == ["bad", "bad", "done"]


def test_who_was_kept_out_and_is_let_in_again_has_to_sign_in_anew(staff):
    admin, at_work = signed_in(make_person("ada", ADMINS)), signed_in(staff)
    for action in ("keep_out", "let_in"):
        carried_out(run_after(ask(admin, PEOPLE, action, staff)))
    assert User.objects.get(pk=staff.pk).is_active
    assert at_work.get(reverse("admin:profile")).status_code == 302


def test_nobody_without_the_right_is_offered_or_given_an_action(listed):
    reader = signed_in(make_person("reader"))
    assert ask(reader, NUMBERS, "take_off", *listed, reason="x").status_code == 403
    assert not Run.objects.exists()


def test_every_list_offers_only_what_the_pages_of_its_records_know(staff, settings):
    """A misspelt name would leave every record out."""
    settings.VOICESHOT_ACCOUNT = "main"
    menu, other = make_menu(), make_menu("2-222222222", is_paused=True)
    waiting, held = make_text(staff), make_text(staff)
    SyncJob.objects.filter(object_id=held.pk, model="telephony.smsmessage").update(state="held")
    failed = SyncJob.objects.filter(model="campaigns.menu").first()
    SyncJob.objects.filter(pk=failed.pk).update(state="failed")
    running = make_campaign(menu, state="running", created_by=staff)
    paused = make_campaign(other, state="paused", created_by=staff)
    free = (make_menu("3-333333333"), make_menu("4-444444444", is_paused=True))
    records = [waiting, held, *SyncJob.objects.all(), running, paused, *free, make_speech(staff)]
    request = as_asked_by(make_person("superuser", is_superuser=True))
    for model in {type(one) for one in records}:
        its_admin = site.get_model_admin(model)
        own = [one for one in records if type(one) is model]
        known = {deed.name for one in own for deed in its_admin.deeds_for_many(request, one)}
        assert {one.name for one in its_admin.for_many} <= known | ({"release"} if model is Recording else set())
