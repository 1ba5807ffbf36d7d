from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.folding import bare, fold, latin, unaccented

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=200)


@given(ANY_TEXT)
def test_folding_never_changes_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(ANY_TEXT)
def test_taking_accents_away_never_changes_the_length(text: str) -> None:
    assert len(unaccented(text)) == len(text)


@given(ANY_TEXT)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=200))
def test_bare_text_is_bare_already(text: str) -> None:
    assert bare(bare(text)) == bare(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("«Oui», dit-il", '"Oui", dit-il', id="guillemets"),
        pytest.param("„Ja“ – “yes”", '"Ja" - "yes"', id="german-and-english-marks-and-dash"),
        pytest.param("l’élu s‘en va", "l'élu s'en va", id="apostrophes"),
        pytest.param("10\u202f000\u00a0€", "10 000 €", id="narrow-and-no-break-spaces"),
        pytest.param("‹non›", "'non'", id="single-guillemets"),
        pytest.param("a\nb\r\n", "a\nb\r\n", id="line-ends-stay"),
    ],
)
def test_typography_folds_to_its_plain_form(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("L’Élysée", "l'elysee", id="case-accents-apostrophe"),
        pytest.param("STRASSE", "straße", id="sharp-s"),
        pytest.param("e\u0301te\u0301", "été", id="composed-and-decomposed"),
        pytest.param("deux  \n mots", "deux mots", id="white-space"),
        pytest.param("Читайте", "читаите", id="short-i"),
    ],
)
def test_texts_that_differ_in_typography_alone_are_equal_bare(one: str, other: str) -> None:
    assert bare(one) == bare(other)


@pytest.mark.parametrize(
    ("name", "romanised"),
    [
        pytest.param("Конашенков", "konashenkov", id="russian"),
        pytest.param("Παπαδόπουλος", "papadopoylos", id="greek"),
        pytest.param("Øresund", "oresund", id="danish"),
    ],
)
def test_other_alphabets_are_romanised(name: str, romanised: str) -> None:
    assert latin(name) == romanised
