"""Recordings in the admin: the library's list, each with what it sounds like, who plays it, and where it stands."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from telephony import services
from telephony.admin.outgoing import FOR_MANY
from telephony.models import Recording
from telephony.views import recordings as views
from voicehub.common.admin.for_many import DeedsForManyAdmin, ForMany
from voicehub.sync.admin.once_only import OnceOnlyAdmin
from voicehub.sync.admin.panel import Deed, RecordAction

State = Recording.State
DELETE = "telephony.delete_recording"


@admin.register(Recording)
class RecordingAdmin(DeedsForManyAdmin, OnceOnlyAdmin):
    for_many = (*FOR_MANY, ForMany("remove_copy", gettext_lazy("Delete our copies")))
    list_display = ("place", "name", "kind", "state_badge", "length", "requested_by")
    list_display_links = ("place", "name")
    list_filter = ("state", "kind")
    list_select_related = ("requested_by",)
    search_fields = ("name__istartswith",)
    search_help_text = gettext_lazy("Beginning of the name")
    ordering = ("album", "sort")
    list_before_template = "admin/telephony/recording/list_top.html"
    fields = (
        "player",
        "place",
        "name",
        "kind",
        "text",
        "length",
        "sound",
        "remote_id",
        "played_by",
        "sent_at",
        "requested_by",
        "created_at",
    )
    settle_for_example = gettext_lazy("For example: dial its number on the hotline, or look into Voitex's album.")

    class Media:
        css = {"all": ["voicehub/telephony.css"]}

    def get_urls(self) -> list[URLPattern]:
        pages = [
            ("upload/", views.upload, "upload"),
            ("speech/", views.speech, "speech"),
            ("taken/", views.taken, "taken"),
            ("library/", views.library, "library"),
            ("<int:pk>/listen/", views.listen, "listen"),
            ("<int:pk>/again/", views.again, "again"),
            ("<int:pk>/replace/", views.replace, "replace"),
            ("<int:pk>/remove/", views.remove, "remove"),
        ]
        wrap = self.admin_site.admin_view
        own = [path(route, wrap(view), name=f"telephony_recording_{name}") for route, view, name in pages]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"may_add": request.user.has_perm(views.ADD)}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        foreign = ("player", "sound") if obj and obj.kind == Recording.Kind.SPEECH else ("text",)
        return [name for name in super().get_fields(request, obj) if name not in foreign]

    def state_of(self, obj: Recording) -> str:
        return views.state_of(obj)

    def what_was_sent(self, obj: Recording) -> str:
        return _("Recording %(sort)d of album %(album)d: %(name)s") % {
            "sort": obj.sort,
            "album": obj.album,
            "name": obj.name,
        }

    def extra_actions(self, obj: Recording, user: Any) -> list[RecordAction]:
        own = super().extra_actions(obj, user)
        may_add = user.has_perm(views.ADD)
        if obj.state in Recording.NOT_THERE and not obj.removed_at and may_add:
            own.append(RecordAction(_("Upload it again…"), self.url_of("again", obj.pk), "primary", is_post=False))
        is_there = obj.state in (State.DONE, State.UNCERTAIN)
        if is_there and services.can_replace() and may_add:
            own.append(RecordAction(_("Replace it…"), self.url_of("replace", obj.pk), is_post=False))
        if not obj.removed_at and user.has_perm(DELETE):
            own.append(RecordAction(_("Delete our copy…"), self.url_of("remove", obj.pk), "danger", is_post=False))
        return own

    def may_act_for_many(self, request: HttpRequest) -> bool:
        return self.may_act(request, None) or request.user.has_perm(DELETE)

    def deeds_for_many(self, request: HttpRequest, obj: Recording) -> list[Deed]:
        """With the deletion of our copy, which has a page of its own for one."""
        may_remove = not obj.removed_at and request.user.has_perm(DELETE)
        return [*super().deeds_for_many(request, obj), *([_removing_copy(obj)] if may_remove else [])]

    @admin.display(description=gettext_lazy("Album / sort number"), ordering="album")
    def place(self, obj: Recording) -> str:
        return obj.slot

    @admin.display(description=gettext_lazy("Length"))
    def length(self, obj: Recording) -> str:
        if obj.kind == Recording.Kind.SPEECH:
            return _("%d characters") % len(obj.text)
        minutes, seconds = divmod(round(obj.seconds or 0), 60)
        return f"{minutes}:{seconds:02}"

    @admin.display(description=gettext_lazy("Sound"))
    def sound(self, obj: Recording) -> str:
        if not obj.sound_kind:
            return ""
        words = _("%(kind)s, %(rate)d Hz, %(channels)d channel(s), %(size)s")
        facts = {"kind": obj.sound_kind.upper(), "rate": obj.sample_rate, "channels": obj.channels}
        return words % {**facts, "size": filesizeformat(obj.size or 0)}

    @admin.display(description=gettext_lazy("Listen"))
    def player(self, obj: Recording) -> SafeString | str:
        if not obj.file:
            return _("Our copy is deleted.") if obj.removed_at else ""
        url = reverse("admin:telephony_recording_listen", args=[obj.pk])
        return format_html('<audio class="vh-player" controls preload="none" src="{}"></audio>', url)

    @admin.display(description=gettext_lazy("Played by"))
    def played_by(self, obj: Recording) -> SafeString | str:
        rules = [(rule.hotline.get_absolute_url(), rule.hotline, rule.name) for rule in services.rules_playing(obj)]
        link = '<a class="vh-link" href="{}">{}: {}</a>'
        return format_html_join(", ", link, rules) if rules else _("No rule of a hotline")


def _removing_copy(recording: Recording) -> Deed:
    return Deed(
        _("Delete our copy"),
        style="danger",
        name="remove_copy",
        confirm=_("Voitex keeps what it has; from here it cannot be heard or uploaded again."),
        do=lambda user, reason: services.remove_copy(recording, user=user),
        done=_("Our copy is deleted."),
    )
