"""What the first page says about telephony to those who can do something about it."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from telephony import services
from telephony.models import CallScript, ExternalScript, NotificationCall, Recording, SipAccount, SmsMessage
from telephony.models.outgoing import Outgoing
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
    yield Item(
        _("Callers do not get to the call scripts"),
        url=reverse("admin:telephony_externalscript_changelist"),
        link=_("Show the external scripts"),
        level="warning",
        only_if=CallScript.objects.exclude(published=None),
        find_text=services.why_unheard,
    )


@inbox.shown
def uncertain_calls(request: HttpRequest) -> Iterable[Item]:
    return _uncertain(request, NotificationCall, _("Notification calls that are uncertain"))


@inbox.shown
def uncertain_texts(request: HttpRequest) -> Iterable[Item]:
    return _uncertain(request, SmsMessage, _("Text messages that are uncertain"))


@inbox.shown
def uncertain_uploads(request: HttpRequest) -> Iterable[Item]:
    return _uncertain(request, Recording, _("Recordings of which it is uncertain whether they got to Voitex"))


@inbox.shown
def held_calls(request: HttpRequest) -> Iterable[Item]:
    return _held(request, NotificationCall, _("Notification calls that are on hold"))


@inbox.shown
def held_texts(request: HttpRequest) -> Iterable[Item]:
    return _held(request, SmsMessage, _("Text messages that are on hold"))


def _held(request: HttpRequest, model: type[Outgoing], title: str) -> Iterable[Item]:
    """What somebody has to release or cancel, for those who may."""
    text = _("Nothing went out yet. Each page says why, and there it is released or cancelled.")
    permission = f"telephony.send_{model._meta.model_name}"
    return inbox.in_state(request, model, Outgoing.State.HELD, title, text, permission=permission)


def _uncertain(request: HttpRequest, model: type[Outgoing | Recording], title: str) -> Iterable[Item]:
    """What may have gone out, for those who may settle it."""
    text = _("They may have gone out. Find out, and settle them; until then none is sent again.")
    permission = f"telephony.settle_{model._meta.model_name}"
    return inbox.in_state(request, model, Outgoing.State.UNCERTAIN, title, text, permission=permission)
