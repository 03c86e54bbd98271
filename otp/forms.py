"""What people type about OTP apps."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from otp import services
from otp.models import OtpApp
from otp.placeholders import renamed
from voicehub.common.forms import PhoneField
from voicehub.sync.admin.twins import TwinForm

LONGEST_NAME = 100
LONGEST_TEMPLATE = 480


class TemplateForm(forms.ModelForm):
    """What the message of an app comes from, and nothing of what is about the app as a whole."""

    rename_in_template = forms.BooleanField(
        label=gettext_lazy("Change the name in the message template as well"),
        help_text=gettext_lazy("The template has the old name written out; Ourvoice does not change it by itself."),
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget,
    )

    class Meta:
        model = OtpApp
        fields: tuple[str, ...] = ("name", "rename_in_template", "code_size", "message_template")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "name" in self.fields:
            self._set_limits()

    def clean_message_template(self) -> str:
        # Browsers send both characters at the end of a line; that alone is no change.
        return self.cleaned_data["message_template"].replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        old, new = self.initial.get("name"), cleaned.get("name")
        if cleaned.get("rename_in_template") and old and new:
            cleaned["message_template"] = renamed(cleaned.get("message_template", ""), old, new)
        return cleaned

    def _set_limits(self) -> None:
        least, most = settings.OURVOICE_CODE_SIZE_MIN, settings.OURVOICE_CODE_SIZE_MAX
        limits: dict[str, list[Any]] = {
            "name": [MaxLengthValidator(LONGEST_NAME)],
            "message_template": [MaxLengthValidator(LONGEST_TEMPLATE)],
            "code_size": [MinValueValidator(least), MaxValueValidator(most)],
        }
        for name, validators in limits.items():
            self.fields[name].validators.extend(validators)
        self.fields["message_template"].required = False
        self.fields["message_template"].widget.attrs["rows"] = 5
        self.fields["code_size"].help_text = _("From %(least)d to %(most)d.") % {"least": least, "most": most}


class UnfinishedForm(TemplateForm):
    """An app that is still being typed, whose name may come last."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False


class OtpAppForm(TemplateForm, TwinForm):
    class Meta(TemplateForm.Meta):
        fields = ("name", "rename_in_template", "sender_id", "code_size", "message_template")
        help_texts = {
            "name": gettext_lazy("Codes can be asked for by this name: no two apps should share it."),
            "sender_id": gettext_lazy(
                "The id of a sender of the Ourvoice account, as in 9b38a5f6-bb4f-46a4-9ea4-2a207ae01f1e: neither a "
                "name nor a phone number. Ourvoice shows it beside the sender."
            ),
            "message_template": gettext_lazy(
                "[code] or {{code}} stands for the code, [app_name] for the name. Empty: Ourvoice's usual sentence."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "name" in self.fields:
            self._offer_senders()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.instance.connection_id:
            try:
                services.account()
            except services.NotConnectedError as why:
                raise ValidationError(str(why)) from why
        if "name" in self.changed_data and "name" in cleaned:
            self._claim_name(cleaned["name"])
        return cleaned

    def _claim_name(self, name: str) -> None:
        try:
            services.claim_name(name, besides=self.instance)
        except ValidationError as why:
            self.add_error("name", why)

    def _offer_senders(self) -> None:
        """A list to choose from where Ourvoice tells its senders; what is set stays on it, whoever that is."""
        senders = services.sender_names()
        field = self.fields["sender_id"]
        if not self.instance.pk:
            self.initial.setdefault("sender_id", settings.OURVOICE_DEFAULT_SENDER_ID or only(senders))
        if senders:
            present = self.initial.get("sender_id")
            unlisted = {present: present} if present and present not in senders else {}
            choices = [("", "–"), *(unlisted | senders).items()]
            field.widget = UnfoldAdminSelectWidget(choices=choices)
            field.help_text = _("In whose name the codes are sent.")


class TestCodeForm(forms.Form):
    """Where a test code goes."""

    number = PhoneField(label=gettext_lazy("Phone number"))


class ConfirmedTestCodeForm(TestCodeForm):
    """The same once somebody has read what it means; `confirmation` is one page's, so that it sends one time."""

    confirmation = forms.UUIDField()


def only(values: Iterable[str]) -> str:
    """The one value, when there is no other to choose."""
    every = list(values)
    return every[0] if len(every) == 1 else ""
