"""Recipients come in: whatever files look like, every line is accounted for."""

import html
import io

import phonenumbers
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from openpyxl import Workbook
from phonenumbers.timezone import time_zones_for_number

from campaigns import numbers
from campaigns.columns import Columns
from campaigns.models import Campaign, Menu, Prompt, Recipient, Tally
from campaigns.services import importing, preflight
from tests.common.factories import make_person
from voicehub.common import do_not_call, runs
from voicehub.common.models import Run, RunRow
from voicehub.common.roles import ADMINS, APPROVERS
from voicehub.common.runs import tables, working
from voicehub.sync.models import Connection

pytestmark = pytest.mark.django_db
Row, State = RunRow.State, Recipient.State


@pytest.fixture
def ann():
    return make_person("ann", ADMINS)


@pytest.fixture
def campaign(ann):
    account = Connection.objects.create(
        provider="voiceshot", base_url="http://127.0.0.1:1", account="a", connected_at=timezone.now()
    )
    menu = Menu(connection=account, menuid="1-1234", name="Notices", caller_id="+18185550199")
    menu.save()
    return Campaign.objects.create(connection=account, name="Spring", menu=menu, created_by=ann)


@pytest.fixture
def take_in(campaign, ann):
    """A run of what was uploaded or pasted, checked."""

    def _take_in(content, name="people.csv"):
        if isinstance(content, str):
            run = importing.import_text(campaign, content, user=ann)
        else:
            run = importing.import_file(campaign, SimpleUploadedFile(name, content), user=ann)
        working.work()
        run.refresh_from_db()
        return run

    return _take_in


@pytest.fixture
def add(ann):
    def _add(run):
        runs.start(run, user=ann, shown=runs.digest(run))
        working.work()
        run.refresh_from_db()
        return run

    return _add


def states(run):
    return list(run.rows.order_by("number").values_list("state", flat=True))


def said(run, line):
    row = run.rows.get(number=line)
    return " ".join(tables.said_about(runs.kind_of(run), row))


def recipients(campaign):
    return list(campaign.recipients.order_by("line").values_list("number", "state"))


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "typed",
    [
        *("4155552671", "14155552671", "+14155552671", "(415) 555-2671", "1-415-555-2671"),
        *("415.555.2671", "415/555 2671", " 415\xa0555\xa02671 ", "001 415 555 2671"),
        *("+1 (415) 555\u20112671", "\u202a+1 415 555 2671\u202c"),
    ],
)
def test_a_number_is_read_however_it_is_written(typed):
    assert numbers.read(typed) == "+14155552671"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "no number in this line"),
        ("1.81856E+10", "A spreadsheet has damaged this number"),
        ("1,81856e10", "A spreadsheet has damaged this number"),
        ("+33 1 99 00 12 34", "+33 1 99 00 12 34 (France) is not in North America"),
        ("0033199001234", "(France) is not in North America"),
        ("+999 12", "No country has the code"),
        ("415555267", "too short"),
        ("41555526711", "too long"),
        ("24155552671", "too long"),
        ("1155552671", "No area code begins with 0 or 1"),
        ("4150552671", "no number goes on with 0 or 1"),
        ("1-800-FLOWERS", "This is no phone number"),
        ("415 555 2671 x5", "This is no phone number"),
        ("٤١٥٥٥٥٢٦٧١", "This is no phone number"),
        ("8185550100.0", "a quantity"),
    ],
)
def test_what_cannot_be_called_is_told_and_never_guessed(typed, words):
    with pytest.raises(numbers.NotCallableError) as refused:
        numbers.read(typed)
    assert words in str(refused.value)


@pytest.mark.parametrize("number", ["+12125550123", "+12084010123", "+17015550123", "+18765230123", "+14422005678"])
def test_the_zones_of_a_number_are_those_of_the_library(number):
    assert numbers.zones_of(number).split() == list(time_zones_for_number(phonenumbers.parse(number)))


def test_a_number_that_may_be_anywhere_has_no_known_zone():
    assert numbers.zones_of("+18005550123") == ""


FILES = [
    b"Name,Phone\nAnn,(415) 555-2671\nBob,1-212-555-0123\n",
    b"Phone number;House number;Name\n4155552671;12;Ann\n12125550123;7;Bob\n",
    workbook(["Mobile", "Name"], [4155552671.0, "Ann"], ["212-555-0123", "Bob"]),
    "\ufeffTEL\tname\n415.555.2671\tAnn\n+1 212 555 0123\tBob".encode(),
]


@pytest.mark.parametrize("content", FILES)
def test_the_number_is_found_by_its_heading_and_the_others_become_variables(campaign, take_in, add, content):
    run = add(take_in(content))
    assert not run.options["is_guess"]
    found = campaign.recipients.order_by("line").values_list("number", "variables__name", "line", "zones")
    assert list(found) == [
        ("+14155552671", "Ann", 2, "America/Los_Angeles"),
        ("+12125550123", "Bob", 3, "America/New_York"),
    ]
    assert (run.state, states(run)) == (Run.State.DONE, [Row.DONE, Row.DONE])
    first = run.rows.order_by("number").first()
    assert Recipient.objects.get(pk=first.object_id).number == "+14155552671"


def test_pasted_numbers_need_no_heading_and_no_question(campaign, take_in, add):
    run = add(take_in("415 555 2671\n\n(212) 555-0123\n"))
    assert (run.options["is_guess"], run.title) == (False, "Pasted numbers")
    assert recipients(campaign) == [("+14155552671", State.WAITING), ("+12125550123", State.WAITING)]


def test_without_a_heading_the_column_that_looks_like_numbers_is_proposed(take_in):
    run = take_in("Ann;12;4155552671\nBob;7;2125550123\n")
    assert run.options["is_guess"]
    assert run.options["columns"] == {"number": "2", "variables": {}, "has_headings": False}
    assert states(run) == [Row.READY, Row.READY]


def test_a_person_says_otherwise_and_the_lines_are_read_anew(campaign, take_in, add):
    run = take_in("Ann,2125550123,4155552671\nBob,2125550124,4155552672\n")
    importing.choose_columns(run, Columns("2", {"0": "first_name"}, has_headings=False))
    working.work()
    run.refresh_from_db()
    add(run)
    found = campaign.recipients.order_by("line").values_list("number", "variables", "line")
    assert list(found) == [("+14155552671", {"first_name": "Ann"}, 1), ("+14155552672", {"first_name": "Bob"}, 2)]


def test_whether_the_first_line_is_one_of_headings_can_be_changed_to_and_fro(take_in):
    run = take_in("Who,Where\nAnn,4155552671\n")
    assert states(run) == [Row.READY]
    for has_headings, expected in ((False, [Row.BAD, Row.READY]), (False, [Row.BAD, Row.READY]), (True, [Row.READY])):
        importing.choose_columns(run, Columns("1", {}, has_headings))
        working.work()
        assert states(run) == expected


def test_a_worker_that_is_still_at_it_with_the_columns_of_before_writes_nothing(take_in, monkeypatch):
    run = take_in("Ann,2125550123,4155552671\n")
    importing.choose_columns(run, Columns("1", {}, has_headings=False))
    kind = type(runs.kind_of(run))
    check = kind.check

    def overtaken(self, current, rows):
        monkeypatch.setattr(kind, "check", check)
        importing.choose_columns(run, Columns("2", {}, has_headings=False))
        check(self, current, rows)

    monkeypatch.setattr(kind, "check", overtaken)
    working.work()
    assert run.rows.get().key == "+14155552671"


def test_columns_are_not_changed_once_the_run_has_started(take_in, add):
    run = add(take_in("4155552671"))
    with pytest.raises(runs.RunRefusedError, match="has been started"):
        importing.choose_columns(run, Columns("0", {}, has_headings=False))


def test_doubles_are_found_after_numbers_are_read_in_the_file_and_against_the_campaign(campaign, take_in, add):
    add(take_in("4155552671"))
    run = take_in("Phone\n2125550123\n1 (212) 555-0123\n+1 415 555 2671\n2125550124\n")
    assert states(run) == [Row.READY, Row.SAME, Row.SAME, Row.READY]
    assert "same number as in line 2" in said(run, 3)
    assert "in the campaign already" in said(run, 4)
    add(run)
    assert campaign.recipients.count() == 3


def test_who_must_not_be_called_becomes_a_skipped_recipient_with_the_reason(
    campaign, take_in, add, settings, client, ann
):
    settings.ALLOWED_NUMBER_PREFIXES = ["+1212", "+1415", "+1900"]
    do_not_call.add("+14155552671", source=do_not_call.Source.TYPED)
    run = take_in("Phone\n4155552671\n2125550123\n3125550123\n9005550123\n")
    assert "do-not-call list" in said(run, 2)
    assert "only numbers that begin with" in said(run, 4)
    assert "costs extra" in said(run, 5)
    totals = dict(runs.kind_of(run).totals(run))
    assert [strip_tags(figure) for figure in totals.values()] == ["1", "1", "2"]
    client.force_login(ann)
    for shown, lines in (("recipient_skipped", [2, 4, 5]), ("do_not_call", [2])):
        address = f"{run.get_absolute_url()}?show=record-{shown}"
        assert address.rpartition("?")[2] in client.get(run.get_absolute_url()).content.decode()
        assert [line["row"].number for line in client.get(address).context["lines"]] == lines
    add(run)
    assert [state for _number, state in recipients(campaign)] == [State.SKIPPED, State.WAITING, *[State.SKIPPED] * 2]
    assert "do-not-call" in campaign.recipients.get(number="+14155552671").reason
    counted = {(one.state, one.zones): one.count for one in Tally.objects.filter(campaign=campaign)}
    assert counted[(State.WAITING, "America/New_York")] == 1
    assert sum(counted.values()) == 4


def test_a_line_without_a_variable_that_the_words_need_is_reported(campaign, take_in):
    Prompt.objects.create(campaign=campaign, text="Hello {First_Name} of {town}.")
    run = take_in("First name,Phone,Town\nAnn,4155552671,Paris\n,2125550123,Rome\n")
    assert states(run) == [Row.READY, Row.BAD]
    assert "It has no {first_name}, which the words of the campaign need." in said(run, 3)


def test_cells_that_cannot_be_read_spoil_a_line_only_where_they_are_used(take_in):
    run = take_in(workbook(["Phone", "Name"], ["4155552671", "=1+1"], ["=2+2", "Bob"]))
    assert states(run) == [Row.BAD, Row.BAD]
    assert "Name: This cell holds a formula" in said(run, 2)
    importing.choose_columns(run, Columns("0", {}, has_headings=True))
    working.work()
    assert states(run) == [Row.READY, Row.BAD]


def test_nobody_is_added_to_a_campaign_that_has_begun(campaign, take_in, add, ann):
    late = take_in("4155552671")
    run = take_in("2125550123")
    runs.start(run, user=ann, shown=runs.digest(run))
    assert importing.unfinished(campaign)
    assert "still being added" in " ".join(preflight.look(campaign).obstacles)
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.RUNNING)
    working.work()
    assert (states(run), campaign.recipients.count()) == ([Row.REFUSED], 0)
    assert "while the campaign is a draft" in run.rows.get().message
    with pytest.raises(runs.RunRefusedError, match="while the campaign is a draft"):
        add(late)


def test_a_number_that_came_by_another_file_meanwhile_is_told(campaign, take_in, add):
    first, second = take_in("4155552671\n2125550123"), take_in("4155552671\n2125550124")
    add(first)
    add(second)
    assert states(second) == [Row.REFUSED, Row.DONE]
    assert "come into the campaign meanwhile" in second.rows.get(number=1).message
    assert campaign.recipients.count() == 3


def test_very_many_lines_take_few_questions(campaign, take_in, ann, django_assert_max_num_queries):
    content = "Phone\n" + "\n".join(f"212555{number:04}" for number in range(2000))
    run = importing.import_text(campaign, content, user=ann)
    working.work()
    run.refresh_from_db()
    runs.start(run, user=ann, shown=runs.digest(run))
    with django_assert_max_num_queries(70):
        working.work()
    assert campaign.recipients.count() == 2000
    assert Tally.objects.get(campaign=campaign).count == 2000


def test_what_was_cancelled_is_done_again_with_the_same_columns(campaign, take_in, ann, add):
    run = take_in("Who,Where\nAnn,4155552671\n")
    runs.start(run, user=ann, shown=runs.digest(run))
    runs.cancel_rest(run, user=ann)
    working.work()
    run.refresh_from_db()
    again = runs.again(run, user=ann)
    working.work()
    again.refresh_from_db()
    add(again)
    assert campaign.recipients.get().variables == {"who": "Ann"}


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\x00", b'Phone\n"415\n', workbook()])
def test_a_file_that_cannot_be_read_leaves_nothing_behind(campaign, ann, content):
    with pytest.raises(runs.FileRefusedError):
        importing.import_file(campaign, SimpleUploadedFile("a.csv", content), user=ann)
    assert not Run.objects.exists()


# --- Pages


@pytest.fixture
def page(client, ann, campaign):
    client.force_login(ann)
    return reverse("campaign_import", args=[campaign.pk])


def text_of(answer):
    return " ".join(html.unescape(answer.content.decode()).split())


def test_from_the_campaign_by_file_and_preview_to_its_recipients_and_back(client, page, campaign):
    assert page in client.get(campaign.get_absolute_url()).content.decode()
    file = SimpleUploadedFile("people.csv", b"Phone,Name\n4155552671,Ann\n1.81856E+10,Bob\n(415) 555-2671,Cy\n")
    answer = client.post(page, {"file": file}, follow=True)
    working.work()
    run = Run.objects.get()
    preview = text_of(client.get(run.get_absolute_url()))
    assert answer.redirect_chain[-1][0] == run.get_absolute_url()
    for words in (
        "Add 1 recipient",
        "A spreadsheet has damaged",
        "same number as in line 2",
        "column “Phone”",
        "{name}",
    ):
        assert words in preview
    assert "Back to Spring" in preview
    client.post(reverse("admin:common_run_start", args=[run.pk]), {"shown": runs.digest(run)})
    working.work()
    assert "Recipients of the campaign now" in text_of(client.get(run.get_absolute_url()))
    assert recipients(campaign) == [("+14155552671", State.WAITING)]
    lines = b"".join(client.get(reverse("admin:common_run_rows", args=[run.pk, "csv"])).streaming_content).decode()
    assert "Line,Phone,Name,State" in lines


def test_where_it_is_not_sure_the_columns_are_asked_for_first(client, page, campaign):
    answer = client.post(page, {"numbers": "Ann;12;4155552671\nBob;7;2125550123\n"}, follow=True)
    run = Run.objects.get()
    columns = reverse("campaign_columns", args=[run.pk])
    assert answer.redirect_chain[-1][0] == columns
    assert "Column A" in text_of(answer)
    assert "Ann · Bob" in text_of(answer)
    client.post(columns, {"number": "2", "variable_0": "First name", "variable_1": ""})
    working.work()
    run.refresh_from_db()
    assert (run.options["columns"]["variables"], states(run)) == ({"0": "first_name"}, [Row.READY, Row.READY])
    assert columns in client.get(run.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"number": "7"}, "Select a valid choice"),
        ({"number": "1", "variable_0": "3rd"}, "begins with a letter"),
        ({"number": "1", "variable_0": "a b", "variable_2": "A-B"}, "cannot have the same name"),
        ({}, "required"),
    ],
)
def test_columns_that_cannot_be_meant_are_asked_for_again(client, page, data, words):
    client.post(page, {"numbers": "Ann;4155552671;x\nBob;2125550123;y\n"})
    run = Run.objects.get()
    answer = client.post(reverse("campaign_columns", args=[run.pk]), data)
    assert answer.status_code == 200
    assert words in text_of(answer)


@pytest.mark.parametrize(
    ("numbers_typed", "file", "words"),
    [
        ("", None, "Choose a file or paste numbers"),
        ("4155552671", b"4155552671", "Choose a file or paste numbers"),
        ("", b"\x89PNG\r\n\x1a\n\xff", "CSV UTF-8"),
        ('"415', None, "quotation mark is missing"),
    ],
)
def test_what_cannot_be_read_is_said_on_the_form(client, page, numbers_typed, file, words):
    files = {"file": SimpleUploadedFile("a.csv", file)} if file else {}
    answer = client.post(page, {"numbers": numbers_typed, **files})
    assert answer.status_code == 200
    assert words in text_of(answer)
    assert not Run.objects.exists()


def test_a_campaign_that_has_begun_takes_nobody_in(client, page, campaign):
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.RUNNING)
    answer = client.post(page, {"numbers": "4155552671"}, follow=True)
    assert "while the campaign is a draft" in text_of(answer)
    assert page not in answer.content.decode()
    assert not Run.objects.exists()


def test_who_may_not_change_campaigns_adds_nobody_and_columns_are_for_who_has_brought_them(client, page, take_in):
    run = take_in("Ann;4155552671\nBob;2125550123")
    client.force_login(make_person("olga", APPROVERS))
    assert client.get(page).status_code == 403
    assert client.get(reverse("campaign_columns", args=[run.pk])).status_code in (403, 404)
    client.force_login(make_person("bob", ADMINS))
    assert client.post(reverse("campaign_columns", args=[run.pk]), {"number": "1"}).status_code == 403
    assert client.get(reverse("campaign_columns", args=[run.pk + 1])).status_code == 404
