"""SIP accounts, scripts and calls for tests, made the way the program makes them."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.utils import timezone

from telephony import services
from telephony.models import (
    Call,
    CallScript,
    ExternalScript,
    Hotline,
    NotificationCall,
    ScriptVersion,
    SipAccount,
    SmsMessage,
    TriggerRule,
)
from telephony.script_address import KIND, NOTHING_PUBLISHED
from telephony.sync.apidaze import APIDAZE
from voicehub.sync import queue
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


def make_external_script(user: Any = None, **values: Any) -> ExternalScript:
    """A script that is saved here and waits to be sent."""
    script = ExternalScript(**{"name": "main", "url": "https://calls.example.org/main.xml"} | values)
    return services.save_external_script(script, user=user)


def make_load(session: str, **parameters: str) -> Call:
    """A load as the log has it, answered without a script."""
    return Call.objects.create(
        kind=KIND,
        address_id=1,
        received_at=timezone.now(),
        method="GET",
        subject=session,
        query=urlencode({"session_id": session, **parameters}),
        status=200,
        milliseconds=2,
        outcome=Call.Outcome.ANSWERED,
        source=NOTHING_PUBLISHED,
    )


def make_script(name: str, draft: str = HANGUP, numbers: Iterable[str] = (), user: Any = None) -> CallScript:
    """A draft that nobody hears yet."""
    return services.save_script(CallScript(name=name, draft=draft, draft_numbers=list(numbers)), user=user)


def make_published(name: str, draft: str = HANGUP, numbers: Iterable[str] = (), user: Any = None) -> ScriptVersion:
    """A script that callers of the numbers hear."""
    script = make_script(name, draft, numbers, user)
    return services.publish(script, shown=services.digest(script), user=user)


def make_hotline(did: str = "+18459511110", **values: Any) -> Hotline:
    return services.save_hotline(Hotline(**{"did": did, "name": "Shop"} | values), user=None)


def make_rule(hotline: Hotline, answer: Any, *conditions: tuple[str, ...], name: str = "Rule") -> TriggerRule:
    """A rule behind the others; a condition is its fact, operator, value and what the fact is of."""
    parts = [dict(zip(("fact", "operator", "value", "of"), one, strict=False)) for one in conditions]
    rule = TriggerRule(hotline=hotline, name=name, position=hotline.rules.count(), conditions=parts, answer=answer)
    rule.full_clean()
    return services.save_rule(rule, user=None)


def make_notification_call(user: Any, to: str = "+18455009999", **values: Any) -> Any:
    """A call in any state, with the job that would place it."""
    about = {"caller": "+18459511000", "to": to, "route": "+18459511000", "branch": "150"}
    return _make_outgoing(NotificationCall, user, about | values)


def make_text(user: Any, to: str = "+18455009999", **values: Any) -> Any:
    """A text in any state, with the job that would send it."""
    return _make_outgoing(SmsMessage, user, {"caller": "+18459511000", "to": to, "body": "Hello"} | values)


def _make_outgoing(model: Any, user: Any, values: dict[str, Any]) -> Any:
    usual = {"connection": services.voitex_account(), "requested_by": user, "confirmation": uuid4()}
    record = model.objects.create(**usual | values)
    queue.send_once(record, user=user)
    return record


def make_speech(user: Any, album: int = 10, sort: int = 7, **values: Any) -> Any:
    """A text to speech that waits to be made."""
    place = services.Place(album, sort)
    return services.add_speech(values.pop("text", "Hello"), place, name=values.pop("name", "Hello"), user=user)
