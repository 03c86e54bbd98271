"""SIP accounts many at a time: for a range of numbers, from a file, changed together, out as a file and back."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from telephony import services
from telephony.models import SipAccount
from tests.contributors.factories import make_person, signed_in
from tests.otp.test_runs import carried_out, change_of, checked, live, problems, states
from tests.telephony.factories import make_sip_account
from tests.telephony.test_pages import text_of
from voicehub.common import runs
from voicehub.common.models import Run, RunRow
from voicehub.common.roles import APPROVERS, STAFF
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import RecordState

pytestmark = pytest.mark.django_db

LIST = "/admin/telephony/sipaccount/"
HEADINGS = ("Username", "Name", "Internal caller number", "External caller number", "Voicemail box of the lamp")
RANGE = {
    "first": "08",
    "last": "11",
    "username": "desk-{n}",
    "name": "Desk {n}",
    "internal_caller_id_number": "2{n}",
    "external_caller_id_number": "31201234567",
}
Row = RunRow.State


@pytest.fixture
def staff(db):
    return make_person("sam", STAFF)


@pytest.fixture
def client(apidaze, staff):
    return signed_in(staff)


@pytest.fixture
def upload(apidaze, staff):
    """A file of accounts, checked: each line a tuple of cells in the order of HEADINGS, or fewer."""

    def upload(*lines):
        file = io.StringIO()
        csv.writer(file).writerows([HEADINGS, *([*line, *[""] * (len(HEADINGS) - len(line))] for line in lines)])
        upload = SimpleUploadedFile("accounts.csv", file.getvalue().encode())
        return checked(runs.upload(runs.kind_of("sip-accounts"), upload, user=staff))

    return upload


def test_each_line_is_told_what_is_wrong_with_it(upload, ann):
    run = upload(
        ("ANN", "Anna"),
        ("bob", "Bob", "202", "31201234599", "202"),
        ("Bob", "Another"),
        ("-x",),
        ("carol", "Carol", "1", "+31201234567"),
        ("ann",),
    )
    assert states(run) == [Row.READY, Row.READY, Row.BAD, Row.BAD, Row.BAD, Row.BAD]
    assert change_of(run) == ("Changes", {"Name": ("Ann", "Anna")})
    assert [name for name, _text in problems(run)[4]] == ["internal_caller_id_number", "external_caller_id_number"]
    assert "Line 3 is about the same one" in problems(run)[2][0][1]
    assert problems(run)[3][0][0] == "username"


def test_ten_accounts_from_a_file_with_two_bad_lines(upload, apidaze):
    lines = [(f"desk-{number}", f"Desk {number}", f"3{number:02}") for number in range(10)]
    run = carried_out(upload(*lines, ("x",), ("desk-77", "", "12345678")))
    assert states(run).count(Row.DONE) == 10
    assert set(live(run)) == {RecordState.IN_STEP}
    assert apidaze.sip_accounts()["desk-7"]["internal_number"] == "307"
    assert "desk-77" not in apidaze.sip_accounts()


def test_what_apidaze_refuses_is_shown_by_its_line_and_done_again(client, upload, apidaze):
    apidaze.fault("apidaze", "create-account", "refuse")
    run = carried_out(upload(("bob", "Bob")))
    assert live(run) == [RecordState.REFUSED]
    once_more = checked(runs.again(run, user=run.requested_by))
    page = text_of(client.get(once_more.get_absolute_url()))
    assert runs.kind_of(once_more).totals(once_more) == [("Sent once more", "1")]
    assert reverse("admin:telephony_sipaccount_changelist") + '">← Back to the list: SIP accounts' in page
    again = carried_out(once_more)
    assert live(again) == [RecordState.IN_STEP]
    assert list(apidaze.sip_accounts()).count("bob") == 1


def test_a_range_of_numbers_becomes_accounts(client, apidaze, compare):
    compare()
    make_sip_account(username="Desk-09")
    page = client.get(f"{LIST}range/")
    assert "{n}" in text_of(page)
    response = client.post(f"{LIST}range/", RANGE)
    run = checked(Run.objects.get())
    assert response["Location"] == run.get_absolute_url()
    assert states(run) == [Row.READY, Row.BAD, Row.READY, Row.READY]
    assert "already" in problems(run)[1][0][1]
    carried_out(run)
    made = apidaze.sip_accounts()["desk-08"]
    assert (made["name"], made["internal_number"], made["external_number"]) == ("Desk 08", "208", "31201234567")
    assert {"desk-10", "desk-11"} < set(apidaze.sip_accounts())


def test_an_account_of_a_range_that_was_refused_is_tried_again(client, apidaze):
    apidaze.fault("apidaze", "create-account", "refuse", count=4)
    client.post(f"{LIST}range/", RANGE)
    run = carried_out(checked(Run.objects.get()))
    again = carried_out(checked(runs.again(run, user=run.requested_by)))
    assert live(again) == [RecordState.IN_STEP] * 4


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"last": "07"}, "smaller than the first one"),
        ({"last": "9999"}, "at most 1000 are possible"),
        ({"first": "1e3"}, "A whole number"),
        ({"first": "-1"}, "A whole number"),
        ({"username": "desk"}, "Write {n} where the number is to stand"),
    ],
)
def test_a_range_that_makes_no_sense_is_explained(client, changes, words):
    response = client.post(f"{LIST}range/", RANGE | changes)
    assert words in text_of(response)
    assert not Run.objects.exists()


def test_who_may_not_make_accounts_gets_no_range(apidaze):
    assert signed_in(make_person("abe", APPROVERS)).get(f"{LIST}range/").status_code == 403


def test_what_is_on_the_list_goes_out_as_a_file_that_changes_nothing_when_it_comes_back(client, ann, staff):
    response = client.get(f"{LIST}export/csv/?q=an")
    text = b"".join(response.streaming_content).decode()
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows == [list(HEADINGS), ["ann", "Ann", "201", "31201234567", ""]]
    whole = b"".join(client.get(f"{LIST}export/csv/").streaming_content)
    upload = SimpleUploadedFile("back.csv", whole)
    run = checked(runs.upload(runs.kind_of("sip-accounts"), upload, user=staff))
    assert states(run) == [Row.SAME] * SipAccount.objects.count()


def test_many_accounts_are_changed_at_once(client, apidaze, ann, staff):
    plain = make_sip_account(username="plain", internal_caller_id_number="")
    drain_inline()
    url = reverse("admin:telephony_sipaccount_edit_many") + f"?id__in={ann.pk},{plain.pk}"
    assert "Nothing would change" in text_of(client.post(url, {}))
    client.post(url, {"external_caller_id_number": "31209999999", "mwi_account": "{n}"})
    run = checked(Run.objects.get())
    assert states(run) == [Row.READY, Row.BAD]
    carried_out(run)
    row = apidaze.sip_accounts()["ann"]
    assert (row["external_number"], row["mwi_account"]) == ("31209999999", "201")


def test_a_line_does_not_take_a_username_that_somebody_took_meanwhile(upload, apidaze):
    run = upload(("bob", "Bob"))
    make_sip_account(username="BOB")
    assert states(carried_out(run)) == [Row.REFUSED]
    assert SipAccount.objects.filter(username__iexact="bob").count() == 1


def test_without_a_key_every_line_says_so(upload, settings):
    settings.APIDAZE_CLIENT_SECRET = ""
    with pytest.raises(services.NotConnectedError):
        services.connection()
    assert "APIDAZE_CLIENT_ID" in problems(upload(("bob",)))[0][0][1]
