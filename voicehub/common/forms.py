from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import UsernameField
from django.utils.translation import gettext_lazy as _
from unfold.forms import UserCreationForm
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from voicehub.common import outreach, phones, time_zones
from voicehub.common.models import AuditEntry, User
from voicehub.sync.opened import VERSIONS, OpenedForm
from voicehub.sync.timeline import name_of


class TimeZoneField(forms.ChoiceField):
    """A choice of all time zones; browsers jump to the one whose name is typed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("max_length", None)
        super().__init__(**kwargs | {"choices": time_zones.choices, "widget": UnfoldAdminSelectWidget})


class PhoneField(forms.CharField):
    """A number that is to be called or texted: as people write it, E.164 once it is clean."""

    def __init__(self, **kwargs: Any) -> None:
        usual = {
            "max_length": 60,
            "widget": UnfoldAdminTextInputWidget({"type": "tel", "autocomplete": "off"}),
            "help_text": _("With a plus and the country's code, as in +33 1 99 00 12 34."),
        }
        super().__init__(**usual | kwargs)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        return _reachable(typed) if typed else ""


def _reachable(typed: str) -> str:
    try:
        number = phones.read(typed)
    except phones.NotANumberError as why:
        raise forms.ValidationError(str(why)) from why
    if problem := outreach.obstacle(number):
        raise forms.ValidationError(problem)
    return number


class AuditedForm(OpenedForm):
    """The form of a record without a history: who changed it last stands in the audit."""

    def authors(self) -> dict[str, tuple[str, datetime]]:
        labels = {field.name: str(getattr(field, "verbose_name", "")) for field in self.instance._meta.get_fields()}
        about = {"object_model": self.instance._meta.label_lower, "object_id": str(self.instance.pk)}
        found: dict[str, tuple[str, datetime]] = {}
        for entry in AuditEntry.objects.filter(**about).exclude(actor=None).select_related("actor")[:VERSIONS]:
            for name in _changed_in(entry):
                found.setdefault(labels.get(name, ""), (name_of(entry.actor), entry.at))
        return found


def _changed_in(entry: AuditEntry) -> Iterator[str]:
    """The names of the fields that were changed."""
    yield from entry.data.get("changed", ())
    if entry.data.get("roles_given") or entry.data.get("roles_taken"):
        yield "groups"
    if entry.data.get("given") or entry.data.get("taken"):
        yield "permissions"


class ProfileForm(AuditedForm):
    """What people may change about themselves."""

    class Meta:
        model = User
        fields = ("first_name", "last_name", "email", "mail_wish", "language", "time_zone")
        widgets = {
            "first_name": UnfoldAdminTextInputWidget,
            "last_name": UnfoldAdminTextInputWidget,
            "email": UnfoldAdminEmailInputWidget,
            "mail_wish": UnfoldAdminSelectWidget,
            "language": UnfoldAdminSelectWidget,
        }
        field_classes = {"time_zone": TimeZoneField}


class UploadForm(forms.Form):
    """A file with rows."""

    file = forms.FileField(
        label=_("File"),
        widget=UnfoldAdminFileFieldWidget({"accept": ".csv,.xlsx"}),
        help_text=_("CSV or XLSX."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        most = settings.RUN_MAX_UPLOAD_BYTES
        if file.size > most:
            raise forms.ValidationError(
                _("The file is larger than %(most)d MB. Divide it into several."), params={"most": most // 1_000_000}
            )
        return file


class PersonForm(AuditedForm):
    """What others may change about a person; which of it, the page decides."""

    class Meta:
        model = User
        fields = "__all__"
        field_classes = {"username": UsernameField, "time_zone": TimeZoneField}
        labels = {"is_superuser": _("Superuser"), "user_permissions": _("Single permissions")}
        help_texts = {
            "username": _("The name to sign in with: letters, digits and @ . + - _"),
            "is_active": _("Take this away when somebody leaves: they cannot sign in any more, and nothing is lost."),
            "is_superuser": _("May do everything, and change what each role may do."),
            "user_permissions": _("Beside those of the roles."),
        }


class NewPersonForm(UserCreationForm):
    class Meta(UserCreationForm.Meta):
        model = User
