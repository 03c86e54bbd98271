"""The steps from a demo to a live installation that belong to no provider."""

import os
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.http.request import validate_host
from django.utils.translation import gettext_lazy as _

from voicehub.common import setting_up
from voicehub.common.models import User
from voicehub.common.roles import ADMINS
from voicehub.common.setting_up import Step
from voicehub.sync import health

KEYS = ("SECRET_KEY", "ENCRYPTION_KEYS")
LIMITS = ("PAYMENT_APPROVAL_ABOVE", "PAYMENT_DAILY_AMOUNT", "PAYMENT_DAILY_NUMBER")
ON_THE_CONSOLE = "django.core.mail.backends.console.EmailBackend"


def has_own_keys() -> bool:
    return all(os.environ.get(name) for name in KEYS)


def answers_by_its_name() -> bool:
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname
    return bool(host) and validate_host(host, settings.ALLOWED_HOSTS)


def has_an_admin() -> bool:
    people = User.objects.filter(is_active=True, is_demo=False)
    return people.filter(Q(is_superuser=True) | Q(groups__name=ADMINS)).exists()


def has_limits() -> bool:
    return any(getattr(settings, name) for name in LIMITS)


setting_up.add(
    Step(
        "mode",
        _("Live mode"),
        _("In demo mode only the sandbox on this computer is reached. Live mode starts with a database of its own."),
        is_done=lambda: not settings.VOICEHUB_DEMO,
        lines=("VOICEHUB_MODE=live",),
    ),
    Step(
        "keys",
        _("Keys of your own"),
        _(
            "They sign sessions and encrypt secrets. Keep a copy apart from the backup: without it what is encrypted "
            "is lost. The operators' guide says how to make them."
        ),
        is_done=has_own_keys,
        lines=("SECRET_KEY=", "ENCRYPTION_KEYS="),
    ),
    Step(
        "address",
        _("A public address with https"),
        _("People sign in there, and providers report to it. Without it no provider reaches VoiceHub."),
        is_done=lambda: settings.SERVED_OVER_HTTPS,
        lines=("PUBLIC_BASE_URL=https://voicehub.example.org",),
    ),
    Step(
        "hosts",
        _("VoiceHub answers by that name"),
        _("The host of the public address is among those under which VoiceHub answers."),
        is_done=answers_by_its_name,
        lines=("ALLOWED_HOSTS=voicehub.example.org",),
    ),
    Step(
        "admin",
        _("A first admin"),
        _("Somebody who is no demo person and may do everything: manage.py add_admin NAME"),
        is_done=has_an_admin,
    ),
    Step(
        "second_factor",
        _("Admins sign in with a second factor"),
        _("Somebody who learns the password of an admin can still not sign in. With all it holds for everybody."),
        is_done=lambda: bool(settings.REQUIRE_SECOND_FACTOR),
        lines=("REQUIRE_SECOND_FACTOR=admins",),
    ),
    Step(
        "worker",
        _("The worker runs"),
        _("It carries out everything that goes to a provider. Start it with manage.py worker, or all with bin/up."),
        is_done=health.is_worker_alive,
    ),
    Step(
        "mail",
        _("E-mail goes out"),
        _("Without a server notices stand in VoiceHub only, and a forgotten password needs an admin."),
        is_done=lambda: settings.EMAIL_BACKEND != ON_THE_CONSOLE,
        lines=(
            "EMAIL_URL=smtp+tls://user:password@mail.example.com:587",
            "EMAIL_FROM=VoiceHub <voicehub@example.org>",
        ),
    ),
    Step(
        "limits",
        _("Limits on payments"),
        _("A daily limit, or an amount above which somebody else approves, bounds what a slip can cost."),
        is_done=has_limits,
        lines=("PAYMENT_APPROVAL_ABOVE=USD=500", "PAYMENT_DAILY_AMOUNT=USD=5000"),
    ),
    Step(
        "prefixes",
        _("Numbers that may be called"),
        _("Only numbers that begin so are called or texted. In live mode an empty list allows nobody."),
        is_done=lambda: bool(settings.ALLOWED_NUMBER_PREFIXES),
        lines=("ALLOWED_NUMBER_PREFIXES=+1",),
    ),
    Step(
        "quiet_hours",
        _("Quiet hours"),
        _("Nobody is called or texted in them, by the clock where the number belongs."),
        is_done=lambda: bool(settings.QUIET_HOURS),
        lines=("QUIET_HOURS=21:00-08:00",),
    ),
    Step(
        "backup",
        _("Backups are made, and one was restored"),
        _("The database, the recordings and the keys. Only a backup that was restored once is one."),
    ),
    Step(
        "proxy",
        _("The proxy keeps addresses with secrets out of its log"),
        _("Inbound addresses and set-up links of phones hold secrets. The operators' guide has the lines for nginx."),
    ),
    Step(
        "monitor",
        _("Somebody is told when VoiceHub is down"),
        _("A monitor asks for /healthz every minute: it answers 503 when the database or the worker is down."),
    ),
)
