"""Accounts at OutVoice: which one pays, connecting, signing in again, fetching its contributors."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contributors.models import Contributor
from contributors.services.errors import NotConnectedError
from contributors.sync import OUTVOICE, SLUG, make_client
from voicehub.remote.http import ExchangeRecord
from voicehub.sync import queue
from voicehub.sync.exchanges import store_exchanges
from voicehub.sync.models import Connection, SyncJob
from voicehub.sync.signals import person_acted
from voicehub.sync.tokens import DatabaseTokenStore


def current_connection() -> Connection | None:
    """The installation's OutVoice account at the address that the settings name; None before one is connected."""
    return (
        Connection.objects.filter(provider=SLUG, base_url=OUTVOICE.base_url(), disconnected_at=None)
        .order_by("-connected_at")
        .first()
    )


def usable_connection() -> Connection:
    """The account that payments go through. Raises NotConnectedError with words for staff."""
    connection = current_connection()
    if connection is None:
        raise NotConnectedError(_("No OutVoice account is connected. An administrator can connect one."))
    if connection.stopped_reason:
        raise NotConnectedError(
            _("The OutVoice account needs a new sign-in (%(reason)s). An administrator can sign in again.")
            % {"reason": connection.stopped_reason}
        )
    return connection


def connect(*, email: str, password: str, user: Any) -> Connection:
    """Sign in at OutVoice and keep the tokens; the password is used once and not kept.

    Raises the remote errors, AuthenticationError when OutVoice refuses e-mail or password.
    """
    email = email.strip().lower()
    with transaction.atomic():
        connection, _made = Connection.objects.get_or_create(
            provider=SLUG,
            base_url=OUTVOICE.base_url(),
            account=email,
            defaults={"disconnected_at": timezone.now()},
        )
    exchanges: list[ExchangeRecord] = []
    client = make_client(connection, exchanges.append)
    try:
        DatabaseTokenStore(connection.pk).save(client.sign_in(email, password))
        name = client.auth_check()
    finally:
        store_exchanges(exchanges, connection)
    _make_current(connection, name)
    queue.pull(Contributor, connection, user)
    person_acted.send(sender=Connection, action="account.connected", actor=user, obj=connection, reason="")
    connection.refresh_from_db()
    return connection


def _make_current(connection: Connection, name: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        others = Connection.objects.filter(provider=SLUG, base_url=connection.base_url, disconnected_at=None)
        others.exclude(pk=connection.pk).update(disconnected_at=now)
        Connection.objects.filter(pk=connection.pk).update(
            name=name, disconnected_at=None, stopped_reason="", connected_at=now
        )
        queue.ring_on_commit()


def disconnect(connection: Connection, *, user: Any) -> None:
    """Forget the tokens. What waits for this account stays, and is never sent through another."""
    with transaction.atomic():
        DatabaseTokenStore(connection.pk).clear(_("Disconnected."))
        Connection.objects.filter(pk=connection.pk).update(disconnected_at=timezone.now())
        person_acted.send(sender=Connection, action="account.disconnected", actor=user, obj=connection, reason="")


def check_account(connection: Connection) -> str:
    """The account owner's name as OutVoice says it now. Raises the remote errors."""
    exchanges: list[ExchangeRecord] = []
    try:
        return make_client(connection, exchanges.append).auth_check()
    finally:
        store_exchanges(exchanges, connection)


def pull_contributors(*, user: Any, is_confirmed: bool = False) -> SyncJob:
    """Queue a fetch of the list of contributors. Raises NotConnectedError."""
    return queue.pull(Contributor, usable_connection(), user, is_confirmed=is_confirmed)


def demo_sign_in(user: Any) -> Connection | None:
    """Connect the sandbox's own account, as the demo does; None when it is connected already."""
    connection = current_connection()
    if connection and connection.is_usable and DatabaseTokenStore(connection.pk).load():
        return None
    return connect(email="editor@example.org", password="sandbox", user=user)  # noqa: S106
