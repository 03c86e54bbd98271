"""Sound files for tests, made here."""

import io
import struct
import wave


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


def mp3(seconds: float = 1.0) -> bytes:
    """Silent frames of 128 kbit/s at 44,100 Hz, a 38th of a second each."""
    frame = b"\xff\xfb\x90\x00" + b"\x00" * 413
    return frame * int(seconds * 44100 / 1152)
