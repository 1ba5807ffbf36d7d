"""An article cut for the screen is the article as published."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.ui.typesetting import blocks
from ingest.models import Article, Paragraph, ParagraphKind, Span

TEXT = "International\n\nLe port rouvre\n\n«Lundi», a dit Ana Ruiz. 🚢 Il a ajouté que «tout va bien»."
ARTICLE = Article(
    id="a",
    text=TEXT,
    paragraphs=(
        Paragraph(Span(0, 13), ParagraphKind.SECTION),
        Paragraph(Span(15, 29), ParagraphKind.TITLE),
        Paragraph(Span(31, len(TEXT)), ParagraphKind.PROSE),
    ),
)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    text = draw(st.text(max_size=80))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return Article(id="a", text=text, paragraphs=tuple(Paragraph(Span(start, end)) for start, end in pairs))


@given(articles(), st.data())
def test_blocks_joined_are_the_text_and_runs_are_within_their_spans(article: Article, data: st.DataObject) -> None:
    offsets = st.integers(0, len(article.text))
    ends = data.draw(st.dictionaries(st.sampled_from("abc"), st.tuples(offsets, offsets)))
    spans = {name: Span(*sorted(pair)) for name, pair in ends.items()}
    cut = blocks(article, spans)
    assert "".join(block.text for block in cut) == article.text
    for name, span in spans.items():
        lit = "".join(run.text for block in cut for run in block.runs if name in run.within)
        assert lit == span.of(article.text)


def test_paragraphs_keep_their_kind_and_what_stands_between_has_none() -> None:
    assert [(block.kind, block.text) for block in blocks(ARTICLE, {})] == [
        (ParagraphKind.SECTION, "International"),
        (None, "\n\n"),
        (ParagraphKind.TITLE, "Le port rouvre"),
        (None, "\n\n"),
        (ParagraphKind.PROSE, TEXT[31:]),
    ]


def test_spans_inside_one_another_share_the_words_they_share() -> None:
    whole, part = Span(31, 54), Span(32, 37)
    runs = blocks(ARTICLE, {"cited": whole, "verbatim": part})[-1].runs
    assert [(run.text, run.within) for run in runs[:3]] == [
        ("«", ("cited",)),
        ("Lundi", ("cited", "verbatim")),
        ("», a dit Ana Ruiz", ("cited",)),
    ]
