"""What keeps a test code from being sent: shown before it is asked for, and asked right before its first byte."""

from django.utils.translation import gettext as _

from otp.models import OtpApp, TestCode
from voicehub.common import outreach
from voicehub.sync.models import RecordState


def obstacle(code: TestCode) -> str:
    """Why this code must not be sent now; empty when nothing is in the way."""
    return why_not_send(code.app, code.number)


def why_not_send(app: OtpApp | None, number: str) -> str:
    """Why no code of the app can be sent to a phone (E.164); empty when one can."""
    return why_unusable(app) or outreach.obstacle(number)


def why_unusable(app: OtpApp | None) -> str:
    """Why no code can be sent for the app; empty when one can."""
    if app is None or app.sync_state == RecordState.DELETING:
        return _("The app was deleted. Cancel this code, and try another app.")
    if app.sync_state == RecordState.GONE:
        return _("The app is gone at Ourvoice. Create it again there, on the app's own page, before you try it.")
    if not app.remote_id or app.connection is None:
        return _("Ourvoice does not have this app yet: it can be tried once it is in step.")
    if app.connection.disconnected_at:
        return _("The app belongs to an Ourvoice account that is not connected any more.")
    return ""
