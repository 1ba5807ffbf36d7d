"""An article cut into paragraphs and runs of words, each run knowing which spans cover it: what the browser draws.

Offsets count code points here and UTF-16 units in a browser, so all cutting happens on this side.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping

from ingest.models import Article, ParagraphKind, Span


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """Words that the same spans cover, by the names of these spans."""

    text: str
    within: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or what stands between two of them (`kind` is None)."""

    kind: ParagraphKind | None
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """The words of the block."""
        return "".join(run.text for run in self.runs)


def blocks(article: Article, spans: Mapping[str, Span]) -> tuple[Block, ...]:
    """Return the whole text in order, cut wherever a paragraph or one of `spans` begins or ends.

    Joined again, the blocks are the text as published.
    """
    return tuple(
        Block(kind, tuple(_runs(article.text, span, spans))) for kind, span in _paragraphs(article) if len(span)
    )


def _paragraphs(article: Article) -> Iterator[tuple[ParagraphKind | None, Span]]:
    at = 0
    for paragraph in article.paragraphs:
        yield None, Span(at, paragraph.span.start)
        yield paragraph.kind, paragraph.span
        at = paragraph.span.end
    yield None, Span(at, len(article.text))


def _runs(text: str, block: Span, spans: Mapping[str, Span]) -> Iterator[Run]:
    touching = {name: span for name, span in spans.items() if span.overlaps(block) and len(span)}
    edges = {block.start, block.end}
    for span in touching.values():
        edges |= {edge for edge in (span.start, span.end) if block.start < edge < block.end}
    cuts = sorted(edges)
    for start, end in itertools.pairwise(cuts):
        run = Span(start, end)
        yield Run(run.of(text), tuple(name for name, span in touching.items() if span.covers(run)))
