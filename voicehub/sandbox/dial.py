"""The fault dial: which of the next calls go wrong, and how."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from voicehub.sandbox.contract import ANY_OPERATION, Kind, Provider, Value
from voicehub.sandbox.faults import KINDS
from voicehub.sandbox.models import Fault
from voicehub.sandbox.providers import PROVIDERS

LONGEST_SECONDS = 3600
MOST_CALLS = 1_000_000
MOST_READS = 1000
# Asked before every call: the ORM takes ten times as long to put it into words.
WAITING = """
    SELECT * FROM sandbox_fault
    WHERE provider = %s AND operation IN (%s, %s) AND remaining > 0 ORDER BY id
"""


@dataclass(frozen=True)
class TakenFault:
    """A fault that belongs to one request."""

    kind: Kind
    value: Any

    @property
    def seconds(self) -> float:
        return self.value if self.kind.takes is Value.SECONDS and self.value is not None else 0


def find_kind(provider: Provider, name: str) -> Kind | None:
    return next((kind for kind in (*KINDS, *provider.kinds) if kind.name == name), None)


def take(provider: Provider, operation: str) -> TakenFault | None:
    """The fault that the next call of the operation gets, counted down; None for a call that goes well."""
    for fault in Fault.objects.raw(WAITING, [provider.name, operation, ANY_OPERATION]):
        kind = find_kind(provider, fault.kind)
        rows = Fault.objects.filter(pk=fault.pk, remaining__gt=0)
        if kind and rows.update(remaining=F("remaining") - 1):
            return TakenFault(kind, kind.default if fault.value is None else fault.value)
    return None


def check(fault: Fault) -> None:
    """Raise ValidationError, by field, for a fault that could never happen."""
    provider = PROVIDERS.get(fault.provider)
    if provider is None:
        raise ValidationError({"provider": _("There is no such provider.")})
    operation = provider.operation(fault.operation)
    if fault.operation != ANY_OPERATION and operation is None:
        raise ValidationError({"operation": _("This provider has no such operation.")})
    kind = find_kind(provider, fault.kind)
    if kind is None:
        raise ValidationError({"kind": _("This provider has no such fault.")})
    if operation and operation.is_outgoing and not kind.operations:
        raise ValidationError({"kind": _("This fault is for what the provider is asked to do.")})
    if not kind.suits(fault.operation):
        raise ValidationError(
            {"kind": _("This fault is for: %(operations)s.") % {"operations": ", ".join(kind.operations)}}
        )
    check_value(kind, fault.value)


def check_value(kind: Kind, value: Any) -> None:
    if value is None:
        return
    if kind.takes is Value.NONE:
        raise ValidationError({"value": _("This fault takes no value.")})
    if kind.takes is Value.TEXT and not isinstance(value, str):
        raise ValidationError({"value": _("This fault takes a text.")})
    if kind.takes is Value.SECONDS and not is_duration(value):
        raise ValidationError({"value": _("This fault takes a number of seconds, at most 3600.")})
    if kind.takes is Value.COUNT and not is_count(value):
        raise ValidationError({"value": _("This fault takes a whole number, at most 1000.")})


def is_duration(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value <= LONGEST_SECONDS


def is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_READS
