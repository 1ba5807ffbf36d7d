"""An answer cannot be had without evidence, and says nothing between marks that is not printed."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.citations import quoted_words, verified
from assistant.drafts import Draft, DraftSentence, Evidence
from assistant.models import Answer, Citation, Sentence
from ingest.models import Article, Span

ARTICLE = Article(id="a", text="« Le port rouvre », a dit Ana Ruiz. Elle a promis “des quais neufs”.", language="fr")
EVIDENCE = [Evidence(ARTICLE, Span(2, 16)), Evidence(ARTICLE, Span(36, 68))]


def _verified(*sentences: DraftSentence) -> Answer | None:
    return verified(Draft(sentences, EVIDENCE), question="?", language="en")


def test_an_answer_without_a_citation_cannot_be_constructed() -> None:
    with pytest.raises(ValueError, match="citation"):
        Answer("?", "en", (Sentence("So it is."),), ())


def test_an_answer_with_a_sentence_that_cites_nothing_cannot_be_constructed() -> None:
    citation = Citation(1, "a", 1, Span(0, 1), "x")
    with pytest.raises(ValueError, match="citation"):
        Answer("?", "en", (Sentence("Cited.", (1,)), Sentence("Not cited.")), (citation,))
    with pytest.raises(ValueError, match="citation"):
        Answer("?", "en", (Sentence("Cites what is not there.", (2,)),), (citation,))
    with pytest.raises(ValueError, match="citation"):
        dataclasses.replace(Answer("?", "en", (Sentence("Cited.", (1,)),), (citation,)), sentences=())


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        pytest.param("She said “Le port rouvre”.", True, id="printed"),
        pytest.param("Elle parle de « des quais neufs ».", True, id="printed-with-other-marks"),
        pytest.param("She said “Le port ferme”.", False, id="one-word-changed"),
        pytest.param("She said “le port rouvre”.", False, id="case-changed"),
        pytest.param('She said "Le port rouvre" and "jamais".', False, id="one-of-two-invented"),
        pytest.param("Le port rouvre.", True, id="no-marks"),
    ],
)
def test_words_between_marks_must_be_printed_in_the_cited_article(text: str, stays: bool) -> None:
    assert (_verified(DraftSentence(text, (0,))) is not None) is stays


def test_a_sentence_without_evidence_or_with_evidence_that_is_not_there_is_dropped() -> None:
    answer = _verified(DraftSentence("No.", ()), DraftSentence("No.", (7,)), DraftSentence("Yes.", (1,)))
    assert answer is not None
    assert [s.text for s in answer.sentences] == ["Yes."]
    assert [(c.number, c.span) for c in answer.citations] == [(1, Span(36, 68))]


def test_where_nothing_is_borne_out_there_is_no_answer() -> None:
    assert _verified(DraftSentence("“Invented”.", (0,))) is None


@given(st.lists(st.tuples(st.text(max_size=40), st.lists(st.integers(-2, 4), max_size=3))))
def test_what_passes_cites_and_is_cut_from_the_article(sentences: list[tuple[str, list[int]]]) -> None:
    answer = _verified(*(DraftSentence(text, tuple(cited)) for text, cited in sentences))
    if answer is None:
        return
    for citation in answer.citations:
        assert citation.text == citation.span.of(ARTICLE.text)
    for sentence in answer.sentences:
        assert sentence.citations
        assert all(words in ARTICLE.text for words in quoted_words(sentence.text))
