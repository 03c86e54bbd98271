"""The one way in which recipients change their state: under their campaign's lock, and counted."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.db.models import F, QuerySet, Sum, Value

from campaigns.models import Campaign, HourlyTally, Recipient, Tally
from voicehub.common.bulk_insert import insert_selected
from voicehub.sync.clock import database_now

Item = TypeVar("Item")
# A state and the zones.
Place = tuple[str, str]
# As many as a statement may name on every database.
AT_ONCE = 900


def parts(items: Iterable[Item], size: int = AT_ONCE) -> Iterator[list[Item]]:
    """The items, so many at a time."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def lock(campaign_id: int) -> Campaign:
    """The campaign, whose recipients nobody else moves until the transaction ends."""
    return Campaign.objects.select_for_update(of=("self",)).select_related("menu", "connection").get(pk=campaign_id)


def move(
    campaign: Campaign, keys: Collection[int], state: str, *, among: Collection[str], **columns: Any
) -> list[int]:
    """Bring those of the recipients that are `among` these states into another; call it under the lock.

    Returns the keys of those that were moved. `columns` are written along with the state.
    """
    moved: list[int] = []
    changes: Counter[Place] = Counter()
    settled = {} if state in Recipient.OPEN else {"finished_at": database_now()}
    for part in parts(keys):
        rows = Recipient.objects.filter(campaign=campaign, pk__in=part, state__in=among)
        found = list(rows.values_list("pk", "state", "zones"))
        Recipient.objects.filter(pk__in=[row[0] for row in found]).update(state=state, **settled, **columns)
        for pk, before, zones in found:
            moved.append(pk)
            changes[(before, zones)] -= 1
            changes[(state, zones)] += 1
    _count(campaign, changes)
    return moved


def add_recipients(campaign: Campaign, recipients: Iterable[Recipient]) -> list[Recipient]:
    """Store new recipients, in whatever state they begin; call it under the lock."""
    stored = Recipient.objects.bulk_create(recipients, batch_size=AT_ONCE)
    _count(campaign, Counter((recipient.state, recipient.zones) for recipient in stored))
    return stored


def add_selected(campaign: Campaign, rows: QuerySet, **columns: Any) -> None:
    """Store a new recipient for each of these rows, whatever they are; call it under the lock.

    Each column is an expression over a row.
    """
    given = {"campaign": Value(campaign.pk), "tried": Value(0), **columns}
    _count(campaign, Counter(insert_selected(Recipient, rows.order_by("pk"), given, returning=("state", "zones"))))


def remove_recipients(campaign: Campaign, recipients: QuerySet[Recipient]) -> int:
    """Delete recipients of a draft, given as a query; call it under the lock. Returns how many."""
    places = Counter(recipients.order_by().values_list("state", "zones").iterator(chunk_size=10_000))
    recipients.delete()
    _count(campaign, Counter({place: -count for place, count in places.items()}))
    return places.total()


def count_endings(campaign: Campaign, endings: Counter[str], now: datetime) -> None:
    """Count calls that have ended towards the hour in which that was learned; call it under the lock."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    for state, count in endings.items():
        rows = HourlyTally.objects.filter(campaign=campaign, hour=hour, state=state)
        if not rows.update(count=F("count") + count):
            HourlyTally.objects.create(campaign=campaign, hour=hour, state=state, count=count)


def tally(campaign: Campaign) -> Counter[str]:
    """How many recipients are in which state."""
    counted = campaign.tallies.order_by().values("state").annotate(total=Sum("count")).filter(total__gt=0)
    return Counter(dict(counted.values_list("state", "total")))


def _count(campaign: Campaign, changes: Counter[Place]) -> None:
    for (state, zones), change in sorted(changes.items()):
        if change:
            rows = Tally.objects.filter(campaign=campaign, state=state, zones=zones)
            if not rows.update(count=F("count") + change):
                Tally.objects.create(campaign=campaign, state=state, zones=zones, count=change)
