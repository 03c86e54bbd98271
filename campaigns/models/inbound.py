"""What VoiceShot posts to us, kept before it is answered."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class InboundPost(models.Model):
    """A summary, an event, an inbound call or text. `number` is E.164, or empty where none was told.

    One that belongs to no call of ours stays as unmatched. `told` is what it said, by VoiceShot's names; recordings
    in it are kept in `recording`.
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

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.NEW)
    menuid = models.CharField(_("menuid"), max_length=22, blank=True)
    callid = models.CharField(_("callid"), max_length=50, blank=True, db_index=True)
    number = models.CharField(_("number"), max_length=16, blank=True)
    told = models.JSONField(_("what it said"), default=dict)
    recording = models.FileField(_("recording"), upload_to="campaigns/recordings", blank=True)
    received_at = models.DateTimeField(_("came in"), auto_now_add=True)

    class Meta:
        verbose_name = _("post from VoiceShot")
        verbose_name_plural = _("posts from VoiceShot")
        default_permissions = ("view",)
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="new"), name="inbound_to_take_in"),
            models.Index(fields=["state", "-id"], name="inbound_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.callid}"
