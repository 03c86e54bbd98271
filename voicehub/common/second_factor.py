"""The second factor: codes of a phone (TOTP), and recovery codes for the day without it.

The secrets are kept in a table of ours, because django-otp would keep them readable; its arithmetic is used.
"""

import base64
import hashlib
import secrets
from datetime import timedelta
from time import time
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django_otp.oath import hotp

from voicehub.common import audit, sessions
from voicehub.common.models import Notice, RecoveryCode, SecondFactor
from voicehub.common.notices import notify

STEP_SECONDS = 30
DIGITS = 6
RECOVERY_CODES = 10
MANAGE_PEOPLE = "common.manage_people"
ADMINS, ALL = "admins", "all"
# A secret that was shown but never confirmed may have been seen by somebody else.
UNCONFIRMED_FOR = timedelta(minutes=15)
WRONG_CODES = 10
WAIT = timedelta(minutes=15)


def is_on(person: Any) -> bool:
    return person.second_factor_since is not None


def is_required(person: Any) -> bool:
    """True when REQUIRE_SECOND_FACTOR asks one of this person; "admins" are those who may manage people."""
    whom = settings.REQUIRE_SECOND_FACTOR
    return whom == ALL or (whom == ADMINS and person.has_perm(MANAGE_PEOPLE))


def being_set_up(person: Any) -> SecondFactor:
    """The factor that the person is about to confirm; the same one while they look at it."""
    since = timezone.now() - UNCONFIRMED_FOR
    if not is_on(person):
        SecondFactor.objects.filter(person=person, made_at__lt=since).delete()
    return SecondFactor.objects.get_or_create(person=person, defaults={"secret": _new_secret()})[0]


def link_for(factor: SecondFactor) -> str:
    """What the QR code holds, in the format that apps for such codes read."""
    name = f"VoiceHub:{factor.person.get_username()}"
    words = {"secret": factor.secret, "issuer": "VoiceHub", "digits": DIGITS, "period": STEP_SECONDS}
    return f"otpauth://totp/{quote(name)}?{urlencode(words)}"


@transaction.atomic
def switch_on(person: Any) -> list[str]:
    """Ask for codes from now on, the first of which was right; returns the recovery codes, never seen again."""
    person.second_factor_since = timezone.now()
    person.save(update_fields=["second_factor_since"])
    audit.record("second_factor.on", person, person)
    return _new_recovery_codes(person)


@transaction.atomic
def renew_recovery_codes(person: Any) -> list[str]:
    audit.record("second_factor.codes_renewed", person, person)
    return _new_recovery_codes(person)


@transaction.atomic
def switch_off(person: Any) -> None:
    _forget(person)
    audit.record("second_factor.off", person, person)


@transaction.atomic
def reset(person: Any, user: Any) -> None:
    """Somebody else (None: whoever runs VoiceHub) takes it away from a person whose phone is gone.

    They are told, and signed out everywhere.
    """
    _forget(person)
    sessions.end_all(person)
    audit.record("second_factor.reset", user, person)

    def text() -> str:
        words = {"who": user or _("Whoever runs VoiceHub")}
        return _("%(who)s took your second factor away. If you did not ask for that, tell another admin.") % words

    notify(person, text, level=Notice.Level.WARNING, is_urgent=True)


def codes_left(person: Any) -> int:
    return RecoveryCode.objects.filter(person=person, used_at=None).count()


def waits(person: Any) -> bool:
    """True while no code is taken, because too many were wrong."""
    return SecondFactor.objects.filter(person=person, wait_until__gt=timezone.now()).exists()


def accepts(person: Any, typed: str) -> bool:
    """Take a code of the phone or a recovery code, once. Wrong ones are counted, whatever address they come from."""
    if waits(person):
        return False
    is_right = accepts_code(person, typed) or _uses_recovery_code(person, typed)
    if is_right:
        SecondFactor.objects.filter(person=person).update(wrong_codes=0, wait_until=None)
    else:
        count_wrong(person)
    return is_right


def count_wrong(person: Any) -> None:
    own = SecondFactor.objects.filter(person=person)
    own.update(wrong_codes=F("wrong_codes") + 1)
    own.filter(wrong_codes__gte=WRONG_CODES).update(wrong_codes=0, wait_until=timezone.now() + WAIT)


def accepts_code(person: Any, typed: str) -> bool:
    """True when it is the code of now or of the 30 seconds before or after, and neither it nor a later one was used.

    The claim is one statement: of two requests with the same code one gets in.
    """
    factor = SecondFactor.objects.filter(person=person).first()
    code = _bare(typed)
    if factor is None or not (len(code) == DIGITS and code.isascii() and code.isdecimal()):
        return False
    now = int(time()) // STEP_SECONDS
    steps = [step for step in (now - 1, now, now + 1) if constant_time_compare(_code_of(factor, step), code)]
    return any(SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step).update(last_step=step) for step in steps)


def _code_of(factor: SecondFactor, step: int) -> str:
    return f"{hotp(base64.b32decode(factor.secret), step, DIGITS):0{DIGITS}d}"


def _uses_recovery_code(person: Any, typed: str) -> bool:
    unused = RecoveryCode.objects.filter(person=person, digest=_digest(_bare(typed)), used_at=None)
    if not unused.update(used_at=timezone.now()):
        return False
    audit.record("second_factor.code_used", person, person, left=codes_left(person))
    return True


def _new_recovery_codes(person: Any) -> list[str]:
    RecoveryCode.objects.filter(person=person).delete()
    codes = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _number in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create([RecoveryCode(person=person, digest=_digest(code)) for code in codes])
    return ["-".join(code[place : place + 4] for place in range(0, len(code), 4)) for code in codes]


def _forget(person: Any) -> None:
    SecondFactor.objects.filter(person=person).delete()
    RecoveryCode.objects.filter(person=person).delete()
    person.second_factor_since = None
    person.save(update_fields=["second_factor_since"])


def _new_secret() -> str:
    return base64.b32encode(secrets.token_bytes(20)).decode()


def _bare(typed: str) -> str:
    return "".join(typed.split()).replace("-", "").lower()


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
