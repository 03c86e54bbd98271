"""Ourvoice's side: its apps, which may be changed as on its own site, and the codes that it has sent."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from voicehub.sandbox.admin.base import ReadOnlyAdmin, SandboxAdmin, masked
from voicehub.sandbox.models import OurvoiceAccount, OurvoiceApp, OurvoiceCode, OurvoiceSender
from voicehub.sandbox.providers.ourvoice.apps import new_id


@admin.register(OurvoiceAccount)
class AccountAdmin(SandboxAdmin):
    list_display = ("account_id", "balance", "error_shape", "is_french", "lists_senders")
    fields = ("account_id", "masked_key", "balance", "error_shape", "is_french", "lists_senders")
    readonly_fields = ("account_id", "masked_key")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("key"))
    def masked_key(self, account: OurvoiceAccount) -> str:
        return masked(account.key)


@admin.register(OurvoiceSender)
class SenderAdmin(ReadOnlyAdmin):
    list_display = ("name", "sender_id", "status")


@admin.register(OurvoiceApp)
class AppAdmin(SandboxAdmin):
    list_display = ("name", "app_id", "code_size", "updated_at", "deleted_at")
    list_filter = (("deleted_at", admin.EmptyFieldListFilter),)
    search_fields = ("name", "app_id")
    fields = ("name", "sender_id", "message_template", "code_size")

    def save_model(self, request: HttpRequest, obj: OurvoiceApp, form: Any, change: bool) -> None:
        obj.updated_at = timezone.now()
        if not change:
            account = OurvoiceAccount.objects.get()
            obj.account, obj.shown_account_id = account, account.account_id
            obj.app_id, obj.created_at = new_id(), obj.updated_at
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: OurvoiceApp) -> None:
        OurvoiceApp.objects.filter(pk=obj.pk).update(deleted_at=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        queryset.update(deleted_at=timezone.now())


@admin.register(OurvoiceCode)
class CodeAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "app", "send_to", "cost")
    list_select_related = ("app",)
    fields = ("created_at", "app", "send_to", "cost")
