"""Every fault of the dial on list, read, create, update and delete at once: when it has passed, both sides agree."""

import pytest

from telephony import services
from telephony.models import SipAccount
from tests.telephony.factories import make_sip_account
from tests.telephony.test_sync import THERE
from voicehub.sandbox.faults import KINDS
from voicehub.sandbox.providers.apidaze.faults import KINDS as OWN_KINDS
from voicehub.sync import lanes, queue
from voicehub.sync import services as sync_services
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import RecordState

pytestmark = pytest.mark.django_db

OPERATIONS = ("list-accounts", "read-account", "create-account", "change-account", "delete-account")
# A refusal is for good: nothing is tried again before a person says so.
REFUSALS = {
    "refuse",
    "field-error",
    "forbidden",
    "conflict",
    "method-not-allowed",
    "precondition-failed",
    "failure-in-202",
}
VALUES_OF_KINDS = {"late-after": 0.6, "trickle": 0.0002, "slow": 0, "rate-limit": 1, "put-off": 2}


def kinds(prefix=""):
    own = {kind.name: kind for kind in (*KINDS, *OWN_KINDS)}
    return [name for name, kind in own.items() if any(kind.suits(prefix + operation) for operation in OPERATIONS)]


def suits(kind, operation):
    return any(one.suits(operation) for one in (*KINDS, *OWN_KINDS) if one.name == kind)


def begin():
    """What makes VoiceHub ask for every operation; with a lost create, for the list as well."""
    make_sip_account(username="bob")
    make_sip_account(username="carol")
    SipAccount.objects.get(username="warehouse").delete()
    ann = SipAccount.objects.get(username="ann")
    ann.name = "Anna"
    services.save_account(ann, user=None)


def stand_by(person):
    """What a person does about what the states tell: try a refusal again, release a provider that was halted."""
    lanes.release("apidaze")
    for account in SipAccount.objects.filter(sync_state=RecordState.REFUSED):
        sync_services.retry(queue.jobs_of(account).latest("pk"), user=person)


def here():
    return sorted((one.remote_id, one.username, *(getattr(one, name) for name in THERE)) for one in accounts())


def accounts():
    return SipAccount.objects.all()


def there(apidaze):
    rows = apidaze.sip_accounts().values()
    return sorted((str(row["id"]), row["username"], *(row[name] for name in THERE.values())) for row in rows)


@pytest.mark.parametrize("kind", kinds())
def test_once_a_fault_has_passed_both_sides_agree(apidaze, settings, django_user_model, compare, work, kind):
    check(apidaze, settings, django_user_model.objects.create(username="pat"), compare, work, kind, "")


@pytest.mark.parametrize(
    "kind", ["cut-after", "put-off", "failure-in-202", "redirect", "not-found", "html", "no-sip"]
)
def test_once_a_fault_of_the_native_door_has_passed_both_sides_agree(
    native, settings, django_user_model, compare, work, kind
):
    check(native, settings, django_user_model.objects.create(username="pat"), compare, work, kind, "native-")


def check(apidaze, settings, person, compare, work, kind, prefix):
    compare()
    settings.APIDAZE_READ_TIMEOUT = 0.4
    apidaze.fault("apidaze", f"{prefix}create-account", "cut-after")
    for operation in OPERATIONS:
        if suits(kind, prefix + operation):
            apidaze.fault("apidaze", prefix + operation, kind, value=VALUES_OF_KINDS.get(kind))
    begin()
    work(rounds=3)
    assert accounts().filter(sync_state=RecordState.REFUSED).exists() == (kind in REFUSALS)
    apidaze.clear_faults()
    stand_by(person)
    work(rounds=3)
    assert here() == there(apidaze)
    assert set(accounts().values_list("sync_state", flat=True)) == {RecordState.IN_STEP}
    names = {"frontdesk", "ann", "Lift.Phone-2", "bob", "carol"}
    # What is said to be gone and is not comes back with the next list.
    assert {one.username for one in accounts()} == names | ({"warehouse"} if kind == "not-found" else set())
    assert SipAccount.objects.get(username="ann").name == "Anna"


def test_an_outage_of_everything_leaves_nothing_behind(apidaze, compare, work):
    compare()
    apidaze.fault("apidaze", "*", "error-before", count=1000)
    begin()
    drain_inline()
    waiting = {RecordState.IN_STEP, RecordState.WAITING, RecordState.DELETING}
    assert set(accounts().values_list("sync_state", flat=True)) == waiting
    apidaze.clear_faults()
    work()
    assert here() == there(apidaze)
    assert len(here()) == 5
