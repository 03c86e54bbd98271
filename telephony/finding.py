"""What the search finds of telephony: accounts, scripts, recordings, hotlines, and numbers in any writing."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from telephony.models import PhoneNumber, SipAccount
from telephony.views.numbers import VIEW
from voicehub.common import finding, phones
from voicehub.common.finding import Hit

SEND_CALL = "telephony.send_notificationcall"
SEND_TEXT = "telephony.send_smsmessage"
FEWEST_DIGITS = 6


@finding.finds(gettext_lazy("Phone numbers"), "contact_phone")
def phone_number(request: HttpRequest, typed: str) -> Iterator[Hit]:
    """The page of the number that was typed, and what can be done with it."""
    number = _number(typed)
    if not number:
        return
    words, to = {"number": phones.shown(number)}, urlencode({"to": number})
    if request.user.has_perm(VIEW):
        yield Hit(phones.shown(number), PhoneNumber(number).get_absolute_url(), phones.country(number))
    if request.user.has_perm(SEND_CALL):
        yield Hit(_("Have %(number)s called") % words, f"{reverse('admin:telephony_notificationcall_new')}?{to}")
    if request.user.has_perm(SEND_TEXT):
        yield Hit(_("Text %(number)s") % words, f"{reverse('admin:telephony_smsmessage_new')}?{to}")


def _number(typed: str) -> str:
    """In E.164; empty when it is none. Names are not read as numbers, nor is what is still being typed."""
    if sum(one.isdecimal() for one in typed) < FEWEST_DIGITS or any(one.isalpha() for one in typed):
        return ""
    try:
        return phones.read(typed)
    except phones.NotANumberError:
        return ""


def _owner(account: SipAccount) -> str:
    return account.name


finding.records("telephony.sipaccount", "deskphone", "username__istartswith", "name__istartswith", text=_owner)
finding.records("telephony.callscript", "integration_instructions", "name__istartswith")
finding.records("telephony.recording", "library_music", "name__istartswith")
finding.records("telephony.hotline", "support_agent", "name__istartswith", "did__contains", text=lambda one: one.did)

finding.action(gettext_lazy("Add a SIP account"), "telephony_sipaccount_add", "telephony.add_sipaccount")
finding.action(
    gettext_lazy("Change many SIP accounts"), "telephony_sipaccount_edit_many", "telephony.change_sipaccount"
)
finding.action(gettext_lazy("Write a call script"), "telephony_callscript_add", "telephony.add_callscript")
finding.action(gettext_lazy("Add an external script"), "telephony_externalscript_add", "telephony.add_externalscript")
finding.action(gettext_lazy("Add a hotline"), "telephony_hotline_add", "telephony.add_hotline")
finding.action(gettext_lazy("Upload recordings"), "telephony_recording_upload", "telephony.send_recording")
finding.action(gettext_lazy("Have somebody called"), "telephony_notificationcall_new", SEND_CALL)
finding.action(gettext_lazy("Send a text"), "telephony_smsmessage_new", SEND_TEXT)
