"""What people type about a campaign."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from campaigns import services
from campaigns.forms.numbers import NumberField
from campaigns.models import Campaign, Menu
from campaigns.models.campaign import WORKING_DAYS
from voicehub.common.time_zones import choices
from voicehub.sync.services import TooLateError

DAYS = (
    ("1", _("Monday")),
    ("2", _("Tuesday")),
    ("3", _("Wednesday")),
    ("4", _("Thursday")),
    ("5", _("Friday")),
    ("6", _("Saturday")),
    ("7", _("Sunday")),
)


FIELDS = (
    "name",
    "menu",
    "caller_id",
    "starts_at",
    "days",
    "opens",
    "closes",
    "time_zone",
    "pace",
    "tries",
    "retry_minutes",
    "opt_out_key",
)


def zones() -> list[tuple[str, Any]]:
    return [("", _("The installation's")), *((name, words) for name, words in choices() if name)]


class DaysField(forms.MultipleChoiceField):
    """Days of the week; the value is their digits, Monday is 1."""

    def prepare_value(self, value: Any) -> Any:
        return list(value or "")

    def clean(self, value: Any) -> Any:
        return "".join(sorted(super().clean(value)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return sorted(initial or "") != sorted(data or "")


class CampaignForm(forms.ModelForm):
    caller_id = NumberField(
        label=_("Caller id"),
        required=False,
        help_text=_("Empty: the menu's. Another one has to be authorised on VoiceShot's site."),
    )
    days = DaysField(
        label=_("Days"),
        help_text=_("By the clock of the number that is called."),
        choices=DAYS,
        initial=WORKING_DAYS,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone where a number's is not known"),
        choices=zones,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Such a number is called only when it is time there and from coast to coast."),
    )

    class Meta:
        model = Campaign
        fields = FIELDS
        help_texts = {
            "name": _("What people here call it, as in “Spring reminder”."),
            "starts_at": _("Empty: as soon as it is started."),
            "opens": _("By the clock of the number that is called."),
            "closes": _("What VoiceShot has not dialled by then is taken back, and called the next day."),
            "pace": _("Empty: as many as VoiceShot works off."),
            "menu": _("What VoiceShot plays: the campaign on its site, known by its menuid, as in 1-1234."),
            "retry_minutes": _("From 5 minutes to a week, which is 10080."),
            "tries": _("1: busy and unanswered numbers are not called again."),
            "opt_out_key": _(
                "Who presses it comes on the do-not-call list. Say so in the message: “press 9 for no more calls”."
            ),
        }

    def clean_menu(self) -> Menu:
        menu: Menu = self.cleaned_data["menu"]
        try:
            account = services.voiceshot_account()
        except services.NotConnectedError as why:
            raise ValidationError(str(why)) from why
        if menu.connection != account:
            raise ValidationError(gettext("This menu belongs to another account at VoiceShot. Choose another one."))
        return menu

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.instance.pk:
            self._insist_on_state()
        opens, closes = cleaned.get("opens"), cleaned.get("closes")
        if opens and closes and opens >= closes:
            self.add_error("closes", ValidationError(_("It has to be later than the beginning.")))
        return cleaned

    def _insist_on_state(self) -> None:
        try:
            services.insist_on_state(self.instance)
        except TooLateError as why:
            raise ValidationError(str(why)) from why


class TrialForm(forms.Form):
    """Whose phone rings first."""

    number = NumberField(
        label=_("Your number"), help_text=_("It rings once, with the words for the first recipient.")
    )
    confirmation = forms.UUIDField(widget=forms.HiddenInput)
