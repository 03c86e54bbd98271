"""OutVoice's side: what it has booked, whom it pays, who is signed in."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from voicehub.sandbox.admin.base import ReadOnlyAdmin, SandboxAdmin, masked
from voicehub.sandbox.models import OutVoicePayee, OutVoicePayment, OutVoiceTokenPair


@admin.register(OutVoicePayee)
class PayeeAdmin(SandboxAdmin):
    list_display = ("payee_id", "name", "user", "is_active")
    list_select_related = ("user",)
    list_filter = ("is_active",)
    search_fields = ("payee_id", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("payee_id", "user") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # The real ones cannot be deleted either.
        return False


@admin.register(OutVoicePayment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ("booked_at", "user", "freelancer", "name", "cents", "currency", "title")
    list_select_related = ("user",)
    search_fields = ("name", "title", "url")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("body")


@admin.register(OutVoiceTokenPair)
class TokenPairAdmin(ReadOnlyAdmin):
    list_display = ("issued_at", "user", "expires_at", "refresh_expires_at", "is_revoked")
    list_select_related = ("user",)
    fields = (
        "user",
        "client",
        "masked_access_token",
        "masked_refresh_token",
        "issued_at",
        "expires_at",
        "refresh_expires_at",
        "is_revoked",
    )

    @admin.display(description=_("access token"))
    def masked_access_token(self, pair: OutVoiceTokenPair) -> str:
        return masked(pair.access_token)

    @admin.display(description=_("refresh token"))
    def masked_refresh_token(self, pair: OutVoiceTokenPair) -> str:
        return masked(pair.refresh_token)
