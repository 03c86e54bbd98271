"""What people may type into a line of text."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

CONTROL_CATEGORIES = ("Cc", "Cs", "Zl", "Zp")


def refuse_control_characters(text: str) -> None:
    if any(unicodedata.category(character) in CONTROL_CATEGORIES for character in text):
        raise ValidationError(
            _("There is an invisible control character in this text, or a line break. Type it anew or remove it.")
        )
