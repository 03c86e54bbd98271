"""Numbers that VoiceShot reaches, as people write them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from campaigns.voiceshot.records import e164
from voicehub.common import outreach, phones


class NumberField(forms.CharField):
    """A number of the United States or Canada, with or without +1; the value is E.164."""

    default_error_messages = {
        "invalid": _("This is no number of the United States or Canada. Write ten digits, as in 818 555 0199."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 40, "widget": UnfoldAdminTextInputWidget} | options)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        number = e164(text)
        if text and not number:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number

    def prepare_value(self, value: Any) -> Any:
        return phones.shown(value) if isinstance(value, str) and value.startswith("+") else value


class TransferField(NumberField):
    """A number that people who were called may be connected with."""

    def clean(self, value: Any) -> str:
        number = super().clean(value)
        if number and (problem := outreach.lasting_obstacle(number)):
            raise ValidationError(problem)
        return number
