"""What is said and played in a campaign, whatever part of it that is."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaigns.models import Campaign, SoundFile
from campaigns.services import words
from campaigns.voiceshot import xml
from voicehub.sync.models import RecordState
from voicehub.sync.opened import OpenedForm


class SpokenField(forms.CharField):
    """Words for a machine's voice, without the characters that no post can hold."""

    def to_python(self, value: Any) -> str:
        return xml.clean(super().to_python(value) or "").replace("\r\n", "\n").strip()


class WordsForm(OpenedForm):
    """A part of a campaign with words in `text`, or with a sound file."""

    def clean_text(self) -> str:
        return self.clean_words("text")

    def clean_words(self, name: str) -> str:
        """Raises ValidationError where the recipients do not have what stands in the words."""
        said: str = self.cleaned_data[name]
        campaign = Campaign.objects.filter(pk=self.instance.campaign_id).first()
        if faults := list(words.faults_of(said, campaign)):
            raise ValidationError(faults)
        return said

    def clean_sound_file(self) -> SoundFile | None:
        sound: SoundFile | None = self.cleaned_data["sound_file"]
        if sound and sound.sync_state == RecordState.DELETING:
            raise ValidationError(_("It is being deleted. Choose another one."))
        return sound

    def save(self, commit: bool = True) -> Any:
        """What it played once does not matter any more."""
        self.instance.former_file = ""
        return super().save(commit)
