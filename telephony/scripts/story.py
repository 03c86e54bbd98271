"""The story of one call, from the loads that Apidaze made for it: some may be missing, doubled or out of order."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from django.utils.translation import gettext as _

from telephony.scripts import causes
from telephony.scripts.source import Element, UnreadableError, read
from telephony.scripts.telling import filled_for, tell
from telephony.scripts.variables import readable

# The same load again within this time is one that was merely repeated.
REPEATED_WITHIN = timedelta(seconds=5)
MOST_LINES_OF_A_SCRIPT = 30


@dataclass(frozen=True)
class Load:
    """One load. `script` is the name of the script that was served and `source` the script as it is written, with its
    placeholders; both are empty when they are not known. `error` says why none could be served."""

    at: datetime
    parameters: Mapping[str, str] = field(default_factory=dict)
    script: str = ""
    source: str = ""
    error: str = ""

    def said(self, name: str) -> str:
        """A parameter in readable form, empty when it was not sent."""
        return readable(self.parameters.get(name, "")).strip()

    @property
    def is_last(self) -> bool:
        return self.said("exiting").lower() == "true"


class Tone(StrEnum):
    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True)
class Line:
    """`at` is when it became known, in the time zone of the loads. A detail belongs to the line before it."""

    at: datetime
    text: str
    tone: Tone = Tone.PLAIN
    is_detail: bool = False


@dataclass(frozen=True)
class Story:
    """`has_ended` says whether Apidaze has reported the end; `errors` are what somebody has to put right."""

    lines: tuple[Line, ...]
    has_ended: bool

    @property
    def errors(self) -> list[str]:
        return [line.text for line in self.lines if line.tone == Tone.BAD]


def tell_call(loads: Iterable[Load]) -> Story:
    """What happened on a call. The loads may be of any number and in any order."""
    ordered = sorted(loads, key=lambda load: (load.is_last, load.at))
    kept = list(_without_repeats(ordered))
    neighbours = zip([None, *kept], kept, [*kept[1:], None], strict=False)
    lines = [line for before, load, after in neighbours for line in _lines(before, load, after)]
    has_ended = bool(kept) and kept[-1].is_last
    if kept and not has_ended:
        lines.append(Line(kept[-1].at, _("Apidaze has not reported the end of this call yet.")))
    return Story(tuple(lines), has_ended)


def _without_repeats(loads: Iterable[Load]) -> Iterator[Load]:
    """One load for each: the end is told once, and what comes again within seconds is no second load."""
    before: Load | None = None
    for load in loads:
        is_same = before is not None and load.parameters == before.parameters and load.script == before.script
        if before is None or not (is_same and (load.is_last or load.at - before.at <= REPEATED_WITHIN)):
            yield load
        before = load


def _lines(before: Load | None, load: Load, after: Load | None) -> Iterator[Line]:
    if before is None:
        yield Line(load.at, _beginning(load))
    yield from _since(before, load)
    if not load.is_last:
        yield from _served(load, after)
    elif before is None or not before.is_last:
        yield Line(load.at, _("The call ended. %s") % causes.ended(load.said("hangup_cause")))


def _beginning(load: Load) -> str:
    number, name = load.said("caller_id_number"), load.said("caller_username")
    who = f"{number} ({name})" if number and name and name != number else number or name or _("Somebody")
    if account := load.said("sip_from_uri"):
        who = _("%(who)s, from the SIP account %(account)s,") % {"who": who, "account": account}
    called = load.said("destination_number") or _("a number that Apidaze did not name")
    return _("%(who)s called %(called)s.") % {"who": who, "called": called}


def _since(before: Load | None, load: Load) -> Iterator[Line]:
    """What the parameters tell about the time since the load before."""
    if error := load.said("XML_error"):
        yield Line(load.at, _unreadable(before, error), Tone.BAD)
    if _is_news("dialed_digits", before, load, _asked):
        yield Line(load.at, _("The caller pressed %s.") % load.said("dialed_digits"))
    if _is_news("bridge_status", before, load, _rang):
        tone = Tone.GOOD if load.said("bridge_status") == "SUCCESS" else Tone.PLAIN
        yield Line(load.at, _("The ringing ended. %s") % _how_it_rang(load), tone)


def _is_news(name: str, before: Load | None, load: Load, could_happen: Callable[[Load], bool]) -> bool:
    """Whether a parameter tells something new: Apidaze repeats the old ones with each load."""
    said = load.said(name)
    return bool(said) and (before is None or before.said(name) != said or could_happen(before))


def _unreadable(before: Load | None, error: str) -> str:
    text = _(
        "Apidaze could not read the script %(script)s: %(error)s. The caller heard nothing more of it. Open that "
        "script, put right what the check shows, and publish it again."
    )
    script = before.script if before and before.script else _("that was served before")
    return text % {"script": script, "error": error.rstrip(".")}


def _how_it_rang(load: Load) -> str:
    """Apidaze's reason where it says more than the result; at the end of a call it is about the whole call."""
    result, cause = load.said("bridge_status"), load.said("hangup_cause")
    return causes.ended(cause) if cause and result != "SUCCESS" and not load.is_last else causes.rang(result)


def _served(load: Load, after: Load | None) -> Iterator[Line]:
    """The script as far as it surely got: to the first menu or dial, behind which the call may take another way.

    Only the next load tells which.
    """
    if load.error:
        text = _("VoiceHub had no script to serve, so the call was ended: %s") % readable(load.error)
        yield Line(load.at, text, Tone.BAD)
    elif load.script or load.source:
        yield Line(load.at, _("The script %s was served:") % (load.script or _("without a name")))
        yield from _told(load, after)


def _told(load: Load, after: Load | None) -> Iterator[Line]:
    verbs = _verbs(load)
    done, rest = _up_to_a_fork(verbs)
    is_told = _tells_the_way(load, after)
    if not is_told and _began_anew(load, after):
        done, rest = verbs, []
    for verb in done[:MOST_LINES_OF_A_SCRIPT]:
        if text := tell(verb, filled_for(load.parameters)):
            yield Line(load.at, text, is_detail=True)
    if rest and not is_told:
        text = _("Whether the call went on with the rest of the script is not known.")
        yield Line(load.at, text, is_detail=True)


def _up_to_a_fork(verbs: list[Element]) -> tuple[list[Element], list[Element]]:
    forks = (number for number, verb in enumerate(verbs, start=1) if verb.name == "dial" or verb.named("bind"))
    end = next(forks, len(verbs))
    return verbs[:end], verbs[end:]


def _tells_the_way(load: Load, after: Load | None) -> bool:
    """Whether the next load came of the menu or dial at which the script stopped."""
    if after is None:
        return False
    return _is_news("dialed_digits", load, after, _asked) or _is_news("bridge_status", load, after, _rang)


def _began_anew(load: Load, after: Load | None) -> bool:
    """Whether the script was loaded again, as it is when it has come to its end."""
    return after is not None and not after.is_last and after.script == load.script


def _verbs(load: Load) -> list[Element]:
    return _verbs_in(load.source)


@lru_cache(maxsize=32)
def _verbs_in(source: str) -> list[Element]:
    """Remembered: a call on hold loads the same script hundreds of times."""
    try:
        root = read(source).root
    except UnreadableError:
        return []
    return [verb for work in root.named("work")[:1] for verb in work.children]


def _asked(load: Load) -> bool:
    return any(verb.named("bind") for verb in _verbs(load))


def _rang(load: Load) -> bool:
    return any(verb.name == "dial" for verb in _verbs(load))
