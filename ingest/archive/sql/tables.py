"""The tables of the catalog. Times are UTC in ISO form; structured values are JSON."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

SCHEMA_VERSION = 2
metadata = MetaData()

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))

# A file or address that was read, and its state then, so that an unchanged one need not be read again.
sources = Table(
    "sources",
    metadata,
    Column("key", String, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("modified_ns", Integer, nullable=False),
    Column("sha256", String, nullable=False),
    Column("extraction", Integer, nullable=False),
    Column("read_at", String, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("source_key", String, nullable=False, index=True),
    Column("content_hash", String, nullable=False),
    Column("extraction", Integer, nullable=False),
    Column("added_at", String, nullable=False),
    Column("updated_at", String, nullable=False),
)

# The text of the latest version stands in `text`, that of an earlier one in `delta` (see `versions.text_of`).
versions = Table(
    "versions",
    metadata,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("section", Text, nullable=False),
    Column("language", String, nullable=False),
    Column("published", String, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("paragraphs", JSON, nullable=False),
    Column("delta", LargeBinary),
    Column("recorded_at", String, nullable=False, server_default=""),
)

# Passages and quotations are of the latest version only; citations of earlier ones need its text alone.
passages = Table(
    "passages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("language", String, nullable=False),
    Column("embedding_key", String, nullable=False, index=True),
    sqlite_autoincrement=True,
)

# The slow part of ingest, kept by content: raw unit vectors, float32, little-endian.
embeddings = Table(
    "embeddings",
    metadata,
    Column("key", String, primary_key=True),
    Column("model", String, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

# Who is known under one key; `ingest.speakers.identities` says which of these are one person.
speakers = Table(
    "speakers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("kind", String, nullable=False),
    sqlite_autoincrement=True,
)

# The sounds of their names and the concepts of their roles, to be looked up by.
speaker_terms = Table(
    "speaker_terms",
    metadata,
    Column("term", String, primary_key=True),
    Column("speaker_id", ForeignKey("speakers.id", ondelete="CASCADE"), primary_key=True, index=True),
)

# Decided by hand about two keys, whether or not they are on record now: "join" or "part".
speaker_decisions = Table(
    "speaker_decisions",
    metadata,
    Column("first_key", String, primary_key=True),
    Column("second_key", String, primary_key=True),
    Column("decision", String, nullable=False),
    Column("decided_at", String, nullable=False),
)

# Everybody whom an article names, as it names them: the aliases of a speaker are these names and roles.
cast = Table(
    "casts",
    metadata,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("speaker_id", ForeignKey("speakers.id"), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("gender", String, nullable=False),
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
    Column("kind", String, nullable=False),
    Column("fragments", JSON, nullable=False),
    Column("cue", JSON),
    Column("speaker", Text),
    Column("speaker_id", ForeignKey("speakers.id"), index=True),
    Column("mention", JSON),
    Column("reference", String, nullable=False),
    Column("antecedent", JSON),
    Column("confidence", Float, nullable=False),
    Column("parts", Integer),
    Column("nested", Boolean, nullable=False),
)

# What the vector index has yet to be told, in order. A row is only ever added, and outlives the passage it names.
outbox = Table(
    "outbox",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("operation", String, nullable=False),
    Column("passage_id", Integer, nullable=False),
    sqlite_autoincrement=True,
)

Index("passages_by_number", passages.c.article_id, passages.c.number, unique=True)

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
    Column("key", String, primary_key=True),
    Column("reason", String, nullable=False),
    Column("failed_at", String, nullable=False),
)

# Articles that were withdrawn with a record of it, which keeps them out: nothing of the article but its id.
withdrawals = Table(
    "withdrawals",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("withdrawn_at", String, nullable=False),
    Column("reason", String, nullable=False),
)

# What format 2 added to the tables of format 1; new tables are made by themselves.
ADDED_SINCE_1 = (
    "ALTER TABLE versions ADD COLUMN delta BLOB",
    "ALTER TABLE versions ADD COLUMN recorded_at VARCHAR DEFAULT '' NOT NULL",
)
