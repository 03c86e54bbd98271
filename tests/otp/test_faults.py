"""Every fault of the dial on each of list, read, create, update and delete: once it has passed, both sides agree."""

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
SLOW_VALUE = {"late-after": 0.6, "trickle": 0.05, "slow": 0}
CASES = [(operation, kind.name) for operation in OPERATIONS for kind in (*KINDS, *OWN_KINDS) if kind.suits(operation)]


def begin(operation):
    """What makes VoiceHub ask for the operation: an edit for reading and changing, a lost create for the list."""
    if operation == "delete-app":
        OtpApp.objects.get(name="GOLDEN").delete()
    elif operation in ("read-app", "change-app"):
        app = OtpApp.objects.get(name="GOLDEN")
        app.name = "SILVER"
        services.save_app(app, user=None)
    else:
        make_app()


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


@pytest.mark.parametrize(("operation", "kind"), CASES)
def test_once_a_fault_has_passed_both_sides_agree(
    ourvoice, settings, django_user_model, compare, work, operation, kind
):
    compare()
    settings.OURVOICE_READ_TIMEOUT = 0.4
    ourvoice.fault("ourvoice", operation, kind, value=SLOW_VALUE.get(kind))
    if operation == "list-apps":
        ourvoice.fault("ourvoice", "create-app", "cut-after")
    begin(operation)
    work(rounds=3)
    refused = OtpApp.objects.filter(sync_state=RecordState.REFUSED)
    assert refused.exists() == (kind in REFUSALS)
    ourvoice.clear_faults()
    stand_by(django_user_model)
    work(rounds=3)
    assert here() == there(ourvoice)
    assert set(OtpApp.objects.values_list("sync_state", flat=True)) == {RecordState.IN_STEP}
    assert len(here()) == apps_after(operation, kind)


def apps_after(operation, kind):
    """Of the two of the provider's page. What is said to be gone and is not comes back with the next list."""
    if (operation, kind) == ("delete-app", "not-found"):
        return 2
    return {"delete-app": 1, "create-app": 3, "list-apps": 3}.get(operation, 2)


def test_an_outage_of_everything_leaves_nothing_behind(ourvoice, compare, work):
    compare()
    ourvoice.fault("ourvoice", "*", "error-before", count=1000)
    begin("create-app")
    begin("change-app")
    drain_inline()
    assert set(OtpApp.objects.values_list("sync_state", flat=True)) == {RecordState.IN_STEP, RecordState.WAITING}
    ourvoice.clear_faults()
    work()
    assert here() == there(ourvoice)
    assert len(here()) == 3
