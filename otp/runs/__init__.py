"""What can be done with OTP apps many at a time; found by `voicehub.common.runs` at start-up."""

from otp.runs.edit import ManyApps
from otp.runs.file import AppsFromFile
from voicehub.common.runs import register

__all__ = ["AppsFromFile", "ManyApps"]

register(AppsFromFile())
register(ManyApps())
