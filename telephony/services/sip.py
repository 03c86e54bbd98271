"""SIP accounts: saving them, and asking whether a phone is signed in."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy

from telephony.models import SipAccount
from telephony.sync.apidaze import APIDAZE
from voicehub.sync import queue
from voicehub.sync.accounts import account_by_key
from voicehub.sync.clock import database_now
from voicehub.sync.models import Connection, RecordState, SyncJob

TAKEN = gettext_lazy("There is a SIP account of this username already, in capital or small letters.")
NO_KEY = gettext_lazy(
    "There is no key for Apidaze. An administrator can set APIDAZE_CLIENT_ID and APIDAZE_CLIENT_SECRET."
)
NOT_THERE = (RecordState.GONE, RecordState.DELETING)


class NotConnectedError(Exception):
    """There is no key for the provider; the text says what to do."""


def connection() -> Connection:
    """The account of the key in the settings. Raises NotConnectedError."""
    found = account_by_key(APIDAZE)
    if found is None:
        raise NotConnectedError(str(NO_KEY))
    return found


def save_account(account: SipAccount, *, user: Any) -> SipAccount:
    """Save a SIP account and queue what Apidaze has to learn. A new one belongs to the account of the key.

    Raises NotConnectedError.
    """
    if account.connection_id is None:
        account.connection = connection()
    account.save(user=user)
    return account


def check_username(username: str, account: Connection, *, besides: SipAccount | None = None) -> None:
    """Raises ValidationError when another SIP account bears the username, in capital or small letters.

    One at a time: two people who take the same name now would both find it free.
    """
    Connection.objects.select_for_update().get(pk=account.pk)
    namesakes = SipAccount.objects.filter(connection=account, username__iexact=username)
    if any(one != besides for one in namesakes):
        raise ValidationError(TAKEN)


def may_check_phone(account: SipAccount) -> bool:
    """Whether there is an account at Apidaze to ask about."""
    return bool(account.remote_id) and account.sync_state not in NOT_THERE


@transaction.atomic
def check_phone(account: SipAccount, *, user: Any = None, not_before: datetime | None = None) -> SyncJob:
    """Have Apidaze asked whether a phone is signed in with the account, at `not_before` (UTC) or at once."""
    SipAccount._base_manager.filter(pk=account.pk).update(asked_at=not_before or database_now())
    return queue.look(account, user, not_before)
