import sys
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class Lane(models.Model):
    """One provider's traffic: the stop switch, the circuit breaker and what all workers share about it.

    Its row is locked for the moment of a claim, so limits hold across processes and hosts.
    """

    BREAKER_THRESHOLD = 5

    provider = models.CharField(_("provider"), max_length=32, primary_key=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    stopped_until = models.DateTimeField(_("stopped until"), null=True, blank=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    stop_reason = models.TextField(_("why"), blank=True)
    halted_reason = models.TextField(_("what must be set right first"), blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    open_until = models.DateTimeField(_("asks again at"), null=True, blank=True)
    next_start_at = models.DateTimeField(null=True, blank=True)
    last_good_at = models.DateTimeField(_("last good call"), null=True, blank=True)

    class Meta:
        verbose_name = _("provider")
        verbose_name_plural = _("providers")
        permissions = [("use_stop_switch", gettext_noop("Can stop and release a provider"))]

    def __str__(self) -> str:
        from voicehub.sync.registry import provider_label

        return str(provider_label(self.provider))

    def is_stopped(self, now: datetime) -> bool:
        return self.stopped_at is not None and (self.stopped_until is None or self.stopped_until > now)

    @property
    def failures_left(self) -> int:
        """How many calls may fail until the breaker opens; at least one, which shows whether the provider is back."""
        return max(1, self.BREAKER_THRESHOLD - self.failures) if self.failures else sys.maxsize


class LaneSeats(models.Model):
    """How many calls at once one drain may make in a lane, as long as its lease lasts."""

    lane = models.ForeignKey(Lane, models.CASCADE, related_name="seats")
    holder = models.CharField(max_length=36)
    seats = models.PositiveIntegerField()
    leased_until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lane", "holder"], name="one_holding_a_lane")]

    def __str__(self) -> str:
        return f"{self.seats} in {self.lane_id}"
