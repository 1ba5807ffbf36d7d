"""Addresses of words, as the app writes them and as people mistype them."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ui.links import Place, place
from ingest.models import Article, Span

ARTICLE = Article(id="a", text="Le port rouvre lundi.")


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        pytest.param({"id": "a"}, Place("a"), id="article-alone"),
        pytest.param({"id": "a", "v": "2", "s": "3", "e": "7"}, Place("a", 2, 3, 7), id="words-of-a-version"),
        pytest.param({}, Place(""), id="nothing"),
        pytest.param({"id": "a", "v": "0"}, Place("a"), id="versions-begin-at-one"),
        pytest.param({"id": "a", "v": "-1", "s": "-5", "e": "4"}, Place("a", None, -5, 4), id="negative"),
        pytest.param({"id": "a", "s": "three", "e": "1.5"}, Place("a"), id="no-numbers"),
        pytest.param({"id": "a", "s": "٣", "e": "²"}, Place("a"), id="other-digits"),
        pytest.param({"id": "a", "s": "0", "e": "9" * 5000}, Place("a", None, 0, 2**31 - 1), id="beyond-all-texts"),
    ],
)
def test_an_address_is_read_as_far_as_it_makes_sense(parameters: dict[str, str], expected: Place) -> None:
    assert place(parameters) == expected


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        pytest.param(3, 7, "port", id="inside"),
        pytest.param(-5, 2, "Le", id="begins-before-the-text"),
        pytest.param(15, 10**9, "lundi.", id="ends-after-the-text"),
        pytest.param(7, 3, None, id="the-wrong-way-round"),
        pytest.param(5, 5, None, id="empty"),
        pytest.param(900, 901, None, id="all-of-it-outside"),
        pytest.param(None, 4, None, id="half-given"),
    ],
)
def test_words_are_held_inside_the_text(start: int | None, end: int | None, words: str | None) -> None:
    span = Place("a", start=start, end=end).span(ARTICLE)
    assert (span and span.of(ARTICLE.text)) == words


@given(st.text(min_size=1), st.integers(1, 99), st.integers(0, 10**6), st.integers(0, 10**6))
def test_an_address_leads_back_to_its_place(article_id: str, version: int, start: int, end: int) -> None:
    wanted = Place(article_id, version, start, end)
    assert place(dict(parse_qsl(urlsplit(wanted.address).query, keep_blank_values=True))) == wanted


@given(st.dictionaries(st.sampled_from(["id", "v", "s", "e"]), st.text()), st.text())
def test_no_address_is_an_error(parameters: dict[str, str], text: str) -> None:
    span = place(parameters).span(Article(id="a", text=text))
    assert span is None or Span(0, len(text)).covers(span)
