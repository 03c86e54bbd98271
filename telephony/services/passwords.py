"""Passwords of SIP accounts: asked for when a person wants one, made anew, never kept."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from telephony.apidaze import KPN, ApidazeClient
from telephony.models import PhoneLink, SipAccount
from telephony.services.sip import NOT_THERE, NotConnectedError, connection
from telephony.sync.apidaze import SLUG, is_changed_there, make_client
from voicehub.common import audit
from voicehub.remote.errors import ConfigurationError, NotFoundError, RejectedError, RemoteError
from voicehub.remote.http import ExchangeRecord
from voicehub.remote.redaction import Secret
from voicehub.sync import queue
from voicehub.sync.clock import database_now
from voicehub.sync.exchanges import store_exchanges
from voicehub.sync.models import Lane
from voicehub.sync.resolving import FORGOTTEN
from voicehub.sync.services import TooLateError
from voicehub.sync.told import in_your_language

SAYS_WHAT_TO_DO = (ConfigurationError, RejectedError)

# What was known about a phone does not hold for one that has yet to be set up.
NOT_CHECKED: dict[str, Any] = {"registration": "", "checked_at": None, "asked_at": None}

Answer = TypeVar("Answer")


class NotToldError(Exception):
    """Apidaze did not tell what it was asked; the text says why and what to do."""


def tells_passwords() -> bool:
    """Whether Apidaze tells a password whenever it is asked, or only when it has just made it."""
    return settings.APIDAZE_KIND == KPN


@sensitive_variables()
def reveal(account: SipAccount, *, reason: str, user: Any) -> Secret:
    """What a phone signs in with, as Apidaze tells it now. Raises NotToldError.

    It is written down before it is read: nobody has seen a password of whom that is not known.
    """
    check_there(account)
    audit.record("sipaccount.revealed", user, account, reason)
    return ask(lambda client: client.read_password(account.remote_id))


def renew(account: SipAccount, *, shown: int, reason: str, user: Any) -> Secret | None:
    """Have a new password made; every phone that signs in with the account drops out.

    Where Apidaze makes a password with an account only, the account is deleted and created again in the background:
    None. Else the new password, told this once. `shown` is the number of renewals that the person has seen. Raises
    NotToldError, and TooLateError when it is not the time for it.
    """
    check_there(account)
    if not tells_passwords():
        return _reset(account, shown=shown, reason=reason, user=user)
    _check_agreement(account)
    with transaction.atomic():
        current = _counted(account, shown)
        # What was agreed is kept: it tells whether Apidaze's is changed before it goes.
        retired = {"retired_remote_id": current.remote_id, **FORGOTTEN, **NOT_CHECKED}
        del retired["agreed_values"]
        SipAccount._base_manager.filter(pk=current.pk).update(**retired)
        queue.push(current, user)
        audit.record("sipaccount.renewed", user, current, reason)
    return None


@sensitive_variables()
def _reset(account: SipAccount, *, shown: int, reason: str, user: Any) -> Secret:
    with transaction.atomic():
        audit.record("sipaccount.renewed", user, _counted(account, shown), reason)
    return reset(account)


@sensitive_variables()
def reset(account: SipAccount) -> Secret:
    """The new password of an account, at the door that tells it then only. Raises NotToldError."""
    if Lane.objects.get(pk=SLUG).is_stopped(database_now()):
        raise NotToldError(_("Apidaze is stopped: nothing is changed there. An admin can release it."))
    return ask(lambda client: client.reset_password(account.remote_id))


def check_there(account: SipAccount) -> None:
    """Raises NotToldError when there is no account at Apidaze to ask about, or none that we may ask about now."""
    if account.is_being_renewed:
        raise NotToldError(_("A new password is being made. Look at the account again in a moment."))
    if not account.remote_id or account.sync_state in NOT_THERE:
        raise NotToldError(_("Apidaze does not have this account: look at its state."))
    try:
        is_ours = account.connection == connection()
    except NotConnectedError as why:
        raise NotToldError(str(why)) from why
    if not is_ours:
        raise NotToldError(_("It belongs to an account that is not connected any more."))


def ask(question: Callable[[ApidazeClient], Answer]) -> Answer:
    """Ask Apidaze while somebody waits, about an account that `check_there` lets pass. Raises NotToldError."""
    exchanges: list[ExchangeRecord] = []
    key = connection()
    try:
        return question(make_client(key, exchanges.append))
    except NotFoundError as why:
        raise NotToldError(
            _("Apidaze does not have this account any more. Compare the list with Apidaze's.")
        ) from why
    except SAYS_WHAT_TO_DO as why:
        raise NotToldError(in_your_language(str(why))) from why
    except RemoteError as why:
        raise NotToldError(_("%(why)s Try again in a few minutes.") % {"why": in_your_language(str(why))}) from why
    finally:
        store_exchanges(exchanges, SLUG, key)


def _check_agreement(account: SipAccount) -> None:
    """What was changed at Apidaze would be lost with the account there. Raises TooLateError, NotToldError."""
    there = ask(lambda client: client.read_account(account.remote_id)).values
    if is_changed_there(account, there):
        queue.push(account)
        raise TooLateError(
            _("Nothing was done: the account was changed at Apidaze. Compare the two and choose, then do it again.")
        )


def _counted(account: SipAccount, shown: int) -> SipAccount:
    """The account, locked, with one renewal more and without links. Raises TooLateError."""
    current = SipAccount._base_manager.select_for_update().get(pk=account.pk)
    if current.renewals != shown or not current.remote_id or current.sync_state in NOT_THERE:
        raise TooLateError(_("Nothing was done: the account has changed since you looked. Look at its state."))
    SipAccount._base_manager.filter(pk=current.pk).update(renewals=F("renewals") + 1)
    end_links(current)
    return current


def end_links(account: SipAccount) -> None:
    """From now on nobody gets a password by a set-up link that was made before."""
    now = database_now()
    PhoneLink.objects.filter(account=account, served_at=None, expires_at__gt=now).update(expires_at=now)
