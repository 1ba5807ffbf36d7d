"""What passes between question and answer."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping

from ingest.models import Kind, Reference, Span


class Mode(enum.StrEnum):
    """Who wrote the sentences of an answer: the article itself, or a chat model over it."""

    EXTRACTED = "extracted"
    GENERATED = "generated"


class Reason(enum.StrEnum):
    """Why a question is not answered."""

    EMPTY_ARCHIVE = "empty_archive"
    NOT_IN_ARTICLES = "not_in_articles"
    SPEAKER_NOT_IN_ARTICLES = "speaker_not_in_articles"
    SPEAKER_SAYS_NOTHING = "speaker_says_nothing"
    NO_STATEMENT_FOUND = "no_statement_found"
    SPEAKER_NOT_ON_TOPIC = "speaker_not_on_topic"
    NO_DATE = "no_date"
    NO_YEAR = "no_year"
    NOT_IN_PERIOD = "not_in_period"
    AMBIGUOUS_SPEAKER = "ambiguous_speaker"


@dataclasses.dataclass(frozen=True, slots=True)
class Filter:
    """What a question was understood to be limited to, and may be asked without: so far a "period".

    `text` says it in the language of the reply, `words` are those of the question it was read from. `excludes` tells
    whether what lies outside was left out, or only comes later. `start` and `end` are ISO dates, both included; "" for
    an open end, and for both where the year is open.
    """

    kind: str
    text: str
    words: str
    excludes: bool
    start: str = ""
    end: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Citation:
    """The exact words of one article version that a sentence rests on.

    `text == article.text[span.start:span.end]`, always. For a statement, `speaker` and `kind` say whose words they
    are and how much of them is verbatim, `fragments` where the verbatim words stand, and `mention`, `reference` and
    `antecedent` how the speaker was resolved.
    """

    number: int
    article_id: str
    version: int
    span: Span
    text: str
    title: str = ""
    outlet: str = ""
    published: str = ""
    language: str = "und"
    speaker: str | None = None
    kind: Kind | None = None
    fragments: tuple[Span, ...] = ()
    mention: Span | None = None
    reference: Reference = Reference.NONE
    antecedent: Span | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a reply, with the numbers of the citations it rests on, and who wrote it.

    `verified` is False where a model's words could not be compared with the cited ones: such a sentence is shown with a
    label that says so. One that contradicts its citation is not shown at all.
    """

    text: str
    citations: tuple[int, ...] = ()
    mode: Mode = Mode.EXTRACTED
    verified: bool = True


class Omission(enum.StrEnum):
    """Why a sentence that a model wrote was left out."""

    NO_CITATION = "no_citation"
    NO_SUCH_CITATION = "no_such_citation"
    QUOTATION = "quotation"
    SPEAKER = "speaker"
    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    NEGATION = "negation"
    MODALITY = "modality"
    UNSUPPORTED = "unsupported"
    LANGUAGE = "language"
    MARKUP = "markup"


@dataclasses.dataclass(frozen=True, slots=True)
class Usage:
    """What a model was used for one reply: its name, tokens, and the cost in US dollars, None where no price is known.

    `input` counts those of the prompt, of which `cached` were read from the provider's cache; `output` those written.
    `estimated` tells that the server did not count them.
    """

    model: str
    input: int = 0
    cached: int = 0
    output: int = 0
    cost: float | None = None
    calls: int = 1
    estimated: bool = False


class Hand(enum.StrEnum):
    """What a chat model did for an answer: wrote sentences of it, or chose some of the articles'."""

    WROTE = "wrote"
    CHOSE = "chose"


class Verdict(enum.StrEnum):
    """What became of a claimed quotation, most favourable first; the worst that applies to it wins."""

    VERBATIM = "verbatim"
    ABRIDGED = "abridged"
    TRANSLATED = "translated"
    REPORTED = "reported"
    TRUNCATED = "truncated"
    STITCHED = "stitched"
    ALTERED = "altered"
    MISATTRIBUTED = "misattributed"
    NOT_FOUND = "not_found"


class Operation(enum.StrEnum):
    """How the claimed words become the printed ones: an insertion is printed and not claimed."""

    EQUAL = "equal"
    INSERT = "insert"
    DELETE = "delete"
    REPLACE = "replace"


class Change(enum.StrEnum):
    """What kind of word differs, where that changes the meaning."""

    NUMBER = "number"
    DATE = "date"
    NEGATION = "negation"
    MODAL = "modal"
    QUANTIFIER = "quantifier"
    NAME = "name"


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """A stretch of a quotation: the words claimed, those printed, and how the change turns the meaning, if it does."""

    operation: Operation
    claimed: str
    printed: str
    changes: tuple[Change, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """Words of an article version that a claimed quotation was compared with.

    `text == article.text[span.start:span.end]`, always. `pieces` are the parts of it that were compared: several where
    an attribution parts a statement. `speaker` said the words, by the article; `quoted_by` is who quotes the speaker.
    `missing` are parts of the same sentence that the claim lost and that turn it;
    `sentence` is the whole of it, and `whole_sentence` its words. `before` and `after` are the
    sentences around, `reference` is ready to be copied.
    """

    article_id: str
    version: int
    span: Span
    text: str
    pieces: tuple[Span, ...] = ()
    speaker: str | None = None
    quoted_by: str | None = None
    kind: Kind | None = None
    similarity: float = 0.0
    difference: tuple[Difference, ...] = ()
    missing: tuple[Span, ...] = ()
    sentence: Span | None = None
    whole_sentence: str = ""
    before: str = ""
    after: str = ""
    title: str = ""
    outlet: str = ""
    published: str = ""
    url: str = ""
    language: str = "und"
    reference: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class QuoteCheck:
    """Whether a quotation was said, by whom, and what was changed.

    `matches` hold the best first, or the pieces in the order of the claim where it has several.
    """

    verdict: Verdict
    confidence: float
    quotation: str
    claimed_speaker: str | None
    language: str
    matches: tuple[Match, ...] = ()
    explanation: str = ""
    timings: Mapping[str, float] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.matches and self.verdict is not Verdict.NOT_FOUND:
            raise ValueError("a verdict without a match is none")


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """A reply that is on record: it cannot be constructed without a citation, nor with a sentence that cites nothing.

    `opening` is a line of the assistant's own before the evidence ("Igor Konachenkov — 5 statements"); it states
    nothing that the citations do not. `check` is what it rests on where the question was about a quotation. `notice`
    says what could not be searched, "" where all was. `filters` are what the question was limited to. `left_out` says
    why sentences of a model were not shown, one reason each. `understood` is the question as a model rewrote it from
    the conversation, "" where it stands as asked. `fallback` says in a line why a model did not write all of the
    answer, `stopped` that its reader stopped it. `model` is the model that had a `hand` in it, "" where none had.
    """

    question: str
    language: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    opening: str = ""
    mode: Mode = Mode.EXTRACTED
    timings: Mapping[str, float] = dataclasses.field(default_factory=dict)
    usage: Usage | None = None
    check: QuoteCheck | None = None
    notice: str = ""
    filters: tuple[Filter, ...] = ()
    left_out: tuple[Omission, ...] = ()
    understood: str = ""
    fallback: str = ""
    stopped: bool = False
    model: str = ""
    hand: Hand | None = None

    def __post_init__(self) -> None:
        if not self.citations or not self.sentences:
            raise ValueError("an answer without a citation is no answer")
        numbers = {c.number for c in self.citations}
        for sentence in self.sentences:
            if not sentence.citations or not numbers.issuperset(sentence.citations):
                raise ValueError(f"a sentence without its citation: {sentence.text[:80]!r}")

    @property
    def text(self) -> str:
        """The reply as plain text, one sentence a line, with its citations as [n]."""
        lines = [self.opening] if self.opening else []
        lines += [f"{s.text} {''.join(f'[{n}]' for n in s.citations)}" for s in self.sentences]
        return "\n".join(lines)


@dataclasses.dataclass(frozen=True, slots=True)
class Abstention:
    """A reply that says it does not know, why, and what comes nearest. `nearest` is no answer.

    `check` is there where the question was about a quotation, which is not on record. `notice` says what could not be
    searched, "" where all was. `filters` are what the question was limited to. `understood` and `usage` are as in an
    answer.
    """

    question: str
    language: str
    reason: Reason
    text: str
    nearest: tuple[Citation, ...] = ()
    timings: Mapping[str, float] = dataclasses.field(default_factory=dict)
    check: QuoteCheck | None = None
    notice: str = ""
    filters: tuple[Filter, ...] = ()
    usage: Usage | None = None
    understood: str = ""


Reply = Answer | Abstention


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """How far a reply is: what of it may be shown already, None while it is looked for.

    Each holds all of the one before, unless the model takes back what was a thought. While `is_writing`, a model is at
    it; the one that `is_last` is the reply.
    """

    reply: Reply | None
    is_writing: bool = False
    is_last: bool = False
