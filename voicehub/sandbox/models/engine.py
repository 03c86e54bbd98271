"""What the sandbox keeps for every provider: the calls that came in, and the faults that are to come."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

CALLS_KEPT = 20_000
TRIM_EVERY = 500


class Call(models.Model):
    """A request that reached a provider, as it was received: secrets too, for this is the provider's side."""

    at = models.DateTimeField(_("time"))
    provider = models.CharField(_("provider"), max_length=32)
    operation = models.CharField(_("operation"), max_length=64, blank=True)
    method = models.CharField(_("method"), max_length=16)
    path = models.TextField(_("path"))
    query = models.TextField(_("query"), blank=True)
    headers = models.JSONField(_("headers"), default=dict)
    body = models.TextField(_("body"), blank=True)
    fault = models.CharField(_("fault"), max_length=64, blank=True)
    status = models.PositiveSmallIntegerField(_("status answered"), null=True)
    is_acted = models.BooleanField(_("acted"), default=False)

    class Meta:
        verbose_name = _("request received")
        verbose_name_plural = _("requests received")

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        if self.pk % TRIM_EVERY == 0:
            Call.objects.filter(pk__lte=self.pk - CALLS_KEPT).delete()


class Fault(models.Model):
    """What happens to the next calls of an operation. The oldest one that is not used up comes first."""

    provider = models.CharField(_("provider"), max_length=32)
    operation = models.CharField(_("operation"), max_length=64)
    kind = models.CharField(_("fault"), max_length=64)
    remaining = models.PositiveIntegerField(
        _("calls to come"), default=1, help_text=_("So many of the next calls get this fault.")
    )
    value = models.JSONField(_("value"), null=True, blank=True)

    class Meta:
        verbose_name = _("fault")
        verbose_name_plural = _("fault dial")

    def __str__(self) -> str:
        return f"{self.provider}, {self.operation}: {self.kind}"


class PutOffCall(models.Model):
    """A call that was answered with yes, and that takes effect later."""

    call = models.OneToOneField(Call, models.CASCADE, verbose_name=_("call"))
    reads_to_come = models.PositiveIntegerField(_("reads that still show the old state"))

    class Meta:
        verbose_name = _("put off call")
        verbose_name_plural = _("put off calls")

    def __str__(self) -> str:
        return str(self.call)
