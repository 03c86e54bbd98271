"""What the first page says about SIP accounts and external scripts to those who can do something about it."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import gettext as _

from telephony.models import ExternalScript, SipAccount
from voicehub.common import inbox
from voicehub.common.inbox import Item


@inbox.shown
def accounts_that_need_somebody(request: HttpRequest) -> Iterable[Item]:
    return inbox.need_somebody(request, SipAccount, _("SIP accounts that need somebody"))


@inbox.shown
def external_scripts_that_need_somebody(request: HttpRequest) -> Iterable[Item]:
    return inbox.need_somebody(request, ExternalScript, _("External scripts that need somebody"))
