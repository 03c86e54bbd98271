"""VoiceShot: calls and texts to many numbers, sound files, and what is posted about the calls afterwards."""

import re
from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from voicehub.sandbox.contract import Operation, Outcome, Provider, Text
from voicehub.sandbox.providers.voiceshot import calls, dialling, files, incoming, queries, records
from voicehub.sandbox.providers.voiceshot.access import guard, guard_menu, refuse_unknown
from voicehub.sandbox.providers.voiceshot.faults import KINDS, NAME, SUMMARY
from voicehub.sandbox.providers.voiceshot.reading import action_of
from voicehub.sandbox.wire import Answer, Request, html_answer

PATH = "/ivrapi.asp"
SECRETS = re.compile(r"""\b(username|password)(\s*=\s*)("[^"]*"|'[^']*')""", re.IGNORECASE)


def error(status: int, sentence: str) -> Answer:
    """What the web server says; the interface itself answers 200 whatever is wrong."""
    return html_answer(sentence, status)


def without_secrets(body: str) -> str:
    return SECRETS.sub(r'\1\2"••••"', body)


def operation(name: str, label: Text, action: str, act: Callable[[Request], Outcome]) -> Operation:
    def fits(request: Request) -> bool:
        return action_of(request) == action

    return Operation(name, label, "POST", PATH, act, error, fits=fits, shown=without_secrets)


ANYTHING_ELSE = guard(refuse_unknown)

VOICESHOT = Provider(
    name=NAME,
    label=_("VoiceShot"),
    operations=(
        operation("send", _("Send calls or texts"), "0", guard_menu(calls.send)),
        operation("file", _("Save or delete a sound file"), "1", guard(files.manage)),
        operation("delete", _("Delete waiting calls"), "2", guard_menu(calls.delete)),
        operation("query", _("Query calls"), "3", guard_menu(queries.query)),
        operation("test", _("Test the configuration"), "6", guard(calls.test_configuration)),
        operation("pause", _("Pause"), "7", guard_menu(calls.pause)),
        operation("resume", _("Un-pause"), "8", guard_menu(calls.resume)),
        Operation("other", _("Anything else"), "POST", PATH, ANYTHING_ELSE, error, shown=without_secrets),
        Operation(SUMMARY, _("Results that it posts"), "POST", PATH, ANYTHING_ELSE, error, is_outgoing=True),
    ),
    kinds=KINDS,
    not_found=error(404, "There is nothing at this address."),
    reset=records.reset,
    is_empty=records.is_empty,
    records=records.read,
    edits=records.EDITS,
    errands={
        "dial": dialling.dial,
        "ring": dialling.ring,
        "call": incoming.call,
        "text": incoming.text,
        "test": incoming.test,
    },
    tick=dialling.tick,
)
