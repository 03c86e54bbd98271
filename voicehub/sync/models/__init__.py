from voicehub.sync.models.connection import Connection, OAuthToken
from voicehub.sync.models.exchange import Exchange
from voicehub.sync.models.gauge import Gauge
from voicehub.sync.models.installation import Heartbeat, Installation
from voicehub.sync.models.job import JobState, SyncJob
from voicehub.sync.models.lane import Lane, LaneSeats
from voicehub.sync.models.record import RecordState, SyncedModel
from voicehub.sync.models.settlement import Settlement

__all__ = [
    "Connection",
    "Exchange",
    "Gauge",
    "Heartbeat",
    "Installation",
    "JobState",
    "Lane",
    "LaneSeats",
    "OAuthToken",
    "RecordState",
    "Settlement",
    "SyncJob",
    "SyncedModel",
]
