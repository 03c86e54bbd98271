"""Where people are signed in: kept in step with the sessions themselves, so that each can be ended by hand.

A session ends when nobody has used it for SESSION_IDLE_HOURS, and SESSION_DAYS after its sign-in in any case.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from voicehub.common.models import SignIn

BEGAN, SEEN = "signed_in_at", "seen_at"
NOTED_EVERY = timedelta(minutes=5)
# Most call themselves by the names of others too: the first that fits is meant.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def listen() -> None:
    user_logged_in.connect(_began, dispatch_uid="voicehub-sign-in-began")
    user_logged_out.connect(_ended, dispatch_uid="voicehub-sign-in-ended")


def is_over(request: HttpRequest) -> bool:
    """True when the session has lasted as long as one may."""
    began = request.session.get(BEGAN)
    return began is not None and _now() - began > settings.SESSION_DAYS * 24 * 3600


def note_use(request: HttpRequest) -> None:
    """Write down, every five minutes at most, that somebody uses the session; that keeps it from ending too."""
    # What pages ask for by themselves keeps nobody signed in; browsers tell the mode over https alone.
    if "X-Fragment" in request.headers or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return
    if _now() - request.session.get(SEEN, 0) >= NOTED_EVERY.total_seconds():
        _keep(request, request.user)


def renamed(request: HttpRequest, former_key: str | None) -> None:
    """The session goes on under another key, as after a change of the password; all others of the person end."""
    SignIn.objects.filter(session_key=former_key).update(session_key=request.session.session_key)
    end_others(request)


def of_person(person: Any) -> QuerySet[SignIn]:
    """Those that are still good for something, the one used last first."""
    live = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return SignIn.objects.filter(person=person, session_key__in=live)


@dataclass(frozen=True)
class Shown:
    """A session as its person sees it."""

    sign_in: SignIn
    device: str
    is_this_one: bool


def shown(request: HttpRequest) -> list[Shown]:
    key = request.session.session_key
    return [Shown(one, device_words(one.device), one.session_key == key) for one in of_person(request.user)]


def end(sign_ins: QuerySet[SignIn]) -> int:
    """Returns how many there were."""
    keys = list(sign_ins.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    SignIn.objects.filter(session_key__in=keys).delete()
    return len(keys)


def end_all(person: Any) -> int:
    return end(SignIn.objects.filter(person=person))


def end_others(request: HttpRequest) -> int:
    """All sessions of the person but the one that asks."""
    person: Any = request.user
    return end(SignIn.objects.filter(person=person).exclude(session_key=request.session.session_key))


def device_words(agent: str) -> str:
    """Browser and system in words, from what a browser calls itself."""
    browser = next((word for mark, word in BROWSERS if mark in agent), "")
    system = next((word for mark, word in SYSTEMS if mark in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")


def _began(user: Any, request: Any, **kwargs: Any) -> None:
    if request.session.session_key is None:
        request.session.create()
    request.session[BEGAN] = _now()
    SignIn.objects.filter(person=user).exclude(pk__in=of_person(user).values("pk")).delete()
    _keep(request, user)


def _keep(request: Any, person: Any) -> None:
    now = _now()
    request.session[SEEN] = now
    seen_at = datetime.fromtimestamp(now, UTC)
    known = SignIn.objects.filter(session_key=request.session.session_key)
    if not known.update(seen_at=seen_at):
        request.session.setdefault(BEGAN, now)
        SignIn.objects.create(
            person=person,
            session_key=request.session.session_key,
            device=request.META.get("HTTP_USER_AGENT", "")[:300],
            address=request.META.get("REMOTE_ADDR") or None,
            signed_in_at=datetime.fromtimestamp(request.session[BEGAN], UTC),
            seen_at=seen_at,
        )


def _ended(request: Any, **kwargs: Any) -> None:
    SignIn.objects.filter(session_key=request.session.session_key).delete()


def _now() -> int:
    """In seconds since 1970: what a session can hold."""
    return int(timezone.now().timestamp())
