"""Sound files: looked at for real, streamed to VoiceShot, heard through a permission, kept while they are needed."""

import hashlib
import html
import io
from base64 import b64decode
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from lxml import etree

from campaigns import services
from campaigns.models import Campaign, KeyRule, Prompt, SoundFile
from campaigns.services import sound_files
from campaigns.sync.voiceshot import make_client
from campaigns.voiceshot.files import PIECE, FileBody, saving
from tests.campaigns.factories import make_campaign
from tests.common.factories import make_person
from tests.sounds import extensible, mp3, u_law, wav
from voicehub.common.roles import STAFF
from voicehub.sandbox.faults import KINDS
from voicehub.sandbox.providers.voiceshot.faults import KINDS as OWN_KINDS
from voicehub.sandbox.providers.voiceshot.faults import SUMMARY
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Exchange, RecordState
from voicehub.sync.services import TooLateError

pytestmark = pytest.mark.django_db(databases="__all__")

UPLOAD = reverse("admin:campaigns_soundfile_upload")
REFUSED = {"refuse", "field-error", "unauthorized", "forbidden", "not-found", "errorid"}
ABOUT_THE_SOUND = {"file", "digest", "size", "seconds", "sample_rate", "channels"}
VALUES_OF_KINDS = {"late-after": 0.6, "trickle": 0.0002, "slow": 0, "rate-limit": 1}


@pytest.fixture
def ann(campaigns):
    return make_person("ann", STAFF)


@pytest.fixture
def client(client, ann):
    client.force_login(ann)
    return client


def uploaded(name="hello.wav", content=None):
    return SimpleUploadedFile(name, wav() if content is None else content)


def make_sound(ann, name="hello.wav", content=None):
    return services.add_sound(uploaded(content=content), name, user=ann)


def there(voiceshot):
    return {file["filename"]: file["digest"] for file in voiceshot.records("voiceshot")["files"]}


def digest(content):
    return hashlib.sha256(content).hexdigest()


def text_of(answer):
    return " ".join(html.unescape(answer.content.decode()).split())


def fresh(sound):
    return SoundFile.objects.get(pk=sound.pk)


def playing(sound, state=Campaign.State.DRAFT):
    campaign = make_campaign(state=state)
    Prompt.objects.create(campaign=campaign, promptid="2", sound_file=sound)
    return campaign


def test_an_uploaded_file_stands_at_voiceshot_byte_for_byte(client, voiceshot):
    content = wav(3, 16000)
    answer = client.post(UPLOAD, {"file": uploaded("Spring Offer (2).WAV", content)}, follow=True)
    assert "spring-offer-2.wav is on its way to VoiceShot" in text_of(answer)
    drain_inline()
    assert there(voiceshot) == {"spring-offer-2.wav": digest(content)}
    sound = SoundFile.objects.get()
    assert (sound.sync_state, sound.seconds, sound.sample_rate) == (RecordState.IN_STEP, 3, 16000)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.wav", wav(2)[:-9000], "The file is cut off"),
        ("a.wav", b"<?php echo 1; ?>", "neither WAV nor MP3"),
        ("a.wav", mp3(), "VoiceShot plays WAV alone"),
        ("a.wav", u_law(), "packed. Save it as PCM"),
        ("a.wav", extensible(packing=3), "packed. Save it as PCM"),
        ("a.wav", wav(4), "larger than 0.05 MB"),
        ("a.wav", b"", "The file is empty"),
    ],
)
def test_what_voiceshot_could_not_play_is_refused_with_the_reason(client, settings, name, content, words):
    settings.VOICESHOT_MAX_UPLOAD_BYTES = 50_000
    assert words in text_of(client.post(UPLOAD, {"file": uploaded(name, content)}))
    assert not SoundFile.objects.exists()


def test_pcm_in_the_long_form_is_taken(ann):
    assert make_sound(ann, content=extensible(packing=1)).seconds == 1


@pytest.mark.parametrize(
    "name", ["../../etc.wav", "hello.mp3", "-a.wav", "a b.wav", "é.wav", f"{'a' * 61}.wav", ".wav"]
)
def test_a_name_that_voiceshot_may_not_take_is_refused(client, ann, name):
    assert "Letters, digits" in text_of(client.post(UPLOAD, {"file": uploaded(), "name": name}))
    with pytest.raises(ValidationError):
        make_sound(ann, name)
    assert not SoundFile.objects.exists()


def test_every_name_of_a_file_becomes_one_that_voiceshot_takes(ann):
    for name in ("Ünï cødé.WAV", "...", "_a_.wav", "?" * 300 + ".wav", "x" * 300):
        SoundFile(name=sound_files.name_for(name)).clean_fields(exclude=ABOUT_THE_SOUND)


def test_a_name_is_given_once_however_it_is_written(client, ann):
    make_sound(ann, "Hello.wav")
    assert "There is a sound file hello.wav already" in text_of(client.post(UPLOAD, {"file": uploaded("hello.wav")}))


def test_what_is_larger_than_the_limit_is_not_even_read(client, settings):
    settings.VOICESHOT_MAX_UPLOAD_BYTES = 1
    assert client.post(UPLOAD, {"file": uploaded(content=wav(20))}).status_code == 413


def test_a_file_is_written_in_pieces_and_is_the_same_when_it_is_written_again():
    content = bytes(range(256)) * 1000
    body = FileBody(saving("a&b.wav"), io.BytesIO(content), len(content))
    once, again = list(body), list(body)
    assert once == again
    assert len(body) == len(b"".join(once))
    assert max(map(len, once)) == PIECE // 3 * 4
    file = etree.fromstring(b"".join(once))[0]
    assert b64decode(file.text) == content
    assert dict(file.attrib) == {
        "{urn:schemas-microsoft-com:datatypes}dt": "bin.base64",
        "filename": "a&b.wav",
        "fileaction": "save",
    }
    assert b' dt:dt="bin.base64"' in once[0]


def test_a_file_that_has_become_shorter_is_no_whole_post():
    with pytest.raises(OSError, match="shorter"):
        list(FileBody(saving("a.wav"), io.BytesIO(b"abc"), 5))


def test_the_second_address_gets_the_whole_file_where_the_first_one_cannot_be_reached(voiceshot, settings, ann):
    settings.VOICESHOT_FAILOVER_URL, settings.VOICESHOT_URL = settings.VOICESHOT_URL, "http://127.0.0.1:9/ivrapi.asp"
    kept = []
    content = wav(5)
    sound = make_sound(ann, content=content)
    make_client(sound.connection, kept.append).save_file(sound.name, fresh(sound).file)
    assert there(voiceshot) == {"hello.wav": digest(content)}
    assert [exchange.status for exchange in kept] == [None, 200]


def test_what_is_kept_of_an_upload_tells_its_size_and_no_password(voiceshot, settings, ann):
    settings.VOICESHOT_USERNAME, settings.VOICESHOT_PASSWORD = "bakery", "open sesame"
    sound = make_sound(ann)
    drain_inline()
    kept = Exchange.objects.latest("pk").request_body
    assert f'filename="hello.wav" fileaction="save">({sound.size} bytes)</file>' in kept
    assert "sesame" not in kept
    assert "bakery" not in kept


@pytest.mark.parametrize("kind", [one.name for one in (*KINDS, *OWN_KINDS) if one.operations != (SUMMARY,)])
def test_whatever_voiceshot_does_a_file_gets_there_or_is_refused_in_words(voiceshot, work, settings, ann, kind):
    settings.VOICESHOT_READ_TIMEOUT = settings.VOICESHOT_UPLOAD_TIMEOUT = 0.4
    voiceshot.fault("voiceshot", "file", kind, value=VALUES_OF_KINDS.get(kind))
    sound = make_sound(ann)
    work(rounds=4, minutes=20)
    sound = fresh(sound)
    if kind in REFUSED:
        assert (sound.sync_state, there(voiceshot)) == (RecordState.REFUSED, {})
        assert sound.sync_message
    else:
        assert sound.sync_state == RecordState.IN_STEP
        assert there(voiceshot) == {"hello.wav": sound.digest}


def test_errorid_21_is_told_with_what_to_do(client, voiceshot, ann):
    voiceshot.fault("voiceshot", "file", "errorid", value=21)
    sound = make_sound(ann)
    drain_inline()
    assert "Save it as PCM, 16 bits, mono, and upload it again." in text_of(client.get(sound.get_absolute_url()))


def test_another_sound_takes_the_place_of_the_first(client, voiceshot, ann, django_capture_on_commit_callbacks):
    sound = make_sound(ann)
    drain_inline()
    before = Path(fresh(sound).file.path)
    url = reverse("admin:campaigns_soundfile_replace", args=[sound.pk])
    assert "It is the same sound" in text_of(client.post(url, {"file": uploaded()}))
    assert before.exists()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, {"file": uploaded(content=wav(2))})
    drain_inline()
    assert there(voiceshot) == {"hello.wav": digest(wav(2))}
    assert (fresh(sound).seconds, before.exists()) == (2, False)


def test_what_people_hear_right_now_is_not_replaced(ann):
    sound = make_sound(ann)
    campaign = playing(sound, Campaign.State.PAUSED)
    with pytest.raises(TooLateError, match="Spring plays it to people now"):
        services.replace_sound(sound, uploaded(content=wav(2)), user=ann)
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.STOPPED)
    assert services.replace_sound(sound, uploaded(content=wav(2)), user=ann).seconds == 2


def test_deleting_deletes_at_voiceshot_and_here(client, voiceshot, ann, django_capture_on_commit_callbacks):
    sound = make_sound(ann)
    drain_inline()
    path = Path(fresh(sound).file.path)
    client.post(reverse("admin:campaigns_soundfile_delete", args=[sound.pk]), {"post": "yes"})
    assert there(voiceshot)
    assert "still being deleted" in sound_files.why_taken("hello.wav")
    with django_capture_on_commit_callbacks(execute=True):
        drain_inline()
    assert not there(voiceshot)
    assert not SoundFile.objects.exists()
    assert not path.exists()


def test_a_file_whose_upload_was_lost_on_the_way_is_deleted_at_voiceshot_as_well(client, voiceshot, ann):
    voiceshot.fault("voiceshot", "file", "cut-after")
    sound = make_sound(ann)
    drain_inline()
    assert there(voiceshot)
    sound.delete(user=ann)
    drain_inline()
    assert not there(voiceshot)
    assert not SoundFile.objects.exists()


def test_one_that_never_left_is_deleted_at_once_and_nothing_at_voiceshot_is_touched(voiceshot, ann):
    make_sound(ann).delete(user=ann)
    assert not SoundFile.objects.exists()
    drain_inline()
    assert not voiceshot.calls("voiceshot", "file")


@pytest.mark.parametrize("part", [Prompt, KeyRule])
@pytest.mark.parametrize("state", [Campaign.State.DRAFT, Campaign.State.RUNNING])
def test_what_a_campaign_needs_that_is_not_over_stays(client, ann, part, state):
    sound = make_sound(ann)
    campaign = make_campaign(state=state)
    part.objects.create(campaign=campaign, promptid="7", sound_file=sound)
    one = client.post(reverse("admin:campaigns_soundfile_delete", args=[sound.pk]), {"post": "yes"})
    chosen = {"action": "delete_selected", "post": "yes", "_selected_action": sound.pk}
    many = client.post(reverse("admin:campaigns_soundfile_changelist"), chosen)
    for answer in (one, many):
        assert "these campaigns play it and are not over" in text_of(answer)
        assert "Spring" in text_of(answer)
    assert fresh(sound).sync_state == RecordState.WAITING


def test_a_campaign_that_is_over_still_tells_what_it_played(ann):
    sound = make_sound(ann)
    campaign = playing(sound, Campaign.State.FINISHED)
    sound.delete(user=ann)
    prompt = campaign.prompts.get(promptid="2")
    assert (prompt.sound_file, prompt.former_file) == (None, "hello.wav")


def test_a_sound_is_heard_whole_and_in_parts_by_who_may(client, ann):
    sound, content = make_sound(ann), wav()
    url = reverse("admin:campaigns_soundfile_listen", args=[sound.pk])
    assert b"".join(client.get(url).streaming_content) == content
    part = client.get(url, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 100-199/{len(content)}")
    assert b"".join(part.streaming_content) == content[100:200]
    assert part["X-Content-Type-Options"] == "nosniff"
    Path(sound.file.path).unlink()
    assert client.get(url).status_code == 404
    client.logout()
    assert client.get(url).status_code == 302


def test_who_keeps_no_sound_files_sees_and_changes_none(client, ann):
    sound = make_sound(ann)
    client.force_login(make_person("vi", permissions=("campaigns.view_soundfile",)))
    assert client.get(sound.get_absolute_url()).status_code == 200
    assert client.get(reverse("admin:campaigns_soundfile_listen", args=[sound.pk])).status_code == 200
    for name in ("replace", "delete", "act"):
        assert client.post(reverse(f"admin:campaigns_soundfile_{name}", args=[sound.pk])).status_code == 403
    assert client.post(UPLOAD, {"file": uploaded("b.wav")}).status_code == 403
    client.force_login(make_person("eve", is_staff=True))
    assert client.get(reverse("admin:campaigns_soundfile_listen", args=[sound.pk])).status_code == 403


def test_files_lie_under_names_that_say_nothing(settings, ann):
    path = Path(make_sound(ann, "secret-plan.wav").file.path)
    assert "secret" not in path.name
    assert not path.is_relative_to(settings.STATIC_ROOT)


def test_the_page_of_a_sound_names_who_plays_it(client, ann):
    sound = make_sound(ann)
    playing(sound)
    assert "Spring (draft)" in text_of(client.get(sound.get_absolute_url()))


def test_without_an_account_nothing_is_kept(client, settings):
    settings.VOICESHOT_ACCOUNT = ""
    assert "VoiceShot is not set up" in text_of(client.post(UPLOAD, {"file": uploaded()}))
    assert not SoundFile.objects.exists()
