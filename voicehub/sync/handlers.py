"""What an app tells the engine about its records: how to ask the provider, and what an answer means here."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from django.db import models

from voicehub.sync.differences import Values

if TYPE_CHECKING:
    from voicehub.remote.http import ExchangeRecord
    from voicehub.sync.models import Connection, SyncJob


class OnExchange(Protocol):
    def __call__(self, record: "ExchangeRecord", /) -> None: ...


@dataclass(frozen=True)
class Receipt:
    """A once-only call that the provider confirmed: its words, and the columns to write to the record."""

    message: str
    columns: dict[str, Any] = field(default_factory=dict)


class Handler(ABC):
    """Base of all handlers. Methods that get a `client` run in a thread and must not touch the database."""

    provider: ClassVar[str]
    model: ClassVar[type[models.Model]]

    @abstractmethod
    def client(self, connection: "Connection", on_exchange: OnExchange) -> Any:
        """A client for this connection that reports each exchange to `on_exchange`."""

    def records(self) -> models.QuerySet:
        """The query that loads records for sending; override to select related rows."""
        return self.model._base_manager.all()

    def after(self, job: "SyncJob") -> None:  # noqa: B027
        """Whatever follows from an ended attempt, inside the transaction that writes its outcome."""


class RecordHandler(Handler):
    """A record that is created, updated and removed at the provider; repeating an update or a removal is harmless."""

    @abstractmethod
    def create(self, client: Any, record: Any) -> str:
        """Create the twin and return its id at the provider."""

    @abstractmethod
    def update(self, client: Any, record: Any, changed: Values) -> None:
        """Send the fields in `changed`, by name, as the record has them now."""

    @abstractmethod
    def remove(self, client: Any, remote_id: str) -> None:
        """Remove the twin; a NotFoundError counts as removed."""

    @abstractmethod
    def find(self, client: Any, record: Any) -> Sequence[str]:
        """Ids of twins that a create with a lost answer may have made; ids we already hold are sorted out later.

        The record may have been edited since: `record.may_have_sent(...)` says what to look for.
        """


class OnceOnlyHandler(Handler):
    """A record that is sent at most once: a payment, a text, a call."""

    done_state: ClassVar[str] = "done"

    @abstractmethod
    def send_within(self) -> timedelta:
        """How long after it was asked for the record may still be sent."""

    def obstacle(self, record: Any) -> str:
        """Why the record must not be sent now, in words: its job is put on hold. Empty when nothing is in the way.

        Asked in the transaction of the claim, right before the record would be sent: the place, too, to load what
        `send`, which must not read the database, needs beside the record.
        """
        return ""

    def columns_when_done(self, job: "SyncJob") -> dict[str, Any]:
        """What a confirmed record takes over from its job, however the confirmation came."""
        return {}

    @abstractmethod
    def send(self, client: Any, record: Any) -> Receipt:
        """Send it. Called at most once for a job, whatever happens."""


class LookHandler(Handler):
    """A record of which the provider tells more than is kept in step. Mixed into a handler of another kind."""

    @abstractmethod
    def look(self, client: Any, record: Any) -> dict[str, Any]:
        """Read what is shown beside the record: the columns to write, none of which is among the SYNCED_FIELDS."""


class FollowHandler(Handler):
    """A record whose fate at the provider is asked for, and which can be taken back there. Mixed into another kind.

    What is told goes to `take_in`, in the transaction that writes the outcome.
    """

    @abstractmethod
    def ask(self, client: Any, record: Any) -> Any:
        """Read what became of the record."""

    @abstractmethod
    def withdraw(self, client: Any, record: Any) -> Any:
        """Take back what has not started and may be; read what became of it then. Repeating it is harmless."""

    @abstractmethod
    def take_in(self, record: Any, told: Any) -> str:
        """Write down what either of them has read, and say it in words."""


class PullHandler(Handler):
    """A list that is read from the provider. Mixed into a handler of either kind or used alone."""

    @abstractmethod
    def fetch(self, client: Any) -> Any:
        """Read the whole list from the provider."""

    @abstractmethod
    def absorb(self, connection: "Connection", fetched: Any, *, is_confirmed: bool) -> str:
        """Take the list into our records and say in words what changed. Raises `PullHeldError` to ask first."""


class PullHeldError(Exception):
    """A pull would change so much that a person has to say yes first; the text says what."""
