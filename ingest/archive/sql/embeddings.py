"""Embeddings of passages, kept by the hash of their text and by model."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import delete, func, literal, select

from ingest.archive.records import PendingText
from ingest.archive.sql import tables
from ingest.archive.sql.database import Database, insert_new, parts
from ingest.archive.sql.facts import set_fact
from ingest.archive.sql.outbox import announce
from ingest.embeddings.centring import Vectors
from ingest.models import Article
from ingest.passages import context, embedded_text


class Embeddings(Database):
    """Which texts await their embedding, and the vectors of those that have it."""

    def pending(self, model: str, *, limit: int) -> list[PendingText]:
        """Return texts without an embedding of `model`, in order of arrival, each once."""
        p, v = tables.passages.c, tables.versions.c
        query = (
            select(p.embedding_key, p.text, v.title, v.outlet, v.published)
            .join(tables.versions, (v.article_id == p.article_id) & (v.version == p.version))
            .where(p.id.in_(unembedded(model).with_only_columns(func.min(p.id)).group_by(p.embedding_key)))
            .order_by(p.id)
            .limit(limit)
        )
        with self.reading() as connection:
            return [
                PendingText(row.embedding_key, embedded_text(_context(row), row.text))
                for row in connection.execute(query)
            ]

    def add_embeddings(self, model: str, keys: Sequence[str], vectors: Vectors) -> None:
        """Keep raw unit vectors of shape (n, d) by their texts' keys, and announce their passages to the index."""
        rows = [
            {"key": key, "model": model, "vector": vector.astype("<f4").tobytes()}
            for key, vector in zip(keys, vectors, strict=True)
        ]
        with self.writing() as connection:
            connection.execute(insert_new(connection, tables.embeddings), rows)
            announce(connection, select(tables.passages.c.id).where(tables.passages.c.embedding_key.in_(list(keys))))

    def announce_all(self, model: str, *, facts: Mapping[str, str]) -> None:
        """Forget what the index was told and tell it all again, after a change of the embedding model to `model`.

        The `facts` about the archive that say so are recorded in the same transaction.
        """
        embedded = select(tables.embeddings.c.key).where(tables.embeddings.c.model == model)
        with self.writing() as connection:
            connection.execute(delete(tables.outbox))
            announce(connection, select(tables.passages.c.id).where(tables.passages.c.embedding_key.in_(embedded)))
            for key, value in facts.items():
                set_fact(connection, key, value)

    def vectors_of(self, model: str, ids: Sequence[int]) -> tuple[list[tuple[int, str]], Vectors]:
        """Return (id, language) and the raw vectors (n, d) of those of the passages that are embedded."""
        p, e = tables.passages.c, tables.embeddings.c
        query = select(p.id, p.language, e.vector).join(
            tables.embeddings, (e.key == p.embedding_key) & (e.model == model)
        )
        rows: list[Any] = []
        with self.reading() as connection:
            for part in parts(ids):
                rows += connection.execute(query.where(p.id.in_(part)))
        if not rows:
            return [], np.zeros((0, 0), np.float32)
        vectors = np.frombuffer(b"".join(row.vector for row in rows), "<f4").reshape(len(rows), -1)
        return [(row.id, row.language) for row in rows], vectors

    def is_embedded(self) -> bool:
        """Tell whether anything has an embedding, by whatever model."""
        with self.reading() as connection:
            return connection.execute(select(tables.embeddings.c.key).limit(1)).first() is not None

    def dimensions(self, model: str) -> int:
        """Return the length of the vectors of `model`, 0 where there are none."""
        query = select(func.length(tables.embeddings.c.vector)).where(tables.embeddings.c.model == model).limit(1)
        with self.reading() as connection:
            return int(connection.execute(query).scalar() or 0) // 4

    def embedded_ids(self, model: str) -> list[int]:
        """Return the ids of all passages that have an embedding of `model`."""
        p, e = tables.passages.c, tables.embeddings.c
        query = select(p.id).join(tables.embeddings, (e.key == p.embedding_key) & (e.model == model)).order_by(p.id)
        with self.reading() as connection:
            return list(connection.scalars(query))


def is_unused() -> Any:
    """The condition on an embedding that no passage names it."""
    return ~select(literal(1)).where(tables.passages.c.embedding_key == tables.embeddings.c.key).exists()


def unembedded(model: str) -> Any:
    """The query for the ids of passages without an embedding of `model`."""
    known = (
        select(literal(1))
        .where(tables.embeddings.c.key == tables.passages.c.embedding_key, tables.embeddings.c.model == model)
        .exists()
    )
    return select(tables.passages.c.id).where(~known)


def _context(row: Any) -> str:
    published = datetime.date.fromisoformat(row.published) if row.published else None
    return context(Article(id="", text="", title=row.title, outlet=row.outlet, published=published))
