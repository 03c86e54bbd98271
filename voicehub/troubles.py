"""What everybody should know while they work: what does not go out at the moment, and what can be done all the same.

Every page asks for it by troubles.js, now and then. A page that is made in between shows what this process was told
last, so that it need not ask the database and nothing jumps once the answer is there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from voicehub.sync import health
from voicehub.sync.admin.conditions import OPEN, of_lane, spoken
from voicehub.sync.admin.following import mark_of, part
from voicehub.sync.clock import database_now
from voicehub.sync.models import Heartbeat, Lane
from voicehub.sync.registry import handlers

REMEMBERED = timedelta(seconds=15)
# A provider that fails is tried again now and then: in between it is no better than before.
STILL_FAILING = timedelta(seconds=60)
TEMPLATE = "admin/common/_troubles.html"


@dataclass(frozen=True)
class Trouble:
    """`text` says what does not work, why, and what does; `url` leads those who may look to where it is mended."""

    text: str
    level: str = "error"
    url: str = ""


@dataclass(frozen=True)
class Facts:
    """What was read `at` a time of the database (UTC): the lanes, with who stopped them, and the worker's signs of
    life. `kept_at` is this computer's time, so that a page need not ask the database how old they are.
    """

    at: datetime
    kept_at: datetime
    lanes: list[Lane]
    beat: Heartbeat | None

    @classmethod
    def read(cls) -> "Facts":
        global _last
        lanes = list(Lane.objects.select_related("stopped_by").order_by("provider"))
        _last = cls(database_now(), timezone.now(), lanes, Heartbeat.objects.filter(pk=1).first())
        return _last

    @property
    def is_worker_silent(self) -> bool:
        age = health.age_of(self.beat, self.at)
        return age is None or age >= settings.HEARTBEAT_STALE_SECONDS

    @property
    def silent_since(self) -> datetime | None:
        times = [at for at in (self.beat.queue_at, self.beat.drain_at) if at] if self.beat else []
        return max(times, default=None)


_last: Facts | None = None


@require_safe
def troubles(request: HttpRequest) -> HttpResponse:
    """What stands on top of every page, as it is now."""
    found = list(_told(Facts.read(), request.user))
    return part(request, TEMPLATE, mark_of(found), lambda: {"troubles": found})


def remembered(request: HttpRequest) -> list[Trouble]:
    """What this process was told a moment ago; asks nobody."""
    is_fresh = _last is not None and abs(timezone.now() - _last.kept_at) < REMEMBERED
    return list(_told(_last, request.user)) if _last and is_fresh else []


def _told(facts: Facts, person: Any) -> Iterator[Trouble]:
    if facts.is_worker_silent:
        yield Trouble(_silence(facts))
    for lane in facts.lanes:
        if _concerns(lane, person) and (text := _of_lane(lane, facts.at)):
            may_look = person.has_perm("sync.view_lane")
            yield Trouble(text, "warning", reverse("admin:sync_lane_change", args=[lane.pk]) if may_look else "")


def _silence(facts: Facts) -> str:
    if facts.silent_since is None:
        return _(
            "The background worker has not been heard of yet: nothing goes out to the providers. You can go on "
            "editing: what you save is kept and goes out once the worker runs."
        )
    words = _(
        "The background worker has not been heard of since %(time)s: nothing goes out to the providers. You can go "
        "on editing: what you save is kept and goes out once the worker runs again."
    )
    return words % {"time": spoken(facts.silent_since)}


def _of_lane(lane: Lane, now: datetime) -> str:
    """What is wrong with a provider; empty when nothing is. One that has nothing to do is well."""
    condition = of_lane(lane, now)
    words = {"provider": lane, "why": condition.why}
    if condition.state in OPEN:
        return _failing(lane) if _fails_still(lane, now) else ""
    return {
        "halted": _(
            "%(provider)s takes nothing before an admin has set something right: %(why)s You can go on editing: what "
            "you save is kept and goes out afterwards."
        ),
        "stopped": _(
            "%(provider)s: nothing new is sent. %(why)s You can go on editing: what you save is kept and goes out "
            "later; lists are still fetched."
        ),
        "resting": _(
            "%(provider)s is paused. %(why)s You can go on editing: what you save is kept and goes out later."
        ),
    }[condition.state] % words


def _fails_still(lane: Lane, now: datetime) -> bool:
    is_failing = lane.failures >= Lane.BREAKER_THRESHOLD
    return is_failing and lane.open_until is not None and lane.open_until > now - STILL_FAILING


def _failing(lane: Lane) -> str:
    words = _(
        "%(provider)s does not answer as it should and is being tried again. You can go on editing: what you save is "
        "kept and goes out once it answers."
    )
    return words % {"provider": lane}


def _concerns(lane: Lane, person: Any) -> bool:
    """Whether this person sees any records of the provider."""
    models = [handler.model._meta for handler in handlers() if handler.provider == lane.pk]
    return any(person.has_perm(f"{meta.app_label}.view_{meta.model_name}") for meta in models)
