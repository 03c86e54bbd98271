"""How far a campaign has come, for the parts of its page that follow by themselves."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from campaigns.admin.states import OF_RECIPIENT
from campaigns.models import Batch, Campaign, Recipient
from campaigns.services import progress
from campaigns.voiceshot import Ending
from voicehub.common.charts import Chart, hourly
from voicehub.sync.admin.states import badge

HOURS_DRAWN = 72


@dataclass(frozen=True)
class Bucket:
    """How many recipients are in a state; `url` lists them."""

    state: str
    badge: SafeString
    count: int
    url: str


def told_of(campaign: Campaign) -> progress.Progress:
    """Asked once a request, and remembered with the record."""
    if not hasattr(campaign, "told"):
        campaign.told = progress.of(campaign)  # type: ignore[attr-defined]
    return campaign.told  # type: ignore[attr-defined]


def calls_of(batch: Batch) -> Counter[str]:
    """How many calls of a post are in which state; the same."""
    if not hasattr(batch, "calls"):
        counted = batch.attempts.order_by().values("state").annotate(number=Count("pk"))
        batch.calls = Counter(dict(counted.values_list("state", "number")))  # type: ignore[attr-defined]
    return batch.calls  # type: ignore[attr-defined]


def recipients_url(campaign: Campaign, **query: Any) -> str:
    """Where the recipients of a campaign are listed."""
    return reverse("admin:campaigns_recipient_changelist", query={"campaign__id__exact": campaign.pk, **query})


def buckets_of(campaign: Campaign, counts: Mapping[str, int]) -> list[Bucket]:
    """The states in which there is anybody, by how many there are in each."""
    return [
        Bucket(state, badge(OF_RECIPIENT[state]), counts[state], recipients_url(campaign, state__exact=state.value))
        for state in Recipient.State
        if counts.get(state)
    ]


def endings_by_hour(campaign: Campaign) -> Chart:
    """How many calls ended, and how, in each of the last hours in which it called."""
    told: dict[datetime, dict[str, int]] = defaultdict(dict)
    newest = campaign.hourly_tallies.order_by("-hour")[: HOURS_DRAWN * len(Ending)]
    for hour, state, count in newest.values_list("hour", "state", "count"):
        told[hour][state] = count
    counts = {hour: [ended.get(ending, 0) for ending in Ending] for hour, ended in told.items()}
    names = [Recipient.State(ending).label for ending in Ending]
    return hourly(_("Calls that ended, by hour"), counts, columns=names, hours=HOURS_DRAWN)
