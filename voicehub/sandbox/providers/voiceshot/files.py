"""Sound files: saved and deleted; nothing can be listed."""

import base64
import binascii
import hashlib
import re

from django.utils import timezone

from voicehub.sandbox.models import VoiceShotFile
from voicehub.sandbox.providers.voiceshot.reading import Element, child, text_of
from voicehub.sandbox.providers.voiceshot.words import ok, refusal
from voicehub.sandbox.wire import Answer

NO_FILENAME, FILE, WAV = 13, 20, 21
BLANKS = re.compile(r"\s+")


def manage(campaign: Element) -> Answer:
    file = child(campaign, "file")
    if file is None:
        raise refusal(FILE)
    filename = text_of(file, "filename")
    if not filename:
        raise refusal(NO_FILENAME)
    match text_of(file, "fileaction").lower():
        case "save":
            _save(filename, _content_of(file))
        case "delete":
            VoiceShotFile.objects.filter(filename=filename).delete()
        case _:
            raise refusal(FILE)
    return ok()


def _content_of(file: Element) -> bytes:
    try:
        content = base64.b64decode(BLANKS.sub("", file.text or ""), validate=True)
    except (binascii.Error, ValueError):
        raise refusal(WAV) from None
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise refusal(WAV)
    return content


def _save(filename: str, content: bytes) -> None:
    values = {
        "size": len(content),
        "digest": hashlib.sha256(content).hexdigest(),
        "saved_at": timezone.now(),
    }
    VoiceShotFile.objects.update_or_create(filename=filename, defaults=values)
