"""OTP apps for tests, made the way the program makes them."""

from typing import Any
from uuid import uuid4

from otp import models, services
from otp.models import OtpApp
from otp.sync import OURVOICE
from voicehub.sandbox.providers.ourvoice.records import SENDER_ID
from voicehub.sync import queue
from voicehub.sync.models import Connection

VALUES = {"name": "Till", "sender_id": SENDER_ID, "message_template": "Till: {{code}}", "code_size": 6}


def make_account() -> Connection:
    """An account without a key: good for pages, not for calls."""
    return Connection.objects.create(provider="ourvoice", base_url=OURVOICE.base_url(), account="main")


def make_app(user: Any = None, **values: Any) -> OtpApp:
    """An app that is saved here and waits to be sent."""
    return services.save_app(OtpApp(**VALUES | values), user=user)


def make_test_code(app: OtpApp, user: Any, number: str = "+2290167153974", **values: Any) -> Any:
    """A test code in any state, with the job that would send it."""
    about = {"connection": app.connection, "app": app, "app_name": app.name, "number": number, "requested_by": user}
    code = models.TestCode.objects.create(confirmation=uuid4(), **about | values)
    queue.send_once(code, user=user)
    return code
