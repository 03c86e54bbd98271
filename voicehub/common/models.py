"""People, the record of what they did, and what VoiceHub has to tell them."""

from typing import Any, NoReturn

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from voicehub.common.time_zones import validate_time_zone


class User(AbstractUser):
    """A person who signs in. Deactivated, never deleted: payments and the audit point to them."""

    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[validate_time_zone],
        help_text=_("Empty: the one of the browser."),
    )
    is_demo = models.BooleanField(
        _("demo person"), default=False, help_text=_("Has a well-known password; cannot sign in in live mode.")
    )

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        default_permissions = ()
        permissions = [("manage_people", "Can add people, give them roles, deactivate and unlock them")]

    def __str__(self) -> str:
        return self.get_full_name() or self.get_username()


class AppendOnlyError(RuntimeError):
    """Somebody tried to change or delete what was recorded for good."""


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError

    def delete(self) -> NoReturn:
        raise AppendOnlyError


class AuditEntry(models.Model):
    """Who did what, to what, when and why. Written by `voicehub.common.audit.record`, never changed or removed."""

    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    action = models.CharField(_("action"), max_length=64)
    object_model = models.CharField(_("kind of record"), max_length=100, blank=True)
    object_id = models.CharField(_("record"), max_length=64, blank=True)
    object_label = models.CharField(_("what"), max_length=200, blank=True)
    reason = models.TextField(_("why"), blank=True)
    data = models.JSONField(_("details"), default=dict, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit")
        default_permissions = ("view",)
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["at"], name="audit_by_time"),
            models.Index(fields=["action", "-id"], name="audit_by_action"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
            models.Index(fields=["object_model", "object_id", "-id"], name="audit_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_label}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError


class Notice(models.Model):
    """Something that one person should know. Unread notices of one cause are one notice with a count."""

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

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        default_permissions = ()
        ordering = ["-repeated_at", "-id"]
        indexes = [models.Index(fields=["recipient", "-repeated_at", "-id"], name="notice_by_recipient")]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "cause"],
                condition=models.Q(read_at=None) & ~models.Q(cause=""),
                name="one_unread_notice_a_cause",
            )
        ]

    def __str__(self) -> str:
        return self.text
