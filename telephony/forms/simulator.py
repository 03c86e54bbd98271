"""A caller to be: everything that Voitex would tell of a call, as a person writes it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from telephony.models import Hotline
from telephony.trigger.answers import BRANCH, is_branch
from telephony.trigger.request import Payment, Stop, TriggerRequest, as_number

TIME = "%Y-%m-%dT%H:%M"


class PathField(forms.CharField):
    """A branch a line, and behind it the keys that were pressed there."""

    widget = UnfoldAdminTextareaWidget({"rows": 4, "spellcheck": "false"})

    def to_python(self, value: Any) -> Any:
        lines = [line.split(maxsplit=1) for line in (super().to_python(value) or "").splitlines() if line.strip()]
        if not all(is_branch(line[0]) for line in lines):
            raise ValidationError(_("Begin each line with the number of a branch, as in “1000 17”."))
        return tuple(Stop(*line) for line in lines)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{one.branch} {one.keys}".strip() for one in value) if isinstance(value, tuple) else value


class PairsField(forms.CharField):
    """A name and a value a line, with = between."""

    widget = UnfoldAdminTextareaWidget({"rows": 3, "spellcheck": "false"})

    def to_python(self, value: Any) -> Any:
        lines = [line.partition("=") for line in (super().to_python(value) or "").splitlines() if line.strip()]
        if not all(name.strip() and sign for name, sign, _value in lines):
            raise ValidationError(_("Write each line as name = value."))
        return {name.strip(): text.strip() for name, _sign, text in lines}

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{name} = {text}" for name, text in value.items()) if isinstance(value, Mapping) else value


class CallerForm(forms.Form):
    caller = forms.CharField(
        label=gettext_lazy("Your number"),
        required=False,
        max_length=40,
        initial="+18455550134",
        widget=UnfoldAdminTextInputWidget({"inputmode": "tel", "autocomplete": "off"}),
        help_text=gettext_lazy("Empty: you withhold it."),
    )
    caller_name = forms.CharField(
        label=gettext_lazy("Your name, as the network tells it"),
        required=False,
        max_length=100,
        initial="ADAM COHEN",
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
    )
    path = PathField(
        label=gettext_lazy("The way so far"),
        required=False,
        initial=(Stop("0", "1"),),
        max_length=2000,
        help_text=gettext_lazy("A branch a line, then the keys pressed there: “105 17”."),
    )
    asking = forms.CharField(
        label=gettext_lazy("The branch that asks VoiceHub"),
        initial="1000",
        widget=UnfoldAdminTextInputWidget({"inputmode": "numeric", "autocomplete": "off"}),
        validators=[RegexValidator(rf"\A(?:{BRANCH.pattern})\Z", gettext_lazy("A branch is digits, as in 1000."))],
        help_text=gettext_lazy("Once it is left, it is the last branch of the way."),
    )
    at = forms.CharField(
        label=gettext_lazy("Day and time there"),
        required=False,
        widget=UnfoldAdminTextInputWidget({"type": "datetime-local"}),
        help_text=gettext_lazy("In the hotline's zone. Empty: now."),
    )
    past_calls = forms.IntegerField(
        label=gettext_lazy("Calls before this one"),
        required=False,
        min_value=0,
        max_value=9999,
        widget=UnfoldAdminTextInputWidget({"inputmode": "numeric"}),
        help_text=gettext_lazy("Empty: as many as your number has made."),
    )
    contact = PairsField(
        label=gettext_lazy("Contact"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy("A field a line, as in: first_name = Adam"),
    )
    variables = PairsField(
        label=gettext_lazy("Variables of the call"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy("One a line, as in: album_num = 13"),
    )
    amount = forms.CharField(
        label=gettext_lazy("Amount paid in this call"),
        required=False,
        max_length=16,
        widget=UnfoldAdminTextInputWidget({"inputmode": "decimal", "autocomplete": "off"}),
        help_text=gettext_lazy("Empty: nothing was paid."),
    )

    def __init__(self, hotline: Hotline, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hotline = hotline

    def clean_at(self) -> datetime:
        zone, typed = ZoneInfo(self.hotline.time_zone), self.cleaned_data["at"]
        if not typed:
            return timezone.now().astimezone(zone)
        try:
            return datetime.strptime(typed[:16], TIME).replace(tzinfo=zone)
        except ValueError as error:
            raise ValidationError(_("Write day and time as in 2026-11-28T09:30.")) from error

    @property
    def request(self) -> TriggerRequest:
        told = self.cleaned_data
        return TriggerRequest(
            call_id="simulator",
            did=self.hotline.did,
            caller=as_number(told["caller"].strip()),
            caller_name=told["caller_name"].strip(),
            path=told["path"],
            contact=told["contact"],
            payments=(Payment(amount=told["amount"]),) if told["amount"] else (),
            variables=told["variables"],
        )


def told_by(request: TriggerRequest) -> dict[str, Any]:
    """What the form shows of a request."""
    return {
        "caller": request.caller,
        "caller_name": request.caller_name,
        "path": request.path,
        "contact": dict(request.contact),
        "variables": dict(request.variables),
        "amount": request.payments[-1].amount if request.payments else "",
    }
