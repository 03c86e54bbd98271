"""Keeping sound files: looked at, saved under a name, given another sound, deleted once nobody needs them."""

import hashlib
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from campaigns.models import Campaign, SoundFile
from campaigns.services.voiceshot import voiceshot_account
from voicehub.common import audit, sounds
from voicehub.common.audio import Audio, Kind
from voicehub.common.sounds import delete_once_sure
from voicehub.sync.models import RecordState
from voicehub.sync.services import TooLateError

LONGEST_STEM = 60


def sound_of(file: File) -> Audio:
    """What an uploaded WAV file holds. Raises ValidationError with the reason for anything else."""
    sound = sounds.sound_of(file, settings.VOICESHOT_MAX_UPLOAD_BYTES)
    if sound.kind != Kind.WAV:
        raise ValidationError(_("VoiceShot plays WAV alone. Save it as WAV (PCM, 16 bits, mono)."))
    if not sound.is_pcm:
        raise ValidationError(_("The sound in this WAV file is packed. Save it as PCM, 16 bits, mono."))
    return sound


def most_megabytes() -> str:
    """The largest file that may be uploaded, in megabytes."""
    return sounds.megabytes(settings.VOICESHOT_MAX_UPLOAD_BYTES)


def name_for(file_name: str) -> str:
    """A name that VoiceShot takes, made of that of a file: spring-offer-2.wav of "Spring Offer (2).WAV"."""
    return f"{slugify(PurePath(file_name).stem).lstrip('_')[:LONGEST_STEM] or 'sound'}.wav"


def add_sound(file: File, name: str, *, user: Any) -> SoundFile:
    """Keep a sound file and have it brought to VoiceShot. Raises NotConnectedError, and ValidationError."""
    if taken := why_taken(name):
        raise ValidationError({"name": taken})
    sound = SoundFile(connection=voiceshot_account(), name=name)
    _take(sound, file)
    sound.clean_fields(exclude=["file"])
    try:
        with transaction.atomic():
            sound.save(user=user)
    except IntegrityError as error:
        sound.file.delete(save=False)
        raise ValidationError({"name": why_taken(name)}) from error
    return sound


def why_taken(name: str) -> str:
    """Why no new sound file can have this name; empty where it is free."""
    there = SoundFile.objects.filter(name__iexact=name).first()
    if there is None:
        return ""
    if there.sync_state == RecordState.DELETING:
        return _("%s is still being deleted at VoiceShot. Wait for that, or choose another name.") % name
    return _("There is a sound file %s already. Choose another name, or give that one another sound.") % name


@transaction.atomic
def replace_sound(sound: SoundFile, file: File, *, user: Any) -> SoundFile:
    """Give it another sound under the same name. Raises ValidationError, and TooLateError while it is played."""
    current = SoundFile.objects.select_for_update().get(pk=sound.pk)
    if reason := why_not_replace(current):
        raise TooLateError(reason)
    before = current.digest
    delete_once_sure(current.file)
    _take(current, file)
    if current.digest == before:
        raise ValidationError(_("It is the same sound. Choose another file."))
    current.save(user=user)
    audit.record("sound.replaced", user, current)
    return current


def why_not_replace(sound: SoundFile) -> str:
    """Why it must keep its sound now; empty where it need not."""
    if sound.sync_state == RecordState.DELETING:
        return _("It is being deleted.")
    live = users_of(sound).filter(state__in=Campaign.LIVE).first()
    words = _("%s plays it to people now. Wait until that is over, or upload another file.")
    return words % live if live else ""


def campaigns_in_need(*files: SoundFile) -> list[Campaign]:
    """Those that are not over and play one of these, which cannot be deleted for so long."""
    return list(users_of(*files).exclude(state__in=Campaign.OVER))


def users_of(*files: SoundFile) -> QuerySet[Campaign]:
    """The campaigns that play one of these, at a prompt or for a key."""
    plays_it = Q(prompts__sound_file__in=files) | Q(key_rules__sound_file__in=files)
    return Campaign.objects.filter(plays_it).distinct().order_by("-pk")


def _take(sound: SoundFile, file: File) -> None:
    heard = sound_of(file)
    sound.file, sound.size, sound.digest = file, file.size, _digest(file)
    sound.seconds, sound.sample_rate, sound.channels = heard.seconds, heard.sample_rate, heard.channels


def _digest(file: File) -> str:
    digest = hashlib.sha256()
    for piece in file.chunks():
        digest.update(piece)
    return digest.hexdigest()
