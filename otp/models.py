"""One-time-password apps at Ourvoice: a name, a sender, a message template and the length of the code."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from voicehub.sync.models import SyncedModel


class Sender(models.Model):
    """In whose name Ourvoice sends; read from there where it lists them."""

    connection = models.ForeignKey("sync.Connection", models.PROTECT, verbose_name=_("Ourvoice account"))
    remote_id = models.CharField(_("sender id"), max_length=64)
    name = models.CharField(_("name"), max_length=255)

    class Meta:
        verbose_name = _("sender")
        verbose_name_plural = _("senders")
        default_permissions = ()
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["connection", "remote_id"], name="sender_identity")]

    def __str__(self) -> str:
        return self.name


class OtpApp(SyncedModel):
    """An app that Ourvoice sends codes for. Ids of apps and senders are text: the provider's own are malformed."""

    SYNCED_FIELDS = ("name", "sender_id", "message_template", "code_size")

    name = models.CharField(_("name"), max_length=255)
    sender_id = models.CharField(_("sender id"), max_length=64)
    message_template = models.TextField(_("message template"))
    code_size = models.PositiveSmallIntegerField(_("digits of the code"), default=6)

    history = HistoricalRecords(
        related_name="changes", excluded_fields=["connection", *sorted(SyncedModel.ENGINE_FIELDS)]
    )

    class Meta:
        verbose_name = _("OTP app")
        verbose_name_plural = _("OTP apps")
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["name", "id"], name="otpapp_by_name"),
            models.Index(fields=["connection", "remote_id"], name="otpapp_by_remote_id"),
            models.Index(fields=["sync_state", "name"], name="otpapp_by_state"),
        ]
        permissions = [("pull_otpapp", "Can compare OTP apps with Ourvoice's and import new ones")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("admin:otp_otpapp_change", args=[self.pk])
