"""Sound files are believed by their bytes alone."""

import io

import pytest

from tests.sounds import mp3, mp3_that_counts, slow_mp3, u_law, wav
from voicehub.common.audio import Kind, NotAudioError, inspect


@pytest.mark.parametrize(
    ("content", "kind", "seconds", "rate"),
    [
        (wav(2, 16000), Kind.WAV, 2, 16000),
        (wav(1, 8000, channels=2), Kind.WAV, 1, 8000),
        (u_law(3), Kind.WAV, 3, 8000),
        (mp3(2), Kind.MP3, 2, 44100),
        (mp3_that_counts(76, there=76), Kind.MP3, 2, 44100),
        (slow_mp3(3), Kind.MP3, 3, 16000),
    ],
)
def test_length_and_rate_are_read(content, kind, seconds, rate):
    file = io.BytesIO(content)
    audio = inspect(file)
    assert (audio.kind, audio.sample_rate) == (kind, rate)
    assert audio.seconds == pytest.approx(seconds, abs=0.1)
    assert file.tell() == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<?php system($_GET['x']); ?>", "neither WAV nor MP3"),
        (wav(2)[:-5000], "cut off"),
        (wav()[:20], "damaged"),
        (wav(0), "next to no sound"),
        (b"RIFF\x00\x00\x00\x00WAVE" + b"junk\x00\x00\x00\x00" * 2000 + wav()[12:], "no sound"),
        (b"RIFF\x00\x00\x00\x00WAVE", "no sound"),
        (b"RIFF\x00\x00\x00\x00WAVEdata\x04\x00\x00\x00abcd", "damaged"),
        (mp3(2)[:-100], "cut off"),
        (mp3_that_counts(76, there=40), "cut off"),
        (mp3(1) + b"<?php ?>" * 1000, "No sound was found"),
        (b"ID3" + b"\xff" * 200, "No sound was found"),
        (b"\xff\xd8\xff\xe0JFIF and a picture", "neither WAV nor MP3"),
    ],
)
def test_what_is_no_sound_is_refused_with_the_reason(content, words):
    with pytest.raises(NotAudioError, match=words):
        inspect(io.BytesIO(content))


@pytest.mark.parametrize("whole", [wav(), mp3()])
def test_every_short_beginning_of_a_file_is_refused_in_words(whole):
    for end in range(0, 600, 7):
        with pytest.raises(NotAudioError):
            inspect(io.BytesIO(whole[:end]))
