"""Being phoned: a call that is made up comes to a hotline, and is kept for people to read."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from voicehub.sandbox.contract import Errand
from voicehub.sandbox.models import VoitexHotline, VoitexTriggerCall
from voicehub.sandbox.providers.voitex import contacts
from voicehub.sandbox.providers.voitex.access import the_account
from voicehub.sandbox.providers.voitex.calls import Plan, TriggerCall
from voicehub.sandbox.wire import Answer, json_answer


def call(values: Any) -> Errand:
    """The errand that `{"did", …}` asks for, as a plan has it. Raises ValueError when it cannot be."""
    return Errand(prepare(Plan.read(values)).run, lambda made: _answer(keep(made)))


def prepare(plan: Plan) -> TriggerCall:
    """The call of a plan. Raises ValueError for a number without a hotline or without a Trigger address."""
    hotline = VoitexHotline.objects.filter(did=plan.did).first()
    if hotline is None:
        raise ValueError(_("there is no such hotline"))
    if not hotline.trigger_url:
        raise ValueError(_("no address is entered in the Trigger branch of this hotline"))
    contact = plan.contact or contacts.known_about(plan.cid)
    return TriggerCall(plan, hotline.trigger_url, hotline.branches, the_account().trigger_seconds, contact)


def keep(made: TriggerCall) -> VoitexTriggerCall:
    return VoitexTriggerCall.objects.create(
        at=timezone.now(),
        did=made.plan.did,
        cid=made.plan.cid[:20],
        call_id=made.call_id,
        ending=made.ending[:200],
        turns=[vars(turn) for turn in made.turns],
    )


def _answer(kept: VoitexTriggerCall) -> Answer:
    return json_answer({"call_id": kept.call_id, "ending": kept.ending, "turns": kept.turns})
