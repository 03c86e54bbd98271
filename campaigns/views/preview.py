"""What one recipient of a campaign hears."""

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Recipient
from campaigns.services import preflight, words
from campaigns.views.pages import needs, page
from campaigns.voiceshot.records import e164
from voicehub.common import phones


@needs("campaigns.view_recipient")
def preview(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The words for the recipient that `?recipient=` (its key) or `?number=` names, else for the first one."""
    campaign = get_object_or_404(Campaign.objects.select_related("menu"), pk=pk)
    recipient = _recipient(request, campaign)
    prompts = list(campaign.prompts.select_related("sound_file"))
    heard = [words.heard(prompt, recipient.variables if recipient else {}) for prompt in prompts]
    return page(
        request,
        "campaign/preview.html",
        _("What a recipient hears: %(name)s") % {"name": campaign},
        campaign=campaign,
        recipient=recipient,
        number=phones.shown(recipient.number) if recipient else "",
        heard=heard,
        seconds=sum(one.seconds for one in heard),
        xml=preflight.xml_of_one(campaign, prompts, recipient) if recipient and prompts else "",
        **_neighbours(campaign, recipient),
    )


def _recipient(request: HttpRequest, campaign: Campaign) -> Recipient | None:
    recipients = campaign.recipients.order_by("pk")
    typed, key = request.GET.get("number", "").strip(), request.GET.get("recipient", "")
    if typed:
        found = recipients.filter(number=e164(typed) or typed).first()
        if found is None:
            messages.warning(request, _("This campaign has no recipient with the number %s.") % typed)
        return found or recipients.first()
    return (recipients.filter(pk=key).first() if re.fullmatch("[0-9]{1,18}", key) else None) or recipients.first()


def _neighbours(campaign: Campaign, recipient: Recipient | None) -> dict[str, Any]:
    if recipient is None:
        return {}
    others = campaign.recipients.values_list("pk", flat=True)
    return {
        "before": others.filter(pk__lt=recipient.pk).order_by("-pk").first(),
        "after": others.filter(pk__gt=recipient.pk).order_by("pk").first(),
    }
