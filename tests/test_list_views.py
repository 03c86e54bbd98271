"""Views of lists: which columns, filters and sort a list shows, kept under a name, shared and begun with."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from otp.models import OtpApp
from tests.common.factories import make_person
from tests.contributors.factories import make_account, make_contributor
from tests.otp.factories import make_app
from voicehub.common.models import ListView
from voicehub.common.roles import ADMINS, APPROVERS, EDITORS, STAFF
from voicehub.sync.admin.columns import ChosenColumns

pytestmark = pytest.mark.django_db
APPS = "/admin/otp/otpapp/"
LIST = "otp.otpapp"


@pytest.fixture(autouse=True)
def _connected(settings):
    settings.OURVOICE_API_KEY = settings.SANDBOX_OURVOICE_API_KEY


@pytest.fixture
def staff():
    return signed_in("sam", STAFF)


def signed_in(name: str, *roles: str) -> Client:
    client = Client()
    client.force_login(make_person(name, *roles))
    return client


def keep(client: Client, query: str, name: str = "Mine", model: str = LIST, **wishes: str) -> Any:
    wanted = {"name": name, "query": query, **wishes}
    return client.post(reverse("admin:list_view_keep", args=[model]), wanted, follow=True)


def columns(answer: Any) -> list[str]:
    return [name for name in answer.context["cl"].shown_columns if name != "action_checkbox"]


def names(answer: Any) -> list[str]:
    return [str(one) for one in answer.context["cl"].result_list]


def test_a_list_shows_the_columns_that_are_chosen_and_the_first_of_them_leads_to_the_record(staff):
    app = make_app(name="News")
    answer = staff.get(APPS, {"_choice": ["synced_at", "sender", ""], "q": "n"}, follow=True)
    assert columns(answer) == ["sender", "synced_at"]
    assert answer.context["cl"].query == "n"
    assert f'href="{APPS}{app.pk}/change/?' in answer.content.decode()
    everything = staff.get(f"{APPS}?{answer.request['QUERY_STRING']}&_choice=", follow=True)
    assert columns(everything) == list(admin.site.get_model_admin(OtpApp).list_display)


def test_a_list_stays_sorted_by_the_column_that_it_was_sorted_by():
    client = signed_in("ann", ADMINS)
    for name in ("ada", "bob"):
        make_person(name, EDITORS)
    by_name = {"o": "-1", "_choice": ["email", "username", ""]}
    answer = client.get(reverse("admin:common_user_changelist"), by_name, follow=True)
    assert columns(answer) == ["username", "email"]
    assert names(answer) == sorted(names(answer), reverse=True)
    hidden = client.get(reverse("admin:common_user_changelist"), {"o": "-1", "_choice": ["email"]}, follow=True)
    assert "o" not in parse_qs(hidden.request["QUERY_STRING"])


def test_a_saved_view_brings_back_filters_search_sort_and_columns_and_keeps_them_over_pages(staff):
    for number in range(30):
        make_app(name=f"News {number:02}")
    make_app(name="Other")
    query = "q=news&sync_state__in=waiting&_columns=name,sender&p=2&e=1"
    answer = keep(staff, query)
    view = ListView.objects.get()
    assert view.query == "q=news&sync_state__in=waiting&_columns=name%2Csender"
    assert columns(answer) == ["name", "sender"]
    assert answer.context["cl"].result_count == 30
    second = staff.get(f"{APPS}?{answer.request['QUERY_STRING']}&p=2")
    assert columns(second) == ["name", "sender"]
    assert len(names(second)) == 5
    assert f"_view={view.pk}" in second.context["cl"].get_query_string({"p": 1})


def test_a_view_of_the_same_name_takes_the_place_of_the_own_one(staff):
    keep(staff, "q=a")
    keep(staff, "q=b", name="  Mine ")
    assert ListView.objects.get().query == "q=b"


def test_a_list_begins_with_the_chosen_view_until_it_is_asked_for_otherwise(staff):
    make_app(name="News")
    make_app(name="Other")
    keep(staff, "q=news", is_start="on")
    assert names(staff.get(APPS, follow=True)) == ["News"]
    assert sorted(names(staff.get(f"{APPS}?_view="))) == ["News", "Other"]
    assert names(staff.get(f"{APPS}?q=oth")) == ["Other"]
    staff.post(reverse("admin:list_view_begin", args=[LIST]))
    assert sorted(names(staff.get(APPS))) == ["News", "Other"]


def test_the_list_of_somebody_else_begins_as_it_always_did(staff):
    make_app(name="News")
    keep(staff, "q=nothing", is_start="on", is_shared="on")
    assert names(signed_in("sue", STAFF).get(APPS)) == ["News"]


def test_shared_views_are_everybodys_and_the_others_their_owners(staff):
    keep(staff, "q=a", name="For all", is_shared="on")
    keep(staff, "q=b", name="For me")
    other = signed_in("al", APPROVERS)
    page = other.get(APPS).content.decode()
    assert "For all" in page
    assert "For me" not in page
    mine = ListView.objects.get(name="For me")
    assert other.post(reverse("admin:list_view_begin", args=[LIST]), {"view": mine.pk}).status_code == 404
    theirs = ListView.objects.get(name="For all")
    assert other.post(reverse("admin:list_view_remove", args=[LIST]), {"view": theirs.pk}).status_code == 403


def test_who_may_not_share_is_told_so_and_nothing_is_saved():
    approver = signed_in("al", APPROVERS)
    answer = keep(approver, "q=a", is_shared="on")
    assert "you may not share views" in answer.content.decode()
    assert not ListView.objects.exists()


def test_an_admin_removes_what_somebody_who_left_has_shared(staff):
    keep(staff, "q=a", is_shared="on", is_start="on")
    view = ListView.objects.get()
    signed_in("ann", ADMINS).post(reverse("admin:list_view_remove", args=[LIST]), {"view": view.pk})
    assert not ListView.objects.exists()
    assert staff.get(APPS).status_code == 200


@pytest.mark.parametrize(
    "gone", ["gone__exact=1", "gone=1", "connection__gone__exact=1", "o=99", "_columns=gone,name"]
)
def test_a_view_that_names_what_is_gone_is_shown_with_a_word(staff, gone):
    make_app(name="News")
    answer = keep(staff, gone)
    assert answer.status_code == 200
    assert names(answer) == ["News"]
    has_word = "does not have" in answer.content.decode()
    assert has_word or gone == "o=99"


def test_the_menu_of_views_stands_on_every_list_and_costs_one_query():
    client = Client()
    client.force_login(make_person("root", is_superuser=True))
    make_contributor(make_account())
    lists = [one for one in admin.site._registry.values() if isinstance(one, ChosenColumns)]
    without = []
    for one in lists:
        name = f"{one.opts.app_label}_{one.opts.model_name}"
        with CaptureQueriesContext(connection) as asked:
            page = client.get(f"{reverse(f'admin:{name}_changelist')}?_view=", follow=True)
        of_views = [query for query in asked if 'FROM "common_listview"' in query["sql"]]
        if "data-views" not in page.content.decode() or len(of_views) != 1:
            without.append(name)
    # Their pages are no lists.
    assert without == ["sync_lane", "telephony_phonenumber"]


def test_rubbish_in_addresses_and_forms_of_views_breaks_nothing(staff):
    for query in ("_columns=%00", "_columns=,,", "_choice=gone&o=x.-.1e9", "_view=x" * 300, "o=-99999999999"):
        assert staff.get(f"{APPS}?{query}", follow=True).status_code == 200
    for model in ("gone", "otp.gone", "sandbox.call"):
        assert staff.post(reverse("admin:list_view_keep", args=[model])).status_code == 404
    assert staff.post(reverse("admin:list_view_keep", args=["common.user"])).status_code == 403
    for view in ("x", "0", "9" * 40):
        assert staff.post(reverse("admin:list_view_remove", args=[LIST]), {"view": view}).status_code == 404
    answer = keep(staff, "q=" + "x" * 3000)
    assert "too long" in answer.content.decode()
    assert urlsplit(answer.request["PATH_INFO"]).path == APPS
