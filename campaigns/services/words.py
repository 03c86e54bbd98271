"""The words of a campaign: what is wrong with them, and how a recipient hears them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from campaigns import wording
from campaigns.models import Campaign, Prompt, Recipient
from voicehub.common import phones

# As many recipients as it takes to learn what their variables are called.
LOOKED_AT = 100


@dataclass(frozen=True)
class Piece:
    """A part of a text: words that are the same for all, or what stands for the variable `name`, missing or not."""

    words: str
    name: str = ""
    is_missing: bool = False


@dataclass(frozen=True)
class Heard:
    """A prompt as one recipient hears it, a person and an answering machine. Times are in seconds, about."""

    prompt: Prompt
    words: Sequence[Piece]
    machine_words: Sequence[Piece]
    seconds: float
    machine_seconds: float

    @property
    def missing(self) -> list[str]:
        """The variables that the recipient does not have, as they stand in the words."""
        pieces = [*self.words, *self.machine_words]
        return list(dict.fromkeys(piece.words for piece in pieces if piece.is_missing))

    @property
    def transfer_to(self) -> str:
        """As people read it."""
        return phones.shown(self.prompt.transfer_to) if self.prompt.transfer_to else ""


def heard(prompt: Prompt, variables: Mapping[str, Any]) -> Heard:
    said, to_machines = (wording.filled(text, variables) for text in (prompt.text, prompt.machine_text))
    sound = prompt.sound_file
    return Heard(
        prompt=prompt,
        words=list(_pieces(prompt.text, variables)),
        machine_words=list(_pieces(prompt.machine_text, variables)),
        seconds=sound.seconds if sound else wording.spoken_seconds(said),
        machine_seconds=wording.spoken_seconds(to_machines),
    )


def faults_of(text: str, campaign: Campaign | None) -> Iterator[str]:
    """What is wrong with the variables of a text, which a campaign's recipients are to hear."""
    if _has_lone_brace(text):
        yield _("A brace stands for nothing. A variable is written as {first_name}: letters, digits and _.")
    unknown = [name for name in wording.variables_in(text) if campaign and _is_unknown(name, campaign)]
    if campaign and unknown:
        yield _("No recipient has %(names)s. %(known)s") % {
            "names": _in_braces(unknown),
            "known": _known_in_words(known_variables(campaign)),
        }


def known_variables(campaign: Campaign) -> list[str]:
    """The names of the variables that the recipients have, as the first of them show."""
    first = campaign.recipients.order_by("pk").values_list("variables", flat=True)[:LOOKED_AT]
    return sorted({name for variables in first for name in variables})


def _is_unknown(name: str, campaign: Campaign) -> bool:
    """As long as there are no recipients, nobody knows."""
    recipients: Any = Recipient.objects.filter(campaign=campaign)
    return recipients.exists() and not recipients.filter(variables__has_key=name).exists()


def _has_lone_brace(text: str) -> bool:
    return not {"{", "}"}.isdisjoint(wording.VARIABLE.sub("", text))


def _pieces(text: str, variables: Mapping[str, Any]) -> Iterator[Piece]:
    end = 0
    for found in wording.VARIABLE.finditer(text):
        yield Piece(text[end : found.start()])
        name = found[1].lower()
        yield Piece(str(variables.get(name, found[0])), name, name not in variables)
        end = found.end()
    yield Piece(text[end:])


def _known_in_words(known: Sequence[str]) -> str:
    if not known:
        return _("They came without variables: import them with a column for it.")
    return _("They have %s. Write one of these, or import recipients with such a column.") % _in_braces(known)


def _in_braces(names: Sequence[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
