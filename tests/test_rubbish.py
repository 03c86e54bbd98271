"""Rubbish in addresses and forms gets an answer, never an error of ours."""

import pytest
from django.urls import reverse

HUGE = "99999999999999999999"
LISTS = [
    "contributors_transaction",
    "contributors_contributor",
    "sync_syncjob",
    "sync_exchange",
    "common_auditentry",
    "common_user",
]


@pytest.mark.parametrize("query", [{"id__range": "1"}, {"id__exact": HUGE}, {"p": "-1"}, {"p": HUGE}, {"e": "1"}])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_answers_whatever_is_typed_into_its_address(admin_client, name, query):
    assert admin_client.get(reverse(f"admin:{name}_changelist"), query).status_code in (200, 302)


OTHER_PAGES = [("export", "csv"), ("export", "xlsx"), ("total",), ("ledger",), ("ledger_export", "xlsx"), ("pay",)]
ODD = [
    {"id__range": "1"},
    {"order": HUGE},
    {"month": "x"},
    {"month": "9999-99"},
    {"page": HUGE},
    {"contributor": HUGE},
]


@pytest.mark.parametrize("page", OTHER_PAGES)
@pytest.mark.parametrize("query", ODD)
def test_other_pages_answer_it_too(admin_client, page, query):
    name, *args = page
    assert admin_client.get(reverse(f"admin:contributors_transaction_{name}", args=args), query).status_code < 500


@pytest.mark.parametrize("back", ["a", "-1", "=cmd()", "//elsewhere.example"])
def test_reading_a_notice_goes_back_only_to_a_page_of_ours(admin_client, back):
    answer = admin_client.post(reverse("admin:common_notice_read"), {"next": back})
    assert answer.headers["Location"] == reverse("admin:common_notice_changelist")


def test_an_id_of_any_length_is_none_of_ours(admin_client):
    longest = "9" * 5000
    assert admin_client.post(reverse("admin:common_notice_read"), {"notice": longest}).status_code == 302
    asked = {"app_label": "contributors", "model_name": "transaction", "field_name": "contributor", "order": longest}
    assert admin_client.get(reverse("admin:contributors_contributor_payees"), asked).status_code == 200


def test_an_id_that_no_record_can_have_is_a_bad_request(admin_client):
    form = {"username": "zed", "groups": HUGE, "usable_password": "false"}
    assert admin_client.post(reverse("admin:common_user_add"), form).status_code in (200, 400)
