"""OTP apps many at a time: from a file, changed together, out as a file and back again."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from otp import services
from otp.models import OtpApp, Sender
from tests.contributors.factories import make_person, signed_in
from tests.otp.factories import VALUES, make_app
from tests.otp.test_pages import text_of
from voicehub.common import runs
from voicehub.common.models import AuditEntry, Run, RunRow
from voicehub.common.roles import APPROVERS, STAFF
from voicehub.common.runs import working
from voicehub.sandbox.providers.ourvoice.records import SENDER_ID
from voicehub.sync.engine import drain_inline

pytestmark = pytest.mark.django_db

LIST = "/admin/otp/otpapp/"
NEW = reverse("admin:common_run_new", args=["otp-apps"])
HEADINGS = ("Name", "Sender", "Message template", "Digits of the code", "Id at Ourvoice")
Row = RunRow.State


@pytest.fixture
def staff(db):
    return make_person("sam", STAFF)


@pytest.fixture
def client(ourvoice, staff):
    return signed_in(staff)


@pytest.fixture
def upload(ourvoice, staff):
    """A file of apps, checked: each line a tuple of cells in the order of HEADINGS, or fewer."""

    def upload(*lines):
        file = io.StringIO()
        csv.writer(file).writerows([HEADINGS, *([*line, *[""] * (len(HEADINGS) - len(line))] for line in lines)])
        upload = SimpleUploadedFile("apps.csv", file.getvalue().encode())
        return checked(runs.upload(runs.kind_of("otp-apps"), upload, user=staff))

    return upload


def checked(run):
    working.work()
    run.refresh_from_db()
    return run


def carried_out(run):
    """Started, and all that follows: the lines, and what Ourvoice says to their records."""
    runs.start(run, user=run.requested_by, shown=runs.digest(run))
    working.work()
    drain_inline()
    run.refresh_from_db()
    return run


def states(run):
    return list(run.rows.order_by("number").values_list("state", flat=True))


def problems(run):
    return [[tuple(problem) for problem in row.problems] for row in run.rows.order_by("number")]


def change_of(run, number=0):
    """The fields that a line would change, as the preview tells them."""
    effect = runs.kind_of(run).effect_of(run.rows.order_by("number")[number])
    return effect and (str(effect.word), {one.label: (one.old, one.new) for one in effect.changes})


def live(run):
    kind, rows = runs.kind_of(run), list(run.rows.exclude(object_id=None).order_by("number"))
    outcomes = kind.live(rows)
    return [outcomes[row.pk].state for row in rows]


def test_the_preview_shows_per_line_what_would_happen_and_nothing_happens(upload, golden, ourvoice):
    run = upload(
        ("Shop", "", "", ""),
        ("GOLDEN", "", "", "7"),
        ("SILVER", "", "", "", golden.remote_id),
        ("Eldon's App", "", "", "5"),
    )
    assert states(run) == [Row.READY, Row.READY, Row.BAD, Row.SAME]
    assert change_of(run, 0) == (
        "New",
        {
            "Name": ("", "Shop"),
            "Sender id": ("", SENDER_ID),
            "Message template": ("", "Votre code pour Shop est: {{code}}"),
            "Digits of the code": ("", "6"),
        },
    )
    assert change_of(run, 1) == ("Changes", {"Digits of the code": ("5", "7")})
    assert problems(run)[2] == [("", "Line 3 is about the same one already, or takes the same name.")]
    assert change_of(run, 2) is change_of(run, 3) is None
    assert OtpApp.objects.count() == 2
    assert not ourvoice.calls("ourvoice", "change-app")


def test_lines_are_carried_out_and_followed_to_ourvoice(upload, golden, ourvoice):
    run = carried_out(upload(("Shop", "GOLDEN"), ("Gold", "", "Code\n[code]", "7", golden.remote_id)))
    assert states(run) == [Row.DONE, Row.DONE]
    assert live(run) == ["in_step", "in_step"]
    row = ourvoice.apps()[golden.remote_id]
    assert (row["name"], row["message_template"], row["code_size"]) == ("Gold", "Code\n[code]", 7)
    assert "Shop" in [app["name"] for app in ourvoice.apps().values()]
    change = golden.changes.latest()
    assert (change.history_user.username, change.history_change_reason) == ("sam", "Through: apps.csv")


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        (("", "GOLDEN"), "name", "required"),
        (("n" * 101,), "name", "at most 100"),
        (("Shop", "Nobody"), "sender_id", "lists no sender “Nobody”, but: GOLDEN."),
        (("Shop", "", "m" * 481), "message_template", "at most 480"),
        (("Shop", "", "", "3"), "code_size", "greater than or equal to 4"),
        (("Shop", "", "", "many"), "code_size", "whole number"),
        (("Shop", "", "", "", "unknown-id"), "", "No app here has the id unknown-id."),
        (("GOLDEN", "", "", "9"), "code_size", "less than or equal to 8"),
        (("Bell\x07",), "name", "control character"),
    ],
)
@pytest.mark.usefixtures("golden")
def test_what_the_form_would_refuse_is_told_at_the_line(upload, line, column, words):
    run = upload(line)
    assert states(run) == [Row.BAD]
    assert any(name == column and words in text for name, text in problems(run)[0]), problems(run)
    assert OtpApp.objects.count() == 2


def test_a_name_stands_once_here_and_once_in_the_file(upload, golden):
    run = upload(("Shop",), ("Shop",), ("Eldon's App", "", "", "", golden.remote_id), ("Till", "", "", "", ""))
    assert states(run) == [Row.READY, Row.BAD, Row.BAD, Row.READY]
    assert "takes the same name" in problems(run)[1][0][1]
    assert problems(run)[2][0] == (
        "name",
        "There is another app of this name, capitals aside. Codes that are asked for by name need one.",
    )


def test_two_apps_of_one_name_are_told_apart_by_their_ids(upload, ourvoice, compare):
    ourvoice.add_apps("Till", "Till")
    compare()
    first, second = OtpApp.objects.filter(name="Till").order_by("pk")
    run = upload(("Till", "", "", "7"), ("Till", "", "", "7", first.remote_id))
    assert states(run) == [Row.BAD, Row.READY]
    assert second.remote_id in problems(run)[0][0][1]


def test_senders_of_one_name_are_told_apart_by_their_ids(upload, golden):
    Sender.objects.create(connection=golden.connection, remote_id="other", name="Golden")
    run = upload(("Shop", "golden"), ("Bar", "other"))
    assert states(run) == [Row.BAD, Row.READY]
    assert "write the id" in problems(run)[0][0][1]


def test_without_a_list_of_senders_any_id_is_taken_and_none_is_missed(upload):
    run = upload(("Shop", "some-id"), ("Bar", ""))
    assert states(run) == [Row.READY, Row.BAD]
    assert problems(run)[1][0][0] == "sender_id"


def test_what_was_changed_since_the_preview_is_refused_and_can_be_looked_at_again(upload, golden, staff):
    run = upload(("GOLDEN", "", "", "7"))
    golden.code_size = 8
    services.save_app(golden, user=None)
    run = carried_out(run)
    assert states(run) == [Row.REFUSED]
    assert "digits of the code" in run.rows.get().message
    golden.refresh_from_db()
    assert golden.code_size == 8
    again = checked(runs.again(run, user=staff))
    assert change_of(again) == ("Changes", {"Digits of the code": ("8", "7")})


def test_what_was_deleted_or_named_alike_since_the_preview_is_refused(upload, golden):
    run = upload(("GOLDEN", "", "", "7"), ("Shop",))
    golden.delete()
    make_app(name="Shop")
    assert states(carried_out(run)) == [Row.REFUSED, Row.REFUSED]
    assert OtpApp.objects.filter(name="Shop").count() == 1


def test_who_may_not_change_apps_any_more_changes_none(upload, golden, staff):
    run = upload(("GOLDEN", "", "", "7"))
    staff.groups.clear()
    assert states(carried_out(run)) == [Row.REFUSED]


@pytest.mark.usefixtures("golden")
def test_what_was_checked_for_one_account_goes_to_no_other(upload, settings, ourvoice):
    run = upload(("GOLDEN", "", "", "7"), ("Shop",))
    settings.OURVOICE_ACCOUNT = "other"
    services.account()
    run = carried_out(run)
    assert states(run) == [Row.REFUSED, Row.REFUSED]
    assert OtpApp.objects.count() == len(ourvoice.apps()) == 2


def test_without_a_key_every_line_says_so(upload, settings):
    settings.OURVOICE_API_KEY = ""
    assert "OURVOICE_API_KEY" in problems(upload(("Shop",)))[0][0][1]


def test_what_ourvoice_refuses_can_be_sent_again_and_the_rest_is_left_alone(upload, ourvoice, golden, staff):
    ourvoice.fault("ourvoice", "change-app", "refuse")
    run = carried_out(upload(("GOLDEN", "", "", "7"), ("Shop",)))
    assert live(run) == ["refused", "in_step"]
    assert states(run) == [Row.DONE, Row.DONE]
    again = checked(runs.again(run, user=staff))
    assert change_of(again) == ("Sent once more as it is", {})
    assert again.rows.count() == 1
    assert live(carried_out(again)) == ["in_step"]
    assert ourvoice.apps()[golden.remote_id]["code_size"] == 7
    with pytest.raises(runs.RunRefusedError):
        runs.again(run, user=staff)


def test_a_change_of_both_sides_waits_for_somebody_and_is_told_on_the_page(upload, ourvoice, golden, client):
    ourvoice.change_app(golden.remote_id, code_size=8)
    run = carried_out(upload(("GOLDEN", "", "", "7")))
    assert live(run) == ["changed"]
    page = text_of(client.get(run.get_absolute_url()))
    assert "Needs somebody" in page
    assert "1 line: 1 changed at the provider." in page
    shown = client.get(run.get_absolute_url(), {"show": "record-changed"}).context["lines"]
    assert [line["row"].pk for line in shown] == [run.rows.get().pk]


def test_a_record_that_was_deleted_since_is_accounted_for(upload, client, golden):
    run = carried_out(upload(("Shop",)))
    OtpApp.objects.get(name="Shop").delete()
    drain_inline()
    assert "1 line: 1 overtaken by a newer change." in text_of(client.get(run.get_absolute_url()))
    assert client.get(run.get_absolute_url(), {"show": "record-superseded"}).context["lines"]


ODD = (
    VALUES | {"name": "=SUM(A1)", "message_template": "+1 [code]\n\n@you; \"he\", 'she'"},
    VALUES | {"name": "'=x", "message_template": "  two  blanks {{code}} é\t\n-", "code_size": 4},
    VALUES | {"name": "Café", "message_template": "x" * 400, "code_size": 8},
)


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_what_was_exported_is_taken_in_again_without_a_change(client, ourvoice, compare, file_format):
    compare()
    for values in ODD:
        make_app(**values)
    drain_inline()
    ourvoice.add_apps("Till", "Till", "n" * 150)
    compare()
    make_app(name="Not there yet")
    exported = client.get(f"{LIST}export/{file_format}/")
    file = SimpleUploadedFile(f"apps.{file_format}", b"".join(exported.streaming_content))
    run = checked(Run.objects.get(pk=client.post(NEW, {"file": file}).url.split("/")[-3]))
    assert problems(run) == [[]] * 9
    assert states(run) == [Row.SAME] * 9
    page = text_of(client.get(run.get_absolute_url()))
    assert "There is nothing to change" in page
    assert "were left out" not in page


def exported_names(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return [row["Name"] for row in csv.DictReader(io.StringIO(text))]


def test_the_export_holds_the_rows_on_screen(client, ourvoice, compare):
    ourvoice.add_apps(*(f"Shop {number:02}" for number in range(30)))
    compare()
    assert exported_names(client.get(f"{LIST}export/csv/", {"q": "shop", "p": "2"})) == [
        f"Shop {number:02}" for number in range(30)
    ]
    assert exported_names(client.get(f"{LIST}export/csv/", {"sync_state__exact": "changed"})) == []
    chosen = list(OtpApp.objects.filter(name__in=["Shop 03", "GOLDEN"]).values_list("pk", flat=True))
    answer = client.post(LIST, {"action": "export_selected_as_csv", "_selected_action": chosen})
    assert exported_names(answer) == ["GOLDEN", "Shop 03"]
    assert client.get(f"{LIST}export/csv/", {"id__in": "x"}).url == LIST
    reasons = AuditEntry.objects.filter(action="record.exported").values_list("reason", flat=True)
    assert "OTP apps: q=shop&p=2" in reasons


def edit_many(client, query="", **typed):
    answer = client.post(f"{LIST}edit-many/{query}", typed)
    return checked(Run.objects.latest("pk")) if answer.status_code == 302 else answer


def test_the_chosen_apps_are_changed_together(client, ourvoice, compare):
    ourvoice.add_apps("Shop")
    compare()
    chosen = list(OtpApp.objects.exclude(name="GOLDEN").values_list("pk", flat=True))
    form = client.post(LIST, {"action": "edit_selected", "_selected_action": chosen})
    page = text_of(client.get(form.url))
    assert "Change 2 OTP apps" in page
    assert "Eldon's App, Shop" in page
    run = edit_many(client, form.url.removeprefix(f"{LIST}edit-many/"), code_size="5")
    assert states(run) == [Row.SAME, Row.READY]
    assert change_of(run, 1) == ("Changes", {"Digits of the code": ("6", "5")})
    assert "Shop" in text_of(client.get(run.get_absolute_url()))
    assert live(carried_out(run)) == ["in_step"]
    assert sorted(app["code_size"] for app in ourvoice.apps().values()) == [5, 5, 5]


def test_words_in_templates_are_replaced_where_they_stand(client, ourvoice, golden):
    make_app(message_template="Votre code", name="Only the word")
    run = edit_many(client, find="Votre code ", replace="Code ")
    assert states(run) == [Row.READY, Row.READY, Row.SAME]
    assert change_of(run, 1)[1]["Message template"][1].startswith("Code de vérification")
    carried_out(run)
    assert ourvoice.apps()[golden.remote_id]["message_template"].startswith("Code de vérification")


def test_a_template_that_would_become_empty_or_too_long_is_a_problem_of_its_app(client, golden):
    make_app(name="Short", message_template="code")
    longer = edit_many(client, "?q=Short", find="code", replace="code" * 121)
    assert "at most 480" in problems(longer)[0][0][1]
    empty = edit_many(client, "?q=Short", find="code", replace="")
    assert problems(empty) == [[("", "Nothing would be left of the template.")]]


def test_the_preview_warns_of_what_may_be_meant_otherwise(client, ourvoice, golden, compare, upload):
    ourvoice.change_app(golden.remote_id, code_size=8)
    compare()
    run = edit_many(client, "?q=GOLDEN", message_template="Hello [app_name]")
    page = text_of(client.get(run.get_absolute_url()))
    assert "may come without the code" in page
    assert "Changed at the provider. It differs from the provider's: digits of the code." in page
    run = upload(("Moe's App", "", "", "", OtpApp.objects.get(name="Eldon's App").remote_id))
    assert "The old name is still written in the template." in text_of(client.get(run.get_absolute_url()))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "__all__"),
        ({"code_size": "3"}, "code_size"),
        ({"code_size": "x"}, "code_size"),
        ({"message_template": "m" * 481}, "message_template"),
        ({"message_template": "New", "find": "old"}, "find"),
        ({"replace": "new"}, "find"),
    ],
)
def test_an_edit_that_makes_no_sense_is_told_at_its_field(client, golden, typed, field):
    assert list(edit_many(client, **typed).context["form"].errors) == [field]
    assert not Run.objects.exists()


@pytest.mark.parametrize("query", ["?q=nobody", "?id__in=x", "?id__in="])
def test_nothing_that_is_chosen_is_nothing_to_change(client, golden, query):
    assert client.get(f"{LIST}edit-many/{query}").url == LIST
    assert client.post(f"{LIST}edit-many/{query}", {"code_size": "6"}).url == LIST


def test_an_app_that_is_being_deleted_is_left_alone(client, golden):
    pk = golden.pk
    run = edit_many(client, f"?id__in={pk}", code_size="7")
    golden.delete()
    assert states(carried_out(run)) == [Row.REFUSED]
    again = checked(runs.again(run, user=run.requested_by))
    assert problems(again) == [[("", "It was deleted.")]]


def test_who_may_only_look_exports_and_changes_nothing(golden):
    looker = signed_in(make_person("ann", APPROVERS))
    page = text_of(looker.get(LIST))
    assert "Export as CSV" in page
    assert "Change all that are listed" not in page
    assert "OTP apps from a file" not in page
    assert looker.get(f"{LIST}edit-many/").status_code == looker.get(NEW).status_code == 403
    assert sorted(exported_names(looker.get(f"{LIST}export/csv/"))) == ["Eldon's App", "GOLDEN"]


def test_the_lines_of_a_preview_go_out_as_a_file_with_what_would_change(client, golden):
    run = edit_many(client, "?q=GOLDEN", code_size="7")
    answer = client.get(reverse("admin:common_run_rows", args=[run.pk, "csv"]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines() == [
        "Line,Record,State,What is wrong or happened",
        "1,GOLDEN,Ready,Changes. Digits of the code: 5 → 7.",
    ]


def test_a_template_of_several_lines_is_shown_as_text(client, upload, golden):
    run = upload(("GOLDEN", "", "<b>\n[code]"))
    page = client.get(run.get_absolute_url()).content.decode()
    assert re.search(r"<ins>&lt;b&gt;\n\[code\]</ins>", page)
