"""How a text is counted as an SMS."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicehub.common.sms import GSM_7_UNITS, Encoding, in_gsm_7, measure, stand_in


def test_the_alphabet_is_the_one_of_the_standard():
    assert sum(units == 1 for units in GSM_7_UNITS.values()) == 127
    assert {character for character, units in GSM_7_UNITS.items() if units == 2} == set("\f^{}\\[~]|€")


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count", "left"),
    [
        ("", Encoding.GSM_7, 0, 1, 160),
        ("é" * 160, Encoding.GSM_7, 160, 1, 0),
        ("é" * 161, Encoding.GSM_7, 161, 2, 145),
        ("Ç" * 306, Encoding.GSM_7, 306, 2, 0),
        ("a" * 307, Encoding.GSM_7, 307, 3, 152),
        ("€" * 80, Encoding.GSM_7, 160, 1, 0),
        # 76 pairs leave one septet unused in each segment of 153.
        ("€" * 153, Encoding.GSM_7, 306, 3, 151),
        ("ç" + "a" * 69, Encoding.UCS_2, 70, 1, 0),
        ("ç" + "a" * 70, Encoding.UCS_2, 71, 2, 63),
        ("😀" * 35, Encoding.UCS_2, 70, 1, 0),
        ("😀" * 67, Encoding.UCS_2, 134, 3, 65),
        ("\ud800", Encoding.UCS_2, 1, 1, 69),
    ],
)
def test_segments_are_counted_as_networks_do(text, encoding, units, count, left):
    found = measure(text)
    assert (found.encoding, found.units, found.count, found.left) == (encoding, units, count, left)


def test_what_forces_ucs_2_is_named_once_and_in_order():
    assert measure("Reçu: fête, reçu €").offending == ("ç", "ê")


@given(st.text(st.sampled_from("aé€[ç😀\n"), max_size=400))
def test_what_is_left_can_be_filled_and_one_more_opens_a_segment(text):
    found = measure(text)
    assert measure(text + "a" * found.left).count == found.count
    assert measure(text + "a" * (found.left + 1)).count == found.count + 1


@given(st.text(max_size=200))
def test_ucs_2_counts_as_utf_16_does(text):
    assert measure("ç" + text).units == len(("ç" + text).encode("utf-16-be")) // 2


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Reçu, c’est fête…", "Recu, c'est fete..."),
        ("«\u00a0Bœuf\u00a0»", '" Boeuf "'),
        ("cafe\u0301", "café"),
        ("Hi 👨‍👩‍👧 ❤️", "Hi  "),
        ("ﬁn – Ω", "fin - Ω"),
        ("код", None),
        ("₦5", None),
    ],
)
def test_a_text_is_put_into_the_plain_alphabet_where_nothing_is_lost(text, plain):
    assert in_gsm_7(text) == plain


@given(st.characters())
def test_a_stand_in_never_forces_ucs_2_itself(character):
    assert measure(stand_in(character) or "").encoding is Encoding.GSM_7
