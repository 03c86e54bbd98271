"""What the demo starts with: the SIP accounts of the sandbox's Apidaze, and whether their phones are signed in."""

from telephony import services
from telephony.models import SipAccount
from telephony.sync import APIDAZE
from voicehub.sync import queue
from voicehub.sync.accounts import account_by_key
from voicehub.sync.engine import drain_inline


def seed() -> None:
    """Import the accounts; nothing happens when there are some already, or no key."""
    connection = account_by_key(APIDAZE)
    if connection and not SipAccount.objects.exists():
        queue.pull(SipAccount, connection)
        drain_inline()
        for account in SipAccount.objects.all():
            services.check_phone(account)
        drain_inline()
