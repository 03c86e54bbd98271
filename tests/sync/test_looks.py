"""Looks at what a provider tells of a record, and creates that it has taken and acts on later."""

import pytest

from tests.ageing import let_pass
from tests.gadgets.models import Gadget
from voicehub.sync import lanes, queue
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import JobState, RecordState, SyncJob
from voicehub.sync.models.job import Operation
from voicehub.sync.sweep import sweep
from voicehub.sync.timeline import timeline

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamp(make_gadget, provider):
    gadget = make_gadget("Lamp")
    drain_inline()
    gadget.refresh_from_db()
    return gadget


def again(gadget):
    gadget.refresh_from_db()
    return gadget


def look(gadget, **options):
    queue.look(gadget, **options)
    drain_inline()
    return SyncJob.objects.get(operation=Operation.LOOK)


def work(rounds=3):
    for _round in range(rounds):
        sweep()
        drain_inline()
        let_pass(minutes=20)


def test_a_look_writes_what_the_provider_tells_and_nothing_else(lamp, provider):
    before = again(lamp).synced_at
    assert look(lamp).state == JobState.DONE
    assert again(lamp).note == "red there"
    assert (lamp.sync_state, lamp.synced_at) == (RecordState.IN_STEP, before)
    assert len(provider.sent) == 1


def test_a_record_has_one_look_that_is_used_again(lamp, provider, django_user_model):
    first = look(lamp)
    person = django_user_model.objects.create_user("ann")
    again_queued = queue.look(lamp, user=person)
    assert queue.look(lamp, user=person).pk == again_queued.pk == first.pk
    drain_inline()
    assert len([call for call in provider.calls if call[0] == "GET"]) == 2


def test_looks_stay_out_of_what_is_told_about_the_record(lamp):
    look(lamp)
    assert [job.operation for job in queue.jobs_of(lamp)] == [Operation.PUSH]
    assert Operation.LOOK.label not in [entry.title for entry in timeline(lamp)]


def test_a_look_that_failed_changes_nothing_and_the_next_one_is_made(lamp, provider):
    provider.fail("422")
    assert look(lamp).state == JobState.REFUSED
    assert (again(lamp).note, lamp.sync_state) == ("", RecordState.IN_STEP)
    look(lamp)
    assert again(lamp).note == "red there"


def test_looks_pass_a_stopped_provider(lamp):
    lanes.stop("gadgets", user=None, reason="an outage")
    assert look(lamp).state == JobState.DONE


def test_a_look_at_a_record_that_is_gone_meanwhile_is_not_made(lamp, provider):
    queue.look(lamp)
    lamp.delete()
    Gadget._base_manager.filter(pk=lamp.pk).delete()
    drain_inline()
    assert SyncJob.objects.get(operation=Operation.LOOK).state == JobState.SUPERSEDED


def creates(provider):
    return [call[0] for call in provider.calls].count("POST")


def test_a_create_that_was_taken_waits_until_it_shows_and_is_never_repeated(make_gadget, provider):
    gadget = make_gadget("Lamp")
    provider.fail("accept")
    work()
    assert again(gadget).sync_state == RecordState.WAITING
    provider.act_on_accepted()
    work()
    assert again(gadget).sync_state == RecordState.IN_STEP
    assert list(provider.gadgets) == [gadget.remote_id]
    assert creates(provider) == 1


def test_a_look_that_failed_does_not_forget_that_a_create_was_taken(make_gadget, provider):
    gadget = make_gadget("Lamp")
    for fault in ("accept", "cut before", "503"):
        provider.fail(fault)
    work(rounds=5)
    assert (creates(provider), again(gadget).sync_state) == (1, RecordState.WAITING)


def test_an_edit_does_not_make_a_second_one_of_what_was_taken(make_gadget, provider):
    gadget = make_gadget("Lamp")
    provider.fail("accept")
    drain_inline()
    gadget.colour = "blue"
    gadget.save()
    work()
    provider.act_on_accepted()
    work()
    assert provider.gadgets == {again(gadget).remote_id: {"name": "Lamp", "colour": "blue"}}


def test_a_deletion_waits_for_what_was_taken_and_removes_it_then(make_gadget, provider):
    gadget = make_gadget("Lamp")
    provider.fail("accept")
    drain_inline()
    Gadget.objects.get(pk=gadget.pk).delete()
    work()
    assert again(gadget).sync_state == RecordState.DELETING
    provider.act_on_accepted()
    work()
    assert (provider.gadgets, Gadget.objects.count()) == ({}, 0)


def test_what_never_shows_is_given_up_and_a_person_may_have_it_created_again(make_gadget, provider):
    gadget = make_gadget("Lamp")
    provider.fail("accept")
    drain_inline()
    let_pass(days=2)
    work(rounds=1)
    assert again(gadget).sync_state == RecordState.FAILED
    assert creates(provider) == 1
    queue.push(gadget)
    work()
    assert (creates(provider), again(gadget).sync_state) == (2, RecordState.IN_STEP)
