"""What a key does that somebody presses in a call."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from campaigns.forms.numbers import TransferField
from campaigns.forms.words import SpokenField, WordsForm
from campaigns.models import KeyRule

Action = KeyRule.Action
# What each action cannot do without, and what it may have; VoiceShot wants to know where the call goes on.
NEEDED = {
    Action.GO_TO: ("goto",),
    Action.PLAY: ("sound_file", "goto"),
    Action.SPEAK: ("text", "goto"),
    Action.TRANSFER: ("transfer_to",),
    Action.DIGITS: ("digits", "goto"),
    Action.NONE: (),
}
OF_ACTIONS = ("goto", "text", "sound_file", "transfer_to", "digits")
EMPTY = {"sound_file": None}


class KeyRuleForm(WordsForm):
    transfer_to = TransferField(
        label=gettext_lazy("Number"),
        help_text=gettext_lazy("Whom the call is connected with, as in +1 845 951 1000."),
        required=False,
    )

    class Meta:
        model = KeyRule
        fields = ("promptid", "keys", "action", *OF_ACTIONS)
        widgets = {"text": UnfoldAdminTextareaWidget({"rows": 2})}
        field_classes = {"text": SpokenField}
        help_texts = {
            "promptid": gettext_lazy("Empty: at any."),
            "keys": gettext_lazy("What is pressed, as in 1 or 4711."),
            "action": gettext_lazy("What the key does; the fields that it needs are asked for."),
            "text": gettext_lazy("What is said then, as in “Thank you, goodbye.”"),
            "sound_file": gettext_lazy("What is played then."),
            "digits": gettext_lazy("The tones that are sent, as in 4711."),
            "goto": gettext_lazy("Where the call goes on."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        needed = NEEDED.get(cleaned.get("action", ""))
        if needed is None:
            return cleaned
        for name in needed:
            if not cleaned.get(name) and name not in self.errors:
                words = _("“%(action)s” needs this.") % {"action": Action(cleaned["action"]).label}
                self.add_error(name, words)
        # What belongs to an action that was chosen before would only mislead.
        return cleaned | {name: EMPTY.get(name, "") for name in OF_ACTIONS if name not in needed}
