"""Menus from a file: one line, one menuid of VoiceShot's site."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from campaigns import services
from campaigns.forms import MenuForm
from campaigns.models import Menu
from voicehub.common.runs import Column, RowRefusedError
from voicehub.common.runs.forms import FormKind
from voicehub.sync.models import RecordState

STAYS = gettext_lazy("Empty: stays as it is.")


class MenusFromFile(FormKind):
    slug = "menus"
    label = gettext_lazy("Menus from a file")
    form = MenuForm
    key = "menuid"
    columns = (
        Column(
            "menuid",
            gettext_lazy("Menuid"),
            gettext_lazy("The menu of this menuid is changed; if there is none, a new one is made."),
            "1-1234",
            is_required=True,
        ),
        Column("name", gettext_lazy("Name"), STAYS, "Reminders"),
        Column("caller_id", gettext_lazy("Caller id"), STAYS, "818 555 0199", aliases=("caller number",)),
        Column("note", gettext_lazy("Notes"), STAYS, "1 repeats, 9 opts out", is_multiline=True),
    )

    def key_of(self, text: str) -> str:
        return text.strip()[:64]

    def found(self, keys: Iterable[str]) -> Mapping[str, Menu]:
        """Those of the present account."""
        try:
            account = services.voiceshot_account()
        except services.NotConnectedError:
            return {}
        menus = Menu.objects.filter(connection=account, menuid__in=set(keys))
        return {one.menuid: one for one in menus}

    def save(self, record: Menu, user: Any) -> None:
        if record.sync_state == RecordState.DELETING:
            raise RowRefusedError(str(gettext_lazy("It is being deleted.")))
        services.save_menu(record, user=user)
