"""Phone numbers: what people type, what they are told, and who may be called or texted at all."""

import subprocess
import sys

import phonenumbers
import pytest
from django import forms

from voicehub.common import phones
from voicehub.common.forms import PhoneField

BENIN = "+2290167153974"


@pytest.mark.parametrize(
    "typed",
    [
        "+2290167153974",
        " +229 01 67 15 39 74 ",
        "+229 (01) 67-15.39/74",
        "002290167153974",
        "\u202a+229\xa001 67 15 39 74\u202c",
        "＋２２９０１６７１５３９７４",
        "+٢٢٩٠١٦٧١٥٣٩٧٤",
    ],
)
def test_a_number_is_read_however_it_is_written(typed):
    assert phones.read(typed) == BENIN


@pytest.mark.parametrize("typed", ["0167153974", "2290167153974", BENIN, "+229 0167153974", "00 229 0167153974"])
def test_without_a_plus_it_is_a_number_of_the_country_in_the_settings(settings, typed):
    settings.PHONE_DEFAULT_REGION = "BJ"
    assert phones.read(typed) == BENIN


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "no phone number"),
        ("+", "no phone number"),
        ("abc", "no phone number"),
        ("+" + "1" * 500_000 + "x", "no phone number"),
        ("+1 800 FLOWERS", "no phone number"),
        ("+1 415 555 2671 ext 5", "no phone number"),
        ("+33 6 12 34 56 78;1", "no phone number"),
        ("+33\n6 12 34 56 78x", "no phone number"),
        ("0167153974", "The country is missing"),
        ("12", "The country is missing"),
        ("2290167153974", "Write the plus in front when +229 01 67 15 39 74 (Benin) is meant"),
        ("+999123456789", "No country"),
        ("+1", "too short for a phone number"),
        ("+3361234567", "too short for that country (France): a number there looks like +33 6 12 34 56 78"),
        ("+22997000001", "too short for that country (Benin)"),
        ("+336123456789", "too long for that country (France)"),
        ("+" + "3" * 59, "too long"),
        ("+1 000 000 0000", "That country (United States) has no such number"),
        ("+8001234", "too short for that country (an international network)"),
        ("+2292290167153974", "229 stands in it twice. Is +229 01 67 15 39 74 meant?"),
        ("00229 229 01 67 15 39 74", "229 stands in it twice"),
        ("+22922997000001", "229 seems to stand in it twice"),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(typed, words):
    with pytest.raises(phones.NotANumberError) as refused:
        phones.read(typed)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("number", "country"),
    [
        (BENIN, "Benin"),
        ("+12125551234", "United States"),
        ("+16135550123", "Canada"),
        ("+441481960194", "Guernsey"),
        ("+38344123456", "Kosovo"),
        ("+80012345678", "an international network"),
    ],
)
def test_a_number_is_told_with_its_country(number, country):
    assert phones.country(number) == country


def test_a_number_is_shown_in_groups_and_sent_in_digits():
    assert phones.shown(BENIN) == "+229 01 67 15 39 74"
    assert phones.digits(BENIN) == "2290167153974"


@pytest.mark.parametrize(
    ("is_demo", "prefixes", "words"),
    [
        (True, [], ""),
        (False, [], "No number may be called or texted yet"),
        (True, ["+33", "+229"], ""),
        (False, ["+33", "+229"], ""),
        (True, ["+33", "+2299"], "only numbers that begin with +33, +2299"),
        (False, ["+33"], "+229 01 67 15 39 74 may not be called or texted"),
    ],
)
def test_only_numbers_that_begin_as_the_settings_say_may_be_reached(settings, is_demo, prefixes, words):
    settings.VOICEHUB_DEMO, settings.ALLOWED_NUMBER_PREFIXES = is_demo, prefixes
    problem = phones.obstacle(BENIN)
    assert words in problem
    assert ("ALLOWED_NUMBER_PREFIXES" in problem) == bool(words)


@pytest.mark.parametrize("number", ["+33899701234", "+19005550123", "+979123456789"])
def test_a_premium_rate_number_is_reached_under_no_prefix(settings, number):
    settings.ALLOWED_NUMBER_PREFIXES = [number[:3]]
    assert "costs extra" in phones.obstacle(number)


@pytest.mark.parametrize("start", ["900", "246976", "345976", "242225", "976", "800", "415", "876"])
def test_the_quick_look_at_north_america_finds_the_premium_numbers_of_the_library(start):
    for end in ("2000000", "5550123", "9769999"):
        number = f"+1{(start + end)[:10]}"
        is_one = phonenumbers.number_type(phonenumbers.parse(number)) == phonenumbers.PhoneNumberType.PREMIUM_RATE
        assert ("costs extra" in phones.obstacle(number)) == is_one


def test_a_number_of_no_country_is_reached_under_no_prefix_and_told_as_it_is(settings):
    settings.ALLOWED_NUMBER_PREFIXES = ["+31", "+999"]
    assert "No country" in phones.obstacle("+99900012345")
    assert (phones.shown("+99900012345"), phones.country("+99900012345")) == ("+99900012345", "")


class Form(forms.Form):
    number = PhoneField()


@pytest.mark.django_db
def test_a_field_takes_what_people_write_and_gives_a_number():
    form = Form({"number": " +229 01 67 15 39 74"})
    assert form.is_valid()
    assert form.cleaned_data == {"number": BENIN}


@pytest.mark.parametrize("typed", ["", "12", "+33 6 12 34 56 78", "9" * 100])
def test_a_field_refuses_what_cannot_be_reached_and_keeps_it(settings, typed):
    settings.ALLOWED_NUMBER_PREFIXES = ["+229"]
    form = Form({"number": typed})
    assert not form.is_valid()
    assert form["number"].value() == typed


def test_the_names_of_countries_come_without_the_names_of_all_towns():
    see = (
        "import sys; from voicehub.common import phones; "
        "assert phones.country('+12125551234') == 'United States'; "
        "assert 'phonenumbers.geodata' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", see], capture_output=True, text=True).stderr == ""
