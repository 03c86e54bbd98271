"""What is sent to a phone through Voitex at most once: a notification call, a text."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _


class Outgoing(models.Model):
    """One request to Voitex, sent at most once. Numbers are E.164.

    `confirmation` is the page that was confirmed; being unique, it sends one time. `again_of` is what this repeats.
    There is no word from Voitex of what became of it: that it was accepted is all that is ever known.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        HELD = "held", _("On hold")
        SENDING = "sending", _("Sending")
        DONE = "done", _("Accepted")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Failed")
        UNCERTAIN = "uncertain", _("Uncertain")
        EXPIRED = "expired", _("Expired")
        CANCELLED = "cancelled", _("Cancelled")

    WANTED: ClassVar[tuple[str, ...]] = ("caller", "to")
    # What has reached a phone, or may yet reach it: counts towards the daily limit.
    COUNTS = (State.WAITING, State.HELD, State.SENDING, State.DONE, State.UNCERTAIN)
    # Nothing more comes of these: the same may be asked for again.
    OVER = (State.DONE, State.REFUSED, State.FAILED, State.EXPIRED, State.CANCELLED)

    connection = models.ForeignKey("sync.Connection", models.PROTECT, verbose_name=_("Voitex account"))
    caller = models.CharField(_("from"), max_length=16)
    to = models.CharField(_("to"), max_length=16, db_index=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    message = models.TextField(_("what happened"), blank=True)
    reference = models.CharField(_("reference at Voitex"), max_length=64, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    confirmation = models.UUIDField(unique=True)
    again_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="repeats", verbose_name=_("repeats")
    )

    class Meta:
        abstract = True
        default_permissions = ("view",)
        ordering = ["-id"]

    def get_absolute_url(self) -> str:
        return reverse(f"admin:telephony_{self._meta.model_name}_change", args=[self.pk])

    def wanted(self) -> dict[str, Any]:
        """What was asked for, by the names of the form's fields."""
        return {name: getattr(self, name) for name in self.WANTED}


class NotificationCall(Outgoing):
    """Voitex calls `to`, showing `caller`, and begins at the `branch` of the hotline `route`."""

    WANTED = (*Outgoing.WANTED, "route", "branch")

    route = models.CharField(_("hotline"), max_length=16)
    branch = models.CharField(_("branch"), max_length=10)

    class Meta(Outgoing.Meta):
        verbose_name = _("notification call")
        verbose_name_plural = _("notification calls")
        indexes = [
            models.Index(fields=["state", "-id"], name="notificationcall_by_state"),
            models.Index(fields=["created_at"], name="notificationcall_by_date"),
        ]
        permissions = [
            ("send_notificationcall", gettext_noop("Can have people called")),
            ("settle_notificationcall", gettext_noop("Can settle uncertain notification calls")),
        ]

    def __str__(self) -> str:
        return gettext("Call %(number)d") % {"number": self.pk}


class SmsMessage(Outgoing):
    """A text from a number that sends texts."""

    WANTED = (*Outgoing.WANTED, "body")

    body = models.TextField(_("text"))

    class Meta(Outgoing.Meta):
        verbose_name = _("text message")
        verbose_name_plural = _("text messages")
        indexes = [
            models.Index(fields=["state", "-id"], name="smsmessage_by_state"),
            models.Index(fields=["created_at"], name="smsmessage_by_date"),
        ]
        permissions = [
            ("send_smsmessage", gettext_noop("Can text people")),
            ("settle_smsmessage", gettext_noop("Can settle uncertain text messages")),
        ]

    def __str__(self) -> str:
        return gettext("Text %(number)d") % {"number": self.pk}
