"""The control interface of tests and scripts, below `/_sandbox/`: JSON in, JSON out.

GET    health
GET    calls?provider=&operation=      {"calls": […]}, newest last
GET    records?provider=               one provider's records; without a provider, all of them by name
POST   records {"provider", edits…}    for example {"provider": "outvoice", "expire_tokens": true}
POST   errands {"provider", name: …}   for example {"provider": "apidaze", "call": {"destination_number": "31…"}}
GET    faults                          {"faults": […]}
POST   faults {"provider", "operation", "kind", "count", "value"}
DELETE faults                          clears the dial
POST   reset {"provider"}              first records, no calls, no faults; without a provider, for all of them
"""

import json
from collections.abc import Callable, Iterable
from http import HTTPMethod
from typing import Any
from urllib.parse import parse_qsl

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from voicehub.sandbox import dial
from voicehub.sandbox.contract import Errand, Outcome, Provider, RefusedError
from voicehub.sandbox.models import Call, Fault
from voicehub.sandbox.providers import PROVIDERS
from voicehub.sandbox.router import SANDBOX
from voicehub.sandbox.wire import JSON, Answer, Request

PREFIX = "/_sandbox/"
FAULT_KEYS = {"provider", "operation", "kind", "count", "value"}
Payload = dict[str, Any]
Act = Callable[[Payload], Payload | Errand]


def answer(request: Request, port: int) -> Outcome:
    """Carry out one control request; nothing is changed unless all of it succeeds."""
    try:
        _insist_on_a_local_caller(request, port)
        act = _find_route(request)
        with transaction.atomic(SANDBOX):
            outcome = act(_read_payload(request))
            return outcome if isinstance(outcome, Errand) else _json(outcome)
    except RefusedError as refused:
        return refused.answer
    except ValidationError as error:
        return _json({"error": " ".join(error.messages)}, 400)


def conclude(errand: Errand, result: Any) -> Answer:
    """What is to be answered when an errand has been run."""
    with transaction.atomic(SANDBOX):
        return errand.conclude(result)


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value, cls=DjangoJSONEncoder).encode(), JSON)


def refusal(status: int, sentence: str) -> RefusedError:
    return RefusedError(_json({"error": sentence}, status))


def not_found() -> Answer:
    return _json({"error": "There is nothing at this address."}, 404)


def _insist_on_a_local_caller(request: Request, port: int) -> None:
    hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
    # A page on the web can make a browser call this port, but not with our name or without its own.
    if request.header("Host") not in hosts:
        raise refusal(403, "This host name is not served here.")
    origin = request.header("Origin")
    if origin and origin not in {f"http://{host}" for host in hosts}:
        raise refusal(403, "Other sites are not allowed here.")


def _find_route(request: Request) -> Act:
    name = request.path.removeprefix(PREFIX)
    methods = {method: act for (route, method), act in ROUTES.items() if route == name}
    if not methods:
        raise RefusedError(not_found())
    if request.method not in methods:
        raise refusal(405, "This method is not understood here.")
    return methods[HTTPMethod(request.method)]


def _read_payload(request: Request) -> Payload:
    if request.method != HTTPMethod.POST:
        return dict(parse_qsl(request.query))
    if request.media_type != JSON:
        raise refusal(415, "Send application/json.")
    try:
        payload = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise refusal(400, "This is not JSON.") from None
    if not isinstance(payload, dict):
        raise refusal(400, "Send an object.")
    return payload


def _provider(payload: Payload) -> Provider:
    name = payload.get("provider")
    if not isinstance(name, str) or name not in PROVIDERS:
        raise refusal(400, "There is no such provider.")
    return PROVIDERS[name]


def _providers(payload: Payload) -> Iterable[Provider]:
    return [_provider(payload)] if "provider" in payload else PROVIDERS.values()


def show_health(payload: Payload) -> Payload:
    return {"status": "ok"}


def show_calls(payload: Payload) -> Payload:
    wanted = {key: payload[key] for key in ("provider", "operation") if key in payload}
    return {"calls": list(Call.objects.filter(**wanted).order_by("pk").values())}


def show_records(payload: Payload) -> Payload:
    if "provider" in payload:
        return _provider(payload).records()
    return {provider.name: provider.records() for provider in PROVIDERS.values()}


def edit_records(payload: Payload) -> Payload:
    provider = _provider(payload)
    for name, value in payload.items():
        if name != "provider":
            _edit(provider, name, value)
    return {}


def _edit(provider: Provider, name: str, value: Any) -> None:
    if name not in provider.edits:
        raise refusal(400, f"There is no such edit: {name}.")
    try:
        provider.edits[name](value)
    except ValueError as error:
        raise refusal(400, f"{name}: {error}.") from error


def send_on_an_errand(payload: Payload) -> Errand:
    provider = _provider(payload)
    names = [name for name in payload if name in provider.errands]
    if len(names) != 1 or len(payload) != 2:
        raise refusal(400, f"Name one errand of these: {', '.join(provider.errands)}.")
    try:
        return provider.errands[names[0]](payload[names[0]])
    except ValueError as error:
        raise refusal(400, f"{names[0]}: {error}.") from error


def show_faults(payload: Payload) -> Payload:
    return {"faults": list(Fault.objects.order_by("pk").values())}


def set_fault(payload: Payload) -> Payload:
    unknown = payload.keys() - FAULT_KEYS
    if unknown:
        raise refusal(400, f"Not understood: {', '.join(sorted(unknown))}.")
    count = payload.get("count", 1)
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= dial.MOST_CALLS:
        raise refusal(400, f"count must be a whole number from 1 to {dial.MOST_CALLS}.")
    names = {key: str(payload.get(key, "")) for key in ("provider", "operation", "kind")}
    fault = Fault(**names, remaining=count, value=payload.get("value"))
    dial.check(fault)
    fault.save()
    return {"id": fault.pk}


def clear_faults(payload: Payload) -> Payload:
    Fault.objects.filter(provider__in=[provider.name for provider in _providers(payload)]).delete()
    return {}


def reset(payload: Payload) -> Payload:
    for provider in _providers(payload):
        Call.objects.filter(provider=provider.name).delete()
        Fault.objects.filter(provider=provider.name).delete()
        provider.reset()
    return {}


ROUTES: dict[tuple[str, HTTPMethod], Act] = {
    ("health", HTTPMethod.GET): show_health,
    ("calls", HTTPMethod.GET): show_calls,
    ("records", HTTPMethod.GET): show_records,
    ("records", HTTPMethod.POST): edit_records,
    ("errands", HTTPMethod.POST): send_on_an_errand,
    ("faults", HTTPMethod.GET): show_faults,
    ("faults", HTTPMethod.POST): set_fault,
    ("faults", HTTPMethod.DELETE): clear_faults,
    ("reset", HTTPMethod.POST): reset,
}
