"""Menus: saving them, and holding what waits on one."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import holding
from campaigns.models import Campaign, Menu
from campaigns.services.voiceshot import voiceshot_account
from voicehub.sync import queue
from voicehub.sync.models import Connection
from voicehub.sync.services import TooLateError

TYPED = ("menuid", "name", "caller_id", "note", "connection")


def menu_of(menuid: str) -> Menu | None:
    """The menu of the account that has a menuid, which nobody takes until the transaction ends.

    Raises NotConnectedError.
    """
    account = Connection.objects.select_for_update().get(pk=voiceshot_account().pk)
    return Menu.objects.filter(connection=account, menuid=menuid).first()


@transaction.atomic
def save_menu(menu: Menu, *, user: Any) -> None:
    """Save a menu; VoiceShot is asked for it again once another menuid was typed. Raises NotConnectedError."""
    before = Menu.objects.filter(pk=menu.pk).values_list("menuid", flat=True).first()
    if menu.connection_id is None:
        menu.connection = voiceshot_account()
    # Whether it holds its calls is decided elsewhere, and may have been meanwhile.
    menu.save(user=user, **{} if menu._state.adding else {"update_fields": TYPED})
    if before not in (None, menu.menuid):
        queue.push(menu, user=user)


@transaction.atomic
def hold_menu(menu: Menu, *, is_paused: bool, user: Any) -> None:
    """Have VoiceShot hold, or release, what waits on a menu. Raises TooLateError while a campaign decides that."""
    current = Menu.objects.select_for_update().get(pk=menu.pk)
    if campaign := current.campaigns.filter(state__in=Campaign.LIVE).first():
        words = _("%(campaign)s is on this menu. Pause that, or let it go on.")
        raise TooLateError(words % {"campaign": campaign})
    holding.hold_menu(current, is_paused=is_paused, user=user)
