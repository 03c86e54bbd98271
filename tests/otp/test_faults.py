"""Every fault of the dial on list, read, create, update and delete at once: when it has passed, both sides agree."""

import pytest

from otp import services
from otp.models import OtpApp
from tests.otp.factories import VALUES, make_app
from voicehub.sandbox.faults import KINDS
from voicehub.sandbox.providers.ourvoice.faults import KINDS as OWN_KINDS
from voicehub.sync import lanes, queue
from voicehub.sync import services as sync_services
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import RecordState

pytestmark = pytest.mark.django_db

OPERATIONS = ("list-apps", "read-app", "create-app", "change-app", "delete-app")
# A refusal is for good: nothing is tried again before a person says so.
REFUSALS = {"refuse", "field-error", "forbidden", "invalid-field", "invalid-list", "no-credit"}
VALUES_OF_KINDS = {"late-after": 0.6, "trickle": 0.0002, "slow": 0, "rate-limit": 1}
KINDS_BY_NAME = {kind.name: kind for kind in (*KINDS, *OWN_KINDS)}


def suiting(kind):
    return [operation for operation in OPERATIONS if KINDS_BY_NAME[kind].suits(operation)]


def begin():
    """What makes VoiceHub ask for every operation; with a lost create, for the list as well."""
    make_app(name="COPPER")
    make_app(name="BRONZE")
    OtpApp.objects.get(name="GOING").delete()
    app = OtpApp.objects.get(name="GOLDEN")
    app.name = "SILVER"
    services.save_app(app, user=None)


def stand_by(django_user_model):
    """What a person does about what the states tell: try a refusal again, release a provider that was halted."""
    person = django_user_model.objects.get_or_create(username="pat")[0]
    lanes.release("ourvoice")
    for app in OtpApp.objects.filter(sync_state=RecordState.REFUSED):
        sync_services.retry(queue.jobs_of(app).latest("pk"), user=person)


def here():
    return sorted((app.remote_id, *(getattr(app, name) for name in VALUES)) for app in OtpApp.objects.all())


def there(ourvoice):
    return sorted((remote_id, *(row[name] for name in VALUES)) for remote_id, row in ourvoice.apps().items())


@pytest.fixture
def in_step(compare, work):
    """The apps of the provider's page, and one more that is to go."""
    compare()
    make_app(name="GOING")
    work()


@pytest.mark.parametrize("kind", [kind for kind in KINDS_BY_NAME if suiting(kind)])
def test_once_a_fault_has_passed_both_sides_agree(ourvoice, settings, django_user_model, in_step, work, kind):
    settings.OURVOICE_READ_TIMEOUT = 0.4
    ourvoice.fault("ourvoice", "create-app", "cut-after")
    for operation in suiting(kind):
        ourvoice.fault("ourvoice", operation, kind, value=VALUES_OF_KINDS.get(kind))
    begin()
    work(rounds=3)
    assert OtpApp.objects.filter(sync_state=RecordState.REFUSED).exists() == (kind in REFUSALS)
    ourvoice.clear_faults()
    stand_by(django_user_model)
    work(rounds=3)
    assert here() == there(ourvoice)
    assert set(OtpApp.objects.values_list("sync_state", flat=True)) == {RecordState.IN_STEP}
    assert {"SILVER", "COPPER", "BRONZE"} <= set(names())
    # What is said to be gone and is not comes back with the next list.
    assert ("GOING" in names()) == (kind == "not-found")


def names():
    return OtpApp.objects.values_list("name", flat=True)


def test_an_outage_of_everything_leaves_nothing_behind(ourvoice, in_step, work):
    ourvoice.fault("ourvoice", "*", "error-before", count=1000)
    begin()
    drain_inline()
    waiting = {RecordState.IN_STEP, RecordState.WAITING, RecordState.DELETING}
    assert set(OtpApp.objects.values_list("sync_state", flat=True)) == waiting
    ourvoice.clear_faults()
    work()
    assert here() == there(ourvoice)
    assert len(here()) == 4
