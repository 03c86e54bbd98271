"""A repeatable record, all the way: saved here, brought in step there."""

import pytest
from django.db import transaction

from tests.ageing import let_pass
from tests.gadgets.models import Gadget
from voicehub.sync import lanes, queue, services
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Connection, Exchange, JobState, RecordState, SyncJob
from voicehub.sync.models.record import BypassError
from voicehub.sync.sweep import sweep

pytestmark = pytest.mark.django_db


def work(rounds=6):
    """Everything the worker does until nothing more happens: sweeps, drains, and time for every back-off."""
    for _round in range(rounds):
        sweep()
        drain_inline()
        let_pass(minutes=20)


def state_of(gadget):
    gadget.refresh_from_db()
    return gadget.sync_state


def test_a_saved_record_is_created_at_the_provider(make_gadget, provider):
    gadget = make_gadget("Lamp")
    drain_inline()
    assert state_of(gadget) == RecordState.IN_STEP
    assert provider.gadgets == {gadget.remote_id: {"name": "Lamp", "colour": "red"}}
    assert gadget.synced_generation == gadget.generation == 1


def test_a_change_is_sent_and_a_change_that_the_provider_does_not_know_is_not(make_gadget, provider):
    gadget = make_gadget("Lamp")
    drain_inline()
    gadget.note = "only here"
    gadget.save()
    drain_inline()
    gadget.colour = "blue"
    gadget.save()
    drain_inline()
    assert [method for method, _path, _body in provider.sent] == ["POST", "PUT"]
    assert provider.gadgets[gadget.remote_id]["colour"] == "blue"


def test_ten_quick_saves_make_one_call_with_the_last_values(make_gadget, provider):
    gadget = make_gadget("Lamp 0")
    for number in range(1, 10):
        gadget.name = f"Lamp {number}"
        gadget.save()
    drain_inline()
    assert [body["name"] for _method, _path, body in provider.calls] == ["Lamp 9"]
    assert state_of(gadget) == RecordState.IN_STEP


def test_two_people_with_old_copies_both_count_as_changes(make_gadget, provider):
    gadget = make_gadget("Lamp")
    one, other = Gadget.objects.get(pk=gadget.pk), Gadget.objects.get(pk=gadget.pk)
    drain_inline()
    one.colour = "green"
    one.save()
    other.colour = "blue"
    other.save()
    drain_inline()
    gadget.refresh_from_db()
    assert gadget.generation == 3
    assert gadget.remote_id
    assert provider.gadgets[gadget.remote_id]["colour"] == gadget.colour == "blue"


def test_a_save_that_is_rolled_back_queues_nothing(make_gadget, provider):
    with transaction.atomic():
        make_gadget("Lamp")
        transaction.set_rollback(True)
    assert not SyncJob.objects.exists()


def test_a_deleted_record_goes_when_the_provider_agrees(make_gadget, provider):
    gadget = make_gadget("Lamp")
    drain_inline()
    gadget.delete()
    assert state_of(gadget) == RecordState.DELETING
    drain_inline()
    assert not Gadget.objects.exists()
    assert provider.gadgets == {}


def test_a_record_that_no_provider_has_heard_of_is_deleted_at_once(make_gadget, provider):
    make_gadget("Lamp").delete()
    drain_inline()
    assert not Gadget.objects.exists()
    assert provider.sent == []


def test_removing_what_is_already_gone_is_done(make_gadget, provider):
    gadget = make_gadget("Lamp")
    drain_inline()
    provider.gadgets.clear()
    gadget.delete()
    drain_inline()
    assert not Gadget.objects.exists()


def test_deleting_while_the_create_is_uncertain_removes_what_it_left_behind(make_gadget, provider):
    gadget = make_gadget("Lamp")
    provider.fail("cut after")
    drain_inline()
    Gadget.objects.get(pk=gadget.pk).delete()
    work()
    assert provider.gadgets == {}
    assert not Gadget.objects.exists()


def test_a_create_whose_answer_was_lost_is_found_and_adopted(make_gadget, provider):
    gadget = make_gadget("Lamp")
    provider.fail("cut after")
    work()
    assert state_of(gadget) == RecordState.IN_STEP
    assert list(provider.gadgets) == [gadget.remote_id]
    assert [method for method, _p, _b in provider.calls].count("POST") == 1


@pytest.mark.parametrize("fault", ["429", "422", "401", "503"])
def test_a_look_that_fails_is_made_before_anything_is_created_again(make_gadget, provider, django_user_model, fault):
    gadget = make_gadget("Lamp")
    provider.fail("cut after")
    provider.fail(fault)
    work(rounds=3)
    lanes.release("gadgets")
    Connection.objects.update(stopped_reason="")
    if state_of(gadget) == RecordState.REFUSED:
        services.retry(SyncJob.objects.get(), user=django_user_model.objects.create_user("ann"))
    work(rounds=3)
    assert state_of(gadget) == RecordState.IN_STEP
    assert len(provider.gadgets) == 1


def test_an_edit_after_a_lost_create_does_not_create_a_second_twin(make_gadget, provider):
    gadget = make_gadget("Lamp")
    provider.fail("cut after")
    drain_inline()
    gadget.colour = "blue"
    gadget.save()
    work()
    assert provider.gadgets == {Gadget.objects.get().remote_id: {"name": "Lamp", "colour": "blue"}}


def test_a_new_name_after_a_lost_create_does_not_hide_the_twin(make_gadget, provider):
    gadget = make_gadget("Lamp")
    provider.fail("cut after")
    drain_inline()
    gadget.name = "Torch"
    gadget.save()
    work()
    assert provider.gadgets == {Gadget.objects.get().remote_id: {"name": "Torch", "colour": "red"}}


def test_a_lost_create_never_adopts_what_another_record_holds(make_gadget, provider):
    first = make_gadget("Lamp")
    drain_inline()
    second = make_gadget("Lamp")
    provider.fail("cut before")
    work()
    second.refresh_from_db()
    assert len(provider.gadgets) == 2
    assert second.remote_id != first.remote_id


def test_two_possible_twins_wait_for_a_person(make_gadget, provider):
    gadget = make_gadget("Lamp")
    provider.gadgets = {"x1": {"name": "Lamp", "colour": "red"}}
    provider.fail("cut after")
    work()
    assert state_of(gadget) == RecordState.UNCERTAIN
    assert len(provider.gadgets) == 2


@pytest.mark.parametrize("fault", ["cut before", "cut after", "error after", "503", "429", "html"])
@pytest.mark.parametrize("operation", ["create", "update", "remove"])
def test_after_a_passing_fault_both_sides_agree(make_gadget, provider, fault, operation):
    gadget = make_gadget("Lamp")
    if operation != "create":
        drain_inline()
    if operation == "update":
        gadget.colour = "blue"
        gadget.save()
    if operation == "remove":
        gadget.delete()
    provider.fail(fault)
    work()
    assert [dict(row) for row in Gadget.objects.values("name", "colour")] == list(provider.gadgets.values())
    assert all(state == RecordState.IN_STEP for state in Gadget.objects.values_list("sync_state", flat=True))


def test_a_refusal_shows_its_messages_and_is_not_repeated(make_gadget, provider):
    gadget = make_gadget("L")
    provider.fail("422")
    work()
    assert state_of(gadget) == RecordState.REFUSED
    assert SyncJob.objects.get(operation="push").field_messages == {"name": ["Too short."]}
    assert len(provider.sent) == 1


def test_a_record_that_is_gone_at_the_provider_says_so(make_gadget, provider):
    gadget = make_gadget("Lamp")
    drain_inline()
    provider.gadgets.clear()
    gadget.colour = "blue"
    gadget.save()
    work()
    assert state_of(gadget) == RecordState.GONE
    assert provider.gadgets == {}


def test_a_provider_that_stays_away_for_a_day_ends_in_failed(make_gadget, provider):
    gadget = make_gadget("Lamp")
    provider.fail("cut before", times=400)
    work(rounds=80)
    assert state_of(gadget) == RecordState.FAILED


def test_the_worker_dies_after_the_claim_and_the_record_still_gets_in_step(make_gadget, provider):
    from voicehub.sync.claim import claim

    gadget = make_gadget("Lamp")
    assert len(claim("gadgets", "a drain that dies").work) == 1
    let_pass(minutes=2)
    work()
    assert state_of(gadget) == RecordState.IN_STEP
    assert len(provider.gadgets) == 1


def test_a_worker_that_dies_in_a_create_leaves_a_twin_that_is_found_under_its_old_name(make_gadget, provider):
    from voicehub.sync.calls import perform
    from voicehub.sync.claim import claim

    gadget = make_gadget("Lamp")
    (unwritten,) = claim("gadgets", "a drain that dies").work
    perform(unwritten)
    gadget.name = "Torch"
    gadget.save()
    let_pass(minutes=2)
    work()
    assert provider.gadgets == {Gadget.objects.get().remote_id: {"name": "Torch", "colour": "red"}}


def test_what_the_provider_confirmed_is_remembered(make_gadget, provider):
    gadget = make_gadget("Lamp")
    drain_inline()
    gadget.refresh_from_db()
    assert gadget.agreed_values == gadget.seen_values == {"name": "Lamp", "colour": "red"}
    assert gadget.sent_values == {}


def test_every_call_is_kept_as_an_exchange(make_gadget, provider):
    make_gadget("Lamp")
    drain_inline()
    exchange = Exchange.objects.get()
    assert (exchange.method, exchange.status, exchange.job.state) == ("POST", 201, JobState.DONE)
    assert '"Lamp"' in exchange.request_body


@pytest.mark.parametrize("name", ["update", "delete", "bulk_create", "bulk_update"])
def test_nothing_bypasses_the_queue(db, name):
    with pytest.raises(BypassError):
        getattr(Gadget.objects, name)()


def test_a_bell_that_does_not_ring_does_not_fail_the_save(make_gadget, provider, settings, monkeypatch):
    monkeypatch.setattr("django_q.tasks.async_task", lambda *args: 1 / 0)
    make_gadget("Lamp")
    queue.ring()
    drain_inline()
    assert len(provider.gadgets) == 1


def test_an_edit_after_a_create_that_gave_up_uncertain_looks_first(make_gadget, provider):
    gadget = make_gadget("Lamp")
    provider.fail("cut after")
    drain_inline()
    SyncJob.objects.update(state=JobState.FAILED)
    gadget.colour = "blue"
    gadget.save()
    work()
    assert len(provider.gadgets) == 1
    assert provider.gadgets[Gadget.objects.get().remote_id]["colour"] == "blue"


def test_a_cancelled_change_is_shown_as_not_sent(make_gadget, provider, django_user_model):
    gadget = make_gadget("Lamp")
    services.cancel(SyncJob.objects.get(), user=django_user_model.objects.create_user("ann"))
    work()
    assert state_of(gadget) == RecordState.FAILED
    assert gadget.sync_message
    assert provider.gadgets == {}


def test_a_deletion_taken_back_in_time_keeps_the_record_and_its_last_change(make_gadget, provider, django_user_model):
    gadget = make_gadget("Lamp")
    drain_inline()
    gadget.colour = "blue"
    gadget.save()
    gadget.delete()
    removal = SyncJob.objects.get(operation="remove")
    services.cancel(removal, user=django_user_model.objects.create_user("ann"))
    work()
    assert state_of(gadget) == RecordState.IN_STEP
    assert provider.gadgets[gadget.remote_id]["colour"] == "blue"


def test_a_refused_removal_can_be_tried_again(make_gadget, provider, django_user_model):
    gadget = make_gadget("Lamp")
    drain_inline()
    gadget.delete()
    provider.fail("422")
    drain_inline()
    assert state_of(gadget) == RecordState.REFUSED
    services.retry(SyncJob.objects.get(operation="remove"), user=django_user_model.objects.create_user("ann"))
    assert state_of(gadget) == RecordState.DELETING
    drain_inline()
    assert not Gadget.objects.exists()
