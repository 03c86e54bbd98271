"""What is kept of a request and of its answer, as JSON: masked, and never more than a line of the log takes."""

import json
from collections.abc import Mapping
from typing import Any

from telephony.trigger.request import Payment, Stop, TriggerRequest

MOST_CHARACTERS = 9000
# How long texts and how many items may be; the next step is taken when what is left is still too much.
STEPS = ((1000, 200), (200, 50), (40, 20), (10, 10))


def request_as_json(request: TriggerRequest) -> dict[str, Any]:
    """A request, as `request_from_json` reads it."""
    return {
        "call_id": request.call_id,
        "did": request.did,
        "caller": request.caller,
        "caller_name": request.caller_name,
        "sent_at": request.sent_at,
        "path": [[one.branch, one.keys] for one in request.path],
        "contact": dict(request.contact),
        "payments": [[one.last_four, one.amount, one.transaction_id] for one in request.payments],
        "variables": dict(request.variables),
    }


def request_from_json(kept: Mapping[str, Any]) -> TriggerRequest:
    """A request as it was kept; masks stay where they are."""
    texts = {name: str(kept.get(name, "")) for name in ("call_id", "did", "caller", "caller_name", "sent_at")}
    return TriggerRequest(
        **texts,
        path=tuple(Stop(*one) for one in kept.get("path", ())),
        contact=kept.get("contact", {}),
        payments=tuple(Payment(*one) for one in kept.get("payments", ())),
        variables=kept.get("variables", {}),
    )


def fitting(value: Mapping[str, Any]) -> str:
    """The value as JSON; of very long ones the ends of texts and the beginnings of lists are left out."""
    for longest, most in STEPS:
        text = json.dumps(_cut(value, longest, most), ensure_ascii=False, separators=(",", ":"))
        if len(text) <= MOST_CHARACTERS:
            return text
    return "{}"


def _cut(value: Any, longest: int, most: int) -> Any:
    match value:
        case str():
            return value if len(value) <= longest else f"{value[: longest - 1]}…"
        case dict():
            return {_cut(name, longest, most): _cut(one, longest, most) for name, one in list(value.items())[:most]}
        case list():
            return [_cut(one, longest, most) for one in value[-most:]]
    return value
