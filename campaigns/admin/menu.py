"""Menus in the admin: whether VoiceShot has them, whether they hold their calls, and what they carry."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import services
from campaigns.forms import MenuForm
from campaigns.models import Campaign, Menu
from campaigns.services.preflight import carried
from voicehub.common import phones
from voicehub.common.admin.for_many import DeedsForManyAdmin, ForMany
from voicehub.common.admin.from_file import FromFileAdmin
from voicehub.sync.admin.base import SyncedModelAdmin
from voicehub.sync.admin.panel import Deed
from voicehub.sync.models import RecordState


@admin.register(Menu)
class MenuAdmin(FromFileAdmin, DeedsForManyAdmin, SyncedModelAdmin):
    file_kind_slug = "menus"
    for_many = (
        ForMany("hold", gettext_lazy("Hold the calls")),
        ForMany("release", gettext_lazy("Release the calls")),
        ForMany("sync_now", gettext_lazy("Sync now")),
    )
    form = MenuForm
    list_display = ("name", "menuid", "state_badge", "shows", "holds")
    search_fields = ("name__istartswith", "menuid__startswith")
    search_help_text = gettext_lazy("Beginning of the name or of the menuid")
    ordering = ("name", "id")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and bool(settings.VOICESHOT_ACCOUNT)

    def get_readonly_fields(self, request: HttpRequest, obj: Menu | None = None) -> tuple[str, ...]:
        return ("menuid",) if obj is not None and obj.remote_id else ()

    def has_delete_permission(self, request: HttpRequest, obj: Menu | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.campaigns.exists())

    def save_model(self, request: HttpRequest, obj: Menu, form: Any, change: bool) -> None:
        services.save_menu(obj, user=request.user)

    def facts_of(self, obj: Menu) -> list[tuple[Any, Any]]:
        live = obj.campaigns.filter(state__in=Campaign.LIVE).first()
        return [
            (_("Campaign in use"), live),
            (_("Calls that it carries"), str(carried(obj))),
            (_("Calls are held"), _held_in_words(obj)),
            *super().facts_of(obj),
        ]

    def deeds(self, obj: Menu) -> list[Deed]:
        return [*super().deeds(obj), *([] if _is_in_use(obj) else [holding(obj)])]

    @admin.display(description=gettext_lazy("Shows"))
    def shows(self, obj: Menu) -> str:
        return phones.shown(obj.caller_id)

    @admin.display(description=gettext_lazy("Calls are held"))
    def holds(self, obj: Menu) -> str:
        return _held_in_words(obj)


def _held_in_words(menu: Menu) -> str:
    """What VoiceShot was told last: whether it does so cannot be read there."""
    if menu.sync_state != RecordState.IN_STEP:
        return _("Not confirmed by VoiceShot yet")
    return _("Yes") if menu.is_paused else _("No, as far as VoiceHub has told it")


def _is_in_use(menu: Menu) -> bool:
    """Its campaign holds and releases it."""
    return menu.campaigns.filter(state__in=Campaign.LIVE).exists()


def holding(menu: Menu) -> Deed:
    label = _("Release its calls") if menu.is_paused else _("Hold its calls")
    return Deed(
        label,
        name="release" if menu.is_paused else "hold",
        do=lambda user, reason: services.hold_menu(menu, is_paused=not menu.is_paused, user=user),
        done=_("VoiceShot is being told."),
        confirm=_("This is about every waiting call of the menuid at VoiceShot, whoever has posted it."),
    )
