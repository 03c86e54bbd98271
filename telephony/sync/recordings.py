"""How recordings get into Voitex's library: once, and never twice unseen."""

from datetime import timedelta
from typing import Any, cast

from django.utils.translation import gettext as _

from telephony.models import Recording
from telephony.sync.voitex import SLUG, VOITEX, make_client
from telephony.voitex import VoitexClient
from telephony.voitex.client import SoundFile
from voicehub.sync.handlers import OnceOnlyHandler, OnExchange, Receipt
from voicehub.sync.models import Connection, SyncJob
from voicehub.sync.registry import register

# Nobody waits on the telephone for it.
WITHIN = timedelta(days=1)


class RecordingSync(OnceOnlyHandler):
    provider = SLUG
    model = Recording

    def client(self, connection: Connection, on_exchange: OnExchange) -> VoitexClient:
        return make_client(connection, on_exchange)

    def send_within(self) -> timedelta:
        return WITHIN

    def obstacle(self, record: Recording) -> str:
        return "" if record.file or record.text else _("Our copy was deleted: there is nothing to upload.")

    def columns_when_done(self, job: SyncJob) -> dict[str, Any]:
        return {"sent_at": job.started_at, "is_replacing": False}

    def send(self, client: VoitexClient, record: Recording) -> Receipt:
        album, sort = str(record.album), str(record.sort)
        if record.kind == Recording.Kind.SPEECH:
            remote_id = client.create_speech(
                album=album, sort=sort, text=record.text, is_replacing=record.is_replacing
            )
        else:
            remote_id = client.upload_recording(
                album=album,
                sort=sort,
                name=record.name,
                file=cast(SoundFile, record.file),
                is_replacing=record.is_replacing,
            )
        return Receipt(_("It is in Voitex's library."), {"remote_id": remote_id})


register(VOITEX, RecordingSync())
