"""What the one search finds, told by the apps.

An app with something to find has a module `finding`; it is found at start-up::

    finding.records("otp.otpapp", "password", "name__istartswith")
    finding.action(_("Pay contributors"), "contributors_transaction_pay", "contributors.pay_transaction")

    @finding.finds(_("Phone numbers"), "contact_phone")
    def phone_number(request: HttpRequest, typed: str) -> Iterable[Hit]:
        yield Hit(typed, reverse("admin:telephony_phonenumber_change", args=[typed]))

Each function is called at every pause of somebody's typing, in tables of millions of rows: it looks for beginnings,
along an index (`voicehub.common.prefix_index`), and finds nothing that the person may not see. No more than `MOST`
hits of a kind are shown, so a function that yields lets the rest be.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

MOST = 5
LONGEST = 200
ACTIONS = gettext_lazy("Actions")


@dataclass(frozen=True)
class Hit:
    """A place to go: `text` tells it apart from others of the same title."""

    title: Any
    url: str
    text: Any = ""


@dataclass(frozen=True)
class Group:
    """The hits of one kind; `more_url` is the list that shows all of them, if there are more."""

    title: Any
    icon: str
    hits: list[Hit]
    more_url: str = ""


Find = Callable[[HttpRequest, str], Iterable[Hit]]
Act = Callable[[HttpRequest], Iterable[Hit]]
ListUrl = Callable[[str], str]


@dataclass(frozen=True)
class Kind:
    """Something that can be found; of two kinds, that of the lower rank stands first."""

    title: Any
    icon: str
    find: Find
    rank: int = 0
    list_url: ListUrl = field(default=lambda typed: "")

    def group(self, request: HttpRequest, typed: str) -> Group:
        hits = list(islice(self.find(request, typed), MOST + 1))
        more_url = self.list_url(typed) if len(hits) > MOST else ""
        return Group(self.title, self.icon, hits[:MOST], more_url)


_kinds: dict[str, Kind] = {}
_acts: dict[str, Act] = {}


def finds(title: Any, icon: str, rank: int = 0) -> Callable[[Find], Find]:
    """Register a function that yields the hits for what was typed; one of the same name replaces it."""

    def register(find: Find) -> Find:
        _kinds[f"{find.__module__}.{find.__qualname__}"] = Kind(title, icon, find, rank)
        return find

    return register


def acts(act: Act) -> Act:
    """Register a function that yields what this person may do; those whose titles match are shown."""
    _acts[f"{act.__module__}.{act.__qualname__}"] = act
    return act


def action(title: Any, url_name: str, *permissions: str) -> None:
    """Register a page of the admin on which something is begun, for those who hold all of the permissions."""

    def act(request: HttpRequest) -> Iterator[Hit]:
        if request.user.has_perms(permissions):
            yield Hit(title, reverse(f"admin:{url_name}"))

    _acts[url_name] = act


def records(label: str, icon: str, *lookups: str, text: Callable[[Any], Any] = lambda one: "", rank: int = 0) -> None:
    """Register the records of a model ("app.model") that one of the lookups finds, for those who may see its list.

    The list is to find the same by its own search.
    """

    def find(request: HttpRequest, typed: str) -> Iterator[Hit]:
        for one in islice(_matching(request, label, lookups, typed), MOST + 1):
            yield Hit(one, _url(label, "change", one.pk), text(one))

    def list_url(typed: str) -> str:
        return f"{_url(label, 'changelist')}?{urlencode({'q': typed})}"

    title = capfirst(apps.get_model(label)._meta.verbose_name_plural)
    _kinds[label] = Kind(title, icon, find, rank, list_url)


def groups_for(request: HttpRequest, typed: str) -> list[Group]:
    """What this person finds by these words; without any, what there is to do."""
    typed = typed.replace("\0", "")[:LONGEST].strip()
    actions = Group(ACTIONS, "bolt", list(islice(_actions(request, typed), MOST if typed else None)))
    kinds = sorted(_kinds.values(), key=lambda kind: kind.rank) if typed else []
    groups = [actions, *(kind.group(request, typed) for kind in kinds)]
    return [group for group in groups if group.hits]


def fits(typed: str, title: Any) -> bool:
    """Whether each word typed begins a word of the title, whatever its case and accents."""
    words = _plain(title).split()
    return all(any(word.startswith(wanted) for word in words) for wanted in _plain(typed).split())


def _plain(text: Any) -> str:
    letters = unicodedata.normalize("NFKD", str(text))
    return "".join(one for one in letters if not unicodedata.combining(one)).casefold()


def _actions(request: HttpRequest, typed: str) -> Iterator[Hit]:
    return (hit for act in _acts.values() for hit in act(request) if fits(typed, hit.title))


def _matching(request: HttpRequest, label: str, lookups: Iterable[str], typed: str) -> Iterator[Any]:
    """One query a lookup: each along its own index, which an OR of them would not be."""
    model_admin = admin.site.get_model_admin(apps.get_model(label))
    if not model_admin.has_view_permission(request):
        return
    seen: set[Any] = set()
    # Without an order, the database goes along the index, and stops.
    rows: QuerySet = model_admin.get_queryset(request).order_by()
    for lookup in lookups:
        for one in rows.filter(Q(**{lookup: typed}))[: MOST + 1]:
            if one.pk not in seen:
                seen.add(one.pk)
                yield one


def _url(label: str, page: str, *args: Any) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)
