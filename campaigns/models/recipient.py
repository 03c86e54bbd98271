"""Whom a campaign calls, what became of each, and how many became what."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign


class Recipient(models.Model):
    """A number (E.164) of a campaign, called with these `variables` by name.

    Its `state` is changed by `campaigns.services.moving` alone, which keeps the tallies. `zones` are the names of the
    time zones in which the number may be, with blanks between them; empty where none is known. One that waits is
    called from `due_at` (UTC) on. `reason` says why it was skipped or not reached. `line` is where it stood.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        UNDER_WAY = "under_way", _("Under way")
        UNCERTAIN = "uncertain", _("Uncertain")
        REACHED = "reached", _("Reached")
        MACHINE = "machine", _("Answering machine")
        BUSY = "busy", _("Busy")
        NO_ANSWER = "no_answer", _("No answer")
        FAILED = "failed", _("Failed")
        OPTED_OUT = "opted_out", _("Opted out")
        SKIPPED = "skipped", _("Skipped")
        STOPPED = "stopped", _("Not called: stopped")

    OPEN: ClassVar[tuple[str, ...]] = (State.WAITING, State.UNDER_WAY, State.UNCERTAIN)
    TO_CALL_AGAIN: ClassVar[tuple[str, ...]] = (State.BUSY, State.NO_ANSWER)

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="recipients", verbose_name=_("campaign"))
    number = models.CharField(_("number"), max_length=16)
    variables = models.JSONField(_("variables"), default=dict, blank=True)
    zones = models.CharField(_("time zones"), max_length=200, blank=True)
    line = models.PositiveIntegerField(_("line"), default=0)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITING)
    reason = models.TextField(_("what happened"), blank=True)
    due_at = models.DateTimeField(_("not before"), null=True, blank=True)
    tried = models.PositiveSmallIntegerField(_("times called"), default=0)
    finished_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        default_permissions = ("view", "delete")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="recipient_once_a_campaign")]
        indexes = [
            models.Index(
                fields=["campaign", "zones", "id"],
                condition=Q(state="waiting", due_at=None),
                name="recipient_to_call",
            ),
            models.Index(
                fields=["campaign", "zones", "due_at"],
                condition=Q(state="waiting", due_at__isnull=False),
                name="recipient_to_call_again",
            ),
            models.Index(
                fields=["campaign", "due_at"],
                condition=Q(state="waiting", due_at__isnull=False),
                name="recipient_next_again",
            ),
            models.Index(fields=["campaign", "state", "id"], name="recipient_by_state"),
            models.Index(
                fields=["number"], condition=Q(state__in=["waiting", "under_way", "uncertain"]), name="recipient_open"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("admin:campaigns_recipient_change", args=[self.pk])


class Tally(models.Model):
    """How many recipients of a campaign are in a state, by their zones."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="tallies")
    state = models.CharField(max_length=9, choices=Recipient.State.choices)
    zones = models.CharField(max_length=200, blank=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["campaign", "state", "zones"], name="one_tally_a_state")]

    def __str__(self) -> str:
        return f"{self.state}: {self.count}"


class HourlyTally(models.Model):
    """How many recipients came into a state during the hour that began at `hour` (UTC), retries included."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="hourly_tallies")
    hour = models.DateTimeField()
    state = models.CharField(max_length=9, choices=Recipient.State.choices)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["campaign", "hour", "state"], name="one_tally_an_hour")]
        # All that the sums of a day need, so that no row is looked up for them.
        indexes = [models.Index(fields=["state", "hour", "count"], name="hourlytally_by_hour")]

    def __str__(self) -> str:
        return f"{self.hour} {self.state}: {self.count}"
