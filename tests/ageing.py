"""Time passes for the database: its rows grow older, since nobody can turn the clock that leases go by."""

from datetime import timedelta

from django.db.models import DateTimeField, F

from campaigns.models import Attempt, Batch, Campaign, Recipient
from contributors.models import PaymentOrder
from telephony.models import SipAccount
from voicehub.sync.models import Connection, Gauge, Heartbeat, Lane, LaneSeats, OAuthToken, SyncJob

MODELS = (
    *(PaymentOrder, SipAccount, Campaign, Batch, Attempt, Recipient),
    *(SyncJob, Lane, LaneSeats, Heartbeat, OAuthToken, Connection, Gauge),
)


def let_pass(**duration: float) -> None:
    """Move every time in these tables back, as if `timedelta(**duration)` had gone by."""
    for model in MODELS:
        times = [field.name for field in model._meta.fields if isinstance(field, DateTimeField)]
        model._base_manager.update(**{name: F(name) - timedelta(**duration) for name in times})
