"""VoiceShot's side: how it answers and dials, its menus, sound files and telephones, and the calls it was sent."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from voicehub.sandbox.admin.base import ReadOnlyAdmin, SandboxAdmin, without_tokens
from voicehub.sandbox.models import (
    VoiceShotAccount,
    VoiceShotCall,
    VoiceShotFile,
    VoiceShotMenu,
    VoiceShotPhone,
)

DIALLER = ("calls_a_second", "dials_at_once", "outcomes", "keys", "clock")
ANSWERS = ("is_ip_registered", "is_trial_over", "demands_caller_id", "text_attribute", "number_attribute")


class AccountForm(forms.ModelForm):
    """Address and password are written and never shown: the address holds a token of its owner's."""

    new_url = forms.CharField(
        label=_("Address for results"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("What VoiceHub shows once for VoiceShot. Empty: the address stays as it is."),
    )
    new_password = forms.CharField(
        label=_("Password there"),
        required=False,
        widget=UnfoldAdminPasswordWidget,
        help_text=_("Empty: the password stays as it is. Without a user it is not sent."),
    )

    class Meta:
        model = VoiceShotAccount
        fields = (*DIALLER, "results_user", *ANSWERS)
        widgets = {name: UnfoldAdminTextareaWidget({"rows": 2}) for name in ("outcomes", "keys")}


@admin.register(VoiceShotAccount)
class AccountAdmin(SandboxAdmin):
    form = AccountForm
    list_display = ("__str__", "calls_a_second", "is_ip_registered", "is_trial_over", "masked_url")
    fieldsets = (
        (_("Dialler"), {"fields": DIALLER}),
        (_("Results"), {"fields": ("masked_url", "new_url", "results_user", "new_password")}),
        (_("Answers"), {"fields": ANSWERS}),
    )
    readonly_fields = ("masked_url",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: VoiceShotAccount, form: Any, change: bool) -> None:
        obj.results_url = form.cleaned_data["new_url"] or obj.results_url
        obj.results_password = form.cleaned_data["new_password"] or obj.results_password
        super().save_model(request, obj, form, change)

    @admin.display(description=_("results go to"))
    def masked_url(self, account: VoiceShotAccount) -> str:
        return without_tokens(account.results_url) or "–"


@admin.register(VoiceShotMenu)
class MenuAdmin(SandboxAdmin):
    list_display = ("menuid", "caller_id", "is_paused")
    fields = ("menuid", "caller_id", "is_paused")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("menuid",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Its calls would go with it.
        return False


@admin.register(VoiceShotFile)
class FileAdmin(ReadOnlyAdmin):
    list_display = ("filename", "size", "saved_at")


@admin.register(VoiceShotPhone)
class PhoneAdmin(SandboxAdmin):
    list_display = ("number", "outcome", "keys")
    search_fields = ("number",)


@admin.register(VoiceShotCall)
class CallAdmin(ReadOnlyAdmin):
    list_display = ("queued_at", "number", "menu", "callid", "state", "outcome", "dialled_at", "summary")
    list_filter = ("state", "outcome", "summary", "menu")
    list_select_related = ("menu",)
    list_before_template = "admin/sandbox/voiceshot_calls_top.html"
    search_fields = ("number", "callid")
    fields = (
        "menu",
        "callid",
        "number",
        "caller_id",
        "prompts",
        "due_at",
        "queued_at",
        "dialled_at",
        "state",
        "outcome",
        "duration",
        "keys",
        "commands",
        "summary",
    )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        account = VoiceShotAccount.objects.first()
        return super().changelist_view(request, {"account": account, **(extra_context or {})})
