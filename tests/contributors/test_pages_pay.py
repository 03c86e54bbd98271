"""From the pay form over the preview to OutVoice, through the pages, against the real sandbox and the real engine."""

from html import unescape

import pytest
from django.urls import reverse

from contributors import services
from contributors.models import Contributor, PaymentOrder, Transaction
from tests.contributors.factories import make_account, make_contributor, make_person, signed_in, typed
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import SyncJob

PAY = reverse("admin:contributors_transaction_pay")
State = Transaction.State


@pytest.fixture
def editor(db):
    return make_person("ed", "Editors")


@pytest.fixture
def client(editor):
    return signed_in(editor)


def order_page(order):
    return reverse("admin:contributors_transaction_order", args=[order.pk])


def confirm_url(order):
    return reverse("admin:contributors_transaction_confirm", args=[order.pk])


def text_of(answer):
    return unescape(answer.content.decode())


def draft_through(client, *lines, **article):
    """Fill in the form, and look at the preview as a browser does."""
    answer = client.post(PAY, typed(*lines, **article), follow=True)
    return PaymentOrder.objects.get(pk=answer.context["order"].pk)


def confirm(client, order, **more):
    return client.post(confirm_url(order), {"lines_shown": services.digest(order), **more}, follow=True)


def test_an_editor_pays_two_people_and_reads_the_receipts(client, steve, tony, outvoice):
    order = draft_through(client, (steve, "20"), (tony, "20.15"))
    confirm(client, order)
    drain_inline()
    page = text_of(client.get(order_page(order)))
    assert "$20 sent to Steve Rogers" in page
    assert "$20.15 sent to Tony Stark" in page
    assert [row["cents"] for row in outvoice.ledger()] == [2000, 2015]


def test_the_preview_shows_amount_and_cents_and_totals_and_one_button(client, steve, tony):
    page = text_of(client.post(PAY, typed((steve, "20"), (tony, "20.15")), follow=True))
    assert "20.00 USD, sent as 2000 cents" in page
    assert "20.15 USD, sent as 2015 cents" in page
    assert "Pay 40.15 USD (2 payments)" in page
    assert "This is the first payment to Tony Stark." in page


def test_nothing_is_queued_before_the_button_is_pressed(client, steve, outvoice):
    draft_through(client, (steve, "20"))
    drain_inline()
    assert outvoice.calls(operation="transaction") == []
    assert Transaction.objects.get().state == State.DRAFT


BAD = [
    {"contributor": ""},
    {"amount": "0"},
    {"amount": "-5"},
    {"amount": "1e9"},
    {"amount": "1,000"},
    {"amount": "20.155"},
    {"amount": "0.29"},
    {"currency": "XXX"},
    {"url": "javascript:alert(1)"},
    {"title": "a" * 5000},
    {"title": "Bell\x07"},
]


@pytest.mark.parametrize("bad", BAD)
def test_bad_input_queues_nothing_and_loses_nothing(client, steve, bad):
    values = {"contributor": steve, "amount": "20", "url": "https://example.org/mine", "title": "Mine", **bad}
    line = (values.pop("contributor"), values.pop("amount"))
    page = text_of(client.post(PAY, typed(line, **values)))
    assert 'class="vh-errors"' in page
    assert all(text in page for text in (line[1], values["url"], values["title"]))
    assert not PaymentOrder.objects.exists()
    assert not SyncJob.objects.filter(operation="send").exists()


def test_a_second_click_pays_nothing_and_lands_on_the_order(client, steve, outvoice):
    order = draft_through(client, (steve, "20"))
    form = {"lines_shown": services.digest(order)}
    answers = [client.post(confirm_url(order), form, follow=True) for _click in range(3)]
    drain_inline()
    assert "not paid a second time" in text_of(answers[2])
    assert answers[2].redirect_chain[-1][0] == order_page(order)
    assert len(outvoice.ledger()) == 1


def test_the_form_of_a_paid_order_cannot_be_sent_again(client, steve, outvoice):
    order = draft_through(client, (steve, "20"))
    confirm(client, order)
    answer = client.post(f"{PAY}?order={order.pk}", typed((steve, "30")), follow=True)
    assert "not paid a second time" in text_of(answer)
    drain_inline()
    assert [row["cents"] for row in outvoice.ledger()] == [2000]


def test_a_preview_that_was_changed_in_another_window_is_not_paid(client, steve, outvoice):
    order = draft_through(client, (steve, "20"))
    old = {"lines_shown": services.digest(order)}
    client.post(f"{PAY}?order={order.pk}", typed((steve, "200")))
    answer = client.post(confirm_url(order), old, follow=True)
    drain_inline()
    assert "has changed since" in text_of(answer)
    assert outvoice.ledger() == []


def test_change_leads_back_to_the_form_filled_in(client, steve, tony):
    order = draft_through(client, (steve, "20"), (tony, "20.15"), title="Mine")
    page = text_of(client.get(f"{PAY}?order={order.pk}"))
    assert all(text in page for text in ("Mine", "Steve Rogers", "Tony Stark", "20.15"))


def test_a_changed_draft_stays_the_same_order(client, steve, tony):
    order = draft_through(client, (steve, "20"))
    client.post(f"{PAY}?order={order.pk}", typed((tony, "5")))
    assert [(line.contributor, line.amount) for line in order.lines.all()] == [(tony, 5)]
    assert PaymentOrder.objects.count() == 1


def test_a_discarded_draft_is_gone(client, steve):
    order = draft_through(client, (steve, "20"))
    client.post(reverse("admin:contributors_transaction_discard", args=[order.pk]))
    assert not PaymentOrder.objects.exists()
    assert not Transaction.objects.exists()


def test_a_paid_order_cannot_be_discarded(client, steve):
    order = draft_through(client, (steve, "20"))
    confirm(client, order)
    client.post(reverse("admin:contributors_transaction_discard", args=[order.pk]))
    assert Transaction.objects.get().state == State.WAITING


def test_a_warning_that_came_up_since_asks_for_a_tick_before_paying(client, steve, outvoice, pay):
    order = draft_through(client, (steve, "20"))
    pay((steve, "20"), title=order.title, url="https://example.org/elsewhere")
    drain_inline()
    page = confirm(client, order)
    assert "New:" in text_of(page)
    assert "already" in text_of(page)
    assert len(outvoice.ledger()) == 1

    without_tick = confirm(client, order, warning=page.context["warning_keys"])
    assert "New:" in text_of(without_tick)
    assert len(SyncJob.objects.filter(operation="send")) == 1

    confirm(client, order, warning=page.context["warning_keys"], has_read="1")
    drain_inline()
    assert len(outvoice.ledger()) == 2


def test_a_tick_covers_only_the_warnings_that_were_on_the_page(client, steve, pay):
    order = draft_through(client, (steve, "20"))
    pay((steve, "20"), title=order.title, url="https://example.org/elsewhere")
    page = confirm(client, order, warning="paid:something-else", has_read="1")
    assert "New:" in text_of(page)
    order.refresh_from_db()
    assert order.confirmed_at is None


def test_somebody_elses_look_at_a_draft_does_not_count_as_having_seen_its_warnings(client, steve):
    order = draft_through(client, (steve, "20"))
    PaymentOrder._base_manager.update(shown_warnings=[])
    signed_in(make_person("sam", "Staff")).get(order_page(order))
    order.refresh_from_db()
    assert order.shown_warnings == []


def test_a_further_line_is_offered_without_losing_what_was_typed(client, steve):
    answer = client.post(PAY, {**typed((steve, "1,000"), title="Mine"), "add_line": "1"})
    page = text_of(answer)
    assert 'name="lines-TOTAL_FORMS" value="2"' in page
    assert all(text in page for text in ("Mine", "1,000", "Steve Rogers"))
    assert not PaymentOrder.objects.exists()


def test_without_an_account_the_form_says_who_can_help_and_keeps_what_was_typed(client, outvoice):
    assert "An administrator can connect one" in text_of(client.get(PAY))
    page = text_of(client.post(PAY, typed(("1", "20"), title="Mine")))
    assert "An administrator can connect one" in page
    assert "Mine" in page


def test_with_a_refused_sign_in_nothing_is_prepared_and_nothing_typed_is_lost(client, connected, steve):
    type(connected).objects.update(stopped_reason="Signed out.")
    page = text_of(client.post(PAY, typed((steve, "20"), title="Mine")))
    assert "needs a new sign-in" in page
    assert all(text in page for text in ("Mine", "Steve Rogers"))
    assert not PaymentOrder.objects.exists()


def test_a_draft_of_another_account_cannot_be_paid(client, steve, connected):
    order = draft_through(client, (steve, "20"))
    type(connected).objects.update(disconnected_at="2026-01-01T00:00:00Z")
    make_account("other@example.org")
    assert "another OutVoice account" in text_of(client.get(order_page(order)))
    confirm(client, order)
    order.refresh_from_db()
    assert order.confirmed_at is None


@pytest.mark.parametrize("fault", ["refuse", "rate-limit"])
def test_what_was_refused_can_be_paid_again_filled_in(client, steve, outvoice, fault):
    order = draft_through(client, (steve, "20.15"), title="Mine")
    outvoice.fault("outvoice", "transaction", fault)
    confirm(client, order)
    drain_inline()
    old = order.lines.get()
    page = text_of(client.get(f"{PAY}?again={old.pk}"))
    assert all(text in page for text in ("Mine", "Steve Rogers", "20.15"))
    again = draft_through(client, (steve, "20.15"), **{"lines-0-replaces": str(old.pk)})
    assert again.lines.get().replaces == old


def test_a_payment_is_paid_again_only_once(client, steve, outvoice):
    old = draft_through(client, (steve, "20"))
    outvoice.fault("outvoice", "transaction", "refuse")
    confirm(client, old)
    drain_inline()
    replaces = {"lines-0-replaces": str(old.lines.get().pk)}
    first, second = (draft_through(client, (steve, "20"), **replaces) for _draft in range(2))
    confirm(client, first)
    page = confirm(client, second)
    keys = page.context["warning_keys"]
    page = confirm(client, second, warning=keys, has_read="1")
    drain_inline()
    assert "has been paid again already" in text_of(page)
    assert len(outvoice.ledger()) == 1


@pytest.mark.parametrize("state", [State.PAID, State.UNCERTAIN, State.WAITING, State.SENDING])
def test_what_may_have_been_paid_cannot_be_paid_again(client, steve, pay, state):
    (payment,) = pay((steve, "20"))
    Transaction._base_manager.filter(pk=payment.pk).update(state=state)
    answer = client.get(f"{PAY}?again={payment.pk}", follow=True)
    assert "surely did not go through" in text_of(answer)


def test_the_type_ahead_offers_only_those_who_can_be_paid_now(client, connected):
    make_contributor(connected, "Steve Gone", is_active=False)
    make_contributor(make_account("other@example.org"), "Steve Stranger")
    connected.refresh_from_db()
    connected.connected_at = "2030-01-01T00:00:00Z"
    connected.save()
    url = reverse("admin:contributors_contributor_payees")
    source = {"app_label": "contributors", "model_name": "transaction", "field_name": "contributor"}
    answer = client.get(url, {**source, "term": "steve"}).json()
    assert [row["text"] for row in answer["results"]] == ["Steve Rogers"]


def test_the_type_ahead_finds_one_of_thousands_in_pages(client, connected):
    Contributor.objects.bulk_create(
        Contributor(connection=connected, remote_id=f"x{number}", name=f"Person {number:04}")
        for number in range(3000)
    )
    url = reverse("admin:contributors_contributor_payees")
    source = {"app_label": "contributors", "model_name": "transaction", "field_name": "contributor"}
    many = client.get(url, {**source, "term": "person"}).json()
    one = client.get(url, {**source, "term": "2999"}).json()
    assert (len(many["results"]), many["pagination"]["more"]) == (20, True)
    assert [row["text"] for row in one["results"]] == ["Person 2999"]


@pytest.mark.parametrize("name", ["confirm", "discard", "cancel", "release"])
def test_what_changes_something_refuses_a_link(client, steve, pay, name):
    (payment,) = pay((steve, "20"))
    pk = payment.pk if name == "cancel" else payment.order_id
    who = signed_in(make_person("root", "Editors", "Admins"))
    assert who.get(reverse(f"admin:contributors_transaction_{name}", args=[pk])).status_code == 405


@pytest.mark.parametrize("name", ["confirm", "discard"])
def test_a_form_without_its_csrf_token_is_refused(editor, steve, name):
    client = signed_in(editor)
    order = draft_through(client, (steve, "20"))
    client.handler.enforce_csrf_checks = True
    url = reverse(f"admin:contributors_transaction_{name}", args=[order.pk])
    assert client.post(url, {"lines_shown": services.digest(order)}).status_code == 403


@pytest.mark.parametrize("role", ["Approvers", "Staff"])
def test_who_may_not_pay_gets_neither_form_nor_button(steve, pay, client, role):
    order = draft_through(client, (steve, "20"))
    other = signed_in(make_person("other", role))
    assert other.get(PAY).status_code == 403
    assert other.post(PAY, typed((steve, "20"))).status_code == 403
    assert other.post(confirm_url(order), {"lines_shown": services.digest(order)}).status_code == 403
    assert "Pay 20.00" not in text_of(other.get(order_page(order)))


def test_nobody_pays_somebody_elses_draft(client, steve):
    order = draft_through(client, (steve, "20"))
    admin = signed_in(make_person("boss", "Admins"))
    assert admin.post(confirm_url(order), {"lines_shown": services.digest(order)}).status_code == 404
    order.refresh_from_db()
    assert order.confirmed_at is None


def test_an_admin_puts_a_draft_right_which_its_requester_then_looks_at_anew(client, steve):
    order = draft_through(client, (steve, "20"))
    shown = services.digest(order)
    boss = make_person("boss", "Admins")
    signed_in(boss).post(f"{PAY}?order={order.pk}", typed((steve, "25")))
    answer = client.post(confirm_url(order), {"lines_shown": shown}, follow=True)
    assert "has changed since you looked" in answer.content.decode()
    order.refresh_from_db()
    assert (order.confirmed_at, order.requested_by.username) == (None, "ed")
    assert [str(line.amount) for line in order.lines.all()] == ["25.00"]
    assert boss in {version.history_user for version in Transaction.history.filter(order=order)}


def test_an_editor_does_not_touch_somebody_elses_draft(client, steve):
    order = draft_through(client, (steve, "20"))
    other = signed_in(make_person("other", "Editors"))
    assert other.get(f"{PAY}?order={order.pk}").status_code == 404
    assert other.post(f"{PAY}?order={order.pk}", typed((steve, "25"))).status_code == 404


def test_names_with_markup_are_shown_and_not_run(client, connected):
    nasty = make_contributor(connected, '<script>alert("x")</script> & Sons')
    answer = client.post(PAY, typed((nasty, "20"), title='<img src=x onerror="x">'), follow=True)
    assert b"<script>alert" not in answer.content
    assert b"<img src=x" not in answer.content
