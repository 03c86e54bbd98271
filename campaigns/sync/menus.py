"""Menus: whether VoiceShot has them, and whether they hold their calls."""

from collections.abc import Sequence

from campaigns import driving
from campaigns.models import Menu
from campaigns.sync.voiceshot import SLUG, VOICESHOT, make_client
from campaigns.voiceshot import VoiceShotClient
from voicehub.sync.differences import Values
from voicehub.sync.handlers import OnExchange, RecordHandler
from voicehub.sync.models import Connection, SyncJob
from voicehub.sync.registry import register


class MenuSync(RecordHandler):
    provider = SLUG
    model = Menu

    def client(self, connection: Connection, on_exchange: OnExchange) -> VoiceShotClient:
        return make_client(connection, on_exchange)

    def create(self, client: VoiceShotClient, record: Menu) -> str:
        """Menus are made on VoiceShot's site: all that can be asked is whether it has this one."""
        client.check_menu(record.menuid)
        if record.is_paused:
            client.pause(record.menuid)
        return record.menuid

    def update(self, client: VoiceShotClient, record: Menu, changed: Values) -> None:
        (client.pause if record.is_paused else client.resume)(record.menuid)

    def remove(self, client: VoiceShotClient, remote_id: str) -> None:
        """Menus are deleted on VoiceShot's site."""

    def find(self, client: VoiceShotClient, record: Menu) -> Sequence[str]:
        """Nothing is made there: whether VoiceShot has it is simply asked again."""
        return []

    def after(self, job: SyncJob) -> None:
        """A menu that is held or released is what campaigns wait for."""
        driving.wake_those_of_menu(job.object_id)


register(VOICESHOT, MenuSync())
