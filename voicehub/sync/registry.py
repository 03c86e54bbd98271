"""Which providers there are and who handles which model. Apps register in their `sync` modules."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import models

from voicehub.sync.handlers import Handler, OnExchange

if TYPE_CHECKING:
    from voicehub.sync.models import Connection

GaugesOf = Callable[[Mapping[str, str]], Mapping[str, str]]
Reading = Callable[["Connection", OnExchange], object]


def _nothing() -> None:
    return None


def _no_reading(method: str, url: str, body: str) -> Reading | None:
    return None


def path_below(base_url: str, url: str) -> str:
    """What follows a provider's address in the address of a call, its query included; empty for another address."""
    base = base_url.rstrip("/") + "/"
    return url.removeprefix(base) if url.startswith(base) else ""


@dataclass(frozen=True)
class Provider:
    """What the engine has to know about a provider. The callables read the settings at the time of use.

    `concurrency` is the number of calls at once over all processes, `threads` the most that one process makes of
    them; `pause` the least seconds between two starts (0: no limit); `deadline` the longest a call may take, in
    seconds. `account` names the account whose key stands in the settings; empty: there is no key, or people sign in.

    `gauges` names the figures that it tells about an account, in the order in which its card shows them: for example
    `{"balance": _("Balance")}`. `gauges_of` reads some of them from the headers of any answer, whose names it gets in
    lower case: a pure function, asked in the thread that writes.
    `test` asks it something without effect through a connection, and raises what keeps it from answering.
    `reading_of` gets what was kept of a call, masked, and returns how the same is asked once more; None for whatever
    does more than read. Such a reading may raise a RemoteError.
    With `adopts_changes` a comparison takes over what was changed at the provider alone; else people decide.
    """

    slug: str
    label: Any
    base_url: Callable[[], str]
    concurrency: Callable[[], int]
    deadline: Callable[[], float]
    threads: Callable[[], int] = lambda: 8
    pause: Callable[[], float] = lambda: 0.0
    console_url: Callable[[], str] = str
    pull_every: Callable[[], timedelta | None] = _nothing
    account: Callable[[], str] = str
    gauges: Mapping[str, Any] = field(default_factory=dict)
    gauges_of: GaugesOf | None = None
    test: Callable[["Connection", OnExchange], None] | None = None
    reading_of: Callable[[str, str, str], Reading | None] = _no_reading
    adopts_changes: Callable[[], bool] = bool


_providers: dict[str, Provider] = {}
_handlers: dict[str, Handler] = {}


def register(provider: Provider, *handlers: Handler) -> None:
    """Make a provider and its handlers known. A second registration of the same names replaces the first."""
    _providers[provider.slug] = provider
    for handler in handlers:
        _handlers[handler.model._meta.label_lower] = handler


def provider(slug: str) -> Provider:
    return _providers[slug]


def providers() -> Iterable[Provider]:
    return list(_providers.values())


def provider_label(slug: str) -> Any:
    return _providers[slug].label if slug in _providers else slug


def gauge_labels(slug: str) -> Mapping[str, Any]:
    return _providers[slug].gauges if slug in _providers else {}


def handlers() -> Iterable[Handler]:
    return list(_handlers.values())


def handler_for(model: type[models.Model] | str) -> Handler:
    """The handler of a model class or of its lower-case label. KeyError when nobody registered one."""
    return _handlers[model if isinstance(model, str) else model._meta.label_lower]
