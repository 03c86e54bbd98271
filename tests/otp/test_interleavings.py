"""Any order of edits here, edits there, faults, dying workers and drains: nothing is lost, nothing is doubled."""

from contextlib import contextmanager
from itertools import count

import hypothesis
import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from otp import services
from otp.models import OtpApp
from tests.ageing import let_pass
from tests.otp.factories import make_app
from voicehub.sync import lanes, queue
from voicehub.sync import services as sync_services
from voicehub.sync.calls import perform
from voicehub.sync.claim import claim
from voicehub.sync.differences import Changed
from voicehub.sync.engine import drain_inline
from voicehub.sync.finish import write
from voicehub.sync.models import RecordState
from voicehub.sync.sweep import sweep

pytestmark = pytest.mark.django_db

FIELDS = ("name", "message_template")
FAULTS = (
    "cut-before",
    "cut-after",
    "error-before",
    "error-after",
    "html",
    "data-null",
    "rate-limit",
    "not-found",
    "refuse",
    "unauthorized",
)
OPERATIONS = ("list-apps", "read-app", "create-app", "change-app")


class World:
    """One app, both ends of it, and what was last written into each field at either end.

    No two edits write the same, so that an edit that was overwritten cannot hide. `kept` holds, by field, the edits
    that nobody has written over knowingly: whoever edits a field sees what stands at that end, and nothing else.
    """

    def __init__(self, sandbox, person):
        self.sandbox, self.person = sandbox, person
        self.strangers = set(sandbox.apps())
        self.numbers = count()
        self.app = make_app(name="0")
        self.here = {name: getattr(self.app, name) for name in FIELDS}
        self.there = {}
        self.kept = {name: {value} for name, value in self.here.items()}

    def edit_here(self, name):
        app = OtpApp.objects.get(pk=self.app.pk)
        before = getattr(app, name)
        self.here[name] = f"here {next(self.numbers)} {{{{code}}}}"
        self.kept[name] = self.kept[name] - {before} | {self.here[name]}
        setattr(app, name, self.here[name])
        services.save_app(app, user=self.person)

    def edit_there(self, name):
        """A colleague edits it on the provider's site, once we know which one it is: it is found by its name."""
        self.app.refresh_from_db()
        if row := self.sandbox.apps().get(self.app.remote_id):
            self.there[name] = f"there {next(self.numbers)} {{{{code}}}}"
            self.kept[name] = self.kept[name] - {row[name]} | {self.there[name]}
            self.sandbox.change_app(self.app.remote_id, **{name: self.there[name]})

    def fault(self, operation, kind):
        self.sandbox.fault("ourvoice", operation, kind)

    def drain(self):
        sweep()
        drain_inline()
        let_pass(minutes=20)

    def compare(self):
        queue.pull(OtpApp, services.account())
        self.drain()

    def edit_during_the_call(self, name):
        results = self._call()
        self.edit_here(name)
        write(results)

    def die_after_the_call(self):
        self._call()
        let_pass(minutes=20)

    def put_right(self):
        """The faults pass, and a person does what the states say."""
        self.sandbox.clear_faults()
        for _round in range(3):
            lanes.release("ourvoice")
            if OtpApp.objects.get(pk=self.app.pk).sync_state == RecordState.REFUSED:
                sync_services.retry(queue.jobs_of(self.app).latest("pk"), user=self.person)
            self.compare()
        self.app.refresh_from_db()

    def ours_there(self):
        apps = self.sandbox.apps()
        return [apps[remote_id] for remote_id in apps if remote_id not in self.strangers]

    def _call(self):
        return [(work, perform(work)) for work in claim("ourvoice", "a drain").work]


FIELD = st.sampled_from(FIELDS)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just(World.edit_here), FIELD),
        st.tuples(st.just(World.edit_there), FIELD),
        st.tuples(st.just(World.edit_during_the_call), FIELD),
        st.tuples(st.just(World.fault), st.sampled_from(OPERATIONS), st.sampled_from(FAULTS)),
        st.tuples(st.sampled_from((World.drain, World.compare, World.die_after_the_call))),
    ),
    max_size=10,
)


HOW = {
    "deadline": None,
    "derandomize": True,
    # Shrinking would go on for minutes; the steps of a failure are few as they are.
    "phases": [Phase.explicit, Phase.generate],
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


@pytest.mark.long
@hypothesis.settings(max_examples=25, **HOW)
@given(steps=STEPS)
def test_any_order_of_events_ends_in_agreement_or_in_a_difference_that_is_shown(ourvoice, admin_user, steps):
    with outcome_of(steps, ourvoice, admin_user) as (world, here, there):
        assert here == world.here
        assert there == world.here | world.there
        assert {one.name for one in world.app.sides().open_differences()} == set(world.there)


@hypothesis.settings(max_examples=8, **HOW)
@given(steps=STEPS)
def test_no_order_of_events_loses_an_edit_where_changes_are_taken_over(ourvoice, admin_user, settings, steps):
    settings.OURVOICE_ADOPT_CHANGES = True
    with outcome_of(steps, ourvoice, admin_user) as (world, here, there):
        assert all(world.kept[name] <= {here[name], there[name]} for name in FIELDS)
        assert all(one.changed == Changed.BOTH for one in world.app.sides().open_differences())


@contextmanager
def outcome_of(steps, sandbox, person):
    """The world after these steps, and the fields at either end; whatever came about is taken back afterwards."""
    with transaction.atomic():
        sandbox.reset()
        world = World(sandbox, person)
        for step, *arguments in steps:
            step(world, *arguments)
        world.put_right()
        (row,) = world.ours_there()
        here, there = ({name: side[name] for name in FIELDS} for side in (world.app.values_here(), row))
        assert OtpApp.objects.count() == len(world.strangers) + 1
        assert {one.name for one in world.app.sides().open_differences()} == {
            name for name in FIELDS if here[name] != there[name]
        }
        assert world.app.sync_state == (RecordState.IN_STEP if here == there else RecordState.CHANGED)
        yield world, here, there
        transaction.set_rollback(True)
