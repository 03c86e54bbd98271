"""What Apidaze tells, in the keys of either door: an object or a list of one, ids as number or text, keys missing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from voicehub.remote.errors import UnexpectedResponseError
from voicehub.remote.parsing import as_object, as_text

LONGEST_ID = 64
LONGEST_TEXT = 255
LONGEST_URL = 2000

# Where the fields that an account takes stand in one that is told.
PLACES = {
    "username": ("sip.username", "username"),
    "name": ("name",),
    "internal_caller_id_number": ("callerid.internal_number", "callerid.internalCallerIdNumber"),
    "external_caller_id_number": ("callerid.external_number", "callerid.outboundCallerIdNumber"),
    "mwi_account": ("voicemail.mwi_account",),
}
INTERNAL_NAME = ("callerid.internal_name", "callerid.internalCallerIdName")
EXTERNAL_NAME = ("callerid.external_name", "callerid.outboundCallerIdName")
PASSWORD = ("sip.password", "password")
REGISTERED = {"registered": True, "not registered": False, "unregistered": False}

# A whole one that can be kept, or none.
_DOMAIN = re.compile(r"@([\w.-]{1,249}(?::\d{1,5})?)(?![\w.:-])", re.ASCII)


@dataclass(frozen=True)
class RemoteSipAccount:
    """A telephone. `values` go by the names of the fields that Apidaze takes, and lack what an answer did not say.

    The two names are what Apidaze shows to the other side of a call; nobody can set them. Times are UTC. The
    password is there where the door tells it.
    """

    remote_id: str
    values: dict[str, str]
    internal_name: str
    external_name: str
    created_at: datetime | None
    updated_at: datetime | None
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, document: Any) -> "RemoteSipAccount":
        """Raises UnexpectedResponseError for what is no account."""
        fields = one_of(document)
        told = {name: text for name, places in PLACES.items() if (text := text_at(fields, *places)) is not None}
        return cls(
            remote_id=id_of(fields),
            values=told,
            internal_name=text_at(fields, *INTERNAL_NAME) or "",
            external_name=text_at(fields, *EXTERNAL_NAME) or "",
            created_at=time_of(fields.get("created_at")),
            updated_at=time_of(fields.get("updated_at")),
            password=text_at(fields, *PASSWORD) or "",
        )

    def has(self, values: Mapping[str, str]) -> bool:
        """Whether it tells these values."""
        return all(self.values.get(name) == value for name, value in values.items())

    def contradicts(self, values: Mapping[str, str]) -> bool:
        """Whether it tells others than these values; it need not tell them all."""
        return any(self.values.get(name, value) != value for name, value in values.items())


@dataclass(frozen=True)
class RemoteScript:
    """Where a domain's instructions for calls are loaded from. Times are UTC."""

    remote_id: str
    name: str
    url: str
    created_at: datetime | None
    updated_at: datetime | None

    @classmethod
    def parse(cls, document: Any) -> "RemoteScript":
        """Raises UnexpectedResponseError for what is no script."""
        fields = one_of(document)
        return cls(
            remote_id=id_of(fields),
            name=text_at(fields, "name") or "",
            url=text_at(fields, "url", longest=LONGEST_URL) or "",
            created_at=time_of(fields.get("created_at")),
            updated_at=time_of(fields.get("updated_at")),
        )

    def has(self, values: Mapping[str, str]) -> bool:
        """Whether it tells these values."""
        return all(getattr(self, name) == value for name, value in values.items())

    def contradicts(self, values: Mapping[str, str]) -> bool:
        """Whether it tells others than these values; what is empty may just not have been told."""
        return any(getattr(self, name) not in ("", value) for name, value in values.items())


@dataclass(frozen=True)
class RemoteStatus:
    """Whether a phone is signed in with an account: None where the answer is not understood.

    `domain` is where phones sign in; empty when it was not told.
    """

    is_registered: bool | None
    domain: str

    @classmethod
    def parse(cls, document: Any) -> "RemoteStatus":
        """Never raises: one document shows another shape, so whatever comes may say nothing."""
        row = document[0] if isinstance(document, list) and document else document
        fields = row if isinstance(row, dict) else {}
        word = " ".join(str(fields.get("status")).lower().split())
        domain = _DOMAIN.search(str(fields.get("uri")))
        return cls(REGISTERED.get(word), domain[1] if domain else "")


def one_of(document: Any) -> dict[str, Any]:
    """The object, also when it comes in a list of one. Raises UnexpectedResponseError."""
    return as_object(document[0] if isinstance(document, list) and len(document) == 1 else document, _("the answer"))


def rows_of(document: Any) -> list[Any]:
    """The rows of a list, also when a single one comes without it. Raises UnexpectedResponseError."""
    return document if isinstance(document, list) else [as_object(document, _("the list"))]


def id_of(fields: Mapping[str, Any]) -> str:
    text = as_text(fields.get("id"), "id").strip()
    if not text or len(text) > LONGEST_ID or "\0" in text:
        raise UnexpectedResponseError(_("Apidaze's answer is not understood: an id is empty or too long."))
    return text


def text_at(fields: Mapping[str, Any], *places: str, longest: int = LONGEST_TEXT) -> str | None:
    """The text at the first of the places that is there, trimmed; None when none is. A null counts as empty."""
    for place in places:
        value: Any = fields
        for key in place.split("."):
            value = value.get(key, _ABSENT) if isinstance(value, Mapping) else _ABSENT
        if value is not _ABSENT:
            return _text(value, place, longest)
    return None


def time_of(value: Any) -> datetime | None:
    """ "2012-07-24 22:38:25", in UTC without saying so, or "2020-02-14T17:32:40.000Z"; None for anything else."""
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _text(value: Any, place: str, longest: int) -> str:
    """Nothing is changed but what no database can hold."""
    text = "" if value is None else as_text(value, place)
    text = text.replace("\0", "").encode(errors="replace").decode().strip()
    if len(text) > longest:
        raise UnexpectedResponseError(
            _("Apidaze's answer is not understood: %(part)s is too long.") % {"part": place}
        )
    return text


_ABSENT = object()
