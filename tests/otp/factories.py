"""OTP apps for tests, made the way the program makes them."""

from typing import Any

from otp import services
from otp.models import OtpApp
from otp.sync import OURVOICE
from voicehub.sandbox.providers.ourvoice.records import SENDER_ID
from voicehub.sync.models import Connection

VALUES = {"name": "Till", "sender_id": SENDER_ID, "message_template": "Till: {{code}}", "code_size": 6}


def make_account() -> Connection:
    """An account without a key: good for pages, not for calls."""
    return Connection.objects.create(provider="ourvoice", base_url=OURVOICE.base_url(), account="main")


def make_app(user: Any = None, **values: Any) -> OtpApp:
    """An app that is saved here and waits to be sent."""
    return services.save_app(OtpApp(**VALUES | values), user=user)
