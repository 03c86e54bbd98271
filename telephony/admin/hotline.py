"""Hotlines in the admin: the number, its rules in words, the address at which Voitex asks, and trying it out."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from telephony import history, services
from telephony.forms.hotline import HotlineForm
from telephony.hotline_address import KIND
from telephony.models import Hotline, HotlineCall
from telephony.views import simulator, trigger
from voicehub.common import phones
from voicehub.common.admin.from_file import FromFileAdmin
from voicehub.common.hooks.models import HookAddress
from voicehub.sync.admin.moments import moment
from voicehub.sync.admin.panel import Panel, RecordAction
from voicehub.sync.admin.states import STATES, badge
from voicehub.sync.admin.versions import VersionedAdmin
from voicehub.sync.timeline import Entry, Kind, Wanted

MANAGE_HOOKS = "hooks.manage_hooks"


@admin.register(Hotline)
class HotlineAdmin(FromFileAdmin, VersionedAdmin):
    file_kind_slug = "hotlines"
    form = HotlineForm
    fields = ("name", "did", "time_zone", "is_did_checked")
    list_display = ("name", "number", "rules_in_use", "last_call")
    search_fields = ("name__istartswith", "did__contains")
    search_help_text = _("Beginning of the name, or part of the number")
    ordering = ("name", "id")
    compressed_fields = False
    change_form_outer_before_template = "admin/telephony/hotline/top.html"
    change_form_outer_after_template = "admin/telephony/hotline/bottom.html"
    timeline_kinds = (Kind.CHANGE, Kind.INBOUND)
    inbound_permission = "telephony.view_hotlinecall"

    class Media:
        css = {"all": ["voicehub/telephony.css"]}

    def get_urls(self) -> list[URLPattern]:
        rule = "<int:pk>/rules/<int:number>"
        pages = [
            ("<int:pk>/rules/add/", trigger.add_rule, "add_rule"),
            (f"{rule}/", trigger.change_rule, "change_rule"),
            *((f"{rule}/{name}/", getattr(trigger, name), name) for name in trigger.DEEDS),
            ("<int:pk>/default/", trigger.change_default, "change_default"),
            ("<int:pk>/phone/", simulator.phone, "phone"),
        ]
        wrap = self.admin_site.admin_view
        return [
            *(path(route, wrap(view), name=f"telephony_hotline_{name}") for route, view, name in pages),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        in_use = Count("rules", filter=Q(rules__is_active=True))
        calls = HotlineCall.objects.filter(hotline=OuterRef("pk")).order_by("-first_at")
        called_at = Subquery(calls.values("first_at")[:1])
        return super().get_queryset(request).annotate(in_use=in_use, called_at=called_at)

    @admin.display(description=_("Number"))
    def number(self, obj: Hotline) -> str:
        return phones.shown(obj.did)

    @admin.display(description=_("Rules in use"))
    def rules_in_use(self, obj: Any) -> int:
        return obj.in_use

    @admin.display(description=_("Last call"))
    def last_call(self, obj: Any) -> SafeString | None:
        return moment(obj.called_at)

    def has_delete_permission(self, request: HttpRequest, obj: Hotline | None = None) -> bool:
        """One that was called keeps the story of its calls, so it stays until they are too old to be kept."""
        return super().has_delete_permission(request, obj) and not (obj and obj.calls.exists())

    def save_model(self, request: HttpRequest, obj: Hotline, form: Any, change: bool) -> None:
        services.save_hotline(obj, user=request.user)

    def delete_model(self, request: HttpRequest, obj: Hotline) -> None:
        services.delete_hotline(obj, user=request.user)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Hotline | None = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            address = services.address_of(obj)
            context |= {
                "panel": self._panel(obj, address),
                "address": address,
                "address_kind": KIND,
                "may_make_address": address is None and request.user.has_perm(MANAGE_HOOKS),
                **trigger.rules_context(obj, may_change=request.user.has_perm(trigger.CHANGE)),
            }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def timeline_entries(self, obj: Hotline, wanted: Wanted) -> list[Entry]:
        rules = history.of_rules(obj, wanted.limit) if Kind.CHANGE in wanted.kinds else ()
        return wanted.newest(super().timeline_entries(obj, wanted), rules)

    def came_in(self, obj: Hotline, limit: int) -> Iterator[Entry]:
        return history.calls_of(obj, limit)

    def _panel(self, obj: Hotline, address: HookAddress | None) -> Panel:
        state = address_state(address)
        return Panel(
            badge=badge(state),
            meaning=STATES[state].meaning,
            next_step=STATES[state].who,
            facts=[(_("Number"), self.number(obj)), (_("Last call"), self.last_call(obj))],
            actions=list(self._links(obj, address)),
        )

    def _links(self, obj: Hotline, address: HookAddress | None) -> list[RecordAction]:
        link = partial(RecordAction, is_post=False)
        calls = f"{reverse('admin:telephony_hotlinecall_changelist')}?hotline__id__exact={obj.pk}"
        own = [
            link(_("Phone it"), reverse("admin:telephony_hotline_phone", args=[obj.pk]), "primary"),
            link(_("Its calls"), calls),
        ]
        if address:
            own.append(link(_("Its address"), reverse("admin:hooks_hookaddress_change", args=[address.pk])))
        return own


def address_state(address: HookAddress | None) -> str:
    """The state of the address in the table of states."""
    if address is None or address.digest is None:
        return "unasked"
    return "exchanging" if address.is_former_open else "listening"
