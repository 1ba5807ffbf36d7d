"""Answers that a model wrote, kept to be shown again, and what models were used for."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from sqlalchemy import Connection, delete, func, insert, select, update

from ingest.archive.records import Spent
from ingest.archive.sql import tables
from ingest.archive.sql.database import Database, insert_new, now
from ingest.archive.sql.versions import unknown

# So many answers are kept; the oldest go.
_KEPT = 2000
# So many seconds are waited for whoever is writing.
_PATIENCE = 2.0


class Answers(Database):
    """Kept answers by their key, spending by the day (UTC) and model."""

    def kept_answer(self, key: str) -> str:
        """Return the answer that was kept under a key, as JSON; "" where there is none."""
        k = tables.kept_answers
        with self.reading() as connection:
            return str(connection.scalar(select(k.c.reply).where(k.c.key == key)) or "")

    def keep_answer(self, key: str, reply: str, *, article_ids: Collection[str]) -> None:
        """Keep an answer under a key, unless one of the articles whose words it holds is gone by now.

        Raises ArchiveUnusable where somebody else writes for longer than a moment: it is not worth waiting for.
        """
        k = tables.kept_answers
        with self.writing(patience=_PATIENCE) as connection:
            if unknown(connection, article_ids):
                return
            connection.execute(delete(k).where(k.c.key == key))
            connection.execute(insert(k).values(key=key, reply=reply, kept_at=now()))
            if connection.execute(select(func.count()).select_from(k)).scalar_one() > _KEPT:
                oldest = select(k.c.key).order_by(k.c.kept_at).limit(_KEPT // 10)
                connection.execute(delete(k).where(k.c.key.in_(oldest.scalar_subquery())))

    def note_spending(self, model: str, spent: Spent) -> None:
        """Add to what a model was used for today. Raises ArchiveUnusable where somebody else writes on and on."""
        s = tables.spending
        with self.writing(patience=_PATIENCE) as connection:
            none = {"calls": 0, "input": 0, "cached": 0, "output": 0, "cost": 0.0}
            connection.execute(insert_new(connection, s), [{"day": _today(), "model": model, **none}])
            connection.execute(
                update(s)
                .where(s.c.day == _today(), s.c.model == model)
                .values(
                    calls=s.c.calls + spent.calls, input=s.c.input + spent.input, cached=s.c.cached + spent.cached,
                    output=s.c.output + spent.output, cost=s.c.cost + spent.cost,
                )
            )  # fmt: skip

    def spent_today(self) -> Spent:
        """Return what all models were used for today."""
        s = tables.spending
        sums = [func.coalesce(func.sum(s.c[name]), 0) for name in ("calls", "input", "cached", "output", "cost")]
        with self.reading() as connection:
            row = connection.execute(select(*sums).where(s.c.day == _today())).one()
        return Spent(int(row[0]), int(row[1]), int(row[2]), int(row[3]), float(row[4]))


def _today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def forget_kept_answers(connection: Connection) -> None:
    """Forget all kept answers: they may hold words of an article that is withdrawn."""
    connection.execute(delete(tables.kept_answers))
