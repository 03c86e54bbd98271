"""Recordings: looked at for real, uploaded once, heard through a permission, and their places kept."""

import html
from pathlib import Path

import pytest
from django.conf import settings as live
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from telephony import services
from telephony.models import Recording
from telephony.services import Place
from tests.common.factories import make_person
from tests.sounds import mp3, wav
from tests.telephony.factories import make_hotline, make_rule, make_speech
from voicehub.common.models import AuditEntry
from voicehub.common.roles import ADMINS, STAFF
from voicehub.common.uploading import SoundUploadHandler
from voicehub.sandbox.faults import KINDS
from voicehub.sandbox.providers.voitex.faults import KINDS as OWN_KINDS
from voicehub.sync import lanes
from voicehub.sync.engine import drain_inline
from voicehub.sync.services import TooLateError

pytestmark = pytest.mark.django_db(databases="__all__")

State = Recording.State
UPLOAD = reverse("admin:telephony_recording_upload")
REFUSED = {"refuse", "field-error", "unauthorized", "forbidden", "not-found", "rate-limit"}
REFUSED |= {"errors-as-text", "errors-missing"}
DONE = {"slow", "data-object", "data-json", "data-broken", "data-missing", "id-as-number"}
VALUES_OF_KINDS = {"late-after": 0.6, "trickle": 0.0002, "slow": 0, "rate-limit": 1}


@pytest.fixture
def ann():
    return make_person("ann", ADMINS)


@pytest.fixture
def client(client, ann):
    client.force_login(ann)
    return client


def sound(name="hello.wav", content=None):
    return SimpleUploadedFile(name, wav() if content is None else content)


def make_sound(ann, sort=5, **values):
    return services.add_sound(sound(**values), Place(10, sort), name="Hello", user=ann)


def there(voitex):
    return [(one["sort"], one["size"]) for one in voitex.records("voitex")["recordings"]]


def text_of(answer):
    return " ".join(html.unescape(answer.content.decode()).split())


def fresh(recording):
    return Recording.objects.get(pk=recording.pk)


def test_five_recordings_go_up_and_a_cut_and_a_fake_one_are_refused_with_the_reason(client, voitex):
    files = [sound(f"{name}.wav") for name in "abc"] + [sound("d.mp3", mp3()), sound("e.mp3", mp3(2))]
    bad = [sound("cut.wav", wav(2)[:-9000]), sound("shell.mp3", b"<?php echo 1; ?>")]
    answer = client.post(UPLOAD, {"album": 10, "sort": 1, "sounds": [*files, *bad]}, follow=True)
    assert "cut.wav: The file is cut off" in text_of(answer)
    assert "shell.mp3: This is neither WAV nor MP3" in text_of(answer)
    drain_inline()
    assert [sort for sort, _size in there(voitex)] == [1, 2, 3, 4, 5]
    kept = Recording.objects.all()
    assert {one.state for one in kept} == {State.DONE}
    assert [one.name for one in kept] == ["a", "b", "c", "d", "e"]
    assert all(one.remote_id for one in kept)


def test_a_script_gets_the_result_of_each_file(client, voitex):
    def send(file):
        return client.post(UPLOAD, {"album": 10, "sort": 1, "sounds": file}, headers={"Accept": "application/json"})

    assert send(sound()).json()["name"] == "hello (10/1)"
    assert "10/1 is taken by “hello”. The next free one of this album is 2." in send(sound()).json()["error"]


def test_several_files_get_the_next_free_places(client, voitex, ann):
    make_sound(ann, sort=2)
    assert client.get(reverse("admin:telephony_recording_taken"), {"album": 10}).json() == {"taken": {"2": "Hello"}}
    client.post(UPLOAD, {"album": 10, "sort": 1, "sounds": [sound("a.wav"), sound("b.wav")]})
    assert [(one.sort, one.name) for one in Recording.objects.all()] == [(1, "a"), (2, "Hello"), (3, "b")]
    clash = client.post(UPLOAD, {"album": 10, "sort": 2, "sounds": [sound("c.wav"), sound("d.wav")]})
    assert "10/2 is taken by “Hello”" in text_of(clash)
    assert Recording.objects.count() == 3


def test_what_is_larger_than_the_limit_is_refused_and_not_even_kept_for_the_moment(client, voitex, settings):
    settings.VOITEX_MAX_UPLOAD_BYTES = 10_000
    answer = client.post(UPLOAD, {"album": 10, "sort": 1, "sounds": sound(content=wav(20))}, follow=True)
    assert "larger than 0.01 MB" in text_of(answer)
    assert not Recording.objects.exists()
    handler = SoundUploadHandler(None, settings.VOITEX_MAX_UPLOAD_BYTES)
    handler.new_file("sounds", "a.wav", "audio/wav", None)
    for start in range(0, 100_000, 5000):
        handler.receive_data_chunk(bytes(5000), start)
    kept = handler.file_complete(100_000)
    assert (kept.size, len(kept.read())) == (100_000, 15_000)
    settings.VOITEX_MAX_UPLOAD_BYTES = 1
    assert client.post(UPLOAD, {"album": 10, "sort": 1, "sounds": sound(content=wav(20))}).status_code == 413


@pytest.mark.parametrize("kind", [kind.name for kind in (*KINDS, *OWN_KINDS)])
def test_whatever_voitex_does_nothing_is_uploaded_twice_by_itself(voitex, settings, ann, kind):
    settings.VOITEX_READ_TIMEOUT = settings.VOITEX_UPLOAD_TIMEOUT = 0.4
    for operation in ("upload", "tts"):
        voitex.fault("voitex", operation, kind, value=VALUES_OF_KINDS.get(kind))
    recordings = [make_sound(ann), make_speech(ann)]
    drain_inline()
    reached = {fresh(one).state for one in recordings}
    lanes.release("voitex")
    drain_inline()
    assert len(voitex.calls("voitex", "upload")) <= 2
    if kind in DONE:
        assert reached == {State.DONE}
    elif kind in REFUSED:
        assert reached <= {State.REFUSED, State.WAITING}
    else:
        assert reached <= {State.UNCERTAIN, State.DONE}


def test_an_uncertain_upload_is_for_a_person_in_revision_a_and_replaced_in_b(voitex, voitex_b, settings, ann):
    settings.VOITEX_REVISION = "b"
    voitex.fault("voitex", "b-upload", "cut-after")
    recording = make_sound(ann)
    drain_inline()
    assert fresh(recording).state == State.UNCERTAIN
    settings.VOITEX_REVISION = "a"
    with pytest.raises(TooLateError):
        services.replace(recording, user=ann)
    settings.VOITEX_REVISION = "b"
    services.replace(recording, user=ann)
    drain_inline()
    assert fresh(recording).state == State.DONE
    assert len(there(voitex)) == 1


def test_what_was_refused_is_uploaded_again_once_that_is_mended(client, voitex, ann):
    voitex.fault("voitex", "upload", "refuse")
    recording = make_sound(ann)
    drain_inline()
    assert fresh(recording).state == State.REFUSED
    url = reverse("admin:telephony_recording_again", args=[recording.pk])
    assert fresh(recording).message in text_of(client.get(url))
    other = make_speech(ann, sort=6)
    assert "10/6 is taken" in text_of(client.post(url, {"album": 10, "sort": other.sort, "name": "Hello"}))
    client.post(url, {"album": 10, "sort": 7, "name": "Hello again"})
    drain_inline()
    assert (fresh(recording).state, fresh(recording).sort) == (State.DONE, 7)
    assert "look at its state" in text_of(client.post(url, {"album": 10, "sort": 8, "name": "Moved"}, follow=True))
    assert fresh(recording).sort == 7


def test_a_replacement_that_was_refused_keeps_its_place(
    client, voitex, voitex_b, settings, ann, django_capture_on_commit_callbacks
):
    settings.VOITEX_REVISION = "b"
    recording = make_sound(ann)
    drain_inline()
    old = Path(fresh(recording).file.path)
    voitex.fault("voitex", "b-upload", "refuse")
    replace = reverse("admin:telephony_recording_replace", args=[recording.pk])
    with django_capture_on_commit_callbacks(execute=True):
        client.post(replace, {"file": sound(content=wav(3))})
    drain_inline()
    assert fresh(recording).state == State.REFUSED
    assert (fresh(recording).seconds, old.exists()) == (3, False)
    url = reverse("admin:telephony_recording_again", args=[recording.pk])
    client.post(url, {"album": 10, "sort": 8, "name": "Hello"})
    drain_inline()
    assert (fresh(recording).state, fresh(recording).sort) == (State.DONE, 5)
    services.remove_copy(recording, user=ann)
    assert "Choose a file: our copy was deleted." in text_of(client.post(replace, {}))


def test_deleting_takes_our_copy_alone_and_keeps_the_place(client, voitex, ann):
    recording = make_sound(ann)
    drain_inline()
    path = Path(fresh(recording).file.path)
    assert path.exists()
    url = reverse("admin:telephony_recording_remove", args=[recording.pk])
    assert "its place 10/5 stays taken" in text_of(client.get(url))
    client.post(url)
    assert fresh(recording).removed_at
    assert len(there(voitex)) == 1
    with pytest.raises(ValidationError, match="taken"):
        make_sound(ann)
    assert "Copy deleted" in text_of(client.get(reverse("admin:telephony_recording_library")))


def test_what_never_got_there_leaves_its_place_free(client, voitex, ann):
    voitex.fault("voitex", "upload", "refuse")
    recording = make_sound(ann)
    drain_inline()
    client.post(reverse("admin:telephony_recording_remove", args=[recording.pk]))
    assert not Recording.objects.exists()
    assert make_sound(ann)
    assert AuditEntry.objects.filter(action="recording.removed").exists()


def test_a_recording_is_heard_whole_and_in_parts_by_who_may(client, voitex, ann):
    recording = make_sound(ann)
    content = wav()
    url = reverse("admin:telephony_recording_listen", args=[recording.pk])
    whole = client.get(url)
    assert b"".join(whole.streaming_content) == content
    assert (whole["Content-Type"], whole["X-Content-Type-Options"]) == ("audio/wav", "nosniff")
    for asked, start, end in (
        ("bytes=0-9", 0, 10),
        ("bytes=100-", 100, len(content)),
        ("bytes=-8", -8, len(content)),
    ):
        part = client.get(url, headers={"Range": asked})
        assert part.status_code == 206
        assert b"".join(part.streaming_content) == content[start:end]
    assert client.get(url, headers={"Range": f"bytes={'9' * 5000}-"}).status_code == 200
    beyond = client.get(url, headers={"Range": f"bytes={len(content)}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(content)}")
    client.logout()
    assert client.get(url).status_code == 302


def test_files_lie_in_no_public_folder_under_names_that_say_nothing(voitex, ann):
    recording = make_sound(ann, name="../../secret plan.wav")
    path = Path(recording.file.path)
    assert "secret" not in path.name
    assert not path.is_relative_to(live.STATIC_ROOT)


def test_the_library_map_shows_what_is_taken_and_what_is_free(client, voitex, ann):
    make_sound(ann, sort=1)
    make_speech(ann, sort=4, name="Closed")
    page = text_of(client.get(reverse("admin:telephony_recording_library")))
    assert "Closed" in page
    assert "2–3" in page
    assert (
        f"{UPLOAD}?album=10&amp;sort=2" in client.get(reverse("admin:telephony_recording_library")).content.decode()
    )


def test_a_recording_names_the_rules_that_play_it_and_rules_play_only_what_is_in_step(client, voitex, ann):
    recording = make_sound(ann)
    rule = make_rule(make_hotline(), {"play": [{"type": "file", "album": "10", "sort": "5"}]}, name="Greets")
    assert "Shop: Greets" in text_of(client.get(recording.get_absolute_url()))
    assert "not in step" in str(services.problems_of(rule)[0])
    drain_inline()
    assert services.problems_of(rule) == []


def test_a_text_to_speech_is_made_from_its_page(client, voitex):
    made = {"album": 1, "sort": 3, "name": "Closed", "text": "We are closed."}
    client.post(reverse("admin:telephony_recording_speech"), made)
    drain_inline()
    assert Recording.objects.get().state == State.DONE
    assert voitex.records("voitex")["recordings"][0]["text"] == "We are closed."
    again = client.post(reverse("admin:telephony_recording_speech"), made)
    assert "1/3 is taken" in text_of(again)


def test_an_uncertain_upload_waits_on_the_first_page(client, voitex, ann):
    voitex.fault("voitex", "upload", "cut-after")
    make_sound(ann)
    drain_inline()
    assert "Recordings of which it is uncertain" in text_of(client.get(reverse("admin:index")))


def test_staff_listen_and_upload_nothing(client, voitex, ann):
    recording = make_sound(ann)
    client.force_login(make_person("sam", STAFF))
    assert client.get(reverse("admin:telephony_recording_listen", args=[recording.pk])).status_code == 200
    assert client.post(UPLOAD, {"album": 1, "sort": 1, "sounds": sound()}).status_code == 403
    assert client.post(reverse("admin:telephony_recording_remove", args=[recording.pk])).status_code == 403
