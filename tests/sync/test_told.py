"""What was written down in one language is read in another."""

import pytest
from django.utils import translation

from voicehub.sync.told import in_your_language

REFUSED = "OutVoice a refusé\u00a0: The amount is too small."


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("Nothing was sent.", "Rien n’a été envoyé."),
        ("Found at Ourvoice.", "Trouvé chez Ourvoice."),
        ("1 new contributor. 12 new names.", "1 nouveau contributeur. 12 nouveaux noms."),
        ("OutVoice refused: The amount is too small.", REFUSED),
        (
            "The payment to Ann Lee was not made: OutVoice refused: The amount is too small.",
            f"Le paiement à Ann Lee n’a pas été effectué\u00a0: {REFUSED}",
        ),
        (
            "It was made for another account and never sent. 3 attempts.",
            "Ceci a été fait pour un autre compte et jamais envoyé. 3 tentatives.",
        ),
        ("OutVoice: Nothing was sent.", "OutVoice\u00a0: Rien n’a été envoyé."),
    ],
)
def test_messages_are_read_in_either_language(english, french):
    for language, text in (("fr", french), ("en", english)):
        with translation.override(language):
            assert in_your_language(english) == in_your_language(french) == text


@pytest.mark.parametrize(
    "text", ["", "Refused by the printer", "Ann Lee", "Ring Ann: 100 % sure, %s or not.", "no (3)", "Ann\u00a0: non"]
)
def test_what_people_and_providers_wrote_stays_as_it_is(text):
    for language in ("fr", "en", "de"):
        with translation.override(language):
            assert in_your_language(text) == text


def test_a_known_sentence_beside_a_foreign_one_is_translated_alone():
    with translation.override("fr-be"):
        assert (
            in_your_language("Solde épuisé, code 7. Nothing was sent.")
            == "Solde épuisé, code 7. Rien n’a été envoyé."
        )
