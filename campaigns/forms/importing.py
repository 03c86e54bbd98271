"""What is asked when recipients come in: the file or the lines, and which column is which."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from campaigns.columns import Columns, variable_name
from campaigns.runs.recipients import spreadsheet_name
from voicehub.common.forms import UploadForm

NAME = "variable_"


class RecipientsForm(UploadForm):
    """A file, or lines."""

    numbers = forms.CharField(
        label=gettext_lazy("Or paste them"),
        required=False,
        max_length=2_000_000,
        widget=UnfoldAdminTextareaWidget({"rows": 8, "spellcheck": "false"}),
        help_text=gettext_lazy("One number a line, or rows out of a spreadsheet, with or without headings."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = False

    def clean_file(self) -> Any:
        return super().clean_file() if self.cleaned_data["file"] else None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(cleaned["file"]) == bool(cleaned["numbers"]):
            raise ValidationError(_("Choose a file or paste numbers: one of the two."))
        return cleaned


class ColumnsForm(forms.Form):
    """Which column is the number, and what the others are called; those without a name are left out."""

    number = forms.ChoiceField(label=gettext_lazy("The numbers stand in"), widget=UnfoldAdminSelectWidget)
    has_headings = forms.BooleanField(
        label=gettext_lazy("The first line holds headings"), required=False, widget=UnfoldBooleanSwitchWidget
    )

    def __init__(self, data: Any, options: dict[str, Any]) -> None:
        chosen = Columns.of(options)
        super().__init__(data, initial={"number": chosen.number, "has_headings": chosen.has_headings})
        self.places = sorted({place for line in options["sample"] for place in line if place.isdigit()}, key=int)
        self.fields["number"].choices = [(place, _label(place, options)) for place in self.places]  # type: ignore[attr-defined]
        for place in self.places:
            self.fields[NAME + place] = _name_field(place, chosen.variables.get(place, ""), options)

    def variables(self) -> Iterator[Any]:
        return (self[NAME + place] for place in self.places)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        names = self._names()
        for place, name in names.items():
            if list(names.values()).count(name) > 1:
                self.add_error(NAME + place, _("Two columns cannot have the same name."))
        return cleaned

    def columns(self) -> Columns:
        return Columns(self.cleaned_data["number"], self._names(), self.cleaned_data["has_headings"])

    def _names(self) -> dict[str, str]:
        said = {place: self.cleaned_data.get(NAME + place, "") for place in self.places}
        return {place: name for place, name in said.items() if name and place != self.cleaned_data.get("number")}


class VariableField(forms.CharField):
    """The name of a variable as people write it; as it is used, once it is clean."""

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if typed and not variable_name(typed):
            raise ValidationError(_("The name of a variable begins with a letter, as in first_name."))
        return variable_name(typed)


def _name_field(place: str, name: str, options: dict[str, Any]) -> VariableField:
    below = options["sample"][Columns.of(options).has_headings :]
    cells = [line[place] for line in below if line.get(place)]
    return VariableField(
        label=_label(place, options),
        initial=name,
        required=False,
        max_length=60,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
        help_text=_("For example: %(cells)s") % {"cells": " · ".join(cell[:30] for cell in cells[:3])},
    )


def _label(place: str, options: dict[str, Any]) -> str:
    heading = options["first"]["data"].get(place)
    name = spreadsheet_name(place)
    return f"{name} ({heading[:40]})" if heading else name
