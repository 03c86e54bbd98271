"""Trigger requests: Voitex asks in the middle of a call what to play and where to go."""

import json
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from telephony.answering import Script, script_of
from telephony.hotline_address import KIND
from telephony.models import Hotline
from telephony.services.call_log import take_in
from telephony.trigger.engine import Decision, for_wire
from telephony.trigger.masking import masked_answer
from telephony.trigger.record import fitting, request_as_json
from telephony.trigger.request import TriggerRequest, read
from voicehub.common.hooks import HookAnswer, HookKind, Inbound, Kept, register

JSON = "application/json"
NOTHING = b"{}"


class TriggerRequests(HookKind):
    """Whatever comes in, and whatever goes wrong, Voitex gets JSON with 200; `{}` lets the branch go its own way."""

    slug, label = KIND, gettext_lazy("Trigger requests of Voitex")
    max_bytes = 256 * 1024
    is_followed_up = True

    def answer(self, request: Inbound) -> HookAnswer:
        script = script_of(int(request.target))
        if script is None:
            return nothing(_("There is no such hotline any more."))
        call = read(request)
        if script.is_did_checked and call.did != script.did:
            return nothing(_("Not answered: it names another number than that of the hotline."))
        return _answered(script, call)

    def on_failure(self, outcome: str) -> HookAnswer:
        return nothing("")

    def kept(self, request: Inbound) -> Kept:
        return _kept(read(request))

    def follow_up(self, lines: Any) -> None:
        take_in(lines)

    def knows(self, target: str) -> bool:
        return target.isdecimal() and Hotline.objects.filter(pk=target).exists()

    def relied_on(self, target: str) -> str:
        words = _("Live calls of %s are then answered by nothing here: each Trigger goes its own way.")
        return words % self.words_for(target) if self.knows(target) else ""

    def words_for(self, target: str) -> str:
        return Hotline.objects.filter(pk=target).values_list("name", flat=True).first() or target


def nothing(words: str) -> HookAnswer:
    return HookAnswer(NOTHING, JSON, words=words)


def _answered(script: Script, call: TriggerRequest) -> HookAnswer:
    decision = script.decide(call, timezone.now())
    rule = decision.rule
    return HookAnswer(
        json.dumps(for_wire(decision.answer, call)).encode(),
        JSON,
        words=rule.name if rule else _("No rule matched."),
        source=str(rule.key) if rule else "",
        keep=partial(_kept, call, decision),
    )


def _kept(call: TriggerRequest, decision: Decision | None = None) -> Kept:
    """What is known of the call, masked; of data of cards there is nothing left."""
    masked = call.masked()
    told = fitting(_told(decision, masked)) if decision else ""
    return Kept(subject=masked.call_id, body=fitting(request_as_json(masked)), told=told)


def _told(decision: Decision, masked: TriggerRequest) -> dict[str, Any]:
    """The answer as it would be to the masked call: keys and numbers do not come back in its texts."""
    rule, answer = decision.rule, masked_answer(for_wire(decision.answer, masked))
    return {"rule": rule.key if rule else None, "name": rule.name if rule else "", "answer": answer}


register(TriggerRequests())
