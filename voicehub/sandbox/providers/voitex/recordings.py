"""Recordings: uploaded, or made of a text; each in its slot of an album."""

import hashlib
import random
import re

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Max
from django.utils import timezone

from voicehub.sandbox.models import VoitexAlbum, VoitexRecording
from voicehub.sandbox.providers.voitex.access import Fields, needed, refusal, success
from voicehub.sandbox.wire import Answer, Request

MP3_HEADS = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa")
NUMBER = re.compile(r"0*[1-9][0-9]{0,5}")


def upload(fields: Fields, request: Request) -> Answer:
    """Revision A: the sort number is needed."""
    needed(fields, "sort_number")
    return _upload(fields, request, may_replace=False)


def upload_b(fields: Fields, request: Request) -> Answer:
    """Revision B: without a sort number it gets the next free one, and one that is taken may be replaced."""
    return _upload(fields, request, may_replace=True)


def speak(fields: Fields, request: Request) -> Answer:
    return _speak(fields, may_replace=False)


def speak_b(fields: Fields, request: Request) -> Answer:
    return _speak(fields, may_replace=True)


def _upload(fields: Fields, request: Request, *, may_replace: bool) -> Answer:
    album = _album(fields)
    file = request.files.get("upload_file")
    if file is None:
        raise refusal("upload_file is required.")
    _insist_on_sound(file)
    return _save(
        album,
        fields,
        may_replace,
        display_name=fields.get("display_name", "")[:255],
        size=file.size,
        digest=_digest(file),
    )


def _speak(fields: Fields, *, may_replace: bool) -> Answer:
    return _save(_album(fields), fields, may_replace, text=needed(fields, "text"))


def _album(fields: Fields) -> VoitexAlbum:
    album = VoitexAlbum.objects.filter(number=needed(fields, "album_number")).first()
    if album is None:
        raise refusal("There is no such album.")
    return album


def _insist_on_sound(file: UploadedFile) -> None:
    head = file.read(12)
    is_wav = head[:4] == b"RIFF" and head[8:] == b"WAVE"
    if not is_wav and not head.startswith(MP3_HEADS):
        raise refusal("The file must be wav or mp3.")


def _digest(file: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _save(album: VoitexAlbum, fields: Fields, may_replace: bool, **values: object) -> Answer:
    sort = _sort(album, fields)
    there = VoitexRecording.objects.filter(album=album, sort=sort)
    if there.exists() and not (may_replace and fields.get("override", "").lower() == "yes"):
        raise refusal("This sort number is taken.")
    there.delete()
    recording = VoitexRecording.objects.create(
        recording_id=_new_id(), album=album, sort=sort, saved_at=timezone.now(), **values
    )
    return success(recording.recording_id)


def _sort(album: VoitexAlbum, fields: Fields) -> int:
    given = fields.get("sort_number", "")
    if not given:
        return (album.voitexrecording_set.aggregate(last=Max("sort"))["last"] or 0) + 1
    if not NUMBER.fullmatch(given):
        raise refusal("sort_number must be a number.")
    return int(given)


def _new_id() -> str:
    while True:
        made = str(random.randrange(100_000, 999_999_999))
        if not VoitexRecording.objects.filter(recording_id=made).exists():
            return made
