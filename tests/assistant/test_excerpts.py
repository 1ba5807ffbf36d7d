"""Which sentences become the excerpts of an answer, given how likely each is."""

import datetime

import pytest

from assistant.writing import extraction, sources
from assistant.writing.ranking import Candidate
from ingest.archive.archive import Found
from ingest.models import Article, Paragraph, Passage, Span

FIRST = "The ferry left at nine. It carried sixty people. The sea was calm.\n\nThe harbour was shut in the evening."
SECOND = "Nobody saw the ferry leave. A light was seen near the island at ten."


def article(id_: str, text: str) -> Article:
    paragraphs = tuple(Paragraph(Span(text.index(part), text.index(part) + len(part))) for part in text.split("\n\n"))
    return Article(id=id_, version=1, text=text, title="", language="en", paragraphs=paragraphs)


def candidates(**likely: float) -> list[Candidate]:
    """The sentences that begin with these words, in order, each with its probability."""
    found = []
    for words, probability in likely.items():
        one = article("a", FIRST) if words.replace("_", " ") in FIRST else article("b", SECOND)
        start = one.text.index(words.replace("_", " "))
        span = Span(start, one.text.index(".", start) + 1)
        passage = Passage(one.id, 1, 0, span, span.of(one.text))
        rank = 0 if one.id == "a" else 1
        found.append(Candidate(one, span, rank, Found(passage, "en", score=0.5, cosine=0.5, words=0.1), probability))
    return found


@pytest.mark.parametrize(
    ("likely", "limit", "excerpts"),
    [
        pytest.param({"The_ferry_left": 0.6, "It_carried": 0.3}, 4,
                     ["The ferry left at nine. It carried sixty people."], id="neighbours-are-one"),
        pytest.param({"The_ferry_left": 0.3, "It_carried": 0.01, "The_sea": 0.6}, 4,
                     ["The ferry left at nine. It carried sixty people. The sea was calm."], id="with-what-is-between"),
        pytest.param({"The_ferry_left": 0.3, "The_sea": 0.6}, 4,
                     ["The sea was calm.", "The ferry left at nine."], id="the-likelier-first"),
        pytest.param({"The_sea": 0.5, "The_harbour": 0.4}, 4,
                     ["The sea was calm.\n\nThe harbour was shut in the evening."], id="over-paragraphs"),
        pytest.param({"The_ferry_left": 0.6, "Nobody_saw": 0.05}, 4, ["The ferry left at nine."], id="unlikely"),
        pytest.param({"The_ferry_left": 0.6, "Nobody_saw": 0.2}, 4,
                     ["The ferry left at nine.", "Nobody saw the ferry leave."], id="far-and-likely"),
        pytest.param({"The_ferry_left": 0.6, "It_carried": 0.5, "Nobody_saw": 0.4}, 2,
                     ["The ferry left at nine. It carried sixty people."], id="no-more-than-the-limit"),
        pytest.param({}, 4, [], id="none"),
    ],
)  # fmt: skip
def test_the_likeliest_sentences_are_cited(likely: dict[str, float], limit: int, excerpts: list[str]) -> None:
    chosen = extraction.excerpts(candidates(**likely), limit=limit)
    assert [span.of(one.text) for one, span in chosen] == excerpts


def test_a_source_is_named_by_outlet_and_date_or_else_by_its_title() -> None:
    plain = article("a", FIRST)
    dated = Article(
        id="b", version=1, text=SECOND, title="A light", language="en", outlet="The Courier",
        published=datetime.date(2026, 3, 4), paragraphs=plain.paragraphs,
    )  # fmt: skip
    assert sources.named(dated) == "The Courier, 2026-03-04"
    assert sources.named(plain).startswith("The ferry left at nine.")
