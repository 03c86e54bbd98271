"""What the first page says about campaigns to those who can do something about it."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.models import Batch, Campaign, InboundPost, Menu, SoundFile
from voicehub.common import inbox
from voicehub.common.inbox import Item


@inbox.shown
def menus_that_need_somebody(request: HttpRequest) -> Iterable[Item]:
    return inbox.need_somebody(request, Menu, _("Menus of VoiceShot that need somebody"))


@inbox.shown
def sound_files_that_need_somebody(request: HttpRequest) -> Iterable[Item]:
    return inbox.need_somebody(request, SoundFile, _("Sound files of VoiceShot that need somebody"))


@inbox.shown
def campaigns_that_wait_for_somebody(request: HttpRequest) -> Iterable[Item]:
    if request.user.has_perms(("campaigns.view_campaign", "campaigns.run_campaign")):
        yield Item(
            _("Campaigns that are paused"),
            _("They call nobody before somebody lets them go on. Each page says why."),
            url=reverse("admin:campaigns_campaign_changelist", query={"state__exact": Campaign.State.PAUSED}),
            link=_("Show them"),
            level="warning",
            count=Campaign.objects.filter(state=Campaign.State.PAUSED),
        )


@inbox.shown
def uncertain_posts(request: HttpRequest) -> Iterable[Item]:
    if request.user.has_perms(("campaigns.view_batch", "campaigns.settle_campaign")):
        yield Item(
            _("Posts of calls that are uncertain"),
            _("The calls may have been made. VoiceShot is asked by itself; what it does not know, somebody decides."),
            url=reverse("admin:campaigns_batch_changelist", query={"state__exact": Batch.State.UNCERTAIN}),
            link=_("Show them"),
            level="warning",
            count=Batch.objects.filter(state=Batch.State.UNCERTAIN),
        )


@inbox.shown
def held_posts(request: HttpRequest) -> Iterable[Item]:
    if request.user.has_perms(("campaigns.view_batch", "campaigns.run_campaign")):
        yield Item(
            _("Posts of calls that are on hold"),
            _("Nothing went out yet. Each page says why, and there it is released or cancelled."),
            url=reverse("admin:campaigns_batch_changelist", query={"state__exact": Batch.State.HELD}),
            link=_("Show them"),
            level="warning",
            count=Batch.objects.filter(state=Batch.State.HELD),
        )


@inbox.shown
def posts_that_could_not_be_taken_in(request: HttpRequest) -> Iterable[Item]:
    if request.user.has_perms(("campaigns.view_inboundpost", "campaigns.run_campaign")):
        yield Item(
            _("Posts from VoiceShot that could not be taken in"),
            _("What became of a call, or a text of somebody, may be missing here. Read what they said."),
            url=reverse("admin:campaigns_inboundpost_changelist", query={"state__exact": InboundPost.State.FAILED}),
            link=_("Show them"),
            level="warning",
            count=InboundPost.objects.filter(state=InboundPost.State.FAILED),
        )
