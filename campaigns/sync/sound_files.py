"""Sound files: saved at VoiceShot under their names, and deleted there. It does not tell which ones it has."""

from collections.abc import Sequence
from typing import cast

from campaigns.models import SoundFile
from campaigns.sync.voiceshot import SLUG, VOICESHOT, make_client
from campaigns.voiceshot import VoiceShotClient, files
from voicehub.sync.differences import Values
from voicehub.sync.handlers import OnExchange, RecordHandler
from voicehub.sync.models import Connection
from voicehub.sync.registry import register


class SoundFileSync(RecordHandler):
    provider = SLUG
    model = SoundFile

    def client(self, connection: Connection, on_exchange: OnExchange) -> VoiceShotClient:
        return make_client(connection, on_exchange)

    def create(self, client: VoiceShotClient, record: SoundFile) -> str:
        client.save_file(record.name, cast(files.SoundFile, record.file))
        return record.name

    def update(self, client: VoiceShotClient, record: SoundFile, changed: Values) -> None:
        self.create(client, record)

    def remove(self, client: VoiceShotClient, remote_id: str) -> None:
        client.delete_file(remote_id)

    def find(self, client: VoiceShotClient, record: SoundFile) -> Sequence[str]:
        """None can be found, and none need be: saving it once more takes the place of the first."""
        return []


register(VOICESHOT, SoundFileSync())
