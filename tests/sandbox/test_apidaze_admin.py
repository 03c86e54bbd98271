"""Apidaze's pages under "Sandbox providers"."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from tests.sandbox.script_host import BYE
from voicehub.sandbox.models import (
    ApidazeCall,
    ApidazeDomain,
    ApidazeScript,
    ApidazeSipAccount,
    ApidazeToken,
    Call,
)
from voicehub.sandbox.providers.apidaze import records

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])

PLAN = {"destination_number": "31201234567", "caller_id_number": "31612345678", "method": "GET"}
HOOK = "hook-token-marker-7777"


@pytest.fixture(autouse=True)
def first_records():
    records.reset()


@pytest.fixture
def client(client):
    """Signed in as somebody who may do everything."""
    client.force_login(get_user_model().objects.create_superuser("boss"))
    return client


def page(name, *arguments):
    return reverse(f"admin:sandbox_{name}", args=arguments)


def test_no_secret_reaches_a_page(client):
    now = timezone.now()
    domain, account = ApidazeDomain.objects.get(), ApidazeSipAccount.objects.first()
    domain.client_secret = "client-secret-marker"
    domain.save()
    token = ApidazeToken.objects.create(domain=domain, access_token="AT-marker", issued_at=now, expires_at=now)
    ApidazeScript.objects.update(url=f"http://127.0.0.1/hooks/apidaze/{HOOK}/")
    bodies = {"change-script": f"url=%2F{HOOK}%2F", "native-change-account": f"api_secret={domain.native_secret}"}
    calls = [
        Call.objects.create(at=now, provider="apidaze", operation=name, method="PUT", path="/apidaze/x", body=body)
        for name, body in bodies.items()
    ]
    pages = [
        client.get(address).content.decode()
        for address in (
            page("apidazedomain_change", domain.pk),
            page("apidazetoken_change", token.pk),
            page("apidazesipaccount_changelist"),
            page("apidazesipaccount_change", account.pk),
            page("apidazescript_changelist"),
            page("apidazescript_change", 3),
            *(page("call_change", call.pk) for call in calls),
        )
    ]
    secrets = ("client-secret-marker", domain.native_secret, "AT-marker", account.password, HOOK)
    assert [secret for secret in secrets if any(secret in text for text in pages)] == []
    assert f"••••{account.password[-4:]}" in pages[3]
    assert "/hooks/apidaze/••••7777/" in pages[5]


def test_an_account_is_made_changed_and_deleted_as_on_the_providers_own_site(client):
    client.post(page("apidazesipaccount_add"), {"username": "bob", "name": "Bob"})
    account = ApidazeSipAccount.objects.get(username="bob")
    assert len(account.password) == 16
    client.post(page("apidazesipaccount_change", account.pk), {"username": "robert", "is_registered": "on"})
    account.refresh_from_db()
    assert (account.username, account.name, account.is_registered) == ("bob", "", True)
    client.post(page("apidazesipaccount_delete", account.pk), {"post": "yes"})
    assert not ApidazeSipAccount.objects.filter(username="bob").exists()


def test_the_address_of_a_script_stays_unless_another_is_given(client):
    client.post(page("apidazescript_change", 3), {"name": "other", "new_url": ""})
    assert ApidazeScript.objects.get().url == "https://scripts.example.org/apidaze/main.php"
    client.post(page("apidazescript_change", 3), {"name": "other", "new_url": "http://a.example/"})
    assert ApidazeScript.objects.get().url == "http://a.example/"
    response = client.post(page("apidazescript_add"), {"name": "second", "new_url": ""})
    assert "Enter the address" in str(response.context["adminform"].form.errors)


def test_a_number_is_called_and_what_happened_is_shown_without_tokens(client, host):
    url = host.says(
        f"/hooks/apidaze/{HOOK}/",
        f'<document><work><speak>Press &lt;1&gt;.<bind action="{host.url}/hooks/apidaze/{HOOK}/">1</bind></speak>'
        "</work></document>",
        BYE,
    )
    ApidazeScript.objects.update(url=url)
    answer = client.post(page("apidazecall_call"), PLAN | {"digits": "1, 2", "results": "busy", "caller": "ann"})
    call = ApidazeCall.objects.get()
    assert answer["Location"] == page("apidazecall_change", call.pk)
    assert host.asked[1][2]["dialed_digits"] == "1"
    text = client.get(answer["Location"]).content.decode()
    assert "the caller presses 1" in text
    assert "Press &lt;1&gt;." in text
    assert "/hooks/apidaze/••••7777/" in text
    assert HOOK not in text


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"results": "maybe"}, "MAYBE"),
        ({"digits": "one"}, "digits are"),
        ({"caller": "nobody"}, "caller"),
        ({"destination_number": ""}, "destination_number"),
    ],
)
def test_a_call_that_could_never_be_is_refused_with_the_reason(client, changes, reason):
    response = client.post(page("apidazecall_call"), PLAN | changes)
    assert reason in str(response.context["form"].errors)
    assert not ApidazeCall.objects.exists()


def test_without_a_script_the_page_says_so(client):
    ApidazeScript.objects.all().delete()
    response = client.post(page("apidazecall_call"), PLAN)
    assert "no script is registered" in response.content.decode()


def test_nobody_calls_in_live_mode(client, settings):
    settings.VOICEHUB_DEMO = False
    assert client.post(page("apidazecall_call"), PLAN).status_code == 403
    assert not ApidazeCall.objects.exists()
