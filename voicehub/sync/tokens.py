"""Where a connection's OAuth tokens live: encrypted, replaced together, refreshed by one caller at a time."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac

from voicehub.remote.auth import TokenPair
from voicehub.sync.clock import database_now
from voicehub.sync.models import Connection, OAuthToken


class DatabaseTokenStore:
    """The token store of one connection. The lease is a conditional update; no transaction is open during a call.

    With a `key` of the settings, tokens that were got with another one count as none.
    """

    def __init__(self, connection_id: int, key: str = "") -> None:
        self._got_with = salted_hmac("voicehub.sync.tokens", key, algorithm="sha256").hexdigest() if key else ""
        self._connections = Connection.objects.filter(pk=connection_id)
        self._tokens = OAuthToken.objects.filter(pk=connection_id)
        self._connection_id = connection_id

    def load(self) -> TokenPair | None:
        token = self._tokens.filter(got_with=self._got_with).first()
        if token is None or not token.access_token or token.expires_at is None:
            return None
        return TokenPair(token.access_token, token.refresh_token, token.expires_at)

    def save(self, pair: TokenPair) -> None:
        OAuthToken.objects.update_or_create(
            pk=self._connection_id,
            defaults={
                "access_token": pair.access,
                "refresh_token": pair.refresh,
                "expires_at": pair.expires_at,
                "got_with": self._got_with,
            },
        )

    def clear(self, reason: str) -> None:
        """Forget both tokens; a person must sign in again, until then nothing goes through the connection."""
        with transaction.atomic():
            self._tokens.delete()
            self._connections.update(stopped_reason=reason)

    def lease(self, seconds: float) -> bool:
        OAuthToken.objects.get_or_create(pk=self._connection_id)
        now = database_now()
        free = Q(leased_until=None) | Q(leased_until__lt=now)
        return bool(self._tokens.filter(free).update(leased_until=now + timedelta(seconds=seconds)))

    def release(self) -> None:
        self._tokens.update(leased_until=None)
