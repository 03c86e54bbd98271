"""Voitex's side: its library, what it has sent and called, its contacts, and calls that come in to a hotline."""

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
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from voicehub.sandbox.admin.base import ReadOnlyAdmin, SandboxAdmin, masked, without_tokens
from voicehub.sandbox.models import (
    VoitexAccount,
    VoitexAlbum,
    VoitexCall,
    VoitexContact,
    VoitexHotline,
    VoitexRecording,
    VoitexSms,
    VoitexTriggerCall,
)
from voicehub.sandbox.providers.voitex.calling import keep, prepare
from voicehub.sandbox.providers.voitex.calls import Plan, TriggerCall
from voicehub.sandbox.router import SANDBOX


@admin.register(VoitexAccount)
class AccountAdmin(SandboxAdmin):
    list_display = ("__str__", "errors_as_4xx", "sms_as_object")
    fields = ("masked_key", "errors_as_4xx", "sms_as_object", "trigger_seconds")
    readonly_fields = ("masked_key",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("key"))
    def masked_key(self, account: VoitexAccount) -> str:
        return masked(account.key)


class HotlineForm(forms.ModelForm):
    """The address is written and never shown: it holds a token of its owner's."""

    new_url = forms.CharField(
        label=_("Address of the Trigger branch"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("What VoiceHub shows once for the hotline. Empty: the address stays as it is."),
    )

    class Meta:
        model = VoitexHotline
        fields = ("takes_sms", "did_type")


@admin.register(VoitexHotline)
class HotlineAdmin(SandboxAdmin):
    form = HotlineForm
    list_display = ("did", "takes_sms", "did_type", "masked_url")
    fields = ("did", "takes_sms", "did_type", "masked_url", "new_url")
    readonly_fields = ("did", "masked_url")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: VoitexHotline, form: Any, change: bool) -> None:
        obj.trigger_url = form.cleaned_data["new_url"] or obj.trigger_url
        super().save_model(request, obj, form, change)

    @admin.display(description=_("address"))
    def masked_url(self, hotline: VoitexHotline) -> str:
        return without_tokens(hotline.trigger_url)


@admin.register(VoitexAlbum)
class AlbumAdmin(ReadOnlyAdmin):
    list_display = ("number",)


@admin.register(VoitexRecording)
class RecordingAdmin(ReadOnlyAdmin):
    list_display = ("album", "sort", "display_name", "size", "text", "saved_at")
    list_select_related = ("album",)


@admin.register(VoitexCall)
class CallAdmin(ReadOnlyAdmin):
    list_display = ("placed_at", "to", "cid", "route_number", "branch_number", "reference_id")


@admin.register(VoitexSms)
class SmsAdmin(ReadOnlyAdmin):
    list_display = ("sent_at", "to", "sender", "reference_id")


@admin.register(VoitexContact)
class ContactAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "labels")


class CallForm(forms.Form):
    """A plan for a call, as a person types it; `call` is what it leads to."""

    did = forms.ChoiceField(
        label=_("Number called"),
        choices=lambda: list(VoitexHotline.objects.order_by("did").values_list("did", "did")),
        widget=UnfoldAdminSelectWidget,
    )
    cid = forms.CharField(
        label=_("Number of the caller"), max_length=20, initial="8455550134", widget=UnfoldAdminTextInputWidget
    )
    cnam = forms.CharField(
        label=_("Name of the caller"),
        max_length=60,
        required=False,
        initial="ADAM COHEN",
        widget=UnfoldAdminTextInputWidget,
    )
    way = forms.CharField(
        label=_("The way to the Trigger branch"),
        required=False,
        initial="0 1",
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=_("A branch a line, then the keys pressed there, as in 1000 17."),
    )
    keys = forms.CharField(
        label=_("Keys pressed at the answers"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("One entry for each answer with keys, for example: 1 17. A dash (-) means no key."),
    )
    first_name = forms.CharField(
        label=_("First name of the contact"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Empty: what stands about the number under Voitex contacts, if anything."),
    )
    amount = forms.CharField(
        label=_("Amount paid before"),
        required=False,
        max_length=10,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Empty: nothing was paid. The card is invented."),
    )
    oddity = forms.ChoiceField(
        label=_("Oddity"),
        required=False,
        choices=[
            ("", _("None")),
            ("twice", _("Each request is sent twice")),
            ("without-payment", _("Without payment_info")),
            ("form", _("As a form instead of JSON")),
        ],
        widget=UnfoldAdminSelectWidget,
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                self.call: TriggerCall = prepare(Plan.read(self._plan(cleaned)))
            except ValueError as error:
                raise forms.ValidationError(_("This call cannot be made: %(why)s."), params={"why": error}) from error
        return cleaned

    def _plan(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        first_name, lines = cleaned["first_name"], cleaned["way"].splitlines()
        stops = [line.split(maxsplit=1) for line in lines if line.strip()]
        return {
            **{name: cleaned[name] for name in ("did", "cid", "cnam", "amount", "oddity")},
            "way": [{"branch": stop[0], "input": stop[1] if stop[1:] else ""} for stop in stops],
            "keys": ["" if key == "-" else key for key in cleaned["keys"].replace(",", " ").split()],
            "contact": {"first_name": first_name} if first_name else {},
        }


@admin.register(VoitexTriggerCall)
class TriggerCallAdmin(ReadOnlyAdmin):
    list_display = ("at", "did", "cid", "ending")
    list_before_template = "admin/sandbox/hotline_calls_top.html"
    fields = ("at", "did", "cid", "call_id", "ending")
    change_form_outer_after_template = "admin/sandbox/hotline_story.html"

    def get_urls(self) -> list[URLPattern]:
        page = path("call/", self.admin_site.admin_view(self.call_view), name="sandbox_voitextriggercall_call")
        return [page, *super().get_urls()]

    def call_view(self, request: HttpRequest) -> HttpResponse:
        if not self.may_call(request):
            raise PermissionDenied
        form = CallForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            # This very site is asked: no transaction may be open meanwhile.
            made = form.call.run()
            with transaction.atomic(SANDBOX):
                kept = keep(made)
            return redirect("admin:sandbox_voitextriggercall_change", kept.pk)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media, "form": form}
        return TemplateResponse(
            request, "admin/sandbox/call_hotline.html", {**context, "title": _("Phone a hotline")}
        )

    def may_call(self, request: HttpRequest) -> bool:
        return settings.VOICEHUB_DEMO and request.user.has_perm("sandbox.add_voitextriggercall")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"may_call": self.may_call(request), **(extra_context or {})})
