"""Rules for passwords beside Django's."""

from typing import Any

from django.contrib.auth.hashers import check_password, is_password_usable
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voicehub.common.models import FormerPassword


class NotUsedBefore:
    """A password is not one of the last few that the person had; the present one counts."""

    def __init__(self, remembered: int = 5) -> None:
        self.remembered = remembered

    def validate(self, password: str, user: Any = None) -> None:
        if user is None or user.pk is None:
            return
        former = FormerPassword.objects.filter(person=user).values_list("password", flat=True)
        if any(check_password(password, known) for known in (user.password, *former) if is_password_usable(known)):
            raise ValidationError(_("You have had this password before. Choose a new one."), code="used_before")

    def password_changed(self, password: str, user: Any = None) -> None:
        """Called by Django when it was saved."""
        if not user.former_password:
            return
        FormerPassword.objects.create(person=user, password=user.former_password)
        own = FormerPassword.objects.filter(person=user)
        own.exclude(pk__in=list(own.values_list("pk", flat=True)[: self.remembered - 1])).delete()

    def get_help_text(self) -> str:
        words = ngettext(
            "Your password cannot be the last one that you had.",
            "Your password cannot be one of the last %(count)d that you had.",
            self.remembered,
        )
        return words % {"count": self.remembered}
