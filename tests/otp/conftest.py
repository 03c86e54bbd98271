import pytest

from otp import services
from otp.models import OtpApp, Sender
from tests.ageing import let_pass
from voicehub.sync import lanes, queue
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import JobState, SyncJob
from voicehub.sync.sweep import sweep


@pytest.fixture
def ourvoice(db, settings, sandbox):
    """The sandbox's Ourvoice in its first state, and the settings that point to it."""
    sandbox.reset("ourvoice")
    settings.OURVOICE_BASE_URL = sandbox.ourvoice_url
    settings.OURVOICE_API_KEY = settings.SANDBOX_OURVOICE_API_KEY
    # Both count towards the longest that an answer may trickle, which tests wait for.
    settings.OURVOICE_CONNECT_TIMEOUT = 1
    settings.OURVOICE_READ_TIMEOUT = 2
    lanes.ensure_lanes()
    return sandbox


@pytest.fixture
def compare(ourvoice):
    """Read Ourvoice's lists and take them in; `compare(is_confirmed=True)` when the question was answered."""

    def compare(**options):
        for model in (Sender, OtpApp):
            queue.pull(model, services.account(), **options)
        drain_inline()

    return compare


@pytest.fixture
def golden(compare):
    """One of the two apps of the provider's page, imported."""
    compare()
    return OtpApp.objects.get(name="GOLDEN")


@pytest.fixture
def work(ourvoice):
    """Everything the worker does until nothing more happens: sweeps, drains, and time for every back-off."""

    def work(rounds=6):
        for _round in range(rounds):
            sweep()
            drain_inline()
            let_pass(minutes=20)
            if not SyncJob.objects.filter(state=JobState.WAITING).exists():
                return

    return work
