"""What the demo starts with: a menu, and a VoiceShot that dials and tells VoiceHub what became of its calls."""

import requests
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from campaigns.hooks import VoiceShotPosts
from campaigns.models import Menu
from campaigns.services import voiceshot_account
from campaigns.sync.voiceshot import VOICESHOT
from voicehub.common.hooks import addresses
from voicehub.common.hooks.models import HookAddress
from voicehub.sync.accounts import account_by_key

MENUID, CALLER_ID = "1-1234", "+18185550199"
CALLS_A_SECOND = 5


def seed() -> None:
    """Make the menu, and the address for results; what is there already stays as it is."""
    if account_by_key(VOICESHOT) is None:
        return
    user = get_user_model().objects.filter(username="admin").first()
    if not Menu.objects.exists():
        menu = Menu(menuid=MENUID, name=_("Announcements"), caller_id=CALLER_ID, connection=voiceshot_account())
        menu.save(user=user)
    if not HookAddress.objects.filter(kind=VoiceShotPosts.slug).exists():
        _enter_at_voiceshot(addresses.make(VoiceShotPosts(), user=user))


def _enter_at_voiceshot(path: str) -> None:
    """What a person does on VoiceShot's site: enter where results go. The stand-in is told to dial, too."""
    wanted = {
        "provider": "voiceshot",
        "set_results": {"url": f"{settings.OWN_BASE_URL}{path}"},
        "switch": {"calls_a_second": CALLS_A_SECOND},
    }
    session = requests.Session()
    # A proxy of the environment has nothing to do with loopback.
    session.trust_env = False
    session.post(f"{settings.SANDBOX_URL}/_sandbox/records", json=wanted, timeout=10).raise_for_status()
