"""Contacts as Voitex tells them (revision B)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from telephony.voitex.answers import Told, object_in, text_of
from telephony.voitex.numbers import e164
from voicehub.remote.errors import UnexpectedResponseError

HOME = "H"
MOBILE = "M"
# What an update may set, in the order of the provider's table.
WRITABLE = ("first_name", "last_name", "email", "exp", *(f"field_{letter}" for letter in "abcdefghij"))
TOLD_ONLY = ("notes", "address", "city", "state", "zip")
LONGEST_TEXT = 1000


@dataclass(frozen=True)
class RemotePhone:
    """A number of a contact, in E.164 where it has ten digits; `kind` is H, M, or empty where it is neither."""

    number: str
    kind: str


@dataclass(frozen=True)
class RemoteContact:
    """A contact. `values` go by Voitex's names, those of WRITABLE and TOLD_ONLY; what was not told is empty."""

    values: dict[str, str]
    phones: tuple[RemotePhone, ...]
    labels: tuple[str, ...]

    def is_same_as(self, other: "RemoteContact") -> bool:
        """Whether both tell the same, in whatever order."""
        return (self.values, set(self.phones), set(self.labels)) == (
            other.values,
            set(other.phones),
            set(other.labels),
        )

    @classmethod
    def parse(cls, told: Told) -> "RemoteContact":
        """Raises UnexpectedResponseError for what is no contact."""
        data = _object(told.document.get("data"))
        fields = data.get("contact")
        if not isinstance(fields, Mapping):
            raise UnexpectedResponseError(_("Voitex's answer does not tell a contact."))
        values = {name: text_of(fields.get(name))[:LONGEST_TEXT] for name in (*WRITABLE, *TOLD_ONLY)}
        phones = tuple(_phone(one) for one in _list(data.get("phones")))
        labels = tuple(filter(None, map(text_of, _list(data.get("labels")))))
        return cls(values, tuple(one for one in phones if one.number), labels)


def _object(data: Any) -> Mapping[str, Any]:
    return data if isinstance(data, Mapping) else object_in(text_of(data).encode())


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _phone(value: Any) -> RemotePhone:
    fields = value if isinstance(value, Mapping) else {"phone": value}
    kind = text_of(fields.get("type")).upper()
    return RemotePhone(e164(text_of(fields.get("phone"))), kind if kind in (HOME, MOBILE) else "")
