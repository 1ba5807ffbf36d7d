"""What the vector index is told of the passages: an outbox that only grows."""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import Connection, func, insert, literal, select

from ingest.archive.sql import tables
from ingest.archive.sql.database import Database
from ingest.embeddings.centring import Vectors


class Outbox(Database):
    """Changes to the index, in order."""

    def changes(
        self, model: str, *, after: int, until: int | None = None, limit: int = -1
    ) -> tuple[list[int], Vectors, list[str], list[int], int]:
        """Return what changed in the index after `after`: ids, raw vectors (n, d), languages, removed ids, last seq.

        A passage added and removed since is among the removed only.
        """
        o, p, e = tables.outbox.c, tables.passages.c, tables.embeddings.c
        window = (
            select(o.seq, o.operation, o.passage_id)
            .where(o.seq > after)
            .order_by(o.seq)
            .limit(limit if limit >= 0 else None)
        )
        if until is not None:
            window = window.where(o.seq <= until)
        news = window.subquery()
        query = (
            select(news.c.seq, news.c.operation, news.c.passage_id, p.id, p.language, e.vector)
            .outerjoin(tables.passages, p.id == news.c.passage_id)
            .outerjoin(tables.embeddings, (e.key == p.embedding_key) & (e.model == model))
            .order_by(news.c.seq)
        )
        added: dict[int, tuple[bytes, str]] = {}
        removed: dict[int, None] = {}
        last = after
        with self.reading() as connection:
            for row in connection.execute(query):
                last = row.seq
                if row.operation == "add" and row.vector is not None:
                    added[row.passage_id] = (row.vector, row.language)
                elif row.operation == "remove" or row.id is None:
                    added.pop(row.passage_id, None)
                    removed[row.passage_id] = None
        return (
            list(added),
            np.frombuffer(b"".join(vector for vector, _ in added.values()), "<f4").reshape(len(added), -1)
            if added else np.zeros((0, 0), np.float32),
            [language for _, language in added.values()],
            list(removed),
            last,
        )  # fmt: skip

    def removals(self, *, after: int) -> int:
        """Return how many passages were removed since the entry `after`."""
        o = tables.outbox.c
        with self.reading() as connection:
            query = select(func.count()).where(o.seq > after, o.operation == "remove")
            return int(connection.execute(query).scalar_one())

    def last_seq(self) -> int:
        """Return the number of the newest entry for the index."""
        with self.reading() as connection:
            return newest(connection)


def announce(connection: Connection, passage_ids: Any) -> None:
    """Tell the index of the passages that a query selects."""
    chosen = passage_ids.order_by(tables.passages.c.id).subquery()
    connection.execute(
        insert(tables.outbox).from_select(["operation", "passage_id"], select(literal("add"), chosen.c.id))
    )


def newest(connection: Connection) -> int:
    """Return the number of the newest entry."""
    return int(connection.execute(select(func.max(tables.outbox.c.seq))).scalar() or 0)
