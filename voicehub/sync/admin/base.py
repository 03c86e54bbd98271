"""The admin classes that records build on: fast lists, states in words, timelines, deletion through the queue."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected as ask_before_deleting
from django.contrib.admin.options import IS_POPUP_VAR, IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from voicehub.sync import queue, services
from voicehub.sync.admin.columns import ChosenColumns
from voicehub.sync.admin.conditions import Condition, Roadblocks
from voicehub.sync.admin.exporting import ExportAdmin
from voicehub.sync.admin.following import MOVING, ON_THE_WAY, asked_for, cell, live_cell, mark_of, part, pulse_of
from voicehub.sync.admin.paging import CappedPaginator, FastChangeList
from voicehub.sync.admin.panel import Deed, Panel, RecordAction, deeds_of
from voicehub.sync.admin.states import STATES, badge
from voicehub.sync.admin.timelines import TimelineAdmin
from voicehub.sync.admin.versions import VersionedAdmin
from voicehub.sync.models import JobState, RecordState, SyncJob
from voicehub.sync.models.job import Operation
from voicehub.sync.opened import guarded
from voicehub.sync.registry import handler_for, provider
from voicehub.sync.timeline import Kind, name_of
from voicehub.sync.told import in_your_language, labelled

__all__ = ["FastListAdmin", "ReadOnlyAdmin", "RecordAction", "RecordAdmin", "StateAdmin", "SyncedModelAdmin"]


UNSAVED = _("This is about what is saved. What you typed below is not saved yet.")


class FastListAdmin(ChosenColumns, ExportAdmin):
    """A list that stays fast at any size. Sorting, searching and filtering want indexes: name them in `sortable_by`,
    search with `__istartswith` or `=`, and take date filters without a hierarchy (`DayRangeFilter`, or Django's own).
    """

    list_per_page = 25
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator
    sortable_by: Any = ()
    # "Select all" would name the capped number and act on more.
    list_disable_select_all = True

    class Media:
        css = {"all": ["voicehub/sync.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[FastChangeList]:
        return FastChangeList

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return guarded(super().get_form(request, obj, change=change, **kwargs))

    def first_step(self, request: HttpRequest) -> Any:
        """What a list says to do as long as nothing is on it."""
        return _("Make the first one.") if self.has_add_permission(request) else _("It fills as things happen.")

    def get_changelist_instance(self, request: HttpRequest) -> FastChangeList:
        """Filters that somebody typed into the address may ask for what no row can hold."""
        try:
            return super().get_changelist_instance(request)
        except (OverflowError, IndexError, DataError) as error:
            raise IncorrectLookupParameters from error


class ReadOnlyAdmin(FastListAdmin):
    """Nothing is added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class StateChangeList(FastChangeList):
    """Tells each record of the page what stands in its way, in two queries for all, and which of them move."""

    moving: list[Any]
    live_url: str

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = self.model_admin.prepared(self.result_list)
        self.moving = self.model_admin.moving_among(self.result_list)
        self.live_url = self.model_admin.list_live_url(self.moving) if self.moving else ""


class StateAdmin(FastListAdmin):
    """A record with a state: a badge in the list, a panel with buttons on its page."""

    change_form_outer_before_template = "admin/sync/panel.html"

    def state_of(self, obj: Any) -> str:
        """The name of the object's state in the table of states."""
        return obj.state

    def message_of(self, obj: Any) -> Any:
        """What happened, in whole sentences."""
        return obj.message

    def next_step(self, obj: Any, user: Any) -> Any:
        """What to do next, whether doing it again is safe, and who can."""
        state = STATES[self.shown_state(obj)]
        return f"{state.again} {state.who}".strip()

    def extra_actions(self, obj: Any, user: Any) -> list[RecordAction]:
        """Buttons of the subclass, after those of the queue."""
        return []

    def facts_of(self, obj: Any) -> list[tuple[Any, Any]]:
        """Pairs of a name and a value to show in the panel."""
        return []

    def job_of(self, obj: Any) -> SyncJob | None:
        """The job that the state and the buttons are about."""
        return queue.jobs_of(obj).select_related("connection").order_by("-id").first()

    def may_act(self, request: HttpRequest, obj: Any) -> bool:
        """Whether this person may press the panel's buttons on this object."""
        return self.has_change_permission(request, obj)

    def deeds(self, obj: Any) -> list[Deed]:
        job = self.job_of(obj)
        return deeds_of(job) if job else []

    def roadblock_of(self, obj: Any, roadblocks: Roadblocks) -> Condition | None:
        """What keeps the object waiting, if it waits."""
        if self.state_of(obj) != JobState.WAITING:
            return None
        handler = handler_for(self.model)
        return roadblocks.before(handler.provider, obj.connection_id, Operation.SEND)

    def shown_state(self, obj: Any) -> str:
        return "paused" if getattr(obj, "roadblock", None) else self.state_of(obj)

    @admin.display(description=_("State"))
    @live_cell
    def state_badge(self, obj: Any) -> SafeString:
        return badge(self.shown_state(obj))

    @admin.display(description=_("Asked for by"))
    def asked_by(self, obj: Any) -> str:
        """By name: a link would lead most people to a page that they may not see."""
        return name_of(obj.requested_by) if obj.requested_by else ""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[FastChangeList]:
        return StateChangeList

    def prepared(self, records: Iterable[Any]) -> list[Any]:
        return self.with_roadblocks(records)

    def with_roadblocks(self, records: Iterable[Any]) -> list[Any]:
        """The records, each with what stands in its way."""
        found, roadblocks = list(records), Roadblocks()
        for record in found:
            record.roadblock = self.roadblock_of(record, roadblocks)
        return found

    def moving_among(self, records: list[Any]) -> list[Any]:
        """The records of a list whose rows are worth to be asked about again."""
        return []

    def panel_of(self, request: HttpRequest, obj: Any) -> Panel:
        self.with_roadblocks([obj])
        message = obj.roadblock.why if obj.roadblock else in_your_language(self.message_of(obj))
        state = STATES[self.shown_state(obj)]
        return Panel(
            badge=self.state_badge(obj),
            word=state.word,
            message=message,
            meaning=state.meaning,
            next_step=self.next_step(obj, request.user),
            act_url=self.url_of("act", obj.pk),
            problems=self._problems(obj),
            facts=[(name, value) for name, value in self.facts_of(obj) if value],
            actions=self._actions(request, obj),
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            panel = self.panel_of(request, obj)
            is_unsaved = context["adminform"].form.is_bound
            context["panel"] = replace(panel, meaning=UNSAVED, next_step="") if is_unsaved else panel
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        act = path(
            "<path:object_id>/act/",
            self.admin_site.admin_view(self.act_view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_act",
        )
        return [act, *super().get_urls()]

    @method_decorator(require_POST)
    def act_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.may_act(request, obj):
            raise PermissionDenied
        level, text = self._act(request, obj)
        self.message_user(request, text, level)
        return redirect(self.url_of("change", obj.pk))

    def url_of(self, page: str, *args: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)

    def _act(self, request: HttpRequest, obj: Any) -> tuple[int, Any]:
        deed = next((deed for deed in self.deeds(obj) if deed.name == request.POST.get("action")), None)
        reason = request.POST.get("reason", "").strip()
        if deed is None:
            return messages.WARNING, _("This is not possible any more: look at the state below.")
        if deed.ask and not reason:
            return messages.ERROR, _("Nothing was done: a reason is needed.")
        try:
            deed.do(request.user, reason)
        except (services.TooLateError, services.NotYetError) as why:
            return messages.WARNING, str(why)
        return messages.SUCCESS, deed.done

    def _actions(self, request: HttpRequest, obj: Any) -> list[RecordAction]:
        own = self.deeds(obj) if self.may_act(request, obj) else []
        return [*own, *self.extra_actions(obj, request.user)]

    def _problems(self, obj: Any) -> list[str]:
        """What the provider said about single fields, and whether its late answer contradicts a person's finding."""
        job = self.job_of(obj)
        if job is None:
            return []
        labels = {field.name: capfirst(getattr(field, "verbose_name", "")) for field in obj._meta.get_fields()}
        messages_of = job.field_messages.items()
        said = [
            labelled(labels.get(name) or name, in_your_language(text))
            for name, texts in messages_of
            for text in texts
        ]
        conflict = _("A late answer of the provider contradicts what a person found. Please look there once more.")
        return [*said, *([str(conflict)] if job.has_conflict else [])]


class RecordAdmin(TimelineAdmin, StateAdmin):
    """A record that the provider hears of: the panel on top, below the fields all that happened.

    Its page and its list follow by themselves while one of its jobs is under way.
    """

    timeline_kinds: tuple[Kind, ...] = (Kind.CHANGE, Kind.JOB, Kind.CALL)
    list_after_template = "admin/sync/list_live.html"
    # The columns that are exchanged in a list that follows, each made with `live_cell`.
    live_columns: tuple[str, ...] = ("state_badge",)
    # The parts of a record's page that follow.
    live_template = "admin/sync/live.html"

    class Media:
        js = ["voicehub/live.js"]

    def get_urls(self) -> list[URLPattern]:
        return [
            self._page_url("follow/", self.follow_list_view, "follow_list"),
            self._page_url("<path:object_id>/follow/", self.follow_view, "follow"),
            *super().get_urls(),
        ]

    def _page_url(self, route: str, view: Any, name: str) -> URLPattern:
        full_name = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
        return path(route, self.admin_site.admin_view(view), name=full_name)

    def jobs_behind(self, obj: Any) -> QuerySet:
        """The jobs that the record's page follows: looks as well, they may find something new."""
        return self._jobs_about([obj])

    def moving_among(self, records: list[Any]) -> list[Any]:
        under_way = self._jobs_about(records).filter(state__in=MOVING)
        moving = set(under_way.order_by().values_list("object_id", flat=True))
        return [one for one in records if one.pk in moving or self.state_of(one) in ON_THE_WAY]

    def _jobs_about(self, records: Iterable[Any]) -> QuerySet:
        """Readings of the list bear the number of an account, not of a record."""
        about = SyncJob.objects.filter(model=self.opts.label_lower, object_id__in=[one.pk for one in records])
        return about.exclude(operation=Operation.PULL)

    def list_live_url(self, records: list[Any]) -> str:
        return f"{self.url_of('follow_list')}?{urlencode({'of': [one.pk for one in records]}, doseq=True)}"

    def panel_of(self, request: HttpRequest, obj: Any) -> Panel:
        pulse = pulse_of(self.jobs_behind(obj))
        live_url = f"{self.url_of('follow', obj.pk)}?{request.GET.urlencode()}".rstrip("?")
        is_moving = pulse.moving > 0 or self.state_of(obj) in ON_THE_WAY
        return replace(super().panel_of(request, obj), live_url=live_url, pulse=pulse, is_moving=is_moving)

    def follow_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The panel and the timeline as they stand now: parts of the record's page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, unquote(object_id))
        panel = self.panel_of(request, obj) if obj else self.panel_of_gone()

        def context() -> dict[str, Any]:
            return {
                "panel": panel,
                # Fields that nobody can be typing in are loaded anew with the page: they may have changed as well.
                "reloads": obj is not None and not self.has_change_permission(request, obj),
                **(self.followed(request, obj) if obj else {}),
            }

        return part(request, self.live_template, panel.mark, context)

    def panel_of_gone(self) -> Panel:
        """What the page of a record shows once the record is gone. Raises Http404 where none ever goes."""
        raise Http404

    def follow_list_view(self, request: HttpRequest) -> HttpResponse:
        """The live cells of the rows that are asked about, and whether one of them still moves."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        keys = asked_for(request)
        records = self.with_roadblocks(self.get_queryset(request).filter(pk__in=keys))
        gone = set(keys) - {one.pk for one in records}
        cells = [
            *(getattr(self, column)(one) for one in records for column in self.live_columns),
            *(cell("state_badge", key, badge("removed")) for key in sorted(gone)),
        ]
        moving = self.moving_among(records)
        context = {"cells": cells, "moving": moving, "live_url": request.get_full_path()}
        return part(request, "admin/sync/list_cells.html", mark_of(*cells, len(moving)), lambda: context)


class SyncedModelAdmin(VersionedAdmin, RecordAdmin):
    """A record with a twin at the provider: saved, sent again and deleted through the queue, one by one."""

    actions = ["delete_selected"]

    def state_of(self, obj: Any) -> str:
        return obj.sync_state

    def message_of(self, obj: Any) -> Any:
        return obj.sync_message

    def facts_of(self, obj: Any) -> list[tuple[Any, Any]]:
        return [(_("Id at the provider"), obj.remote_id), (_("Last in step"), obj.synced_at)]

    def panel_of_gone(self) -> Panel:
        state = STATES["removed"]
        back = RecordAction(_("Back to the list"), self.url_of("changelist"), is_post=False)
        return Panel(badge("removed"), state.word, meaning=state.meaning, actions=[back], live_url=".")

    def extra_actions(self, obj: Any, user: Any) -> list[RecordAction]:
        console = provider(handler_for(self.model).provider).console_url()
        link = RecordAction(_("Open the provider's own site"), console, is_post=False)
        return [link] if console and obj.remote_id else []

    def deeds(self, obj: Any) -> list[Deed]:
        # An uncertain create may stand at the provider already: sending it again could make a second one.
        if obj.sync_state in (RecordState.DELETING, RecordState.UNCERTAIN):
            return []
        sync_now = Deed(
            _("Sync now"),
            style="primary" if obj.sync_state in (RecordState.REFUSED, RecordState.FAILED) else "default",
            name="sync_now",
            do=lambda user, reason: services.sync_now(obj, user=user),
            done=_("It is on its way to the provider."),
        )
        return [sync_now]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        obj.save(user=request.user)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        obj.delete(user=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for record in queryset:
            record.delete(user=request.user)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return self._response_saved(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._response_saved(request, obj) or super().response_change(request, obj)

    def _response_saved(self, request: HttpRequest, obj: Any) -> HttpResponse | None:
        """Say what is known: it is saved here, the provider has not heard of it yet. Pop-ups say nothing."""
        if IS_POPUP_VAR in request.POST:
            return None
        self.message_user(request, self._saved_in_words(obj), messages.SUCCESS)
        if "_addanother" in request.POST:
            return redirect(self.url_of("add"))
        if "_continue" in request.POST:
            return redirect(f"{self.url_of('change', obj.pk)}?{self.get_preserved_filters(request)}".rstrip("?"))
        return self.response_post_save_change(request, obj)

    def _saved_in_words(self, obj: Any) -> str:
        is_waiting = self.model._base_manager.filter(pk=obj.pk, sync_state=RecordState.WAITING).exists()
        words = (
            _("“%(name)s” is saved here, and on its way to %(provider)s.")
            if is_waiting
            else _("“%(name)s” is saved here.")
        )
        return words % {"name": obj, "provider": provider(handler_for(self.model).provider).label}

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        """Say what is known: the provider has not agreed yet, unless it never heard of the record."""
        is_left = self.model._base_manager.filter(pk=obj_id).exists()
        words = _("%(name)s is being removed at the provider.") if is_left else _("%(name)s was deleted.")
        self.message_user(request, words % {"name": obj_display}, messages.SUCCESS)
        return redirect(self.url_of("changelist"))

    @admin.action(permissions=["delete"], description=_("Delete selected %(verbose_name_plural)s"))
    def delete_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Django's own action asks, and tells what is in the way; this one calls nothing done that only waits."""
        *_others, protected = self.get_deleted_objects(queryset, request)
        if protected or not request.POST.get("post"):
            return ask_before_deleting(self, request, queryset)
        count = len(queryset)
        self.log_deletions(request, queryset)
        self.delete_queryset(request, queryset)
        words = ngettext("%(count)d is being removed.", "%(count)d are being removed.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)
        return None
