"""Records whose twins can be read: compared before anything is sent, and with the provider's whole list."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from voicehub.sync import queue
from voicehub.sync.agreement import columns_after
from voicehub.sync.clock import database_now
from voicehub.sync.differences import Values
from voicehub.sync.handlers import PullHandler, RecordHandler
from voicehub.sync.missing import ask_whether_gone
from voicehub.sync.models.connection import Connection
from voicehub.sync.models.job import JobState, Operation, SyncJob
from voicehub.sync.models.record import RecordState, SyncedModel
from voicehub.sync.registry import provider, provider_label

# States of which nothing waits: only these may be overwritten by what a list says.
SETTLED = (RecordState.IN_STEP, RecordState.CHANGED, RecordState.APART, RecordState.GONE)

Listing = Mapping[str, Values]


class TwinHandler(RecordHandler, PullHandler):
    """A record whose twin can be read. Values go by the names of SYNCED_FIELDS, as JSON can hold them; what the
    provider did not say is left out. `fixed_fields` are taken when a twin is created and never again.
    """

    fixed_fields: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def read(self, client: Any, remote_id: str) -> Values:
        """What the provider has now. Raises NotFoundError."""

    @abstractmethod
    def fetch(self, client: Any) -> Listing:
        """The whole list, by the ids at the provider."""

    @abstractmethod
    def may_come_from(self, record: Any, values: Values) -> bool:
        """Whether a create of `record` whose answer was lost may have made this."""

    def find(self, client: Any, record: Any) -> Sequence[str]:
        listed = self.fetch(client)
        return [remote_id for remote_id, values in listed.items() if self.may_come_from(record, values)]

    def absorb(self, connection: Connection, fetched: Listing, *, is_confirmed: bool) -> str:
        return Absorption(self, connection, fetched).carry_out(is_confirmed=is_confirmed)


class Absorption:
    """Takes a list into our records. What they hold is left to people, unless the provider's changes are adopted."""

    def __init__(self, handler: TwinHandler, connection: Connection, listed: Listing) -> None:
        self._handler = handler
        self._connection = connection
        self._listed = listed
        self._fields: Sequence[str] = handler.model.SYNCED_FIELDS  # type: ignore[attr-defined]
        self._rows: Any = handler.model._base_manager.filter(connection=connection)
        self._began = self._time_of_reading()
        self._adopts_changes = provider(handler.provider).adopts_changes()
        self._words = {"provider": provider_label(handler.provider)}
        self._adopted = 0

    def carry_out(self, *, is_confirmed: bool) -> str:
        """Compare, import and mark as gone, and say in words what was found. Raises PullHeldError to ask first."""
        known = {record.remote_id: record for record in self._rows.exclude(remote_id="")}
        current = [record for record in known.values() if self._was_settled(record)]
        gone = [one for one in current if one.remote_id not in self._listed and one.sync_state != RecordState.GONE]
        if not is_confirmed:
            active = sum(record.sync_state != RecordState.GONE for record in known.values())
            ask_whether_gone(self._handler, len(gone), active)
        changed = sum(self._compare(one) for one in current if one.remote_id in self._listed)
        added = self._import({key: self._listed[key] for key in self._listed if key not in known})
        for record in gone:
            self._write(record, sync_state=RecordState.GONE, sync_message=_("It is not on the provider's list."))
        return self._summary(added, changed, len(gone))

    def _summary(self, added: int, changed: int, gone: int) -> str:
        words = _("Since the comparison before: %(added)d new, %(changed)d changed at the provider, %(gone)d gone.")
        adopted = _("%(adopted)d taken over.") % {"adopted": self._adopted} if self._adopted else ""
        return f"{words % {'added': added, 'changed': changed, 'gone': gone}} {adopted}".strip()

    def _time_of_reading(self) -> datetime:
        """What has happened since is newer than the list."""
        reading = SyncJob.objects.filter(
            model=self._handler.model._meta.label_lower,
            object_id=self._connection.pk,
            operation=Operation.PULL,
            state=JobState.SENDING,
        )
        return reading.values_list("started_at", flat=True).first() or database_now()

    def _was_settled(self, record: SyncedModel) -> bool:
        return record.sync_state in SETTLED and (record.synced_at is None or record.synced_at < self._began)

    def _compare(self, record: SyncedModel) -> bool:
        """Write down what the list says of a record. True when that is news for a person."""
        if record.sync_state == RecordState.GONE:
            queue.push(record)
            return False
        there = {**record.seen_values, **self._listed[record.remote_id]}
        if self._adopts_changes:
            self._adopt(record, there)
        columns = columns_after(record, there)
        is_news = columns["sync_state"] == RecordState.CHANGED and there != record.seen_values
        if any(getattr(record, name) != value for name, value in columns.items()):
            self._write(record, **columns)
        return is_news

    def _adopt(self, record: SyncedModel, there: Values) -> None:
        """Take over what was changed there alone, unless the record has moved on meanwhile."""
        theirs = record.sides(there).to_take_over()
        if not theirs or not self._unmoved(record).select_for_update().exists():
            return
        record.take(theirs)
        record.save_as_told(_("Changed at %(provider)s, taken over from there.") % self._words)
        self._adopted += 1

    def _write(self, record: SyncedModel, **columns: Any) -> None:
        self._unmoved(record).update(**columns)

    def _unmoved(self, record: SyncedModel) -> Any:
        """The record's row; none when it has moved on since it was read."""
        same = self._rows.filter(pk=record.pk, generation=record.generation, synced_at=record.synced_at)
        return same.filter(sync_state=record.sync_state)

    def _import(self, unknown: Listing) -> int:
        """Make records of what is new there, unless one of ours may have made it, or has just removed it."""
        if not unknown or self._has_removed_since():
            return 0
        unanswered = [record for record in self._rows.filter(remote_id="") if record.sent_values]
        whole = {key: values for key, values in unknown.items() if set(values) == set(self._fields)}
        new = {key: values for key, values in whole.items() if not self._comes_from(unanswered, values)}
        for remote_id, values in new.items():
            self._handler.model(
                connection=self._connection,
                remote_id=remote_id,
                synced_at=database_now(),
                sync_state=RecordState.IN_STEP,
                agreed_values=dict(values),
                seen_values=dict(values),
                **values,
            ).save_as_told(_("Found at %(provider)s.") % self._words)  # type: ignore[attr-defined]
        return len(new)

    def _comes_from(self, records: Iterable[SyncedModel], values: Values) -> bool:
        return any(self._handler.may_come_from(record, values) for record in records)

    def _has_removed_since(self) -> bool:
        removals = SyncJob.objects.filter(
            model=self._handler.model._meta.label_lower,
            connection=self._connection,
            operation=Operation.REMOVE,
            finished_at__gte=self._began,
        )
        return removals.exists()
