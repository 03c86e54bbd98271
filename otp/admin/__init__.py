"""The admin's pages about OTP apps and the codes that were sent to try them."""

from otp.admin import app, test_code

__all__ = ["app", "test_code"]
