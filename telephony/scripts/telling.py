"""What the verbs of a script do, in words."""

from collections.abc import Callable, Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from telephony.scripts import variables
from telephony.scripts.language import PARTS, Kind, part_of
from telephony.scripts.source import Element
from telephony.scripts.variables import OUR_ADDRESS, script_named

# What stands in a value once it is filled for a call. Our own address has a secret in it, so it is not filled in.
Fill = Callable[[str, Kind], str]
_THOUSAND = 1000


def filled_for(parameters: Mapping[str, str]) -> Fill:
    return lambda text, kind: variables.fill(text, kind, parameters, OUR_ADDRESS)


def tell(verb: Element, fill: Fill) -> str:
    """One verb in a sentence; empty for one that Apidaze does not know."""
    teller = _TELLERS.get(verb.name)
    return teller(verb, fill) if teller else ""


def text_of(element: Element, parent: str, fill: Fill) -> str:
    part = part_of(element.name, parent)
    return fill(element.text.text.strip(), part.text.kind) if part and part.text else ""


def attribute_of(element: Element, name: str, fill: Fill) -> str:
    """The value that counts: what is written, else what Apidaze takes for it."""
    known = PARTS[element.name].attributes[name]
    return fill(element.value(name).strip(), known.value.kind) or known.default


def destination(address: str) -> str:
    """An address in words, where it leads to a script of ours."""
    name = script_named(address) if address.startswith(OUR_ADDRESS) else ""
    return _("the script %s") % name if name else address


def seconds_of(milliseconds: str) -> str:
    """How long, in words: "5 seconds"; empty when it is no whole number."""
    if not (milliseconds.isascii() and milliseconds.isdigit() and len(milliseconds) < 10):
        return ""
    if int(milliseconds) % _THOUSAND:
        return _("%s seconds") % (int(milliseconds) / _THOUSAND)
    count = int(milliseconds) // _THOUSAND
    return ngettext("%d second", "%d seconds", count) % count


def seconds(count: str) -> str:
    return seconds_of(f"{count}000") if count else ""


def _answer(verb: Element, fill: Fill) -> str:
    return _("Takes the call.")


def _hangup(verb: Element, fill: Fill) -> str:
    return _("Ends the call.")


def _wait(verb: Element, fill: Fill) -> str:
    return _("Waits in silence for %s.") % (seconds(text_of(verb, "work", fill)) or "?")


def _echo(verb: Element, fill: Fill) -> str:
    return _("Plays the caller's own voice back after %s.") % (seconds_of(text_of(verb, "work", fill)) or "?")


def _speak(verb: Element, fill: Fill) -> str:
    words = {"text": " ".join(text_of(verb, "work", fill).split()), "language": attribute_of(verb, "lang", fill)}
    if words["language"]:
        return _("Says “%(text)s” in %(language)s.") % words
    return _("Says “%(text)s”.") % words


def _playback(verb: Element, fill: Fill) -> str:
    return _("Plays %s.") % (attribute_of(verb, "file", fill) or text_of(verb, "work", fill) or "?")


def _ringback(verb: Element, fill: Fill) -> str:
    tone = text_of(verb, "work", fill)
    return _("While it rings, the caller hears %s.") % tone if tone else _("While it rings, the caller hears a tone.")


def _conference(verb: Element, fill: Fill) -> str:
    return _("Puts the caller into the conference room %s.") % text_of(verb, "work", fill)


def _intercept(verb: Element, fill: Fill) -> str:
    return _("Takes over the call %s.") % text_of(verb, "work", fill)


def _record(verb: Element, fill: Fill) -> str:
    name = attribute_of(verb, "name", fill)
    if attribute_of(verb, "on-answered", fill) == "true":
        words = _("Records from when somebody answers, as %s.") if name else _("Records from when somebody answers.")
    else:
        words = _("Records from here on, as %s.") if name else _("Records from here on.")
    return words % name if name else words


def _dial(verb: Element, fill: Fill) -> str:
    targets = list(_targets(verb, fill))
    words = {"who": _list(targets), "time": seconds(attribute_of(verb, "timeout", fill)) or "?"}
    if len(targets) < 2:
        text = _("Rings %(who)s for up to %(time)s.")
    elif attribute_of(verb, "strategy", fill) == "sequence":
        text = _("Rings %(who)s one after the other, for up to %(time)s.")
    else:
        text = _("Rings %(who)s at the same time, for up to %(time)s.")
    return " ".join([text % words, *_dial_details(verb, fill)])


def _targets(verb: Element, fill: Fill) -> Iterator[str]:
    for target in verb.children:
        if name := text_of(target, "dial", fill):
            own_time = seconds(target.value("timeout").strip())
            yield _("%(name)s (up to %(time)s)") % {"name": name, "time": own_time} if own_time else name


def _dial_details(verb: Element, fill: Fill) -> Iterator[str]:
    details = {
        "caller-id-number": _("They see the number %s."),
        "answer-url": _("Whoever answers first hears what %s says."),
        "caller-hangup-url": _("When the caller hangs up, the other side hears what %s says."),
    }
    for name, text in details.items():
        if value := attribute_of(verb, name, fill):
            yield text % destination(value)
    if longest := seconds(attribute_of(verb, "max-call-duration", fill)):
        yield _("The call may last %s at most.") % longest


def _list(names: list[str]) -> str:
    if len(names) < 2:
        return names[0] if names else _("nobody")
    return _("%(most)s and %(last)s") % {"most": ", ".join(names[:-1]), "last": names[-1]}


_TELLERS: dict[str, Callable[[Element, Fill], str]] = {
    "answer": _answer,
    "hangup": _hangup,
    "wait": _wait,
    "echo": _echo,
    "speak": _speak,
    "playback": _playback,
    "ringback": _ringback,
    "conference": _conference,
    "intercept": _intercept,
    "record": _record,
    "dial": _dial,
}
