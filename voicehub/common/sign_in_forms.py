"""The forms at the door: name and password, the second factor, a forgotten password."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from voicehub.common import audit, second_factor
from voicehub.common.backends import ModeBackend
from voicehub.common.models import AuditEntry
from voicehub.common.notices import language_of

ONE_LINK_IN = timedelta(minutes=5)
LINK_SENT = "person.reset_link_sent"


class SignInForm(AuthenticationForm):
    """Says why nobody gets in, but only to who knows the password."""

    error_messages = {
        "invalid_login": _("The name or the password is not right. Capital letters matter in both."),
        "inactive": _("Your access has been switched off. Ask an admin."),
        "demo": _("This is a demo person, and VoiceHub runs live here. Sign in with your own name."),
        "no_staff": _("Your name is known, but not for this place. Ask an admin for access."),
    }

    def get_invalid_login_error(self) -> forms.ValidationError:
        typed = self.cleaned_data
        person = get_user_model().objects.filter(username=typed.get("username")).first()
        code = "invalid_login"
        if person and not ModeBackend().user_can_authenticate(person) and person.check_password(typed["password"]):
            code = "demo" if person.is_active else "inactive"
        return forms.ValidationError(self.error_messages[code], code=code)

    def confirm_login_allowed(self, user: Any) -> None:
        if not user.is_staff:
            raise forms.ValidationError(self.error_messages["no_staff"], code="no_staff")


class CodeField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        attributes = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        usual = {"label": _("Code"), "max_length": 60, "widget": UnfoldAdminTextInputWidget(attributes)}
        super().__init__(**usual | kwargs)


class CodeForm(forms.Form):
    code = CodeField(
        help_text=_("The six digits that the app on your phone shows now, or one of your recovery codes.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["autofocus"] = ""


class PasswordAndCodeForm(forms.Form):
    """Somebody who finds a screen unlocked does not change how its person signs in."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=UnfoldAdminPasswordWidget({"autocomplete": "current-password"}),
    )
    code = CodeField(help_text=_("From the app, or a recovery code."))

    def __init__(self, person: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean(self) -> Any:
        typed = super().clean() or {}
        if "password" in typed and "code" in typed and not self._is_right(typed):
            raise forms.ValidationError(wrong_code_words(self.person))
        return typed

    def _is_right(self, typed: dict[str, Any]) -> bool:
        if not self.person.check_password(typed["password"]):
            second_factor.count_wrong(self.person)
            return False
        return second_factor.accepts(self.person, typed["code"])


class FirstCodeForm(PasswordAndCodeForm):
    """Switches a new second factor on."""

    code = CodeField(help_text=_("The six digits that the app shows now, for example 271 828."))


def wrong_code_words(person: Any) -> Any:
    if second_factor.waits(person):
        return _("There were too many wrong codes. Wait a quarter of an hour, then try once more.")
    return _("That is not right. Each code is good once: wait for the next one, and look at the phone's clock.")


class NewPasswordForm(SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget = UnfoldAdminPasswordWidget({"autocomplete": "new-password"})


class LinkForm(PasswordResetForm):
    """Sends a link for a new password to those who may sign in; nobody learns from it who that is."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=UnfoldAdminEmailInputWidget({"autocomplete": "email"}),
        help_text=_("The one that stands in your profile, for example ann@example.org."),
    )

    def get_users(self, email: str) -> Iterator[Any]:
        backend = ModeBackend()
        for person in super().get_users(email):
            if person.is_staff and backend.user_can_authenticate(person) and not _had_link(person):
                yield person

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        person = args[2]["user"]
        audit.record(LINK_SENT, None, person)
        with language_of(person):
            super().send_mail(*args, **kwargs)


def _had_link(person: Any) -> bool:
    about = {"object_model": person._meta.label_lower, "object_id": str(person.pk)}
    return AuditEntry.objects.filter(**about, action=LINK_SENT, at__gt=timezone.now() - ONE_LINK_IN).exists()
