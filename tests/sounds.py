"""Sound files for tests, made here."""

import io
import struct
import wave

FRAME = b"\xff\xfb\x90\x00" + b"\x00" * 413


def wav(seconds: float = 1.0, rate: int = 8000, channels: int = 1) -> bytes:
    """Silence as PCM, 16 bit."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"\x00\x00" * int(seconds * rate) * channels)
    return file.getvalue()


def u_law(seconds: float = 1.0, rate: int = 8000) -> bytes:
    data = b"\xff" * int(seconds * rate)
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 7, 1, rate, rate, 1, 8)
    body = b"WAVE" + head + struct.pack("<4sI", b"data", len(data)) + data
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def extensible(packing: int, seconds: float = 1.0, rate: int = 8000) -> bytes:
    """WAV in the long form, 16 bit: what packs the sound (1: PCM, 3: floats) stands behind the rest of the format."""
    data = b"\x00\x00" * int(seconds * rate)
    head = struct.pack("<4sIHHIIHHHHIH14x", b"fmt ", 40, 0xFFFE, 1, rate, rate * 2, 2, 16, 22, 16, 4, packing)
    body = b"WAVE" + head + struct.pack("<4sI", b"data", len(data)) + data
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def mp3(seconds: float = 1.0) -> bytes:
    """Silent frames of 128 kbit/s at 44,100 Hz, a 38th of a second each."""
    return FRAME * int(seconds * 44100 / 1152)


def mp3_that_counts(frames: int, there: int) -> bytes:
    """MP3 with a tag before and one behind, whose first frame says how many follow."""
    note = b"\xff\xfb\x90\x00" + b"\x00" * 32 + b"Info" + struct.pack(">II", 1, frames)
    tag = b"ID3\x04\x00\x00\x00\x00\x00\x14" + b"\xff" * 20
    return tag + note.ljust(len(FRAME), b"\x00") + FRAME * there + b"TAG".ljust(128, b" ")


def slow_mp3(seconds: float = 1.0) -> bytes:
    """MPEG 2, one channel, 32 kbit/s at 16,000 Hz."""
    frame = b"\xff\xf3\x48\xc0".ljust(72 * 32000 // 16000, b"\x00")
    return frame * int(seconds * 16000 / 576)
