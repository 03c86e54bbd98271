"""The part of an app's page that shows how its message will look."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from otp import services
from otp.forms import UnfinishedForm
from otp.models import OtpApp
from voicehub.sync.told import labelled


@require_POST
def check_template(request: HttpRequest) -> HttpResponse:
    """Look over a template that somebody types; `app` is the id of the record on the page, if it has one."""
    if not request.user.has_perm("otp.view_otpapp"):
        raise PermissionDenied
    app = _stored_or_new(request.POST.get("app", ""))
    return TemplateResponse(request, "admin/otp/_template_check.html", _as_typed(request, app))


def template_panel(request: HttpRequest, app_id: int | None) -> dict[str, Any]:
    """What the page of an app needs for the panel: a form that came back shows what was typed into it.

    What is wrong in the form is told there already.
    """
    app = _stored_or_new(str(app_id))
    shown = _as_typed(request, app) if request.method == "POST" else _looked_over(app)
    return {**shown, "errors": [], "app_id": app_id, "check_url": reverse("admin:otp_otpapp_check_template")}


def _stored_or_new(app_id: str) -> OtpApp:
    stored = OtpApp.objects.filter(pk=app_id).first() if app_id.isdecimal() and len(app_id) < 19 else None
    return stored or OtpApp()


def _as_typed(request: HttpRequest, app: OtpApp) -> dict[str, Any]:
    form = UnfinishedForm(request.POST, instance=app)
    if form.is_valid():
        return _looked_over(form.instance)
    return {"errors": [labelled(form[name].label, text) for name, texts in form.errors.items() for text in texts]}


def _looked_over(app: OtpApp) -> dict[str, Any]:
    return {"check": services.check_template(app), "is_usual": not app.message_template}
