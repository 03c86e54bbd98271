"""What comes to VoiceShot from outside: somebody calls, texts, or presses the test button of the site."""

import random
from collections.abc import Callable, Mapping
from typing import Any

from voicehub.sandbox.contract import Errand
from voicehub.sandbox.providers.voiceshot import reports
from voicehub.sandbox.providers.voiceshot.access import the_account
from voicehub.sandbox.providers.voiceshot.commands import Command, Keypad
from voicehub.sandbox.providers.voiceshot.reports import Mailbox
from voicehub.sandbox.wire import json_answer

SECONDS = 24
MENUID, CALLER = "1-4567", "8185550177"
Told = dict[str, Any]


def call(values: Any) -> Errand:
    """`{"menuid", "callerid", "keys"}`, each of which may be left out; keys as in “1 17”. Raises ValueError."""
    given = _read(values, menuid=MENUID, callerid=CALLER, keys="")
    return _errand(lambda mailbox: _phone(mailbox, given["menuid"], given["callerid"], given["keys"]))


def text(values: Any) -> Errand:
    """`{"menuid", "callerid", "text"}`, each of which may be left out. Raises ValueError."""
    given = _read(values, menuid=MENUID, callerid=CALLER, text="Call me")
    report = reports.incoming_text(given["menuid"], _new_callid(), given["callerid"], given["text"])
    return _errand(lambda mailbox: {"status": mailbox.put(report)[0]})


def test(values: Any) -> Errand:
    """`{"menuid"}`: the post that a button of the site sends. Raises ValueError."""
    given = _read(values, menuid="1-1234")
    return _errand(lambda mailbox: {"status": mailbox.put(reports.test_post(given["menuid"]))[0]})


def _phone(mailbox: Mailbox, menuid: str, caller: str, keys: str) -> Told:
    callid = _new_callid()
    keypad = Keypad(menuid, callid)
    mailbox.put(reports.incoming_call(menuid, callid, caller))
    keypad.press(mailbox, keys.split())
    mailbox.put(reports.hang_up(menuid, callid, SECONDS))
    summary = reports.incoming_summary(menuid, callid, caller, SECONDS, keypad.pressed)
    commands: list[Command] = keypad.commands
    return {"callid": callid, "commands": commands, "status": mailbox.put(summary)[0]}


def _errand(tell: Callable[[Mailbox], Told]) -> Errand:
    mailbox = Mailbox.of(the_account())
    if mailbox is None:
        raise ValueError("no address for results is entered")
    return Errand(lambda: tell(mailbox), json_answer)


def _read(values: Any, **usual: str) -> Mapping[str, str]:
    if not isinstance(values, dict) or not values.keys() <= usual.keys():
        raise ValueError(f"an object with some of {', '.join(usual)} is wanted here")
    return usual | {name: str(value) for name, value in values.items()}


def _new_callid() -> str:
    return str(random.randrange(1_000_000, 10_000_000))
