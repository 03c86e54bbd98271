import pytest

from tests.sandbox.script_host import ScriptHost
from tests.sandbox.wire import ApidazeWire, OurvoiceWire, OutVoiceWire


@pytest.fixture
def fresh(sandbox):
    """The sandbox in its first state."""
    sandbox.reset()
    return sandbox


@pytest.fixture
def stranger(fresh):
    """A client of OutVoice that has not signed in."""
    return OutVoiceWire(fresh.url)


@pytest.fixture
def outvoice(stranger):
    """A client of OutVoice that has."""
    stranger.sign_in()
    return stranger


@pytest.fixture
def ourvoice(fresh):
    """A client of Ourvoice with the sandbox's key."""
    return OurvoiceWire(fresh.url)


@pytest.fixture
def apidaze(fresh):
    """A client of KPN's gateway that has signed in."""
    wire = ApidazeWire(fresh.url)
    wire.sign_in()
    return wire


@pytest.fixture
def host():
    """A web server of ours, from which Apidaze loads scripts."""
    with ScriptHost() as host:
        yield host
