"""What people type about the external script."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from telephony.models import ExternalScript
from telephony.models.external_script import LONGEST_NAME
from telephony.script_address import masked
from voicehub.sync.admin.twins import TwinForm


class ExternalScriptForm(TwinForm):
    class Meta:
        model = ExternalScript
        fields = ("name", "url")
        help_texts = {
            "name": gettext_lazy("What Apidaze calls it, up to 40 characters."),
            "url": gettext_lazy(
                "Where Apidaze asks what is to happen on a call. To have calls answered from here, press “Answer "
                "calls from here” instead: the secret part of our own address (•) is never shown."
            ),
        }

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if "name" in self.changed_data:
            MaxLengthValidator(LONGEST_NAME)(name)
        return name

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if "url" in self.changed_data:
            _check_foreign(url)
        return url


def _check_foreign(url: str) -> None:
    if masked(url) != url or "•" in url:
        text = _("An address of VoiceHub's own cannot be typed here. Press “Answer calls from here” instead.")
        raise ValidationError(text)
    URLValidator(schemes=["http", "https"], message=_("Write a web address, beginning with https://."))(url)


class ImitatedCallForm(forms.Form):
    """The parameters of a call that nobody makes."""

    destination_number = forms.CharField(
        label=gettext_lazy("Number called"),
        max_length=32,
        initial="31201234567",
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Country code and number, digits only: the script of this number is loaded."),
    )
    caller_id_number = forms.CharField(
        label=gettext_lazy("Number of the caller"),
        max_length=32,
        initial="31612345678",
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Country code and number, digits only, as in 31612345678."),
    )
    dialed_digits = forms.CharField(
        label=gettext_lazy("Keys pressed"),
        max_length=32,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("What the caller has pressed in a menu, as in 2. Empty: the call begins."),
    )

    def call(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if value}
