"""What people may type into the pay form, and what they are told."""

from decimal import Decimal

import pytest

from contributors.forms import PayForm, payable, payee_label
from contributors.models import Transaction
from tests.contributors.factories import make_account, make_contributor, make_payment, make_person, typed


@pytest.fixture
def account(db):
    return make_account()


@pytest.fixture
def steve(account):
    return make_contributor(account)


@pytest.fixture
def check(account):
    """Fill in the form: `check(**article)` or `check((steve, "20"))`."""

    def _check(*lines, **article):
        form = PayForm(account, Transaction.objects.all(), typed(*lines, **article))
        form.is_valid()
        return form

    return _check


AMOUNTS = [
    ("", "Write an amount"),
    ("0", "At least 1.00"),
    ("0.29", "At least 1.00"),
    ("-5", "cannot be negative"),
    ("1e9", "digits only"),
    ("1,000", "1000 instead of 1,000"),
    ("20,15", "20.15 instead of 20,15"),
    ("20.155", "two digits after the point"),
    ("10000000", "At most 9999999.99"),
    ("9" * 5000, "At most 9999999.99"),
    ("NaN", "digits only"),
    ("Infinity", "digits only"),
    (".5", "digits only"),
    ("20.", "digits only"),
    ("٢٠", "digits only"),
    ("2\x000", "digits only"),
    ("$20", "digits only"),
]


@pytest.mark.parametrize(("amount", "message"), AMOUNTS)
def test_a_wrong_amount_gets_a_message_at_its_field(check, steve, amount, message):
    form = check((steve, amount))
    assert message in str(form.lines.forms[0].errors["amount"])


@pytest.mark.parametrize(
    ("amount", "value"), [("20", "20"), ("20.1", "20.1"), ("20.15", "20.15"), (" 1.00 ", "1"), ("020", "20")]
)
def test_a_right_amount_is_taken_to_the_cent(check, steve, amount, value):
    form = check((steve, amount))
    assert form.is_valid()
    assert form.values()["lines"][0].amount == Decimal(value)


ADDRESSES = [
    "",
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://example.org/a",
    "example.org/a",
    "https://",
    "https:///a",
    "https://exa mple.org/",
    "https://example.org/\x00",
    "https://example.org/a\nb",
    "https://example.org/" + "a" * 1000,
]


@pytest.mark.parametrize("url", ADDRESSES)
def test_a_wrong_address_gets_a_message_at_its_field(check, steve, url):
    assert "url" in check((steve, "20"), url=url).article.errors


TITLES = ["", "   ", "a" * 5000, "a" * 301, "Bell\x07", "Two\nlines", "Null\x00", "Tab\there", "Line\u2028end"]


@pytest.mark.parametrize("title", TITLES)
def test_a_wrong_title_gets_a_message_at_its_field(check, steve, title):
    assert "title" in check((steve, "20"), title=title).article.errors


@pytest.mark.parametrize("title", ["Zoë's “story” – №1", "a" * 300, "שלום", "🎙️ Podcast"])
def test_titles_of_all_languages_are_taken(check, steve, title):
    assert check((steve, "20"), title=title).is_valid()


@pytest.mark.parametrize("currency", ["", "EUR", "usd", "XXX"])
def test_an_unknown_currency_gets_a_message_at_its_field(check, steve, currency):
    assert "USD" in str(check((steve, "20"), currency=currency).article.errors["currency"])


@pytest.mark.parametrize("contributor", ["", "abc", "999999", "-1", "9" * 40, "1 OR 1=1"])
def test_a_line_without_a_real_contributor_gets_a_message_at_its_field(check, steve, contributor):
    form = check((contributor, "20"))
    assert "contributor" in form.lines.forms[0].errors
    assert str(form.lines.forms[0]["contributor"])


def test_a_contributor_of_another_account_cannot_be_chosen(check):
    stranger = make_contributor(make_account("other@example.org"))
    assert "contributor" in check((stranger, "20")).lines.forms[0].errors


def test_a_contributor_who_left_the_list_cannot_be_chosen(check, account):
    gone = make_contributor(account, is_active=False)
    assert "contributor" in check((gone, "20")).lines.forms[0].errors


@pytest.mark.parametrize("lines", [[], [("", "")], [("", ""), ("", "")]])
def test_a_form_without_a_line_is_refused(check, lines):
    form = check(*lines)
    assert not form.is_valid()


def test_an_empty_line_is_told_what_is_missing_when_there_is_no_other(check):
    errors = check(("", "")).lines.forms[0].errors
    assert set(errors) == {"contributor", "amount"}


def test_empty_lines_beside_a_filled_one_are_left_out(check, steve):
    form = check(("", ""), (steve, "20"), ("", ""))
    assert form.is_valid()
    assert [line.contributor for line in form.values()["lines"]] == [steve]


def test_the_same_person_may_stand_on_two_lines(check, steve):
    form = check((steve, "20"), (steve, "5"))
    assert form.is_valid()
    assert [str(line.amount) for line in form.values()["lines"]] == ["20", "5"]


def test_more_lines_than_fit_are_refused_and_not_cut_off(check, steve):
    form = check(*[(steve, "20")] * 51)
    assert not form.is_valid()
    assert "At most 50 lines" in str(form.lines.non_form_errors())


def test_a_form_that_lost_its_management_data_is_refused(account):
    form = PayForm(account, Transaction.objects.all(), {"title": "A", "url": "https://example.org/a"})
    assert not form.is_valid()


def test_everything_is_judged_at_once(check):
    form = check(("", "1,000"), url="javascript:alert(1)", title="")
    assert set(form.article.errors) == {"url", "title"}
    assert set(form.lines.forms[0].errors) == {"contributor", "amount"}


def test_what_was_typed_stands_in_the_form_again(check, steve):
    form = check((steve, "1,000"), url="javascript:alert(1)")
    assert "1,000" in str(form.lines.forms[0]["amount"])
    assert "javascript:alert(1)" in str(form.article["url"])
    assert "Steve Rogers" in str(form.lines.forms[0]["contributor"])


def test_people_of_the_same_name_are_told_apart(account):
    for remote_id in ("17", "18"):
        make_contributor(account, "Alex Kim", remote_id=remote_id)
    make_contributor(account, "Steve Rogers", remote_id="1")
    labels = [payee_label(contributor) for contributor in payable(account)]
    assert labels == ["Alex Kim (id at OutVoice: 17)", "Alex Kim (id at OutVoice: 18)", "Steve Rogers"]


def test_another_person_in_the_line_is_no_payment_made_again(check, account, steve):
    old = make_payment(make_person("ed"), steve, state="refused")
    tony = make_contributor(account, "Tony Stark")
    data = typed((tony, "20"), (steve, "20"), (steve, "20"))
    data |= {f"lines-{number}-replaces": old.pk for number in range(3)}
    form = PayForm(account, Transaction.objects.all(), data)
    assert form.is_valid()
    assert [line.replaces for line in form.values()["lines"]] == [None, old, None]
