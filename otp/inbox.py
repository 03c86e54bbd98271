"""What the first page says about OTP apps and test codes to those who can do something about it."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import gettext as _

from otp.models import OtpApp, TestCode
from voicehub.common import inbox
from voicehub.common.inbox import Item


@inbox.shown
def apps_that_need_somebody(request: HttpRequest) -> Iterable[Item]:
    return inbox.need_somebody(request, OtpApp, _("OTP apps that need somebody"))


@inbox.shown
def uncertain_test_codes(request: HttpRequest) -> Iterable[Item]:
    return inbox.in_state(
        request,
        TestCode,
        TestCode.State.UNCERTAIN,
        _("Test codes that are uncertain"),
        _("They may have been sent. Look at the phone or at Ourvoice, and settle them."),
        permission="otp.settle_testcode",
    )
