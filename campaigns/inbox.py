"""What the first page says about campaigns to those who can do something about it."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import gettext as _

from campaigns.models import Batch, Campaign, InboundPost, Menu, SoundFile
from voicehub.common import inbox
from voicehub.common.inbox import Item

RUN = "campaigns.run_campaign"


@inbox.shown
def menus_that_need_somebody(request: HttpRequest) -> Iterable[Item]:
    return inbox.need_somebody(request, Menu, _("Menus of VoiceShot that need somebody"))


@inbox.shown
def sound_files_that_need_somebody(request: HttpRequest) -> Iterable[Item]:
    return inbox.need_somebody(request, SoundFile, _("Sound files of VoiceShot that need somebody"))


@inbox.shown
def campaigns_that_wait_for_somebody(request: HttpRequest) -> Iterable[Item]:
    return inbox.in_state(
        request,
        Campaign,
        Campaign.State.PAUSED,
        _("Campaigns that are paused"),
        _("They call nobody before somebody lets them go on. Each page says why."),
        permission=RUN,
    )


@inbox.shown
def uncertain_posts(request: HttpRequest) -> Iterable[Item]:
    return inbox.in_state(
        request,
        Batch,
        Batch.State.UNCERTAIN,
        _("Posts of calls that are uncertain"),
        _("The calls may have been made. VoiceShot is asked by itself; what it does not know, somebody decides."),
        permission="campaigns.settle_campaign",
    )


@inbox.shown
def held_posts(request: HttpRequest) -> Iterable[Item]:
    return inbox.in_state(
        request,
        Batch,
        Batch.State.HELD,
        _("Posts of calls that are on hold"),
        _("Nothing went out yet. Each page says why, and there it is released or cancelled."),
        permission=RUN,
    )


@inbox.shown
def posts_that_could_not_be_taken_in(request: HttpRequest) -> Iterable[Item]:
    return inbox.in_state(
        request,
        InboundPost,
        InboundPost.State.FAILED,
        _("Posts from VoiceShot that could not be taken in"),
        _("What became of a call, or a text of somebody, may be missing here. Read what they said."),
        permission=RUN,
    )
