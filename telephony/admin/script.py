"""Call scripts in the admin: the editor, its live check beside it, and what callers hear on top."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from telephony import history, services
from telephony.forms import CallScriptForm, TrialForm
from telephony.models import CallScript
from telephony.scripts.samples import SAMPLES
from telephony.views import script as views
from voicehub.sync.admin.base import FastListAdmin
from voicehub.sync.admin.panel import Panel, RecordAction
from voicehub.sync.admin.states import STATES, badge
from voicehub.sync.admin.versions import VersionedAdmin
from voicehub.sync.timeline import Entry, Kind, Wanted

# As the theme names the button.
SAVE_AND_PUBLISH = "telephony_callscript_save_and_publish"
READ_ONLY = ("numbers_to_read", "draft_to_read")


@admin.register(CallScript)
class CallScriptAdmin(VersionedAdmin, FastListAdmin):
    form = CallScriptForm
    fields = ("name", "draft_numbers", "draft")
    list_display = ("name", "state_badge", "answers", "version")
    list_select_related = ("published",)
    search_fields = ("name__istartswith",)
    search_help_text = gettext_lazy("Beginning of the name")
    ordering = ("name",)
    sortable_by = ("name",)
    actions = None
    compressed_fields = False
    actions_submit_line = ("save_and_publish",)
    list_before_template = "admin/telephony/callscript/list_top.html"
    change_form_outer_before_template = "admin/telephony/callscript/top.html"
    change_form_before_template = "admin/telephony/callscript/_summary.html"
    change_form_after_template = "admin/telephony/callscript/panel.html"
    change_form_outer_after_template = "admin/telephony/callscript/bottom.html"

    timeline_kinds = (Kind.CHANGE, Kind.INBOUND)
    inbound_permission = "telephony.view_call"

    class Media:
        css = {"all": ["voicehub/telephony.css"]}
        js = ["voicehub/live_check.js", "voicehub/script_editor.js"]

    def get_urls(self) -> list[URLPattern]:
        pages = [
            ("check/", views.check_script),
            ("<int:pk>/publish/", views.publish),
            ("<int:pk>/unpublish/", views.unpublish),
            ("<int:pk>/make-default/", views.make_default),
            ("<int:pk>/end-default/", views.end_default),
            ("<int:pk>/versions/", views.versions),
            ("<int:pk>/versions/<int:number>/", views.version),
        ]
        wrap = self.admin_site.admin_view
        own = [path(route, wrap(view), name=f"telephony_callscript_{view.__name__}") for route, view in pages]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        unheard = services.why_unheard() if CallScript.objects.exclude(published=None).exists() else ""
        return super().changelist_view(request, {"unheard": unheard, **(extra_context or {})})

    def get_fields(self, request: HttpRequest, obj: CallScript | None = None) -> tuple[str, ...]:
        """Who may only look gets what the script has, not what is about the form."""
        may_save = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return self.fields if may_save else ("name", *READ_ONLY)

    def get_readonly_fields(self, request: HttpRequest, obj: CallScript | None = None) -> tuple[str, ...]:
        return ("name", *READ_ONLY) if obj is not None and obj.published_id else READ_ONLY

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new script may begin as one of the samples."""
        sample = next((one for one in SAMPLES if one.slug == request.GET.get("sample")), None)
        if sample is None:
            return {}
        is_free = not CallScript.objects.filter(name=sample.slug).exists()
        return {"name": sample.slug if is_free else "", "draft": sample.script}

    def has_delete_permission(self, request: HttpRequest, obj: CallScript | None = None) -> bool:
        """What callers hear is not deleted: it is taken out of use first."""
        is_in_use = obj is not None and obj.published_id is not None
        return super().has_delete_permission(request, obj) and not is_in_use

    def save_model(self, request: HttpRequest, obj: CallScript, form: Any, change: bool) -> None:
        services.save_script(obj, user=request.user)

    @action(description=gettext_lazy("Save and publish…"), permissions=["publish"])
    def save_and_publish(self, request: HttpRequest, obj: CallScript) -> None:
        """Nothing beside the saving: where to go afterwards is told by the response."""

    def has_publish_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm(views.PUBLISH)

    def response_add(
        self, request: HttpRequest, obj: CallScript, post_url_continue: str | None = None
    ) -> HttpResponse:
        response = super().response_add(request, obj, post_url_continue)
        return self._publish_page(request, obj) or response

    def response_change(self, request: HttpRequest, obj: CallScript) -> HttpResponse:
        response = super().response_change(request, obj)
        return self._publish_page(request, obj) or response

    def _publish_page(self, request: HttpRequest, obj: CallScript) -> HttpResponse | None:
        return redirect(self._page("publish", obj)) if SAVE_AND_PUBLISH in request.POST else None

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: CallScript | None = None, **kwargs: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        context |= {
            **self._checked(form, obj),
            "check_url": reverse("admin:telephony_callscript_check_script"),
            "script": obj,
            "samples": [] if obj else SAMPLES,
            "stored_meanwhile": getattr(form, "stored_meanwhile", []),
        }
        if obj is not None:
            context["panel"] = self.panel_of(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def timeline_entries(self, obj: CallScript, wanted: Wanted) -> list[Entry]:
        return [history.by_lines(entry) for entry in super().timeline_entries(obj, wanted)]

    def came_in(self, obj: CallScript, limit: int) -> Iterator[Entry]:
        return history.loads_of(obj, limit)

    def _checked(self, form: Any, obj: CallScript | None) -> dict[str, Any]:
        """A form that came back is looked over as it was typed."""
        typed = form.data if form.is_bound else form.initial
        name = obj.name if obj else str(typed.get("name", ""))
        draft = typed.get("draft", "") or (obj.draft if obj else "")
        return views.looked_over(name, str(draft), TrialForm())

    def panel_of(self, request: HttpRequest, obj: CallScript) -> Panel:
        unheard = services.why_unheard() if obj.published else ""
        state = STATES[name := "unreached" if unheard else state_of(obj)]
        return Panel(
            badge=badge(name),
            message=unheard,
            meaning=state.meaning,
            next_step=f"{state.again} {state.who}".strip(),
            facts=[(name, value) for name, value in self._facts(obj) if value],
            actions=self._actions(request, obj),
        )

    def _facts(self, obj: CallScript) -> list[tuple[Any, Any]]:
        version = obj.published
        if version is None:
            return []
        return [
            (_("Published version"), version.number),
            (_("Answers"), self.answers(obj)),
            (_("Published at"), version.published_at),
            (_("By"), str(version.published_by or "")),
            (_("Note"), version.note),
        ]

    def _actions(self, request: HttpRequest, obj: CallScript) -> list[RecordAction]:
        link = partial(RecordAction, is_post=False)
        actions = [link(_("Versions"), self._page("versions", obj))] if obj.versions.exists() else []
        if not self.has_publish_permission(request):
            return actions
        if obj.has_unpublished_changes:
            actions.insert(0, link(_("Publish…"), self._page("publish", obj), "primary"))
        if obj.published and obj.is_default:
            actions.append(link(_("Have no default…"), self._page("end_default", obj)))
        elif obj.published:
            actions.append(link(_("Make it the default…"), self._page("make_default", obj)))
        if obj.published:
            actions.append(link(_("Stop using it…"), self._page("unpublish", obj), "danger"))
        return actions

    def _page(self, name: str, obj: CallScript) -> str:
        return reverse(f"admin:telephony_callscript_{name}", args=[obj.pk])

    @admin.display(description=gettext_lazy("Called numbers"))
    def numbers_to_read(self, obj: CallScript) -> str:
        return ", ".join(f"+{number}" for number in obj.draft_numbers)

    @admin.display(description=gettext_lazy("Script"))
    def draft_to_read(self, obj: CallScript) -> SafeString:
        return format_html('<pre class="vh-pre" tabindex="0">{}</pre>', obj.draft)

    @admin.display(description=gettext_lazy("State"))
    def state_badge(self, obj: CallScript) -> SafeString:
        return badge(state_of(obj))

    @admin.display(description=gettext_lazy("Answers"))
    def answers(self, obj: CallScript) -> str:
        """The numbers whose callers hear it now, however long the list."""
        if obj.published is None:
            return ""
        numbers = [f"+{number}" for number in obj.published.numbers[:3]]
        more = len(obj.published.numbers) - len(numbers)
        rest = [_("%d more") % more] if more else []
        default = [_("every other number")] if obj.is_default else []
        return ", ".join([*numbers, *rest, *default]) or _("where other scripts lead to it")

    @admin.display(description=gettext_lazy("Version"))
    def version(self, obj: CallScript) -> str:
        return str(obj.published.number) if obj.published else ""


def state_of(script: CallScript) -> str:
    """Its name in the table of states."""
    if script.published is None:
        return "unpublished"
    return "ahead" if script.has_unpublished_changes else "published"
