"""Calling a number at Apidaze without a telephone, and reading what has happened."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from voicehub.sandbox.admin.base import ReadOnlyAdmin, without_tokens
from voicehub.sandbox.models import ApidazeCall, ApidazeSipAccount
from voicehub.sandbox.providers.apidaze.calling import keep, prepare
from voicehub.sandbox.providers.apidaze.calls import Plan, SimulatedCall
from voicehub.sandbox.router import SANDBOX


def callers() -> list[tuple[str, Any]]:
    accounts = ApidazeSipAccount.objects.order_by("username").values_list("username", flat=True)
    return [("", _("Somebody outside")), *((username, username) for username in accounts)]


class CallForm(forms.Form):
    """A plan for a call, as a person types it; `call` is what it leads to."""

    destination_number = forms.CharField(
        label=_("Number called"),
        max_length=32,
        initial="31201234567",
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Country code and number, digits only."),
    )
    caller = forms.ChoiceField(label=_("Who calls"), required=False, choices=callers, widget=UnfoldAdminSelectWidget)
    caller_id_number = forms.CharField(
        label=_("Number of the caller"), max_length=32, initial="31612345678", widget=UnfoldAdminTextInputWidget
    )
    digits = forms.CharField(
        label=_("Keys pressed"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("One entry for each menu, for example: 1, 42#. Empty: nothing is pressed."),
    )
    results = forms.CharField(
        label=_("How dials end"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_(
            "One for each dial: SUCCESS, BUSY, NO_ANSWER or CALLER_HANGUP. Empty: registered phones and all numbers "
            "outside answer."
        ),
    )
    method = forms.ChoiceField(
        label=_("Scripts are asked for by"),
        choices=[("GET", "GET"), ("POST", "POST")],
        widget=UnfoldAdminSelectWidget,
    )

    def clean_digits(self) -> list[str]:
        return entries(self.cleaned_data["digits"])

    def clean_results(self) -> list[str]:
        return entries(self.cleaned_data["results"].upper())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                self.plan = Plan.read(cleaned)
                self.call: SimulatedCall = prepare(self.plan)
            except ValueError as error:
                raise forms.ValidationError(_("This call cannot be made: %(why)s."), params={"why": error}) from error
        return cleaned


def entries(text: str) -> list[str]:
    return [entry for entry in text.replace(",", " ").split() if entry]


@admin.register(ApidazeCall)
class ApidazeCallAdmin(ReadOnlyAdmin):
    list_display = ("at", "destination_number", "caller_id_number", "ending")
    list_filter = ("ending",)
    list_before_template = "admin/sandbox/calls_top.html"
    fields = ("at", "session_id", "destination_number", "caller_id_number", "ending")
    change_form_outer_after_template = "admin/sandbox/story.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("loads")

    def get_urls(self) -> list[URLPattern]:
        page = path("call/", self.admin_site.admin_view(self.call_view), name="sandbox_apidazecall_call")
        return [page, *super().get_urls()]

    def call_view(self, request: HttpRequest) -> HttpResponse:
        if not self.may_call(request):
            raise PermissionDenied
        form = CallForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            # Scripts are loaded from this very site: no transaction may be open meanwhile.
            transcript = form.call.run()
            with transaction.atomic(SANDBOX):
                kept = keep(form.plan, transcript)
            return redirect("admin:sandbox_apidazecall_change", kept.pk)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media, "form": form}
        return TemplateResponse(request, "admin/sandbox/call.html", {**context, "title": _("Call a number")})

    def may_call(self, request: HttpRequest) -> bool:
        return settings.VOICEHUB_DEMO and request.user.has_perm("sandbox.add_apidazecall")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"may_call": self.may_call(request), **(extra_context or {})})

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        context["loads"] = [shown(load) for load in obj.loads]
        return super().render_change_form(request, context, add, change, form_url, obj)


def shown(load: dict[str, Any]) -> dict[str, Any]:
    """A load as people may see it: without the tokens in addresses."""
    return load | {
        "url": without_tokens(load["url"]),
        "body": without_tokens(load["body"]),
        "parameters": {name: without_tokens(value) for name, value in load["parameters"].items()},
        "is_last": "exiting" in load["parameters"],
    }
