"""The index behind the search keeps up with the table, whatever migrations have done to it."""

import pytest
from django.db import DatabaseError, connection

from contributors import search
from contributors.models import Transaction
from tests.contributors.factories import make_account, make_contributor, make_order, make_payment, make_person


@pytest.fixture
def steve(db):
    return make_contributor(make_account())


@pytest.fixture
def editor(db):
    return make_person("ed")


def found(text):
    return list(search.matching(Transaction.objects.order_by("id"), text))


def test_what_was_just_saved_is_found(steve, editor):
    payment = make_payment(editor, steve, title="Harbour lights")
    assert found("arbour") == [payment]


def test_what_was_changed_is_found_by_its_new_words_alone(steve, editor):
    payment = make_payment(editor, steve, title="Harbour lights")
    Transaction._base_manager.filter(pk=payment.pk).update(title="Bridges")
    assert found("harbour") == []
    assert found("bridges") == [payment]


def test_what_was_deleted_is_not_found(steve, editor):
    order = make_order(editor, [(steve, "20")], title="Harbour lights")
    Transaction._base_manager.filter(order=order).delete()
    assert found("harbour") == []


def test_every_word_has_to_occur(steve, editor):
    payment = make_payment(editor, steve, title="Harbour lights")
    make_payment(editor, steve, title="Harbour walls", url="https://example.org/2")
    assert found("steve lights") == [payment]


def test_the_short_words_of_a_title_do_not_hide_it(steve, editor):
    payment = make_payment(editor, steve, title="A bridge too narrow")
    make_payment(editor, steve, title="The bridge", url="https://example.org/2")
    assert found("A bridge too narrow") == [payment]


@pytest.mark.parametrize("rare", [0, 1_000])
def test_often_met_words_are_found_as_well_as_rare_ones(steve, editor, monkeypatch, rare):
    monkeypatch.setattr(search, "RARE", rare)
    payments = [make_payment(editor, steve, title="Harbour") for _payment in range(3)]
    assert found("HARBOUR") == payments


@pytest.mark.parametrize(("text", "expected"), [("st", 1), ("ro", 1), ("te", 0), ("ha", 0), ("s", 1)])
def test_one_or_two_letters_have_to_begin_a_name(steve, editor, text, expected):
    make_payment(editor, steve, title="Harbour lights")
    assert len(found(text)) == expected


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps its own index")
def test_the_index_on_sqlite_is_whole_and_one_that_is_not_would_be_noticed(steve, editor):
    make_payment(editor, steve, title="Harbour lights")
    assert is_whole()
    tell_the_index("'delete-all', 0")
    assert not is_whole()


def is_whole():
    """Whether the index holds what the table holds."""
    try:
        tell_the_index("'integrity-check', 1")
    except DatabaseError:
        return False
    return True


def tell_the_index(command):
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO contributors_transaction_words(contributors_transaction_words, rank) VALUES ({command})"
        )
