"""The way from a demo to a live installation, told by the apps: what the set-up pages show.

An app with a provider has a module `setting_up`, found at start-up, that adds a guide and, where somebody has to do
something that VoiceHub can or cannot see, steps of the checklist::

    setting_up.add(
        Guide("bells", ("BELLS_",), needs=(Need(("BELLS_KEY",), _("No bell can be rung.")),)),
        Step("bells_paid", _("The bells are paid for"), _("See their last bill."), provider="bells"),
    )

Everything is worked out from settings and from the database: no provider is asked when a page is shown.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

# A part of a name that says that the value itself is for nobody's eyes.
SECRET_PARTS = frozenset({"KEY", "SECRET", "PASSWORD", "TOKEN", "CLIENT", "USER", "USERNAME"})
PLACES = ("URL", "PATH")


def _nothing() -> Sequence[Any]:
    return ()


@dataclass(frozen=True)
class Need:
    """Settings, and in words what does not work while one of them is empty. Without a vital one nothing works."""

    names: tuple[str, ...]
    without: Any
    is_vital: bool = True

    @property
    def missing(self) -> list[str]:
        return [name for name in self.names if not getattr(settings, name)]


@dataclass(frozen=True)
class Guide:
    """How a provider is set up.

    `prefixes` begin the names of its settings; `hooks` are the kinds of its inbound addresses. `on_its_site` tells
    what a person does at the provider, `untestable` why nothing can be asked of it without an effect (empty: it
    can), `account_page` names the page on which people sign in to it.
    """

    slug: str
    prefixes: tuple[str, ...]
    needs: tuple[Need, ...]
    hooks: tuple[str, ...] = ()
    on_its_site: Callable[[], Sequence[Any]] = _nothing
    untestable: Callable[[], Any] = str
    account_page: str = ""

    @property
    def unmet(self) -> list[Need]:
        return [need for need in self.needs if need.missing]

    @property
    def is_ready(self) -> bool:
        return not any(need.is_vital for need in self.unmet)


@dataclass(frozen=True)
class Step:
    """A step of the checklist. With `is_done` VoiceHub sees it itself; without, a person ticks it.

    `lines` are what belongs in the file .env, with examples for values. A step with a `provider` is of its page too.
    """

    name: str
    title: Any
    text: Any
    is_done: Callable[[], bool] | None = None
    lines: tuple[str, ...] = ()
    provider: str = ""

    @property
    def is_for_people(self) -> bool:
        return self.is_done is None


@dataclass(frozen=True)
class Setting:
    """A setting as it may be shown: where its value comes from, and the value unless that is a secret."""

    name: str
    is_given: bool
    is_empty: bool
    value: str


_guides: dict[str, Guide] = {}
_steps: dict[str, Step] = {}


def add(*entries: Guide | Step) -> None:
    """Make guides and steps known. A second one of the same name replaces the first."""
    for entry in entries:
        if isinstance(entry, Guide):
            _guides[entry.slug] = entry
        else:
            _steps[entry.name] = entry


def guides() -> list[Guide]:
    return list(_guides.values())


def guide_of(slug: str) -> Guide | None:
    return _guides.get(slug)


def steps() -> list[Step]:
    return list(_steps.values())


def step_of(name: str) -> Step | None:
    return _steps.get(name)


def settings_of(guide: Guide) -> list[Setting]:
    """All settings of a provider, by name."""
    names = sorted(name for name in dir(settings) if name.startswith(guide.prefixes))
    return [setting_of(name) for name in names]


def setting_of(name: str) -> Setting:
    value = getattr(settings, name)
    return Setting(name, bool(os.environ.get(name)), value in ("", [], {}), "" if _is_secret(name) else _shown(value))


def _is_secret(name: str) -> bool:
    parts = name.split("_")
    is_text = isinstance(getattr(settings, name), str)
    return is_text and parts[-1] not in PLACES and not SECRET_PARTS.isdisjoint(parts)


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return without_secrets(value) if isinstance(value, str) else str(value)


def without_secrets(text: str) -> str:
    """An address without what may stand in it to sign in with; any other text as it is."""
    address = urlsplit(text)
    if not address.netloc:
        return text
    return f"{address.scheme}://{address.netloc.rpartition('@')[2]}{address.path}"


def lines_for(needs: Iterable[Need]) -> str:
    """What a provider cannot do without and lacks, as lines for the file .env."""
    return "\n".join(f"{name}=" for need in needs if need.is_vital for name in need.missing)
