"""Accounts at OutVoice: which one pays, connecting, signing in again, fetching its contributors."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contributors.models import Contributor, Transaction
from contributors.outvoice import OutVoiceClient
from contributors.services.errors import NotConnectedError, TakenError
from contributors.sync import OUTVOICE, SLUG, make_client, outvoice_settings
from voicehub.remote.auth import MemoryTokenStore, TokenPair
from voicehub.remote.http import ExchangeRecord
from voicehub.sync import queue
from voicehub.sync.exchanges import store_exchanges
from voicehub.sync.models import Connection, SyncJob
from voicehub.sync.signals import person_acted
from voicehub.sync.tokens import DatabaseTokenStore

State = Transaction.State
OWN = "sync.connect_own_account"
ON_THE_WAY = (State.APPROVAL, State.WAITING, State.HELD, State.SENDING, State.UNCERTAIN)


def installation_account() -> Connection | None:
    """The installation's OutVoice account at the address that the settings name; None before one is connected."""
    return connected_accounts().filter(owner=None).order_by("-connected_at").first()


def own_account(user: Any) -> Connection | None:
    """The account that this person has connected for themselves."""
    return connected_accounts().filter(owner=user).order_by("-connected_at").first()


def current_connection(user: Any) -> Connection | None:
    """The account that this person's payments go out through: the own one, if they may have one, else the
    installation's."""
    own = own_account(user) if user.has_perm(OWN) else None
    return own or installation_account()


def current_connections(user: Any) -> QuerySet[Connection]:
    """The same as a query."""
    accounts = connected_accounts()
    own = accounts.filter(owner=user if user.has_perm(OWN) else 0)
    return accounts.filter(Q(pk__in=own) | Q(owner=None) & ~Exists(own))


def connected_accounts() -> QuerySet[Connection]:
    """Accounts of everybody at the address that the settings name."""
    return Connection.objects.filter(provider=SLUG, base_url=OUTVOICE.base_url(), disconnected_at=None)


def usable_connection(user: Any) -> Connection:
    """The account that this person's payments go out through. Raises NotConnectedError with what to do.

    An own account that needs a new sign-in is never silently replaced by the installation's.
    """
    connection = current_connection(user)
    if connection is None:
        raise NotConnectedError(_("No OutVoice account is connected. An administrator can connect one."))
    if connection.stopped_reason:
        raise NotConnectedError(_who_signs_in(connection) % {"reason": connection.stopped_reason})
    return connection


def _who_signs_in(connection: Connection) -> str:
    if connection.owner_id is None:
        return _("The OutVoice account needs a new sign-in (%(reason)s). An administrator can sign in again.")
    return _(
        "Your own OutVoice account needs a new sign-in (%(reason)s). Sign in again on the page “My OutVoice "
        "account”, or disconnect it there to pay through the installation's account."
    )


def connect(*, email: str, password: str, user: Any, is_own: bool = False) -> Connection:
    """Sign in at OutVoice and keep the tokens; the password is used once and not kept.

    With `is_own` it is the person's own account, else the installation's. Raises the remote errors,
    AuthenticationError when OutVoice refuses e-mail or password, and TakenError when the account belongs to others.
    """
    email = email.strip().lower()
    pair, name = _signed_in(email, password)
    with transaction.atomic():
        connection = _claimed(email, user if is_own else None)
        DatabaseTokenStore(connection.pk).save(pair)
        _make_current(connection, name)
        queue.pull(Contributor, connection, user)
        person_acted.send(sender=Connection, action="account.connected", actor=user, obj=connection, reason="")
    connection.refresh_from_db()
    return connection


def _signed_in(email: str, password: str) -> tuple[TokenPair, str]:
    """New tokens and the account's name as OutVoice says it, before anything of ours is changed."""
    store, exchanges = MemoryTokenStore(), list[ExchangeRecord]()
    client = OutVoiceClient(outvoice_settings(), store, exchanges.append)
    try:
        pair = client.sign_in(email, password)
        store.save(pair)
        name = client.auth_check()
        return store.load() or pair, name
    finally:
        store_exchanges(exchanges, SLUG)


def _claimed(email: str, owner: Any) -> Connection:
    """The account's row, locked and given to its owner. Who knows its password may learn that it is in use."""
    connection, _made = Connection.objects.get_or_create(
        provider=SLUG,
        base_url=OUTVOICE.base_url(),
        account=email,
        defaults={"owner": owner, "disconnected_at": timezone.now()},
    )
    current = Connection.objects.select_for_update(of=("self",)).get(pk=connection.pk)
    if current.owner_id != (owner.pk if owner else None):
        if current.disconnected_at is None and not _was_left_behind(current):
            raise TakenError(_whose(current))
        if Transaction.objects.filter(connection=current, state__in=ON_THE_WAY).exists():
            raise TakenError(_("Payments of somebody else still wait for this account. They have to be ended first."))
        current.owner = owner
        current.save(update_fields=["owner"])
    return current


def _was_left_behind(connection: Connection) -> bool:
    """Whose own it is cannot sign in any more."""
    return connection.owner is not None and not connection.owner.is_active


def _whose(connection: Connection) -> str:
    if connection.owner_id is None:
        return _("This is the installation's account: payments go out through it already.")
    return _("Somebody else has connected this account as their own.")


def _make_current(connection: Connection, name: str) -> None:
    now = timezone.now()
    others = connected_accounts().filter(owner=connection.owner_id).exclude(pk=connection.pk)
    others.update(disconnected_at=now)
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
        store_exchanges(exchanges, SLUG, connection)


def pull_contributors(*, user: Any, is_confirmed: bool = False) -> SyncJob:
    """Queue a fetch of the list of contributors. Raises NotConnectedError."""
    return queue.pull(Contributor, usable_connection(user), user, is_confirmed=is_confirmed)


def demo_sign_in(user: Any) -> Connection | None:
    """Connect the sandbox's own account, as the demo does; None when it is connected already."""
    connection = installation_account()
    if connection and connection.is_usable and DatabaseTokenStore(connection.pk).load():
        return None
    return connect(email="editor@example.org", password="sandbox", user=user)  # noqa: S106
