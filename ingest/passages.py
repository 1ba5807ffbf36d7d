"""Articles to passages: whole sentences, short enough to embed, never across a paragraph."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from ingest.models import Article, Passage, Span
from ingest.sentences import sentences

SIZE = 500
# No headline is longer; what a table calls a title may be, and is embedded with every passage.
_LONGEST_CONTEXT = 300


def passages(article: Article, *, size: int = SIZE) -> tuple[Passage, ...]:
    """Return the passages of an article's prose: up to `size` characters each, whole sentences where they fit.

    Short paragraphs that follow each other share a passage; a teaser or heading between them ends it. An article that
    is nothing but a title has the title as its passage.
    """
    spans = list(_packed(article, _runs(article), size))
    spans = spans or list(_packed(article, ([p.span] for p in article.paragraphs), size))
    return tuple(
        Passage(article.id, article.version, number, span, span.of(article.text)) for number, span in enumerate(spans)
    )


def context(article: Article) -> str:
    """Return "outlet, date. title": what is put before each passage to be found by, outside its span."""
    origin = ", ".join(filter(None, [article.outlet, article.published.isoformat() if article.published else ""]))
    return ". ".join(filter(None, [origin, article.title]))[:_LONGEST_CONTEXT].strip()


def embedded_text(context: str, text: str) -> str:
    """Return what is embedded and indexed for a passage: its context, then its words."""
    return f"{context}. {text}" if context else text


def embedding_key(embedded: str) -> str:
    """Return the hash by which the embedding of a text is kept: the same text is never embedded twice."""
    return hashlib.sha256(embedded.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _packed(article: Article, runs: Iterable[Sequence[Span]], size: int) -> Iterator[Span]:
    for run in runs:
        start = end = -1
        for paragraph in run:
            # A paragraph that fits is kept whole rather than split to fill the passage before it.
            if start >= 0 and paragraph.end - start > size:
                yield Span(start, end)
                start = -1
            for sentence in sentences(article.text, article.language, within=paragraph, longest=size):
                if start >= 0 and sentence.end - start > size:
                    yield Span(start, end)
                    start = -1
                start = sentence.start if start < 0 else start
                end = sentence.end
        if start >= 0:
            yield Span(start, end)


def _runs(article: Article) -> Iterator[list[Span]]:
    """Prose paragraphs that follow each other with nothing but white space between them."""
    run: list[Span] = []
    for span in article.prose:
        if run and article.text[run[-1].end : span.start].strip():
            yield run
            run = []
        run.append(span)
    if run:
        yield run
