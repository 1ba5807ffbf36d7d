"""What is not in the archive, and why: files that could not be read, articles that were withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, delete, insert, select

from ingest.archive.records import Failure, Withdrawal
from ingest.archive.sql import tables
from ingest.archive.sql.database import Database, now, parts
from ingest.errors import UnknownArticle


class Absences(Database):
    """Failures by their file or address, withdrawals by the article's id."""

    def failures(self) -> list[Failure]:
        """Return what could not be read at the last run that tried, in order of its file or address."""
        f = tables.failures
        with self.reading() as connection:
            return [
                Failure(row.key, row.reason, row.failed_at) for row in connection.execute(select(f).order_by(f.c.key))
            ]

    def note_failures(self, failed: Mapping[str, str], *, settled: Collection[str]) -> None:
        """Keep why these files or addresses could not be read, and forget that of the `settled` ones."""
        f = tables.failures
        if not failed and not settled:
            return
        with self.writing() as connection:
            for part in parts(sorted({*failed, *settled})):
                connection.execute(delete(f).where(f.c.key.in_(part)))
            rows = [{"key": key, "reason": reason, "failed_at": now()} for key, reason in failed.items()]
            if rows:
                connection.execute(insert(f), rows)

    def withdrawals(self) -> dict[str, Withdrawal]:
        """Return the withdrawn articles of which a record was kept, by id."""
        w = tables.withdrawals
        with self.reading() as connection:
            return {
                row.article_id: Withdrawal(row.article_id, row.withdrawn_at, row.reason)
                for row in connection.execute(select(w).order_by(w.c.article_id))
            }

    def readmit(self, article_id: str) -> None:
        """Forget that an article was withdrawn: it may be added again. Raises UnknownArticle."""
        w = tables.withdrawals
        with self.writing() as connection:
            if not connection.execute(delete(w).where(w.c.article_id == article_id)).rowcount:
                raise UnknownArticle(f"{article_id}: no article of this id was withdrawn with a record")


def note_withdrawal(connection: Connection, article_id: str, reason: str) -> None:
    """Keep that an article was withdrawn, when and why."""
    w = tables.withdrawals
    connection.execute(delete(w).where(w.c.article_id == article_id))
    connection.execute(insert(w).values(article_id=article_id, withdrawn_at=now(), reason=reason))
