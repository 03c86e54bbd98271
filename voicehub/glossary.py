"""The words of VoiceHub on one page: every state that a record can show, and the terms of the trade."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from voicehub.sync.admin.states import STATES, State, Text, Tone, badge

# What matters most stands first.
TONES: tuple[tuple[Tone, Text], ...] = (
    (Tone.BAD, _("Something went wrong, or may have")),
    (Tone.LOOK, _("Somebody has to look")),
    (Tone.BUSY, _("Under way")),
    (Tone.GOOD, _("All is well")),
    (Tone.QUIET, _("Nothing is going on")),
)


@dataclass(frozen=True)
class Term:
    word: Text
    meaning: Text


TERMS = (
    Term(_("In step"), _("A record here and its twin at the provider say the same.")),
    Term(
        _("Difference"),
        _("A record was changed on the provider's own site. Nothing is overwritten: you choose field by field."),
    ),
    Term(
        _("Uncertain"),
        _(
            "It was sent, and no answer came back: it may have happened. VoiceHub never sends it again by itself. "
            "Somebody looks at the provider and says what is there."
        ),
    ),
    Term(_("Settle"), _("To write down what somebody found at the provider about something uncertain.")),
    Term(_("Job"), _("One piece of work for a provider, such as sending a payment or changing an account.")),
    Term(
        _("Provider call"),
        _("One request to a provider with its answer. Keys, passwords and card data are masked before it is kept."),
    ),
    Term(
        _("Stop switch"),
        _("Keeps everything new from being sent to a provider, until somebody releases it again. Edits are kept."),
    ),
    Term(_("Account"), _("Where you are known at a provider. What was meant for one is never sent through another.")),
    Term(_("Run"), _("A file or a bulk action: looked over by a person first, then carried out line by line.")),
    Term(
        _("Inbound address"),
        _("An address of VoiceHub at which a provider asks or reports something (a webhook). It holds a secret."),
    ),
    Term(_("Contributor"), _("Somebody who is paid through OutVoice, where they are called a freelancer.")),
    Term(
        _("One-time password"), _("A code that Ourvoice sends to a phone and that is good once and for a short time.")
    ),
    Term(_("SIP account"), _("What a telephone signs in with at Apidaze in order to call over the internet.")),
    Term(_("Call script"), _("What callers hear and which keys they can press. Only what is published is heard.")),
    Term(_("IVR"), _("Interactive voice response: a voice menu that is worked by the keys of a telephone.")),
    Term(_("Hotline"), _("A number at Voitex that people call. Its rules say what they hear and where they get to.")),
    Term(_("Trigger"), _("Voitex asks VoiceHub during a call what to do next; the rules of the hotline answer.")),
    Term(_("DID"), _("Direct inward dialling: the telephone number at which a hotline or a script is called.")),
    Term(
        _("E.164"),
        _("How telephone numbers are written for all the world: a plus, the country, the number. +14155552671"),
    ),
    Term(_("Caller id"), _("The number that people see when they are called.")),
    Term(_("Menu"), _("Where VoiceShot keeps what its calls say. Each has a menuid such as 1-1234.")),
    Term(_("Campaign"), _("Calls to many people with the same words, made by VoiceShot within the hours you set.")),
    Term(_("Do-not-call list"), _("Numbers that VoiceHub never calls and never texts, whoever asks for it.")),
    Term(
        _("Quiet hours"),
        _("The time of day, by the clock of the person called, in which nobody is called or texted."),
    ),
)


def groups() -> Iterator[tuple[Text, list[tuple[SafeString, State]]]]:
    """The states by what they ask of their reader: a heading, and each badge with its state."""
    for tone, heading in TONES:
        states = [(badge(name), state) for name, state in STATES.items() if state.tone is tone]
        yield heading, sorted(states, key=lambda shown: str(shown[1].word).casefold())


def page(request: HttpRequest) -> HttpResponse:
    """For everybody who has signed in."""
    terms = sorted(TERMS, key=lambda term: str(term.word).casefold())
    context = {**admin.site.each_context(request), "title": _("Words and states"), "groups": groups(), "terms": terms}
    return TemplateResponse(request, "admin/glossary.html", context)
