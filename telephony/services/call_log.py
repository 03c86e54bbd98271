"""The calls of hotlines: taken in from the log of what came in, and removed when they are old."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from telephony.hotline_address import KIND
from telephony.models import Hotline, HotlineCall, HotlineStep
from voicehub.common.hooks.models import HookAddress, HookRequest
from voicehub.sync.chores import Chore

SLICE = 500
SECONDS = 5.0
WITHOUT_ID = "without-id"

CallKey = tuple[int, str]


@dataclass(frozen=True)
class Line:
    """A line of the log as far as it is about a call. `mark` is the same for a request that came twice."""

    hotline: int
    at: datetime
    request: dict[str, Any]
    told: dict[str, Any]
    mark: str
    milliseconds: int
    has_failed: bool

    @property
    def key(self) -> CallKey:
        return self.hotline, self.request.get("call_id") or f"{WITHOUT_ID}-{self.mark[:16]}"


def take_in(lines: Sequence[HookRequest]) -> None:
    """Make calls and steps of lines of the log. Lines that were taken in before change nothing."""
    told = list(_about_calls(lines))
    with transaction.atomic():
        calls = _calls_of(told)
        steps = (_step(line, calls[line.key]) for line in told)
        HotlineStep.objects.bulk_create(steps, ignore_conflicts=True)
        for line in told:
            _widen(calls[line.key], line.at)


def _about_calls(lines: Sequence[HookRequest]) -> Iterator[Line]:
    """What could not be read at all tells of no call: it is in the log alone."""
    hotlines = _hotlines({line.address_id for line in lines})
    for line in lines:
        hotline = hotlines.get(line.address_id)
        request = json.loads(line.body or "{}")
        if hotline is not None and any(request.values()):
            yield Line(
                hotline=hotline,
                at=line.received_at,
                request=request,
                told=json.loads(line.told or "{}"),
                mark=sha256(line.body.encode()).hexdigest(),
                milliseconds=line.milliseconds,
                has_failed=line.outcome != HookRequest.Outcome.ANSWERED,
            )


def _hotlines(addresses: set[int]) -> Mapping[int, int]:
    """The hotlines that still are there, by their address."""
    targets = dict(HookAddress.objects.filter(pk__in=addresses, kind=KIND).values_list("pk", "target"))
    there = set(Hotline.objects.filter(pk__in=targets.values()).values_list("pk", flat=True))
    return {address: int(target) for address, target in targets.items() if int(target) in there}


def _calls_of(lines: Sequence[Line]) -> dict[CallKey, HotlineCall]:
    """The calls of the lines; those that are not there yet are made, as the first line tells of them."""
    first = {line.key: line for line in reversed(lines)}
    HotlineCall.objects.bulk_create(map(_call, first.values()), ignore_conflicts=True)
    there = HotlineCall.objects.filter(
        hotline__in={hotline for hotline, _id in first}, call_id__in={call_id for _hotline, call_id in first}
    )
    return {(call.hotline_id, call.call_id): call for call in there}


def _call(line: Line) -> HotlineCall:
    hotline, call_id = line.key
    return HotlineCall(
        hotline_id=hotline,
        call_id=call_id,
        caller=line.request.get("caller", "")[:40],
        caller_name=line.request.get("caller_name", "")[:100],
        first_at=line.at,
        last_at=line.at,
    )


def _step(line: Line, call: HotlineCall) -> HotlineStep:
    return HotlineStep(
        call=call,
        mark=line.mark,
        at=line.at,
        request=line.request,
        answer=line.told.get("answer", {}),
        rule_key=line.told.get("rule"),
        rule_name=line.told.get("name", "")[:100],
        milliseconds=line.milliseconds,
        has_failed=line.has_failed,
    )


def _widen(call: HotlineCall, at: datetime) -> None:
    """Lines need not come in order, nor from one worker."""
    if not call.first_at <= at <= call.last_at:
        HotlineCall.objects.filter(pk=call.pk).update(
            first_at=Least(F("first_at"), at), last_at=Greatest(F("last_at"), at)
        )


def is_due() -> bool:
    """Whether calls are older than HOTLINE_CALL_KEEP_DAYS."""
    return _old().exists()


def remove_old() -> None:
    """Remove some seconds' worth of calls that are too old, with their steps."""
    end = time.monotonic() + SECONDS
    while (keys := list(_old().order_by("first_at").values_list("pk", flat=True)[:SLICE])) and time.monotonic() < end:
        with transaction.atomic():
            HotlineStep.objects.filter(call__in=keys).delete()
            HotlineCall.objects.filter(pk__in=keys).delete()


CHORE = Chore("hotline-calls", is_due, remove_old)


def _old() -> "QuerySet[HotlineCall]":
    return HotlineCall.objects.filter(first_at__lt=timezone.now() - timedelta(days=settings.HOTLINE_CALL_KEEP_DAYS))
