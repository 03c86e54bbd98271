"""Numbers that must not be called or texted."""

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from simple_history.models import HistoricalRecords


def _who_added(instance: Any, **context: Any) -> Any:
    """A file is carried out where nobody is signed in."""
    return instance.added_by


class DoNotCallNumber(models.Model):
    """A number (E.164) that is on the list, or was once. Nothing is ever deleted: `off_reason` says why it went."""

    class Source(models.TextChoices):
        TYPED = "typed", _("Typed in")
        FILE = "file", _("From a list")
        KEY = "key", _("Pressed a key in a call")
        REPLY = "reply", _("Answered a text")

    number = models.CharField(_("number"), max_length=16, unique=True)
    is_listed = models.BooleanField(_("on the list"), default=True)
    source = models.CharField(_("how it came here"), max_length=8, choices=Source.choices)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    added_at = models.DateTimeField(_("since"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    off_reason = models.CharField(_("why it was taken off"), max_length=500, blank=True)

    history = HistoricalRecords(related_name="changes", get_user=_who_added)

    class Meta:
        verbose_name = _("do-not-call number")
        verbose_name_plural = _("do-not-call numbers")
        default_permissions = ("view", "add")
        permissions = [("take_off_donotcallnumber", gettext_noop("Can take numbers off the do-not-call list"))]
        ordering = ["-added_at", "-id"]
        indexes = [models.Index(fields=["-added_at", "-id"], name="donotcall_by_time")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("admin:common_donotcallnumber_change", args=[self.pk])
