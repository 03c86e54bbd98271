"""A worker that is killed while somebody is being called and texted."""

import pytest

from telephony.models import NotificationCall, SmsMessage
from tests.ageing import let_pass
from tests.common.factories import make_person
from tests.faults.installation import kill_group, live_worker, wait_until
from tests.telephony.conftest import speak_voitex
from tests.telephony.factories import make_notification_call, make_text
from voicehub.common.roles import STAFF
from voicehub.sync import lanes
from voicehub.sync.engine import drain_inline
from voicehub.sync.sweep import sweep

FOR_THE_WORKER = ("VOITEX_AUTH_HEADER", "VOITEX_AUTH_KEY", "VOITEX_UPLOAD_URL", "VOITEX_CALL_URL", "VOITEX_SMS_URL")


@pytest.fixture
def voitex(transactional_db, settings, sandbox):
    """A Voitex that does at once what it is asked, and is long in saying so."""
    sandbox.reset("voitex")
    speak_voitex(settings, sandbox, "a")
    lanes.ensure_lanes()
    for operation in ("call", "sms"):
        sandbox.fault("voitex", operation, "late-after", value=25)
    return sandbox


def reached(voitex):
    told = voitex.records("voitex")
    return len(told["calls"]), len(told["texts"])


def states():
    return [model.objects.get().state for model in (NotificationCall, SmsMessage)]


def test_a_worker_killed_in_mid_call_leaves_it_uncertain_and_nobody_is_reached_twice(voitex, settings):
    ann = make_person("ann", STAFF)
    make_notification_call(ann)
    make_text(ann)
    with live_worker(**{name: getattr(settings, name) for name in FOR_THE_WORKER}) as worker:
        assert wait_until(lambda: reached(voitex) == (1, 1), within=60)
        kill_group(worker)
    assert states() == ["sending", "sending"]

    voitex.clear_faults()
    for _round in range(3):
        let_pass(minutes=20)
        sweep()
        drain_inline()
    assert states() == ["uncertain", "uncertain"]
    assert reached(voitex) == (1, 1)
