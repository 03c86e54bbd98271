"""What is posted to VoiceShot: calls in batches, each call under a callid of ours."""

from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.recipient import Recipient


class Batch(models.Model):
    """One post of calls, sent at most once. All its numbers share their time zones: it is over at `closes_at` (UTC).

    VoiceShot gives back no ids: what became of it is asked by the callids of its attempts, at `asked_at` (UTC) last.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        HELD = "held", _("On hold")
        SENDING = "sending", _("Sending")
        DONE = "done", _("Accepted")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Failed")
        UNCERTAIN = "uncertain", _("Uncertain")
        EXPIRED = "expired", _("Expired")
        CANCELLED = "cancelled", _("Cancelled")

    # Its post may have left, or may yet leave.
    COUNTS: ClassVar[tuple[str, ...]] = (
        State.WAITING,
        State.HELD,
        State.SENDING,
        State.DONE,
        State.UNCERTAIN,
    )

    # What goes out, loaded by the claim for the thread that sends it.
    post: Any = None

    connection = models.ForeignKey("sync.Connection", models.PROTECT, verbose_name=_("VoiceShot account"))
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="batches", verbose_name=_("campaign"))
    size = models.PositiveIntegerField(_("calls"))
    is_trial = models.BooleanField(_("trial call"), default=False)
    closes_at = models.DateTimeField(_("not after"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    message = models.TextField(_("what happened"), blank=True)
    sent_at = models.DateTimeField(_("posted"), null=True)
    asked_at = models.DateTimeField(_("asked about"), null=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    confirmation = models.UUIDField(unique=True, default=uuid4)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        default_permissions = ("view",)
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["campaign", "state"], name="batch_of_campaign"),
            models.Index(fields=["state", "-id"], name="batch_by_state"),
            models.Index(fields=["created_at"], name="batch_by_date"),
        ]

    def __str__(self) -> str:
        return gettext("Post %(number)d") % {"number": self.pk}

    def get_absolute_url(self) -> str:
        return reverse("admin:campaigns_batch_change", args=[self.pk])


def new_callid() -> str:
    """Letters and digits alone, which every revision of VoiceShot takes."""
    return uuid4().hex


class Attempt(models.Model):
    """One call to a `number` (E.164) in the words of its recipient, who for a trial call is not the one called.

    The callid is committed before the post and never used again. With `is_unwanted` VoiceShot is to delete it, if it
    does not dial yet. `status` and `text` are VoiceShot's words, `keys` what was pressed by promptid; `duration` is
    in seconds, `ended_at` (UTC) is when we learned its end, `missed_at` when VoiceShot was asked and did not know it.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", _("Not posted yet")
        POSTED = "posted", _("At VoiceShot")
        UNCERTAIN = "uncertain", _("Uncertain")
        ENDED = "ended", _("Ended")
        WITHDRAWN = "withdrawn", _("Taken back")
        NOT_SENT = "not_sent", _("Never posted")

    OPEN: ClassVar[tuple[str, ...]] = (State.PREPARED, State.POSTED, State.UNCERTAIN)

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="attempts")
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="attempts", verbose_name=_("post"))
    recipient = models.ForeignKey(Recipient, models.CASCADE, related_name="attempts", verbose_name=_("recipient"))
    number = models.CharField(_("number"), max_length=16)
    callid = models.CharField(_("callid"), max_length=50, unique=True, default=new_callid)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.PREPARED)
    is_trial = models.BooleanField(_("trial call"), default=False)
    is_unwanted = models.BooleanField(_("to be taken back"), default=False)
    missed_at = models.DateTimeField(_("not known at VoiceShot"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=50, blank=True)
    text = models.CharField(_("answer"), max_length=255, blank=True)
    keys = models.JSONField(_("keys pressed"), default=dict, blank=True)
    duration = models.PositiveIntegerField(_("seconds"), null=True, blank=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        default_permissions = ("view",)
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient"],
                condition=Q(state__in=["prepared", "posted", "uncertain"], is_trial=False),
                name="one_open_attempt_a_recipient",
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "state"], name="attempt_of_batch"),
            models.Index(fields=["campaign", "state"], name="attempt_of_campaign"),
            models.Index(fields=["campaign", "ended_at"], name="attempt_by_end"),
        ]

    def __str__(self) -> str:
        return self.callid
