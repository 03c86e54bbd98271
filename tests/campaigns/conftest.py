import pytest

from campaigns import driving
from tests.ageing import let_pass
from voicehub.sync import lanes
from voicehub.sync.engine import drain_inline
from voicehub.sync.sweep import sweep


@pytest.fixture
def campaigns(db, settings):
    """VoiceShot's account, and nobody to talk to."""
    settings.VOICESHOT_ACCOUNT = "main"
    settings.VOICESHOT_CLOSING_SECONDS = 0
    settings.QUIET_HOURS = ""
    lanes.ensure_lanes()


@pytest.fixture
def voiceshot(campaigns, settings, sandbox):
    """The sandbox's VoiceShot in its first state, and the settings that lead to it."""
    sandbox.reset("voiceshot")
    settings.VOICESHOT_URL = sandbox.voiceshot_url
    settings.VOICESHOT_READ_TIMEOUT = 2
    return sandbox


@pytest.fixture
def work(voiceshot):
    """Everything the worker does until nothing more happens: sweeps, steps of campaigns, posts, and time between."""

    def work(rounds=3, minutes=1):
        for _round in range(rounds):
            sweep()
            driving.drive()
            drain_inline()
            let_pass(minutes=minutes)

    return work
