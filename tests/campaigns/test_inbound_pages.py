"""What people see of what VoiceShot has posted."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from campaigns.models import InboundPost
from tests.common.factories import make_person

CALLER = "+18185550177"
LIST = reverse("admin:campaigns_inboundpost_changelist")


@pytest.fixture
def as_role(client):
    def as_role(role):
        client.force_login(make_person(role.lower(), role))
        return client

    return as_role


def make_post(kind="text", state="unmatched", **values):
    return InboundPost.objects.create(kind=kind, state=state, **values)


def make_recording():
    recording = make_post("summary").recordings.create(promptid="4", name="m.wav")
    recording.file.save("m.wav", ContentFile(b"RIFF1234WAVE"))
    return recording


def test_the_list_begins_with_what_belongs_to_no_call_of_ours(db, as_role):
    make_post(number=CALLER, told={"txt": ["Call me <soon>"]})
    make_post("hangup", told={"duration": 4711})
    make_post("summary", "applied", callid="ours", told={"comment": "Human Answer"})
    page = as_role("Staff").get(LIST).content.decode()
    assert "Call me &lt;soon&gt;" in page
    assert "Human Answer" not in page
    everything = as_role("Admins").get(LIST, {"what": "all"}).content.decode()
    assert "Human Answer" in everything
    assert "Call me" in everything


def test_a_post_tells_what_was_said_and_pressed(db, as_role):
    post = make_post("inbound", number=CALLER, told={"keypress": {"2": "17"}, "duration": 28})
    page = as_role("Staff").get(post.get_absolute_url()).content.decode()
    assert "17 at prompt 2" in page
    assert "+1 818-555-0177" in page


def test_only_admins_listen_to_what_people_said(db, as_role):
    recording = make_recording()
    heard = reverse("admin:campaigns_inboundpost_listen", args=[recording.pk])
    staff = as_role("Staff")
    assert heard not in staff.get(recording.post.get_absolute_url()).content.decode()
    assert staff.get(heard).status_code == 403
    admin = as_role("Admins")
    assert heard in admin.get(recording.post.get_absolute_url()).content.decode()
    part = admin.get(heard, headers={"range": "bytes=0-3"})
    assert (part.status_code, part["Content-Type"], b"".join(part)) == (206, "audio/wav", b"RIFF")
    assert part["X-Content-Type-Options"] == "nosniff"


def test_the_page_of_a_number_tells_its_texts_to_us(db, as_role):
    make_post(number=CALLER, told={"txt": ["Call me"]})
    page = as_role("Staff").get(reverse("admin:telephony_phonenumber_change", args=[CALLER])).content.decode()
    assert "Call me" in page


def test_the_list_asks_as_much_of_many_as_of_few(db, as_role, django_assert_max_num_queries):
    client = as_role("Staff")
    InboundPost.objects.bulk_create(InboundPost(kind="text", state="unmatched", number=CALLER) for _ in range(60))
    client.get(LIST)
    with django_assert_max_num_queries(12):
        client.get(LIST)


@pytest.mark.parametrize("query", [{"what": "x"}, {"what": "events"}, {"q": "\x00"}, {"q": CALLER}])
def test_odd_questions_are_answered(db, as_role, query):
    assert as_role("Staff").get(LIST, query).status_code in (200, 302)


def test_the_address_says_what_to_enter_at_voiceshot(db, as_role, settings):
    settings.VOICESHOT_HOOK_USER, settings.VOICESHOT_HOOK_PASSWORD = "shot", "sesame-7"
    made = as_role("Admins").post(reverse("admin:hooks_hookaddress_make"), {"kind": "voiceshot"})
    page = made.content.decode()
    assert "/hooks/voiceshot/" in page
    assert "call summaries" in page
    assert "shot" in page
    assert "sesame-7" not in page
