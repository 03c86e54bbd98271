"""Numbers of payment cards taken out of texts: 13 to 19 digits, in groups or not, the last one a check digit."""

import re

from voicehub.remote.redaction import MASK

SHORTEST, LONGEST = 13, 19
_DIGITS = re.compile(r"\d(?:[\s.\-‐-―]{0,2}\d){12,}")


def without_card_numbers(text: str) -> str:
    """The text with every number masked that may be a card's, or may hold one: in doubt it is masked."""
    return _DIGITS.sub(lambda found: MASK if _may_hold_one(found[0]) else found[0], text)


def _may_hold_one(text: str) -> bool:
    """Other digits may stand right before or behind it. What is longer than any card's number is not looked into."""
    digits = [int(one) for one in text if one.isdecimal()]
    if len(digits) > LONGEST:
        return True
    ends = range(SHORTEST, len(digits) + 1)
    return any(_is_checked(digits[end - size : end]) for end in ends for size in range(SHORTEST, end + 1))


def _is_checked(digits: list[int]) -> bool:
    """Luhn's sum: every second digit from the right counts twice, by its own digits."""
    doubled = (2 * one - 9 * (one > 4) for one in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
