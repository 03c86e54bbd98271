"""When a list that leaves records out is believed, and when a person is asked first."""

import pytest

from voicehub.sync.handlers import PullHeldError
from voicehub.sync.missing import ask_whether_gone
from voicehub.sync.registry import handler_for


@pytest.mark.parametrize(("missing", "active"), [(0, 0), (0, 5), (1, 1), (1, 2), (1, 3), (3, 10), (30, 100)])
def test_a_few_missing_records_are_believed_to_be_gone(missing, active):
    ask_whether_gone(handler_for("otp.otpapp"), missing, active)


@pytest.mark.parametrize(("missing", "active"), [(2, 2), (2, 6), (4, 10), (31, 100), (100, 100)])
def test_many_missing_records_are_asked_about(missing, active):
    with pytest.raises(PullHeldError, match=f"Ourvoice's list leaves out {missing} of {active} OTP apps. Are they"):
        ask_whether_gone(handler_for("otp.otpapp"), missing, active)
