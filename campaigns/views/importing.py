"""Recipients come into a campaign: the file or the lines are asked for, and which column is which."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns.forms.importing import ColumnsForm, RecipientsForm
from campaigns.models import Campaign
from campaigns.runs.recipients import CHANGE, RecipientsFromFile
from campaigns.services import importing
from campaigns.views.pages import needs
from voicehub.common import runs
from voicehub.common.admin.run_pages import MEDIA, may_start, of_visible_run
from voicehub.common.models import Run


@require_http_methods(["GET", "HEAD", "POST"])
@needs(CHANGE)
def recipients(request: HttpRequest, pk: int) -> HttpResponse:
    """The form for a file or for lines; then the columns, where it is not sure which is which, or the preview."""
    campaign = get_object_or_404(Campaign, pk=pk)
    if campaign.state != Campaign.State.DRAFT:
        messages.error(request, importing.too_late())
        return redirect(campaign)
    form = RecipientsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and (run := _read(form, campaign, request.user)):
        return redirect("campaign_columns", run.pk) if run.options["is_guess"] else redirect(run)
    title = _("Recipients for %(campaign)s") % {"campaign": campaign}
    way_back = (campaign.get_absolute_url(), _("Back to %(name)s") % {"name": campaign})
    return _page(request, "recipients.html", title, form=form, campaign=campaign, way_back=way_back)


@require_http_methods(["GET", "HEAD", "POST"])
@of_visible_run
def columns(request: HttpRequest, run: Run) -> HttpResponse:
    """Which column is the number, and what the others are called."""
    if run.kind != RecipientsFromFile.slug:
        raise Http404
    if not may_start(request.user, run):
        raise PermissionDenied
    form = ColumnsForm(request.POST if request.method == "POST" else None, run.options)
    if request.method == "POST" and form.is_valid():
        try:
            importing.choose_columns(run, form.columns())
        except runs.RunRefusedError as why:
            messages.error(request, str(why))
        return redirect(run)
    way_back = (run.get_absolute_url(), _("Back to %(name)s") % {"name": run})
    return _page(request, "columns.html", _("The columns of %(file)s") % {"file": run}, form=form, way_back=way_back)


def _read(form: RecipientsForm, campaign: Campaign, user: Any) -> Run | None:
    """The run of what was sent; None, with the reason in the form, when it cannot be read."""
    file, text = form.cleaned_data["file"], form.cleaned_data["numbers"]
    try:
        if file:
            return importing.import_file(campaign, file, user=user)
        return importing.import_text(campaign, text, user=user)
    except runs.FileRefusedError as why:
        form.add_error("file" if file else "numbers", str(why))
        return None


def _page(request: HttpRequest, name: str, title: str, **context: Any) -> TemplateResponse:
    frame = {**admin.site.each_context(request), "title": title, "content_title": title, "media": MEDIA}
    return TemplateResponse(request, f"admin/campaigns/import/{name}", {**frame, **context})
