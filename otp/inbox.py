"""What the first page says about OTP apps and test codes to those who can do something about it."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from otp.models import OtpApp, TestCode
from voicehub.common import inbox
from voicehub.common.inbox import Item


@inbox.shown
def apps_that_need_somebody(request: HttpRequest) -> Iterable[Item]:
    return inbox.need_somebody(request, OtpApp, _("OTP apps that need somebody"))


@inbox.shown
def uncertain_test_codes(request: HttpRequest) -> Iterable[Item]:
    if request.user.has_perms(("otp.view_testcode", "otp.settle_testcode")):
        yield Item(
            _("Test codes that are uncertain"),
            _("They may have been sent. Look at the phone or at Ourvoice, and settle them."),
            url=reverse("admin:otp_testcode_changelist", query={"state__exact": TestCode.State.UNCERTAIN}),
            link=_("Show them"),
            level="warning",
            count=TestCode.objects.filter(state=TestCode.State.UNCERTAIN),
        )
