import pytest

from telephony import services
from telephony.models import SipAccount
from telephony.sync.apidaze import make_client
from tests.ageing import let_pass
from voicehub.sync import lanes, queue
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import JobState, SyncJob
from voicehub.sync.sweep import sweep


@pytest.fixture
def apidaze(db, settings, sandbox):
    """The sandbox's Apidaze in its first state, and the settings that lead through KPN's door."""
    sandbox.reset()
    settings.APIDAZE_KIND = "kpn"
    settings.APIDAZE_BASE_URL = sandbox.apidaze_url
    settings.APIDAZE_TOKEN_URL = sandbox.apidaze_token_url
    settings.APIDAZE_CLIENT_ID = settings.SANDBOX_APIDAZE_CLIENT_ID
    settings.APIDAZE_CLIENT_SECRET = settings.SANDBOX_APIDAZE_CLIENT_SECRET
    settings.APIDAZE_READ_TIMEOUT = 2
    settings.APIDAZE_PULL_SECONDS = 900
    lanes.ensure_lanes()
    return sandbox


@pytest.fixture
def native(apidaze, settings):
    """The same, and the settings that lead through the native door."""
    settings.APIDAZE_KIND = "native"
    settings.APIDAZE_BASE_URL = f"{apidaze.url}/apidaze/native"
    settings.APIDAZE_CLIENT_ID = settings.SANDBOX_APIDAZE_NATIVE_KEY
    settings.APIDAZE_CLIENT_SECRET = settings.SANDBOX_APIDAZE_NATIVE_SECRET
    return apidaze


@pytest.fixture(params=["kpn", "native"])
def either(request, apidaze):
    """Both doors, one after the other; `either("read-account")` is what the sandbox calls an operation there."""
    is_native = request.param == "native"
    if is_native:
        request.getfixturevalue("native")
    return lambda operation: f"native-{operation}" if is_native else operation


@pytest.fixture
def kept():
    """What is kept of the client's exchanges."""
    return []


@pytest.fixture
def new_client(kept):
    """Makes a client as the settings stand now."""
    return lambda: make_client(services.connection(), kept.append)


@pytest.fixture
def compare(apidaze):
    """Read Apidaze's list and take it in; `compare(is_confirmed=True)` when the question was answered."""

    def compare(**options):
        queue.pull(SipAccount, services.connection(), **options)
        drain_inline()

    return compare


@pytest.fixture
def ann(compare):
    """One of the accounts that are there already, imported."""
    compare()
    return SipAccount.objects.get(username="ann")


@pytest.fixture
def work(apidaze):
    """Everything the worker does until nothing more happens: sweeps, drains, and time for every back-off.

    The last round is one in which there was nothing to do but to read the list.
    """

    def work(rounds=6):
        for _round in range(rounds):
            is_calm = not is_waiting()
            sweep()
            drain_inline()
            let_pass(minutes=20)
            if is_calm and not is_waiting():
                return

    return work


def is_waiting():
    return SyncJob.objects.filter(state=JobState.WAITING).exists()


VOITEX = {
    "a": ("recordings/upload/index.php", "v1/recordings/upload/", "v1/call/index.php", "v1/sms/send/index.php", ""),
    "b": ("recording/upload/", "recording/upload/", "notify/", "sms/send/", "contacts/"),
}


@pytest.fixture
def voitex(db, settings, sandbox):
    """The sandbox's Voitex in its first state, and the settings that lead to it by revision A."""
    sandbox.reset("voitex")
    speak_voitex(settings, sandbox, "a")
    lanes.ensure_lanes()
    return sandbox


@pytest.fixture
def voitex_b(voitex, settings):
    """The same by revision B."""
    speak_voitex(settings, voitex, "b")
    return voitex


def speak_voitex(settings, sandbox, revision):
    settings.VOITEX_REVISION = revision
    settings.VOITEX_AUTH_HEADER = "Auth-Key" if revision == "b" else "auth_key"
    settings.VOITEX_AUTH_KEY = settings.SANDBOX_VOITEX_AUTH_KEY
    settings.VOITEX_READ_TIMEOUT = settings.VOITEX_UPLOAD_TIMEOUT = 2
    for what, path in zip(("UPLOAD", "TTS", "CALL", "SMS", "CONTACTS"), VOITEX[revision], strict=True):
        setattr(settings, f"VOITEX_{what}_URL", f"{sandbox.url}/voitex/{path}" if path else "")
