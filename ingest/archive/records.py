"""What the catalog hands out, beside the articles themselves."""

from __future__ import annotations

import dataclasses
import datetime

from ingest.models import Quotation, SpeakerKind


@dataclasses.dataclass(frozen=True, slots=True)
class ArticleSummary:
    """What a list shows of an article."""

    id: str
    version: int
    title: str
    section: str
    language: str
    outlet: str
    published: str
    added_at: str
    characters: int
    quotations: int


@dataclasses.dataclass(frozen=True, slots=True)
class Published:
    """Days of publication, both included; None leaves an end open. An article without a date is of no such days."""

    first: datetime.date | None = None
    last: datetime.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Statement:
    """A quotation with the article it stands in, as the ledger across articles lists it."""

    article_id: str
    version: int
    number: int
    quotation: Quotation
    text: str
    title: str
    outlet: str
    published: str
    language: str


@dataclasses.dataclass(frozen=True, slots=True)
class KnownSpeaker:
    """A speaker across articles: the fullest name, all names and roles as articles give them, what is on record.

    `ids` and `keys` are those of the records that are this one person.
    """

    ids: tuple[int, ...]
    keys: tuple[str, ...]
    name: str
    kind: SpeakerKind
    names: tuple[str, ...]
    roles: tuple[str, ...]
    statements: int


@dataclasses.dataclass(frozen=True, slots=True)
class Appearance:
    """How one article, of that outlet and language, calls a speaker."""

    speaker_id: int
    name: str
    roles: tuple[str, ...]
    outlet: str
    language: str


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """A file as it was when it was last read."""

    key: str
    size: int
    modified_ns: int
    sha256: str
    extraction: int
    read_at: str


@dataclasses.dataclass(frozen=True, slots=True)
class Failure:
    """A file or address that could not be read, why, and when that was (UTC, ISO)."""

    key: str
    reason: str
    failed_at: str


@dataclasses.dataclass(frozen=True, slots=True)
class Withdrawal:
    """An article that was withdrawn: nothing of it but its id."""

    article_id: str
    withdrawn_at: str
    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class PendingText:
    """A text that awaits its embedding: the passage's words with their context."""

    key: str
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """What has no embedding yet: passages, their characters, and since when the oldest waits (UTC, ISO; "" if none)."""

    passages: int
    characters: int
    since: str


@dataclasses.dataclass(frozen=True, slots=True)
class Status:
    """Counts of what the catalog holds."""

    articles: int
    passages: int
    quotations: int
    speakers: int
    unembedded: int
    last_seq: int


# What stands in the place of a reply that held words of a withdrawn article.
WITHDRAWN = "withdrawn"


@dataclasses.dataclass(frozen=True, slots=True)
class ConversationRecord:
    """A conversation as it is listed. Times are UTC in ISO form."""

    id: str
    owner: str
    title: str
    language: str
    created_at: str
    updated_at: str
    turns: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class TurnRecord:
    """A question of a conversation and its reply as JSON, "" where there is none; `problem` says why."""

    number: int
    question: str
    reply: str = ""
    problem: str = ""
    any_time: bool = False
    asked_at: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class RatingRecord:
    """What a reader thought of a reply."""

    conversation_id: str
    number: int
    is_good: bool
    reasons: tuple[str, ...] = ()
    note: str = ""
    rated_at: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Spent:
    """What models were used for on a day: tokens, and US dollars where a price is known."""

    calls: int = 0
    input: int = 0
    cached: int = 0
    output: int = 0
    cost: float = 0.0
