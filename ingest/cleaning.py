"""Which parts of a published text are the article's own prose. Nothing is deleted: parts are marked."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from ingest.folding import bare
from ingest.languages import words
from ingest.models import Paragraph, ParagraphKind, Span

_LINE = re.compile(r"\S(?:[^\n]*\S)?")
_ENDS_A_SENTENCE = re.compile(r"[.!?…][»«”“’‘›‹\"')\]\s]*$")
_SAYS_SOMETHING = re.compile(r"\w")
_LONGEST_TITLE = 250
_LONGEST_SECTION = 40


def paragraphs(text: str, *, title: str = "") -> tuple[Paragraph, ...]:
    """Return the paragraphs of `text`, each marked as section label, title, prose or teaser.

    Plain text from a news site begins with a section label and a title, lines that end no sentence. Where the source
    states the `title` elsewhere, only a line equal to it is one; the rest is prose.
    """
    spans = [span for span in _paragraph_spans(text) if _SAYS_SOMETHING.search(span.of(text))]
    head = _stated_head(text, spans, title) if title else _recognised_head(text, spans)
    return tuple(
        Paragraph(span, head.get(number) or (ParagraphKind.TEASER if is_teaser(span.of(text)) else ParagraphKind.PROSE))
        for number, span in enumerate(spans)
    )


def is_teaser(paragraph: str) -> bool:
    """Tell whether a paragraph only points at another article ("Lire aussi : …")."""
    return len(paragraph) < _LONGEST_TITLE and bool(_teasers().match(bare(paragraph[:60])))


@functools.cache
def _teasers() -> re.Pattern[str]:
    known = sorted(map(bare, words("teasers")), key=len, reverse=True)
    return re.compile(rf"[^\w]*(?:{'|'.join(map(re.escape, known))})\s*[:>-]")


def _paragraph_spans(text: str) -> Iterator[Span]:
    for block in _blocks(text):
        lines = [Span(m.start(), m.end()) for m in _LINE.finditer(text, block.start, block.end)]
        if _is_hard_wrapped(lines):
            yield Span(lines[0].start, lines[-1].end)
        else:
            yield from lines


def _blocks(text: str) -> Iterator[Span]:
    """Stretches between blank lines, found line by line: linear in the text whatever it holds."""
    start = end = None
    at = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            start = at if start is None else start
            end = at + len(line)
        elif start is not None and end is not None:
            yield Span(start, end)
            start = None
        at += len(line)
    if start is not None and end is not None:
        yield Span(start, end)


def _is_hard_wrapped(lines: list[Span]) -> bool:
    """Tell whether the lines are one paragraph broken at a fixed width, as in an e-mail."""
    if len(lines) < 2:
        return False
    widths = [len(line) for line in lines]
    widest = max(widths)
    return 50 <= widest <= 100 and all(width > widest - 25 for width in widths[:-1])


def _stated_head(text: str, spans: list[Span], title: str) -> dict[int, ParagraphKind]:
    wanted = bare(title)
    for number, span in enumerate(spans[:3]):
        if len(span) <= 2 * len(title) + 20 and bare(span.of(text)) == wanted:
            return dict.fromkeys(range(number), ParagraphKind.SECTION) | {number: ParagraphKind.TITLE}
    return {}


def _recognised_head(text: str, spans: list[Span]) -> dict[int, ParagraphKind]:
    """A title is an opening line that ends no sentence and has prose after it; one short such line may stand before."""

    def is_label(number: int, longest: int) -> bool:
        if number + 1 >= len(spans):
            return False
        line = spans[number].of(text)
        return len(line) <= longest and not _ENDS_A_SENTENCE.search(line) and "\n" not in line

    if not is_label(0, _LONGEST_TITLE):
        # A headline may be a question or a full sentence: then it is short, and the paragraph after it is not.
        if (
            len(spans) > 2
            and len(spans[0]) <= 120 < len(spans[1])
            and spans[0].of(text).rstrip(' »«”“’‘›‹"')[-1:] in "?!"
        ):
            return {0: ParagraphKind.TITLE}
        return {}
    if is_label(0, _LONGEST_SECTION) and is_label(1, _LONGEST_TITLE) and len(spans[0]) < len(spans[1]):
        return {0: ParagraphKind.SECTION, 1: ParagraphKind.TITLE}
    return {0: ParagraphKind.TITLE}
