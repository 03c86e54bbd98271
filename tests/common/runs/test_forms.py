"""Records that people make by hand, from a file: each line is checked as the form on the record's page checks it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.models import Menu
from telephony.models import Hotline
from tests.campaigns.factories import make_menu
from tests.common.factories import make_person
from tests.contributors.factories import signed_in
from tests.otp.test_runs import checked
from tests.telephony.factories import make_hotline
from voicehub.common import runs
from voicehub.common.roles import ADMINS
from voicehub.common.runs.outcomes import standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return make_person("ada", ADMINS)


def upload(kind, user, *lines):
    file = SimpleUploadedFile("lines.csv", "\n".join(lines).encode())
    return checked(runs.upload(runs.kind_of(kind), file, user=user))


def carried_out(run):
    runs.start(run, user=run.requested_by, shown=runs.digest(run))
    return checked(run)


def outcomes(run):
    return [(row.state, row.problems[0][0] if row.problems else "") for row in run.rows.order_by("number")]


def test_a_line_is_a_new_hotline_a_changed_one_or_nothing_new(admin):
    orders, returns = make_hotline("+18459511000", name="Orders"), make_hotline("+18459512000", name="Returns")
    lines = ("845 951 1000,Sales", "845.951.2000,Returns", "(845) 951-3000,New one")
    run = upload("hotlines", admin, "Number,Name", *lines)
    assert outcomes(run) == [("ready", ""), ("same", ""), ("ready", "")]
    page = signed_in(admin).get(run.get_absolute_url()).content.decode()
    assert "Orders" in page
    assert "Sales" in page
    assert [one.name for one in Hotline.objects.order_by("did")] == ["Orders", "Returns"]
    carried_out(run)
    assert [one.name for one in Hotline.objects.order_by("did")] == ["Sales", "Returns", "New one"]
    assert orders.history.first().history_user == admin
    assert returns.history.count() == 1


def test_what_the_form_would_not_take_a_line_does_not_bring_in(admin):
    lines = ("12,Too short", "8459511000,", "8459511001,Fine,Mars/Crater", "8459511002,One", "845 951 1002,Two")
    run = upload("hotlines", admin, "Number,Name,Time zone", *lines)
    assert outcomes(run) == [("bad", "did"), ("bad", "name"), ("bad", "time_zone"), ("ready", ""), ("bad", "did")]


def test_what_somebody_else_has_changed_since_is_not_overwritten(admin):
    hotline = make_hotline("+18459511000", name="Orders")
    run = upload("hotlines", admin, "Number,Name", "8459511000,Sales")
    Hotline.objects.filter(pk=hotline.pk).update(name="Billing")
    carried_out(run)
    hotline.refresh_from_db()
    assert hotline.name == "Billing"
    assert "somebody else" in run.rows.get().message


def test_menus_come_in_and_go_to_voiceshot_as_from_their_page(admin, settings):
    settings.VOICESHOT_ACCOUNT = "main"
    make_menu("1-1111", is_paused=True)
    lines = ("1-1111,Winter,", "1-2222,Spring,818 555 0199", "1-3333,No number,", "x,Bad,818 555 0199")
    run = upload("menus", admin, "Menuid,Name,Caller id", *lines)
    assert outcomes(run) == [("ready", ""), ("ready", ""), ("bad", "caller_id"), ("bad", "menuid")]
    carried_out(run)
    shown = Menu.objects.order_by("menuid").values_list("menuid", "name", "caller_id", "is_paused", "sync_state")
    changed, new = list(shown)
    assert changed[1:] == ("Winter", Menu.objects.get(menuid="1-1111").caller_id, True, "waiting")
    assert new == ("1-2222", "Spring", "+18185550199", False, "waiting")
    assert standing(run).sentence == "4 lines: 2 cannot be used, 2 done."
