"""Whether a value is one that its place can have: one check for each kind of value."""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

from telephony.scripts import patterns
from telephony.scripts.language import Kind, Value
from telephony.scripts.problems import MOST_SHOWN
from telephony.scripts.source import Written
from telephony.scripts.survey import Address, Survey
from telephony.scripts.variables import CALL_PARAMETERS, OUR_ADDRESS, SCRIPT_ADDRESS, pieces, script_named, slots

_WHOLE_NUMBER = re.compile(r"(?=.*[1-9])[0-9]{1,9}")
_NUMBER = re.compile(r"(?:\+|00)?([1-9][0-9]{2,14})")
_DIGIT = re.compile(r"[0-9]")
_BETWEEN_DIGITS = re.compile(r"\(0\)|[\s().-]")
# Who is rung by a SIP address, without the scheme, a password, parameters and the host.
_SIP_USER = re.compile(r"(?:sips?:|tel:)*([^@:;?]*)", re.IGNORECASE)
LONGEST_EXTENSION = 6
_CALL_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_KEYS = re.compile(r"[0-9*#]+")
# Where the scheme and host of an address end.
_AFTER_SITE = re.compile(r"(?<![:/])[/?#]")
# What could make several targets of one, and so ring somebody whom nobody has checked.
_BETWEEN_TARGETS = re.compile(r"""[\s,|/\\^&<>\[\]"']""")

Check = Callable[[Value, Written, Survey], None]


def check_value(rule: Value, written: Written, survey: Survey) -> None:
    for code, index, text in islice(_wrong_slots(rule.kind, written, survey), MOST_SHOWN):
        survey.add(code, written.place_of(index), text)
    if check := _CHECKS.get(rule.kind):
        check(rule, written, survey)


def is_count(rule: Value) -> bool:
    return rule.kind in (Kind.SECONDS, Kind.MILLISECONDS)


def check_patterns(survey: Survey) -> None:
    """Try the regular expressions that were found on the way, all at once."""
    written = survey.patterns
    for one, verdict in zip(written, patterns.judge([_pattern(one) for one in written]), strict=True):
        if verdict == patterns.Verdict.BROKEN:
            survey.add("E7", one.start, _("This is not a regular expression. Look for a missing bracket after ~."))
        if verdict == patterns.Verdict.SLOW:
            survey.add("E7", one.start, _too_slow())


def e164(text: str) -> str:
    """A number with its country code, as +31201234567; empty when it is none."""
    match = _NUMBER.fullmatch(_BETWEEN_DIGITS.sub("", text))
    return f"+{match[1]}" if match else ""


def _too_slow() -> str:
    return _("This regular expression takes too long to try. Write it without a repetition inside a repetition.")


def _pattern(written: Written) -> str:
    return written.text.strip().removeprefix("~")


def _wrong_slots(kind: Kind, written: Written, survey: Survey) -> Iterator[tuple[str, int, str]]:
    for slot in slots(written.text, kind):
        if slot.name == SCRIPT_ADDRESS:
            if kind not in (Kind.ADDRESS, Kind.MEDIA) or written.text[: slot.index].strip():
                text = _("%s may only be the beginning of an address. Remove it here.")
                yield "P2", slot.index, text % OUR_ADDRESS
        elif not slot.name:
            text = _("A brace stands alone here. Write {{ or }} for a brace that is part of the text.")
            yield "P3", slot.index, text
        elif not survey.knows(slot.name):
            text = _("No call knows {%(name)s}. Known are %(known)s. Write {{ and }} for braces in the text.")
            yield "P3", slot.index, text % {"name": slot.name[:40], "known": ", ".join(CALL_PARAMETERS)}


def _check_count(rule: Value, written: Written, survey: Survey) -> None:
    if not _WHOLE_NUMBER.fullmatch(written.text.strip()):
        unit = _("thousandths of a second") if rule.kind == Kind.MILLISECONDS else _("seconds")
        survey.add("E6", written.start, _("Write a whole number of %s here, greater than 0.") % unit)


def _check_choice(rule: Value, written: Written, survey: Survey) -> None:
    if written.text.strip() not in rule.choices:
        choices = " / ".join(rule.choices)
        survey.add("E6", written.start, _("Only these values are possible here: %s.") % choices)


def _check_language(rule: Value, written: Written, survey: Survey) -> None:
    known = survey.context.languages
    if written.text.strip() not in known:
        text = _("Apidaze may not speak this language. It surely does: %s.")
        survey.add("W5", written.start, text % ", ".join(sorted(known)))


def _check_voice(rule: Value, written: Written, survey: Survey) -> None:
    if written.text.strip() not in rule.choices:
        survey.add("W5", written.start, _("Apidaze may not have this voice. It has %s.") % ", ".join(rule.choices))


def _check_number(rule: Value, written: Written, survey: Survey) -> None:
    if "{" in written.text:
        survey.add("P2", written.start, _fixed(_("A number to dial")))
        return
    if e164(written.text):
        _check_writing(written, survey)
    _check_number_in(written.text, written, survey)


def _check_number_in(text: str, written: Written, survey: Survey) -> None:
    if number := e164(text):
        _check_dialled(number, written, survey)
    else:
        advice = _("This is no telephone number with a country code. Write digits only, as in 31201234567.")
        survey.add("P1", written.start, advice)


def _check_dialled(number: str, written: Written, survey: Survey) -> None:
    survey.numbers.append(number)
    if problem := survey.context.obstacle(number):
        survey.add("P1", written.start, problem)


def _check_writing(written: Written, survey: Survey) -> None:
    text = written.text.strip()
    if text != (plain := e164(text).removeprefix("+")):
        advice = _("Apidaze wants the country code and digits only. Write %s.")
        survey.add("W3", written.start, advice % (plain or "31201234567"))


def _check_shown_number(rule: Value, written: Written, survey: Survey) -> None:
    if "{" not in written.text:
        _check_writing(written, survey)


def _check_account(rule: Value, written: Written, survey: Survey) -> None:
    name = written.text.strip()
    survey.accounts.append(name)
    if _BETWEEN_TARGETS.search(name):
        survey.add("P1", written.start, _one_target())
    elif "{" not in name and name.casefold() not in survey.account_names:
        text = _("There is no SIP account %s here. Look for a slip of the pen, or add the account first.")
        survey.add("W4", written.start, text % name[:40])


def _check_sip_uri(rule: Value, written: Written, survey: Survey) -> None:
    """A SIP address that is a telephone number at some gateway counts as that number too."""
    uri = written.text.strip()
    if "{" in uri:
        survey.add("P2", written.start, _fixed(_("A SIP address to dial")))
        return
    plain = unquote(uri)
    if _BETWEEN_TARGETS.search(plain) or plain.count("@") > 1:
        survey.add("P1", written.start, _one_target())
    survey.sip_uris.append(uri)
    user = _SIP_USER.match(plain)[1].strip("*#")  # type: ignore[index]
    if len(_DIGIT.findall(user)) > LONGEST_EXTENSION and not any(map(str.isalpha, user)):
        _check_number_in(user, written, survey)


def _one_target() -> str:
    return _("Only one account or SIP address may stand here, without blanks, commas or slashes. Write one for each.")


def _fixed(what: str) -> str:
    text = _("%s has to be written out: with a placeholder, the caller would choose whom you ring.")
    return text % what


def _check_call_id(rule: Value, written: Written, survey: Survey) -> None:
    if not _CALL_ID.fullmatch(written.text.strip()):
        survey.add(
            "W4",
            written.start,
            _("This is not the id of a call. It looks like f28a3e29-dac4-462c-bf94-b1d518ddbe2d."),
        )


def _check_keys(rule: Value, written: Written, survey: Survey) -> None:
    keys = written.text.strip()
    if keys.startswith("~") and 1 < len(keys) <= patterns.LONGEST:
        survey.patterns.append(written)
    elif not _KEYS.fullmatch(keys):
        text = _("Write the keys to press here (0-9, * and #), or ~ and a regular expression of up to %d characters.")
        survey.add("E7", written.start, text % patterns.LONGEST)


def _check_recording(rule: Value, written: Written, survey: Survey) -> None:
    if written.text.strip().lower().endswith(".wav"):
        survey.add("W6", written.start, _("Apidaze adds .wav itself. Write the name without it."))


def _check_address(rule: Value, written: Written, survey: Survey) -> None:
    address = _address(written.text.strip(), survey)
    survey.addresses.append(address)
    _check_site(written, survey)
    known = survey.context.scripts
    if address.script and known is not None and "{" not in address.script and address.script not in known:
        text = _("There is no script named %s here. Look for a slip of the pen, or write that script too.")
        survey.add("W9", written.start, text % address.script[:40])


def _address(url: str, survey: Survey) -> Address:
    ours = survey.context.our_address.rstrip("/")
    is_ours = url.startswith(OUR_ADDRESS) or bool(ours and f"{url}/".startswith((f"{ours}/", f"{ours}?")))
    return Address(url, is_ours, script_named(url) if is_ours else "")


def _check_media(rule: Value, written: Written, survey: Survey) -> None:
    name = written.text.strip()
    if not name:
        return
    survey.media.append(name)
    if "/" in name or ":" in name:
        _check_site(written, survey)
    path = re.split(r"[?#]", name)[0]
    if not path.lower().endswith((".wav", "}")):
        survey.add("W6", written.start, _("Apidaze plays WAV files (8 kHz, mono). Name a file that ends with .wav."))


def _check_site(written: Written, survey: Survey) -> None:
    """Whether an address leads to a fixed web site."""
    url = written.text.strip()
    if url.startswith(OUR_ADDRESS):
        return
    if "{" in _AFTER_SITE.split(url, maxsplit=1)[0]:
        text = _("The site of an address has to be written out. Use a placeholder only after the site's name.")
        survey.add("P2", written.start, text)
        return
    plain = "".join(one if isinstance(one, str) else "x" for one in pieces(url, Kind.ADDRESS))
    if problem := _wrong_site(plain, is_ours=_address(url, survey).is_ours):
        survey.add(problem[0], written.start, problem[1])


def _wrong_site(url: str, *, is_ours: bool) -> tuple[str, str] | None:
    """Where our own site is reached is not for whoever writes a script to choose."""
    try:
        scheme, host = urlsplit(url).scheme, urlsplit(url).hostname
    except ValueError:
        scheme, host = "https", None
    if scheme and (scheme not in ("http", "https") or not host):
        return "E8", _("This is not a web address. Begin it with https:// and the name of the site.")
    if not scheme:
        return "W6", _("Apidaze may not find an address without its site. Write it in full, beginning with https://.")
    if scheme == "http" and not is_ours:
        return "W6", _(
            "Anybody on the way can read and change what comes over http. Use https:// if the site has it."
        )
    return ("W6", _("There is a blank in this address. Write %20 instead.")) if re.search(r"\s", url) else None


_CHECKS: dict[Kind, Check] = {
    Kind.SECONDS: _check_count,
    Kind.MILLISECONDS: _check_count,
    Kind.CHOICE: _check_choice,
    Kind.LANGUAGE: _check_language,
    Kind.VOICE: _check_voice,
    Kind.NUMBER: _check_number,
    Kind.SHOWN_NUMBER: _check_shown_number,
    Kind.ACCOUNT: _check_account,
    Kind.SIP_URI: _check_sip_uri,
    Kind.CALL_ID: _check_call_id,
    Kind.KEYS: _check_keys,
    Kind.RECORDING: _check_recording,
    Kind.ADDRESS: _check_address,
    Kind.MEDIA: _check_media,
}
