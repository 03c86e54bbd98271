"""SIP accounts and call scripts for tests, made the way the program makes them."""

from collections.abc import Iterable
from typing import Any

from telephony import services
from telephony.models import CallScript, ScriptVersion, SipAccount
from telephony.sync import APIDAZE
from voicehub.sync.models import Connection

HANGUP = "<document><work><answer/><hangup/></work></document>"
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


def make_script(name: str, draft: str = HANGUP, numbers: Iterable[str] = (), user: Any = None) -> CallScript:
    """A draft that nobody hears yet."""
    return services.save_script(CallScript(name=name, draft=draft, draft_numbers=list(numbers)), user=user)


def make_published(name: str, draft: str = HANGUP, numbers: Iterable[str] = (), user: Any = None) -> ScriptVersion:
    """A script that callers of the numbers hear."""
    script = make_script(name, draft, numbers, user)
    return services.publish(script, shown=services.digest(script), user=user)
