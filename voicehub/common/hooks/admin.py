"""The pages about inbound addresses, and about what came in at them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from voicehub.common.hooks import addresses
from voicehub.common.hooks.entries import came_in_at
from voicehub.common.hooks.kinds import HookKind, kind_of, kinds
from voicehub.common.hooks.models import HookAddress, HookRequest, HookTally
from voicehub.common.local_names import is_local_name
from voicehub.sync.admin.base import ReadOnlyAdmin, StateAdmin
from voicehub.sync.admin.conditions import Condition, Roadblocks
from voicehub.sync.admin.filters import DayRangeFilter
from voicehub.sync.admin.panel import Deed, RecordAction
from voicehub.sync.admin.timelines import TimelineAdmin
from voicehub.sync.services import TooLateError
from voicehub.sync.timeline import Entry, Kind

MANAGE = "hooks.manage_hooks"
LATELY = timedelta(hours=24)
EXCHANGE = _("You get a new address, which is shown once. The present one works on for %(hours)d hours.")
BY_ITSELF = _("VoiceHub tells the provider of the new one.")
MAKE_ANEW = _("You get a new address, which is shown once.")


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind.slug, kind.label) for kind in kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(HookAddress)
class HookAddressAdmin(TimelineAdmin, ReadOnlyAdmin, StateAdmin):
    list_display = ("__str__", "state_badge", "made_at")
    list_filter = (KindFilter,)
    list_before_template = "admin/hooks/list_top.html"
    fields = ("made_at",)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("make/", wrap(self.make_view), name="hooks_hookaddress_make"),
            path("<int:pk>/exchange/<int:version>/", wrap(self.exchange_view), name="hooks_hookaddress_exchange"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {
            "kinds": _kinds_without_address() if request.user.has_perm(MANAGE) else [],
            "unknown": _turned_away(HookTally.Reason.UNKNOWN),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    @method_decorator([require_POST, never_cache])
    def make_view(self, request: HttpRequest) -> HttpResponse:
        """Make the address of the posted kind and target, and show it."""
        self._insist_on_permission(request)
        kind, target = kind_of(request.POST.get("kind", "")), request.POST.get("target", "")
        if kind is None or not kind.knows(target):
            raise Http404
        try:
            made = addresses.make(kind, target, user=request.user)
        except TooLateError as why:
            self.message_user(request, str(why), messages.WARNING)
            return redirect("admin:hooks_hookaddress_changelist")
        return self._show_once(request, HookAddress.objects.get(kind=kind.slug, target=target), made)

    @method_decorator([require_POST, never_cache])
    def exchange_view(self, request: HttpRequest, pk: int, version: int) -> HttpResponse:
        """Exchange the address if it is still what the person saw, and show the new one."""
        self._insist_on_permission(request)
        address = get_object_or_404(HookAddress, pk=pk)
        address.version = version
        try:
            made = addresses.exchange(address, user=request.user)
        except TooLateError as why:
            self.message_user(request, str(why), messages.WARNING)
            return redirect(self.url_of("change", pk))
        return self._show_once(request, address, made)

    def _insist_on_permission(self, request: HttpRequest) -> None:
        if not request.user.has_perm(MANAGE):
            raise PermissionDenied

    def _show_once(self, request: HttpRequest, address: HookAddress, made: str) -> HttpResponse:
        public = settings.PUBLIC_BASE_URL
        base = (public or request.build_absolute_uri("/")).rstrip("/")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": _("New address: %(what)s") % {"what": address},
            "address": address,
            "left_to_do": _left_to_do(address),
            "url": base + made,
            "is_local": not public or is_local_name(urlsplit(public).hostname or ""),
        }
        return TemplateResponse(request, "admin/hooks/shown_once.html", context)

    timeline_kinds = (Kind.CHANGE, Kind.INBOUND)
    inbound_permission = "hooks.view_hookrequest"

    def came_in(self, obj: HookAddress, limit: int) -> Iterable[Entry]:
        return came_in_at(obj, limit)

    def may_act(self, request: HttpRequest, obj: Any) -> bool:
        return request.user.has_perm(MANAGE)

    def state_of(self, obj: HookAddress) -> str:
        if obj.digest is None:
            return "closed"
        return "exchanging" if obj.is_former_open else "listening"

    def message_of(self, obj: HookAddress) -> str:
        return ""

    def roadblock_of(self, obj: HookAddress, roadblocks: Roadblocks) -> Condition | None:
        return None

    def job_of(self, obj: HookAddress) -> None:
        return None

    def facts_of(self, obj: HookAddress) -> list[tuple[Any, Any]]:
        facts = [(_("Last request"), _newest(obj) or _("None yet"))]
        if obj.is_former_open:
            at_former = _newest(obj, by_former=True, received_at__gte=obj.made_at)
            facts.append((_("The former address works until"), obj.former_until))
            facts.append((_("Last request at the former address"), at_former or _("None since the exchange")))
        limited = _turned_away(HookTally.Reason.LIMITED, obj.pk)
        return [*facts, (_("Too many at a time, last 24 hours"), limited)]

    def deeds(self, obj: HookAddress) -> list[Deed]:
        former = [_closing_former(obj)] if obj.is_former_open else []
        return [*former, _closing(obj)] if obj.digest else []

    def extra_actions(self, obj: HookAddress, user: Any) -> list[RecordAction]:
        came_in = f"{reverse('admin:hooks_hookrequest_changelist')}?address_id={obj.pk}"
        exchange = [self._exchange(obj)] if user.has_perm(MANAGE) and not obj.is_former_open else []
        return [*exchange, RecordAction(_("What came in"), came_in, is_post=False)]

    def _exchange(self, obj: HookAddress) -> RecordAction:
        url = self.url_of("exchange", obj.pk, obj.version)
        if obj.digest is None:
            return RecordAction(_("Make a new address"), url, "primary", confirm=MAKE_ANEW)
        words = EXCHANGE % {"hours": settings.HOOK_OVERLAP_HOURS}
        asked = f"{words} {_left_to_do(obj) or BY_ITSELF}"
        return RecordAction(_("Exchange the address"), url, "primary", confirm=asked)


def _left_to_do(address: HookAddress) -> Any:
    kind = kind_of(address.kind)
    return kind.left_to_do(address.target) if kind else ""


def _closing_former(address: HookAddress) -> Deed:
    return Deed(
        _("Close the former address"),
        name="close_former",
        confirm=_("From now on only the new address works. Does the provider use it yet?"),
        do=lambda user, reason: addresses.close_former(address, user=user),
        done=_("The former address is closed."),
    )


def _closing(address: HookAddress) -> Deed:
    kind = kind_of(address.kind)
    ends = kind.relied_on(address.target) if kind else ""
    return Deed(
        _("Close the address"),
        style="danger",
        name="close",
        confirm=ends or _("From this moment on the provider gets no answers any more."),
        do=lambda user, reason: addresses.close(address, user=user),
        done=_("Closed. Nothing comes in here any more."),
    )


def _kinds_without_address() -> list[HookKind]:
    """Kinds that have one address for the whole installation, and have none yet."""
    have = set(HookAddress.objects.filter(target="").values_list("kind", flat=True))
    return [kind for kind in kinds() if kind.knows("") and kind.slug not in have]


def _newest(address: HookAddress, **condition: Any) -> Any:
    requests = HookRequest.objects.filter(address_id=address.pk, **condition).order_by("-received_at")
    return requests.values_list("received_at", flat=True).first()


def _turned_away(reason: str, address_id: int = 0) -> int:
    """How many of the last 24 hours, by the full hour."""
    since = timezone.now() - LATELY
    tallies = HookTally.objects.filter(hour__gte=since, reason=reason, address_id=address_id)
    return tallies.aggregate(total=Sum("count"))["total"] or 0


@admin.register(HookRequest)
class HookRequestAdmin(ReadOnlyAdmin):
    list_display = ("received_at", "kind_shown", "subject_shown", "method", "outcome", "status", "took")
    list_filter = (KindFilter, "outcome", ("received_at", DayRangeFilter))
    list_filter_submit = True
    search_fields = ("subject__exact",)
    search_help_text = _("The whole subject, such as the id of a call.")
    fields = (
        "received_at",
        "address_link",
        "method",
        "subject",
        "parameters",
        "content",
        "answer",
        "outcome",
        "status",
        "words",
        "took",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        is_list = request.resolver_match and not request.resolver_match.kwargs
        return (
            super().get_queryset(request).defer("query", "body", "told") if is_list else super().get_queryset(request)
        )

    @admin.display(description=_("Kind"))
    def kind_shown(self, obj: HookRequest) -> str:
        kind = kind_of(obj.kind)
        return str(kind.label) if kind else obj.kind

    @admin.display(description=_("Subject"))
    def subject_shown(self, obj: HookRequest) -> SafeString:
        return format_html('<span class="vh-address">{}</span>', obj.subject)

    @admin.display(description=_("Address"))
    def address_link(self, obj: HookRequest) -> SafeString:
        url = reverse("admin:hooks_hookaddress_change", args=[obj.address_id])
        name = HookAddress.objects.filter(pk=obj.address_id).first() or self.kind_shown(obj)
        which = _("(the former one)") if obj.by_former else ""
        return format_html('<a class="vh-link" href="{}">{}</a> {}', url, name, which)

    @admin.display(description=_("Parameters"))
    def parameters(self, obj: HookRequest) -> SafeString:
        pairs = parse_qsl(obj.query, keep_blank_values=True, errors="replace")
        return _as_text("\n".join(f"{name} = {value}" for name, value in pairs))

    @admin.display(description=_("Content"))
    def content(self, obj: HookRequest) -> SafeString:
        return _as_text(obj.body)

    @admin.display(description=_("Answer"))
    def answer(self, obj: HookRequest) -> SafeString:
        return _as_text(obj.told)

    @admin.display(description=_("Took"))
    def took(self, obj: HookRequest) -> str:
        return _("%(time)d ms") % {"time": obj.milliseconds}


def _as_text(text: str) -> SafeString:
    return format_html('<pre class="vh-pre">{}</pre>', text.replace("\x00", "�")) if text else SafeString()
