from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.models import Span
from ingest.sentences import sentences

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
LANGUAGES = st.sampled_from(["fr", "en", "de", "es", "ru", "ar", "zh", "und", "xx"])


def cut(text: str, language: str = "fr", *, longest: int = 0) -> list[str]:
    return [span.of(text) for span in sentences(text, language, longest=longest)]


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        pytest.param("fr", "M. Dupont est arrivé. Il est reparti.", 2, id="fr-title"),
        pytest.param("fr", "Il est né à St. Malo en oct. 1950. Sa mère aussi.", 2, id="fr-abbreviations"),
        pytest.param("en", "Dr. Smith met Sen. J. Doe on Jan. 3. They talked.", 2, id="en-titles-and-initial"),
        pytest.param("de", "Die Firma zahlt ca. drei Mio. Euro. Das ist viel.", 2, id="de-ca"),
        pytest.param("es", "El Sr. Ruiz habló. Nadie respondió.", 2, id="es-sr"),
        pytest.param("ru", "В 1990 г. он уехал. Потом вернулся.", 2, id="ru-g"),
        pytest.param("en", "It costs 3.50 euros. That is cheap.", 2, id="en-decimal"),
        pytest.param("fr", "Vraiment ? Oui ! Bien…", 3, id="fr-spaced-marks"),
        pytest.param("fr", "«Je viens ! Attendez-moi», a-t-il crié.", 1, id="fr-quotation-stays-whole"),
        pytest.param("en", "one sentence without an end", 1, id="no-end"),
        pytest.param("en", "  \n ", 0, id="white-space"),
        pytest.param("en", "", 0, id="empty"),
    ],
)
def test_sentences_end_where_a_reader_ends_them(language: str, text: str, count: int) -> None:
    found = cut(text, language)
    assert len(found) == count, found


@given(ANY_TEXT, LANGUAGES)
def test_sentences_hold_every_character_that_is_not_white_space_once(text: str, language: str) -> None:
    spans = list(sentences(text, language))
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    assert "".join("".join(span.of(text).split()) for span in spans) == "".join(text.split())


@given(ANY_TEXT, LANGUAGES, st.integers(10, 80))
def test_no_sentence_is_longer_than_allowed_and_none_loses_a_word(text: str, language: str, longest: int) -> None:
    spans = list(sentences(text, language, longest=longest))
    assert all(len(span) <= longest for span in spans)
    assert "".join("".join(span.of(text).split()) for span in spans) == "".join(text.split())


@given(ANY_TEXT, st.data())
def test_sentences_of_a_part_lie_inside_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    within = Span(start, data.draw(st.integers(start, len(text))))
    assert all(within.covers(span) for span in sentences(text, "fr", within=within))


def test_an_overlong_quotation_is_cut_between_its_own_sentences() -> None:
    text = "«Nous avons attendu longtemps. Nous partirons demain. Rien ne change ici», a dit le maire."
    assert cut(text, longest=60) == [
        "«Nous avons attendu longtemps. Nous partirons demain.",
        "Rien ne change ici», a dit le maire.",
    ]


def test_what_has_no_place_to_cut_is_cut_anywhere() -> None:
    assert [len(piece) for piece in cut("x" * 250, longest=100)] == [100, 100, 50]
