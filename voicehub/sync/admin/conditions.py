"""Whether a provider or an account lets anything through, and if not, why and until when."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voicehub.sync.clock import database_now
from voicehub.sync.models import Connection, JobState, Lane, SyncJob
from voicehub.sync.models.job import HARMLESS
from voicehub.sync.timeline import name_of
from voicehub.sync.told import in_your_language

OPEN = ("running", "connected")


@dataclass(frozen=True)
class Condition:
    """`state` names the words in the table of states; `why` is whole sentences, empty when all is well."""

    state: str
    why: str = ""

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def of_lane(lane: Lane, now: datetime) -> Condition:
    """The condition of a provider; what needs a person comes before what ends by itself."""
    if lane.halted_reason:
        return Condition("halted", in_your_language(lane.halted_reason))
    if lane.is_stopped(now):
        return Condition("stopped", f"{_stopped_by(lane)} {_until(lane.stopped_until)}".strip())
    if lane.open_until and lane.open_until > now:
        return Condition("resting", f"{_resting_because(lane)} {_until(lane.open_until)}")
    return Condition("running")


def of_account(connection: Connection) -> Condition:
    if connection.disconnected_at:
        return Condition("disconnected", _("The account was disconnected."))
    if connection.stopped_reason:
        return Condition("signed_out", in_your_language(connection.stopped_reason))
    return Condition("connected")


class Roadblocks:
    """What stands in the way of waiting jobs now: two queries at most, however many jobs are asked about."""

    @cached_property
    def _lanes(self) -> dict[str, Condition]:
        now = database_now()
        lanes = {lane.pk: of_lane(lane, now) for lane in Lane.objects.select_related("stopped_by")}
        return {slug: condition for slug, condition in lanes.items() if not condition.is_open}

    @cached_property
    def _accounts(self) -> dict[int, Condition]:
        closed = Connection.objects.exclude(stopped_reason="", disconnected_at=None)
        return {connection.pk: of_account(connection) for connection in closed}

    def before(self, provider: str, connection_id: int | None, operation: str) -> Condition | None:
        """What keeps such a job waiting; None when it goes as soon as it is due."""
        lane = self._lanes.get(provider)
        if lane and lane.state == "stopped" and operation in HARMLESS:
            lane = None
        return lane or self._accounts.get(connection_id or 0)

    def before_job(self, job: SyncJob) -> Condition | None:
        if job.state != JobState.WAITING:
            return None
        return self.before(job.provider, job.connection_id, job.operation)


def spoken(at: datetime) -> str:
    """A time in the reader's zone and language."""
    return date_format(localtime(at), "DATETIME_FORMAT")


def _stopped_by(lane: Lane) -> str:
    words = {"who": name_of(lane.stopped_by) if lane.stopped_by else _("somebody"), "why": lane.stop_reason}
    return _("Stopped by %(who)s, because: %(why)s.") % words


def _resting_because(lane: Lane) -> str:
    if not lane.failures:
        return _("The provider asked for a pause.")
    return ngettext("%(count)d call failed.", "%(count)d calls in a row failed.", lane.failures) % {
        "count": lane.failures
    }


def _until(at: datetime | None) -> str:
    return _("Until %(time)s; then it goes on by itself.") % {"time": spoken(at)} if at else ""
