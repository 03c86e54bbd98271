"""The course of a script from its first verb to its last: what is not wrong, but seldom meant."""

from django.utils.translation import gettext as _

from telephony.scripts.language import PARTS
from telephony.scripts.source import Element
from telephony.scripts.survey import Survey


def check_course(work: Element, survey: Survey) -> None:
    verbs = work.children
    _check_end(work, verbs, survey)
    _check_answer(verbs, survey)
    _check_notice(verbs, survey)
    for verb in verbs:
        _check_twins(verb, survey)
        _check_ringing(verb, survey)


def _check_end(work: Element, verbs: list[Element], survey: Survey) -> None:
    names = [verb.name for verb in verbs]
    if "hangup" not in names:
        text = _(
            "Without <hangup/> at the end, Apidaze loads this script again and again. Add it, unless you want that."
        )
        survey.add("W1", verbs[-1].at if verbs else work.at, text)
    elif (after := names.index("hangup") + 1) < len(verbs):
        text = _("The call has ended before this, so it never happens. Move it before <hangup/>, or remove it.")
        survey.add("W1", verbs[after].at, text)


def _check_answer(verbs: list[Element], survey: Survey) -> None:
    for verb in verbs:
        if verb.name == "answer":
            return
        if verb.name in PARTS and PARTS[verb.name].needs_answer:
            text = _("The caller may not hear this, as the call is not answered yet. Put <answer/> before it.")
            survey.add("W2", verb.at, text)
            return


def _check_notice(verbs: list[Element], survey: Survey) -> None:
    for verb in verbs:
        if verb.name in ("speak", "playback"):
            return
        if verb.name == "record":
            text = _("Nobody is told that the call is recorded. Say it first, with <speak> or <playback>.")
            survey.add("W7", verb.at, text)
            return


def _check_twins(verb: Element, survey: Survey) -> None:
    seen = set()
    for bind in verb.named("bind"):
        keys = bind.text.text.strip()
        if keys and keys in seen:
            survey.add("W8", bind.at, _("These keys have a meaning above already. Remove one of the two."))
        seen.add(keys)


def _check_ringing(verb: Element, survey: Survey) -> None:
    if verb.name == "dial" and not verb.value("action").strip():
        text = _("When the call is over, Apidaze may load this script again and ring again. Name another in action.")
        survey.add("W10", verb.at, text)
