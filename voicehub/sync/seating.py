"""Seats in a lane: how many calls at once each drain may make, so that all together keep to the provider's limit."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Sum

from voicehub.sync.models import Lane, LaneSeats


def lease() -> timedelta:
    """How long a claim or a seat lasts without a sign of life."""
    return timedelta(seconds=settings.SYNC_LEASE_SECONDS)


def take(lane: Lane, holder: str, wanted: int, all_seats: int, now: datetime) -> int:
    """Give `holder` up to `wanted` seats of what other living drains leave free. The lane's row must be locked."""
    others = lane.seats.filter(leased_until__gt=now).exclude(holder=holder)
    free = all_seats - (others.aggregate(taken=Sum("seats"))["taken"] or 0)
    granted = max(0, min(wanted, free))
    values = {"seats": granted, "leased_until": now + lease()}
    if not lane.seats.filter(holder=holder).update(**values):
        lane.seats.create(holder=holder, **values)
    return granted


def keep(holder: str, now: datetime) -> None:
    """Renew the lease of all seats of a drain."""
    LaneSeats.objects.filter(holder=holder).update(leased_until=now + lease())


def leave(holder: str) -> None:
    """Give the seats back."""
    LaneSeats.objects.filter(holder=holder).delete()


def clear_abandoned(now: datetime) -> None:
    """Forget the seats of drains that died."""
    LaneSeats.objects.filter(leased_until__lt=now - lease()).delete()
