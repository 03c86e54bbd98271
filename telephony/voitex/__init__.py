"""The Voitex client. Source: the provider's API article, of which there are two revisions, and a public client.

Every call is a POST, none can be repeated safely by itself, and nothing that was sent can be looked up afterwards.
Numbers are E.164 on this side and ten digits on the wire.
"""

from telephony.voitex.client import SoundFile, VoitexClient, VoitexSettings
from telephony.voitex.contacts import HOME, MOBILE, TOLD_ONLY, WRITABLE, RemoteContact, RemotePhone
from telephony.voitex.numbers import e164, is_north_american, ten_digits
from telephony.voitex.receipts import SmsReceipt

REVISIONS = ("a", "b")

__all__ = [
    "HOME",
    "MOBILE",
    "REVISIONS",
    "TOLD_ONLY",
    "WRITABLE",
    "RemoteContact",
    "RemotePhone",
    "SmsReceipt",
    "SoundFile",
    "VoitexClient",
    "VoitexSettings",
    "e164",
    "is_north_american",
    "ten_digits",
]
