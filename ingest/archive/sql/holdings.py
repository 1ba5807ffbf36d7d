"""What the catalog holds, counted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from ingest.archive.records import Status, Waiting
from ingest.archive.sql import tables
from ingest.archive.sql.database import Database
from ingest.archive.sql.embeddings import unembedded
from ingest.archive.sql.outbox import newest


class Holdings(Database):
    """How much there is, and whether it changed."""

    def status(self, model: str) -> Status:
        """Count what is held, and what has no embedding of `model` yet."""
        with self.reading() as connection:

            def count(of: Any) -> int:
                return connection.execute(select(func.count()).select_from(of)).scalar_one()

            return Status(
                articles=count(tables.articles),
                passages=count(tables.passages),
                quotations=count(tables.quotations),
                speakers=count(select(tables.quotations.c.speaker_id).distinct().subquery()),
                unembedded=count(unembedded(model).subquery()),
                last_seq=newest(connection),
            )

    def waiting(self, model: str) -> Waiting:
        """Return how much has no embedding of `model` yet, and since when."""
        p, a = tables.passages.c, tables.articles.c
        query = (
            select(func.count(), func.coalesce(func.sum(func.length(p.text)), 0), func.min(a.updated_at))
            .join(tables.articles, a.id == p.article_id)
            .where(p.id.in_(unembedded(model)))
        )
        with self.reading() as connection:
            count, characters, since = connection.execute(query).one()
            return Waiting(int(count), int(characters), since or "")

    def is_empty(self) -> bool:
        """Tell whether there is no article."""
        with self.reading() as connection:
            return connection.execute(select(tables.articles.c.id).limit(1)).one_or_none() is None

    def fingerprint(self) -> str:
        """Return a value that changes whenever an article is added, changed or removed."""
        with self.reading() as connection:
            row = connection.execute(select(func.count(), func.max(tables.articles.c.updated_at))).one()
            highest = connection.execute(select(func.max(tables.passages.c.id))).scalar()
            return f"{row[0]}:{row[1]}:{highest}"
