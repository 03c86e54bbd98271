"""Sound files looked at for real: WAV and MP3, by their bytes and not by their names.

A file is read in pieces: one of any size takes next to no memory.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from django.utils.translation import gettext as _

from voicehub.common.mp3 import CutOffError, Frame, NoFramesError, read_mp3

HEAD = 12
# Up to the number that an extensible format hides.
LONGEST_FORMAT = 26
MOST_CHUNKS = 1000
SHORTEST_SECONDS = 0.1
# By the format's number in a WAV file.
PCM, FLOAT, A_LAW, U_LAW, EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
FORMATS = (PCM, FLOAT, A_LAW, U_LAW, EXTENSIBLE)


class Kind(StrEnum):
    WAV = "wav"
    MP3 = "mp3"


CONTENT_TYPES = {Kind.WAV: "audio/wav", Kind.MP3: "audio/mpeg"}


class NotAudioError(Exception):
    """It is no sound file that can be used; the text says why, and what to do."""


@dataclass(frozen=True)
class Audio:
    """A sound file. `seconds` is how long it is, `sample_rate` in Hz; `is_pcm` says that nothing in it is packed."""

    kind: Kind
    seconds: float
    sample_rate: int
    channels: int
    is_pcm: bool = False


@dataclass(frozen=True)
class _Format:
    sample_rate: int
    channels: int
    bytes_a_second: int
    is_pcm: bool


def inspect(file: BinaryIO) -> Audio:
    """What a file that can be sought holds. Raises NotAudioError. Leaves the file at its beginning."""
    try:
        file.seek(0)
        head = file.read(HEAD)
        if not head:
            raise NotAudioError(_("The file is empty. Export the recording once more."))
        if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
            return _inspect_wav(file)
        if head[:3] == b"ID3" or Frame.parse(head):
            return _inspect_mp3(file)
        raise NotAudioError(_("This is neither WAV nor MP3, whatever its name says. Export it as one of these."))
    finally:
        file.seek(0)


def _inspect_wav(file: BinaryIO) -> Audio:
    size, found = _size_of(file), None
    for name, start, length in _chunks(file, size):
        if name == b"fmt ":
            found = _format(file, start, length)
        if name == b"data":
            if found is None:
                raise NotAudioError(_damaged())
            return _audio(found, size - start, length)
    raise NotAudioError(_("There is no sound in this WAV file. Export it once more."))


def _chunks(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, place and length of each part of a WAV file."""
    place = HEAD
    for _chunk in range(MOST_CHUNKS):
        if place + 8 > size:
            return
        file.seek(place)
        name, length = struct.unpack("<4sI", file.read(8))
        yield name, place + 8, length
        place += 8 + length + length % 2


def _format(file: BinaryIO, start: int, length: int) -> _Format:
    if length < 16:
        raise NotAudioError(_damaged())
    file.seek(start)
    part = file.read(min(length, LONGEST_FORMAT))
    if len(part) < 16:
        raise NotAudioError(_damaged())
    number, channels, rate, a_second = struct.unpack("<HHIIHH", part[:16])[:4]
    if number not in FORMATS:
        raise NotAudioError(_("This WAV file is compressed in a way that few players know. Export it as PCM."))
    if not (channels and rate and a_second):
        raise NotAudioError(_damaged())
    packing = int.from_bytes(part[24:], "little") if number == EXTENSIBLE else number
    return _Format(rate, channels, a_second, packing == PCM)


def _audio(found: _Format, there: int, said: int) -> Audio:
    if there < said:
        words = _("The file is cut off: %(there)d of %(said)d bytes of sound are there. Copy or export it once more.")
        raise NotAudioError(words % {"there": max(0, there), "said": said})
    seconds = said / found.bytes_a_second
    return _long_enough(Audio(Kind.WAV, seconds, found.sample_rate, found.channels, found.is_pcm))


def _inspect_mp3(file: BinaryIO) -> Audio:
    try:
        first, seconds = read_mp3(file)
    except NoFramesError as error:
        raise NotAudioError(_("No sound was found in this MP3 file. Export it once more.")) from error
    except CutOffError as error:
        raise NotAudioError(_("The file is cut off before its end. Copy or export it once more.")) from error
    return _long_enough(Audio(Kind.MP3, seconds, first.sample_rate, first.channels))


def _long_enough(audio: Audio) -> Audio:
    if audio.seconds < SHORTEST_SECONDS:
        raise NotAudioError(_("There is next to no sound in this file. Export the recording once more."))
    return audio


def _size_of(file: BinaryIO) -> int:
    return file.seek(0, 2)


def _damaged() -> str:
    return _("The file is damaged: its beginning does not say what is in it. Export it once more.")
