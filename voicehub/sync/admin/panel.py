"""What stands on top of a record's page: its state in words, what to do next, and the buttons for that."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from voicehub.sync import services
from voicehub.sync.admin.following import mark_of
from voicehub.sync.models import JobState, SyncJob
from voicehub.sync.models.job import QUEUED


@dataclass(frozen=True)
class RecordAction:
    """A button of the panel: a link, or with `is_post` a form. With `confirm` it asks that first, with `ask` why.

    `style` is "primary", "default" or "danger".
    """

    label: Any
    url: str = ""
    style: str = "default"
    confirm: Any = ""
    is_post: bool = True
    ask: Any = ""


@dataclass(frozen=True, kw_only=True)
class Deed(RecordAction):
    """A button that the record's own page carries out. `do` gets the person and the reason they gave.

    `done` is what people read afterwards.
    """

    name: str
    do: Callable[[Any, str], object]
    done: Any


@dataclass(frozen=True)
class Panel:
    """`facts` are pairs of a name and a value; `act_url` is where deeds are posted to.

    `word` is the state as it is read out. With a `live_url` the page asks there again as long as something
    `is_moving`; `pulse` changes with what happened, also where the panel looks the same.
    """

    badge: SafeString
    word: Any = ""
    message: Any = ""
    meaning: Any = ""
    next_step: Any = ""
    title: Any = ""
    url: str = ""
    act_url: str = ""
    problems: list[str] = field(default_factory=list)
    facts: list[tuple[Any, Any]] = field(default_factory=list)
    actions: list[RecordAction] = field(default_factory=list)
    live_url: str = ""
    is_moving: bool = False
    pulse: Any = None

    @property
    def mark(self) -> str:
        """Changes when the panel would look different, or something has happened."""
        labels = [action.label for action in self.actions]
        return mark_of(self.badge, self.message, self.next_step, self.problems, self.facts, *labels, self.pulse)


def deeds_of(job: SyncJob) -> list[Deed]:
    """What a person may do about a job in its present state."""
    return [make(job) for is_possible, make in DEEDS if is_possible(job)]


def may_cancel(job: SyncJob) -> bool:
    return job.state in QUEUED


def cancelling(job: SyncJob) -> Deed:
    return Deed(
        _("Cancel"),
        style="danger",
        name="cancel",
        do=lambda user, reason: services.cancel(job, user=user),
        done=_("Cancelled. Nothing was sent."),
    )


def releasing(job: SyncJob) -> Deed:
    return Deed(
        _("Release"),
        style="primary",
        name="release",
        do=lambda user, reason: services.release(job, user=user),
        done=_("It is on its way, unless something still stands in its way."),
    )


def retrying(job: SyncJob) -> Deed:
    return Deed(
        _("Do it now") if job.state == JobState.WAITING else _("Try again"),
        style="primary",
        name="retry",
        do=lambda user, reason: services.retry(job, user=user),
        done=_("It is on its way."),
    )


DEEDS = [(services.may_retry, retrying), (may_cancel, cancelling)]
