"""Posts of calls: sent once or not at all, asked about by their callids, taken back while they wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from campaigns import batching
from campaigns.models import Attempt, Batch
from campaigns.sync.voiceshot import SLUG, VOICESHOT, make_client
from campaigns.voiceshot import SeenCall, VoiceShotClient
from voicehub.sync.clock import database_now
from voicehub.sync.handlers import FollowHandler, OnceOnlyHandler, OnExchange, Receipt
from voicehub.sync.models import Connection, SyncJob
from voicehub.sync.models.job import Operation
from voicehub.sync.registry import register

# Its window is what ends a post that waits.
WITHIN = timedelta(days=1)


@dataclass(frozen=True)
class Told:
    """What VoiceShot said of these callids, and whether it was told to delete them before."""

    asked: Sequence[str]
    seen: Sequence[SeenCall]
    is_withdrawn: bool


class BatchSync(OnceOnlyHandler, FollowHandler):
    provider = SLUG
    model = Batch

    def client(self, connection: Connection, on_exchange: OnExchange) -> VoiceShotClient:
        return make_client(connection, on_exchange)

    def records(self) -> Any:
        return Batch.objects.select_related("campaign__menu").prefetch_related("attempts")

    def send_within(self) -> timedelta:
        return WITHIN

    def obstacle(self, record: Batch) -> str:
        ready = batching.ready_to_post(record, database_now())
        if isinstance(ready, str):
            return ready
        record.post = ready
        return ""

    def columns_when_done(self, job: SyncJob) -> dict[str, Any]:
        return {"sent_at": job.started_at}

    def send(self, client: VoiceShotClient, record: Batch) -> Receipt:
        comment = client.send_calls(record.post)
        return Receipt(_("VoiceShot has taken the calls (%(comment)s).") % {"comment": comment or "ok"})

    def ask(self, client: VoiceShotClient, record: Batch) -> Told:
        callids = [one.callid for one in record.attempts.all() if one.state in Attempt.OPEN]
        return Told(callids, client.query_calls(record.campaign.menu.menuid, callids), is_withdrawn=False)

    def withdraw(self, client: VoiceShotClient, record: Batch) -> Told:
        """Delete, then look: what still shows could not be deleted."""
        menuid = record.campaign.menu.menuid
        callids = [one.callid for one in record.attempts.all() if one.is_unwanted and one.state in Attempt.OPEN]
        client.delete_calls(menuid, callids)
        return Told(callids, client.query_calls(menuid, callids), is_withdrawn=True)

    def take_in(self, record: Batch, told: Told) -> str:
        return batching.take_in(record, told.asked, told.seen, is_withdrawn=told.is_withdrawn)

    def after(self, job: SyncJob) -> None:
        if job.operation == Operation.SEND:
            batching.follow(Batch.objects.get(pk=job.object_id), job)


register(VOICESHOT, BatchSync())
