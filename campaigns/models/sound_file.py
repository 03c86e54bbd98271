"""Sound files that VoiceShot plays."""

from pathlib import PurePath
from typing import Any
from uuid import uuid4

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from voicehub.common.sounds import delete_once_sure, sound_storage
from voicehub.sync.models import SyncedModel

like_a_file_name = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9_-]{0,59}\.wav$",
    _("Letters, digits, - and _, and .wav at the end, as in spring-offer.wav."),
)


def new_name(sound: Any, name: str) -> str:
    """Nobody can guess it, and nothing of what was typed is in it but the kind of file."""
    return f"campaigns/{uuid4().hex}{PurePath(name).suffix.lower()[:5]}"


class SoundFile(SyncedModel):
    """A WAV file. `name` is its file name at VoiceShot, by which prompts ask for it: once there it stays.

    `digest` is the SHA-256 of `file`, `seconds` how long it plays.
    """

    SYNCED_FIELDS = ("digest",)

    name = models.CharField(_("file name"), max_length=64, unique=True, validators=[like_a_file_name])
    file = models.FileField(_("file"), storage=sound_storage, upload_to=new_name)
    digest = models.CharField(max_length=64, editable=False)
    size = models.PositiveBigIntegerField(_("bytes"), editable=False)
    seconds = models.FloatField(_("length"), editable=False)
    sample_rate = models.PositiveIntegerField(_("sample rate"), editable=False)
    channels = models.PositiveSmallIntegerField(_("channels"), editable=False)

    history = HistoricalRecords(excluded_fields=[*SyncedModel.ENGINE_FIELDS, "file"])

    class Meta:
        verbose_name = _("sound file")
        verbose_name_plural = _("sound files")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("admin:campaigns_soundfile_change", args=[self.pk])

    @property
    def remote_id_to_remove(self) -> str:
        """What may have been saved there bears its name, whatever was answered."""
        return self.remote_id or (self.name if self.sent_values else "")


@receiver(pre_delete, sender=SoundFile)
def leave_the_name_behind(instance: Any, **kwargs: Any) -> None:
    """The row goes by a query, once VoiceShot has deleted its file: what played it still tells which one it was."""
    for players in (instance.prompts, instance.key_rules):
        players.update(former_file=instance.name)
    delete_once_sure(instance.file)
