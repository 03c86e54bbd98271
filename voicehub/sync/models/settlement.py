from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Settlement(models.Model):
    """What a person found out about an uncertain job. Never changed or removed: a correction is a later row."""

    class Finding(models.TextChoices):
        THERE = "there", _("It is there")
        NOT_THERE = "not_there", _("It is not there")

    job = models.ForeignKey("sync.SyncJob", models.PROTECT, related_name="settlements")
    finding = models.CharField(_("what I found"), max_length=10, choices=Finding.choices)
    looked_at = models.CharField(_("where I looked"), max_length=200)
    note = models.TextField(_("note"), blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("settled by")
    )
    settled_at = models.DateTimeField(_("settled"), auto_now_add=True)
    is_by_requester = models.BooleanField(_("settled by the person who asked for it"), default=False)

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_finding_display()} ({self.settled_by})"
