"""Recordings in Voitex's library: sound files, and texts that Voitex speaks."""

from pathlib import PurePath
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from simple_history.models import HistoricalRecords

from telephony.models.outgoing import Outgoing
from voicehub.common.prefix_index import PrefixIndex
from voicehub.common.sounds import sound_storage


def new_name(recording: Any, name: str) -> str:
    """Nobody can guess it, and nothing of what was typed is in it but the kind of file."""
    return f"{uuid4().hex}{PurePath(name).suffix.lower()[:5]}"


class Recording(models.Model):
    """A place in the library: album and sort number, which say at Voitex which recording is meant.

    It is sent at most once at a time: what has its place at Voitex stays there for good, also when our own copy is
    gone (`removed_at`). `is_replacing` lets Voitex delete what is there first; only revision B can. `seconds` is how
    long the sound is. A recording that Voitex speaks has a `text` and no file.
    """

    State = Outgoing.State

    class Kind(models.TextChoices):
        FILE = "file", _("Sound file")
        SPEECH = "speech", _("Text to speech")

    # What was asked for last has surely not happened.
    NOT_THERE = (State.REFUSED, State.FAILED, State.EXPIRED, State.CANCELLED)

    connection = models.ForeignKey("sync.Connection", models.PROTECT, verbose_name=_("Voitex account"))
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=255)
    album = models.PositiveIntegerField(_("album"))
    sort = models.PositiveIntegerField(_("sort number"))
    file = models.FileField(_("file"), storage=sound_storage, upload_to=new_name, blank=True)
    text = models.TextField(_("text"), blank=True)
    sound_kind = models.CharField(_("format"), max_length=3, blank=True)
    seconds = models.FloatField(_("length"), null=True)
    sample_rate = models.PositiveIntegerField(_("sample rate"), null=True)
    channels = models.PositiveSmallIntegerField(_("channels"), null=True)
    size = models.PositiveBigIntegerField(_("bytes"), null=True)
    is_replacing = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    message = models.TextField(_("what happened"), blank=True)
    remote_id = models.CharField(_("id at Voitex"), max_length=64, blank=True)
    sent_at = models.DateTimeField(_("uploaded"), null=True)
    removed_at = models.DateTimeField(_("our copy deleted"), null=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by")
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    history = HistoricalRecords(related_name="changes", excluded_fields=["connection", "file", "state", "message"])

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        default_permissions = ("view", "change", "delete")
        ordering = ["album", "sort"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "album", "sort"], name="recording_once_a_place"),
            models.CheckConstraint(condition=Q(album__gt=0) & Q(sort__gt=0), name="recording_has_a_place"),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="recording_by_state"),
            PrefixIndex(fields=["name"], name="recording_by_beginning"),
        ]
        permissions = [
            ("send_recording", gettext_noop("Can add recordings to Voitex's library")),
            ("settle_recording", gettext_noop("Can settle uncertain uploads")),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.slot})"

    def get_absolute_url(self) -> str:
        return reverse("admin:telephony_recording_change", args=[self.pk])

    @property
    def slot(self) -> str:
        """Its place as people write it: 10/25."""
        return f"{self.album}/{self.sort}"

    @property
    def may_be_at_voitex(self) -> bool:
        return self.state not in self.NOT_THERE or self.is_replacing or bool(self.remote_id)
