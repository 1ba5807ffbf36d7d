"""Paragraphs with their parts to an article, for the formats whose text stands among marks.

The text of such an article is what its reader sees: the paragraphs in order, a blank line between them.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence

from ingest.cleaning import is_teaser
from ingest.errors import UnreadableArticle
from ingest.folding import bare
from ingest.languages import language_of
from ingest.models import Article, Paragraph, ParagraphKind, Span
from ingest.reading import plain

# Typographic spaces are part of what was published; breaks and runs of plain ones are the file's own.
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
# What no text holds, and what only steers how it is shown.
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff\ufeff\u00ad]|[\ud800-\udfff]")
_SAYS_SOMETHING = re.compile(r"\w")
_SENTENCE = re.compile(r"[.!…:;,]['’\"»”)\]\s]*$")
_WORDS = re.compile(r"[^\W\d_]+\W+[^\W\d_]+\W+[^\W\d_]+")
_LONG_CELL = 60
_LONGEST_HEADING = 150
_LONGEST_QUESTION = 500
_LONGEST_SECTION = 40
# A title stands at the top, below a section label and a lede at most.
_HEAD = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Block:
    """A paragraph as its source marks it: a heading of the first order is a TITLE, the others are HEADINGs."""

    words: str
    kind: ParagraphKind = ParagraphKind.PROSE


def article(blocks: Iterable[Block], *, id: str, title: str = "") -> Article:  # noqa: A002
    """Return the article of these paragraphs. A `title` stated elsewhere comes first where they do not show it.

    Raises UnreadableArticle where there are no words.
    """
    shown = [Block(clean(block.words), block.kind) for block in blocks]
    shown = [block for block in shown if _SAYS_SOMETHING.search(block.words)]
    if not shown:
        raise UnreadableArticle(id, "no text in it")
    title = clean(title)
    if not title and all(block.kind is ParagraphKind.PROSE for block in shown):
        return plain.article("\n\n".join(block.words for block in shown), id=id)
    return _laid_out(_with_head(shown, title), id)


def bold(words: str) -> ParagraphKind:
    """Return what a paragraph is that is set in bold as a whole: a heading, an interview's question, or a lede."""
    words = words.strip()
    question = words.endswith("?") and len(words) <= _LONGEST_QUESTION
    heading = len(words) <= _LONGEST_HEADING and not _SENTENCE.search(words) and words[:1] not in '«"“„'
    return ParagraphKind.HEADING if question or heading else ParagraphKind.PROSE


def is_text(cell: str) -> bool:
    """Tell whether a cell of a table says something in sentences, as those of a page that is laid out as a table."""
    return len(cell.strip()) >= _LONG_CELL or bool(_SENTENCE.search(cell) and _WORDS.search(cell))


def clean(words: str) -> str:
    """Return the words of a paragraph on one line, without characters that are no text."""
    return _SPACES.sub(" ", _NO_TEXT.sub("", words)).strip()


def _with_head(blocks: Sequence[Block], title: str) -> list[Block]:
    """The blocks with one title, at the top; what repeats it is left out."""
    wanted = bare(title)
    at = next((n for n, block in enumerate(blocks[:_HEAD]) if title and bare(block.words) == wanted), None)
    if at is None:
        # The page's own headline, which what is stated for others may shorten.
        at = next((n for n, block in enumerate(blocks[:_HEAD]) if block.kind is ParagraphKind.TITLE), None)
    if at is None and title:
        blocks, at = [Block(title), *blocks], 0
    if at is None:
        at = next((n for n, block in enumerate(blocks[:2]) if block.kind is ParagraphKind.HEADING), None)
    if at is None:
        return [_heading(block) for block in blocks]
    headline = bare(blocks[at].words)
    before = [
        dataclasses.replace(
            block, kind=ParagraphKind.SECTION if len(block.words) <= _LONGEST_SECTION else ParagraphKind.PROSE
        )
        for block in blocks[:at]
    ]
    after = [_heading(block) for block in blocks[at + 1 :] if bare(block.words) not in {headline, wanted}]
    return [*before, Block(blocks[at].words, ParagraphKind.TITLE), *after]


def _heading(block: Block) -> Block:
    return dataclasses.replace(block, kind=ParagraphKind.HEADING) if block.kind is ParagraphKind.TITLE else block


def _laid_out(blocks: Sequence[Block], id_: str) -> Article:
    at, paragraphs = 0, list[Paragraph]()
    for block in blocks:
        kind = block.kind
        if kind in {ParagraphKind.PROSE, ParagraphKind.HEADING} and is_teaser(block.words):
            kind = ParagraphKind.TEASER
        paragraphs.append(Paragraph(Span(at, at + len(block.words)), kind))
        at += len(block.words) + 2
    text = "\n\n".join(block.words for block in blocks)
    heads = {paragraph.kind: paragraph.span.of(text) for paragraph in reversed(paragraphs)}
    return Article(
        id=id_,
        text=text,
        title=heads.get(ParagraphKind.TITLE, ""),
        section=heads.get(ParagraphKind.SECTION, ""),
        language=language_of(text),
        paragraphs=tuple(paragraphs),
    )
