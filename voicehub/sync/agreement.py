"""What follows for a record from what its twin at the provider was seen to hold."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from voicehub.sync.differences import Difference, Sides, Values
from voicehub.sync.models.record import RecordState, SyncedModel


def columns_after(record: SyncedModel, there: Values) -> dict[str, Any]:
    """The columns of a record of which nothing waits any more, once the provider is known to have `there`."""
    sides = record.sides(there)
    state, message = _verdict(record, sides)
    return {
        "agreed_values": sides.agreed_now(),
        "seen_values": dict(there),
        "sent_values": {},
        "sync_state": state,
        "sync_message": message,
    }


def words_for_conflicts(record: SyncedModel, conflicts: Iterable[Difference]) -> str:
    return _("Not sent, because it was changed at the provider as well: %(fields)s. Compare the two and choose.") % {
        "fields": labels(record, conflicts)
    }


def labels(record: Any, differences: Iterable[Difference]) -> str:
    """The names of the fields, as people read them."""
    return ", ".join(label(record, one) for one in differences)


def label(record: Any, difference: Difference) -> str:
    return str(record._meta.get_field(difference.name).verbose_name)


def _verdict(record: SyncedModel, sides: Sides) -> tuple[RecordState, str]:
    if different := sides.open_differences():
        words = _("It differs from the provider's: %(fields)s. Compare the two and choose.")
        return RecordState.CHANGED, words % {"fields": labels(record, different)}
    if ignored := sides.differences():
        return RecordState.APART, _("Left different: %(fields)s.") % {"fields": labels(record, ignored)}
    return RecordState.IN_STEP, ""
