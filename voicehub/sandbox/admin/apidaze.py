"""Apidaze's side: accounts and script, which may be changed as on its own site, and how its server answers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from voicehub.sandbox.admin.base import ReadOnlyAdmin, SandboxAdmin, masked, without_tokens
from voicehub.sandbox.models import ApidazeDomain, ApidazeScript, ApidazeSipAccount, ApidazeToken
from voicehub.sandbox.providers.apidaze.accounts import new_password


@admin.register(ApidazeDomain)
class DomainAdmin(SandboxAdmin):
    list_display = ("name", "is_subscribed", "error_shape", "answers_lists", "quota_used", "quota_limit")
    fields = (
        "name",
        "client_id",
        "masked_client_secret",
        "native_key",
        "masked_native_secret",
        "is_subscribed",
        "error_shape",
        "answers_lists",
        "sunset",
        "quota_limit",
        "quota_used",
        "quota_time_unit",
        "quota_resets_at",
    )
    readonly_fields = ("name", "client_id", "masked_client_secret", "native_key", "masked_native_secret")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("client secret"))
    def masked_client_secret(self, domain: ApidazeDomain) -> str:
        return masked(domain.client_secret)

    @admin.display(description=_("native secret"))
    def masked_native_secret(self, domain: ApidazeDomain) -> str:
        return masked(domain.native_secret)


@admin.register(ApidazeToken)
class TokenAdmin(ReadOnlyAdmin):
    list_display = ("issued_at", "domain", "expires_at")
    list_select_related = ("domain",)
    fields = ("domain", "masked_access_token", "issued_at", "expires_at")

    @admin.display(description=_("access token"))
    def masked_access_token(self, token: ApidazeToken) -> str:
        return masked(token.access_token)


@admin.register(ApidazeSipAccount)
class SipAccountAdmin(SandboxAdmin):
    list_display = ("username", "name", "internal_number", "external_number", "is_registered", "updated_at")
    list_filter = ("is_registered",)
    search_fields = ("username", "name")
    fields = (
        "username",
        "name",
        "internal_number",
        "external_number",
        "mwi_account",
        "email_address",
        "is_registered",
        "masked_password",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("masked_password", "username") if obj else ("masked_password",)

    def save_model(self, request: HttpRequest, obj: ApidazeSipAccount, form: Any, change: bool) -> None:
        obj.updated_at = timezone.now()
        if not change:
            obj.password, obj.created_at = new_password(), obj.updated_at
        super().save_model(request, obj, form, change)

    @admin.display(description=_("password"))
    def masked_password(self, account: ApidazeSipAccount) -> str:
        return masked(account.password)


class ScriptForm(forms.ModelForm):
    """The address is written and never shown: it holds a token of its owner's."""

    new_url = forms.CharField(
        label=_("New address"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Empty: the address stays as it is."),
    )

    class Meta:
        model = ApidazeScript
        fields = ("name",)

    def clean_new_url(self) -> str:
        url = str(self.cleaned_data["new_url"])
        if not url and not self.instance.pk:
            raise forms.ValidationError(_("Enter the address from which the script is loaded."))
        return url


@admin.register(ApidazeScript)
class ScriptAdmin(SandboxAdmin):
    form = ScriptForm
    list_display = ("id", "name", "masked_url", "updated_at")
    fields = ("name", "masked_url", "new_url")
    readonly_fields = ("masked_url",)

    def save_model(self, request: HttpRequest, obj: ApidazeScript, form: Any, change: bool) -> None:
        obj.updated_at = timezone.now()
        obj.created_at = obj.created_at or obj.updated_at
        obj.url = form.cleaned_data["new_url"] or obj.url
        super().save_model(request, obj, form, change)

    @admin.display(description=_("address"))
    def masked_url(self, script: ApidazeScript) -> str:
        return without_tokens(script.url)
