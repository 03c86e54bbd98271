"""What the kinds of run about OTP apps have in common: how a value is checked, and how an app is saved."""

from collections.abc import Collection, Iterator, Mapping
from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Field
from django.utils.translation import gettext as _

from otp import services
from otp.forms import OtpAppForm
from otp.models import OtpApp
from otp.placeholders import names
from voicehub.common.runs import RecordKind, RowRefusedError
from voicehub.sync.differences import Values

VIEW, ADD, CHANGE = "otp.view_otpapp", "otp.add_otpapp", "otp.change_otpapp"


class AppKind(RecordKind):
    model = OtpApp
    unique_field = "name"

    def sees_all(self, user: Any) -> bool:
        return user.has_perm(VIEW)

    def advice(self, record: OtpApp | None, wanted: Values) -> Iterator[str]:
        app = copy(record) if record else OtpApp()
        app.take(wanted)
        if "message_template" in wanted:
            yield from services.check_template(app).warnings
        if record and "name" in wanted and names(app.message_template, record.name):
            yield _("The old name is still written in the template.")

    def save(self, record: OtpApp, changed: Collection[str], user: Any) -> None:
        if "name" in changed:
            try:
                services.claim_name(record.name, besides=record)
            except ValidationError as why:
                raise RowRefusedError(why.message) from why
        services.save_app(record, user=user)


def checked(fields: Mapping[str, Field], name: str, text: Any, app: OtpApp | None) -> Any:
    """What the form would make of a text. Raises ValidationError.

    Its limits hold for what is changed only: what Ourvoice has already may exceed them.
    """
    field = OtpAppForm.base_fields[name]
    value = field.clean(text)
    if app and field.to_python(getattr(app, name)) == value:
        return getattr(app, name)
    if name == "name":
        services.check_name(value, besides=app)
    return fields[name].clean(text)
