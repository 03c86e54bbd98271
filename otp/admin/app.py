"""OTP apps in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext_lazy

from otp import services, views
from otp.admin.test_code import trying
from otp.forms import OtpAppForm
from otp.models import OtpApp
from otp.placeholders import names
from otp.runs import AppsFromFile, ManyApps
from voicehub.common.admin.bulk import BulkAdmin
from voicehub.sync.admin.panel import RecordAction


@admin.register(OtpApp)
class OtpAppAdmin(BulkAdmin):
    form = OtpAppForm
    file_kind = AppsFromFile()
    edit_kind = ManyApps()
    list_display = ("name", "state_badge", "code_size", "sender", "synced_at")
    list_filter = ("sync_state",)
    search_fields = ("name__istartswith",)
    search_help_text = gettext_lazy("Beginning of the name")
    ordering = ("name", "id")
    change_form_after_template = "admin/otp/template_panel.html"

    class Media:
        css = {"all": ["voicehub/template_check.css"]}
        js = ["voicehub/live_check.js"]

    def get_urls(self) -> list[URLPattern]:
        check = self._page_url("check-template/", views.check_template, "check_template")
        return [check, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        context |= views.template_panel(request, obj.pk if obj else None)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def get_fields(self, request: HttpRequest, obj: OtpApp | None = None) -> list[str]:
        """Whether the template is to be renamed too is asked only where the name stands in it."""
        is_in_template = obj is not None and names(obj.message_template, obj.name)
        fields = super().get_fields(request, obj)
        return [name for name in fields if name != "rename_in_template" or is_in_template]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        names = services.sender_names()
        for app in changelist.result_list:
            app.sender_name = names.get(app.sender_id, app.sender_id)
        return changelist

    @admin.display(description=gettext_lazy("Sender"))
    def sender(self, obj: Any) -> str:
        return obj.sender_name

    def extra_actions(self, obj: OtpApp, user: Any) -> list[RecordAction]:
        return [*super().extra_actions(obj, user), *trying(obj, user)]

    def save_model(self, request: HttpRequest, obj: OtpApp, form: Any, change: bool) -> None:
        services.save_app(obj, user=request.user)
        for warning in services.check_template(obj).warnings:
            self.message_user(request, warning, messages.WARNING)
