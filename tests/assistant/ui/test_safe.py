"""Untrusted text stays text."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ui.safe import escaped, md_label

JOINER = "\u2060"
# Characters that mean something to HTML, Markdown or Streamlit, more often than chance would have them.
hostile = st.text(st.one_of(st.sampled_from("<>&\"'`*_[]()!$:@\\#-=~|/ \n\tw."), st.characters()), max_size=60)


def read_back(label: str) -> str:
    """What a Markdown reader makes of a label whose special characters are all escaped."""
    return re.sub(r"\\(.)", r"\1", label.replace(JOINER, ""))


@given(hostile)
def test_escaped_text_reads_back_and_opens_no_tag(text: str) -> None:
    safe = escaped(text)
    assert html.unescape(safe) == text
    assert not set(safe) & set("<>\"'")


@given(hostile)
def test_a_label_reads_back_as_one_line_of_the_same_words(text: str) -> None:
    label = md_label(text)
    assert read_back(label) == " ".join(text.split()).replace(JOINER, "")
    assert "\n" not in label


@given(hostile)
def test_a_label_has_no_bare_character_that_markdown_reads(text: str) -> None:
    bare = re.sub(r"\\.", "", md_label(text))
    assert not set(bare) & set(r"`*_{}[]()#+!|<>~$&=\\")
    assert re.search(f"[:@](?!{JOINER})", bare) is None


@given(hostile, st.integers(min_value=2, max_value=40))
def test_a_label_is_cut_to_its_limit(text: str, limit: int) -> None:
    assert len(read_back(md_label(text.replace(JOINER, ""), limit=limit))) <= limit


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("![](http://evil.test/a.png)", id="remote-image"),
        pytest.param("[x](javascript:alert(1))", id="script-link"),
        pytest.param(":material/home: :red[x] :smile:", id="directives"),
        pytest.param("$x^2$ \\(y\\)", id="formula"),
        pytest.param("a -> b <- c -- d >= e <= f ~= g", id="arrows"),
        pytest.param("www.evil.test http://evil.test me@evil.test", id="bare-addresses"),
        pytest.param("# Title\n- item\n1. one", id="blocks"),
    ],
)
def test_nothing_in_a_label_is_left_to_markdown(text: str) -> None:
    label = md_label(text)
    assert read_back(label) == " ".join(text.split())
    for pattern in (r"(?<!\\)!\[", r"(?<!\\)\[", r"(?<!\\)\$", r":material", r"\\-\\>", r"www\\\.", r"http:/", r"me@e"):
        assert re.search(pattern, label) is None, pattern
