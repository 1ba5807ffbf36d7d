"""Plain text as a news site lays it out: section label, title, lede, paragraphs, "Lire aussi" lines."""

from __future__ import annotations

from ingest.cleaning import paragraphs
from ingest.languages import language_of
from ingest.models import Article, ParagraphKind


def article(text: str, *, id: str) -> Article:  # noqa: A002 (the field's own name)
    """Return the article whose published text is `text`. What it does not state, it does not get."""
    parts = paragraphs(text)
    heads = {part.kind: part.span.of(text) for part in reversed(parts)}
    return Article(
        id=id,
        text=text,
        title=" ".join(heads.get(ParagraphKind.TITLE, "").split()),
        section=heads.get(ParagraphKind.SECTION, ""),
        language=language_of(text),
        paragraphs=parts,
    )
