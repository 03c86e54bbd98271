"""Nothing is overwritten: a form knows what it showed when it was opened, and is stopped where that has changed.

What somebody else changed in other fields is taken over into the form; where both changed the same field, the person
chooses. Either way nothing is saved before they have seen it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voicehub.sync.timeline import changes

# What stands for one field in the body of a form: the end of each name, and its values.
Sent = dict[str, list[str]]

OPENED, KEEP = "opened", "keep-"
THEIRS = "theirs"
# Longer texts are remembered by their mark alone: the page would hold them twice.
LONGEST_REMEMBERED = 2000
LONGEST_SHOWN = 300
VERSIONS = 20

STALE = gettext_lazy(
    "Not saved: it was changed elsewhere since you opened this page. Your text is still here. "
    "Look at what is different, then save again."
)


@dataclass(frozen=True)
class Meanwhile:
    """A field that was changed elsewhere, in words. `at` is UTC, None where it is not known, as is an empty `who`.

    Where `is_taken_over` the person had not touched it, and the form holds now what is stored.
    """

    label: str
    opened: str
    now: str
    typed: str
    is_taken_over: bool = False
    is_there: bool = False
    choice: str = ""
    who: str = ""
    at: datetime | None = None


class OpenedField(forms.CharField):
    """What the form showed when it was opened; nothing that a person changes."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class OpenedForm(forms.ModelForm):
    """The form of a record: `meanwhile` tells, after a save that was stopped, what was changed elsewhere.

    Files and secrets are left out. A body without `opened` was not typed into a page of ours, and is not compared.
    """

    data: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meanwhile: list[Meanwhile] = []
        if self.instance.pk:
            self.fields[OPENED] = OpenedField(required=False)
            self.initial[OPENED] = lambda: json.dumps(self.snapshot())

    def snapshot(self) -> dict[str, Any]:
        """What an unsent form shows, by the names of its fields."""
        return {name: _marked(_as_sent(self[name])) for name in self._compared()}

    def full_clean(self) -> None:
        if self.is_bound and self.instance.pk:
            self._compare()
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.meanwhile:
            raise ValidationError(STALE)
        return cleaned

    def changed_elsewhere(self, opened: Mapping[str, Any], fresh: "OpenedForm") -> Iterator[Meanwhile]:
        """The fields that are stored otherwise than they were `opened`; those not touched are taken over."""
        now = fresh.snapshot()
        authors = self.authors()
        # A form of a table has fields more, that say which row it is.
        for name in fresh._compared():
            if name not in opened or now[name] == opened[name]:
                continue
            typed = self._typed(name)
            is_taken_over = _marked(typed) == opened[name]
            if is_taken_over or self._differs(name, fresh):
                yield self._told(name, opened[name], fresh, is_taken_over, authors)
            if is_taken_over:
                self._put(name, _as_sent(fresh[name]))

    def authors(self) -> dict[str, tuple[str, datetime]]:
        """Who changed a field last, and when, by its label. Empty for records without a history."""
        attribute = getattr(self.instance._meta, "simple_history_manager_attribute", "")
        entries = changes(getattr(self.instance, attribute).all(), VERSIONS) if attribute else ()
        found: dict[str, tuple[str, datetime]] = {}
        for entry in entries:
            for change in entry.changes:
                found.setdefault(change.label, (entry.who, entry.at))
        return found

    def _compare(self) -> None:
        opened = _read(self.data.get(self.add_prefix(OPENED), ""))
        stored = self._stored() if opened else None
        if stored is None:
            return
        self.data = self.data.copy()
        fresh = type(self)(instance=stored, prefix=self.prefix)
        self._take_what_was_chosen(fresh)
        self.meanwhile = list(self.changed_elsewhere(opened, fresh))
        if self.meanwhile:
            # Who has read what is different may save again, and means it.
            self.data[self.add_prefix(OPENED)] = json.dumps(fresh.snapshot())

    def _stored(self) -> Any:
        """As it is now, locked until the save is through."""
        records = self._meta.model._base_manager
        return records.select_for_update().filter(pk=self.instance.pk).first()

    def _take_what_was_chosen(self, fresh: "OpenedForm") -> None:
        for name in fresh._compared():
            if self.data.get(self.add_prefix(KEEP + name)) == THEIRS:
                self._put(name, _as_sent(fresh[name]))

    def _told(self, name: str, opened: Any, fresh: "OpenedForm", is_taken_over: bool, authors: Any) -> Meanwhile:
        field = self.fields[name]
        model_label = str(self._meta.model._meta.get_field(name).verbose_name)
        who, at = authors.get(model_label, ("", None))
        return Meanwhile(
            label=str(self[name].label),
            opened=_in_words(field, opened),
            now=_in_words(field, _as_sent(fresh[name])),
            typed=_in_words(field, self._typed(name)),
            is_taken_over=is_taken_over,
            choice="" if is_taken_over else self.add_prefix(KEEP + name),
            who=who,
            at=at,
        )

    def _compared(self) -> list[str]:
        own = {field.name for field in self.instance._meta.get_fields()}
        return [name for name, field in self.fields.items() if name in own and _is_compared(field)]

    def _typed(self, name: str) -> Sent:
        start, widget = self.add_prefix(name), _inner(self.fields[name].widget)
        if isinstance(widget, forms.CheckboxInput):
            return {"": ["on"]} if widget.value_from_datadict(self.data, self.files, start) else {}
        return _sorted({end: _values(self.data, start + end) for end in _ends(widget)})

    def _differs(self, name: str, fresh: "OpenedForm") -> bool:
        """Whether something else was typed than is stored, however it is written."""
        bound = self[name]
        return bool(bound.field.has_changed(fresh.get_initial_for_field(fresh.fields[name], name), bound.data))

    def _put(self, name: str, sent: Sent) -> None:
        """As if it had been typed."""
        for end in _ends(_inner(self.fields[name].widget)):
            key, values = self.add_prefix(name) + end, sent.get(end, [])
            self.data.pop(key, None)
            if values and hasattr(self.data, "setlist"):
                self.data.setlist(key, values)
            elif values:
                self.data[key] = values[-1]


def guarded(form: type[forms.ModelForm]) -> type[OpenedForm]:
    """The same form, which overwrites nothing."""
    return form if issubclass(form, OpenedForm) else type(form.__name__, (OpenedForm, form), {})


def _is_compared(field: forms.Field) -> bool:
    is_secret = getattr(_inner(field.widget), "input_type", "") == "password"
    return not (field.disabled or is_secret or isinstance(field, forms.FileField))


def _inner(widget: forms.Widget) -> forms.Widget:
    """The admin puts links to add and change around what is chosen from other records."""
    return widget.widget if isinstance(widget, RelatedFieldWidgetWrapper) else widget


def _ends(widget: Any) -> list[str]:
    """What follows the field's name in the names that a browser sends for the widget: several for several parts."""
    return getattr(widget, "widgets_names", [""])


def _as_sent(bound: forms.BoundField) -> Sent:
    """What a browser sends for a field of an unsent form that nobody touches."""
    widget: Any = _inner(bound.field.widget)
    value = bound.value()
    if not hasattr(widget, "widgets_names"):
        return _sorted({"": _shown(widget, value)})
    parts = value if isinstance(value, list | tuple) else widget.decompress(value)
    pairs = zip(widget.widgets_names, widget.widgets, parts, strict=False)
    return _sorted({end: _shown(one, part) for end, one, part in pairs})


def _shown(widget: forms.Widget, value: Any) -> list[str]:
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if widget.check_test(value) else []
    shown = widget.format_value(value)
    return [str(one) for one in shown] if isinstance(shown, list | tuple) else [str("" if shown is None else shown)]


def _values(data: Any, name: str) -> list[str]:
    values = data.getlist(name) if hasattr(data, "getlist") else [data[name]] if name in data else []
    return [str(value) for value in values]


def _sorted(sent: Sent) -> Sent:
    """Browsers end lines with two characters, and what was chosen has no order: neither is a change."""
    tidy = {end: sorted(value.replace("\r\n", "\n") for value in values if value) for end, values in sent.items()}
    return {end: values for end, values in tidy.items() if values}


def _marked(sent: Sent) -> Any:
    """Long texts by their mark."""
    return {end: [_mark(value) for value in values] for end, values in sent.items()}


def _mark(value: str) -> str:
    return value if len(value) <= LONGEST_REMEMBERED else f"sha256:{hashlib.sha256(value.encode()).hexdigest()}"


def _read(text: str) -> dict[str, Sent]:
    """What a page of ours remembered of its fields; whatever else comes in its place counts as nothing."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return {name: sent for name, sent in found.items() if _is_sent(sent)} if isinstance(found, dict) else {}


def _is_sent(found: Any) -> bool:
    lists = found.values() if isinstance(found, dict) else [None]
    return all(isinstance(values, list) and all(isinstance(one, str) for one in values) for values in lists)


def _in_words(field: forms.Field, sent: Any) -> str:
    values = [value for end in (sent if isinstance(sent, dict) else {}).values() for value in end]
    if isinstance(field, forms.BooleanField):
        return _("yes") if values else _("no")
    labels = _labels(field, values)
    text = ", ".join(labels.get(value, value) for value in values) or "–"
    if text.startswith("sha256:"):
        return _("a long text")
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _labels(field: Any, values: list[str]) -> dict[str, str]:
    """What choices are called."""
    if hasattr(field, "queryset"):
        known = [value for value in values if value.isascii() and value.isdigit() and len(value) < 19]
        return {str(one.pk): field.label_from_instance(one) for one in field.queryset.filter(pk__in=known)}
    choices = getattr(field, "choices", ()) or getattr(field.widget, "choices", ())
    return {str(key): str(label) for key, label in choices if isinstance(key, str | int)}
