"""The history of payments and drafts: who changed what from what into what, when, and why."""

from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from contributors import services
from contributors.history import of_order, of_payment
from contributors.models import Approval, Transaction
from tests.ageing import let_pass
from tests.contributors.factories import ARTICLE, make_order, make_person, signed_in
from voicehub.common import audit
from voicehub.sync.engine import drain_inline
from voicehub.sync.services import cancel
from voicehub.sync.timeline import Kind, Wanted


@pytest.fixture
def editor(db):
    return make_person("ed", "Editors")


@pytest.fixture
def settler(db):
    return make_person("sam", "Staff")


@pytest.fixture
def draft(editor, steve, tony):
    return make_order(editor, [(steve, "20"), (tony, "5")])


def change(order, user, *lines, **article):
    rows = [services.Line(contributor, Decimal(amount)) for contributor, amount in lines]
    values = {"currency": "USD", **ARTICLE, **article}
    return services.save_draft(user=user, order=order, lines=rows, **values)


def confirm(order):
    services.preview(order)
    services.confirm(order, user=order.requested_by, lines_shown=services.digest(order))
    return list(Transaction.objects.filter(order=order).order_by("id"))


def told(entries):
    return [(entry.title, entry.who) for entry in entries]


def changes(entries):
    return [{(one.label, one.old, one.new) for one in entry.changes} for entry in entries if entry.changes]


def history_of(person, order_number):
    return signed_in(person).get(reverse("admin:contributors_transaction_order_history", args=[order_number]))


def of(order):
    return of_order(order.pk, Wanted())


def test_each_change_of_a_draft_names_old_and_new_value_and_the_person(draft, steve, natasha):
    change(draft, make_person("ann", "Editors"), (steve, "25"), (natasha, "10"), title="The harbour")
    entries = of(draft)
    assert changes(entries) == [
        {
            ("Steve Rogers", "20.00 USD", "25.00 USD"),
            ("Tony Stark", "5.00 USD", "–"),
            ("Natasha Romanov", "–", "10.00 USD"),
        },
        {("article title", "A story", "The harbour")},
        {("Steve Rogers", "–", "20.00 USD"), ("Tony Stark", "–", "5.00 USD")},
    ]
    assert [who for _title, who in told(entries)] == ["ann", "ann", "ed", "ed"]


def test_saving_a_draft_as_it_was_adds_nothing(draft, editor, steve, tony):
    before = told(of(draft))
    change(draft, editor, (steve, "20"), (tony, "5"))
    assert told(of(draft)) == before


def test_two_lines_to_one_person_are_both_told(draft, editor, steve):
    change(draft, editor, (steve, "1"), (steve, "2"))
    assert ("Steve Rogers", "20.00 USD", "1.00 USD + 2.00 USD") in changes(of(draft))[0]


def test_a_payments_page_tells_its_drafts_changes_and_what_became_of_it(draft, editor, steve, outvoice):
    (payment,) = confirm(change(draft, editor, (steve, "25")))
    drain_inline()
    page = unescape(signed_in(editor).get(payment.get_absolute_url()).content.decode())
    assert "<del>20.00 USD</del>" in page
    assert "<ins>25.00 USD</ins>" in page
    assert "Confirmed for payment" in page
    assert "$25 sent to Steve Rogers" in page


def test_who_confirmed_cancelled_and_why_it_was_released_is_told(draft, settler, outvoice, steve):
    outvoice.fault("outvoice", "transaction", "cut-after")
    first, second = confirm(draft)
    drain_inline()
    services.release_behind(draft, user=settler, reason="I rang them.")
    cancel(second.job, user=settler)
    entries = of_payment(second, Wanted())
    assert ("Confirmed for payment", "ed") in told(entries)
    assert ("Cancelled a job", "sam") in told(entries)
    assert [entry.text for entry in entries if entry.title == "Released the payments on hold"] == ["I rang them."]
    assert ("Cancelled a job", "sam") not in told(of_payment(first, Wanted()))


def test_what_somebody_found_is_told_once(draft, settler, outvoice):
    outvoice.fault("outvoice", "transaction", "cut-after")
    first, _second = confirm(draft)
    drain_inline()
    let_pass(minutes=20)
    services.settle(first, finding="there", looked_at="OutVoice", note="Seen.", user=settler)
    about = [entry for entry in of_payment(first, Wanted()) if entry.who == "sam"]
    assert [(entry.title, entry.text) for entry in about] == [("It is there", "Looked at: OutVoice. Seen.")]


def test_approvals_are_told_with_their_reason_and_note(draft, editor):
    first, _second = confirm(draft)
    Approval.objects.create(order=draft, why="Above 10.", asked_by=editor)
    ann = make_person("ann", "Approvers")
    audit.record("payment.approved", ann, first.order, "Checked with the desk.")
    texts = {(entry.who, entry.text) for entry in of_payment(first, Wanted())}
    assert {("ed", "Above 10."), ("ann", "Checked with the desk.")} <= texts


def test_calls_are_told_only_to_those_who_may_see_calls(draft, outvoice):
    first, _second = confirm(draft)
    drain_inline()
    assert "Send to the provider" in [entry.title for entry in of_payment(first, Wanted())]
    assert "Send to the provider" not in [
        entry.title for entry in of_payment(first, Wanted(kinds=frozenset({Kind.JOB})))
    ]


def test_a_draft_that_was_thrown_away_is_still_told_to_its_person_and_staff(draft, editor, settler):
    services.discard_draft(draft, user=editor)
    for person in (editor, settler):
        page = unescape(history_of(person, draft.pk).content.decode())
        assert "This draft was thrown away" in page
        assert "<del>20.00 USD</del>" in page
        assert "Deleted" in page
    assert history_of(make_person("other", "Editors"), draft.pk).status_code == 404


def test_the_history_of_an_order_is_for_those_who_see_the_order(draft, editor, settler):
    assert history_of(editor, draft.pk).status_code == history_of(settler, draft.pk).status_code == 200
    assert history_of(make_person("other", "Editors"), draft.pk).status_code == 404
    assert history_of(settler, 12345678).status_code == 404


def test_the_admins_own_history_page_leads_to_the_payments_page(draft, editor):
    first, _second = confirm(draft)
    url = reverse("admin:contributors_transaction_history", args=[first.pk])
    assert signed_in(editor).get(url).url == f"{first.get_absolute_url()}#timeline-title"
    assert signed_in(make_person("other", "Editors")).get(url).status_code == 404
