from django.db import models
from django.utils.translation import gettext_lazy as _


class Exchange(models.Model):
    """One HTTP request to a provider and what came back, masked before it was stored.

    One that a person had asked once more `repeats` the earlier one.
    """

    job = models.ForeignKey("sync.SyncJob", models.SET_NULL, null=True, blank=True, related_name="exchanges")
    connection = models.ForeignKey("sync.Connection", models.SET_NULL, null=True, blank=True)
    provider = models.CharField(_("provider"), max_length=32)
    method = models.CharField(_("method"), max_length=8)
    url = models.TextField(_("address"))
    request_headers = models.JSONField(_("request headers"), default=dict)
    request_body = models.TextField(_("request"), blank=True)
    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    response_headers = models.JSONField(_("answer headers"), default=dict)
    response_body = models.TextField(_("answer"), blank=True)
    error = models.TextField(_("what went wrong"), blank=True)
    started_at = models.DateTimeField(_("at"))
    duration_ms = models.PositiveIntegerField(_("milliseconds"))
    repeats = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="repetitions")

    class Meta:
        verbose_name = _("provider call")
        verbose_name_plural = _("provider calls")
        permissions = [("repeat_exchange", "Can ask a provider once more what it was asked before")]
        ordering = ["-id"]
        indexes = [models.Index(fields=["provider", "-id"], name="exchange_by_provider")]

    def __str__(self) -> str:
        return f"{self.method} {self.url}"
