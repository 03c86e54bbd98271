"""What people type about a call or a text that is to go out."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from telephony.forms.hotline import DidField, as_typed
from telephony.models.hotline import DID
from telephony.obstacles import why_not_send
from telephony.trigger.answers import is_branch
from voicehub.common import phones

LONGEST_TEXT = 1600


class HotlineNumberField(DidField):
    """A number of ours at Voitex."""

    default_validators = [DID]

    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminTextInputWidget({"type": "tel", "list": "hotlines", "autocomplete": "off"})
        super().__init__(**{"max_length": 40, "widget": widget, **kwargs})


class RecipientField(forms.CharField):
    """Who is called or texted: ten digits, or a number with its plus; E.164 once it is clean."""

    def __init__(self, **kwargs: Any) -> None:
        usual = {
            "label": gettext_lazy("To"),
            "max_length": 60,
            "widget": UnfoldAdminTextInputWidget({"type": "tel", "autocomplete": "off"}),
            "help_text": gettext_lazy("Ten digits, as in 845 500 9999. Numbers of the United States and Canada."),
        }
        super().__init__(**usual | kwargs)

    def clean(self, value: Any) -> str:
        typed = as_typed(super().clean(value))
        if not typed.startswith("+"):
            raise ValidationError(_("Write the ten digits of a number, as in 845 500 9999."))
        try:
            number = phones.read(typed)
        except phones.NotANumberError as why:
            raise ValidationError(str(why)) from why
        if problem := why_not_send(number):
            raise ValidationError(problem)
        return number


class OutgoingForm(forms.Form):
    """`confirmation` is that of the page on which it was confirmed; `again_of` names what it repeats."""

    again_of = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    caller = HotlineNumberField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy("The number of yours that is shown to whom it concerns."),
    )
    to = RecipientField()


class CallForm(OutgoingForm):
    caller = HotlineNumberField(
        label=gettext_lazy("Shown as the caller"), help_text=gettext_lazy("The number of yours that the phone shows.")
    )
    route = HotlineNumberField(
        label=gettext_lazy("Hotline"),
        help_text=gettext_lazy("Whose branches the call goes through once somebody answers."),
    )
    branch = forms.CharField(
        label=gettext_lazy("Begins at branch"),
        max_length=10,
        widget=UnfoldAdminTextInputWidget({"inputmode": "numeric", "autocomplete": "off"}),
        help_text=gettext_lazy("Its number at Voitex, as in 150."),
    )

    def clean_branch(self) -> str:
        branch = self.cleaned_data["branch"].strip()
        if not is_branch(branch):
            raise ValidationError(_("A branch is a number, as in 150."))
        return branch


class TextForm(OutgoingForm):
    caller = HotlineNumberField(
        label=gettext_lazy("From"), help_text=gettext_lazy("A number of yours that Voitex lets send texts.")
    )
    body = forms.CharField(
        label=gettext_lazy("Text"),
        help_text=gettext_lazy("As it is read on the phone. Say who you are, as in “Harbour News: …”."),
        max_length=LONGEST_TEXT,
        widget=UnfoldAdminTextareaWidget({"rows": 5}),
    )

    def clean_body(self) -> str:
        return self.cleaned_data["body"].replace("\r\n", "\n")


class ConfirmedForm(forms.Form):
    """What only the page that was confirmed knows."""

    confirmation = forms.UUIDField()
