"""What VoiceHub has to tell people."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from voicehub.sync.told import in_your_language


class Notice(models.Model):
    """Something that one person should know. Unread notices of one cause are one notice with a count.

    `mail_at` is when it is to be mailed next, empty when it is not or no more; `mailed_at` was written before it was
    handed to the mail server. What is never mailed by itself stands in the daily digest.
    """

    class Level(models.TextChoices):
        INFO = "info", _("For your information")
        WARNING = "warning", _("Please look")
        ERROR = "error", _("Needs you")

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name=_("for")
    )
    level = models.CharField(_("kind"), max_length=8, choices=Level.choices, default=Level.INFO)
    text = models.TextField(_("notice"))
    link = models.CharField(_("link"), max_length=500, blank=True)
    cause = models.CharField(_("cause"), max_length=200, blank=True)
    count = models.PositiveIntegerField(_("times"), default=1)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)
    repeated_at = models.DateTimeField(_("last time"), auto_now_add=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    mail_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(_("mailed"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        default_permissions = ()
        ordering = ["-repeated_at", "-id"]
        indexes = [
            models.Index(fields=["recipient", "-repeated_at", "-id"], name="notice_by_recipient"),
            models.Index(fields=["mail_at"], condition=~models.Q(mail_at=None), name="notice_to_mail"),
            models.Index(
                fields=["recipient"],
                condition=models.Q(read_at=None, mail_at=None),
                name="notice_for_digest",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "cause"],
                condition=models.Q(read_at=None) & ~models.Q(cause=""),
                name="one_unread_notice_a_cause",
            )
        ]

    def __str__(self) -> str:
        return in_your_language(self.text)
