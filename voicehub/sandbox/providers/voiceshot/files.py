"""Sound files: saved and deleted; nothing can be listed."""

from django.utils import timezone

from voicehub.sandbox.models import VoiceShotFile
from voicehub.sandbox.providers.voiceshot.reading import Post, child, text_of
from voicehub.sandbox.providers.voiceshot.sound import Sound
from voicehub.sandbox.providers.voiceshot.words import ok, refusal
from voicehub.sandbox.wire import Answer

FILE, WAV = 20, 21


def manage(post: Post) -> Answer:
    file = child(post.campaign, "file")
    filename = "" if file is None else text_of(file, "filename")
    if not filename:
        raise refusal(FILE)
    match text_of(file, "fileaction").lower():
        case "save":
            _save(filename[:255], post.sound)
        case "delete":
            VoiceShotFile.objects.filter(filename=filename).delete()
        case _:
            raise refusal(FILE)
    return ok()


def _save(filename: str, sound: Sound) -> None:
    if not sound.is_wav():
        raise refusal(WAV)
    values = {"size": sound.size, "digest": sound.digest, "saved_at": timezone.now()}
    VoiceShotFile.objects.update_or_create(filename=filename, defaults=values)
