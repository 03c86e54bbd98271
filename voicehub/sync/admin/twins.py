"""The admin of records whose twins can be read: compared on demand, differences chosen field by field."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from voicehub.sync import queue, resolving
from voicehub.sync.accounts import account_by_key
from voicehub.sync.admin.base import SyncedModelAdmin
from voicehub.sync.admin.following import MOVING, mark_of, part
from voicehub.sync.admin.panel import Deed, RecordAction
from voicehub.sync.admin.states import STATES
from voicehub.sync.agreement import label
from voicehub.sync.differences import Changed, Difference
from voicehub.sync.models import JobState, RecordState, SyncedModel, SyncJob
from voicehub.sync.models.job import Operation
from voicehub.sync.opened import Meanwhile, OpenedForm
from voicehub.sync.registry import handler_for, provider
from voicehub.sync.resolving import ChangedSinceError, Choice
from voicehub.sync.services import TooLateError, cancel

TO_SETTLE = (RecordState.CHANGED, RecordState.GONE)
# Where a form remembers the provider's side.
THERE = "@there"
COMPARABLE = (RecordState.CHANGED, RecordState.APART)
WHERE = {
    Changed.HERE: gettext_lazy("Changed here, not sent yet"),
    Changed.THERE: gettext_lazy("Changed at the provider"),
    Changed.BOTH: gettext_lazy("Changed on both sides"),
}
CHOICES = {
    Choice.THEIRS: gettext_lazy("Take theirs"),
    Choice.OURS: gettext_lazy("Send ours"),
    Choice.IGNORE: gettext_lazy("Leave both until one changes"),
}


class TwinForm(OpenedForm):
    """A record's form that stops a save when somebody else, or the provider, has changed it since it was opened."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.sync_state == RecordState.REFUSED:
            self._show_what_was_refused()

    def snapshot(self) -> dict[str, Any]:
        return super().snapshot() | {THERE: _sent_marks(self.instance)}

    def changed_elsewhere(self, opened: Mapping[str, Any], fresh: OpenedForm) -> Iterator[Meanwhile]:
        """Also what the provider has now, where that has changed and is not what was typed."""
        yield from super().changed_elsewhere(opened, fresh)
        there, marks = resolving.changed_there(fresh.instance), _sent_marks(fresh.instance)
        before = opened.get(THERE, {})
        for name in (name for name in there if name in self.fields and before.get(name) != marks[name]):
            field = self.fields[name]
            if field.has_changed(there[name], self[name].data):
                now = str(there[name])
                yield Meanwhile(str(self[name].label), "", now, str(self[name].data or ""), is_there=True)

    def _show_what_was_refused(self) -> None:
        job = queue.jobs_of(self.instance).order_by("-id").first()
        for name, texts in (job.field_messages if job else {}).items():
            if name in self.fields:
                said = _("Refused by the provider: %(text)s") % {"text": " ".join(texts)}
                field = self.fields[name]
                field.help_text = format_html('<strong class="vh-refused">{}</strong> {}', said, field.help_text)


def _sent_marks(record: Any) -> dict[str, list[str]]:
    """The marks of what the provider has, in the form in which a page remembers its fields."""
    return {name: [mark] for name, mark in resolving.marks_there(record).items()}


class TwinAdmin(SyncedModelAdmin):
    """Adds to a synced record: compare now, the page of differences, and what to do when the twin is gone or unclear.

    Comparing needs the permission `pull_<model>`.
    """

    list_before_template = "admin/sync/twins_top.html"
    actions = ["delete_selected", "take_theirs", "send_ours"]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """What is typed is the beginning of a text, blanks included: Django would look for each word by itself."""
        whole = search_term.replace('"', "").strip()
        return super().get_search_results(request, queryset, f'"{whole}"' if whole else "")

    def get_urls(self) -> list[URLPattern]:
        return [
            self._page_url("compare/", self.compare_view, "compare"),
            self._page_url("compare/follow/", self.follow_comparison_view, "follow_comparison"),
            self._page_url("<path:object_id>/differences/", self.differences_view, "differences"),
            *super().get_urls(),
        ]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Who may only look gets the record's own fields, without those that are about the form."""
        fields = [str(name) for name in super().get_fields(request, obj)]
        may_save = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        own = {field.name for field in self.opts.get_fields()}
        return [name for name in fields if may_save or name in own]

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """The history names the record's own fields, not those that are about the form."""
        own = {field.name for field in self.opts.get_fields()}
        form.changed_data = [name for name in form.changed_data if name in own]
        return super().construct_change_message(request, form, formsets, add)

    def first_step(self, request: HttpRequest) -> Any:
        if not self.may_compare(request):
            return super().first_step(request)
        return _("“Compare and import now” fetches what %(provider)s has.") % {"provider": self._provider.label}

    def may_compare(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.pull_{self.opts.model_name}")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {**self._comparison_context(request), **(extra_context or {})})

    def follow_comparison_view(self, request: HttpRequest) -> HttpResponse:
        """How far the comparison is: a part of the list's page, which is loaded anew once it has ended."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = self._comparison_context(request)
        return part(request, "admin/sync/twins_top.html", context["mark"], lambda: context)

    def _comparison_context(self, request: HttpRequest) -> dict[str, Any]:
        comparison = self._comparison()
        state, message = (comparison.state, comparison.message) if comparison else ("", "")
        return {
            "comparison": comparison,
            "is_comparing": state in MOVING,
            "comparison_asks": state == JobState.HELD,
            "may_compare": self.may_compare(request),
            "compare_url": self.url_of("compare"),
            "comparison_live_url": self.url_of("follow_comparison"),
            "provider_name": self._provider.label,
            "adopts_changes": self._provider.adopts_changes(),
            "different": self._different(),
            "mark": mark_of(comparison and comparison.pk, state, message),
        }

    def _different(self) -> list[tuple[str, int, Any]]:
        """The states in which somebody has to choose, how many records are in each, and what to call them."""
        states = self.model._base_manager.filter(sync_state__in=TO_SETTLE).order_by()
        counts = dict(states.values_list("sync_state").annotate(Count("pk")))
        return [(state, counts[state], STATES[state].word) for state in TO_SETTLE if state in counts]

    @property
    def _provider(self) -> Any:
        return provider(handler_for(self.model).provider)

    def _comparison(self) -> SyncJob | None:
        """The newest reading of the provider's list."""
        readings = SyncJob.objects.filter(model=self.opts.label_lower, operation=Operation.PULL)
        return readings.order_by("-id").first()

    @method_decorator(require_POST)
    def compare_view(self, request: HttpRequest) -> HttpResponse:
        """Read the provider's list now, or answer the question that the last reading has asked."""
        if not self.may_compare(request):
            raise PermissionDenied
        level, text = self._compare(request)
        self.message_user(request, text, level)
        return redirect(self.url_of("changelist"))

    def _compare(self, request: HttpRequest) -> tuple[int, str]:
        connection = account_by_key(self._provider)
        if connection is None:
            words = _("There is no key for %(provider)s. An administrator can set one.")
            return messages.ERROR, words % {"provider": self._provider.label}
        held = self._comparison()
        if request.POST.get("answer") == "leave" and held:
            return self._leave(request, held)
        is_confirmed = request.POST.get("answer") == "gone"
        queue.pull(self.model, connection, request.user, is_confirmed=is_confirmed)
        return messages.SUCCESS, _("The list is being read; below you see what is new or different once it is.")

    def _leave(self, request: HttpRequest, held: SyncJob) -> tuple[int, str]:
        try:
            cancel(held, user=request.user)
        except TooLateError as why:
            return messages.WARNING, str(why)
        return messages.SUCCESS, _("Everything stays as it is.")

    def extra_actions(self, obj: Any, user: Any) -> list[RecordAction]:
        own = []
        if obj.sync_state in COMPARABLE:
            url = self.url_of("differences", obj.pk)
            own.append(RecordAction(_("Compare and choose"), url, "primary", is_post=False))
        if obj.sync_state == RecordState.GONE and user.has_perm(
            f"{self.opts.app_label}.delete_{self.opts.model_name}"
        ):
            own.append(RecordAction(_("Let it go"), self.url_of("delete", obj.pk), "danger", is_post=False))
        return [*own, *super().extra_actions(obj, user)]

    def deeds(self, obj: Any) -> list[Deed]:
        if obj.sync_state == RecordState.GONE:
            return [creating(obj, _("Create it again there"))]
        if obj.sync_state == RecordState.UNCERTAIN:
            found = resolving.candidates(self.job_of(obj))
            return [*(adopting(obj, remote_id) for remote_id in found), creating(obj, _("None of them: create it"))]
        return super().deeds(obj)

    def differences_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What was last agreed, what stands here and there; a POST carries out what was chosen for each field."""
        record = self.get_object(request, unquote(object_id))
        if record is None:
            raise Http404
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        if request.method == "POST" and self._resolved(request, record):
            return redirect(self.url_of("change", record.pk))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Compare %(record)s") % {"record": record},
            "opts": self.opts,
            "media": self.media,
            "panel": self.panel_of(request, record),
            "rows": [difference_row(record, one) for one in record.sides().differences()],
            "shown": resolving.digest(record),
            "may_choose": self.has_change_permission(request, record),
            "back_url": self.url_of("change", record.pk),
        }
        return TemplateResponse(request, "admin/sync/differences.html", context)

    def _resolved(self, request: HttpRequest, record: Any) -> bool:
        if not self.has_change_permission(request, record):
            raise PermissionDenied
        choices = chosen(request.POST, record)
        if not choices:
            self.message_user(request, _("Nothing was done: choose for one field at least."), messages.ERROR)
            return False
        try:
            resolving.resolve(record, choices, shown=request.POST.get("shown", ""), user=request.user)
        except ChangedSinceError:
            words = _("Nothing was done: something has changed meanwhile. This is how it stands now; choose again.")
            self.message_user(request, words, messages.WARNING)
            record.refresh_from_db()
            return False
        self.message_user(request, _("Done here; the provider is being asked once more."), messages.SUCCESS)
        return True

    @admin.action(permissions=["change"], description=gettext_lazy("Take the provider's values"))
    def take_theirs(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._resolve_selected(request, queryset, Choice.THEIRS)

    @admin.action(permissions=["change"], description=gettext_lazy("Send ours where the provider has something else"))
    def send_ours(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._resolve_selected(request, queryset, Choice.OURS)

    def _resolve_selected(self, request: HttpRequest, queryset: QuerySet, choice: Choice) -> None:
        records = list(queryset.filter(sync_state=RecordState.CHANGED))
        for record in records:
            resolving.resolve_all(record, choice, user=request.user)
        count = len(records)
        words = ngettext("%(count)d record was settled.", "%(count)d records were settled.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS if count else messages.WARNING)


def creating(record: Any, label: str) -> Deed:
    return Deed(
        label,
        style="primary",
        name="create_anew",
        confirm=_("The provider makes a new one, with a new id."),
        do=lambda user, reason: resolving.create_anew(record, user=user),
        done=_("It is on its way to the provider."),
    )


def adopting(record: Any, remote_id: str) -> Deed:
    return Deed(
        _("It is the one with the id %(id)s") % {"id": remote_id},
        name=f"adopt:{remote_id}",
        do=lambda user, reason: resolving.adopt(record, remote_id, user=user),
        done=_("The two belong together now; the provider is being asked once more."),
    )


def chosen(posted: Mapping[str, str], record: SyncedModel) -> dict[str, Choice]:
    """The choices of the page by field; `all` holds for every field."""
    wanted = {name: posted.get("all") or posted.get(f"choice-{name}") for name in record.SYNCED_FIELDS}
    return {name: Choice(value) for name, value in wanted.items() if value in set(Choice)}


def difference_row(record: SyncedModel, difference: Difference) -> dict[str, Any]:
    return {
        "name": difference.name,
        "label": label(record, difference),
        "where": _("Left different") if difference.is_ignored else WHERE[difference.changed],
        "sides": [
            (_("Last agreed"), difference.agreed),
            (_("Here"), difference.here),
            (_("At the provider"), difference.there),
        ],
        "choices": [(choice.value, label) for choice, label in CHOICES.items()],
    }
