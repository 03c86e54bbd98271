"""Runs: many rows from a file or a selection, checked first, carried out in the background, each accounted for."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Run(models.Model):
    """One file or selection on its way through: read, checked, looked at by a person, carried out row by row.

    `file_digest` is the SHA-256 of an uploaded file. `lease_until` names the one worker that is busy with the run.
    What became of a row stands in its `RunRow`, and in the record that the row made.
    """

    class State(models.TextChoices):
        READING = "reading", _("Being read")
        CHECKING = "checking", _("Being checked")
        READY = "ready", _("Checked, not started")
        HELD = "held", _("On hold")
        RUNNING = "running", _("Running")
        CANCELLING = "cancelling", _("Being cancelled")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    # What a worker has to do something about.
    AT_WORK = (State.CHECKING, State.RUNNING, State.CANCELLING)

    kind = models.CharField(_("kind"), max_length=40)
    title = models.CharField(_("name"), max_length=255)
    file_digest = models.CharField(max_length=64, blank=True)
    options = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.READING)
    hold_reason = models.TextField(_("waits for"), blank=True)
    again_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="again", verbose_name=_("does again")
    )
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cancelled by"),
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        default_permissions = ("view",)
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["kind", "-id"], name="run_by_kind"),
            models.Index(fields=["requested_by", "-id"], name="run_by_requester"),
            models.Index(fields=["file_digest"], condition=~Q(file_digest=""), name="run_by_file"),
            models.Index(
                fields=["id"], condition=Q(state__in=["checking", "running", "cancelling"]), name="run_at_work"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("admin:common_run_change", args=[self.pk])


class RunRow(models.Model):
    """One row of a run. `data` is what was typed, by column; `values` what the check made of it.

    `problems` keep the row from being carried out: pairs of a column and a text. `doubts` leave it out unless a
    person includes it; a row in the state SAME is left out because it would change nothing. Rows that mean the same
    have an equal `key` or `other_key`. `object_id` is the record that the row made: set in the transaction that makes
    it, so that a row is carried out once.
    """

    class State(models.TextChoices):
        NEW = "new", _("Not checked yet")
        BAD = "bad", _("Cannot be used")
        DOUBTFUL = "doubtful", _("Left out: doubtful")
        SAME = "same", _("Nothing to change")
        READY = "ready", _("Ready")
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")
        CANCELLED = "cancelled", _("Cancelled")

    run = models.ForeignKey(Run, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("line"))
    data = models.JSONField(default=dict)
    values = models.JSONField(default=dict, blank=True)
    problems = models.JSONField(default=list, blank=True)
    doubts = models.JSONField(default=list, blank=True)
    key = models.CharField(max_length=64, blank=True)
    other_key = models.CharField(max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.NEW)
    message = models.TextField(_("what happened"), blank=True)
    object_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("row")
        verbose_name_plural = _("rows")
        default_permissions = ()
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="run_row_identity")]
        indexes = [
            models.Index(fields=["run", "state", "number"], name="run_row_by_state"),
            models.Index(fields=["run", "key"], name="run_row_by_key"),
            models.Index(fields=["run", "other_key"], name="run_row_by_other_key"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.number}"
