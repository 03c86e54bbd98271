"""The do-not-call list in the admin: looked through, added to in three ways, taken off for a reason."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from voicehub.common import do_not_call, phones, runs
from voicehub.common.admin import run_pages
from voicehub.common.admin.for_many import DeedsForManyAdmin, ForMany
from voicehub.common.do_not_call.run import ADD, NumbersFromFile
from voicehub.common.models import DoNotCallNumber
from voicehub.sync.admin.base import RecordAdmin
from voicehub.sync.admin.conditions import Condition, Roadblocks
from voicehub.sync.admin.filters import DayRangeFilter
from voicehub.sync.admin.panel import Deed
from voicehub.sync.export import Table

TAKE_OFF = "common.take_off_donotcallnumber"
SHORTEST_PART = 3


class NumberForm(forms.ModelForm):
    number = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=60,
        widget=UnfoldAdminTextInputWidget({"type": "tel", "autocomplete": "off"}),
        help_text=gettext_lazy("With a plus and the country's code, as in +33 1 99 00 12 34."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("What a colleague should know, as in “asked us on the phone”. May be empty."),
    )

    class Meta:
        model = DoNotCallNumber
        fields = ("number", "reason")

    def clean_number(self) -> str:
        try:
            number = phones.read(self.cleaned_data["number"])
        except phones.NotANumberError as why:
            raise forms.ValidationError(str(why)) from why
        if do_not_call.listed([number]):
            raise forms.ValidationError(_("It is on the list already: nothing has to be done."))
        return number

    def _get_validation_exclusions(self) -> set[str]:
        # A number that was on the list once comes on it again.
        return {*super()._get_validation_exclusions(), "number"}  # type: ignore[misc]


class PasteForm(forms.Form):
    numbers = forms.CharField(
        label=gettext_lazy("Numbers"),
        max_length=2_000_000,
        widget=UnfoldAdminTextareaWidget({"rows": 12, "spellcheck": "false"}),
        help_text=gettext_lazy("One a line, each with its plus and country's code."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason, for all of them"),
        help_text=gettext_lazy("What a colleague should know, as in “list of the trade association”. May be empty."),
        max_length=500,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )

    def rows(self) -> list[dict[str, str]]:
        lines = (line.strip() for line in self.cleaned_data["numbers"].splitlines())
        return [{"number": line, "reason": self.cleaned_data["reason"]} for line in lines if line]


class ListedFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "listed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("On the list")), ("no", _("Taken off"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(is_listed=self.value() == "yes") if self.value() in ("yes", "no") else queryset


@admin.register(DoNotCallNumber)
class DoNotCallAdmin(DeedsForManyAdmin, RecordAdmin):
    for_many = (
        ForMany("take_off", gettext_lazy("Take off the list"), gettext_lazy("Why may they be called again?")),
        ForMany("put_back", gettext_lazy("Put on the list again"), gettext_lazy("Why must they not be called?")),
    )
    form = NumberForm
    list_display = ("number_shown", "state_badge", "source", "reason", "added_at", "added_by")
    list_select_related = ("added_by",)
    list_filter = (ListedFilter, "source", ("added_at", DayRangeFilter))
    list_filter_submit = True
    search_fields = ("number__exact",)
    search_help_text = gettext_lazy("Three digits or more of a number")
    list_before_template = "admin/common/do_not_call/list_top.html"

    def get_urls(self) -> list[URLPattern]:
        paste = self.admin_site.admin_view(self.paste_view)
        return [path("paste/", paste, name="common_donotcallnumber_paste"), *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("source", "reason", "added_at", "added_by", "off_reason") if obj else ("number", "reason")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        digits = "".join(one for one in search_term if one.isdigit())
        if len(digits) < SHORTEST_PART:
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(number__contains=digits), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        kind = NumbersFromFile()
        context = {
            "file_kind": kind if kind.may_start(request.user) else None,
            "paste_url": reverse("admin:common_donotcallnumber_paste") if request.user.has_perm(ADD) else "",
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @admin.display(description=gettext_lazy("Number"), ordering="number")
    def number_shown(self, obj: DoNotCallNumber) -> str:
        return phones.shown(obj.number)

    def save_model(self, request: HttpRequest, obj: DoNotCallNumber, form: Any, change: bool) -> None:
        do_not_call.add(obj.number, source=do_not_call.Source.TYPED, reason=obj.reason, user=request.user)
        obj.pk = do_not_call.entry_of(obj.number).pk

    def export_table(self, records: QuerySet, columns: Sequence[Any]) -> Table:
        header = [_("Number"), _("On the list"), _("How it came here"), _("Reason"), _("Since"), _("By")]
        rows = records.select_related("added_by").iterator(chunk_size=2000)
        return Table("do-not-call", header, map(_cells, rows))

    def paste_view(self, request: HttpRequest) -> HttpResponse:
        """Many numbers at once: they are checked and looked at like those of a file."""
        if not request.user.has_perm(ADD):
            raise PermissionDenied
        form = PasteForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                kind, title = runs.kind_of(NumbersFromFile.slug), _("Pasted numbers")
                return redirect(runs.from_rows(kind, title, form.rows(), user=request.user))
            except runs.FileRefusedError as why:
                self.message_user(request, str(why), messages.ERROR)
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "media": run_pages.MEDIA}
        context = {**frame, "title": _("Paste do-not-call numbers"), "form": form}
        return TemplateResponse(request, "admin/common/do_not_call/paste.html", context)

    def may_act(self, request: HttpRequest, obj: Any) -> bool:
        return request.user.has_perm(TAKE_OFF)

    def state_of(self, obj: DoNotCallNumber) -> str:
        return "do_not_call" if obj.is_listed else "taken_off"

    def message_of(self, obj: DoNotCallNumber) -> str:
        return "" if obj.is_listed else obj.off_reason

    def roadblock_of(self, obj: DoNotCallNumber, roadblocks: Roadblocks) -> Condition | None:
        return None

    def job_of(self, obj: DoNotCallNumber) -> None:
        return None

    def deeds(self, obj: DoNotCallNumber) -> list[Deed]:
        return [_taking_off(obj) if obj.is_listed else _putting_back(obj)]


def _taking_off(entry: DoNotCallNumber) -> Deed:
    return Deed(
        _("Take it off the list"),
        style="danger",
        name="take_off",
        confirm=_("From then on it may be called and texted again."),
        ask=_("Why may it be called again?"),
        do=lambda user, reason: do_not_call.take_off(entry.number, reason=reason, user=user),
        done=_("It is off the list."),
    )


def _putting_back(entry: DoNotCallNumber) -> Deed:
    def put_back(user: Any, reason: str) -> None:
        do_not_call.add(entry.number, source=do_not_call.Source.TYPED, reason=reason, user=user)

    return Deed(
        _("Put it on the list again"),
        name="put_back",
        ask=_("Why must it not be called?"),
        do=put_back,
        done=_("It is on the list again."),
    )


def _cells(entry: DoNotCallNumber) -> list[Any]:
    listed = _("yes") if entry.is_listed else _("no")
    who = str(entry.added_by or "")
    return [entry.number, listed, entry.get_source_display(), entry.reason, entry.added_at, who]
