"""What the log of loads tells of calls: how each began, its story, and each load with what was answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from telephony.models import Call, ScriptVersion
from telephony.script_address import NOTHING_PUBLISHED
from telephony.scripts.answers import HANGUP, answer
from telephony.scripts.source import UnreadableError
from telephony.scripts.story import Load, Story, tell_call
from telephony.scripts.variables import OUR_ADDRESS, readable
from voicehub.common.hooks.models import HookRequest

MOST_LOADS = 200


@dataclass(frozen=True)
class Told:
    """A load as people read it: what came in, which version answered, and the XML without our own address."""

    call: Call
    version: ScriptVersion | None
    parameters: Mapping[str, str]
    xml: str


@dataclass(frozen=True)
class Beginning:
    """When the first load of a call came in (UTC), and the version that answered it."""

    at: datetime
    version: ScriptVersion | None


def beginnings(sessions: Iterable[str]) -> dict[str, Beginning]:
    """How each of these calls began, in three queries for all of them."""
    loads = Call.objects.order_by().filter(subject__in=list(sessions))
    first = dict(loads.values_list("subject").annotate(Min("received_at")))
    rows = loads.filter(received_at__in=first.values()).values_list("subject", "received_at", "source")
    sources = {subject: source for subject, at, source in rows if at == first[subject]}
    versions = _versions(sources.values())
    return {subject: Beginning(at, versions.get(sources.get(subject, ""))) for subject, at in first.items()}


def retell(call: Call) -> tuple[Story, list[Told]]:
    """What happened on the call that this load belongs to, and its loads, the oldest first."""
    calls = _first_and_last(call)
    versions = _versions(one.source for one in calls)
    return tell_call(_load(one, versions.get(one.source)) for one in calls), [
        _told(one, versions.get(one.source)) for one in calls
    ]


def _first_and_last(call: Call) -> list[Call]:
    """The loads of a call; of very many the first ones, and the last, which says how it ended."""
    first, last = list(call.loads()[:MOST_LOADS]), call.loads().reverse()[:1]
    return [*first, *(one for one in last if one not in first)]


def _versions(sources: Iterable[str]) -> dict[str, ScriptVersion]:
    keys = {source for source in sources if source.isdecimal()}
    found = ScriptVersion.objects.filter(pk__in=keys).select_related("script")
    return {str(version.pk): version for version in found}


def _load(call: Call, version: ScriptVersion | None) -> Load:
    has_failed = call.outcome != HookRequest.Outcome.ANSWERED or call.source == NOTHING_PUBLISHED
    return Load(
        at=call.received_at,
        parameters=call.parameters,
        script=version.script.name if version else "",
        source=version.text if version else "",
        error=(call.words or call.get_outcome_display()) if has_failed else "",
    )


def _told(call: Call, version: ScriptVersion | None) -> Told:
    parameters = {readable(name): readable(value) for name, value in call.parameters.items()}
    return Told(call, version, parameters, _xml(version, parameters))


def _xml(version: ScriptVersion | None, parameters: Mapping[str, str]) -> str:
    try:
        return (answer(version.text, parameters, OUR_ADDRESS) if version else HANGUP).decode()
    except UnreadableError:
        return HANGUP.decode()
