"""Pages that follow: what is under way is shown as it stands now, without loading the page again."""

import re

import pytest
from django.urls import reverse

from tests.sync.test_admin_records import address
from tests.sync.test_admin_site import GadgetAdmin, as_person, text_of
from voicehub.sync import queue
from voicehub.sync.engine import drain_inline

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gadget_pages")]

LIST = "admin:gadgets_gadget_changelist"


def mark_in(page):
    return re.search(r'data-mark="(\w+)"', page)[1]


def follow_address(page):
    return re.search(r'data-live="([^"]+)"', page)[1].replace("&amp;", "&")


def test_the_page_of_a_record_follows_until_it_is_in_step_and_leaves_the_form_alone(admin_client, make_gadget):
    gadget = make_gadget()
    page = text_of(admin_client.get(address(gadget)))
    assert "data-moving" in page
    drain_inline()
    part = text_of(admin_client.get(follow_address(page)))
    assert "data-moving" not in part
    assert "data-reload" not in part
    assert "The provider has exactly what you see here." in part
    assert 'data-part="timeline"' in part
    assert "Bring the provider in step" in part
    assert "data-moving" not in text_of(admin_client.get(address(gadget)))


def test_a_page_that_nobody_can_type_in_is_loaded_anew_at_the_end(django_user_model, make_gadget):
    gadget = make_gadget()
    reader = as_person(django_user_model, "reader", "gadgets.view_gadget")
    assert "data-reload" not in text_of(reader.get(address(gadget)))
    drain_inline()
    assert "data-reload" in text_of(reader.get(address(gadget, "follow")))


def test_asking_while_nothing_has_changed_costs_a_few_queries_and_brings_no_body(
    admin_client, make_gadget, django_assert_max_num_queries
):
    gadget = make_gadget()
    mark = mark_in(text_of(admin_client.get(address(gadget))))
    # One more on PostgreSQL, which is asked for its clock.
    with django_assert_max_num_queries(11):
        answer = admin_client.get(address(gadget, "follow"), headers={"If-None-Match": f'"{mark}"'})
    assert (answer.status_code, answer.content) == (304, b"")
    drain_inline()
    answer = admin_client.get(address(gadget, "follow"), headers={"If-None-Match": f'"{mark}"'})
    assert answer.status_code == 200


def test_a_job_that_ends_while_the_page_is_made_leaves_nobody_with_the_former_state(
    admin_client, make_gadget, monkeypatch
):
    gadget = make_gadget()
    read = GadgetAdmin.get_object

    def read_before_the_worker_ends(self, *args, **kwargs):
        found = read(self, *args, **kwargs)
        drain_inline()
        return found

    monkeypatch.setattr(GadgetAdmin, "get_object", read_before_the_worker_ends)
    assert "data-moving" in text_of(admin_client.get(address(gadget)))
    assert "data-moving" not in text_of(admin_client.get(address(gadget, "follow")))


def test_a_look_at_the_provider_is_followed_as_well(admin_client, make_gadget):
    gadget = make_gadget()
    drain_inline()
    queue.look(gadget)
    assert "data-moving" in text_of(admin_client.get(address(gadget)))


def test_a_record_that_is_gone_says_so_on_its_open_page(admin_client, make_gadget, django_user_model):
    gadget = make_gadget()
    drain_inline()
    gadget.delete()
    part = admin_client.get(address(gadget, "follow"))
    assert "data-moving" in text_of(part)
    follow = address(gadget, "follow")
    drain_inline()
    part = text_of(admin_client.get(follow))
    assert "It does not exist any more" in part
    assert reverse(LIST) in part
    assert "data-moving" not in part
    assert as_person(django_user_model, "nobody").get(follow).status_code == 403


def test_the_rows_of_a_list_follow_as_long_as_one_of_them_moves(admin_client, make_gadget):
    settled = make_gadget("Desk")
    drain_inline()
    lamp, fan = make_gadget("Lamp"), make_gadget("Fan")
    page = text_of(admin_client.get(reverse(LIST)))
    follow = follow_address(page)
    assert f"of={settled.pk}" not in follow
    drain_inline()
    fan_key = fan.pk
    fan.delete()
    part = text_of(admin_client.get(follow))
    assert "One of these is on its way" in part
    assert re.search(rf'data-part="state_badge-{lamp.pk}">.*In step', part)
    drain_inline()
    part = text_of(admin_client.get(follow))
    assert "data-moving" not in part
    assert re.search(rf'data-part="state_badge-{fan_key}">.*Deleted', part)
    assert "data-live" not in text_of(admin_client.get(reverse(LIST)))


@pytest.mark.parametrize("query", ["", "of=", "of=x", "of=" + "9" * 30, "of=1&" * 500])
def test_a_list_is_asked_about_nothing_that_is_a_row(admin_client, connection, query):
    assert admin_client.get(reverse("admin:gadgets_gadget_follow_list") + f"?{query}").status_code == 200
