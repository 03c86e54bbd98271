"""The set-up pages: what is configured, what is missing, and the way from a demo to a live installation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import CharField, OuterRef, Subquery
from django.db.models.functions import Cast
from django.forms import Media
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from voicehub.common import audit, setting_up
from voicehub.common.admin.pages import framed, needs
from voicehub.common.hooks.kinds import HookKind, kind_of
from voicehub.common.hooks.models import HookAddress
from voicehub.common.models import AuditEntry, SetUpTick
from voicehub.common.setting_up import Guide, Step
from voicehub.sync import services
from voicehub.sync.accounts import account_by_key
from voicehub.sync.admin.panel import Panel
from voicehub.sync.models import Connection
from voicehub.sync.registry import Provider, provider
from voicehub.sync.services import TooLateError
from voicehub.sync.told import in_your_language

SET_UP = "common.set_up"
ANSWERED, FAILED = "account.answered", "account.failed"
MOST_ADDRESSES = 5


@dataclass(frozen=True)
class Line:
    """A step of the checklist as it stands; `tick` is there when a person has ticked it."""

    step: Step
    is_done: bool
    tick: SetUpTick | None = None


@dataclass(frozen=True)
class Check:
    """The last test of an account: when, by whom, and what kept it from answering."""

    entry: AuditEntry

    @property
    def is_good(self) -> bool:
        return self.entry.action == ANSWERED

    @property
    def why(self) -> str:
        return in_your_language(self.entry.reason)


@dataclass(frozen=True)
class Card:
    """A provider on the set-up pages, with the accounts of the installation and their last tests."""

    guide: Guide
    provider: Provider
    accounts: Sequence[tuple[Connection, Check | None]]

    @property
    def address(self) -> str:
        return setting_up.without_secrets(self.provider.base_url())

    @property
    def can_be_tested(self) -> bool:
        return self.guide.is_ready and not self.guide.untestable()


def urls(wrap: Callable[..., Any]) -> list[URLPattern]:
    """The addresses of these pages, each view wrapped by the admin site."""
    return [
        path("set-up/", wrap(overview), name="set_up"),
        path("set-up/step/<slug:name>/", wrap(tick), name="set_up_tick"),
        path("set-up/<slug:slug>/", wrap(one_provider), name="set_up_provider"),
        path("set-up/<slug:slug>/check/", wrap(check), name="set_up_check"),
    ]


@needs(SET_UP)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    lines = checklist(setting_up.steps())
    context = {
        "cards": cards(setting_up.guides()),
        "lines": lines,
        "done": sum(line.is_done for line in lines),
        "is_demo": settings.VOICEHUB_DEMO,
    }
    return framed(request, "common", "set_up/overview.html", _("Set up"), Media(), context)


@needs(SET_UP)
@require_safe
def one_provider(request: HttpRequest, slug: str) -> HttpResponse:
    guide = _guide_or_404(slug)
    (card,) = cards([guide])
    addresses = HookAddress.objects.filter(kind__in=guide.hooks).order_by("pk")
    context = {
        "card": card,
        "env_lines": setting_up.lines_for(guide.unmet),
        "settings": setting_up.settings_of(guide),
        "lines": checklist([step for step in setting_up.steps() if step.provider == slug]),
        "kinds": kinds_to_make(guide),
        "panels": [panel_of(request, address) for address in addresses[:MOST_ADDRESSES]],
        "more": max(0, addresses.count() - MOST_ADDRESSES),
        "own_url": setting_up.without_secrets(settings.PUBLIC_BASE_URL),
    }
    title = _("Set up %(provider)s") % {"provider": card.provider.label}
    return framed(request, "common", "set_up/provider.html", title, Media(), context)


@needs(SET_UP)
@require_POST
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the provider something without an effect, through each account of the installation."""
    known = provider(_guide_or_404(slug).slug)
    account_by_key(known)
    accounts = accounts_of([slug])
    for account in accounts:
        _check_one(request, known, account)
    if not accounts:
        messages.warning(request, _("No account is connected yet, so there is nothing to ask."))
    return redirect("admin:set_up_provider", slug)


@needs(SET_UP)
@require_POST
def tick(request: HttpRequest, name: str) -> HttpResponse:
    """Tick a step, with `done` in the form, or take the tick back."""
    step = setting_up.step_of(name)
    if step is None or not step.is_for_people:
        raise Http404
    set_tick(step, is_done="done" in request.POST, user=request.user)
    return (
        redirect("admin:set_up_provider", step.provider) if "provider" in request.POST else redirect("admin:set_up")
    )


def set_tick(step: Step, *, is_done: bool, user: Any) -> None:
    """Write down who has ticked the step, or that it is open again. What is so already stays as it is."""
    with transaction.atomic():
        if is_done:
            made, is_new = SetUpTick.objects.get_or_create(step=step.name, defaults={"by": user})
            if is_new:
                audit.record("set_up.ticked", user, made)
        elif ticked := SetUpTick.objects.filter(step=step.name).first():
            audit.record("set_up.unticked", user, ticked)
            ticked.delete()


def checklist(steps: Sequence[Step]) -> list[Line]:
    ticks = {tick.step: tick for tick in SetUpTick.objects.select_related("by")}
    return [_line(step, ticks.get(step.name)) for step in steps]


def _line(step: Step, ticked: SetUpTick | None) -> Line:
    return Line(step, step.is_done()) if step.is_done else Line(step, ticked is not None, ticked)


def cards(guides: Sequence[Guide]) -> list[Card]:
    """The providers with their accounts, by two queries for all of them."""
    accounts = accounts_of([guide.slug for guide in guides])
    entries = AuditEntry.objects.select_related("actor").in_bulk([one.last_check for one in accounts])
    tested = [(one, Check(entries[one.last_check]) if one.last_check else None) for one in accounts]
    return [
        Card(guide, provider(guide.slug), [pair for pair in tested if pair[0].provider == guide.slug])
        for guide in guides
    ]


def accounts_of(slugs: Sequence[str]) -> list[Any]:
    """Those of the installation, not of persons, each with the key of its last test's entry as `last_check`."""
    tests = AuditEntry.objects.filter(
        action__in=(ANSWERED, FAILED),
        object_model=Connection._meta.label_lower,
        object_id=Cast(OuterRef("pk"), CharField()),
    )
    accounts = Connection.objects.filter(provider__in=slugs, owner=None, disconnected_at=None)
    return list(accounts.annotate(last_check=Subquery(tests.order_by("-id").values("pk")[:1])).order_by("pk"))


def kinds_to_make(guide: Guide) -> list[HookKind]:
    """Kinds of inbound addresses that the installation has one of, and has none yet."""
    have = set(HookAddress.objects.filter(kind__in=guide.hooks, target="").values_list("kind", flat=True))
    known = [kind for slug in guide.hooks if (kind := kind_of(slug))]
    return [kind for kind in known if kind.knows("") and kind.slug not in have]


def panel_of(request: HttpRequest, address: HookAddress) -> Panel:
    """The address as on its own page, with its buttons."""
    its_admin: Any = admin.site.get_model_admin(HookAddress)
    return replace(
        its_admin.panel_of(request, address), title=str(address), url=its_admin.url_of("change", address.pk)
    )


def _check_one(request: HttpRequest, known: Provider, account: Connection) -> None:
    words = {"provider": known.label, "account": account}
    try:
        services.test_connection(account, user=request.user)
    except TooLateError as why:
        messages.error(request, _("%(provider)s, %(account)s: %(why)s") % (words | {"why": why}))
    else:
        messages.success(request, _("%(provider)s answers, and lets %(account)s in.") % words)


def _guide_or_404(slug: str) -> Guide:
    guide = setting_up.guide_of(slug)
    if guide is None:
        raise Http404
    return guide
