"""What a message template comes to as an SMS, and what looks wrong about it. It warns and never refuses."""

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import cycle, groupby, islice

from django.utils.translation import gettext as _

from otp.placeholders import CODES, IN_OTHER_STYLE, Lookalike, filled_in, lookalikes, placeholders_in
from voicehub.common.sms import Segments, in_gsm_7, measure, stand_in

MOST_NAMED = 8
BLANKS = frozenset({"Zs", "Zl", "Zp", "Cf", "Cc"})
MARKS = frozenset({"Mn", "Me"})


@dataclass(frozen=True)
class OddCharacter:
    """A character that GSM-7 does not have, as it is shown, and what may be written instead."""

    shown: str
    name: str
    advice: str


@dataclass(frozen=True)
class TemplateCheck:
    """`preview`: the message with a code of the real length. `plain`: what it would come to within GSM-7."""

    preview: str
    segments: Segments
    plain: Segments | None
    warnings: tuple[str, ...]

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """The preview in pieces, each with whether GSM-7 lacks its characters; such blanks are made visible."""
        runs = groupby(self.preview, key=frozenset(self.segments.offending).__contains__)
        texts = (("".join(characters), is_odd) for is_odd, characters in runs)
        return [(visible(text) if is_odd else text, is_odd) for text, is_odd in texts]

    @property
    def odd_characters(self) -> list[OddCharacter]:
        return [
            OddCharacter(visible(character), name_of(character), advice_on(character))
            for character in self.segments.offending[:MOST_NAMED]
        ]

    @property
    def doubled(self) -> int:
        """How many characters count as two."""
        return self.segments.units - len(self.preview)

    @property
    def unnamed(self) -> int:
        """How many more odd characters there are."""
        return max(0, len(self.segments.offending) - MOST_NAMED)

    @property
    def saving(self) -> str:
        """What the message would gain without the odd characters; empty where they cannot be done without."""
        now, plain = self.segments, self.plain
        if plain is None or (plain.count, -plain.left) >= (now.count, -now.left):
            return ""
        if plain.count < now.count:
            words = _("In GSM-7 the message takes %(count)d SMS instead of %(now)d.")
            return words % {"count": plain.count, "now": now.count}
        words = _("In GSM-7 there is room for %(left)d more characters instead of %(now)d.")
        return words % {"left": plain.left, "now": now.left}


def check(template: str, *, app_name: str, code_size: int, in_use: Collection[str]) -> TemplateCheck:
    """Look a template over; `in_use` are the placeholders that other templates of the account use."""
    code = "".join(islice(cycle("1234567890"), code_size))
    preview = filled_in(template, code=code, app_name=app_name)
    segments = measure(preview)
    plain = in_gsm_7(preview) if segments.offending else None
    return TemplateCheck(
        preview=preview,
        segments=segments,
        plain=None if plain is None else measure(plain),
        warnings=tuple(_warnings(template, in_use, segments)),
    )


def _warnings(template: str, in_use: Collection[str], segments: Segments) -> Iterator[str]:
    present = placeholders_in(template)
    if present.isdisjoint(CODES):
        yield _missing(in_use)
    for one in sorted(present):
        usual = IN_OTHER_STYLE[one]
        if usual in in_use and one not in in_use:
            words = _("The other apps of this account use %(usual)s: %(this)s may be sent as it stands.")
            yield words % {"usual": usual, "this": one}
    for found in lookalikes(template)[:MOST_NAMED]:
        yield _misspelt(found, in_use)
    if segments.count > 1:
        yield _("The message is too long for one SMS: it takes %(count)d.") % {"count": segments.count}


def _missing(in_use: Collection[str]) -> str:
    usual = [code for code in CODES if code in in_use] or CODES
    words = _("There is no %(code)s in the template: the message may come without the code.")
    return words % {"code": _(" or ").join(usual)}


def _misspelt(found: Lookalike, in_use: Collection[str]) -> str:
    other = IN_OTHER_STYLE.get(found.meant, "")
    meant = other if other in in_use and found.meant not in in_use else found.meant
    if meant:
        words = _("“%(text)s” may be sent as it stands: the placeholder is written %(meant)s.")
    else:
        words = _("“%(text)s” is no placeholder that is known: it may be sent as it stands.")
    return words % {"text": found.text, "meant": meant}


def visible(text: str) -> str:
    """The text, with something to see where it is made of blanks or of marks without a letter."""
    kinds = {unicodedata.category(character) for character in text}
    if kinds <= BLANKS:
        return "␣" * len(text)
    return f"◌{text}" if kinds <= MARKS else text


def name_of(character: str) -> str:
    return unicodedata.name(character, f"U+{ord(character):04X}").capitalize()


def advice_on(character: str) -> str:
    """What to write instead; empty where nothing says nearly the same."""
    instead = stand_in(character)
    if instead is None:
        return ""
    if not instead:
        return _("may be left out")
    return _("instead: a space") if instead == " " else _("instead: %(text)s") % {"text": instead}
