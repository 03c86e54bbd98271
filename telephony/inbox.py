"""What the first page says about SIP accounts and external scripts to those who can do something about it."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from telephony import services
from telephony.models import CallScript, ExternalScript, SipAccount
from voicehub.common import inbox
from voicehub.common.inbox import Item


@inbox.shown
def accounts_that_need_somebody(request: HttpRequest) -> Iterable[Item]:
    return inbox.need_somebody(request, SipAccount, _("SIP accounts that need somebody"))


@inbox.shown
def external_scripts_that_need_somebody(request: HttpRequest) -> Iterable[Item]:
    return inbox.need_somebody(request, ExternalScript, _("External scripts that need somebody"))


@inbox.shown
def scripts_that_nobody_hears(request: HttpRequest) -> Iterable[Item]:
    """Published scripts to which no caller gets, for those who may change that."""
    if not request.user.has_perm("telephony.register_externalscript"):
        return
    if CallScript.objects.exclude(published=None).exists() and (why := services.why_unheard()):
        yield Item(
            _("Callers do not get to the call scripts"),
            why,
            url=reverse("admin:telephony_externalscript_changelist"),
            link=_("Show the external scripts"),
            level="warning",
        )
