from collections.abc import Callable
from typing import Any, ClassVar, NoReturn

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from voicehub.sync.differences import Sides, Values
from voicehub.sync.signals import person_acted


class RecordState(models.TextChoices):
    IN_STEP = "in_step", _("In step")
    WAITING = "waiting", _("Waiting")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
    UNCERTAIN = "uncertain", _("Uncertain")
    CHANGED = "changed", _("Changed at the provider")
    APART = "apart", _("Left different")
    GONE = "gone", _("Gone at the provider")
    DELETING = "deleting", _("Deleting")


class BypassError(RuntimeError):
    """Somebody tried to change synced records behind the queue's back."""


def _refuse(name: str) -> Callable[..., NoReturn]:
    def refused(self: Any, *args: Any, **kwargs: Any) -> NoReturn:
        raise BypassError(
            f"{self.model.__name__}.objects.{name}() would bypass the queue: save or delete the records one by one, "
            "or use _base_manager inside voicehub.sync."
        )

    return refused


class SyncedQuerySet(models.QuerySet):
    """Reads like any query set; whatever would change rows without queueing a job is refused."""

    update = _refuse("update")
    delete = _refuse("delete")
    bulk_create = _refuse("bulk_create")
    bulk_update = _refuse("bulk_update")


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | list | dict | None) else str(value)


class SyncedModel(models.Model):
    """A record with a twin at a provider. Saving it queues what the provider must learn.

    `generation` counts local changes of SYNCED_FIELDS, `synced_generation` is what the provider has confirmed.
    `agreed_values` is what both sides last had in common, `seen_values` what the provider had when it was last
    looked at; `sent_values` and `ignored_values` are described in voicehub.sync.differences.
    The engine writes its own columns with `_base_manager...update()`; `save()` never touches those.
    """

    SYNCED_FIELDS: ClassVar[tuple[str, ...]] = ()
    ENGINE_FIELDS: ClassVar[frozenset[str]] = frozenset(
        (
            "remote_id",
            "generation",
            "synced_generation",
            "synced_at",
            "sync_state",
            "sync_message",
            "agreed_values",
            "seen_values",
            "sent_values",
            "ignored_values",
        )
    )

    connection = models.ForeignKey(
        "sync.Connection", models.PROTECT, null=True, blank=True, editable=False, verbose_name=_("account")
    )
    remote_id = models.CharField(_("id at the provider"), max_length=64, blank=True, editable=False)
    generation = models.BigIntegerField(default=0, editable=False)
    synced_generation = models.BigIntegerField(default=0, editable=False)
    synced_at = models.DateTimeField(_("last in step"), null=True, blank=True, editable=False)
    sync_state = models.CharField(
        _("state"), max_length=10, choices=RecordState.choices, default=RecordState.WAITING, editable=False
    )
    sync_message = models.TextField(_("what happened"), blank=True, editable=False)
    agreed_values = models.JSONField(default=dict, editable=False)
    seen_values = models.JSONField(default=dict, editable=False)
    sent_values = models.JSONField(default=dict, editable=False)
    ignored_values = models.JSONField(default=dict, editable=False)

    objects = SyncedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save and, in the same transaction, queue a push when a field that the provider knows has changed.

        With a `user` the history and the job name that person, in background work as well.
        """
        from voicehub.sync import queue

        if user := kwargs.pop("user", None):
            self._history_user = user
        with transaction.atomic():
            is_new = self._state.adding
            before = None if is_new else self._stored()
            if not is_new and not kwargs.get("update_fields"):
                kwargs["update_fields"] = self._own_fields()
            super().save(*args, **kwargs)
            if is_new or before != self._wanted():
                queue.push(self, user=user)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Mark the record as deleting and queue the removal; the row goes when the provider agrees."""
        from voicehub.sync import queue

        user = kwargs.pop("user", None)
        with transaction.atomic():
            person_acted.send(sender=type(self), action="record.deleted", actor=user, obj=self, reason="")
            return queue.remove(self, user=user)

    def save_as_told(self, reason: str) -> None:
        """Save what the provider has told: there is nothing to send. `reason` tells it in the record's history."""
        self._history_user, self._change_reason = None, reason
        super().save()

    @property
    def remote_id_to_remove(self) -> str:
        """The twin that has to go when the record is deleted; empty when its id is not known."""
        return self.remote_id

    @property
    def push_passes_stop(self) -> bool:
        """Whether what the record wants now goes out while the provider is stopped: it only holds something back."""
        return False

    def values_here(self) -> dict[str, Any]:
        """The SYNCED_FIELDS by name, as JSON can hold them."""
        fields = self._meta.concrete_fields
        return {
            field.name: _plain(field.value_from_object(self)) for field in fields if field.name in self.SYNCED_FIELDS
        }

    def take(self, theirs: Values) -> None:
        """Take values of the provider into the fields of these names; nothing is saved."""
        for name, value in theirs.items():
            field: Any = self._meta.get_field(name)
            setattr(self, field.attname, field.to_python(value))

    def sides(self, there: Values | None = None) -> Sides:
        """The record's three sides; `there` is what the provider has, if it is not what was seen last."""
        return Sides(
            agreed=self.agreed_values,
            here=self.values_here(),
            there=self.seen_values if there is None else there,
            sent=self.sent_values,
            ignored=self.ignored_values,
        )

    def note_sent(self) -> bool:
        """Count the present values among those that may arrive at the provider. False when they were already."""
        before = self.sent_values
        self.sent_values = {
            name: [*before.get(name, ()), *([] if value in before.get(name, ()) else [value])]
            for name, value in self.values_here().items()
        }
        return self.sent_values != before

    def may_have_sent(self, name: str) -> list[Any]:
        """The values of a field that a create without an answer may have left at the provider."""
        return list(self.sent_values.get(name, ())) or [self.values_here()[name]]

    def _wanted(self) -> dict[str, Any]:
        return {column: getattr(self, column) for column in self._synced_columns()}

    def _stored(self) -> dict[str, Any] | None:
        rows = type(self)._base_manager.filter(pk=self.pk).select_for_update()
        return rows.values(*self._synced_columns()).first()

    def _synced_columns(self) -> list[str]:
        fields = self._meta.concrete_fields
        return [field.attname for field in fields if field.name in self.SYNCED_FIELDS]

    def _own_fields(self) -> list[str]:
        return [
            field.name
            for field in self._meta.concrete_fields
            if not field.primary_key and field.name not in self.ENGINE_FIELDS
        ]
