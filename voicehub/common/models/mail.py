"""What is kept about e-mail: whether the server takes it, and who had the day's digest."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class MailTrouble(models.Model):
    """The one row that says why no mail goes out at the moment; without it all is well."""

    reason = models.TextField(_("why"))
    failing_since = models.DateTimeField(_("since"), auto_now_add=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=1)
    next_try_at = models.DateTimeField(_("next try"))

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_mail_trouble")]

    def __str__(self) -> str:
        return self.reason


class Digest(models.Model):
    """One person's digest of one day (UTC), claimed before it was sent."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["recipient", "day"], name="one_digest_a_day")]

    def __str__(self) -> str:
        return f"{self.recipient_id}, {self.day}"
