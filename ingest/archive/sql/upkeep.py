"""Keeping the catalog in proportion to what it holds."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import delete, func, select

from ingest.archive.sql import fulltext, tables
from ingest.archive.sql.database import Database, plain_errors
from ingest.archive.sql.embeddings import is_unused
from ingest.archive.sql.facts import set_fact

# Embeddings of passages that are gone are kept for a while: whoever cuts anew and changes his mind has them back.
_SPARE_SHARE, _SPARE_LEAST = 0.25, 64


class Upkeep(Database):
    """Forgetting what nobody asks for any more."""

    def upgrade(self) -> None:
        """Bring a catalog of an earlier format to this one; what is new in it is filled as articles are read again."""
        with self.writing() as connection:
            found = connection.scalar(select(tables.meta.c.value).where(tables.meta.c.key == "schema_version"))
            # Another process may have done it since.
            if found in tables.EARLIER_VERSIONS:
                for statement in tables.ADDED_SINCE_1 if found == "1" else ():
                    connection.exec_driver_sql(statement)
                tables.metadata.create_all(connection)
                set_fact(connection, "schema_version", str(tables.SCHEMA_VERSION))

    def tidy(self, *, told: int) -> None:
        """Forget passages that came and went before the entry `told`, which every vector index in use knows of, and
        the embeddings of passages that are gone where they have become many."""
        o, e = tables.outbox, tables.embeddings
        gone = select(o.c.passage_id).where(o.c.operation == "remove", o.c.seq <= told)
        with self.writing() as connection:
            connection.execute(delete(o).where(o.c.seq <= told, o.c.passage_id.in_(gone)))
            held = connection.execute(select(func.count()).select_from(e)).scalar_one()
            spare = connection.execute(select(func.count()).select_from(e).where(is_unused())).scalar_one()
            if spare > max(_SPARE_LEAST, _SPARE_SHARE * (held - spare)):
                connection.execute(delete(e).where(is_unused()))

    def compact(self) -> None:
        """Forget all that nobody asks for, and give the room back to the disk. Needs as much room again meanwhile."""
        with self.writing() as connection:
            connection.execute(delete(tables.embeddings).where(is_unused()))
            fulltext.scrub(connection)
        with plain_errors(self.place):
            self._home.compact()

    def backup(self, file: Path) -> None:
        """Write the catalog, as it is at one moment, into a new file."""
        with plain_errors(self.place):
            self._home.backup(file)

    def restore(self, file: Path) -> None:
        """Put what a backup holds in the place of the catalog."""
        with plain_errors(self.place):
            self._home.restore(file)
