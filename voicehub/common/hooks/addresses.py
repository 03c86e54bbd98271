"""What people do with addresses, and how a request finds its own.

A token is handed out once, as the address that its maker sees; here only its digest stays.
"""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from voicehub.common import audit
from voicehub.common.hooks.kinds import HookKind, kind_of
from voicehub.common.hooks.models import HookAddress
from voicehub.sync.services import TooLateError

PREFIX = "/hooks/"
TOKEN_BYTES = 32
# Written out: to build this query takes the ORM longer than all the rest of an answer.
FIND = """
    SELECT id, target, digest <> %s FROM hooks_hookaddress
    WHERE kind = %s AND (digest = %s OR (former_digest = %s AND former_until > %s))
"""
STILL_OPEN = _(
    "The former address still works, and the provider may still use it: a further exchange would end it. Nothing "
    "was done. Once the provider uses the new one, an admin can close the former one under Inbound addresses; then "
    "it can be exchanged again."
)
AUDIT_WORDS = {
    "hook.made": _("Made an inbound address"),
    "hook.exchanged": _("Exchanged an inbound address"),
    "hook.former_closed": _("Closed a former inbound address"),
    "hook.closed": _("Closed an inbound address"),
}


class Found(NamedTuple):
    """The address that a token opens; `is_former` with the token that was exchanged already."""

    pk: int
    target: str
    is_former: bool


def find(kind: HookKind, digest: str, now: datetime) -> Found | None:
    """The address that the token with this digest opens.

    How long it takes to look a digest up tells nothing about how near a guessed token was.
    """
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(FIND, [digest, kind.slug, digest, digest, at])
        row = cursor.fetchone()
    return Found(*row) if row else None


def digest_of(token: str) -> str:
    return sha256(token.encode(errors="replace")).hexdigest()


def make(kind: HookKind, target: str = "", *, user: Any) -> str:
    """Make the address of a target. Returns its path, with the token, for this once.

    Raises TooLateError when there is one, and LookupError when the kind does not know the target.
    """
    if not kind.knows(target):
        raise LookupError(target)
    token, values = _new_token()
    with transaction.atomic():
        address, is_new = HookAddress.objects.get_or_create(kind=kind.slug, target=target, defaults=values)
        if not is_new:
            raise TooLateError(_("This address was made before. Exchange it if nobody has written it down."))
        audit.record("hook.made", user, address)
        kind.handed_out(target, path := path_of(kind.slug, token), user)
    return path


def exchange(address: HookAddress, *, user: Any) -> str:
    """Give an address a new token. Its present one works on for HOOK_OVERLAP_HOURS.

    A closed address is open again with the new one. Returns the path, with the token, for this once. Raises
    TooLateError, also while the former token works, which the provider may still use: it would end.
    """
    if address.is_former_open:
        raise TooLateError(STILL_OPEN)
    token, values = _new_token()
    until = timezone.now() + timedelta(hours=settings.HOOK_OVERLAP_HOURS)
    with transaction.atomic():
        _change(address, former_digest=F("digest"), former_until=until, **values)
        audit.record("hook.exchanged", user, address)
        path = path_of(address.kind, token)
        if kind := kind_of(address.kind):
            kind.handed_out(address.target, path, user)
    return path


def close_former(address: HookAddress, *, user: Any) -> None:
    """End the former token before its time. Raises TooLateError."""
    with transaction.atomic():
        _change(address, former_digest=None, former_until=None)
        audit.record("hook.former_closed", user, address)


def close(address: HookAddress, *, user: Any) -> None:
    """From now on nothing comes in at this address. Raises TooLateError."""
    with transaction.atomic():
        _change(address, digest=None, former_digest=None, former_until=None)
        audit.record("hook.closed", user, address)


def path_of(slug: str, token: str) -> str:
    return f"{PREFIX}{slug}/{token}/"


def _new_token() -> tuple[str, dict[str, Any]]:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return token, {"digest": digest_of(token), "made_at": timezone.now()}


def _change(address: HookAddress, **values: Any) -> None:
    as_seen = HookAddress.objects.filter(pk=address.pk, version=address.version)
    if not as_seen.update(version=F("version") + 1, **values):
        raise TooLateError(_("This address has been changed meanwhile. Nothing was done: look at it again."))
