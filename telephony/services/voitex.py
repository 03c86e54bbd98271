"""Voitex's account, and asking Voitex while somebody waits."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from django.utils.translation import gettext as _

from telephony.services.sip import NotConnectedError
from telephony.sync.voitex import SLUG, VOITEX, make_client
from telephony.voitex import VoitexClient
from voicehub.remote.errors import (
    ConfigurationError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    RemoteError,
    UnavailableError,
)
from voicehub.remote.http import ExchangeRecord
from voicehub.sync.accounts import account_by_key
from voicehub.sync.exchanges import store_exchanges
from voicehub.sync.models import Connection
from voicehub.sync.told import in_your_language

Answer = TypeVar("Answer")


class NotDoneError(Exception):
    """Surely nothing happened at Voitex; the text says why and what to do.

    `fields` maps names of Voitex's fields to its messages about them.
    """

    def __init__(self, message: str, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}


class UnclearError(Exception):
    """Voitex's answer does not tell whether anything happened; the text says so."""


def voitex_account() -> Connection:
    """The account of the key in the settings. Raises NotConnectedError."""
    found = account_by_key(VOITEX)
    if found is None:
        raise NotConnectedError(_("There is no key for Voitex. An administrator can set VOITEX_AUTH_KEY."))
    return found


def ask_voitex(question: Callable[[VoitexClient], Answer]) -> Answer:
    """Ask while somebody waits. Raises NotDoneError, UnclearError; NotFoundError where no contact has the number."""
    exchanges: list[ExchangeRecord] = []
    try:
        account = voitex_account()
    except NotConnectedError as why:
        raise NotDoneError(str(why)) from why
    try:
        return question(make_client(account, exchanges.append))
    except NotFoundError:
        raise
    except RemoteError as why:
        raise _in_words(why) from why
    finally:
        store_exchanges(exchanges, SLUG, account)


def _in_words(error: RemoteError) -> NotDoneError | UnclearError:
    why = in_your_language(str(error))
    match error:
        case RejectedError():
            return NotDoneError(why, error.fields)
        case ConfigurationError():
            return NotDoneError(why)
        case RateLimitedError() | UnavailableError():
            return NotDoneError(_("%(why)s Try again in a few minutes.") % {"why": why})
        case _:
            return UnclearError(why)
