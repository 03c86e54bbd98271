"""Voitex's pages under "Sandbox providers"."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from voicehub.sandbox.models import Call, VoitexHotline, VoitexTriggerCall
from voicehub.sandbox.providers.voitex import records

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])

TOKEN = "hook-token-marker-7777"
ANSWER = '{"play": [{"type": "tts", "text": "Hello."}], "inputs": {"17": "105"}, "goto": "0"}'
FORM = {"did": "8459511110", "cid": "8455550134", "cnam": "", "way": "0 1\n1000 17", "amount": "57"}


@pytest.fixture(autouse=True)
def hotline():
    records.reset()
    return VoitexHotline.objects.get(did="8459511110")


@pytest.fixture
def client(client):
    """Signed in as somebody who may do everything."""
    client.force_login(get_user_model().objects.create_superuser("boss"))
    return client


def page(name, *arguments):
    return reverse(f"admin:sandbox_{name}", args=arguments)


def test_a_hotline_is_phoned_from_a_page_and_the_call_told_in_words(client, host, hotline):
    refused = client.post(page("voitextriggercall_call"), FORM)
    assert "no address is entered" in refused.content.decode()
    address = host.says(f"/hooks/voitex/trigger/{TOKEN}/", ANSWER)
    client.post(page("voitexhotline_change", hotline.pk), {"did_type": "TN", "new_url": address})
    told = client.post(page("voitextriggercall_call"), FORM | {"keys": "17"}, follow=True).content.decode()
    for words in ("“Hello.”", "The caller presses 17. Arrived at branch 105", "&quot;cvv&quot;: 987"):
        assert words in told
    (turn,) = VoitexTriggerCall.objects.get().turns
    assert turn["sent"]["branch_data"] == [{"branch": "0", "input": "1"}, {"branch": "1000", "input": "17"}]


def test_neither_the_token_of_an_address_nor_the_key_reaches_a_page(client, hotline):
    VoitexHotline.objects.update(trigger_url=f"http://127.0.0.1/hooks/voitex/trigger/{TOKEN}/")
    call = Call.objects.create(at=timezone.now(), provider="voitex", operation="sms", headers={"auth_key": TOKEN})
    for address in (page("voitexhotline_changelist"), page("voitexhotline_change", hotline.pk)):
        text = client.get(address).content.decode()
        assert TOKEN not in text
        assert "/hooks/voitex/trigger/••••7777/" in text
    assert TOKEN not in client.get(page("call_change", call.pk)).content.decode()
    assert records.KEY not in client.get(page("voitexaccount_changelist")).content.decode()
