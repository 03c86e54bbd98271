"""Looking a campaign over, starting it, calling oneself first, copying it."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns import services
from campaigns.admin.following import recipients_url
from campaigns.admin.states import OF_RECIPIENT
from campaigns.forms import TrialForm
from campaigns.forms.campaign import FIELDS
from campaigns.models import Attempt, Campaign, Recipient
from campaigns.services import preflight
from campaigns.views.pages import needs, page
from voicehub.common import limits
from voicehub.sync.admin.following import mark_of
from voicehub.sync.admin.states import badge
from voicehub.sync.services import TooLateError

VIEW, ADD, RUN = "campaigns.view_campaign", "campaigns.add_campaign", "campaigns.run_campaign"
REASONS_SHOWN = 20


@needs(VIEW)
def preflight_page(request: HttpRequest, pk: int, form: TrialForm | None = None) -> HttpResponseBase:
    """Everything that a person should see before the first phone rings."""
    campaign = _campaign(pk)
    if campaign.state != Campaign.State.DRAFT:
        return redirect(campaign)
    look = preflight.look(campaign)
    return page(
        request,
        "campaign/preflight.html",
        _("Look over: %(name)s") % {"name": campaign},
        campaign=campaign,
        look=look,
        shown=_mark(campaign, look),
        buckets=[(badge(OF_RECIPIENT[state]), look.counts[state]) for state in Recipient.State if look.counts[state]],
        skipped=_why_skipped(campaign),
        skipped_url=recipients_url(campaign, state__exact=Recipient.State.SKIPPED.value),
        now=timezone.now(),
        may_start=request.user.has_perm(RUN),
        form=form or TrialForm(initial={"confirmation": uuid4()}),
        trials=Attempt.objects.filter(campaign=campaign, is_trial=True).select_related("batch")[:5],
    )


@require_POST
@needs(RUN)
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """What was looked over starts; not what somebody has made of it since."""
    campaign = _campaign(pk)
    is_draft = campaign.state == Campaign.State.DRAFT
    if is_draft and request.POST.get("shown") != _mark(campaign, preflight.look(campaign)):
        messages.warning(request, _("It has changed since you looked: nobody was called. Look it over once more."))
        return redirect("admin:campaigns_campaign_preflight", pk)
    try:
        services.start(campaign, user=request.user)
    except services.NotStartableError as why:
        messages.error(request, str(why))
        return redirect("admin:campaigns_campaign_preflight", pk)
    messages.success(request, _("It runs. This page follows by itself."))
    return redirect(campaign)


@require_POST
@needs(RUN)
def try_out(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Call one's own phone with the words for the first recipient."""
    campaign, form = _campaign(pk), TrialForm(request.POST)
    like = campaign.recipients.filter(state=Recipient.State.WAITING).order_by("pk").first()
    if like is None:
        messages.error(request, _("There is nobody to call. Add recipients first."))
    elif not form.is_valid():
        return preflight_page(request, pk, form)
    else:
        _try_out(request, campaign, form.cleaned_data, like)
    return redirect("admin:campaigns_campaign_preflight", pk)


def _try_out(request: HttpRequest, campaign: Campaign, wanted: dict[str, Any], like: Recipient) -> None:
    number, confirmation = wanted["number"], wanted["confirmation"]
    try:
        services.try_out(campaign, number, like, user=request.user, confirmation=confirmation)
    except (services.NotStartableError, limits.LimitReachedError) as why:
        messages.error(request, str(why))
    else:
        messages.success(
            request,
            _("Your phone is to be called. Load this page again in a moment: what became of it stands below."),
        )


@require_POST
@needs(ADD)
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    copy = services.duplicate(_campaign(pk), user=request.user)
    messages.success(request, _("This is the copy: a draft without recipients."))
    return redirect(copy)


@require_POST
@needs(ADD)
def call_again(request: HttpRequest, pk: int) -> HttpResponse:
    campaign = _campaign(pk)
    try:
        again = services.call_again(campaign, user=request.user)
    except TooLateError as why:
        messages.warning(request, str(why))
        return redirect(campaign)
    messages.success(request, _("A new draft with those who were busy or did not answer. Look it over and start it."))
    return redirect(again)


def _campaign(pk: int) -> Campaign:
    return get_object_or_404(Campaign.objects.select_related("menu", "connection", "created_by"), pk=pk)


def _mark(campaign: Campaign, look: preflight.Preflight) -> str:
    """Another one means that something else would start: other people, words or hours."""
    decided = [str(getattr(campaign, name)) for name in FIELDS]
    return mark_of(sorted(look.counts.items()), look.xml, decided, list(campaign.key_rules.values_list()))


def _why_skipped(campaign: Campaign) -> list[tuple[str, int]]:
    """The reasons for which numbers are not called, the most frequent ones, with how many they are."""
    skipped = campaign.recipients.filter(state=Recipient.State.SKIPPED).order_by()
    by_reason = skipped.values("reason").annotate(count=Count("pk")).order_by("-count", "reason")
    return list(by_reason.values_list("reason", "count")[:REASONS_SHOWN])
