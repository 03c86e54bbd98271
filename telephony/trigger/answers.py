"""What a rule answers: what is played, where the call goes, which keys work, and what Voitex keeps for us."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from telephony.trigger.conditions import ShapeError

PARTS = frozenset({"play", "goto", "inputs", "variables"})
ANY_KEY = "%"
KEY = re.compile(r"%|[0-9*#]{1,20}", re.ASCII)
BRANCH = re.compile(r"[0-9]{1,10}", re.ASCII)
SLOT = re.compile(r"[0-9]{1,10}", re.ASCII)


@dataclass(frozen=True)
class PlayFile:
    """A recording of the library by album and sort number; `recording` is the id of ours, empty for another one."""

    album: str
    sort: str
    recording: str = ""

    def as_json(self) -> dict[str, str]:
        whole = {"type": "file", "album": self.album, "sort": self.sort}
        return whole | ({"recording": self.recording} if self.recording else {})


@dataclass(frozen=True)
class PlayText:
    """A text to be spoken; placeholders in it are filled in."""

    text: str

    def as_json(self) -> dict[str, str]:
        return {"type": "tts", "text": self.text}


Play = PlayFile | PlayText


@dataclass(frozen=True)
class Answer:
    """An answer as a rule holds it. A `goto` of None is left out; keys and branches are text."""

    play: tuple[Play, ...] = ()
    goto: str | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, value: Any) -> "Answer":
        """An answer from its JSON. Raises ShapeError when it is none; whether it makes sense is checked apart."""
        if not isinstance(value, Mapping) or not PARTS.issuperset(value):
            raise ShapeError(_("An answer has the parts play, goto, inputs and variables, and no others."))
        play, goto = value.get("play", []), value.get("goto")
        if not isinstance(play, list):
            raise ShapeError(_("What is played is a list."))
        if not isinstance(goto, str | None):
            raise ShapeError(_("A branch is a text of digits."))
        return cls(tuple(map(_play, play)), goto, _texts(value.get("inputs", {})), _texts(value.get("variables", {})))

    @classmethod
    def readable(cls, value: Any) -> "Answer":
        """The same for people: what cannot be read any more is an empty answer."""
        try:
            return cls.parse(value)
        except ShapeError:
            return cls()

    def as_json(self) -> dict[str, Any]:
        """Its JSON, as `parse` reads it and as a rule keeps it; what is empty is left out."""
        return {
            **({"play": [one.as_json() for one in self.play]} if self.play else {}),
            **({} if self.goto is None else {"goto": self.goto}),
            **({"inputs": dict(self.inputs)} if self.inputs else {}),
            **({"variables": dict(self.variables)} if self.variables else {}),
        }

    @property
    def recordings(self) -> list[str]:
        """Ids of our own recordings that it plays."""
        return [one.recording for one in self.play if isinstance(one, PlayFile) and one.recording]


def _play(value: Any) -> Play:
    texts = _texts(value)
    match texts.get("type"):
        case "file":
            return PlayFile(texts.get("album", ""), texts.get("sort", ""), texts.get("recording", ""))
        case "tts":
            return PlayText(texts.get("text", ""))
    raise ShapeError(_("What is played is a recording (file) or a text (tts)."))


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in value.values()):
        raise ShapeError(_("Every value of an answer is a text."))
    return dict(value)


def is_sound(wire: Mapping[str, Any]) -> bool:
    """Whether an answer on its way out is one that Voitex can follow: every value a text, branches digits."""
    return (
        PARTS.issuperset(wire)
        and all(map(_is_played, wire.get("play", ())))
        and ("goto" not in wire or is_branch(wire["goto"]))
        and all(is_key(key) and is_branch(branch) for key, branch in wire.get("inputs", {}).items())
        and all(isinstance(one, str) for pair in wire.get("variables", {}).items() for one in pair)
    )


def is_branch(value: Any) -> bool:
    return isinstance(value, str) and BRANCH.fullmatch(value) is not None


def is_key(value: Any) -> bool:
    return isinstance(value, str) and KEY.fullmatch(value) is not None


def is_slot(value: Any) -> bool:
    """Whether this may be the number of an album, or of a recording in one."""
    return isinstance(value, str) and SLOT.fullmatch(value) is not None


def _is_played(one: Mapping[str, Any]) -> bool:
    match one:
        case {"type": "file", "album": album, "sort": sort, **rest}:
            return is_slot(album) and is_slot(sort) and not rest
        case {"type": "tts", "text": str(text), **rest}:
            return bool(text) and not rest
    return False
