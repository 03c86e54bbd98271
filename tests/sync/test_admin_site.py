"""The pages as a whole: what has one, who may see it, and that nothing changes by a GET or a forged form."""

from importlib import import_module

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import path, reverse

from tests.gadgets.models import Gadget, Ping
from voicehub.sync import lanes
from voicehub.sync.admin.base import RecordAdmin, SyncedModelAdmin
from voicehub.sync.admin.filters import DayRangeFilter
from voicehub.sync.models import Connection, Exchange, Heartbeat, Installation, Lane, OAuthToken, SyncJob

OURS = [Connection, Exchange, Lane, SyncJob]


class GadgetAdmin(SyncedModelAdmin):
    list_display = ("name", "state_badge")
    list_filter = ("colour", ("synced_at", DayRangeFilter))
    list_filter_submit = True
    ordering = ("-id",)


class PingAdmin(RecordAdmin):
    list_display = ("name", "state_badge")
    fields = ("name",)
    ordering = ("-id",)


# The real site, with the gadgets beside its own models; the global one stays as it is.
site = admin.site.__class__(name="admin")
site._registry = dict(admin.site._registry)
site.register(Gadget, GadgetAdmin)
site.register(Ping, PingAdmin)
for model, model_admin in list(site._registry.items()):
    site._registry[model] = type(model_admin)(model, site)

root = import_module(settings.ROOT_URLCONF)
urlpatterns = [path("admin/", site.urls)]
urlpatterns += [pattern for pattern in root.urlpatterns if getattr(pattern, "namespace", None) != "admin"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gadget_pages")]


def make_person(user_model, name, *permissions):
    """A member of staff who holds just these permissions ("app.codename")."""
    person = user_model.objects.create_user(name, password="secret", is_staff=True)
    for permission in permissions:
        app, codename = permission.split(".")
        person.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return person


def as_person(user_model, name, *permissions):
    client = Client()
    client.force_login(make_person(user_model, name, *permissions))
    return client


def text_of(response):
    return response.content.decode()


@pytest.mark.parametrize("model", [OAuthToken, Installation, Heartbeat])
def test_secrets_and_inner_workings_have_no_page(model):
    assert not admin.site.is_registered(model)


@pytest.mark.parametrize("model", OURS)
def test_a_list_is_for_those_who_may_see_it(model, django_user_model, connection):
    url = reverse(f"admin:sync_{model._meta.model_name}_changelist")
    assert as_person(django_user_model, "nobody").get(url).status_code == 403
    assert as_person(django_user_model, "staff", f"sync.view_{model._meta.model_name}").get(url).status_code == 200
    assert Client().get(url).status_code == 302


@pytest.mark.parametrize("model", OURS)
def test_nothing_is_added_changed_or_deleted_by_hand_even_by_a_superuser(model, admin_client, make_ping):
    _ping, job = make_ping()
    Exchange.objects.create(
        job=job, provider="pings", method="POST", url="/", started_at=job.created_at, duration_ms=1
    )
    name, pk = model._meta.model_name, model.objects.first().pk
    assert admin_client.post(reverse(f"admin:sync_{name}_add")).status_code == 403
    assert admin_client.post(reverse(f"admin:sync_{name}_change", args=[pk])).status_code == 403
    assert admin_client.post(reverse(f"admin:sync_{name}_delete", args=[pk]), {"post": "yes"}).status_code == 403


def test_the_tokens_of_an_account_stand_on_none_of_its_pages(admin_client, connection):
    OAuthToken.objects.create(connection=connection, access_token="MARKER-a", refresh_token="MARKER-r")
    page = admin_client.get(reverse("admin:sync_connection_change", args=[connection.pk]))
    assert connection.base_url in text_of(page)
    assert "MARKER" not in text_of(page)


def changing_addresses(gadget, ping, job):
    return [
        (reverse("admin:gadgets_gadget_act", args=[gadget.pk]), {"action": "sync_now"}),
        (reverse("admin:gadgets_ping_act", args=[ping.pk]), {"action": "cancel"}),
        (reverse("admin:sync_syncjob_act", args=[job.pk]), {"action": "cancel"}),
        (reverse("admin:sync_lane_stop", args=["pings"]), {"reason": "an outage"}),
        (reverse("admin:sync_lane_release", args=["pings"]), {}),
    ]


def everything():
    return (
        list(SyncJob.objects.order_by("id").values("id", "state", "due_at", "message")),
        list(Lane.objects.order_by("provider").values()),
        list(Gadget._base_manager.values("id", "generation")),
    )


def test_reading_an_address_changes_nothing(admin_client, make_gadget, make_ping):
    addresses = changing_addresses(make_gadget(), *make_ping())
    before = everything()
    answers = [admin_client.get(url, data).status_code for url, data in addresses]
    assert answers == [405, 405, 405, 200, 200]
    assert everything() == before


def test_those_who_only_look_change_nothing(django_user_model, make_gadget, make_ping):
    addresses = changing_addresses(make_gadget(), *make_ping())
    looks = ["gadgets.view_gadget", "gadgets.view_ping", "sync.view_syncjob", "sync.view_lane"]
    client = as_person(django_user_model, "reader", *looks)
    before = everything()
    assert [client.post(url, data).status_code for url, data in addresses] == [403] * 5
    assert everything() == before


def test_a_form_from_elsewhere_changes_nothing(django_user_model, make_gadget, make_ping):
    addresses = changing_addresses(make_gadget(), *make_ping())
    client = Client(enforce_csrf_checks=True)
    boss = django_user_model.objects.create_superuser("boss", password="secret")
    client.force_login(boss)
    before = everything()
    assert [client.post(url, data).status_code for url, data in addresses] == [403] * 5
    assert everything() == before


@pytest.mark.parametrize("model", [*OURS, Gadget, Ping])
def test_a_page_of_a_list_takes_at_most_twelve_queries(
    model, admin_client, make_gadget, make_ping, django_assert_max_num_queries
):
    for number in range(30):
        make_gadget(f"Lamp {number}")
        Connection.objects.create(provider="gadgets", base_url="http://127.0.0.1", account=str(number))
    first_ping = make_ping()[0]
    for number in range(30):
        Ping.objects.create(name=str(number), connection=first_ping.connection, state="waiting")
    Exchange.objects.bulk_create(
        Exchange(provider="pings", method="GET", url="/", started_at=job.created_at, duration_ms=1, job=job)
        for job in SyncJob.objects.all()
    )
    lanes.stop("gadgets", user=None, reason="an outage")
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    with django_assert_max_num_queries(12):
        assert admin_client.get(url).status_code == 200
