"""Phone numbers: read from what people type, told in words, and whether one may be called or texted at all.

Everywhere else a number is E.164: a plus, the country's code, the number ("+2290167153974").
"""

import functools
import importlib.resources
import importlib.util
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import phonenumbers
from django.conf import settings
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

INVISIBLE = ("Cc", "Cf")
WORLDWIDE = "001"
MISSING_COUNTRIES = {"AC": "Ascension Island", "TA": "Tristan da Cunha", "XK": "Kosovo"}
# Each sign fits one part only: a long line of digits is no work.
# Whose countries share a code: whatever begins so belongs to one of them.
NORTH_AMERICA = "+1"
LOOKS_LIKE_ONE = re.compile(r"\+?[\s()./‐‑‒–—-]*\d[\d\s()./‐‑‒–—-]*")


class NotANumberError(Exception):
    """What was typed is no phone number; the text says why, and how to write one."""


def read(typed: str) -> str:
    """The number in E.164. Without a plus it is one of PHONE_DEFAULT_REGION. Raises NotANumberError."""
    text = _plain(typed)
    if not LOOKS_LIKE_ONE.fullmatch(text):
        raise NotANumberError(_not_a_number())
    if not text.startswith("+") and not settings.PHONE_DEFAULT_REGION:
        raise NotANumberError(_without_plus(text))
    try:
        number = phonenumbers.parse(text, settings.PHONE_DEFAULT_REGION or None)
    except NumberParseException as error:
        raise NotANumberError(_not_read(error)) from error
    if not phonenumbers.is_valid_number(number):
        raise NotANumberError(_why_impossible(number))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def shown(number: str) -> str:
    """A number in E.164 as people like to read it: "+229 01 67 15 39 74"; what belongs to no country as it is."""
    parsed = _parsed(number)
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL) if parsed else number


def digits(number: str) -> str:
    """A number in E.164 without its plus, as some providers want it: "2290167153974"."""
    return number.removeprefix("+")


def country(number: str) -> str:
    """Where a number in E.164 belongs, in words; empty for none."""
    parsed = _parsed(number)
    return _country_of(parsed) if parsed else ""


def obstacle(number: str) -> str:
    """Why a number in E.164 must not be called or texted now, in words; empty when it may be."""
    return _of_no_country(number) or _not_allowed(number) or _at_a_premium(number)


@functools.lru_cache(maxsize=4096)
def _parsed(number: str) -> PhoneNumber | None:
    """None for what no country's code begins. Remembered: a caller waits for it."""
    try:
        return phonenumbers.parse(number)
    except NumberParseException:
        return None


def _of_no_country(number: str) -> str:
    if number.startswith(NORTH_AMERICA) or _parsed(number):
        return ""
    words = _("No country has a number like %(number)s. Look at the first digits, its country's code.")
    return words % {"number": number}


def _not_allowed(number: str) -> str:
    prefixes = settings.ALLOWED_NUMBER_PREFIXES
    if number.startswith(tuple(prefixes)) or (settings.VOICEHUB_DEMO and not prefixes):
        return ""
    if not prefixes:
        return _(
            "No number may be called or texted yet. An administrator can say which ones may be, in the setting "
            "ALLOWED_NUMBER_PREFIXES."
        )
    return _(
        "%(number)s may not be called or texted, only numbers that begin with %(prefixes)s. An administrator can "
        "allow more (ALLOWED_NUMBER_PREFIXES)."
    ) % {"number": shown(number), "prefixes": ", ".join(prefixes)}


def _at_a_premium(number: str) -> str:
    if number.startswith(NORTH_AMERICA) and not _like_a_premium_one().fullmatch(number[2:]):
        # Asked for very many numbers: reading one takes thirty times as long.
        return ""
    parsed = _parsed(number)
    if parsed is None or phonenumbers.number_type(parsed) != PhoneNumberType.PREMIUM_RATE:
        return ""
    words = _("%(number)s is a premium-rate number, and costs extra: VoiceHub calls and texts none.")
    return words % {"number": shown(number)}


@functools.cache
def _like_a_premium_one() -> re.Pattern[str]:
    """What numbers of North America at a premium look like in any country there, without its code."""
    regions = phonenumbers.region_codes_for_country_code(1)
    rules: list[Any] = [phonenumbers.PhoneMetadata.metadata_for_region(region, None) for region in regions]
    return re.compile("|".join({rule.premium_rate.national_number_pattern for rule in rules}))


def _plain(typed: str) -> str:
    """Without what comes along unseen when a number is copied, and with a plus for the 00 of old."""
    visible = (sign for sign in typed if unicodedata.category(sign) not in INVISIBLE)
    text = unicodedata.normalize("NFKC", "".join(visible)).strip()
    return f"+{text[2:]}" if text.startswith("00") else text


def _not_a_number() -> str:
    return _("This is no phone number. Write a plus, the country's code and the number, as in +33 1 99 00 12 34.")


def _without_plus(text: str) -> str:
    try:
        meant = phonenumbers.parse(f"+{text}")
    except NumberParseException:
        meant = PhoneNumber()
    if phonenumbers.is_valid_number(meant):
        return _("Write the plus in front when %(number)s (%(country)s) is meant.") % _in_words(meant)
    return _("The country is missing. Write a plus, its code and the number, as in +33 1 99 00 12 34.")


def _not_read(error: NumberParseException) -> str:
    if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        return _("No country has the code that this begins with. Look at the first digits.")
    if error.error_type == NumberParseException.TOO_LONG:
        return _("This is too long for a phone number.")
    return _("This is too short for a phone number.")


def _why_impossible(number: PhoneNumber) -> str:
    if twice := _said_twice(number):
        return twice
    words = {"country": _country_of(number), "example": _example(number)}
    length = phonenumbers.is_possible_number_with_reason(number)
    if length == ValidationResult.TOO_LONG:
        return _("This is too long for that country (%(country)s): a number there looks like %(example)s.") % words
    if length in (ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY):
        return _("This is too short for that country (%(country)s): a number there looks like %(example)s.") % words
    return _("That country (%(country)s) has no such number: one there looks like %(example)s.") % words


def _said_twice(number: PhoneNumber) -> str:
    """Providers take such a number, and lose the message without a word."""
    code, rest = str(number.country_code), phonenumbers.national_significant_number(number)
    if not rest.startswith(code):
        return ""
    try:
        meant = phonenumbers.parse(f"+{rest}")
    except NumberParseException:
        return ""
    if phonenumbers.is_valid_number(meant):
        return _("The country's code %(code)s stands in it twice. Is %(number)s meant?") % {
            "code": code,
            **_in_words(meant),
        }
    is_long = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.TOO_LONG
    return _("The country's code %(code)s seems to stand in it twice.") % {"code": code} if is_long else ""


def _example(number: PhoneNumber) -> str:
    code = number.country_code or 0
    region = phonenumbers.region_code_for_country_code(code)
    example = (
        phonenumbers.example_number_for_non_geo_entity(code)
        if region == WORLDWIDE
        else phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    )
    return _in_words(example or number)["number"]


def _in_words(number: PhoneNumber) -> dict[str, str]:
    shape = PhoneNumberFormat.INTERNATIONAL
    return {"number": phonenumbers.format_number(number, shape), "country": _country_of(number)}


def _country_of(number: PhoneNumber) -> str:
    code = number.country_code or 0
    region = phonenumbers.region_code_for_number(number) or phonenumbers.region_code_for_country_code(code)
    if region == WORLDWIDE:
        return _("an international network")
    return _countries().get(region, region)


@functools.cache
def _countries() -> Mapping[str, str]:
    """The library's names of countries by region. Its package cannot be imported for them: a hundred megabytes of
    names of towns would come along.
    """
    path = importlib.resources.files("phonenumbers") / "geodata" / "locale.py"
    spec: Any = importlib.util.spec_from_file_location("phonenumbers.geodata.locale", str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return MISSING_COUNTRIES | {region: _english(names) for region, names in module.LOCALE_DATA.items()}


def _english(names: Mapping[str, str]) -> str:
    """A name that is the same in several languages is written out for one of them: "*fr"."""
    name = names["en"]
    return names[name.removeprefix("*")] if name.startswith("*") else name
