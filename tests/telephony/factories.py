"""SIP accounts for tests, made the way the program makes them."""

from typing import Any

from telephony import services
from telephony.models import SipAccount
from telephony.sync import APIDAZE
from voicehub.sync.models import Connection

VALUES = {
    "username": "bob",
    "name": "Bob",
    "internal_caller_id_number": "202",
    "external_caller_id_number": "31201234599",
    "mwi_account": "202",
}


def make_connection() -> Connection:
    """An account without a key: good for pages, not for calls."""
    return Connection.objects.create(provider="apidaze", base_url=APIDAZE.base_url(), account="main")


def make_sip_account(user: Any = None, **values: Any) -> SipAccount:
    """A SIP account that is saved here and waits to be sent."""
    return services.save_account(SipAccount(**VALUES | values), user=user)
