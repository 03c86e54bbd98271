"""A run from upload to outcome, with a kind as an app would write it."""

import io
import threading

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from voicehub.common import runs
from voicehub.common.models import AuditEntry, LimitLock, Run, RunRow
from voicehub.common.runs import RunRefusedError, checking, services, working
from voicehub.common.runs.files import FileRefusedError
from voicehub.common.runs.services import ChangedError

pytestmark = pytest.mark.django_db
State, Row = Run.State, RunRow.State


@pytest.fixture
def ann(db):
    return get_user_model().objects.create_user("ann", is_staff=True, is_superuser=True)


@pytest.fixture
def upload(names, ann):
    def _upload(*lines, name="names.csv", checked=True):
        file = SimpleUploadedFile(name, "\n".join(["Name,Note", *lines]).encode())
        run = runs.upload(names, file, user=ann)
        if checked:
            working.work()
            run.refresh_from_db()
        return run

    return _upload


@pytest.fixture
def start(ann):
    def _start(run, *included, work=True, **more):
        runs.start(run, user=ann, shown=runs.digest(run), included=included, **more)
        if work:
            working.work()
        run.refresh_from_db()
        return run

    return _start


def states(run):
    return list(run.rows.order_by("number").values_list("state", flat=True))


def made():
    return LimitLock.objects.count()


def page(run, client):
    return client.get(run.get_absolute_url()).content.decode()


def test_rows_are_checked_in_the_background_and_nothing_is_done(upload):
    run = upload("Ann", ",x", "Bob,", "ann", checked=False)
    assert run.state == State.CHECKING
    working.work()
    run.refresh_from_db()
    assert (run.state, states(run), made()) == (State.READY, [Row.READY, Row.BAD, Row.READY, Row.DOUBTFUL], 0)


def test_repeats_are_found_over_the_whole_file(upload):
    run = upload(*(f"Person {number}" for number in range(700)), "person 3")
    last = run.rows.order_by("-number").first()
    assert last.doubts == ["The same as line 5."]
    assert states(run).count(Row.DOUBTFUL) == 1


def test_a_file_that_is_refused_midway_leaves_nothing_behind(upload):
    with pytest.raises(FileRefusedError, match="more than 1000 lines"):
        upload(*(f"Person {number}" for number in range(1500)))
    assert not Run.objects.exists()
    assert not RunRow.objects.exists()


def test_a_file_with_headings_only_is_refused(upload):
    with pytest.raises(FileRefusedError, match="no line below"):
        upload()
    assert not Run.objects.exists()


def test_every_row_has_an_outcome(upload, start):
    run = start(upload("Ann", "refuse me", "break me", "Bob"))
    assert states(run) == [Row.DONE, Row.REFUSED, Row.REFUSED, Row.DONE]
    assert (run.state, made()) == (State.DONE, 2)
    messages = list(run.rows.filter(state=Row.REFUSED).values_list("message", flat=True))
    assert messages[0] == "Not this one."
    assert "fault in VoiceHub" in messages[1]


def test_a_fault_while_checking_is_told_at_the_lines(upload):
    run = upload("Ann", "crash the check", "ann")
    assert (run.state, states(run)) == (State.READY, [Row.READY, Row.BAD, Row.DOUBTFUL])
    assert "fault in VoiceHub" in str(run.rows.get(number=3).problems)


def test_a_line_that_cannot_be_used_makes_no_other_doubtful(upload):
    assert states(upload("Ann,too,many", "ann")) == [Row.BAD, Row.READY]


def test_doubtful_rows_are_done_only_when_included(upload, start):
    run = upload("Ann", "ann", "ANN")
    start(run, run.rows.get(number=3).pk)
    assert states(run) == [Row.DONE, Row.DONE, Row.DOUBTFUL]


def test_a_run_of_nothing_but_bad_rows_cannot_start(upload, start):
    with pytest.raises(RunRefusedError, match="no line that could"):
        start(upload(",x", "x\x07"))


@pytest.mark.parametrize("state", [State.CHECKING, State.RUNNING, State.DONE, State.CANCELLED, State.HELD])
def test_only_what_is_checked_can_be_started(upload, start, state):
    run = upload("Ann")
    Run.objects.filter(pk=run.pk).update(state=state)
    with pytest.raises(RunRefusedError, match="cannot be started"):
        start(run)


def test_what_differs_from_what_was_shown_is_not_started(upload, ann):
    run = upload("Ann")
    shown = runs.digest(run)
    run.rows.update(values={"name": "Zed"})
    with pytest.raises(ChangedError):
        runs.start(run, user=ann, shown=shown)


def test_cancelling_stops_before_the_next_row(upload, start, ann):
    run = start(upload("Ann", "Bob"), work=False)
    runs.cancel_rest(run, user=ann)
    working.work()
    run.refresh_from_db()
    assert (run.state, states(run), made()) == (State.CANCELLED, [Row.CANCELLED, Row.CANCELLED], 0)
    with pytest.raises(RunRefusedError, match="Nothing is left to cancel"):
        runs.cancel_rest(run, user=ann)


def test_again_does_what_was_refused_and_nothing_else(upload, start, ann):
    run = start(upload("Ann", "refuse me", "Bob"))
    again = runs.again(run, user=ann)
    assert [row.data["name"] for row in again.rows.all()] == ["refuse me"]
    assert again.again_of == run


def test_again_waits_until_the_run_has_ended(upload, ann):
    with pytest.raises(RunRefusedError, match="not finished"):
        runs.again(upload("Ann"), user=ann)


def test_a_selection_goes_the_same_way(names, ann, start):
    run = runs.from_rows(names, "Chosen", [{"name": "Ann"}, {"name": "Bob"}], user=ann)
    working.work()
    run.refresh_from_db()
    start(run)
    assert states(run) == [Row.DONE, Row.DONE]


class KilledError(BaseException):
    """What a kill looks like from inside."""


def test_a_worker_killed_at_any_row_loses_nothing_and_does_nothing_twice(upload, start, names, monkeypatch):
    run = start(upload(*(f"Person {number}" for number in range(50))), work=False)
    apply = type(names).apply
    for at in (1, 7, 20, 21):
        calls = []

        def dying(kind, run, row, calls=calls, at=at):
            calls.append(row)
            if len(calls) == at:
                raise KilledError
            return apply(kind, run, row)

        monkeypatch.setattr(type(names), "apply", dying)
        with pytest.raises(KilledError):
            working.work()
    monkeypatch.setattr(type(names), "apply", apply)
    working.work()
    assert set(states(run)) == {Row.DONE}
    assert made() == 50


@pytest.fixture
def many(many_names, ann):
    def _many(*lines):
        file = SimpleUploadedFile("names.csv", "\n".join(["Name,Note", *lines]).encode())
        return runs.upload(many_names, file, user=ann)

    return _many


def test_a_quick_kind_has_its_rows_checked_along_with_reading(many, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(services, "CHUNK", 500)
    lines = [*(f"Person {number}" for number in range(600)), ",x", "person 3"]
    run = many(*lines)
    assert run.state == State.CHECKING
    assert states(run)[600:] == [Row.BAD, Row.DOUBTFUL]
    assert run.rows.get(number=603).doubts == ["The same as line 5."]
    with django_assert_max_num_queries(20):
        working.work()
    run.refresh_from_db()
    assert run.state == State.READY


def test_very_many_rows_are_carried_out_together(many, start, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(working, "MANY", 300)
    run = many(*(f"Person {number}" for number in range(620)))
    working.work()
    start(run, work=False)
    with django_assert_max_num_queries(60):
        working.work()
    run.refresh_from_db()
    assert (run.state, states(run), made()) == (State.DONE, [Row.DONE] * 620, 620)
    assert run.rows.get(number=9).object_id == 9


def test_a_row_that_breaks_many_is_found_and_the_others_are_done(many, start):
    run = many("Ann", "break me", "refuse me", "Bob")
    working.work()
    start(run)
    assert states(run) == [Row.DONE, Row.REFUSED, Row.REFUSED, Row.DONE]
    assert made() == 2
    assert "fault in VoiceHub" in run.rows.get(number=3).message


def test_many_rows_are_done_with_their_records_or_not_at_all(many, start, many_names, monkeypatch):
    monkeypatch.setattr(working, "MANY", 300)
    run = many(*(f"Person {number}" for number in range(working.MANY + 50)))
    working.work()
    start(run, work=False)
    apply_many = type(many_names).apply_many

    def dying(kind, current, rows):
        apply_many(kind, current, rows)
        if rows.model.objects.filter(run=current, state=Row.DONE).count() > working.MANY:
            raise KilledError

    with monkeypatch.context() as killed:
        killed.setattr(type(many_names), "apply_many", dying)
        with pytest.raises(KilledError):
            working.work()
    assert (states(run).count(Row.DONE), made()) == (working.MANY, working.MANY)
    working.work()
    assert (set(states(run)), made()) == ({Row.DONE}, working.MANY + 50)


def test_a_run_whose_worker_died_is_taken_up_when_the_lease_ends(upload, start):
    run = start(upload("Ann"), work=False)
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() + timezone.timedelta(seconds=60))
    working.work()
    assert states(run) == [Row.WAITING]
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timezone.timedelta(seconds=1))
    assert working.is_due()
    working.work()
    assert states(run) == [Row.DONE]


def test_rows_done_before_a_worker_died_stay_done(upload, start, names, monkeypatch):
    run = start(upload("Ann", "Bob", "Cy"), work=False)
    apply = type(names).apply

    def dying(kind, run, row):
        if row.number == 4:
            raise KilledError
        return apply(kind, run, row)

    monkeypatch.setattr(type(names), "apply", dying)
    with pytest.raises(KilledError):
        working.work()
    assert states(run) == [Row.DONE, Row.DONE, Row.WAITING]


def test_a_database_that_is_away_for_a_moment_costs_no_row(upload, start, names, monkeypatch):
    run = start(upload("Ann", "Bob"), work=False)
    with monkeypatch.context() as away:
        away.setattr(type(names), "apply", lambda kind, run, row: fail(OperationalError))
        with pytest.raises(OperationalError):
            working.work()
    working.work()
    assert states(run) == [Row.DONE, Row.DONE]


def fail(error):
    raise error


def test_what_a_worker_finds_too_late_is_not_written(upload, start, names, monkeypatch):
    run = upload("Ann", "Bob", checked=False)
    check = type(names).check

    def slow(kind, current, rows):
        check(kind, current, rows)
        with monkeypatch.context() as quick:
            quick.setattr(type(names), "check", check)
            checking.check_some(run, names)
            checking.check_some(run, names)
        start(run)

    monkeypatch.setattr(type(names), "check", slow)
    assert not checking.check_some(run, names)
    working.work()
    assert states(run) == [Row.DONE, Row.DONE]


def test_runs_take_turns(upload, start):
    long, short = upload(*(f"Person {number}" for number in range(500))), upload("Ann")
    for run in (long, short):
        start(run, work=False)
    while states(short) != [Row.DONE]:
        working.work(seconds=0.001)
    assert Row.WAITING in states(long)


@pytest.mark.django_db(transaction=True)
def test_of_two_uploads_of_one_file_started_at_once_the_second_is_asked(upload, ann):
    twins = [upload("Ann"), upload("Ann")]
    shown = [runs.digest(run) for run in twins]
    barrier, outcomes = threading.Barrier(2), []

    def press(run, digest):
        barrier.wait()
        try:
            runs.start(run, user=ann, shown=digest)
            outcomes.append("started")
        except RunRefusedError:
            outcomes.append("asked")
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=pair) for pair in zip(twins, shown, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["asked", "started"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_each_row_once(upload, start, names):
    run = start(upload(*(f"Person {number}" for number in range(100))), work=False)

    def work():
        try:
            while working.apply_some(run, names):
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (set(states(run)), made()) == ({Row.DONE}, 100)


def test_an_upload_that_died_half_way_is_cleared_away(names, ann):
    run = Run.objects.create(kind="names", title="x", requested_by=ann)
    working.work()
    assert Run.objects.filter(pk=run.pk).exists()
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timezone.timedelta(hours=2))
    assert working.is_due()
    working.work()
    assert not Run.objects.exists()


def test_what_people_do_with_runs_is_in_the_audit(upload, start, ann):
    start(upload("Ann"))
    runs.discard(upload("Bob", name="other.csv"), user=ann)
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"run.started", "run.discarded"}


# --- Pages


def test_the_form_explains_the_columns_and_gives_a_template_that_can_be_used(names, ann, client):
    client.force_login(ann)
    form = client.get(reverse("admin:common_run_new", args=["names"])).content.decode()
    assert "As it should be shown." in form
    for file_format in ("csv", "xlsx"):
        template = client.get(reverse("admin:common_run_template", args=["names", file_format]))
        file = SimpleUploadedFile("t", b"".join(template.streaming_content))
        assert [row.data["name"] for row in runs.upload(names, file, user=ann).rows.all()] == ["Ann"]


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\x00", b"x,y\n1,2\n"])
def test_a_file_that_cannot_be_read_is_explained_on_the_form(names, ann, client, content):
    client.force_login(ann)
    answer = client.post(
        reverse("admin:common_run_new", args=["names"]), {"file": SimpleUploadedFile("a.csv", content)}
    )
    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]
    assert not Run.objects.exists()


def test_a_file_that_is_too_large_is_refused(names, ann, client, settings):
    settings.RUN_MAX_UPLOAD_BYTES = 10
    client.force_login(ann)
    file = SimpleUploadedFile("a.csv", b"Name\nAnn Archer\n")
    answer = client.post(reverse("admin:common_run_new", args=["names"]), {"file": file})
    assert "larger than" in str(answer.context["form"].errors["file"])


def test_progress_survives_a_reload_and_accounts_for_every_line(upload, start, ann, client):
    client.force_login(ann)
    run = upload("Ann", ",x", "refuse me", "ann", checked=False)
    assert "data-moving" in page(run, client)
    working.work()
    run.refresh_from_db()
    live = client.get(reverse("admin:common_run_live", args=[run.pk])).content.decode()
    assert "data-reload" in live
    start(run, work=False)
    assert "data-moving" in page(run, client)
    working.work()
    text = page(run, client)
    assert "data-moving" not in text
    assert "4 lines:" in text


def test_the_tabs_show_what_they_count(upload, ann, client):
    client.force_login(ann)
    run = upload("Ann", ",x", "ann", "x\x07")
    for share in client.get(run.get_absolute_url()).context["standing"].shares:
        shown = client.get(f"{run.get_absolute_url()}?show={share.key}").context["lines"]
        assert (share.key, len(shown)) == (share.key, share.count)


@pytest.mark.parametrize(
    "query", ["show=row-nothing", "show=record-nothing", "show=%00", "page=x", "page=99999999999999999999"]
)
def test_rubbish_in_the_address_shows_the_run(upload, ann, client, query):
    client.force_login(ann)
    assert client.get(f"{upload('Ann').get_absolute_url()}?{query}").status_code == 200


@pytest.mark.parametrize(
    "data", [{}, {"shown": "x"}, {"include": "x"}, {"include": "9" * 40}, {"include": ["-1", "1e5"]}]
)
def test_rubbish_in_the_start_form_starts_nothing(upload, ann, client, data):
    client.force_login(ann)
    run = upload("Ann")
    assert client.post(reverse("admin:common_run_start", args=[run.pk]), data).status_code == 302
    run.refresh_from_db()
    assert run.state == State.READY


def test_the_preview_names_the_columns_that_were_left_out(names, ann, client):
    client.force_login(ann)
    run = runs.upload(names, SimpleUploadedFile("names.csv", b"Name,Nota\nAnn,x\n"), user=ann)
    working.work()
    assert "not known here and were left out: Nota." in page(run, client)


def test_buttons_are_no_links(upload, ann, client):
    client.force_login(ann)
    run = upload("Ann")
    for name in ("start", "cancel", "discard", "again"):
        assert client.get(reverse(f"admin:common_run_{name}", args=[run.pk])).status_code == 405


def test_pressing_start_twice_starts_once(upload, ann, client):
    client.force_login(ann)
    run = upload("Ann")
    address, data = reverse("admin:common_run_start", args=[run.pk]), {"shown": runs.digest(run)}
    client.post(address, data)
    assert "cannot be started" in client.post(address, data, follow=True).content.decode()
    working.work()
    assert made() == 1


def test_a_page_of_many_rows_asks_no_more_than_a_page_of_few(upload, ann, client, django_assert_max_num_queries):
    client.force_login(ann)
    run = upload(*(f"Person {number}" for number in range(600)))
    with django_assert_max_num_queries(25):
        assert len(client.get(run.get_absolute_url()).context["lines"]) == 100


def test_text_of_the_file_is_shown_and_never_run(upload, ann, client):
    client.force_login(ann)
    text = page(upload("<script>alert(1)</script>"), client)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_a_large_upload_is_not_kept_in_memory_by_the_reader(names):
    import tracemalloc

    from voicehub.common.runs.files import read

    content = b"Name\n" + b"".join(b"Person %d\n" % number for number in range(900))
    tracemalloc.start()
    few = sum(1 for _row in read(io.BytesIO(content), names.columns, 1000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert few == 900
    assert peak < 2_000_000
