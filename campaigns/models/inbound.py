"""What VoiceShot posts to us, kept before it is answered."""

from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from voicehub.common.sounds import sound_storage


class InboundPost(models.Model):
    """A summary, an event, an inbound call or text. `number` is E.164, or empty where none was told.

    It is the number that was called, or the caller's where we were. One that belongs to no call of ours stays as
    unmatched. `told` is the rest of what it said, by VoiceShot's names; what was pressed by promptid.
    """

    class Kind(models.TextChoices):
        SUMMARY = "summary", _("Summary of a call")
        TEXT = "text", _("Text")
        INBOUND = "inbound", _("Inbound call")
        ANSWER = "answer", _("Answered")
        HANG_UP = "hangup", _("Hung up")
        KEY = "key", _("Key pressed")
        TEST = "test", _("Test")

    class State(models.TextChoices):
        NEW = "new", _("Not looked at yet")
        APPLIED = "applied", _("Taken in")
        UNMATCHED = "unmatched", _("Belongs to no call of ours")
        FAILED = "failed", _("Could not be taken in")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.NEW)
    menuid = models.CharField(_("menuid"), max_length=22, blank=True)
    callid = models.CharField(_("callid"), max_length=50, blank=True, db_index=True)
    number = models.CharField(_("number"), max_length=16, blank=True)
    told = models.JSONField(_("what it said"), default=dict)
    received_at = models.DateTimeField(_("came in"), auto_now_add=True)

    class Meta:
        verbose_name = _("post from VoiceShot")
        verbose_name_plural = _("posts from VoiceShot")
        default_permissions = ("view",)
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="new"), name="inbound_to_take_in"),
            models.Index(fields=["state", "-id"], name="inbound_by_state"),
            models.Index(fields=["number", "-id"], name="inbound_by_number"),
            models.Index(fields=["received_at"], name="inbound_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.callid}"

    def get_absolute_url(self) -> str:
        return reverse("admin:campaigns_inboundpost_change", args=[self.pk])


def new_name(recording: Any, name: str) -> str:
    """Nobody can guess it, and nothing of what VoiceShot calls it is in it."""
    return f"campaigns/inbound/{uuid4().hex}.wav"


class InboundRecording(models.Model):
    """What somebody said at a prompt, as it came in a post; `name` is VoiceShot's."""

    post = models.ForeignKey(InboundPost, models.CASCADE, related_name="recordings")
    promptid = models.CharField(_("prompt"), max_length=10, blank=True)
    name = models.CharField(_("file name"), max_length=100, blank=True)
    file = models.FileField(_("file"), storage=sound_storage, upload_to=new_name)

    class Meta:
        verbose_name = _("recording of a call")
        verbose_name_plural = _("recordings of calls")
        default_permissions = ("view",)
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
