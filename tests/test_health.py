from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse

from tests.common.factories import make_person
from voicehub.common.roles import EDITORS
from voicehub.sync.clock import database_now
from voicehub.sync.models import Heartbeat


@pytest.fixture
def beating(db):
    Heartbeat.objects.filter(pk=1).update(queue_at=database_now())


@pytest.fixture
def stopped(db, settings):
    stale = database_now() - timedelta(seconds=settings.HEARTBEAT_STALE_SECONDS + 5)
    Heartbeat.objects.filter(pk=1).update(queue_at=stale, drain_at=None)


@pytest.fixture
def database_away(db):
    """Every statement fails, as when the server has gone."""

    def fail(*args):
        raise DatabaseError

    with connection.execute_wrapper(fail):
        yield


def ask(client: Client | None = None, **headers: str):
    return (client or Client()).get("/healthz", headers=headers)


def test_healthy_says_ok_and_nothing_more(beating):
    answer = ask()
    assert (answer.status_code, answer.json()) == (HTTPStatus.OK, {"status": "ok"})


def test_a_silent_worker_is_down(stopped):
    answer = ask()
    assert (answer.status_code, answer.json()) == (HTTPStatus.SERVICE_UNAVAILABLE, {"status": "down"})


@pytest.mark.django_db
def test_a_worker_that_never_came_is_down():
    assert ask().status_code == HTTPStatus.SERVICE_UNAVAILABLE


def test_a_database_that_is_away_is_down_and_no_server_error(database_away):
    client = Client()
    client.cookies["sessionid"] = "of-somebody-signed-in"
    answer = ask(client)
    assert (answer.status_code, answer.json()) == (HTTPStatus.SERVICE_UNAVAILABLE, {"status": "down"})


def test_alive_asks_no_database(database_away):
    client = Client()
    client.cookies["sessionid"] = "of-somebody-signed-in"
    assert client.get("/healthz/alive").status_code == HTTPStatus.OK


def test_the_holder_of_the_token_sees_figures(beating, settings):
    settings.HEALTH_TOKEN = "long and random"
    body = ask(authorization="Bearer long and random").json()
    assert body["status"] == "ok"
    assert body["queue_depth"] == 0
    assert body["heartbeat_seconds"] < settings.HEARTBEAT_STALE_SECONDS
    assert "outvoice" in body["providers"]


@pytest.mark.parametrize(
    ("token", "header"),
    [
        ("long and random", "Bearer wrong"),
        ("long and random", "long and random"),
        ("long and random", ""),
        ("", ""),
        ("", "Bearer "),
    ],
)
def test_no_figures_without_the_token(beating, settings, token, header):
    settings.HEALTH_TOKEN = token
    assert ask(authorization=header).json() == {"status": "ok"}


@pytest.mark.parametrize(("permissions", "sees"), [(("sync.view_lane",), True), ((), False)])
def test_people_see_figures_when_they_may_see_the_providers(beating, permissions, sees):
    client = Client()
    client.force_login(make_person("eve", EDITORS, permissions=permissions))
    assert ("queue_depth" in ask(client).json()) is sees


@pytest.mark.django_db
def test_the_bare_address_leads_to_the_admin():
    assert Client().get("/")["Location"] == reverse("admin:index")
