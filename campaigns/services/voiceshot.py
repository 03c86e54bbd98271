"""VoiceShot's account."""

from django.utils.translation import gettext as _

from campaigns.sync.voiceshot import VOICESHOT
from voicehub.sync.accounts import account_by_key
from voicehub.sync.models import Connection


class NotConnectedError(Exception):
    """Nothing can be posted to VoiceShot yet; the text says what an administrator has to do."""


def voiceshot_account() -> Connection:
    """The account of the settings. Raises NotConnectedError."""
    found = account_by_key(VOICESHOT)
    if found is None:
        words = _(
            "VoiceShot is not set up. An administrator can register this computer's address on VoiceShot's site and "
            "set VOICESHOT_ACCOUNT."
        )
        raise NotConnectedError(words)
    return found
