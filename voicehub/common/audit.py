"""The audit: what people did, for good. `record` is the only way in.

Apps name their actions in words with `describe`; what `voicehub.sync` reports through `person_acted` is recorded too.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from voicehub.common.models import AuditEntry
from voicehub.sync.signals import person_acted

MASK = "•••"
_asked_from: ContextVar[str] = ContextVar("asked_from", default="")
SECRET_WORDS = ("password", "token", "secret", "key", "authorization", "cookie")

_words: dict[str, str | Promise] = {
    "sign_in.succeeded": _("Signed in"),
    "sign_in.failed": _("Failed to sign in"),
    "sign_in.ended": _("Signed out"),
    "sign_in.unlocked": _("Unlocked the sign-in of a person"),
    "sign_in.code_failed": _("Typed a wrong code of the second factor"),
    "sign_in.session_ended": _("Signed a browser out"),
    "sign_in.sessions_ended": _("Signed a person out everywhere"),
    "second_factor.on": _("Switched the second factor on"),
    "second_factor.off": _("Switched the second factor off"),
    "second_factor.reset": _("Took a person's second factor away"),
    "second_factor.code_used": _("Signed in by a recovery code"),
    "second_factor.codes_renewed": _("Made new recovery codes"),
    "person.added": _("Added a person"),
    "person.changed": _("Changed a person"),
    "person.password_reset": _("Set a person's password"),
    "person.password_changed": _("Changed the own password"),
    "person.reset_link_sent": _("Had a link for a new password sent"),
    "person.password_forgotten": _("Chose a new password by a link"),
    "role.added": _("Added a role"),
    "role.changed": _("Changed a role"),
    "job.cancelled": _("Cancelled a job"),
    "job.released": _("Released a job on hold"),
    "job.retried": _("Tried a job again"),
    "job.settled": _("Settled an uncertain job"),
    "do_not_call.added": _("Put a number on the do-not-call list"),
    "do_not_call.taken_off": _("Took a number off the do-not-call list"),
    "run.started": _("Started a file or bulk action"),
    "run.cancelled": _("Cancelled the rest of a file or bulk action"),
    "run.discarded": _("Threw a file or bulk action away"),
    "record.resolved": _("Chose between here and the provider"),
    "record.created_anew": _("Had a record created anew at the provider"),
    "record.deleted": _("Deleted a record"),
    "record.exported": _("Exported records"),
    "record.adopted": _("Said which record at the provider is meant"),
    "exchange.repeated": _("Asked a provider the same once more"),
    "account.answered": _("Tested an account: it answers"),
    "account.failed": _("Tested an account: it does not answer"),
    "set_up.ticked": _("Ticked a step of the set-up"),
    "set_up.unticked": _("Took back the tick of a step of the set-up"),
    "lane.stopped": _("Stopped a provider"),
    "lane.released": _("Released a provider"),
}


def describe(words: Mapping[str, str | Promise]) -> None:
    """Tell how actions of an app are called in the audit, for example `{"account.connected": _("Connected …")}`."""
    _words.update(words)


def words_for(action: str) -> str:
    return str(_words.get(action, action))


def actions() -> list[tuple[str, str]]:
    """All named actions with their words."""
    return [(action, str(words)) for action, words in _words.items()]


def record(action: str, actor: Any, obj: models.Model | None = None, reason: str = "", **data: Any) -> AuditEntry:
    """Write down that `actor` did `action` (a dotted word such as "lane.stopped") to `obj`.

    Without a signed-in actor it was VoiceHub itself or somebody unknown. `data` must be JSON; values whose key
    names a secret are masked.
    """
    return AuditEntry.objects.create(
        actor_id=actor.pk if actor is not None else None,
        action=action,
        object_model=obj._meta.label_lower if obj else "",
        object_id=str(obj.pk) if obj else "",
        object_label=str(obj)[:200] if obj else "",
        reason=reason,
        address=_asked_from.get() or None,
        data=masked(data),
    )


@contextmanager
def asked_from(address: str) -> Iterator[None]:
    """What is recorded meanwhile was asked for from this IP address."""
    token = _asked_from.set(address)
    try:
        yield
    finally:
        _asked_from.reset(token)


def masked(value: Any) -> Any:
    """A copy in which every value under a key that names a secret is replaced."""
    if isinstance(value, Mapping):
        return {key: MASK if _names_a_secret(key) else masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [masked(inner) for inner in value]
    return value


def _names_a_secret(key: Any) -> bool:
    return any(word in str(key).lower() for word in SECRET_WORDS)


def listen() -> None:
    """Record sign-ins, and what the engine's pages report."""
    for signal, receiver in (
        (user_logged_in, _signed_in),
        (user_logged_out, _signed_out),
        (user_login_failed, _failed_to_sign_in),
        (person_acted, _acted),
    ):
        signal.connect(receiver, dispatch_uid=f"voicehub-audit-{receiver.__name__}")


def _signed_in(user: Any, request: Any, **kwargs: Any) -> None:
    record("sign_in.succeeded", user, user)


def _signed_out(user: Any, request: Any, **kwargs: Any) -> None:
    if user is not None:
        record("sign_in.ended", user, user)


def _failed_to_sign_in(credentials: Mapping[str, Any], action: str = "sign_in.failed", **kwargs: Any) -> None:
    # A name that nobody has may be a password typed into the wrong field: it is not written down.
    name = credentials.get("username")
    person = get_user_model().objects.filter(username=name).first() if name else None
    record(action, None, person)


def _acted(action: str, actor: Any, obj: models.Model | None, reason: str, **kwargs: Any) -> None:
    record(action, actor, obj, reason)
