"""OTP apps in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from otp import services
from otp.forms import OtpAppForm
from otp.models import OtpApp
from voicehub.sync.admin.twins import TwinAdmin


@admin.register(OtpApp)
class OtpAppAdmin(TwinAdmin):
    form = OtpAppForm
    list_display = ("name", "state_badge", "code_size", "sender_id", "synced_at")
    list_filter = ("sync_state",)
    search_fields = ("name__istartswith",)
    search_help_text = gettext_lazy("Beginning of the name")
    ordering = ("name", "id")

    def get_fields(self, request: HttpRequest, obj: OtpApp | None = None) -> list[str]:
        """Whether the template is to be renamed too is asked only where the name stands in it."""
        is_in_template = obj is not None and obj.name in obj.message_template
        fields = super().get_fields(request, obj)
        return [name for name in fields if name != "rename_in_template" or is_in_template]

    def save_model(self, request: HttpRequest, obj: OtpApp, form: Any, change: bool) -> None:
        services.save_app(obj, user=request.user)
        if not any(placeholder in obj.message_template for placeholder in ("[code]", "{{code}}")):
            words = _("There is no [code] or {{code}} in the template: the message may come without the code.")
            self.message_user(request, words, messages.WARNING)
