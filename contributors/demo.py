"""What the demo starts with: the sandbox's OutVoice account, connected, and its contributors."""

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from contributors import services
from voicehub.remote.errors import RemoteError
from voicehub.sync.engine import drain_inline


class SandboxSilentError(Exception):
    """The sandbox did not answer; the text says what to do."""


def seed() -> None:
    """Connect the account and fetch its contributors; nothing happens when it is connected already.

    Raises SandboxSilentError.
    """
    admin = get_user_model().objects.get(username="admin")
    try:
        is_new = services.demo_sign_in(admin)
    except RemoteError as error:
        raise SandboxSilentError(
            _("The sandbox's OutVoice did not answer (%(error)s). Start it first: manage.py sandbox")
            % {"error": error}
        ) from error
    if is_new:
        drain_inline()
