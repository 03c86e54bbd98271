"""Faults of the configuration, each with an id and a hint; any of them keeps the web server from starting."""

import math
import os
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import phonenumbers
from cryptography.fernet import Fernet
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import InvalidStorageError, storages

from telephony.apidaze import KPN, NATIVE
from telephony.voitex import REVISIONS
from voicehub.common import second_factor
from voicehub.common.calling_hours import Hours
from voicehub.common.local_names import is_local_name, is_loopback
from voicehub.sync.registry import providers

TAG = "voicehub"
MODES = ("demo", "live")
RETRY_MARGIN_SECONDS = 60
# Without these a provider that is set up at all cannot be called.
NEEDED = {
    "OUTVOICE_": ("OUTVOICE_CLIENT_ID",),
    "OURVOICE_": ("OURVOICE_API_KEY",),
    "APIDAZE_": ("APIDAZE_CLIENT_ID", "APIDAZE_CLIENT_SECRET"),
    "VOITEX_": ("VOITEX_AUTH_KEY",),
}
VOITEX_ADDRESSES = tuple(f"VOITEX_{what}_URL" for what in ("TTS", "CALL", "SMS", "CONTACTS"))
HOW_TO_MAKE_A_KEY = (
    'A new key: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
)
ABOVE_ZERO = (
    "HOOK_REQUESTS_PER_MINUTE",
    "HOOK_OVERLAP_HOURS",
    "HOOK_KEEP_DAYS",
    "HOTLINE_CALL_KEEP_DAYS",
    "APIDAZE_PASSWORD_SHOWN_SECONDS",
    "APIDAZE_PHONE_LINK_SECONDS",
    "VOITEX_MAX_UPLOAD_BYTES",
    "CALL_SEND_WITHIN_SECONDS",
    "SMS_SEND_WITHIN_SECONDS",
    "VOICESHOT_MAX_UPLOAD_BYTES",
    "VOICESHOT_BATCH_SIZE",
    "VOICESHOT_ASSUMED_PACE",
    "VOICESHOT_QUERY_SECONDS",
    "SESSION_IDLE_HOURS",
    "SESSION_DAYS",
    "PASSWORD_MIN_LENGTH",
)


def register_all() -> None:
    for check in CHECKS:
        checks.register(check, TAG)


def insist_on_safety() -> None:
    """Raise ImproperlyConfigured with all that is wrong; for servers, which run no checks by themselves."""
    wrong = [message for message in checks.run_checks(tags=[TAG]) if message.is_serious()]
    if wrong:
        raise ImproperlyConfigured("\n".join(f"{message.id}: {message.msg} {message.hint}" for message in wrong))


def check_mode(**kwargs: Any) -> Iterator[checks.Error]:
    if settings.VOICEHUB_MODE not in MODES:
        yield _error(1, "VOICEHUB_MODE is neither demo nor live.", "Set VOICEHUB_MODE=demo or VOICEHUB_MODE=live.")


def check_keys(**kwargs: Any) -> Iterator[checks.Error]:
    if not _has_secret_key():
        yield _error(2, "There is no SECRET_KEY.", "Set SECRET_KEY to 50 random characters, and keep it.")
    if not settings.ENCRYPTION_KEYS:
        yield _error(3, "There is no key for secrets in the database.", f"Set ENCRYPTION_KEYS. {HOW_TO_MAKE_A_KEY}")
    for place, key in enumerate(settings.ENCRYPTION_KEYS, start=1):
        if not _is_fernet_key(key):
            yield _error(4, f"Key {place} of ENCRYPTION_KEYS is not a Fernet key.", HOW_TO_MAKE_A_KEY)


def check_providers_are_complete(**kwargs: Any) -> Iterator[checks.Error]:
    for prefix, names in NEEDED.items():
        missing = [name for name in names if not getattr(settings, name)]
        if missing and any(name.startswith(prefix) and value for name, value in os.environ.items()):
            yield _error(
                5,
                f"Some of {prefix}* is set, but not {' and '.join(missing)}.",
                "Set it too, or take away all of them: then nothing is sent to this provider.",
            )


def check_provider_addresses(**kwargs: Any) -> Iterator[checks.Error]:
    for name, url in _addresses():
        address = urlsplit(url)
        is_local = is_loopback(address.hostname or "")
        if settings.VOICEHUB_DEMO and not is_local:
            yield _error(
                7,
                f"In demo mode the address of {name} leads away from this computer.",
                "Take its address away, so that the sandbox is used, or set VOICEHUB_MODE=live.",
            )
        elif address.scheme != "https" and not is_local:
            yield _error(6, f"The address of {name} is not https.", "Set an address that begins with https://.")


def _addresses() -> Iterator[tuple[str, str]]:
    """Every address that is called, with what it is."""
    yield from ((provider.label, provider.base_url()) for provider in providers())
    yield "KPN's tokens (APIDAZE_TOKEN_URL)", settings.APIDAZE_TOKEN_URL
    set_here = ((name, getattr(settings, name)) for name in VOITEX_ADDRESSES)
    yield from ((f"Voitex ({name})", url) for name, url in set_here if url)
    if settings.VOICESHOT_FAILOVER_URL:
        yield "VoiceShot (VOICESHOT_FAILOVER_URL)", settings.VOICESHOT_FAILOVER_URL


def check_apidaze_kind(**kwargs: Any) -> Iterator[checks.Error]:
    if settings.APIDAZE_KIND not in (KPN, NATIVE):
        yield _error(15, "APIDAZE_KIND is neither kpn nor native.", "Set APIDAZE_KIND=kpn or APIDAZE_KIND=native.")


def check_voitex(**kwargs: Any) -> Iterator[checks.Error]:
    if settings.VOITEX_REVISION not in REVISIONS:
        yield _error(17, "VOITEX_REVISION is neither a nor b.", "Set VOITEX_REVISION=a or VOITEX_REVISION=b.")
    if settings.VOITEX_TIME_ZONE not in available_timezones():
        yield _error(18, "VOITEX_TIME_ZONE is no time zone.", "Write one by its name, as in America/New_York.")


def check_recordings(**kwargs: Any) -> Iterator[checks.Error]:
    try:
        storage = storages["recordings"]
    except (InvalidStorageError, ImproperlyConfigured, ImportError, TypeError) as error:
        hint = "Correct RECORDINGS_STORAGE and RECORDINGS_STORAGE_OPTIONS; S3 needs pip install django-storages[s3]."
        yield _error(20, f"The storage for recordings cannot be used: {error}", hint)
        return
    if getattr(storage, "max_memory_size", 1) == 0:
        yield _error(
            20,
            "The storage for recordings would hold whole files in memory.",
            'Add "max_memory_size": 1000000 to RECORDINGS_STORAGE_OPTIONS.',
        )


def check_queue(**kwargs: Any) -> Iterator[checks.Error]:
    queue = settings.Q_CLUSTER
    prefetched = math.ceil((queue["queue_limit"] + queue["bulk"]) / queue["workers"])
    least = queue["timeout"] * (1 + prefetched) + 3 + RETRY_MARGIN_SECONDS
    if queue["retry"] < least:
        yield _error(
            8,
            f"The queue hands tasks out again after {queue['retry']} seconds, while they may still be running.",
            f"Set retry in Q_CLUSTER to {least} or more, or start more WORKER_PROCESSES.",
        )
    longest = settings.DRAIN_SECONDS + max((provider.deadline() for provider in providers()), default=0)
    if longest >= queue["timeout"]:
        yield _error(
            10,
            f"A worker may be busy for {longest:g} seconds, but the queue ends it after {queue['timeout']}.",
            "Lower DRAIN_SECONDS or the time-outs of the providers.",
        )


def check_money_settings(**kwargs: Any) -> Iterator[checks.Error]:
    for name in ("PAYMENT_APPROVAL_ABOVE", "PAYMENT_DAILY_AMOUNT", "PAYMENT_DAILY_AMOUNT_PER_PERSON"):
        for currency, amount in getattr(settings, name).items():
            if not (re.fullmatch("[A-Z]{3}", currency) and _is_amount(amount)):
                yield _error(
                    11, f"{name} is not understood.", "Write currencies and amounts, as in USD=500,EUR=400.50."
                )
    if not _is_amount(settings.OUTVOICE_FIRST_PAYMENT_MAX):
        yield _error(12, "OUTVOICE_FIRST_PAYMENT_MAX is no amount.", "Write digits with a point, as in 5.00.")


def _is_amount(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", text))


def check_phone_settings(**kwargs: Any) -> Iterator[checks.Error]:
    if not all(re.fullmatch(r"\+[1-9][0-9]{0,14}", prefix) for prefix in settings.ALLOWED_NUMBER_PREFIXES):
        yield _error(
            13,
            "ALLOWED_NUMBER_PREFIXES is not understood.",
            "Write beginnings of numbers, each with its plus and without blanks, as in +229,+33.",
        )
    try:
        Hours.parse(settings.QUIET_HOURS)
    except ValueError:
        yield _error(19, "QUIET_HOURS is not understood.", "Write two times with a dash, as in 21:00-08:00.")
    if settings.PHONE_DEFAULT_REGION not in {"", *phonenumbers.SUPPORTED_REGIONS}:
        yield _error(14, "PHONE_DEFAULT_REGION is no country.", "Write its two capital letters, as in BJ.")


def check_lasting_settings(**kwargs: Any) -> Iterator[checks.Error]:
    for name in ABOVE_ZERO:
        if getattr(settings, name) < 1:
            yield _error(16, f"{name} is not above 0.", "Set it to 1 or more, or take the line away.")


def check_second_factor(**kwargs: Any) -> Iterator[checks.Error]:
    if settings.REQUIRE_SECOND_FACTOR not in ("", second_factor.ADMINS, second_factor.ALL):
        yield _error(
            21,
            "REQUIRE_SECOND_FACTOR is neither admins nor all nor empty.",
            "Set REQUIRE_SECOND_FACTOR=admins, or leave it empty so that everybody chooses.",
        )


def check_demo_is_private(**kwargs: Any) -> Iterator[checks.Error]:
    if settings.VOICEHUB_DEMO and not settings.DEBUG and any(not is_local_name(name) for name in _public_names()):
        yield _error(
            9,
            "Demo mode, whose passwords everybody knows, would answer on a public address.",
            "Take public names out of ALLOWED_HOSTS and PUBLIC_BASE_URL, or set VOICEHUB_MODE=live.",
        )


CHECKS = (
    check_mode,
    check_keys,
    check_providers_are_complete,
    check_provider_addresses,
    check_apidaze_kind,
    check_voitex,
    check_recordings,
    check_queue,
    check_money_settings,
    check_phone_settings,
    check_lasting_settings,
    check_second_factor,
    check_demo_is_private,
)


def _public_names() -> Iterable[str]:
    yield from settings.ALLOWED_HOSTS
    if settings.PUBLIC_BASE_URL:
        yield urlsplit(settings.PUBLIC_BASE_URL).hostname or settings.PUBLIC_BASE_URL


def _has_secret_key() -> bool:
    try:
        return bool(settings.SECRET_KEY)
    except ImproperlyConfigured:
        return False


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


def _error(number: int, message: str, hint: str) -> checks.Error:
    return checks.Error(message, hint=hint, id=f"voicehub.E{number:03}")
