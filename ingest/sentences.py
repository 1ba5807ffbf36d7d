"""Sentences, as spans into a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

import sentencex

from ingest.languages import words
from ingest.models import Span

_TAIL = re.compile(r"([\w’']+)\.\s*$")


def sentences(text: str, language: str, *, within: Span | None = None, longest: int = 0) -> Iterator[Span]:
    """Yield the sentences of `text`, or of its part `within`, in order, white space trimmed.

    A quotation with several sentences in it stays with its attribution in one span; where that is longer than `longest`
    characters (0: never), it is cut between its own sentences.
    """
    area = Span(0, len(text)) if within is None else within
    for piece in _joined(area.of(text), language):
        span = _trimmed(text, area.start + piece.start, area.start + piece.end)
        if span is None:
            continue
        if longest and len(span) > longest:
            yield from _cut(text, span, longest)
        else:
            yield span


def _joined(text: str, language: str) -> Iterator[Span]:
    """Boundaries of the library, less those after an abbreviation or an initial, or before a lower-case letter."""
    start = 0
    boundaries = sentencex.get_sentence_boundaries(language if language != "und" else "en", text)
    for number, boundary in enumerate(boundaries):
        end = boundary["end_index"]
        following = text[end : end + 1]
        if number + 1 < len(boundaries) and not boundary["is_paragraph_break"]:
            tail = _TAIL.search(text, max(start, end - 24), end)
            if tail and (tail[1].lower() in words("abbreviations") or (len(tail[1]) == 1 and tail[1].isupper())):
                continue
            if following.islower():
                continue
        if end > start:
            yield Span(start, end)
        start = end
    if start < len(text):
        yield Span(start, len(text))


_INNER = re.compile(r"(?<=[.!?…])[»”\"’]?\s+(?=[«“„\"]?\s?[A-ZÀ-ÝА-ЯЁ])")
_CLAUSE = re.compile(r"(?<=[;:,])\s+")
_SPACE = re.compile(r"\s+")


def _cut(text: str, span: Span, longest: int) -> Iterator[Span]:
    """Cut an over-long span at inner sentence ends, else clauses, else spaces, else anywhere."""
    start = span.start
    while span.end - start > longest:
        window = start + longest
        for pattern in (_INNER, _CLAUSE, _SPACE):
            cuts = [m for m in pattern.finditer(text, start + longest // 4, window + 1) if m.start() <= window]
            if cuts:
                yield from filter(None, [_trimmed(text, start, cuts[-1].end())])
                start = cuts[-1].end()
                break
        else:
            yield Span(start, window)
            start = window
    yield from filter(None, [_trimmed(text, start, span.end)])


def _trimmed(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if end > start else None
