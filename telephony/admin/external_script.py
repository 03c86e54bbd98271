"""The external script in the admin: what Apidaze has registered, pointing it here and back, and trying it out."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from telephony import history, services
from telephony.forms import ExternalScriptForm, ImitatedCallForm
from telephony.models import CallScript, ExternalScript
from telephony.publication import check_draft
from voicehub.common.admin.for_many import DeedsForManyAdmin, ForMany
from voicehub.sync.admin.panel import Deed, RecordAction
from voicehub.sync.admin.twins import TwinAdmin
from voicehub.sync.models import SyncJob
from voicehub.sync.models.job import UNFINISHED, Operation
from voicehub.sync.services import TooLateError
from voicehub.sync.timeline import Entry, Kind

REGISTER = "telephony.register_externalscript"


@admin.register(ExternalScript)
class ExternalScriptAdmin(DeedsForManyAdmin, TwinAdmin):
    for_many = (ForMany("sync_now", gettext_lazy("Sync now")),)
    form = ExternalScriptForm
    list_display = ("__str__", "state_badge", "answered_by", "url")
    list_filter = ("sync_state",)
    list_before_template = "admin/telephony/externalscript/list_top.html"
    ordering = ("name", "id")
    timeline_kinds = (*TwinAdmin.timeline_kinds, Kind.INBOUND)
    inbound_permission = "telephony.view_call"

    def get_urls(self) -> list[URLPattern]:
        return [
            self._page_url("register/", self.register_view, "register"),
            self._page_url("<int:pk>/test/", self.test_view, "test"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        may_register = request.user.has_perm(REGISTER) and bool(services.why_unheard())
        context = {"may_register": may_register, "register_url": self.url_of("register")}
        return super().changelist_view(request, context | (extra_context or {}))

    @admin.display(description=gettext_lazy("Answers calls"))
    def answered_by(self, obj: ExternalScript) -> str:
        there = services.address_there(obj)
        if not there:
            return _("Nobody: Apidaze does not have it")
        if not services.is_here(there):
            return _("Another address")
        return _("VoiceHub") if services.is_open(there) else _("Nobody: the inbound address is closed")

    def save_model(self, request: HttpRequest, obj: ExternalScript, form: Any, change: bool) -> None:
        services.save_external_script(obj, user=request.user)

    def came_in(self, obj: ExternalScript, limit: int) -> Iterable[Entry]:
        return history.loads(limit) if services.points_here(obj) else ()

    def facts_of(self, obj: ExternalScript) -> list[tuple[Any, Any]]:
        before = (_("Address before"), obj.previous_url)
        return [(_("Answers calls"), self.answered_by(obj)), before, *super().facts_of(obj)]

    def message_of(self, obj: ExternalScript) -> str:
        return f"{services.why_cut_off(obj)} {super().message_of(obj)}".strip()

    def next_step(self, obj: ExternalScript, user: Any) -> Any:
        """Where callers are cut off, the message says what to do."""
        return "" if services.why_cut_off(obj) else super().next_step(obj, user)

    def deeds(self, obj: ExternalScript) -> list[Deed]:
        return [*super().deeds(obj), *([returning(obj)] if obj.previous_url else [])]

    def extra_actions(self, obj: ExternalScript, user: Any) -> list[RecordAction]:
        own = []
        if user.has_perm(REGISTER) and not services.points_here(obj):
            own.append(RecordAction(_("Answer calls from here"), self.url_of("register"), "primary", is_post=False))
        if user.has_perm("telephony.change_externalscript") and services.may_be_tested(obj):
            own.append(RecordAction(_("Have Apidaze test it"), self.url_of("test", obj.pk), is_post=False))
        return [*own, *super().extra_actions(obj, user)]

    def may_act(self, request: HttpRequest, obj: ExternalScript) -> bool:
        return super().may_act(request, obj) and request.user.has_perm(REGISTER)

    def register_view(self, request: HttpRequest) -> HttpResponse:
        """What will happen when Apidaze loads its script here; a POST does it."""
        if not request.user.has_perm(REGISTER):
            raise PermissionDenied
        try:
            if request.method == "POST":
                return self._register(request)
            services.check_reachable()
            script = services.registered_script()
        except (services.NotConnectedError, services.UnreachableError, TooLateError) as why:
            self.message_user(request, str(why), messages.ERROR)
            return redirect(self.url_of("changelist"))
        default = CallScript.objects.filter(is_default=True).first()
        return self._page(
            request, "register.html", _("Answer calls from here"), script=script, default=default, **_before(script)
        )

    def _register(self, request: HttpRequest) -> HttpResponse:
        script = services.register_address(user=request.user)
        words = _("Apidaze is being told; the state below shows how it went.")
        self.message_user(request, words, messages.SUCCESS)
        return redirect(self.url_of("change", script.pk))

    def test_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for a test by POST, and read what came of the last one."""
        script = self.get_object(request, str(pk))
        if script is None:
            raise Http404
        if not self.has_change_permission(request, script):
            raise PermissionDenied
        form = ImitatedCallForm(request.POST or None, initial=script.test_call)
        if request.method == "POST" and form.is_valid():
            return self._test(request, script, form)
        looks = SyncJob.objects.filter(model=self.opts.label_lower, object_id=pk, operation=Operation.LOOK)
        job = looks.first()
        return self._page(
            request,
            "test.html",
            _("Test %(script)s") % {"script": script},
            form=form,
            script=script,
            job=job,
            answers_here=services.answers_here(script),
            is_waiting=job is not None and job.state in UNFINISHED,
            report=check_draft(script.test_answer) if script.test_answer else None,
        )

    def _test(self, request: HttpRequest, script: ExternalScript, form: ImitatedCallForm) -> HttpResponse:
        try:
            services.test_script(script, form.call(), user=request.user)
        except (services.UnreachableError, TooLateError) as why:
            self.message_user(request, str(why), messages.ERROR)
        else:
            words = _("Apidaze is being asked to load the script; below you see what it got.")
            self.message_user(request, words, messages.SUCCESS)
        return redirect(self.url_of("test", script.pk))

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media, "title": title}
        return TemplateResponse(request, f"admin/telephony/externalscript/{template}", frame | context)


def _before(script: ExternalScript | None) -> dict[str, Any]:
    """What answers calls until then."""
    if script is None:
        return {}
    return {"cut_off": services.why_cut_off(script), "there": services.address_there(script)}


def returning(script: ExternalScript) -> Deed:
    asked = _("Apidaze then loads what is to happen on a call from %(address)s, and VoiceHub answers no calls.")
    return Deed(
        _("Go back to the address before"),
        style="danger",
        name="return",
        confirm=asked % {"address": script.previous_url},
        do=lambda user, reason: services.return_to_previous(script, user=user),
        done=_("Apidaze is being told of the address before."),
    )
