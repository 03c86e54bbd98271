"""Made-up kinds of hook: whoever rings a gadget's bell learns its name; and one door for the whole installation."""

import json
import time

from tests.gadgets.models import Gadget
from voicehub.common.hooks import HookAnswer, HookKind, Inbound, Kept, register
from voicehub.common.hooks.models import HookRequest

JSON = "application/json"


class Bell(HookKind):
    """`wait` makes it slow; a `pin` must not be kept."""

    slug = "gadgets/bell"
    label = "Bell"
    max_bytes = 10_000

    def answer(self, request: Inbound) -> HookAnswer:
        if "wait" in request.parameters:
            time.sleep(float(request.parameters["wait"]))
        name = Gadget.objects.values_list("name", flat=True).get(pk=request.target)
        said = {"name": name, "session": request.parameters.get("session", "")}
        return HookAnswer(json.dumps(said).encode(), JSON, words=f"Told its name to {request.method}")

    def on_failure(self, outcome: str) -> HookAnswer:
        statuses: dict[str, int] = {HookRequest.Outcome.LIMITED: 429, HookRequest.Outcome.TOO_LARGE: 413}
        return HookAnswer(b"{}", JSON, status=statuses.get(outcome, 200))

    def kept(self, request: Inbound) -> Kept:
        kept = super().kept(request)
        return Kept(request.parameters.get("session", ""), kept.query, kept.body)

    def knows(self, target: str) -> bool:
        return target.isdecimal() and Gadget.objects.filter(pk=target).exists()

    def words_for(self, target: str) -> str:
        return f"Gadget {target}"


class Door(HookKind):
    slug = "gadgets/door"
    label = "Door"

    def answer(self, request: Inbound) -> HookAnswer:
        return HookAnswer(b"Come in")

    def on_failure(self, outcome: str) -> HookAnswer:
        return HookAnswer(b"Nobody is in")


register(Bell())
register(Door())
