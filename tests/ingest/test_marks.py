"""The scanner of quotation marks: every style, nesting, paragraphs, stray marks, and nothing but marks."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.models import Span
from ingest.quotations.marks import marked

FRENCH = frozenset({"l", "d", "qu", "j", "n", "s", "c", "m", "t", "jusqu"})


def contents(text: str) -> list[tuple[str, int]]:
    """Return what stands in marks and how deep, the paragraphs being the lines of the text."""
    paragraphs, at = [], 0
    for line in text.split("\n"):
        if line:
            paragraphs.append(Span(at, at + len(line)))
        at += len(line) + 1
    return [(m.span.of(text), m.depth) for m in marked(text, paragraphs, elisions=FRENCH) if m.lost != "opening"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("«Le port rouvre», dit-il.", [("Le port rouvre", 0)], id="guillemets"),
        pytest.param("« Le port rouvre », dit-il.", [("Le port rouvre", 0)], id="guillemets-with-spaces"),
        pytest.param("“The port opens,” she said.", [("The port opens,", 0)], id="curly"),
        pytest.param("„Der Hafen öffnet“, sagte sie.", [("Der Hafen öffnet", 0)], id="german-low-high"),
        pytest.param("»Der Hafen öffnet«, sagte sie.", [("Der Hafen öffnet", 0)], id="guillemets-inwards"),
        pytest.param('"The port opens," she said.', [("The port opens,", 0)], id="straight"),
        pytest.param('Elle précise que " le port rouvre ".', [("le port rouvre", 0)], id="straight-with-spaces"),
        pytest.param("''The port opens,'' she said.", [("The port opens,", 0)], id="doubled-apostrophes"),
        pytest.param("‘The port doesn’t open,’ she said.", [("The port doesn’t open,", 0)], id="single"),
        pytest.param('C"était l"été, dit-il.', [], id="marks-as-apostrophes"),
        pytest.param("“He said ‘no’ twice.”", [("He said ‘no’ twice.", 0), ("no", 1)], id="nested-single"),
        pytest.param('"Ils ont dit "non" hier", dit-elle.', [('Ils ont dit "non" hier', 0), ("non", 1)], id="nested"),
        pytest.param("«A.\n«B.\n«C.»", [("A.\n«B.\n«C.", 0)], id="opening-mark-repeated"),
        pytest.param("Un « mot.\n« Deux mots », dit-il.", [("mot.\n« Deux mots", 0)], id="repeated-mark"),
        pytest.param("Un » mot.\n«Deux mots», dit-il.", [("Deux mots", 0)], id="stray-closing"),
        pytest.param("Un mot « perdu.\nPuis «deux mots», dit-il.", [("deux mots", 0)], id="stray-opening"),
        pytest.param("The teachers' union and the players' wives.", [], id="possessives"),
        pytest.param("", [], id="empty"),
    ],
)  # fmt: skip
def test_marks_are_paired(text: str, expected: list[tuple[str, int]]) -> None:
    assert contents(text) == expected


def test_a_closing_mark_alone_is_a_lost_opening_when_punctuation_says_so() -> None:
    text = 'Le chantier avance. Nous livrerons en mars", promet le maire.'
    found = marked(text, [Span(0, len(text))])
    assert [m.lost for m in found] == ["opening"]


@pytest.mark.parametrize("unit", ['"', "«»", "“”", '«“"„”', '" ', "«", "'", "''"])
def test_a_megabyte_of_marks_takes_less_than_two_seconds(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    started = time.perf_counter()
    marked(text, [Span(0, len(text))])
    assert time.perf_counter() - started < 2


MARKS_AND_WORDS = st.text(alphabet="«»“”„‟\"‹›‘’‚' .,!?:-aéЖ\n\u00a0\u202f\x00😀ש", max_size=120)


@settings(max_examples=300, deadline=None)
@given(MARKS_AND_WORDS)
def test_every_pair_lies_in_the_text_and_holds_something(text: str) -> None:
    for mark in marked(text, [Span(0, len(text))], elisions=FRENCH):
        assert 0 <= mark.outer.start <= mark.outer.end <= len(text)
        if mark.lost != "opening":
            assert mark.span.of(text).strip() == mark.span.of(text) != ""
            assert mark.outer.covers(mark.span)
