"""What a writer hands in: sentences and the evidence it says they rest on."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from assistant.models import Citation, Mode
from ingest.models import Article, CastMember, Kind, Quotation, Span


@dataclasses.dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of an article that may be cited, and the quotation that it is or mostly consists of, if any.

    Where a draft is to be compared with it, `said` are all statements of the article that overlap it, and `cast` is
    whom the article names.
    """

    article: Article
    span: Span
    quotation: Quotation | None = None
    said: tuple[Quotation, ...] = ()
    cast: tuple[CastMember, ...] = ()

    @property
    def text(self) -> str:
        """The words."""
        return self.span.of(self.article.text)

    def citation(self, number: int) -> Citation:
        """Return these words as the citation of that number."""
        article, quotation = self.article, self.quotation
        plain = Citation(
            number=number,
            article_id=article.id,
            version=article.version,
            span=self.span,
            text=self.text,
            title=article.headline,
            outlet=article.outlet,
            published=article.published.isoformat() if article.published else "",
            language=article.language,
        )
        if quotation is None:
            return plain
        return dataclasses.replace(
            plain,
            speaker=quotation.speaker,
            kind=quotation.kind
            if quotation.span == self.span
            else Kind.MIXED
            if quotation.fragments
            else Kind.INDIRECT,
            fragments=quotation.fragments,
            mention=quotation.mention,
            reference=quotation.reference,
            antecedent=quotation.antecedent,
        )

    @property
    def is_verbatim(self) -> bool:
        """Whether it is, to the letter, somebody's own words."""
        quotation = self.quotation
        return quotation is not None and quotation.kind is Kind.DIRECT and quotation.span == self.span


@dataclasses.dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence of a draft, and which pieces of the evidence (by position) it rests on."""

    text: str
    evidence: tuple[int, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """Sentences over evidence, not yet verified."""

    sentences: Sequence[DraftSentence]
    evidence: Sequence[Evidence]
    opening: str = ""
    mode: Mode = Mode.EXTRACTED
