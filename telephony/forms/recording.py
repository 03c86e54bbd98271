"""What people type about recordings."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from telephony.models import Recording
from telephony.services import NotConnectedError, Place, why_taken

MOST_AT_ONCE = 50
LARGEST_NUMBER = 999_999
LONGEST_TEXT = 5000


def _number(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=LARGEST_NUMBER,
        widget=UnfoldAdminTextInputWidget({"inputmode": "numeric", "autocomplete": "off"}),
        help_text=help_text,
    )


class PlaceForm(forms.Form):
    """A place that is free, or that `present` has."""

    present: Recording | None = None

    album = _number(gettext_lazy("Album"), gettext_lazy("Its number at Voitex, as in 10."))
    sort = _number(gettext_lazy("Sort number"), gettext_lazy("Which callers dial."))

    @property
    def place(self) -> Place:
        return Place(self.cleaned_data["album"], self.cleaned_data["sort"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            if taken := why_taken(self.place, but_by=self.present):
                self.add_error("sort", taken)
        except NotConnectedError as why:
            self.add_error(None, str(why))
        return cleaned


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class SoundFilesField(forms.FileField):
    """One or several files; the value is a list. What is in them is looked at one by one, by the service."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        chosen = [file for file in data if file] if isinstance(data, list | tuple) else []
        if not chosen:
            raise forms.ValidationError(_("Choose a file."))
        if len(chosen) > MOST_AT_ONCE:
            raise forms.ValidationError(_("These are more than %d files. Choose fewer.") % MOST_AT_ONCE)
        return chosen


class UploadForm(PlaceForm):
    """The first of several files gets the sort number, the others the next free ones."""

    sort = _number(gettext_lazy("First sort number"), gettext_lazy("Several files get it and the next free ones."))
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=255,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Empty: the name of the file. With several files, always that."),
    )
    sounds = SoundFilesField(
        label=gettext_lazy("Sound files"),
        widget=SeveralFiles({"accept": ".wav,.mp3,audio/wav,audio/mpeg", "class": "vh-input"}),
        help_text=gettext_lazy("WAV or MP3."),
    )

    def name_of(self, file: File) -> str:
        is_one = len(self.cleaned_data["sounds"]) == 1
        return (is_one and self.cleaned_data["name"].strip()) or PurePath(file.name or "").stem[:255]


class SpeechForm(PlaceForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("What people here call it, as in “Opening hours”."),
        max_length=255,
        widget=UnfoldAdminTextInputWidget,
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST_TEXT,
        widget=UnfoldAdminTextareaWidget({"rows": 5}),
        help_text=gettext_lazy("What Voitex speaks. Which voice and language, is set there."),
    )


class AgainForm(SpeechForm):
    """What surely did not get to Voitex, to be changed and sent once more; the place only if nothing has it there."""

    def __init__(self, present: Recording, data: Any = None) -> None:
        self.present = present
        shown = {name: getattr(present, name) for name in self.base_fields}
        super().__init__(data, initial=shown)
        if present.kind == Recording.Kind.FILE:
            del self.fields["text"]
        for name in ("album", "sort") if present.may_be_at_voitex else ():
            self.fields[name].disabled = True


class ReplaceForm(forms.Form):
    """What takes the place of a recording; which of both, its kind decides."""

    file = forms.FileField(
        label=gettext_lazy("Sound file"),
        required=False,
        widget=forms.FileInput({"accept": ".wav,.mp3,audio/wav,audio/mpeg", "class": "vh-input"}),
        help_text=gettext_lazy("Empty: the same one once more."),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 5}),
        help_text=gettext_lazy("Empty: the same one once more."),
    )
