"""An address is shown once, exchanged without a gap, and closed at once; its token stays nowhere."""

import html
import logging
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.urls import reverse
from gunicorn.config import Config
from gunicorn.glogging import Logger

from tests.common.factories import make_person
from tests.gadgets.hooks import Bell
from voicehub.common.hooks import addresses, kinds
from voicehub.common.hooks.models import HookAddress
from voicehub.common.models import AuditEntry
from voicehub.common.roles import ADMINS, STAFF
from voicehub.sync.services import TooLateError

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def admin():
    client = Client()
    client.force_login(make_person("ann", ADMINS))
    return client


def make(client, gadget):
    return client.post(reverse("admin:hooks_hookaddress_make"), {"kind": "gadgets/bell", "target": gadget.pk})


def exchange(client, address):
    return client.post(reverse("admin:hooks_hookaddress_exchange", args=[address.pk, address.version]))


def act(client, address, action):
    return client.post(reverse("admin:hooks_hookaddress_act", args=[address.pk]), {"action": action}, follow=True)


def shown_path(page):
    """The path on the page that shows an address once."""
    return page.content.decode().partition("http://testserver")[2].partition("<")[0]


def page_of(client, address):
    return client.get(reverse("admin:hooks_hookaddress_change", args=[address.pk])).content.decode()


def test_a_new_address_is_shown_once_and_works(bell, admin):
    HookAddress.objects.all().delete()
    page = make(admin, bell.gadget)
    assert page["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert bell.client.get(shown_path(page)).json()["name"] == "Lamp"
    again = make(admin, bell.gadget)
    assert again.status_code == 302
    assert "/hooks/gadgets" not in page_of(admin, bell.address)


@pytest.mark.parametrize(
    ("base", "is_warned"),
    [("", True), ("http://127.0.0.1:8000", True), ("https://hub.example.org/", False)],
)
def test_the_whole_address_is_shown_with_a_warning_when_nobody_can_reach_it(bell, admin, settings, base, is_warned):
    settings.PUBLIC_BASE_URL = base
    page = exchange(admin, bell.address).content.decode()
    assert f"{base.rstrip('/') or 'http://testserver'}/hooks/gadgets/bell/" in page
    assert ("No provider can reach this address" in page) is is_warned


def test_an_exchanged_address_works_on_until_the_overlap_ends(bell, admin, settings):
    settings.HOOK_OVERLAP_HOURS = 5
    with time_machine.travel(0, tick=False) as clock:
        new = shown_path(exchange(admin, bell.address))
        assert "None since the exchange" in page_of(admin, bell.address)
        clock.shift(3600)
        assert bell.ring().status_code == bell.client.get(new).status_code == 200
        assert '<time datetime="1970-01-01T01:00:00+00:00">' in page_of(admin, bell.address)
        clock.shift(timedelta(hours=4))
        assert bell.ring().status_code == 404
        assert bell.client.get(new).status_code == 200


def test_while_the_former_address_works_there_is_no_second_exchange(bell, admin):
    second = shown_path(exchange(admin, bell.address))
    assert "Exchange the address" not in page_of(admin, bell.address)
    assert "a further exchange would end it" in html.unescape(followed(exchange(admin, bell.address), admin))
    assert [bell.client.get(path).status_code for path in (bell.path, second)] == [200, 200]
    act(admin, bell.address, "close_former")
    third = shown_path(exchange(admin, bell.address))
    assert [bell.client.get(path).status_code for path in (bell.path, second, third)] == [404, 200, 200]


def followed(answer, client):
    return client.get(answer["Location"]).content.decode()


def test_pressing_twice_or_reloading_exchanges_once(bell, admin):
    seen = bell.address
    new = shown_path(exchange(admin, seen))
    assert exchange(admin, seen)["Location"] == reverse("admin:hooks_hookaddress_change", args=[seen.pk])
    assert [bell.client.get(path).status_code for path in (bell.path, new)] == [200, 200]


def test_the_former_address_can_be_closed_before_its_time(bell, admin):
    new = shown_path(exchange(admin, bell.address))
    act(admin, bell.address, "close_former")
    assert [bell.client.get(path).status_code for path in (bell.path, new)] == [404, 200]


def test_a_closed_address_takes_nothing_in_and_can_get_a_new_one(bell, admin):
    new = shown_path(exchange(admin, bell.address))
    act(admin, bell.address, "close")
    assert [bell.client.get(path).status_code for path in (bell.path, new)] == [404, 404]
    newest = shown_path(exchange(admin, bell.address))
    assert [bell.client.get(path).status_code for path in (bell.path, new, newest)] == [404, 404, 200]


def test_what_somebody_else_has_changed_meanwhile_stays(bell):
    seen, user = bell.address, make_person("bob")
    addresses.exchange(bell.address, user=user)
    for act_on in (addresses.exchange, addresses.close_former, addresses.close):
        with pytest.raises(TooLateError):
            act_on(seen, user=user)


def test_only_who_manages_hooks_can_do_any_of_it(bell):
    staff, address = Client(), bell.address
    staff.force_login(make_person("sam", STAFF))
    assert make(staff, bell.gadget).status_code == exchange(staff, address).status_code == 403
    assert act(staff, address, "close").status_code == 403
    assert "Exchange the address" not in page_of(staff, address)
    assert bell.ring().status_code == 200


def test_there_is_no_address_for_what_does_not_exist(bell, admin):
    url = reverse("admin:hooks_hookaddress_make")
    for kind, target in (("gadgets/bell", "0"), ("gadgets/bell", ""), ("nothing", "1"), ("", "")):
        assert admin.post(url, {"kind": kind, "target": target}).status_code == 404
    assert admin.get(url).status_code == 405
    with pytest.raises(LookupError):
        addresses.make(Bell(), "0", user=None)


def test_what_was_done_stands_in_the_audit(bell, admin):
    exchange(admin, bell.address)
    act(admin, bell.address, "close_former")
    act(admin, bell.address, "close")
    done = AuditEntry.objects.filter(action__startswith="hook.").order_by("pk")
    assert [entry.action for entry in done] == ["hook.made", "hook.exchanged", "hook.former_closed", "hook.closed"]
    assert done[1].object_label == f"Bell: Gadget {bell.gadget.pk}"


def test_a_kind_that_is_gone_leaves_its_pages_readable(bell, admin, monkeypatch):
    bell.ring("session=s1")
    monkeypatch.setattr(kinds, "_kinds", {})
    assert bell.ring().status_code == 404
    assert "gadgets/bell" in page_of(admin, bell.address)
    assert admin.get(reverse("admin:hooks_hookrequest_changelist")).status_code == 200


def test_the_token_is_nowhere_after_it_was_shown(bell, admin, serve, caplog):
    caplog.set_level(logging.DEBUG)
    bell.ring("session=s1&a=<b>")
    bell.client.put(bell.path)
    bell.client.get(f"{bell.path}guess/")
    address = bell.address
    pages = [
        page_of(admin, address),
        admin.get(reverse("admin:hooks_hookaddress_changelist")).content.decode(),
        admin.get(reverse("admin:hooks_hookrequest_changelist")).content.decode(),
        admin.get(reverse("admin:common_auditentry_changelist")).content.decode(),
    ]
    rows = [str(row) for model in apps.get_models() for row in model._base_manager.values_list()]
    assert any("session=s1" in row for row in rows)
    assert [text for text in (*pages, *rows, caplog.text) if bell.token in text] == []


def test_the_web_servers_own_logs_hold_neither_token_nor_parameters(bell, serve, caplog):
    log = Logger(Config())
    log.cfg.set("accesslog", "-")
    for name in ("gunicorn.access", "gunicorn.error", "django.server"):
        logging.getLogger(name).propagate = True
    with caplog.at_level(logging.DEBUG):
        served = serve(bell.path, BytesIO(), QUERY_STRING="card=4111")
        answer = type("Answer", (), {"status": "200 OK", "sent": 2, "headers": []})
        request = type("Request", (), {"headers": []})
        log.access(answer, request, served.environ, timedelta(seconds=1))
        logging.getLogger("gunicorn.error").warning(f"Invalid request line: 'GET {bell.path}?card=4111 x HTTP/1.1'")
        logging.getLogger("django.server").info('"%s" %s', f"GET {bell.path}?card=4111 HTTP/1.1", 200)
    assert caplog.text.count("/hooks/gadgets/bell/***/") == 3
    assert bell.token not in caplog.text
    assert "4111" not in caplog.text
