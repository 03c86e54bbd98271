"""What keeps a call or a text from going out: shown when it is asked for, and asked right before its first byte."""

from django.utils.translation import gettext as _

from telephony.voitex import is_north_american
from voicehub.common import outreach, phones


def why_not_send(number: str) -> str:
    """Why this number (E.164) must not be called or texted through Voitex now; empty when it may be."""
    return _out_of_reach(number) or outreach.obstacle(number)


def _out_of_reach(number: str) -> str:
    words = _("Voitex reaches numbers of the United States and Canada only. %s is none.")
    return "" if is_north_american(number) else words % phones.shown(number)
