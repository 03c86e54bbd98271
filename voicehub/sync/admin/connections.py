"""The accounts that VoiceHub uses at providers; connecting one is the business of the provider's own page."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from voicehub.sync import services
from voicehub.sync.admin.base import ReadOnlyAdmin, StateAdmin
from voicehub.sync.admin.conditions import Condition, Roadblocks, of_account
from voicehub.sync.admin.filters import ProviderFilter
from voicehub.sync.admin.panel import Deed
from voicehub.sync.admin.timelines import TimelineAdmin
from voicehub.sync.models import Connection
from voicehub.sync.registry import provider_label, providers
from voicehub.sync.timeline import Entry, Kind, Wanted, calls_through


@admin.register(Connection)
class ConnectionAdmin(TimelineAdmin, ReadOnlyAdmin, StateAdmin):
    list_display = ("__str__", "provider_name", "base_url", "owner", "state_badge", "connected_at")
    list_select_related = ("owner",)
    list_filter = (ProviderFilter,)
    ordering = ("provider", "id")
    fields = ("provider_name", "name", "account", "base_url", "owner", "connected_at", "disconnected_at")

    timeline_kinds = (Kind.CHANGE, Kind.CALL)

    def timeline_entries(self, obj: Connection, wanted: Wanted) -> list[Entry]:
        calls = calls_through(obj, wanted.limit) if Kind.CALL in wanted.kinds else ()
        return wanted.newest(super().timeline_entries(obj, wanted), calls)

    def state_of(self, obj: Connection) -> str:
        return of_account(obj).state

    def message_of(self, obj: Connection) -> str:
        return of_account(obj).why

    def roadblock_of(self, obj: Connection, roadblocks: Roadblocks) -> Condition | None:
        return None

    def job_of(self, obj: Connection) -> None:
        return None

    def may_act(self, request: HttpRequest, obj: Connection) -> bool:
        return request.user.has_perm("sync.connect_account")

    def deeds(self, obj: Connection) -> list[Deed]:
        can_be_tested = obj.disconnected_at is None and obj.provider in {one.slug for one in providers() if one.test}
        return [testing(obj)] if can_be_tested else []

    @admin.display(description=_("Provider"))
    def provider_name(self, obj: Connection) -> str:
        return str(provider_label(obj.provider))


def testing(connection: Connection) -> Deed:
    return Deed(
        _("Test the connection"),
        name="test",
        do=lambda user, reason: services.test_connection(connection, user=user),
        done=_("The provider answers, and accepts the key."),
    )
