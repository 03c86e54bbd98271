"""Faults of the configuration are told before they can do harm."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.checks import run_checks
from django.core.files.storage import Storage

from voicehub.checks import TAG

ROOT = Path(__file__).resolve().parent.parent
SECRET = "not-a-fernet-key-but-a-secret"


@pytest.fixture(autouse=True)
def sound(settings, monkeypatch):
    """A demo installation without fault; the test runner's own host name is none of it."""
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", ".localhost"]
    for name in [name for name in os.environ if name.startswith("OUTVOICE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def live(settings):
    settings.VOICEHUB_MODE, settings.VOICEHUB_DEMO = "live", False
    settings.ALLOWED_HOSTS = ["hub.example.org"]
    settings.SECRET_KEY = "k" * 50
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    settings.OUTVOICE_BASE_URL, settings.OUTVOICE_CLIENT_ID = "https://api.outvoice.com", "a-client"
    settings.GADGETS_URL = settings.PINGS_URL = "https://gadgets.example"


def found() -> list[str | None]:
    return [message.id for message in run_checks(tags=[TAG])]


def test_a_sound_demo_has_no_fault():
    assert found() == []


def test_a_sound_live_installation_has_no_fault(live):
    assert found() == []


def queue_with(**values: Any) -> Callable[[Any], None]:
    return lambda settings: setattr(settings, "Q_CLUSTER", settings.Q_CLUSTER | values)


def setting(name: str, value: Any) -> Callable[[Any], None]:
    return lambda settings: setattr(settings, name, value)


def sounds_in(storage: str) -> Callable[[Any], None]:
    return lambda settings: setattr(
        settings, "STORAGES", settings.STORAGES | {"recordings": {"BACKEND": storage, "OPTIONS": {}}}
    )


class InMemory(Storage):
    """As S3 keeps what it reads, unless told otherwise."""

    max_memory_size = 0


@pytest.mark.parametrize(
    ("break_it", "fault"),
    [
        (setting("VOICEHUB_MODE", "lvie"), "voicehub.E001"),
        (setting("ENCRYPTION_KEYS", [SECRET]), "voicehub.E004"),
        (setting("OUTVOICE_BASE_URL", "https://api.outvoice.com"), "voicehub.E007"),
        (setting("OUTVOICE_BASE_URL", "http://127.0.0.1.example.org:8001"), "voicehub.E007"),
        (queue_with(retry=903), "voicehub.E008"),
        (queue_with(workers=1, retry=1000), "voicehub.E008"),
        (setting("ALLOWED_HOSTS", ["localhost", "hub.example.org"]), "voicehub.E009"),
        (setting("ALLOWED_HOSTS", ["*"]), "voicehub.E009"),
        (setting("PUBLIC_BASE_URL", "https://hub.example.org"), "voicehub.E009"),
        (setting("DRAIN_SECONDS", 280), "voicehub.E010"),
        (setting("PAYMENT_APPROVAL_ABOVE", {"USD": "five"}), "voicehub.E011"),
        (setting("PAYMENT_APPROVAL_ABOVE", {"dollars": "5"}), "voicehub.E011"),
        (setting("PAYMENT_DAILY_AMOUNT", {"USD": "-5"}), "voicehub.E011"),
        (setting("PAYMENT_DAILY_AMOUNT_PER_PERSON", {"USD": "5.001"}), "voicehub.E011"),
        (setting("OUTVOICE_FIRST_PAYMENT_MAX", "NaN"), "voicehub.E012"),
        (setting("OUTVOICE_READ_TIMEOUT", 290), "voicehub.E010"),
        (setting("ALLOWED_NUMBER_PREFIXES", ["+229", "33"]), "voicehub.E013"),
        (setting("ALLOWED_NUMBER_PREFIXES", ["+229", " +33"]), "voicehub.E013"),
        (setting("ALLOWED_NUMBER_PREFIXES", ["+"]), "voicehub.E013"),
        (setting("PHONE_DEFAULT_REGION", "Benin"), "voicehub.E014"),
        (setting("PHONE_DEFAULT_REGION", "bj"), "voicehub.E014"),
        (setting("APIDAZE_TOKEN_URL", "https://api-prd.kpn.com/token"), "voicehub.E007"),
        (setting("APIDAZE_KIND", "KPN"), "voicehub.E015"),
        (setting("HOOK_KEEP_DAYS", 0), "voicehub.E016"),
        (setting("VOITEX_REVISION", "c"), "voicehub.E017"),
        (setting("VOITEX_TIME_ZONE", "New York"), "voicehub.E018"),
        (sounds_in("storages.backends.gone.S3Storage"), "voicehub.E020"),
        (sounds_in("tests.test_checks.InMemory"), "voicehub.E020"),
        (setting("VOITEX_UPLOAD_URL", "https://recording.voitexapi.com/upload/"), "voicehub.E007"),
        (setting("VOITEX_SMS_URL", "https://sms.voitexapi.com/send/"), "voicehub.E007"),
        (setting("APIDAZE_PHONE_LINK_SECONDS", 0), "voicehub.E016"),
    ],
)
def test_a_fault_of_a_demo_is_told(settings, break_it, fault):
    break_it(settings)
    assert found() == [fault]


@pytest.mark.parametrize(
    ("break_it", "fault"),
    [
        (setting("SECRET_KEY", ""), "voicehub.E002"),
        (setting("ENCRYPTION_KEYS", []), "voicehub.E003"),
        (setting("OUTVOICE_BASE_URL", "http://api.outvoice.com"), "voicehub.E006"),
        (setting("APIDAZE_TOKEN_URL", "http://api-prd.kpn.com/token"), "voicehub.E006"),
        (setting("VOITEX_UPLOAD_URL", "http://api.voitex.com/recordings/upload/index.php"), "voicehub.E006"),
    ],
)
def test_a_fault_of_a_live_installation_is_told(live, settings, break_it, fault):
    break_it(settings)
    assert found() == [fault]


def test_a_half_set_provider_is_told(live, settings, monkeypatch):
    settings.OUTVOICE_CLIENT_ID = ""
    assert found() == []
    monkeypatch.setenv("OUTVOICE_MAX_AMOUNT", "900")
    assert found() == ["voicehub.E005"]
    settings.VOITEX_AUTH_KEY = ""
    monkeypatch.setenv("VOITEX_REVISION", "b")
    assert found() == ["voicehub.E005", "voicehub.E005"]


def test_plain_http_to_this_computer_is_allowed(live, settings):
    settings.OUTVOICE_BASE_URL = "http://127.0.0.1:8001/outvoice"
    assert found() == []


def test_a_demo_with_debug_on_may_have_any_host_name(settings):
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["laptop.local"]
    assert found() == []


def test_every_fault_has_a_hint_and_none_shows_a_secret(live, settings):
    settings.VOICEHUB_MODE = "lvie"
    settings.ENCRYPTION_KEYS = [SECRET]
    settings.OUTVOICE_BASE_URL = f"http://user:{SECRET}@api.outvoice.com"
    messages = run_checks(tags=[TAG])
    assert len(messages) == 3
    assert all(message.hint for message in messages)
    assert SECRET not in str(messages)


def start_web_server(tmp_path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Do what gunicorn does first."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("VOICEHUB_", "OUTVOICE_"))}
    data = {"VOICEHUB_DATA_DIR": str(tmp_path), "VOICEHUB_IGNORE_DOTENV": "true"}
    settings = {"DJANGO_SETTINGS_MODULE": "voicehub.settings"}
    return subprocess.run(
        [sys.executable, "-c", "import voicehub.wsgi"],
        cwd=ROOT,
        env=clean | data | settings | env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_web_server_starts_in_a_sound_demo(tmp_path):
    assert start_web_server(tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"OUTVOICE_BASE_URL": "https://api.outvoice.com"}, "voicehub.E007"),
        ({"VOICEHUB_MODE": "live", "SECRET_KEY": "k" * 50}, "voicehub.E003"),
        ({"VOICEHUB_MODE": "live"}, "SECRET_KEY"),
    ],
)
def test_the_web_server_refuses_to_start_when_that_would_be_unsafe(tmp_path, env, words):
    end = start_web_server(tmp_path, **env)
    assert end.returncode != 0
    assert "ImproperlyConfigured" in end.stderr
    assert words in end.stderr
