"""Rubbish at the pages of Voitex: an answer in words, never a fault of ours."""

import pytest
from django.urls import reverse

from telephony.models import TriggerRule
from tests.common.factories import make_person
from tests.telephony.factories import make_hotline, make_rule
from voicehub.common.roles import ADMINS

pytestmark = pytest.mark.django_db(databases="__all__")

HUGE = "9" * 40


@pytest.fixture
def client(client):
    client.force_login(make_person("ann", ADMINS))
    return client


@pytest.fixture
def hotline():
    return make_hotline()


def page_of(name, *arguments):
    return reverse(f"admin:telephony_{name}", args=arguments)


@pytest.mark.parametrize("digits", [HUGE, "１", "²", "-1", "0", "x"])
@pytest.mark.parametrize(
    "address",
    [
        "hotlinecall_changelist?hotline__id__exact=",
        "recording_upload?album=",
        "recording_upload?sort=",
        "recording_speech?album=",
        "notificationcall_new?again=",
        "smsmessage_new?again=",
        "smsmessage_changelist?q=",
    ],
)
def test_odd_digits_in_an_address_are_no_trouble(client, digits, address):
    name, _mark, query = address.partition("?")
    assert client.get(f"{page_of(name)}?{query}{digits}").status_code in (200, 302)


@pytest.mark.parametrize("step", [HUGE, "１", "²", "x"])
def test_a_step_that_is_none_leaves_the_simulator_empty(client, hotline, step):
    assert client.get(f"{page_of('hotline_phone', hotline.pk)}?step={step}").status_code == 200


@pytest.mark.parametrize("fields", [{}, {"if-TOTAL_FORMS": "x"}, {"if-TOTAL_FORMS": HUGE, "if-INITIAL_FORMS": "0"}])
def test_a_rule_without_its_rows_is_not_saved(client, hotline, fields):
    answer = client.post(page_of("hotline_add_rule", hotline.pk), {"name": "x", **fields})
    assert answer.status_code == 200
    assert not TriggerRule.objects.exists()


def test_a_rule_that_cannot_be_read_any_more_is_told_so_and_can_be_written_anew(client, hotline):
    rule = make_rule(hotline, {"goto": "1"}, name="Odd")
    TriggerRule.objects.filter(pk=rule.pk).update(answer={"goto": 5}, conditions={"fact": "x"})
    page = client.get(hotline.get_absolute_url())
    assert "cannot be read" in page.content.decode()
    assert client.get(page_of("hotline_change_rule", hotline.pk, rule.pk)).status_code == 200
    hotline.default_answer = ["x"]
    hotline.save()
    assert client.get(page_of("hotline_change_default", hotline.pk)).status_code == 200
    assert client.post(page_of("hotline_phone", hotline.pk), {"asking": "1000"}).status_code == 200


@pytest.mark.parametrize("slot", ["9999999999/9999999999", "０/１", "1/1/1", "/"])
def test_places_that_are_none_are_told_at_their_row(client, hotline, slot):
    rows = {
        f"{prefix}-{name}": number
        for prefix in ("if", "keys", "variables")
        for name, number in (("TOTAL_FORMS", 0), ("INITIAL_FORMS", 0))
    }
    play = {"play-TOTAL_FORMS": 1, "play-INITIAL_FORMS": 0, "play-0-kind": "recording", "play-0-slot": slot}
    answer = client.post(page_of("hotline_add_rule", hotline.pk), {"name": "x", **rows, **play})
    assert answer.status_code in (200, 302)


def test_an_upload_of_nothing_and_of_odd_numbers_is_told(client):
    for fields in ({}, {"album": HUGE, "sort": "１"}, {"album": "-1", "sort": "0", "sounds": "no file"}):
        assert client.post(page_of("recording_upload"), fields).status_code == 200
