"""Numbers as Voitex writes them: ten digits, of North America."""

import re

from django.utils.translation import gettext as _

from voicehub.remote.errors import RejectedError

NORTH_AMERICAN = re.compile(r"\+1(\d{10})", re.ASCII)
TEN_DIGITS = re.compile(r"\d{10}", re.ASCII)


def is_north_american(number: str) -> bool:
    """Whether Voitex can take a number in E.164."""
    return bool(NORTH_AMERICAN.fullmatch(number))


def ten_digits(number: str, field: str = "") -> str:
    """A number in E.164 as Voitex wants it. Raises RejectedError, about the provider's `field` if one is named."""
    found = NORTH_AMERICAN.fullmatch(number)
    if not found:
        why = _("Voitex takes numbers of North America only: +1 and ten digits. %(number)s is none.") % {
            "number": number or _("An empty number")
        }
        raise RejectedError(why, {field: [why]} if field else {})
    return found[1]


def e164(told: str) -> str:
    """A number that Voitex tells, in E.164; what has not ten digits stays as it is."""
    return f"+1{told}" if TEN_DIGITS.fullmatch(told) else told
