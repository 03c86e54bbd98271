"""What people type about sound files."""

from typing import Any

from django import forms
from django.core.files import File
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from campaigns.models.sound_file import like_a_file_name
from campaigns.services import sound_files


class ReplaceForm(forms.Form):
    """A WAV file, looked at."""

    file = forms.FileField(
        label=gettext_lazy("Sound file"),
        widget=forms.FileInput({"accept": ".wav,audio/wav", "class": "vh-input"}),
        help_text=gettext_lazy("WAV: PCM, best with 16 bits, mono, 8 or 16 kHz."),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty. Export it once more."),
        },
    )

    def clean_file(self) -> File:
        sound_files.sound_of(self.cleaned_data["file"])
        return self.cleaned_data["file"]


class UploadForm(ReplaceForm):
    """A new sound file; without a name it gets one that is made of that of the file."""

    name = forms.CharField(
        label=gettext_lazy("Name at VoiceShot"),
        max_length=64,
        required=False,
        validators=[like_a_file_name],
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("As in spring-offer.wav, and fixed from then on. Empty: made of the file's name."),
    )
    field_order = ("file", "name")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        cleaned["name"] = cleaned["name"] or sound_files.name_for(cleaned["file"].name)
        if taken := sound_files.why_taken(cleaned["name"]):
            self.add_error("name", taken)
        return cleaned
