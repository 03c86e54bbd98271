"""People who sign in."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from voicehub.common.time_zones import validate_time_zone


class User(AbstractUser):
    """A person who signs in. Deactivated, never deleted: payments and the audit point to them."""

    class MailWish(models.TextChoices):
        AT_ONCE = "at_once", _("At once when something needs me, the rest once a day")
        DAILY = "daily", _("Once a day")
        NEVER = "never", _("Never")

    class Language(models.TextChoices):
        # Each in its own words, for whoever looks for it.
        ENGLISH = "en", "English"
        FRENCH = "fr", "Français"

    language = models.CharField(
        _("language"),
        max_length=8,
        blank=True,
        choices=[("", _("As in the browser")), *Language.choices],
        help_text=_("Of the pages, notices and mails. As in the browser, notices and mails are in English."),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[validate_time_zone],
        help_text=_("Empty: the one of the browser."),
    )
    mail_wish = models.CharField(
        _("notices by e-mail"), max_length=8, choices=MailWish.choices, default=MailWish.AT_ONCE
    )
    second_factor_since = models.DateTimeField(_("second factor since"), null=True, blank=True, editable=False)
    is_demo = models.BooleanField(
        _("demo person"), default=False, help_text=_("Has a well-known password; cannot sign in in live mode.")
    )

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        default_permissions = ()
        permissions = [("manage_people", gettext_noop("Can add people, give them roles, deactivate and unlock them"))]

    # The hash that the last `set_password` replaced.
    former_password = ""

    def set_password(self, raw_password: str | None) -> None:
        self.former_password = self.password
        super().set_password(raw_password)

    def __str__(self) -> str:
        return self.get_full_name() or self.get_username()
