"""A sound file that comes as base64, piece by piece: it goes to disk, and is then looked at."""

import base64
import binascii
import hashlib
import re
import wave
from tempfile import SpooledTemporaryFile

BLANKS = re.compile(r"\s+")
KEPT_IN_MEMORY = 1_000_000


class Sound:
    """`is_wav` and `digest` are for when all of it has come."""

    def __init__(self) -> None:
        self.size = 0
        self._file = SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115
        self._digest = hashlib.sha256()
        self._rest = ""
        self._is_base64 = True

    def take(self, text: str) -> None:
        text = self._rest + BLANKS.sub("", text)
        whole = len(text) // 4 * 4
        self._rest = text[whole:]
        self._write(text[:whole])

    def is_wav(self) -> bool:
        """Whether it is PCM of 8 or 16 bits with something to hear. Like the document's, it may break off."""
        # The document's own example ends without the signs that fill up the last four.
        self._write(self._rest + "=" * (-len(self._rest) % 4))
        self._rest = ""
        return self._is_base64 and self._can_be_played()

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

    def _write(self, text: str) -> None:
        try:
            content = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            self._is_base64 = False
            return
        self._file.write(content)
        self._digest.update(content)
        self.size += len(content)

    def _can_be_played(self) -> bool:
        self._file.seek(0)
        try:
            with wave.open(self._file, "rb") as sound:
                is_telephony = sound.getnchannels() in (1, 2) and sound.getsampwidth() in (1, 2)
                return is_telephony and bool(sound.readframes(1))
        except (wave.Error, EOFError, RuntimeError):
            return False
