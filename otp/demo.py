"""What the demo starts with: the apps and senders of the sandbox's Ourvoice account."""

from otp.models import OtpApp, Sender
from otp.sync import OURVOICE
from voicehub.sync import queue
from voicehub.sync.accounts import account_by_key
from voicehub.sync.engine import drain_inline


def seed() -> None:
    """Import the apps; nothing happens when there are some already, or no key."""
    connection = account_by_key(OURVOICE)
    if connection and not OtpApp.objects.exists():
        for model in (Sender, OtpApp):
            queue.pull(model, connection)
        drain_inline()
