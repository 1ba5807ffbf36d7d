"""What is known of the archive itself, and of the files that were read into it."""

from __future__ import annotations

import dataclasses

from sqlalchemy import Connection, delete, insert, select

from ingest.archive.records import Source
from ingest.archive.sql import tables
from ingest.archive.sql.database import Database


class Facts(Database):
    """Facts by name, and sources by key."""

    def meta(self, key: str) -> str:
        """Return a fact about the archive, or "" where it is not recorded."""
        with self.reading() as connection:
            value = connection.scalar(select(tables.meta.c.value).where(tables.meta.c.key == key))
            return str(value or "")

    def set_meta(self, key: str, value: str) -> None:
        """Record a fact about the archive."""
        with self.writing() as connection:
            set_fact(connection, key, value)

    def sources(self) -> dict[str, Source]:
        """Return every file that was read, by its key."""
        with self.reading() as connection:
            return {row.key: Source(**row._asdict()) for row in connection.execute(select(tables.sources))}

    def set_source(self, source: Source) -> None:
        """Record the state of a file that was read."""
        with self.writing() as connection:
            connection.execute(delete(tables.sources).where(tables.sources.c.key == source.key))
            connection.execute(insert(tables.sources).values(**dataclasses.asdict(source)))


def set_fact(connection: Connection, key: str, value: str) -> None:
    """Record a fact about the archive in the transaction of `connection`."""
    connection.execute(delete(tables.meta).where(tables.meta.c.key == key))
    connection.execute(insert(tables.meta).values(key=key, value=value))
