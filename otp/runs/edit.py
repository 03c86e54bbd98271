"""One change of many OTP apps: another code size, another template, or other words in their templates."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from otp.forms import OtpAppForm
from otp.models import OtpApp
from otp.runs.apps import CHANGE, AppKind
from voicehub.common.runs import EditKind
from voicehub.sync.differences import Values


class ManyAppsForm(forms.Form):
    """What is to change in every chosen app; what is left empty stays as it is."""

    code_size = forms.IntegerField(
        label=gettext_lazy("New number of digits"), required=False, widget=UnfoldAdminIntegerFieldWidget
    )
    message_template = forms.CharField(
        label=gettext_lazy("New message template"),
        help_text=gettext_lazy("Every app gets it as it stands here. [app_name] stands for the name of each."),
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
    )
    find = forms.CharField(
        label=gettext_lazy("Or replace these words in the templates"),
        help_text=gettext_lazy("Exactly as they are written; templates without them stay as they are."),
        required=False,
        strip=False,
        widget=UnfoldAdminTextInputWidget,
    )
    replace = forms.CharField(
        label=gettext_lazy("With these"),
        help_text=gettext_lazy("What stands in their place from then on. Empty: they are taken away."),
        required=False,
        strip=False,
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code_size"].help_text = OtpAppForm().fields["code_size"].help_text

    def clean_code_size(self) -> int | None:
        size = self.cleaned_data["code_size"]
        return None if size is None else OtpAppForm().fields["code_size"].clean(size)

    def clean_message_template(self) -> str:
        template = self.cleaned_data["message_template"].replace("\r\n", "\n")
        return OtpAppForm().fields["message_template"].clean(template)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        template, find = cleaned.get("message_template"), cleaned.get("find")
        if template and find:
            self.add_error("find", _("Choose one of the two: a new template, or other words in the present ones."))
        if cleaned.get("replace") and not find:
            self.add_error("find", _("Write which words these replace."))
        if not self.errors and not any((cleaned["code_size"], template, find)):
            raise ValidationError(_("Nothing would change: fill in one of the fields."))
        return cleaned


class ManyApps(AppKind, EditKind):
    slug = "many-otp-apps"
    label = gettext_lazy("Change of many OTP apps")
    permission = CHANGE
    form = ManyAppsForm

    def wanted(self, record: OtpApp, edit: Mapping[str, Any]) -> Values:
        wanted = {name: edit[name] for name in ("code_size", "message_template") if edit[name]}
        if edit["find"] and edit["find"] in record.message_template:
            wanted["message_template"] = _replaced(record.message_template, edit["find"], edit["replace"])
        return wanted


def _replaced(template: str, find: str, replace: str) -> str:
    """Raises ValidationError when nothing is left of the template, or it becomes too long."""
    template = OtpAppForm().fields["message_template"].clean(template.replace(find, replace))
    if not template:
        raise ValidationError(_("Nothing would be left of the template."))
    return template
