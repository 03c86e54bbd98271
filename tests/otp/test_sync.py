"""OTP apps and Ourvoice, all the way: created, changed in part, found again, imported, compared."""

import json

import pytest

from otp import services
from otp.models import OtpApp, Sender
from tests.otp.factories import VALUES, make_app
from voicehub.sync import queue, resolving
from voicehub.sync import services as sync_services
from voicehub.sync.calls import perform
from voicehub.sync.claim import claim
from voicehub.sync.engine import drain_inline
from voicehub.sync.finish import write
from voicehub.sync.models import JobState, Lane, RecordState, SyncJob

pytestmark = pytest.mark.django_db


def again(app):
    app.refresh_from_db()
    return app


def edit(app, **values):
    fresh = OtpApp.objects.get(pk=app.pk)
    for name, value in values.items():
        setattr(fresh, name, value)
    return services.save_app(fresh, user=None)


def sent(ourvoice, operation):
    """The bodies of the calls of one operation."""
    return [json.loads(call["body"]) for call in ourvoice.calls("ourvoice", operation)]


def there(ourvoice, app):
    row = ourvoice.apps()[again(app).remote_id]
    return {name: row[name] for name in VALUES}


def test_a_new_app_is_created(ourvoice):
    app = make_app()
    drain_inline()
    assert again(app).sync_state == RecordState.IN_STEP
    assert there(ourvoice, app) == VALUES


def test_without_a_template_ourvoices_own_sentence_is_written_out(ourvoice):
    app = make_app(message_template="")
    drain_inline()
    assert app.message_template == "Votre code pour Till est: {{code}}"
    assert there(ourvoice, app)["message_template"] == app.message_template


def test_only_what_was_changed_is_sent(ourvoice, golden):
    edit(golden, name="SILVER")
    drain_inline()
    assert sent(ourvoice, "change-app") == [{"name": "SILVER"}]
    assert again(golden).sync_state == RecordState.IN_STEP


def test_a_change_that_was_taken_back_before_it_went_out_is_not_sent(ourvoice, golden):
    edit(golden, name="SILVER")
    edit(golden, name="GOLDEN")
    drain_inline()
    assert sent(ourvoice, "change-app") == []
    assert again(golden).sync_state == RecordState.IN_STEP


def test_the_first_connection_imports_what_is_there(ourvoice, work):
    work()
    apps = OtpApp.objects.order_by("name")
    assert [(app.name, app.code_size, app.sync_state) for app in apps] == [
        ("Eldon's App", 5, RecordState.IN_STEP),
        ("GOLDEN", 5, RecordState.IN_STEP),
    ]
    assert set(apps.values_list("remote_id", flat=True)) == set(ourvoice.apps())
    assert Sender.objects.get().name == "GOLDEN"
    assert not ourvoice.calls("ourvoice", "change-app")


def test_every_comparison_imports_what_is_new(ourvoice, compare):
    compare()
    ourvoice.add_apps(*(f"App {number}" for number in range(23)))
    compare()
    compare()
    assert OtpApp.objects.count() == 25
    assert OtpApp.objects.filter(sync_state=RecordState.IN_STEP).count() == 25
    assert OtpApp.objects.get(name="App 7").changes.count() == 1


def test_a_record_of_which_the_list_tells_half_is_imported_when_it_tells_the_rest(ourvoice, compare):
    ourvoice.fault("ourvoice", "list-apps", "missing-keys")
    compare()
    assert not OtpApp.objects.exists()
    compare()
    assert OtpApp.objects.count() == 2


def test_a_create_whose_answer_was_lost_ends_with_one_app(ourvoice, work):
    ourvoice.fault("ourvoice", "create-app", "cut-after")
    app = make_app()
    work()
    assert again(app).sync_state == RecordState.IN_STEP
    assert [row["name"] for row in ourvoice.apps().values()].count("Till") == 1
    assert OtpApp.objects.filter(name="Till").count() == 1


def test_a_comparison_does_not_import_what_a_create_without_an_answer_has_made(ourvoice, compare, work):
    ourvoice.fault("ourvoice", "create-app", "cut-after")
    app = make_app()
    drain_inline()
    edit(app, name="Renamed")
    compare()
    assert OtpApp.objects.count() == 3
    work()
    assert there(ourvoice, app) == VALUES | {"name": "Renamed"}
    assert len(ourvoice.apps()) == OtpApp.objects.count() == 3


def test_an_app_that_a_colleague_had_made_before_is_not_taken_for_ours(ourvoice, compare, work):
    ourvoice.add_apps("Till")
    compare()
    ourvoice.fault("ourvoice", "create-app", "cut-before")
    app = make_app()
    work()
    assert len(ourvoice.apps()) == 4
    assert OtpApp.objects.exclude(pk=app.pk).get(name="Till").remote_id != again(app).remote_id


@pytest.fixture
def unclear(ourvoice, work):
    """An app whose create got no answer while a colleague made one that looks the same."""
    ourvoice.fault("ourvoice", "create-app", "cut-after")
    ourvoice.add_apps("Till")
    app = make_app()
    work()
    return again(app)


def test_two_apps_that_could_be_ours_wait_for_a_person(ourvoice, unclear):
    assert unclear.sync_state == RecordState.UNCERTAIN
    assert len(resolving.candidates(SyncJob.objects.get(operation="push"))) == 2
    assert len(ourvoice.apps()) == 4
    assert OtpApp.objects.count() == 3


def test_a_person_says_which_one_it_is_and_the_other_is_imported(ourvoice, unclear, work, compare):
    chosen = resolving.candidates(SyncJob.objects.get(operation="push"))[1]
    resolving.adopt(unclear, chosen, user=None)
    drain_inline()
    assert again(unclear).remote_id == chosen
    compare()
    assert len(ourvoice.apps()) == OtpApp.objects.count() == 4


def test_a_person_says_that_it_is_none_of_them(ourvoice, unclear, work, compare):
    resolving.create_anew(unclear, user=None)
    drain_inline()
    assert again(unclear).sync_state == RecordState.IN_STEP
    compare()
    assert len(ourvoice.apps()) == OtpApp.objects.count() == 5


def test_adopting_what_another_record_holds_is_too_late(golden, unclear):
    with pytest.raises(sync_services.TooLateError):
        resolving.adopt(unclear, golden.remote_id, user=None)


def test_a_change_there_is_shown_and_nothing_is_overwritten(ourvoice, golden, compare):
    ourvoice.change_app(golden.remote_id, code_size=7)
    compare()
    assert again(golden).sync_state == RecordState.CHANGED
    assert "digits of the code" in golden.sync_message
    assert golden.code_size == 5
    assert there(ourvoice, golden)["code_size"] == 7


@pytest.fixture
def adopting(settings):
    """What is changed at Ourvoice alone is taken over."""
    settings.OURVOICE_ADOPT_CHANGES = True


@pytest.mark.usefixtures("adopting")
def test_a_change_there_alone_is_taken_over_where_the_settings_say_so(ourvoice, golden, compare):
    ourvoice.change_app(golden.remote_id, name="THEIRS", code_size=7)
    compare()
    assert (again(golden).name, golden.code_size, golden.sync_state) == ("THEIRS", 7, RecordState.IN_STEP)
    assert golden.agreed_values == golden.values_here()
    change = golden.changes.latest()
    assert (change.history_user, change.history_change_reason) == (
        None,
        "Changed at Ourvoice, taken over from there.",
    )
    assert "1 taken over." in SyncJob.objects.filter(model="otp.otpapp", operation="pull").latest("pk").message
    assert sent(ourvoice, "change-app") == []


@pytest.mark.usefixtures("adopting")
def test_a_conflict_waits_for_a_person_beside_what_is_taken_over(ourvoice, golden, compare):
    ourvoice.change_app(golden.remote_id, name="THEIRS", code_size=7)
    edit(golden, name="OURS")
    drain_inline()
    compare()
    assert (again(golden).name, golden.code_size, golden.sync_state) == ("OURS", 7, RecordState.CHANGED)
    assert [one.name for one in golden.sides().open_differences()] == ["name"]


@pytest.mark.usefixtures("adopting")
def test_nothing_is_taken_over_while_a_change_waits_here(ourvoice, golden):
    ourvoice.change_app(golden.remote_id, code_size=7)
    ourvoice.fault("ourvoice", "read-app", "error-before")
    edit(golden, name="SILVER")
    queue.pull(OtpApp, golden.connection)
    drain_inline()
    assert (again(golden).code_size, golden.sync_state) == (5, RecordState.WAITING)


@pytest.mark.usefixtures("adopting")
def test_what_a_person_chose_to_keep_is_shown_when_it_changes_there_again(ourvoice, golden, compare, settings):
    settings.OURVOICE_ADOPT_CHANGES = False
    ourvoice.change_app(golden.remote_id, code_size=7)
    compare()
    resolving.resolve_all(again(golden), resolving.Choice.IGNORE, user=None)
    drain_inline()
    settings.OURVOICE_ADOPT_CHANGES = True
    compare()
    assert (again(golden).code_size, golden.sync_state) == (5, RecordState.APART)
    ourvoice.change_app(golden.remote_id, code_size=8)
    compare()
    assert (again(golden).code_size, golden.sync_state) == (5, RecordState.CHANGED)


@pytest.mark.usefixtures("adopting")
def test_an_old_list_takes_over_nothing(eldon, take_in_late):
    edit(eldon, code_size=8)
    drain_inline()
    take_in_late()
    assert (again(eldon).code_size, eldon.sync_state) == (8, RecordState.IN_STEP)


def test_a_field_changed_here_goes_out_beside_one_changed_there(ourvoice, golden):
    ourvoice.change_app(golden.remote_id, code_size=7)
    edit(golden, name="SILVER")
    drain_inline()
    assert sent(ourvoice, "change-app") == [{"name": "SILVER"}]
    assert there(ourvoice, golden)["code_size"] == 7
    assert again(golden).sync_state == RecordState.CHANGED


def test_a_field_changed_on_both_sides_waits_for_a_person(ourvoice, golden):
    ourvoice.change_app(golden.remote_id, name="THEIRS")
    edit(golden, name="OURS")
    drain_inline()
    assert again(golden).sync_state == RecordState.CHANGED
    assert "Not sent" in SyncJob.objects.get(operation="push").message
    assert there(ourvoice, golden)["name"] == "THEIRS"
    assert golden.name == "OURS"


def test_what_was_changed_here_alone_goes_out_beside_a_conflict(ourvoice, golden):
    ourvoice.change_app(golden.remote_id, name="THEIRS")
    edit(golden, name="OURS", code_size=8)
    drain_inline()
    assert there(ourvoice, golden) == golden.values_here() | {"name": "THEIRS", "code_size": 8}
    assert again(golden).sync_state == RecordState.CHANGED
    assert golden.agreed_values["code_size"] == 8


def test_the_same_change_on_both_sides_is_no_conflict(ourvoice, golden):
    ourvoice.change_app(golden.remote_id, name="SILVER")
    edit(golden, name="SILVER")
    drain_inline()
    assert again(golden).sync_state == RecordState.IN_STEP
    assert sent(ourvoice, "change-app") == []


def test_our_own_lost_change_is_not_taken_for_a_colleagues(ourvoice, golden, work):
    ourvoice.fault("ourvoice", "change-app", "cut-after")
    edit(golden, name="FIRST")
    drain_inline()
    edit(golden, name="SECOND")
    work()
    assert again(golden).sync_state == RecordState.IN_STEP
    assert there(ourvoice, golden)["name"] == "SECOND"


def test_a_lost_change_that_was_taken_back_is_taken_back_there_too(ourvoice, golden, work):
    ourvoice.fault("ourvoice", "change-app", "cut-after")
    edit(golden, name="FIRST")
    drain_inline()
    edit(golden, name="GOLDEN")
    work()
    assert there(ourvoice, golden)["name"] == "GOLDEN"


def test_deleting_what_is_already_gone_is_done(ourvoice, golden, work):
    ourvoice.delete_app(golden.remote_id)
    golden.delete()
    work()
    assert not OtpApp.objects.filter(pk=golden.pk).exists()


@pytest.fixture
def eldon(golden):
    """An app with another number than its account."""
    return OtpApp.objects.get(name="Eldon's App")


@pytest.fixture
def take_in_late(eldon, settings):
    """A list that has been read now and is taken in when this is called."""
    # Seats enough for the slow drain and the quick one beside it.
    settings.OURVOICE_CONCURRENCY = 20
    queue.pull(OtpApp, eldon.connection)
    (reading,) = claim("ourvoice", "a slow drain").work
    outcome = perform(reading)
    return lambda: write([(reading, outcome)])


def test_what_was_just_deleted_here_does_not_come_back_with_an_old_list(eldon, take_in_late):
    eldon.delete()
    drain_inline()
    take_in_late()
    assert list(OtpApp.objects.values_list("name", flat=True)) == ["GOLDEN"]


def test_an_old_list_does_not_call_a_newer_change_a_difference(eldon, take_in_late):
    edit(eldon, name="SILVER")
    drain_inline()
    take_in_late()
    assert again(eldon).sync_state == RecordState.IN_STEP


def test_an_app_made_while_a_list_is_read_is_not_gone(ourvoice, take_in_late):
    app = make_app()
    drain_inline()
    take_in_late()
    assert again(app).sync_state == RecordState.IN_STEP


def test_a_reading_of_the_list_is_no_job_of_the_app_with_the_number_of_the_account(ourvoice):
    account = services.account()
    app = make_app(pk=account.pk)
    reading = queue.pull(OtpApp, account)
    app.delete()
    reading.refresh_from_db()
    assert reading.state == JobState.WAITING


def test_what_is_gone_there_is_shown_and_can_be_created_again(ourvoice, golden, compare):
    ourvoice.delete_app(golden.remote_id)
    compare()
    assert again(golden).sync_state == RecordState.GONE
    resolving.create_anew(golden, user=None)
    drain_inline()
    assert again(golden).sync_state == RecordState.IN_STEP
    assert there(ourvoice, golden)["name"] == "GOLDEN"


def test_only_what_is_gone_or_unclear_can_be_created_anew(golden):
    with pytest.raises(sync_services.TooLateError):
        resolving.create_anew(golden, user=None)


def test_a_list_that_leaves_out_a_third_asks_first(ourvoice, golden, compare):
    for remote_id in ourvoice.apps():
        ourvoice.delete_app(remote_id)
    compare()
    assert again(golden).sync_state == RecordState.IN_STEP
    assert SyncJob.objects.filter(model="otp.otpapp", state=JobState.HELD).exists()
    compare(is_confirmed=True)
    assert again(golden).sync_state == RecordState.GONE


def test_what_was_gone_before_makes_a_shrinking_list_look_no_better(ourvoice, golden, compare):
    ourvoice.add_apps(*(f"App {number}" for number in range(4)))
    compare()
    for remote_id in list(ourvoice.apps())[:4]:
        ourvoice.delete_app(remote_id)
    compare(is_confirmed=True)
    for remote_id in ourvoice.apps():
        ourvoice.delete_app(remote_id)
    compare()
    assert OtpApp.objects.filter(sync_state=RecordState.IN_STEP).count() == 2
    assert SyncJob.objects.filter(model="otp.otpapp", state=JobState.HELD).exists()


def test_a_refusal_is_told_by_field(ourvoice):
    app = make_app(sender_id="GOLDEN")
    drain_inline()
    assert again(app).sync_state == RecordState.REFUSED
    assert SyncJob.objects.get(operation="push").field_messages == {
        "sender_id": ["The selected sender_id is invalid."]
    }


def test_a_key_that_is_refused_stops_the_provider_and_says_what_to_do(ourvoice, settings):
    settings.OURVOICE_API_KEY = "wrong"
    make_app()
    drain_inline()
    assert "OURVOICE_API_KEY" in Lane.objects.get(pk="ourvoice").halted_reason


def test_another_account_never_gets_what_was_meant_for_the_first(ourvoice, golden, settings):
    edit(golden, name="SILVER")
    settings.OURVOICE_ACCOUNT = "other"
    services.account()
    drain_inline()
    assert sent(ourvoice, "change-app") == []
    settings.OURVOICE_ACCOUNT = "main"
    services.account()
    drain_inline()
    assert sent(ourvoice, "change-app") == [{"name": "SILVER"}]
