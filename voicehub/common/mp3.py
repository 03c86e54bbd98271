"""MP3 by its frames: how long it sounds, and whether all of it is there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

HEAD = 4
TAG_HEAD = 10
MOST_TAGS = 20
# In kbit/s, by the number in the head of a frame: MPEG 1, and MPEG 2 with 2.5.
BIT_RATES = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
# In Hz, by the number of the version.
SAMPLE_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
# What may follow the last frame: tags of several makes, and padding.
ENDS = (b"TAG", b"APETAG", b"LYRICS", b"ID3", b"3DI", b"\x00\x00\x00")
# So much of another kind may follow, too; programs leave behind all sorts of things.
SLACK = 4096


class CutOffError(Exception):
    """The last frame is not whole, or there are fewer than the first one says."""


class NoFramesError(Exception):
    """It is not made of frames, or not all through."""


@dataclass(frozen=True)
class Frame:
    """What the head of a frame says: `size` in bytes, `samples` of sound a channel, `sample_rate` in Hz."""

    size: int
    samples: int
    sample_rate: int
    channels: int
    side_size: int

    @classmethod
    def parse(cls, head: bytes) -> "Frame | None":
        """None for what is no head of a frame of layer III."""
        if len(head) < HEAD or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
            return None
        version, bit_rate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
        if version == 1 or bit_rate in (0, 15) or rate == 3:
            return None
        is_first = version == 3
        sample_rate = SAMPLE_RATES[version][rate]
        is_mono = head[3] >> 6 == 3
        bits = BIT_RATES[not is_first][bit_rate] * 1000
        return cls(
            size=(144 if is_first else 72) * bits // sample_rate + (head[2] >> 1 & 1),
            samples=1152 if is_first else 576,
            sample_rate=sample_rate,
            channels=1 if is_mono else 2,
            side_size={(True, False): 32, (False, True): 9}.get((is_first, is_mono), 17),
        )


def read_mp3(file: BinaryIO) -> tuple[Frame, float]:
    """The first frame, and how many seconds all of them sound. Raises CutOffError, NoFramesError."""
    size = file.seek(0, 2)
    place = _behind_tags(file)
    first = _frame_at(file, place)
    if first is None:
        raise NoFramesError
    said = _said_frames(file, place, first)
    frames, seconds = 0, 0.0
    for length in _lengths(file, place + first.size if said else place, size):
        frames, seconds = frames + 1, seconds + length
    if frames < said:
        raise CutOffError
    return first, seconds


def _lengths(file: BinaryIO, place: int, size: int) -> Iterator[float]:
    """How long each frame sounds, in seconds."""
    while frame := _frame_at(file, place):
        place += frame.size
        if place > size:
            raise CutOffError
        yield frame.samples / frame.sample_rate
    file.seek(place)
    if size - place > SLACK and not file.read(8).startswith(ENDS):
        raise NoFramesError


def _said_frames(file: BinaryIO, place: int, first: Frame) -> int:
    """How many frames the first one says there are; 0 when it says nothing, and is sound itself."""
    file.seek(place + HEAD + first.side_size)
    note = file.read(12)
    if note[:4] not in (b"Xing", b"Info") or not note[7:8] or not note[7] & 1:
        return 0
    return int.from_bytes(note[8:12], "big")


def _behind_tags(file: BinaryIO) -> int:
    """Where the first frame should be."""
    place = 0
    for _tag in range(MOST_TAGS):
        file.seek(place)
        head = file.read(TAG_HEAD)
        if head[:3] != b"ID3" or len(head) < TAG_HEAD:
            return place
        a, b, c, d = head[6:10]
        has_footer = bool(head[5] & 0x10)
        place += TAG_HEAD * (1 + has_footer) + (a << 21 | b << 14 | c << 7 | d)
    raise NoFramesError


def _frame_at(file: BinaryIO, place: int) -> Frame | None:
    file.seek(place)
    return Frame.parse(file.read(HEAD))
