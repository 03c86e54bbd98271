"""Asking a provider once more what it was asked before: reads only, through the provider's own client."""

from typing import Any

from django.utils.translation import gettext as _

from voicehub.remote.errors import RemoteError
from voicehub.remote.http import ExchangeRecord
from voicehub.sync import exchanges
from voicehub.sync.models import Connection, Exchange
from voicehub.sync.registry import Reading, provider, providers
from voicehub.sync.services import TooLateError
from voicehub.sync.signals import person_acted


def is_read(call: Exchange) -> bool:
    """Whether the call only read something, and can be made once more from what was kept of it."""
    return _reading_of(call) is not None


def read_again(call: Exchange, *, user: Any) -> Exchange:
    """Ask the same once more; whatever the answer, it is kept as a call of its own. Raises TooLateError."""
    reading = _reading_of(call)
    if reading is None:
        raise TooLateError(_("This is not asked again: it does more than read, or a part of it is masked."))
    account, why = _account_of(call), ""
    records: list[ExchangeRecord] = []
    try:
        reading(account, records.append)
    except RemoteError as error:
        why = str(error)
    finally:
        kept = _kept(records, call)
    if not kept:
        raise TooLateError(why)
    person_acted.send(sender=Exchange, action="exchange.repeated", actor=user, obj=kept[-1], reason="")
    return kept[-1]


def _reading_of(call: Exchange) -> Reading | None:
    if call.provider not in {one.slug for one in providers()}:
        return None
    return provider(call.provider).reading_of(call.method, call.url, call.request_body)


def _account_of(call: Exchange) -> Connection:
    """What was asked of one account is never asked of another. Raises TooLateError."""
    account = call.connection
    if account is None or account.base_url != provider(call.provider).base_url():
        raise TooLateError(_("It was asked of another account, or of none, and is not asked again."))
    if not account.is_usable:
        raise TooLateError(_("Nothing goes through this account now: look at its page under Providers, Accounts."))
    return account


def _kept(records: list[ExchangeRecord], call: Exchange) -> list[Exchange]:
    """A sign-in may have come first; the read itself is the last."""
    rows = exchanges.rows(records, call.provider, call.connection, None)
    for row in rows[-1:]:
        row.repeats = call
    return Exchange.objects.bulk_create(rows)
