"""What people type about SIP accounts."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from telephony import services
from telephony.models import SipAccount
from telephony.models.sip import LONGEST_TEXT, RULES
from voicehub.sync.admin.twins import TwinForm

MOST_AT_ONCE = 1000
WHOLE_NUMBER = RegexValidator(r"\A[0-9]{1,9}\Z", gettext_lazy("A whole number, as in 1 or 001."))


class ReasonForm(forms.Form):
    """Why somebody wants what is written down."""

    reason = forms.CharField(
        label=gettext_lazy("What is it for?"),
        help_text=gettext_lazy("It is written down with your name, as in “new desk phone for Ann”."),
        max_length=500,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write what it is for: nothing was done yet.")},
    )


class LinkForm(forms.Form):
    """What a set-up link is for, if somebody wants to say so."""

    reason = forms.CharField(max_length=500, required=False)


class RenewalForm(ReasonForm):
    """Why a new password is wanted; `shown` is the number of those made before the page was opened."""

    shown = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class RangeForm(forms.Form):
    """New accounts for a range of numbers. In the patterns {n} stands for the number."""

    first = forms.CharField(
        label=gettext_lazy("First number"),
        help_text=gettext_lazy("As it is to be written: 01 gives 01, 02, 03 and so on."),
        validators=[WHOLE_NUMBER],
        widget=UnfoldAdminTextInputWidget({"inputmode": "numeric"}),
    )
    last = forms.CharField(
        label=gettext_lazy("Last number"),
        help_text=gettext_lazy("This one is made as well, as in 12."),
        validators=[WHOLE_NUMBER],
        widget=UnfoldAdminTextInputWidget({"inputmode": "numeric"}),
    )
    username = forms.CharField(
        label=gettext_lazy("Usernames"),
        help_text=gettext_lazy("As in desk-{n}; {n} stands for the number. They can never be changed afterwards."),
        max_length=60,
        widget=UnfoldAdminTextInputWidget,
    )
    name = forms.CharField(
        label=gettext_lazy("Names"),
        help_text=gettext_lazy("As in Desk {n}. Empty: none."),
        required=False,
        max_length=LONGEST_TEXT,
        widget=UnfoldAdminTextInputWidget,
    )
    internal_caller_id_number = forms.CharField(
        label=gettext_lazy("Internal caller numbers"),
        help_text=gettext_lazy("As in 2{n}. Empty: none."),
        required=False,
        max_length=20,
        widget=UnfoldAdminTextInputWidget,
    )
    external_caller_id_number = forms.CharField(
        label=gettext_lazy("External caller number"),
        help_text=gettext_lazy("One for all, as in 31201234567, or with {n}. Empty: none."),
        required=False,
        max_length=20,
        widget=UnfoldAdminTextInputWidget,
    )

    def clean_username(self) -> str:
        if "{n}" not in self.cleaned_data["username"]:
            raise ValidationError(_("Write {n} where the number is to stand: every account needs another username."))
        return self.cleaned_data["username"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "first" in cleaned and "last" in cleaned:
            count = int(cleaned["last"]) - int(cleaned["first"]) + 1
            if count < 1:
                self.add_error(
                    "last", _("The last number is smaller than the first one: write them the other way round.")
                )
            elif count > MOST_AT_ONCE:
                words = _("From the first to the last these are %(count)d numbers; at most %(most)d are possible.")
                self.add_error("last", words % {"count": count, "most": MOST_AT_ONCE})
        return cleaned

    def numbers(self) -> Iterator[str]:
        """Each number of the range, with as many digits as the first one was written with."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        return (str(number).zfill(len(first)) for number in range(int(first), int(last) + 1))

    def patterns(self) -> dict[str, str]:
        """The pattern of each field."""
        return {name: text for name, text in self.cleaned_data.items() if name not in ("first", "last")}


class SipAccountForm(TwinForm):
    class Meta:
        model = SipAccount
        fields = ("username", "name", "internal_caller_id_number", "external_caller_id_number", "mwi_account")
        help_texts = {
            "username": gettext_lazy(
                "What the phone signs in with, as in ann or front-desk.2: 2 to 32 letters, digits, dots, underscores "
                "or hyphens, the first one a letter or a digit. It can never be changed afterwards."
            ),
            "name": gettext_lazy("Whose phone it is, for people."),
            "internal_caller_id_number": gettext_lazy(
                "The extension that colleagues see when this phone calls them: 2 to 6 digits, as in 201."
            ),
            "external_caller_id_number": gettext_lazy(
                "The number that everybody else sees: country code and number without + and without the 0 in front. "
                "For 020 123 4567 in the Netherlands that is 31201234567."
            ),
            "mwi_account": gettext_lazy(
                "The voicemail box whose new messages light the lamp of the phone, as in 201. Empty: the lamp stays "
                "dark."
            ),
        }

    def clean_username(self) -> str:
        username = self._checked("username")
        try:
            services.check_username(username, services.connection(), besides=self.instance)
        except services.NotConnectedError as why:
            raise ValidationError(str(why)) from why
        return username

    def clean_name(self) -> str:
        return self._checked("name")

    def clean_internal_caller_id_number(self) -> str:
        return self._checked("internal_caller_id_number")

    def clean_external_caller_id_number(self) -> str:
        return self._checked("external_caller_id_number")

    def clean_mwi_account(self) -> str:
        return self._checked("mwi_account")

    def _checked(self, name: str) -> str:
        """What Apidaze has told may be anything; what is typed anew keeps to the rule."""
        value = self.cleaned_data[name]
        if value and name in self.changed_data:
            RULES[name](value)
        return value
