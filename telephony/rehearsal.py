"""A whole call tried out without calling anybody: from script to script, as keys are pressed and telephones ring."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from django.utils.translation import gettext as _

from telephony.models import CallScript, ScriptVersion
from telephony.models.script import is_script_name
from telephony.scripts.dry_run import CallParameters, NextLoad, Step, run
from telephony.scripts.variables import OUR_ADDRESS, script_named

MOST_LOADS = 20
# Each may take a process of its own, which tries regular expressions.
MOST_PRESSES = 20


@dataclass(frozen=True)
class Scene:
    """What happens while one script runs. `note` says how it went on when there is no scene after it."""

    script: str
    steps: list[Step]
    note: str = ""


@dataclass(frozen=True)
class Text:
    """What would be loaded, or in `problem` why nothing would."""

    name: str = ""
    script: str = ""
    problem: str = ""


def rehearse(
    name: str, script: str, call: CallParameters, *, presses: Iterable[str] = (), dial_results: Iterable[str] = ()
) -> Iterator[Scene]:
    """The scenes of a call that begins with this script, which may be an unsaved draft.

    `presses` and `dial_results` are used up over the whole call, as in `dry_run.run`; of very many presses the first.
    """
    keys, results = islice(presses, MOST_PRESSES), iter(dial_results)
    own = now = Text(name, script)
    for _load in range(MOST_LOADS):
        steps = run(now.script, call, presses=keys, dial_results=results)
        ahead = steps[-1].next_load
        after = _loaded(ahead, now, own, call) if ahead else Text()
        yield Scene(now.name, steps, after.problem)
        if ahead is None or after.problem:
            return
        now, call = after, replace(call, variables={**call.variables, **ahead.parameters})
    yield Scene(now.name, [], _("This goes round in circles. A real call would go on until somebody hangs up."))


def _loaded(ahead: NextLoad, now: Text, own: Text, call: CallParameters) -> Text:
    if not ahead.address:
        return _again(ahead, now)
    if not ahead.address.startswith(OUR_ADDRESS):
        return Text(problem=_("The other site says what comes next; that cannot be tried here."))
    name = script_named(ahead.address)
    if name == own.name:
        return own
    return _named(name) if name else _answering(call.destination_number)


def _again(ahead: NextLoad, now: Text) -> Text:
    """A script that is loaded again after a conversation ends the call, or it would ring once more."""
    if ahead.parameters.get("bridge_status") == "SUCCESS":
        return Text(problem=_("The conversation is over, so VoiceHub ends the call instead of ringing again."))
    return now


def _named(name: str) -> Text:
    if version := ScriptVersion.objects.named(name):
        return Text(name, version.text)
    known = CallScript.objects.filter(name=name) if is_script_name(name) else CallScript.objects.none()
    if draft := known.values_list("draft", flat=True).first():
        return Text(_("%s (draft)") % name, draft)
    return Text(problem=_("There is no script %s, so VoiceHub ends the call.") % name[:40])


def _answering(number: str) -> Text:
    version = ScriptVersion.objects.answering(number)
    if version is None:
        return Text(problem=_("No published script answers this number, so VoiceHub ends the call."))
    return Text(version.script.name, version.text)
