"""The tables of the catalog. Times are UTC in ISO form; structured values are JSON."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine

SCHEMA_VERSION = 3
# Formats that are brought to this one where they are met.
EARLIER_VERSIONS = ("1", "2")
metadata = MetaData()

# PostgreSQL's text has no room for NUL, which an article may hold: it is written there as these two characters.
_NUL, _MARK, _WRITTEN_MARK = "\x01b", "\x01", "\x01a"
# A number that the database gives: SQLite counts in a plain INTEGER only.
_Counter = BigInteger().with_variant(Integer, "sqlite")


class Words(TypeDecorator[str]):
    """Text of any characters, which sorts by their code points whatever the database."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Return the column's type in this database."""
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return what is written."""
        if value is None or dialect.name != "postgresql" or not ("\0" in value or _MARK in value):
            return value
        return value.replace(_MARK, _WRITTEN_MARK).replace("\0", _NUL)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Return what was meant."""
        if value is None or dialect.name != "postgresql" or _MARK not in value:
            return value
        return value.replace(_NUL, "\0").replace(_WRITTEN_MARK, _MARK)


meta = Table("meta", metadata, Column("key", Words, primary_key=True), Column("value", Words, nullable=False))

# A file or address that was read, and its state then, so that an unchanged one need not be read again.
sources = Table(
    "sources",
    metadata,
    Column("key", Words, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("modified_ns", BigInteger, nullable=False),
    Column("sha256", Words, nullable=False),
    Column("extraction", Integer, nullable=False),
    Column("read_at", Words, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Words, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("source_key", Words, nullable=False, index=True),
    Column("content_hash", Words, nullable=False),
    Column("extraction", Integer, nullable=False),
    Column("added_at", Words, nullable=False),
    Column("updated_at", Words, nullable=False),
)

# The text of the latest version stands in `text`, that of an earlier one in `delta` (see `versions.text_of`).
versions = Table(
    "versions",
    metadata,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("text", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("section", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("published", Words, nullable=False),
    Column("outlet", Words, nullable=False),
    Column("author", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("paragraphs", JSON, nullable=False),
    Column("delta", LargeBinary),
    Column("recorded_at", Words, nullable=False, server_default=""),
)

# Passages and quotations are of the latest version only; citations of earlier ones need its text alone.
passages = Table(
    "passages",
    metadata,
    Column("id", _Counter, primary_key=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("embedding_key", Words, nullable=False, index=True),
    sqlite_autoincrement=True,
)

# The slow part of ingest, kept by content: raw unit vectors, float32, little-endian.
embeddings = Table(
    "embeddings",
    metadata,
    Column("key", Words, primary_key=True),
    Column("model", Words, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

# Who is known under one key; `ingest.speakers.identities` says which of these are one person.
speakers = Table(
    "speakers",
    metadata,
    Column("id", _Counter, primary_key=True),
    Column("key", Words, nullable=False, unique=True),
    Column("name", Words, nullable=False),
    Column("kind", Words, nullable=False),
    sqlite_autoincrement=True,
)

# The sounds of their names and the concepts of their roles, to be looked up by.
speaker_terms = Table(
    "speaker_terms",
    metadata,
    Column("term", Words, primary_key=True),
    Column("speaker_id", ForeignKey("speakers.id", ondelete="CASCADE"), primary_key=True, index=True),
)

# Decided by hand about two keys, whether or not they are on record now: "join" or "part".
speaker_decisions = Table(
    "speaker_decisions",
    metadata,
    Column("first_key", Words, primary_key=True),
    Column("second_key", Words, primary_key=True),
    Column("decision", Words, nullable=False),
    Column("decided_at", Words, nullable=False),
)

# Everybody whom an article names, as it names them: the aliases of a speaker are these names and roles.
cast = Table(
    "casts",
    metadata,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Words, primary_key=True),
    Column("speaker_id", ForeignKey("speakers.id"), nullable=False, index=True),
    Column("kind", Words, nullable=False),
    Column("gender", Words, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("mentions", JSON, nullable=False),
)

quotations = Table(
    "quotations",
    metadata,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("kind", Words, nullable=False),
    Column("fragments", JSON, nullable=False),
    Column("cue", JSON),
    Column("speaker", Words),
    Column("speaker_id", ForeignKey("speakers.id"), index=True),
    Column("mention", JSON),
    Column("reference", Words, nullable=False),
    Column("antecedent", JSON),
    Column("confidence", Float, nullable=False),
    Column("parts", Integer),
    Column("nested", Boolean, nullable=False),
)

# What the vector index has yet to be told, in order. A row is only ever added, and outlives the passage it names.
outbox = Table(
    "outbox",
    metadata,
    Column("seq", _Counter, primary_key=True),
    Column("operation", Words, nullable=False),
    Column("passage_id", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

Index("passages_by_number", passages.c.article_id, passages.c.number, unique=True)
# What was published on certain days is told without reading the texts.
Index("versions_by_publication", versions.c.published, versions.c.article_id, versions.c.version)

# Where to look for copies of an article's latest version: its buckets (`ingest.duplicates`), which copies share.
buckets = Table(
    "buckets",
    metadata,
    Column("bucket", BigInteger, primary_key=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

# Two articles that are copies of one report, the lesser id first, and the share of the shorter one in the other.
copies = Table(
    "copies",
    metadata,
    Column("first_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("second_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("share", Float, nullable=False),
)

# What could not be read at the last run that tried, by its file or address.
failures = Table(
    "failures",
    metadata,
    Column("key", Words, primary_key=True),
    Column("reason", Words, nullable=False),
    Column("failed_at", Words, nullable=False),
)

# Articles that were withdrawn with a record of it, which keeps them out: nothing of the article but its id.
withdrawals = Table(
    "withdrawals",
    metadata,
    Column("article_id", Words, primary_key=True),
    Column("withdrawn_at", Words, nullable=False),
    Column("reason", Words, nullable=False),
)

# What was asked and answered in the chat. Who began a conversation is known by an opaque key; who knows its id reads
# it.
conversations = Table(
    "conversations",
    metadata,
    Column("id", Words, primary_key=True),
    Column("owner", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("created_at", Words, nullable=False),
    Column("updated_at", Words, nullable=False),
)
Index("conversations_by_owner", conversations.c.owner, conversations.c.updated_at)
Index("conversations_by_time", conversations.c.updated_at)

# A question with its reply as JSON, "" while there is none; `searched` are its words, bare, to be found by.
turns = Table(
    "turns",
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("question", Words, nullable=False),
    Column("any_time", Boolean, nullable=False),
    Column("asked_at", Words, nullable=False),
    Column("reply", Words, nullable=False),
    Column("problem", Words, nullable=False),
    Column("searched", Words, nullable=False),
)

# Which articles a reply holds words of: when one is withdrawn, so are they.
turn_articles = Table(
    "turn_articles",
    metadata,
    Column("conversation_id", Words, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("article_id", Words, primary_key=True, index=True),
    ForeignKeyConstraint(["conversation_id", "number"], ["turns.conversation_id", "turns.number"], ondelete="CASCADE"),
)

# What readers thought of replies.
ratings = Table(
    "ratings",
    metadata,
    Column("conversation_id", Words, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("is_good", Boolean, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("note", Words, nullable=False),
    Column("rated_at", Words, nullable=False),
    ForeignKeyConstraint(["conversation_id", "number"], ["turns.conversation_id", "turns.number"], ondelete="CASCADE"),
)

# Answers that a model wrote, by what they were written from.
kept_answers = Table(
    "kept_answers",
    metadata,
    Column("key", Words, primary_key=True),
    Column("reply", Words, nullable=False),
    Column("kept_at", Words, nullable=False, index=True),
)

# What models were used for, by day (UTC): tokens, and US dollars where a price is known.
spending = Table(
    "spending",
    metadata,
    Column("day", Words, primary_key=True),
    Column("model", Words, primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("input", BigInteger, nullable=False),
    Column("cached", BigInteger, nullable=False),
    Column("output", BigInteger, nullable=False),
    Column("cost", Float, nullable=False),
)

# What format 2 added to the tables of format 1; new tables are made by themselves.
ADDED_SINCE_1 = (
    "ALTER TABLE versions ADD COLUMN delta BLOB",
    "ALTER TABLE versions ADD COLUMN recorded_at VARCHAR DEFAULT '' NOT NULL",
    "CREATE INDEX IF NOT EXISTS versions_by_publication ON versions (published, article_id, version)",
)
