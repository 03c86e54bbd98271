from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    HELD = "held", _("On hold")
    SENDING = "sending", _("Sending")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
    UNCERTAIN = "uncertain", _("Uncertain")
    EXPIRED = "expired", _("Expired")
    SUPERSEDED = "superseded", _("Overtaken by a newer change")
    CANCELLED = "cancelled", _("Cancelled")


class Operation(models.TextChoices):
    PUSH = "push", _("Bring the provider in step")
    REMOVE = "remove", _("Remove at the provider")
    SEND = "send", _("Send once")
    PULL = "pull", _("Read from the provider")
    LOOK = "look", _("Ask the provider about it")
    WITHDRAW = "withdraw", _("Take back what has not started")


QUEUED = (JobState.WAITING, JobState.HELD)
UNFINISHED = (*QUEUED, JobState.SENDING)
# What did not get done at the provider, or nobody knows.
NOT_DONE = (JobState.REFUSED, JobState.FAILED, JobState.UNCERTAIN, JobState.EXPIRED)
# These start nothing at the provider, and are there beside what brings a record there.
HARMLESS = (Operation.PULL, Operation.LOOK, Operation.WITHDRAW)


class SyncJob(models.Model):
    """One thing to do at a provider: the transactional outbox. This row is the truth, the queue only a doorbell.

    A `once_only` job in state *sending* was committed before its first byte left; nothing but an answer or a
    person gets it out of there again, except into *uncertain*. `attempts` counts claims and fences late answers:
    an answer counts only for the claim that asked.
    """

    provider = models.CharField(_("provider"), max_length=32)
    connection = models.ForeignKey(
        "sync.Connection", models.PROTECT, null=True, blank=True, verbose_name=_("account")
    )
    model = models.CharField(_("kind of record"), max_length=100)
    object_id = models.BigIntegerField(_("record"))
    operation = models.CharField(_("what"), max_length=10, choices=Operation.choices)
    remote_id = models.CharField(_("id at the provider"), max_length=64, blank=True)
    options = models.JSONField(default=dict, blank=True)
    once_only = models.BooleanField(_("once only"), default=False)
    passes_stop = models.BooleanField(_("goes out while the provider is stopped"), default=False)
    state = models.CharField(_("state"), max_length=12, choices=JobState.choices, default=JobState.WAITING)
    hold_reason = models.TextField(_("waits for"), blank=True)
    message = models.TextField(_("what happened"), blank=True)
    field_messages = models.JSONField(default=dict, blank=True)
    due_at = models.DateTimeField(_("due"))
    send_before = models.DateTimeField(_("not after"), null=True, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    look_first = models.BooleanField(_("look before doing it again"), default=False)
    is_accepted = models.BooleanField(_("taken by the provider, which has to act on it yet"), default=False)
    lease_until = models.DateTimeField(null=True, blank=True)
    has_conflict = models.BooleanField(_("answer contradicts the settlement"), default=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    created_at = models.DateTimeField(_("queued"), auto_now_add=True)
    started_at = models.DateTimeField(_("last attempt"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "object_id", "operation"],
                condition=Q(state__in=[JobState.WAITING, JobState.HELD]),
                name="one_queued_job",
            ),
            models.UniqueConstraint(
                fields=["model", "object_id"], condition=Q(state=JobState.SENDING), name="one_running_job"
            ),
        ]
        indexes = [
            models.Index(fields=["provider", "due_at"], condition=Q(state="waiting"), name="job_due"),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="job_leased"),
            models.Index(fields=["send_before"], condition=Q(state__in=["waiting", "held"]), name="job_to_expire"),
            models.Index(fields=["model", "object_id", "-id"], name="job_of_record"),
            models.Index(fields=["state", "-id"], name="job_by_state"),
            models.Index(fields=["state", "finished_at"], name="job_by_end", condition=Q(finished_at__isnull=False)),
            models.Index(fields=["model", "object_id"], name="job_in_conflict", condition=Q(has_conflict=True)),
        ]

    def __str__(self) -> str:
        return f"{self.get_operation_display()} #{self.pk}"
