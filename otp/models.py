"""One-time-password apps at Ourvoice, in whose name they send, and the codes that were sent to try them."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from voicehub.common.prefix_index import PrefixIndex
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
            PrefixIndex(fields=["name"], name="otpapp_by_beginning"),
        ]
        permissions = [("pull_otpapp", gettext_noop("Can compare OTP apps with Ourvoice's and import new ones"))]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("admin:otp_otpapp_change", args=[self.pk])


class TestCode(models.Model):
    """A code that somebody had sent to a phone to try an app: one request to Ourvoice, sent at most once.

    `number` is E.164, `cost` in the currency of the account (XOF), `provider_status` Ourvoice's own word. The code
    itself is nowhere in VoiceHub. `confirmation` is the page that was confirmed; being unique, it sends one time.
    `app_name` is the name at the time: the app may be deleted later.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        HELD = "held", _("On hold")
        SENDING = "sending", _("Sending")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Failed")
        UNCERTAIN = "uncertain", _("Uncertain")
        EXPIRED = "expired", _("Expired")
        CANCELLED = "cancelled", _("Cancelled")

    # What has reached a phone, or may yet reach it: counts towards the daily limit.
    COUNTS = (State.WAITING, State.HELD, State.SENDING, State.DONE, State.UNCERTAIN)

    connection = models.ForeignKey("sync.Connection", models.PROTECT, verbose_name=_("Ourvoice account"))
    app = models.ForeignKey(OtpApp, models.SET_NULL, null=True, related_name="test_codes", verbose_name=_("OTP app"))
    app_name = models.CharField(_("app"), max_length=255)
    number = models.CharField(_("phone number"), max_length=16, db_index=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    message = models.TextField(_("what happened"), blank=True)
    cost = models.DecimalField(_("cost"), max_digits=18, decimal_places=4, null=True)
    provider_status = models.CharField(_("Ourvoice says"), max_length=40, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    confirmation = models.UUIDField(unique=True)

    class Meta:
        verbose_name = _("test code")
        verbose_name_plural = _("test codes")
        default_permissions = ("view",)
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "-id"], name="testcode_by_state"),
            models.Index(fields=["created_at"], name="testcode_by_date"),
        ]
        permissions = [
            ("send_testcode", gettext_noop("Can send test codes to phones")),
            ("settle_testcode", gettext_noop("Can settle uncertain test codes")),
        ]

    def __str__(self) -> str:
        return gettext("Test code %(number)d") % {"number": self.pk}

    def get_absolute_url(self) -> str:
        return reverse("admin:otp_testcode_change", args=[self.pk])
