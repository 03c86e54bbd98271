"""What a campaign says, prompt by prompt."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminTextareaWidget

from campaigns.forms.numbers import TransferField
from campaigns.forms.words import SpokenField, WordsForm
from campaigns.models import Prompt

CONTENTS = ("text", "sound_file", "machine_text", "transfer_to")


class PromptForm(WordsForm):
    transfer_to = TransferField(
        label=gettext_lazy("Number to be connected with"),
        required=False,
        help_text=gettext_lazy("For who presses the key that the menu has for it."),
    )

    class Meta:
        model = Prompt
        fields = ("promptid", *CONTENTS)
        widgets = {name: UnfoldAdminTextareaWidget({"rows": 3}) for name in ("text", "machine_text")}
        field_classes = {"text": SpokenField, "machine_text": SpokenField}
        help_texts = {
            "promptid": gettext_lazy("Its number in the menu, on VoiceShot's site."),
            "text": gettext_lazy("A machine's voice says them. {first_name} stands for a column of the recipients."),
            "sound_file": gettext_lazy("Instead of words."),
            "machine_text": gettext_lazy("What an answering machine hears instead."),
        }

    def clean_machine_text(self) -> str:
        return self.clean_words("machine_text")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("text") and cleaned.get("sound_file"):
            self.add_error("sound_file", _("A prompt has words or a sound file, not both. Take one of them away."))
        elif not (self.errors or any(map(cleaned.get, CONTENTS))):
            self.add_error("text", _("Give the prompt words or a sound file, or delete it."))
        return cleaned


class PromptFormSet(PaginationInlineFormSet):
    """The prompts of a campaign, each of its own number."""

    def get_unique_error_message(self, unique_check: Any) -> str:
        return _("Two prompts have the same number. Give each its own.")

    def get_form_error(self) -> str:
        return _("Another prompt has this number.")
