"""The pages under "Sandbox providers"."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from voicehub.sandbox.contract import ANY_OPERATION
from voicehub.sandbox.faults import KINDS
from voicehub.sandbox.models import (
    Call,
    Fault,
    OutVoiceClient,
    OutVoicePayee,
    OutVoicePayment,
    OutVoiceTokenPair,
    OutVoiceUser,
)
from voicehub.sandbox.providers import PROVIDERS
from voicehub.sandbox.providers.outvoice import records

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])

MODELS = ("call", "fault", "outvoicepayee", "outvoicepayment", "outvoicetokenpair")
TYPED = {"where": "outvoice:transaction", "kind": "late-after", "remaining": "3", "value": "12.5"}
SECRETS = ("AT-marker-1111", "RT-marker-2222", "PW-marker-3333", "KEY-marker-4444")


@pytest.fixture(autouse=True)
def first_records():
    records.reset()


@pytest.fixture
def client(client):
    """Signed in as somebody who may do everything."""
    client.force_login(get_user_model().objects.create_superuser("boss"))
    return client


@pytest.fixture
def token_pair():
    now = timezone.now()
    return OutVoiceTokenPair.objects.create(
        user=OutVoiceUser.objects.first(),
        client=OutVoiceClient.objects.get(),
        access_token=SECRETS[0],
        refresh_token=SECRETS[1],
        issued_at=now,
        expires_at=now,
        refresh_expires_at=now,
    )


def make_call(operation, body, **headers):
    return Call.objects.create(
        at=timezone.now(),
        provider="outvoice",
        operation=operation,
        method="POST",
        path="/outvoice/x",
        headers={"Content-Type": "text/plain", **headers},
        body=body,
    )


def page(name, *arguments):
    return reverse(f"admin:sandbox_{name}", args=arguments)


def dial(client, **changes):
    return client.post(page("fault_add"), TYPED | changes)


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens(client, token_pair, model):
    make_call("transaction", "{}")
    Fault.objects.create(provider="outvoice", operation=ANY_OPERATION, kind="refuse")
    OutVoicePayment.objects.create(booked_at=timezone.now(), freelancer="1", name="A", cents=5, currency="USD")
    assert client.get(page(f"{model}_changelist")).status_code == 200


@pytest.mark.parametrize("model", ["call", "outvoicepayment", "outvoicetokenpair"])
def test_what_has_happened_cannot_be_changed_by_anybody(client, token_pair, model):
    record = {
        "call": make_call("transaction", "{}"),
        "outvoicepayment": OutVoicePayment.objects.create(
            booked_at=timezone.now(), freelancer="1", name="A", cents=5, currency="USD"
        ),
        "outvoicetokenpair": token_pair,
    }[model]
    assert client.get(page(f"{model}_change", record.pk)).status_code == 200
    assert client.post(page(f"{model}_change", record.pk), {}).status_code == 403
    assert client.post(page(f"{model}_delete", record.pk), {"post": "yes"}).status_code == 403
    assert client.post(page(f"{model}_add"), {}).status_code == 403


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("action", ["changelist", "add"])
def test_in_live_mode_there_is_no_page_for_anybody(client, settings, model, action):
    settings.VOICEHUB_DEMO = False
    assert client.get(page(f"{model}_{action}")).status_code == 403


def test_in_live_mode_nothing_can_be_dialled_or_changed(client, settings):
    fault = Fault.objects.create(provider="outvoice", operation="*", kind="refuse", remaining=1)
    settings.VOICEHUB_DEMO = False
    assert dial(client).status_code == 403
    assert client.post(page("fault_change", fault.pk), TYPED).status_code == 403
    assert client.post(page("fault_delete", fault.pk), {"post": "yes"}).status_code == 403
    assert list(Fault.objects.values_list("kind", "remaining")) == [("refuse", 1)]


def test_staff_without_permission_see_nothing_of_it(client):
    client.force_login(get_user_model().objects.create_user("plain", is_staff=True))
    assert [client.get(page(f"{model}_changelist")).status_code for model in MODELS] == [403] * len(MODELS)


def test_permission_to_view_the_dial_is_not_permission_to_turn_it(client):
    user = get_user_model().objects.create_user("viewer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_fault"))
    client.force_login(user)
    assert client.get(page("fault_changelist")).status_code == 200
    assert dial(client).status_code == 403


def test_no_secret_reaches_a_page(client, token_pair):
    token_call = make_call("token", f"password={SECRETS[2]}")
    stray_call = make_call("", f"password={SECRETS[2]}", Authorization=f"Bearer {SECRETS[0]}")
    paid_call = make_call("transaction", "shown-marker", auth_key=SECRETS[3])
    pages = [
        client.get(address).content.decode()
        for address in (
            page("outvoicetokenpair_changelist"),
            page("outvoicetokenpair_change", token_pair.pk),
            page("call_changelist"),
            *(page("call_change", call.pk) for call in (token_call, stray_call, paid_call)),
        )
    ]
    assert all(secret not in text for secret in SECRETS for text in pages)
    assert "••••1111" in pages[1]
    assert "••••2222" in pages[1]
    assert "shown-marker" in pages[-1]
    assert "auth_key" in pages[-1]


def test_calls_can_be_filtered_by_operation(client):
    make_call("token", "")
    make_call("transaction", "")
    changelist = client.get(page("call_changelist"), {"operation": "outvoice:token"}).context["cl"]
    assert [call.operation for call in changelist.result_list] == ["token"]


def test_a_fault_is_dialled_with_a_number_of_seconds(client):
    assert dial(client).status_code == 302
    fault = Fault.objects.get()
    assert (fault.provider, fault.operation, fault.kind) == ("outvoice", "transaction", "late-after")
    assert (fault.remaining, fault.value) == (3, 12.5)


@pytest.mark.parametrize(
    ("changes", "value"),
    [({"value": ""}, None), ({"kind": "refuse", "value": "12"}, "12"), ({"kind": "rate-limit", "value": "0"}, 0)],
)
def test_a_value_is_taken_as_the_fault_understands_it(client, changes, value):
    assert dial(client, **changes).status_code == 302
    assert Fault.objects.get().value == value


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value": "soon"}, "value"),
        ({"value": "nan"}, "value"),
        ({"value": "-1"}, "value"),
        ({"kind": "cut-after", "value": "5"}, "value"),
        ({"kind": "list-empty", "value": ""}, "kind"),
        ({"kind": "nothing"}, "kind"),
        ({"where": "nobody:transaction"}, "where"),
        ({"where": ""}, "where"),
        ({"remaining": "-1"}, "remaining"),
    ],
)
def test_a_fault_that_could_never_happen_gets_a_message_at_its_field(client, changes, field):
    response = dial(client, **changes)
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
    assert not Fault.objects.exists()


def test_a_fault_can_be_changed_and_taken_back(client):
    dial(client)
    fault = Fault.objects.get()
    form = client.get(page("fault_change", fault.pk)).context["adminform"].form
    assert form["where"].value() == "outvoice:transaction"
    client.post(page("fault_change", fault.pk), TYPED | {"where": "outvoice:*", "remaining": "9"})
    fault.refresh_from_db()
    assert (fault.operation, fault.remaining) == ("*", 9)
    client.post(page("fault_delete", fault.pk), {"post": "yes"})
    assert not Fault.objects.exists()


def test_every_fault_can_be_chosen_and_is_explained(client):
    text = client.get(page("fault_add")).content.decode()
    kinds = [*KINDS, *(kind for provider in PROVIDERS.values() for kind in provider.kinds)]
    offered = re.findall(r'<option value="([a-z0-9-]+)"', text)
    assert sorted(kind.name for kind in kinds) == sorted(offered)
    assert "then the connection closes without an answer" in text


def test_payees_can_be_added_renamed_and_deactivated_but_not_deleted(client):
    user = OutVoiceUser.objects.order_by("pk").first()
    added = {"user": user.pk, "payee_id": "x1", "name": "Newcomer", "is_active": "on"}
    assert client.post(page("outvoicepayee_add"), added).status_code == 302
    payee = OutVoicePayee.objects.get(payee_id="x1")
    client.post(page("outvoicepayee_change", payee.pk), {"payee_id": "other", "name": "Renamed"})
    payee.refresh_from_db()
    assert (payee.payee_id, payee.name, payee.is_active) == ("x1", "Renamed", False)
    assert client.post(page("outvoicepayee_delete", payee.pk), {"post": "yes"}).status_code == 403


def test_one_id_is_given_once(client):
    user = OutVoiceUser.objects.order_by("pk").first()
    response = client.post(page("outvoicepayee_add"), {"user": user.pk, "payee_id": "1", "name": "Double"})
    assert "already exists" in str(response.context["adminform"].form.errors)
