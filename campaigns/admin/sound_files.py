"""Sound files in the admin: what they sound like, who plays them, and whether VoiceShot has them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import SoundFile
from campaigns.services import sound_files
from campaigns.views import sound_files as views
from voicehub.sync.admin.base import SyncedModelAdmin
from voicehub.sync.admin.panel import RecordAction


def length(seconds: float) -> str:
    """How long something plays, as in 1:07."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


@admin.register(SoundFile)
class SoundFileAdmin(SyncedModelAdmin):
    list_display = ("name", "state_badge", "length", "synced_at")
    list_filter = ("sync_state",)
    search_fields = ("name__istartswith",)
    search_help_text = gettext_lazy("Beginning of the name")
    ordering = ("name",)
    list_before_template = "admin/campaigns/soundfile/list_top.html"
    fields = ("player", "name", "length", "sound", "played_by")
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        return [
            self._page_url("upload/", views.upload, "upload"),
            self._page_url("<int:pk>/listen/", views.listen, "listen"),
            self._page_url("<int:pk>/replace/", views.replace, "replace"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They are uploaded on a page of their own."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A sound is changed on a page of its own, a name never."""
        return False

    def may_act(self, request: HttpRequest, obj: Any) -> bool:
        return request.user.has_perm(views.CHANGE)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"may_add": request.user.has_perm(views.ADD)}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def extra_actions(self, obj: SoundFile, user: Any) -> list[RecordAction]:
        own = super().extra_actions(obj, user)
        if user.has_perm(views.CHANGE) and not sound_files.why_not_replace(obj):
            own.append(RecordAction(_("Give it another sound…"), self.url_of("replace", obj.pk), is_post=False))
        return own

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What a campaign needs that is not over stays; both of Django's ways to delete ask here."""
        deleted, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        needed_by = sound_files.campaigns_in_need(*objs)
        return deleted, counts, forbidden, [*protected, *map(_link, needed_by)]

    @admin.display(description=gettext_lazy("Length"))
    def length(self, obj: SoundFile) -> str:
        return length(obj.seconds)

    @admin.display(description=gettext_lazy("Sound"))
    def sound(self, obj: SoundFile) -> str:
        words = _("%(rate)d Hz, %(channels)d channel(s), %(size)s")
        return words % {"rate": obj.sample_rate, "channels": obj.channels, "size": filesizeformat(obj.size)}

    @admin.display(description=gettext_lazy("Listen"))
    def player(self, obj: SoundFile) -> SafeString:
        url = self.url_of("listen", obj.pk)
        return format_html('<audio class="vh-player" controls preload="none" src="{}"></audio>', url)

    @admin.display(description=gettext_lazy("Played by"))
    def played_by(self, obj: SoundFile) -> SafeString | str:
        links = [(_link(campaign),) for campaign in sound_files.users_of(obj)]
        return format_html_join(", ", "{}", links) if links else _("No campaign")


def _link(campaign: Any) -> SafeString:
    words = format_html("{} ({})", campaign, campaign.get_state_display().lower())
    return format_html('<a class="vh-link" href="{}">{}</a>', campaign.get_absolute_url(), words)
