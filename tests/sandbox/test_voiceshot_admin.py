"""VoiceShot's pages under "Sandbox providers"."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from voicehub.sandbox.models import Call, VoiceShotAccount, VoiceShotCall, VoiceShotMenu
from voicehub.sandbox.providers.voiceshot import records

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])

TOKEN = "hook-token-marker-7777"
ADDRESS = f"http://127.0.0.1:8000/hooks/voiceshot/{TOKEN}/"
FORM = {
    "calls_a_second": "5",
    "outcomes": '["person", "person", "person", "person", "person", "machine", "machine", "busy", "busy", "busy"]',
    "keys": '["9", "", "", "", "", "", "", "", "", ""]',
    "text_attribute": "comment",
    "number_attribute": "number",
    "is_ip_registered": "on",
    "results_user": "voice",
}


@pytest.fixture(autouse=True)
def account():
    records.reset()
    return VoiceShotAccount.objects.get()


@pytest.fixture
def client(client):
    """Signed in as somebody who may do everything."""
    client.force_login(get_user_model().objects.create_superuser("boss"))
    return client


def page(name, *arguments):
    return reverse(f"admin:sandbox_voiceshot{name}", args=arguments)


def test_staff_enter_the_address_once_and_see_neither_it_nor_the_password_again(client, account):
    change = page("account_change", account.pk)
    assert client.post(change, FORM | {"new_url": ADDRESS, "new_password": "shot-marker"}).status_code == 302
    assert client.post(change, FORM | {"calls_a_second": "2"}).status_code == 302
    account.refresh_from_db()
    assert (account.results_url, account.results_password, account.calls_a_second) == (ADDRESS, "shot-marker", 2)
    for address in (change, page("account_changelist")):
        text = client.get(address).content.decode()
        assert "/hooks/voiceshot/••••7777/" in text
        assert TOKEN not in text
        assert "shot-marker" not in text


def test_a_mix_of_outcomes_that_does_not_fit_is_explained(client, account):
    text = client.post(page("account_change", account.pk), FORM | {"outcomes": '["asleep"]'}).content.decode()
    assert "Ten of these words are wanted: person, machine, busy" in text


def test_the_list_of_calls_says_what_keeps_them_from_being_made_and_told(client, account):
    rests, untold = "The dialler rests", "No address for results is entered"
    text = client.get(page("call_changelist")).content.decode()
    assert rests in text
    assert untold in text
    VoiceShotAccount.objects.update(calls_a_second=1, results_url=ADDRESS)
    text = client.get(page("call_changelist")).content.decode()
    assert rests not in text
    assert untold not in text


def test_a_call_tells_what_was_heard_and_pressed(client):
    call = VoiceShotCall.objects.create(
        menu=VoiceShotMenu.objects.get(menuid="1-1234"),
        number="8185550100",
        prompts=[{"promptid": "1", "tts": "Hello Ann"}],
        keys=[{"promptid": "1", "keypress": "9"}],
        queued_at=timezone.now(),
    )
    text = client.get(page("call_change", call.pk)).content.decode()
    assert "Hello Ann" in text
    assert "keypress" in text


def test_the_credentials_of_a_post_are_masked_where_it_is_shown(client):
    body = """<campaign username="me" PassWord = 'secret "1"' action="6"/>"""
    call = Call.objects.create(at=timezone.now(), provider="voiceshot", operation="test", body=body)
    text = client.get(reverse("admin:sandbox_call_change", args=[call.pk])).content.decode()
    assert "action=&quot;6&quot;" in text
    assert "secret" not in text
