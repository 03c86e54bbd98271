"""Records that people edit and whose versions are kept: why something was changed, and the way back to a version."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.forms import FileField, ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from voicehub.sync.admin.timelines import TimelineAdmin
from voicehub.sync.fields import EncryptedTextField
from voicehub.sync.timeline import Change, history_of, shown

# As long as the history keeps it.
LONGEST_REASON = 100
SECRET = gettext_lazy("It is secret: earlier values are not kept.")
NOT_KEPT = gettext_lazy("Earlier values of it are not kept.")
TARGET_GONE = gettext_lazy("What it named then has been deleted since.")
NOT_EDITED_HERE = gettext_lazy("It cannot be changed on this page now.")


def reason_given(request: HttpRequest) -> str:
    """Why somebody says that they changed a record; empty where they do not say."""
    return request.POST.get("why", "").strip()[:LONGEST_REASON]


@dataclass(frozen=True)
class Left:
    """A field that stays as it is, and why."""

    label: str
    why: Any


@dataclass(frozen=True)
class WayBack:
    """What going back to a version would change, what it cannot, and the form's fields, hidden, that would do it."""

    changes: list[Change]
    left: list[Left]
    fields: list[SafeString]


class VersionedAdmin(TimelineAdmin):
    """Asks why a record is changed, and leads back to the versions of those that have a history.

    The way back is the form of the record itself, filled in with what stood there then: whatever that form checks,
    and whoever else has saved meanwhile, counts as if it had been typed.
    """

    asks_why = True

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.back_to_view)
        back_to = path("<path:object_id>/back-to/<int:history_id>/", view, name=self._name_of("back_to"))
        return [back_to, *super().get_urls()]

    def restoring(self, request: HttpRequest, obj: Any) -> Callable[[int], str] | None:
        if history_of(obj) is None or not self.has_change_permission(request, obj):
            return None
        return lambda number: reverse(f"admin:{self._name_of('back_to')}", args=[obj.pk, number])

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        obj = super().save_form(request, form, change)
        if change and (why := reason_given(request)):
            obj._change_reason = why
        return obj

    @method_decorator(require_safe)
    def back_to_view(self, request: HttpRequest, object_id: str, history_id: int) -> HttpResponse:
        """What would change, field by field, by going back to a version; the record's own page does it."""
        obj = self.get_object(request, unquote(object_id)) if self.has_change_permission(request) else None
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        if obj is None or history_of(obj) is None:
            raise Http404
        version = get_object_or_404(history_of(obj).exclude(history_type="-"), history_id=history_id)
        at = date_format(localtime(version.history_date), "DATETIME_FORMAT")
        way = way_back(self.get_form(request, obj, change=True), obj, version)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": _("Go back to the version of %(at)s") % {"at": at},
            "original": obj,
            "way": way,
            "parts": list(self._parts(request, obj)),
            "url": reverse(f"admin:{self._name_of('change')}", args=[obj.pk]),
            "why": _("As it was on %(at)s") % {"at": at},
            "longest": LONGEST_REASON,
        }
        return TemplateResponse(request, "admin/sync/version.html", context)

    def _parts(self, request: HttpRequest, obj: Any) -> Iterator[SafeString]:
        """The forms of the record's parts, hidden, as they are now: those are not gone back with."""
        formsets, _inlines = self._create_formsets(request, obj, change=True)
        for formset in formsets:
            for form in (formset.management_form, *formset.forms):
                yield from (form[name].as_hidden() for name in form.fields)

    def _name_of(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"


def way_back(form: type[ModelForm], record: Any, version: Any) -> WayBack:
    """From a record as it is to one of its kept versions, by way of its form."""
    now, then = form(instance=record), form(instance=version.instance)
    left = {name: why for name in _own(now) if (why := _why_left(record._meta.get_field(name), then))}
    goes_back = [name for name in _own(now) if name not in left]
    fields = [then[name].as_hidden() for name in goes_back]
    fields += [now[name].as_hidden() for name in left if _may_be_shown(now, name)]
    fields += [now[name].as_hidden() for name in now.fields if name not in _own(now) and now[name].is_hidden]
    moved = [field for field in _kept(version) if _differs(field, record, version.instance)]
    left |= {field.name: NOT_EDITED_HERE for field in moved if field.editable and field.name not in now.fields}
    return WayBack(
        changes=[_change(field, record, version.instance) for field in moved if field.name in goes_back],
        left=[Left(_label(record._meta.get_field(name)), why) for name, why in left.items()],
        fields=fields,
    )


def _own(form: ModelForm) -> list[str]:
    """The fields of a form that are the record's."""
    names = {field.name for field in form.instance._meta.concrete_fields}
    return [name for name in form.fields if name in names]


def _why_left(field: Any, then: ModelForm) -> Any:
    """Why a field cannot go back to what it was in a form; empty when it can."""
    if isinstance(field, EncryptedTextField):
        return SECRET
    if field.name in {one.name for one in _untracked(then.instance)}:
        return NOT_KEPT
    value, choices = then[field.name].value(), getattr(then.fields[field.name], "queryset", None)
    is_gone = choices is not None and value is not None and not choices.filter(pk=value).exists()
    return TARGET_GONE if is_gone else ""


def _untracked(record: Any) -> Iterable[Any]:
    kept = {field.name for field in history_of(record).model.tracked_fields}
    return [field for field in record._meta.concrete_fields if field.name not in kept]


def _may_be_shown(form: ModelForm, name: str) -> bool:
    """A file that is not sent stays as it is."""
    is_secret = isinstance(form.instance._meta.get_field(name), EncryptedTextField)
    return not (is_secret or isinstance(form.fields[name], FileField))


def _kept(version: Any) -> list[Any]:
    return [field for field in version.tracked_fields if not isinstance(field, EncryptedTextField)]


def _differs(field: Any, record: Any, other: Any) -> bool:
    return field.value_from_object(record) != field.value_from_object(other)


def _change(field: Any, record: Any, other: Any) -> Change:
    return Change(_label(field), _in_words(field, record), _in_words(field, other))


def _in_words(field: Any, record: Any) -> str:
    try:
        return shown(field, getattr(record, field.name))
    except ObjectDoesNotExist:
        return str(field.value_from_object(record))


def _label(field: Any) -> str:
    return str(capfirst(field.verbose_name))
