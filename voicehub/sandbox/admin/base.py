"""What all pages about the sandbox share: they exist in demo mode only, and show far more than they let change."""

import re
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest
from django.utils.module_loading import import_string
from unfold.admin import ModelAdmin

# A part of an address that nobody can guess; a file has a name with a dot.
TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_-]{16,}(?![A-Za-z0-9_.-])")


def masked(secret: str) -> str:
    """Enough to tell two apart."""
    return f"••••{secret[-4:]}"


def without_tokens(text: str) -> str:
    """The text with what could be a token in the path of an address masked."""
    return TOKEN.sub(lambda found: masked(found[0]), text)


class SandboxAdmin(ModelAdmin):
    """Nobody may do anything here in live mode, whatever their permissions."""

    list_per_page = 25
    show_full_result_count = False
    ordering = ("-pk",)

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Like all forms of the admin around it, one that was opened before somebody else saved is stopped."""
        return import_string(settings.FORM_GUARD)(super().get_form(request, obj, change, **kwargs))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return settings.VOICEHUB_DEMO and super().has_module_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return settings.VOICEHUB_DEMO and super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return settings.VOICEHUB_DEMO and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return settings.VOICEHUB_DEMO and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return settings.VOICEHUB_DEMO and super().has_delete_permission(request, obj)


class ReadOnlyAdmin(SandboxAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
