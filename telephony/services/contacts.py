"""Contacts at Voitex: looked up when somebody wants one, changed only as long as they are as they were shown."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from telephony.models import PhoneNumber
from telephony.services.voitex import NotDoneError, UnclearError, ask_voitex
from telephony.sync.voitex import SLUG
from telephony.voitex import RemoteContact, RemotePhone, VoitexClient
from voicehub.common import audit
from voicehub.remote.errors import NotFoundError
from voicehub.sync.clock import database_now
from voicehub.sync.models import Lane

SALT = "telephony.contact"


class ChangedMeanwhileError(Exception):
    """The contact is not as it was shown, so nothing was done; `there` is what Voitex has now, None for none."""

    def __init__(self, there: RemoteContact | None) -> None:
        super().__init__()
        self.there = there


def has_contacts() -> bool:
    """Whether Voitex keeps contacts: only revision B of its interface does."""
    return bool(settings.VOITEX_CONTACTS_URL)


def find_contact(number: str) -> RemoteContact | None:
    """The contact of a number (E.164), as Voitex has it now. Raises NotDoneError, UnclearError."""
    return ask_voitex(lambda client: client.find_contact(number))


def create_contact(number: str, values: Mapping[str, str], *, user: Any) -> None:
    """Make a contact with this number. `values`: kind (H or M), first_name, last_name, label.

    Raises NotDoneError, UnclearError.
    """
    _do("contact.created", number, user, lambda client: client.create_contact([number], **values), sorted(values))


def change_contact(number: str, changes: Mapping[str, str], *, seen: RemoteContact, user: Any) -> None:
    """Change the contact of a number. `changes` go by Voitex's names for an update.

    Raises ChangedMeanwhileError unless it is as it was `seen`, NotDoneError, UnclearError.
    """
    _check_unchanged(number, seen)
    _do("contact.changed", number, user, lambda client: client.update_contact(number, changes), sorted(changes))


def delete_contact(number: str, *, seen: RemoteContact, user: Any) -> None:
    """Delete the whole contact that has a number. Raises as `change_contact` does."""
    _check_unchanged(number, seen)
    _do("contact.deleted", number, user, lambda client: client.delete_contact(number), [])


def sealed(contact: RemoteContact) -> str:
    """A contact as it was shown, fit for a hidden field."""
    return signing.dumps(asdict(contact), salt=SALT, compress=True)


def unsealed(text: str) -> RemoteContact | None:
    """The contact of `sealed`; None for any other text."""
    try:
        told = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    return RemoteContact(told["values"], tuple(RemotePhone(**one) for one in told["phones"]), tuple(told["labels"]))


def _check_unchanged(number: str, seen: RemoteContact) -> None:
    _check_running()
    there = find_contact(number)
    if there is None or not there.is_same_as(seen):
        raise ChangedMeanwhileError(there)


def _check_running() -> None:
    lane = Lane.objects.filter(pk=SLUG).first()
    if lane and lane.is_stopped(database_now()):
        raise NotDoneError(_("Voitex is stopped: nothing is changed there. An admin can release it."))


def _do(action: str, number: str, user: Any, question: Callable[[VoitexClient], object], fields: list[str]) -> None:
    """Have it done, and write down what was or may have been done."""
    _check_running()
    try:
        ask_voitex(question)
    except NotFoundError as why:
        raise ChangedMeanwhileError(None) from why
    except UnclearError:
        audit.record(action, user, PhoneNumber(number), _("Voitex's answer was lost."), fields=fields)
        raise
    audit.record(action, user, PhoneNumber(number), fields=fields)
