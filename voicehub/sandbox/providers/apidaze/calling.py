"""Being called: a call of nobody's is run through the script that is registered, and kept for people to read."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from voicehub.sandbox.contract import Errand
from voicehub.sandbox.models import ApidazeCall, ApidazeScript, ApidazeSipAccount
from voicehub.sandbox.providers.apidaze.calls import Plan, SimulatedCall, Transcript
from voicehub.sandbox.providers.apidaze.doors import the_domain
from voicehub.sandbox.wire import Answer, json_answer


def call(values: Any) -> Errand:
    """The errand that `{"destination_number", …}` asks for, as a plan has it. Raises ValueError when it cannot be."""
    plan = Plan.read(values)
    return Errand(prepare(plan).run, lambda transcript: _answer(plan, transcript))


def prepare(plan: Plan) -> SimulatedCall:
    """The call of a plan. Raises ValueError without a registered script, and for a caller that is no account."""
    script = ApidazeScript.objects.order_by("pk").first()
    if script is None:
        raise ValueError(_("no script is registered"))
    phones = dict(ApidazeSipAccount.objects.values_list("username", "is_registered"))
    if plan.caller and plan.caller not in phones:
        raise ValueError(_("there is no such SIP account"))
    return SimulatedCall(plan, script.url, phones, the_domain().name)


def keep(plan: Plan, transcript: Transcript) -> ApidazeCall:
    return ApidazeCall.objects.create(
        at=timezone.now(),
        session_id=transcript.session_id,
        destination_number=plan.destination_number,
        caller_id_number=plan.caller_id_number,
        ending=transcript.ending,
        loads=transcript.as_json()["loads"],
    )


def _answer(plan: Plan, transcript: Transcript) -> Answer:
    keep(plan, transcript)
    return json_answer(transcript.as_json())
