"""An article that a claim is compared with: its words, and who says each of them."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

from assistant.quotecheck.words import Words, words_of
from ingest.models import Article, Kind, Ledger, Quotation, Span
from ingest.quotations.marks import marked
from ingest.sentences import sentences


@dataclasses.dataclass(frozen=True, slots=True)
class Voice:
    """Who says a stretch of an article.

    `quotation` is the innermost statement that it stands in, None for the reporter's own words; `is_quoted` tells
    whether all its words stand in quotation marks; `outer` is the statement that quotes this one.
    """

    quotation: Quotation | None = None
    is_quoted: bool = False
    outer: Quotation | None = None

    @property
    def speaker(self) -> str | None:
        """Who said it, by the article."""
        return self.quotation.speaker if self.quotation else None


@dataclasses.dataclass(frozen=True)
class Printed:
    """An article as words and voices."""

    article: Article
    ledger: Ledger

    @functools.cached_property
    def words(self) -> Words:
        """The words of the whole article."""
        return words_of(self.article.text)

    @functools.cached_property
    def marked(self) -> tuple[Span, ...]:
        """What stands between quotation marks, whoever says it."""
        found = marked(self.article.text, [p.span for p in self.article.paragraphs])
        return tuple(m.span for m in found if not m.lost and len(m.span))

    def voice(self, part: tuple[int, int]) -> Voice:
        """Return who says the words from the first to the one before the last."""
        span = self.words.span(*part)
        covering = [q for q in self.ledger.quotations if q.span.covers(span)]
        if covering:
            inner = min(covering, key=lambda q: len(q.span))
            outer = next((q for q in covering if q is not inner and not q.nested), None) if inner.nested else None
            # Inside somebody's marked words everything is quoted.
            quoted = any(f.covers(span) for q in covering for f in q.fragments)
            return Voice(inner, quoted, outer)
        for mark in self.marked:
            if mark.covers(span) and len(words_of(mark.of(self.article.text))) > 2:
                return Voice(Quotation(mark, Kind.DIRECT, (mark,)), is_quoted=True)
        return Voice()

    def together(self, first: Voice, second: Voice) -> bool:
        """Tell whether two stretches belong to one statement, which an attribution may part."""
        one, two = first.quotation, second.quotation
        if one is None or two is None:
            return False
        return one == two or (one.group is not None and one.group == two.group)

    def spans(self, quotation: Quotation) -> tuple[Span, ...]:
        """Return the parts of a statement: one, or several where its attribution parts it."""
        if quotation.group is None:
            return (quotation.span,)
        return tuple(q.span for q in self.ledger.quotations if q.group == quotation.group)

    def is_silent(self, first: int, end: int) -> bool:
        """Tell whether the words between two parts of a statement are an attribution: short, and in nobody's marks."""
        if end <= first:
            return True
        span = self.words.span(first, end)
        said = [f for q in self.ledger.quotations for f in q.fragments]
        return end - first <= 25 and not any(f.overlaps(span) for f in (*said, *self.marked))

    def sentence(self, part: tuple[int, int], within: Sequence[Span]) -> Span:
        """Return the whole sentences that hold these words, cut to the parts `within` that they stand in."""
        return self.sentences_of(self.words.span(*part), within)

    def sentences_of(self, span: Span, within: Sequence[Span]) -> Span:
        """Return the whole sentences that `span` stands in, cut to the parts `within`."""
        areas = [area for area in within if area.overlaps(span)] or [self._paragraph(span)]
        found = [
            each
            for area in areas
            for each in sentences(self.article.text, self.article.language, within=area)
            if each.overlaps(span)
        ]
        return Span(min(s.start for s in found), max(s.end for s in found)) if found else span

    def around(self, span: Span) -> tuple[str, str]:
        """Return the sentence before and the one after those that `span` stands in."""
        paragraphs = [p.span for p in self.article.paragraphs]
        near = [i for i, p in enumerate(paragraphs) if p.overlaps(span)]
        if not near:
            return "", ""
        chosen = paragraphs[max(0, near[0] - 1) : near[-1] + 2]
        found = [each for p in chosen for each in sentences(self.article.text, self.article.language, within=p)]
        before = [each for each in found if each.end <= span.start]
        after = [each for each in found if each.start >= span.end]
        return self._text(before[-1:]), self._text(after[:1])

    def near(self, span: Span) -> Span:
        """Return the paragraph of `span` and the one before it."""
        paragraphs = [p.span for p in self.article.paragraphs]
        number = next((i for i, p in enumerate(paragraphs) if p.overlaps(span)), None)
        return span if number is None else Span(paragraphs[max(0, number - 1)].start, paragraphs[number].end)

    def _paragraph(self, span: Span) -> Span:
        return next((p.span for p in self.article.paragraphs if p.span.overlaps(span)), span)

    def _text(self, spans: Sequence[Span]) -> str:
        return " ".join(" ".join(s.of(self.article.text).split()) for s in spans)
