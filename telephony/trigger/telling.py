"""Rules and answers in words, as people read them beside a hotline, in a call's story and in the simulator."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from telephony.trigger.answers import ANY_KEY, Answer, Play, PlayFile
from telephony.trigger.conditions import Condition

LONGEST_TEXT = 80


def tell_conditions(conditions: tuple[Condition, ...]) -> str:
    """ "Last branch is 1000 and Keys pressed is 1"; what always holds is told so."""
    return _(" and ").join(map(str, conditions)) or _("Always")


def tell_answer(answer: Answer) -> list[str]:
    """What happens, sentence by sentence; nothing of all that means Voitex goes its own way."""
    return list(_deeds(answer)) or [_("Voitex goes its own way (“No Route Found”).")]


def tell_play(play: Play) -> str:
    if isinstance(play, PlayFile):
        return _("Plays recording %(sort)s of album %(album)s.") % {"album": play.album, "sort": play.sort}
    return _("Says “%s”.") % (play.text if len(play.text) <= LONGEST_TEXT else f"{play.text[: LONGEST_TEXT - 1]}…")


def _deeds(answer: Answer) -> Iterator[str]:
    yield from map(tell_play, answer.play)
    for key, branch in answer.inputs.items():
        pressed = _("Any key") if key == ANY_KEY else _("Key %s") % key
        yield _("%(key)s leads to branch %(branch)s.") % {"key": pressed, "branch": branch}
    if answer.goto is not None:
        text = _("Without a key it goes on at branch %s.") if answer.inputs else _("Goes on at branch %s.")
        yield text % answer.goto
    for name, value in answer.variables.items():
        yield _("Keeps %(name)s = “%(value)s”.") % {"name": name, "value": value[:LONGEST_TEXT]}
