"""Reading what a Trigger address has answered."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voicehub.sandbox.providers.voitex.calls.plan import is_object_of_texts

ANY_KEY = "%"


class BadAnswerError(Exception):
    """Voitex cannot follow this answer; the text says why."""


@dataclass(frozen=True)
class Answer:
    """What is to be played, and where the call goes; every part may be missing."""

    goto: str = ""
    play: Sequence[Mapping[str, str]] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def heard(self) -> list[str]:
        return list(map(_heard, self.play))

    @property
    def asks_for_a_key(self) -> bool:
        """Keys are live while something is played."""
        return bool(self.play and self.inputs)

    def target_of(self, key: str) -> str:
        """The branch to which a key leads; "" for one that is not listed."""
        return (self.inputs.get(key) or self.inputs.get(ANY_KEY, "")) if key else ""


def read(status: int, text: str) -> Answer:
    """Raises BadAnswerError for anything but a 200 with strict JSON, an object whose values are texts."""
    if status != 200:
        raise BadAnswerError(_("the answer was %d instead of 200") % status)
    try:
        document = json.loads(text)
        # Half a character, as in "\ud800", can be spelt in JSON and nowhere else.
        json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise BadAnswerError(_("the answer was no JSON")) from None
    if not isinstance(document, dict):
        raise BadAnswerError(_("the answer was no object"))
    known = {name: value for name, value in document.items() if name in PARTS}
    for name, value in known.items():
        if not _is_fit(name, value):
            raise BadAnswerError(_("“%(name)s” is not %(shape)s") % {"name": name, "shape": PARTS[name]})
    return Answer(**known)


PARTS = {
    "goto": gettext_lazy("a text"),
    "play": gettext_lazy("a list of objects of texts"),
    "inputs": gettext_lazy("an object of texts"),
    "variables": gettext_lazy("an object of texts"),
}


def _is_fit(name: str, value: Any) -> bool:
    match name:
        case "goto":
            return isinstance(value, str)
        case "play":
            return isinstance(value, list) and all(map(is_object_of_texts, value))
    return is_object_of_texts(value)


def _heard(one: Mapping[str, str]) -> str:
    match one:
        case {"type": "tts", "text": text}:
            return _("“%s”") % text
        case {"type": "file", "album": album, "sort": sort}:
            return _("Recording %(sort)s of album %(album)s") % {"sort": sort, "album": album}
    return _("Nothing: Voitex does not understand %s") % json.dumps(one)
