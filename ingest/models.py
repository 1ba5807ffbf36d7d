"""The types that everything else is about: articles, spans into them, and who said what."""

from __future__ import annotations

import dataclasses
import datetime
import enum


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a text: code-point offsets, end exclusive."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"no span: {self.start}..{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """Return the words of `text` that this span covers."""
        return text[self.start : self.end]

    def covers(self, other: Span) -> bool:
        """Tell whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two share a character."""
        return self.start < other.end and other.start < self.end


class ParagraphKind(enum.StrEnum):
    """What a paragraph is to the article it stands in."""

    SECTION = "section"
    TITLE = "title"
    PROSE = "prose"
    HEADING = "heading"
    TEASER = "teaser"


@dataclasses.dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of an article as published, without the white space around it."""

    span: Span
    kind: ParagraphKind = ParagraphKind.PROSE


@dataclasses.dataclass(frozen=True, slots=True)
class Article:
    """A published article. `text` is what was published and is never rewritten.

    `language` is an ISO 639-1 code or "und". Whatever the source does not state stays empty: no date and no author is
    ever guessed. `paragraphs` are in order and do not overlap.
    """

    id: str
    text: str
    title: str = ""
    section: str = ""
    language: str = "und"
    published: datetime.date | None = None
    outlet: str = ""
    author: str = ""
    url: str = ""
    version: int = 1
    paragraphs: tuple[Paragraph, ...] = ()

    @property
    def prose(self) -> tuple[Span, ...]:
        """The spans of the article's own prose."""
        return tuple(p.span for p in self.paragraphs if p.kind is ParagraphKind.PROSE)

    @property
    def headline(self) -> str:
        """The title, or the beginning of the text where there is none."""
        return self.title or " ".join(self.text[:200].split())[:80]


@dataclasses.dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of an article's prose, short enough to embed: the unit of retrieval."""

    article_id: str
    version: int
    number: int
    span: Span
    text: str


class Kind(enum.StrEnum):
    """How much of a statement stands in quotation marks: all of it, a part, or nothing."""

    DIRECT = "direct"
    MIXED = "mixed"
    INDIRECT = "indirect"


class Reference(enum.StrEnum):
    """How the speaker is named at the quotation."""

    NAME = "name"
    PRONOUN = "pronoun"
    DESCRIPTION = "description"
    ORGANISATION = "org"
    NONE = "none"


@dataclasses.dataclass(frozen=True, slots=True)
class Quotation:
    """A statement in an article and who made it.

    span        the words reported, without outer quotation marks and without the attribution
    kind        direct, mixed or indirect; indirect words are a paraphrase and never called verbatim
    fragments   the verbatim pieces: the span itself where direct, none where indirect
    cue         the words that report it ("a déclaré", "selon"), where there are any
    speaker     the resolved name, or the role or organisation where no name is given; None is unresolved
    mention     the words beside the quotation that name the speaker ("il", "le porte-parole", "Igor Konachenkov")
    reference   how `mention` names the speaker
    antecedent  where the article gives the name that `mention` was resolved to, if elsewhere
    confidence  0 to 1, for the attribution
    group       parts of one statement split by its attribution share a number
    nested      this quotation stands inside another one
    """

    span: Span
    kind: Kind
    fragments: tuple[Span, ...] = ()
    cue: Span | None = None
    speaker: str | None = None
    mention: Span | None = None
    reference: Reference = Reference.NONE
    antecedent: Span | None = None
    confidence: float = 0.0
    group: int | None = None
    nested: bool = False


class SpeakerKind(enum.StrEnum):
    """What sort of speaker somebody is."""

    PERSON = "person"
    ORGANISATION = "organisation"
    GROUP = "group"
    UNNAMED = "unnamed"


@dataclasses.dataclass(frozen=True, slots=True)
class CastMember:
    """Somebody an article names who can speak: the name in its fullest form, the roles given, where it is mentioned.

    `gender` is "m", "f" or "" where the article does not tell; `roles` are descriptions as printed
    ("le porte-parole du ministère russe de la Défense").
    """

    name: str
    kind: SpeakerKind = SpeakerKind.PERSON
    gender: str = ""
    roles: tuple[str, ...] = ()
    mentions: tuple[Span, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Ledger:
    """Everything said in one article: its quotations in order of the text, and its cast."""

    quotations: tuple[Quotation, ...] = ()
    cast: tuple[CastMember, ...] = ()
