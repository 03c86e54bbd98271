"""Payments from a file: what is checked, what is left out, and that each line pays once, whatever happens."""

import io
import threading
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from contributors import services
from contributors.models import Approval, Contributor, PaymentOrder, Transaction
from tests.ageing import let_pass
from tests.contributors.factories import make_contributor, make_person, signed_in
from voicehub.common import runs
from voicehub.common.models import Run, RunRow
from voicehub.common.runs import RunRefusedError, working
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Connection

State = Transaction.State
Row = RunRow.State
HEADINGS = "Contributor,Id at OutVoice,Amount,Currency,Article address,Article title"
NEW = reverse("admin:common_run_new", args=["payments"])


@pytest.fixture
def editor(db):
    return make_person("ed", "Editors")


@pytest.fixture
def approver(db):
    return make_person("ann", "Approvers")


def line(name, amount, number, **more):
    values = {"id": "", "currency": "USD", "url": f"https://example.org/{number}", "title": f"Story {number}", **more}
    return f"{name},{values['id']},{amount},{values['currency']},{values['url']},{values['title']}"


def uploaded(user, *lines, name="march.csv"):
    file = SimpleUploadedFile(name, "\n".join([HEADINGS, *lines]).encode())
    run = runs.upload(runs.kind_of("payments"), file, user=user)
    working.work()
    run.refresh_from_db()
    return run


def started(run, user, *included, **more):
    runs.start(run, user=user, shown=runs.digest(run), included=included, **more)
    working.work()
    run.refresh_from_db()
    return run


def rows(run):
    return list(run.rows.order_by("number"))


def states(run):
    return [row.state for row in rows(run)]


def said(row):
    return " ".join([text for _column, text in row.problems] + row.doubts + [row.message])


def paid(run):
    return [payment.state for payment in Transaction.objects.filter(order__run_row__run=run).order_by("id")]


def cents(outvoice):
    return sorted(booking["cents"] for booking in outvoice.ledger())


def test_every_good_line_is_paid_once_and_to_the_cent(connected, editor, outvoice):
    run = started(uploaded(editor, line("Steve Rogers", "20", 1), line("tony stark", "20.15", 2)), editor)
    drain_inline()
    assert paid(run) == [State.PAID, State.PAID]
    assert cents(outvoice) == [2000, 2015]
    assert [row.state for row in rows(run)] == [Row.DONE, Row.DONE]


def test_nothing_is_saved_or_sent_before_somebody_starts_it(connected, editor, outvoice):
    run = uploaded(editor, line("Steve Rogers", "20", 1))
    drain_inline()
    assert run.state == Run.State.READY
    assert not PaymentOrder.objects.exists()
    assert outvoice.calls(operation="transaction") == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (line("Nobody Atall", "20", 1), "Nobody on OutVoice's list is called Nobody Atall"),
        (line("", "20", 1), "Write who is paid"),
        (line("", "20", 1, id="77"), "has the id 77"),
        (line("Tony Stark", "20", 1, id="1"), "belongs to Steve Rogers"),
        (line("Steve Rogers", "", 1), "required"),
        (line("Steve Rogers", "abc", 1), "Write digits only"),
        (line("Steve Rogers", "-5", 1), "cannot be negative"),
        (line("Steve Rogers", "0.29", 1), "At least 1.00"),
        (line("Steve Rogers", "20.155", 1), "two digits after the point"),
        (line("Steve Rogers", "=20", 1), "Write digits only"),
        (line("Steve Rogers", "20", 1, currency="EUR"), "Payments go out in: USD"),
        (line("Steve Rogers", "20", 1, url="example"), "whole web address"),
        (line("Steve Rogers", "20", 1, url="javascript:alert(1)"), "whole web address"),
        (line("Steve Rogers", "20", 1, title=""), "Write the title"),
        (line("Steve Rogers", "20", 1) + ",one,more", "more cells"),
    ],
)
def test_what_is_wrong_in_a_line_is_said_and_only_that_line_is_left_out(connected, editor, text, what):
    run = uploaded(editor, text, line("Tony Stark", "30", 2))
    assert states(run) == [Row.BAD, Row.READY]
    assert what in said(rows(run)[0])


def test_all_that_is_wrong_in_a_line_is_said_at_once(connected, editor):
    (row,) = rows(uploaded(editor, line("Nobody", "x", 1, url="no", title="")))
    assert [column for column, _text in row.problems] == ["contributor", "amount", "url", "title"]


def test_a_name_that_two_people_bear_wants_the_id(connected, editor):
    make_contributor(connected, name="Steve Rogers", remote_id="99")
    run = uploaded(editor, line("Steve Rogers", "20", 1), line("Steve Rogers", "20", 2, id="99"))
    assert states(run) == [Row.BAD, Row.READY]
    assert "write the id as well (1, 99)" in said(rows(run)[0])


def test_somebody_who_left_the_list_cannot_be_paid(connected, steve, editor):
    Contributor.objects.filter(pk=steve.pk).update(is_active=False)
    (row,) = rows(uploaded(editor, line("Steve Rogers", "20", 1)))
    assert "no longer on OutVoice" in said(row)


def test_a_line_that_is_there_twice_is_left_out_unless_it_is_ticked(connected, editor, outvoice):
    run = uploaded(editor, line("Steve Rogers", "20", 1), line("Steve Rogers", "20", 1))
    assert states(run) == [Row.READY, Row.DOUBTFUL]
    assert "The same as line 2" in said(rows(run)[1])
    started(run, editor)
    drain_inline()
    assert cents(outvoice) == [2000]


def test_a_ticked_duplicate_is_paid_too(connected, editor, outvoice):
    run = uploaded(editor, line("Steve Rogers", "20", 1), line("Steve Rogers", "20", 1))
    started(run, editor, rows(run)[1].pk)
    drain_inline()
    assert cents(outvoice) == [2000, 2000]


def test_what_was_paid_before_is_left_out(connected, editor, pay, steve, outvoice):
    pay((steve, "20"), url="https://example.org/1", title="Other title")
    drain_inline()
    run = uploaded(editor, line("Steve Rogers", "20", 1), line("Steve Rogers", "25", 2, title="OTHER TITLE"))
    assert states(run) == [Row.DOUBTFUL, Row.DOUBTFUL]
    assert "has a payment of 20.00 USD" in said(rows(run)[0])


def test_what_is_paid_between_preview_and_start_is_not_paid_again(connected, editor, pay, steve, outvoice):
    run = uploaded(editor, line("Steve Rogers", "20", 1), line("Tony Stark", "30", 2))
    pay((steve, "20"), url="https://example.org/1")
    started(run, editor)
    drain_inline()
    assert states(run) == [Row.REFUSED, Row.DONE]
    assert "paid meanwhile" in said(rows(run)[0])
    assert cents(outvoice) == [2000, 3000]


def test_two_batches_of_the_same_lines_at_the_same_time_pay_once(connected, editor, outvoice):
    one, other = (uploaded(editor, line("Steve Rogers", "20", 1), name=name) for name in ("one.csv", "two.csv"))
    Run.objects.filter(pk=other.pk).update(file_digest="another")
    started(one, editor)
    started(other, editor)
    drain_inline()
    assert cents(outvoice) == [2000]


def test_the_very_same_file_wants_an_extra_tick(connected, editor, outvoice):
    text = line("Steve Rogers", "20", 1)
    started(uploaded(editor, text), editor)
    run = uploaded(editor, text)
    page = signed_in(editor).get(run.get_absolute_url()).content.decode()
    assert "very file was used before" in page
    with pytest.raises(RunRefusedError, match="was used before"):
        runs.start(run, user=editor, shown=runs.digest(run), included=[rows(run)[0].pk])
    started(run, editor, rows(run)[0].pk, knows_repeat=True)
    drain_inline()
    assert cents(outvoice) == [2000, 2000]


def test_who_leaves_the_list_between_preview_and_start_is_not_paid(connected, editor, steve, outvoice):
    run = uploaded(editor, line("Steve Rogers", "20", 1), line("Tony Stark", "30", 2))
    Contributor.objects.filter(pk=steve.pk).update(is_active=False)
    started(run, editor)
    drain_inline()
    assert states(run) == [Row.REFUSED, Row.DONE]
    assert "no longer on OutVoice" in said(rows(run)[0])
    assert cents(outvoice) == [3000]


def test_a_name_that_changes_between_preview_and_start_is_not_paid(connected, editor, steve, outvoice):
    run = uploaded(editor, line("Steve Rogers", "20", 1))
    Contributor.objects.filter(pk=steve.pk).update(name="Baron Zemo")
    started(run, editor)
    drain_inline()
    assert "Baron Zemo" in said(rows(run)[0])
    assert cents(outvoice) == []


def test_starting_twice_starts_once(connected, editor, outvoice):
    run = uploaded(editor, line("Steve Rogers", "20", 1))
    started(run, editor)
    with pytest.raises(RunRefusedError, match="cannot be started"):
        started(run, editor)
    drain_inline()
    assert cents(outvoice) == [2000]


def test_more_than_a_day_allows_is_refused_as_a_whole(connected, editor, settings):
    settings.PAYMENT_DAILY_AMOUNT = {"USD": "40"}
    run = uploaded(editor, line("Steve Rogers", "20", 1), line("Tony Stark", "30", 2))
    with pytest.raises(RunRefusedError, match="more than all of you together"):
        started(run, editor)
    assert states(run) == [Row.READY, Row.READY]


def test_above_the_limit_the_batch_waits_and_goes_out_when_somebody_else_agrees(
    connected, editor, approver, outvoice, settings
):
    settings.PAYMENT_APPROVAL_ABOVE = {"USD": "40"}
    run = started(uploaded(editor, line("Steve Rogers", "20", 1), line("Tony Stark", "30", 2)), editor)
    drain_inline()
    assert (run.state, cents(outvoice)) == (Run.State.HELD, [])
    assert not services.open_approvals(editor).exists()
    approval = Approval.objects.get(run=run)
    services.approve(approval, user=approver, shown=services.approvals.digest(approval))
    working.work()
    drain_inline()
    assert cents(outvoice) == [2000, 3000]


def test_a_batch_that_is_declined_pays_nobody(connected, editor, approver, outvoice, settings):
    settings.PAYMENT_APPROVAL_ABOVE = {"USD": "40"}
    run = started(uploaded(editor, line("Steve Rogers", "50", 1)), editor)
    services.decline(Approval.objects.get(run=run), user=approver, note="Too much")
    working.work()
    drain_inline()
    run.refresh_from_db()
    assert (run.state, states(run)) == (Run.State.CANCELLED, [Row.CANCELLED])
    assert "Too much" in said(rows(run)[0])
    assert cents(outvoice) == []


def test_splitting_a_payment_over_the_lines_of_a_batch_does_not_dodge_approval(connected, editor, settings):
    settings.PAYMENT_APPROVAL_ABOVE = {"USD": "100"}
    run = started(uploaded(editor, line("Steve Rogers", "60", 1), line("Steve Rogers", "40.01", 2)), editor)
    assert run.state == Run.State.HELD


def test_a_lost_answer_leaves_one_line_uncertain_and_again_leaves_it_out(connected, editor, outvoice):
    run = uploaded(editor, line("Steve Rogers", "20", 1), line("Tony Stark", "30", 2), line("Steve Rogers", "40", 3))
    outvoice.fault("outvoice", "transaction", "cut-after")
    outvoice.fault("outvoice", "transaction", "refuse")
    started(run, editor)
    drain_inline()
    assert sorted(paid(run)) == sorted([State.UNCERTAIN, State.REFUSED, State.PAID])
    again = runs.again(run, user=editor)
    working.work()
    refused = Transaction.objects.get(order__run_row__run=run, state=State.REFUSED)
    assert [row.values["replaces"] for row in rows(again)] == [refused.pk]


def test_again_pays_what_was_refused_once_even_when_it_is_pressed_twice(connected, editor, outvoice):
    outvoice.fault("outvoice", "transaction", "refuse")
    run = started(uploaded(editor, line("Steve Rogers", "20", 1)), editor)
    drain_inline()
    first, second = runs.again(run, user=editor), runs.again(run, user=editor)
    working.work()
    for one in (first, second):
        one.refresh_from_db()
        started(one, editor)
    drain_inline()
    assert cents(outvoice) == [2000]
    assert states(second) == [Row.REFUSED]


def test_when_nothing_is_left_again_says_so(connected, editor, outvoice):
    run = started(uploaded(editor, line("Steve Rogers", "20", 1)), editor)
    drain_inline()
    with pytest.raises(RunRefusedError, match="nothing to do again"):
        runs.again(run, user=editor)


def test_cancelling_the_rest_takes_back_what_has_not_been_sent(connected, editor, outvoice, settings):
    settings.PAYMENT_UNDO_SECONDS = 15
    run = started(uploaded(editor, *(line("Steve Rogers", "20", number) for number in range(30))), editor)
    runs.cancel_rest(run, user=editor)
    working.work()
    let_pass(seconds=20)
    drain_inline()
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED
    assert set(paid(run)) == {State.CANCELLED}
    assert cents(outvoice) == []


def test_a_token_refused_half_way_leaves_one_refused_and_the_others_waiting(connected, editor, outvoice):
    run = started(uploaded(editor, *(line("Steve Rogers", "20", number) for number in range(3))), editor)
    outvoice.fault("outvoice", "transaction", "unauthorized")
    outvoice.fault("outvoice", "token", "refresh-token-used")
    drain_inline()
    assert sorted(paid(run)) == [State.REFUSED, State.WAITING, State.WAITING]
    assert Connection.objects.get(pk=connected.pk).stopped_reason
    services.connect(email="editor@example.org", password="sandbox", user=editor)
    drain_inline()
    assert sorted(paid(run)) == [State.PAID, State.PAID, State.REFUSED]
    assert cents(outvoice) == [2000, 2000]


class WorkerKilledError(BaseException):
    """What a kill looks like from inside: nothing after it runs."""


@pytest.mark.parametrize("at_line", [1, 2, 3])
def test_a_worker_killed_in_the_middle_of_a_batch_pays_nothing_twice_and_forgets_nothing(
    connected, editor, outvoice, at_line
):
    run = uploaded(editor, *(line("Steve Rogers", "20", number) for number in range(3)))
    runs.start(run, user=editor, shown=runs.digest(run))
    kind = runs.kind_of("payments")
    done = []

    def killed(batch, row):
        done.append(row)
        if len(done) == at_line:
            raise WorkerKilledError
        return kind.apply(batch, row)

    dying = type("Dying", (type(kind),), {"apply": lambda self, batch, row: killed(batch, row)})()
    with pytest.raises(WorkerKilledError):
        working.apply_some(run, dying)
    working.work()
    drain_inline()
    assert paid(run) == [State.PAID] * 3
    assert cents(outvoice) == [2000] * 3


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_batch_pay_each_line_once(connected, editor, outvoice):
    run = uploaded(editor, *(line("Steve Rogers", "20", number) for number in range(60)))
    runs.start(run, user=editor, shown=runs.digest(run))
    kind = runs.kind_of("payments")

    def work():
        try:
            while working.apply_some(run, kind):
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Transaction.objects.count() == 60
    assert states(run) == [Row.DONE] * 60


def test_the_database_itself_lets_a_line_make_one_order_only():
    assert PaymentOrder._meta.get_field("run_row").unique


def test_the_page_accounts_for_every_line(connected, editor, outvoice):
    run = uploaded(
        editor,
        line("Steve Rogers", "20", 1),
        line("Steve Rogers", "20", 1),
        line("Nobody", "20", 2),
        line("Tony Stark", "30", 3),
    )
    outvoice.fault("outvoice", "transaction", "cut-after")
    started(run, editor)
    drain_inline()
    page = signed_in(editor).get(run.get_absolute_url()).content.decode()
    assert "4 lines:" in page
    for part in ("1 cannot be used", "1 left out", "1 uncertain", "1 paid"):
        assert part in page


def test_what_is_shown_can_be_taken_along_as_a_file(connected, editor):
    run = uploaded(editor, line("Steve Rogers", "20", 1), line("Nobody", "=1+1", 2))
    client = signed_in(editor)
    answer = client.get(reverse("admin:common_run_rows", args=[run.pk, "csv"]) + "?show=row-bad")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0].startswith("Line,Contributor")
    assert len(text.splitlines()) == 2
    assert text.splitlines()[1].startswith("3,Nobody,,'=1+1,")
    from openpyxl import load_workbook

    answer = client.get(reverse("admin:common_run_rows", args=[run.pk, "xlsx"]))
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert [row[0].value for row in sheet.iter_rows()] == ["Line", 2, 3]
    assert sheet["D3"].data_type == "s"


def test_through_the_browser_from_upload_to_outcome(connected, editor, outvoice):
    client = signed_in(editor)
    file = SimpleUploadedFile("may.csv", "\n".join([HEADINGS, line("Steve Rogers", "20", 1)]).encode())
    page = client.post(NEW, {"file": file}, follow=True)
    run = Run.objects.get()
    assert page.redirect_chain[-1][0] == run.get_absolute_url()
    working.work()
    preview = client.get(run.get_absolute_url())
    assert "Pay 20.00 USD (1 payment)" in preview.content.decode()
    client.post(reverse("admin:common_run_start", args=[run.pk]), {"shown": preview.context["digest"]})
    working.work()
    drain_inline()
    assert "1 line: 1 paid." in client.get(run.get_absolute_url()).content.decode()
    assert Transaction.objects.get().amount == Decimal("20")


def test_what_changed_since_the_preview_is_not_started(connected, editor):
    run = uploaded(editor, line("Steve Rogers", "20", 1))
    page = signed_in(editor).post(reverse("admin:common_run_start", args=[run.pk]), {"shown": "old"}, follow=True)
    assert "changed since you looked" in page.content.decode()
    run.refresh_from_db()
    assert run.state == Run.State.READY


def test_nobody_sees_a_batch_of_others_without_the_right_to(connected, editor):
    run = uploaded(editor, line("Steve Rogers", "20", 1))
    other = signed_in(make_person("other", "Editors"))
    for name in ("live", "start", "discard", "cancel", "again"):
        address = reverse(f"admin:common_run_{name}", args=[run.pk])
        assert (other.get(address) if name == "live" else other.post(address)).status_code == 404
    assert other.get(run.get_absolute_url()).status_code == 404
    assert other.get(reverse("admin:common_run_rows", args=[run.pk, "csv"])).status_code == 404


def test_thrown_away_before_the_start_nothing_is_left(connected, editor):
    run = uploaded(editor, line("Steve Rogers", "20", 1))
    signed_in(editor).post(reverse("admin:common_run_discard", args=[run.pk]))
    assert not Run.objects.exists()
    assert not RunRow.objects.exists()


def test_once_started_it_cannot_be_thrown_away(connected, editor):
    run = started(uploaded(editor, line("Steve Rogers", "20", 1)), editor)
    page = signed_in(editor).post(reverse("admin:common_run_discard", args=[run.pk]), follow=True).content.decode()
    assert "cannot be thrown away any more" in page
    assert Run.objects.filter(pk=run.pk).exists()


def test_payments_chosen_in_the_list_are_paid_again_as_a_batch(connected, editor, pay, steve, tony, outvoice):
    outvoice.fault("outvoice", "transaction", "refuse", count=2)
    refused = [pay((one, "20"), title=one.name, url=f"https://example.org/{one.pk}")[0] for one in (steve, tony)]
    drain_inline()
    (done,) = pay((steve, "30"), title="Else", url="https://example.org/else")
    drain_inline()
    chosen = {"action": "pay_again", "_selected_action": [payment.pk for payment in (*refused, done)]}
    client = signed_in(editor)
    client.post(reverse("admin:contributors_transaction_changelist"), chosen)
    run = Run.objects.get()
    working.work()
    assert [row.values["replaces"] for row in rows(run)] == [payment.pk for payment in reversed(refused)]
    started(run, editor)
    drain_inline()
    assert cents(outvoice) == [2000, 2000, 3000]


def test_a_line_that_was_refused_without_a_payment_is_done_again_too(connected, editor, settings, outvoice):
    run = uploaded(editor, line("Steve Rogers", "20", 1))
    settings.PAYMENT_DAILY_NUMBER = 1
    runs.start(run, user=editor, shown=runs.digest(run))
    settings.PAYMENT_DAILY_AMOUNT = {"USD": "1"}
    working.work()
    assert "limit" in said(rows(run)[0])
    settings.PAYMENT_DAILY_AMOUNT = {}
    run.refresh_from_db()
    again = runs.again(run, user=editor)
    working.work()
    again.refresh_from_db()
    started(again, editor)
    drain_inline()
    assert cents(outvoice) == [2000]


def test_the_sums_add_up(connected, editor, outvoice):
    run = uploaded(
        editor, line("Steve Rogers", "20", 1), line("Tony Stark", "30.15", 2), line("Natasha Romanov", "1.01", 3)
    )
    outvoice.fault("outvoice", "transaction", "cut-after")
    outvoice.fault("outvoice", "transaction", "refuse")
    started(run, editor)
    drain_inline()
    figures = [Decimal(text.split()[0]) for _title, text in runs.kind_of(run).results(run)]
    assert len(figures) == 3
    assert sum(figures) == Decimal("51.16")
