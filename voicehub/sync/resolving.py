"""What a person may decide about a record and its twin: take, send, leave, create anew, adopt. One door each."""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from voicehub.sync import queue
from voicehub.sync.differences import Changed, Difference
from voicehub.sync.models import RecordState, SyncedModel
from voicehub.sync.models.job import SyncJob
from voicehub.sync.services import TooLateError
from voicehub.sync.signals import person_acted

CREATABLE = (RecordState.GONE, RecordState.UNCERTAIN)
FORGOTTEN: dict[str, Any] = {
    "remote_id": "",
    "agreed_values": {},
    "seen_values": {},
    "sent_values": {},
    "ignored_values": {},
}


class Choice(StrEnum):
    """What becomes of one field: theirs is taken, ours is sent, or both stay as they are until one changes."""

    THEIRS = "theirs"
    OURS = "ours"
    IGNORE = "ignore"


class ChangedSinceError(Exception):
    """The record, or its twin, is not any more what the person was shown."""


def marks(record: SyncedModel) -> dict[str, str]:
    """A mark for each field of what a person sees of it, here and at the provider.

    What is only on its way there from here, or has arrived, is no change: it is what the person has saved.
    """
    there, ignored = changed_there(record), record.ignored_values
    return {
        name: _hash([value, there.get(name), ignored.get(name)])[:16] for name, value in record.values_here().items()
    }


def marks_there(record: SyncedModel) -> dict[str, str]:
    """The same of what is different at the provider alone."""
    ignored = record.ignored_values
    return {name: _hash([value, ignored.get(name)])[:16] for name, value in changed_there(record).items()}


def changed_there(record: SyncedModel) -> dict[str, Any]:
    """What the provider has in the fields that were changed there."""
    return {one.name: one.there for one in record.sides().differences() if one.changed != Changed.HERE}


def digest(record: SyncedModel) -> str:
    """A mark of the whole record and its twin; another one means that a person has to look again."""
    return _hash(marks(record))[:32]


def _hash(shown: Any) -> str:
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def resolve(record: SyncedModel, choices: Mapping[str, Choice], *, shown: str, user: Any) -> None:
    """Do what was chosen field by field, and look at the provider once more.

    Raises ChangedSinceError when the record is not what was `shown` (its digest) to the person.
    """
    with transaction.atomic():
        current = _locked(record)
        if digest(current) != shown:
            raise ChangedSinceError
        for difference in current.sides().differences():
            if choice := choices.get(difference.name):
                _apply(current, difference, choice)
        _rows(current).update(agreed_values=current.agreed_values, ignored_values=current.ignored_values)
        current.save(user=user)
        queue.push(current, user)
        words = ", ".join(f"{name}: {choice}" for name, choice in sorted(choices.items()))
        person_acted.send(sender=type(record), action="record.resolved", actor=user, obj=current, reason=words)


def resolve_all(record: SyncedModel, choice: Choice, *, user: Any) -> None:
    """The same choice for every open difference, as things stand now."""
    choices = {one.name: choice for one in record.sides().open_differences()}
    resolve(record, choices, shown=digest(record), user=user)


def create_anew(record: SyncedModel, *, user: Any) -> None:
    """Create a twin for a record whose twin is gone, or is none of those found. Raises TooLateError."""
    with transaction.atomic():
        current = _locked(record)
        if current.sync_state not in CREATABLE:
            raise TooLateError(_("It has moved on meanwhile: look at its state."))
        queue.jobs_of(current).update(look_first=False)
        _rows(current).update(**FORGOTTEN)
        queue.push(current, user)
        person_acted.send(sender=type(record), action="record.created_anew", actor=user, obj=current, reason="")


def adopt(record: SyncedModel, remote_id: str, *, user: Any) -> None:
    """Say which of the twins found is the record's. Raises TooLateError."""
    with transaction.atomic():
        current = _locked(record)
        is_held = type(record)._base_manager.filter(connection=current.connection_id, remote_id=remote_id).exists()
        if current.sync_state != RecordState.UNCERTAIN or current.remote_id or is_held:
            raise TooLateError(_("It has moved on meanwhile: look at its state."))
        _rows(current).update(remote_id=remote_id)
        queue.push(current, user)
        person_acted.send(sender=type(record), action="record.adopted", actor=user, obj=current, reason=remote_id)


def candidates(job: SyncJob | None) -> list[str]:
    """The ids of what a create with a lost answer may have left, when there are several."""
    return list(job.options.get("candidates", ())) if job else []


def _apply(record: SyncedModel, difference: Difference, choice: Choice) -> None:
    name = difference.name
    record.ignored_values.pop(name, None)
    if choice == Choice.IGNORE:
        record.ignored_values[name] = [difference.here, difference.there]
        return
    record.agreed_values[name] = difference.there
    if choice == Choice.THEIRS:
        record.take({name: difference.there})


def _rows(record: SyncedModel) -> Any:
    return type(record)._base_manager.filter(pk=record.pk)


def _locked(record: SyncedModel) -> Any:
    return _rows(record).select_for_update().get()
