"""The catalog's database, wherever it lives: views to read from, transactions to write in, errors in a line."""

from __future__ import annotations

import contextlib
import datetime
import sqlite3
from collections.abc import Callable, Hashable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ingest.archive.sql import postgresql, sqlite
from ingest.archive.sql.postgresql import PostgreSQL
from ingest.archive.sql.sqlite import FILE, SQLite
from ingest.errors import ArchiveUnusable


class Home(Protocol):
    """Where a catalog lives: a file, or a schema on a server. `place` is what messages call it."""

    place: str
    engine: Engine

    def exists(self) -> bool:
        """Tell whether there is a place to look at."""

    def is_blank(self, connection: Connection) -> bool:
        """Tell whether there is no table in it."""

    def prepare(self) -> None:
        """Set what holds for all who use it, once it is known to be a catalog."""

    def scrub(self) -> None:
        """Clear away what was removed."""

    def compact(self) -> None:
        """Give back the room that nothing needs."""

    def backup(self, file: Path, /) -> None:
        """Write it into a new file."""

    def restore(self, file: Path, /) -> None:
        """Put what a backup holds in its place."""

    def identity(self) -> Hashable:
        """Return what tells this catalog from another at the same place; None where there is none."""

    def held(self, *, timeout: float, waiting: Callable[[str], None] | None) -> contextlib.AbstractContextManager[None]:
        """Hold it for writing; see `lock.writer_lock`."""

    def read(self) -> contextlib.AbstractContextManager[Connection]:
        """Give a connection with one view."""

    def write(self, *, patience: float | None = None) -> contextlib.AbstractContextManager[Connection]:
        """Give a connection that alone writes, once others are done; `patience` are the seconds to wait for them."""


class Database:
    """The database of one archive. What the catalog can say on a subject is a class on top of this one."""

    def __init__(self, folder: Path, address: str = "") -> None:
        self._home: Home = PostgreSQL(address) if address else SQLite(folder)
        self.path = folder / FILE
        self.place = self._home.place

    def close(self) -> None:
        """Close all connections."""
        self._home.engine.dispose()

    def identity(self) -> Hashable:
        """Return what tells this catalog from another that is put in its place; None where it is gone."""
        return self._home.identity()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection with one consistent view of the catalog."""
        with plain_errors(self.place), self._home.read() as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self, *, patience: float | None = None) -> Iterator[Connection]:
        """Give a connection whose changes all happen at the end, or not at all.

        `patience` are the seconds to wait for whoever else is writing, where that is not worth half a minute.
        """
        with plain_errors(self.place), self._home.write(patience=patience) as connection:
            yield connection

    @contextlib.contextmanager
    def held(self, *, timeout: float, waiting: Callable[[str], None] | None = None) -> Iterator[None]:
        """Hold the catalog for writing against other machines; the folder's own lock holds it on this one."""
        with plain_errors(self.place), self._home.held(timeout=timeout, waiting=waiting):
            yield


# What to do about what a database says, by words of its own.
_ADVICE = {
    "malformed": "the catalog is damaged; make another archive, from a backup with "
    "`python -m ingest restore FILE --archive DIR` or from the articles",
    "disk is full": "the disk is full; nothing is lost, and the same command goes on when there is room",
    "disk I/O error": "the disk is full or failing; when it is well, the same command goes on",
    "readonly": "cannot be written; look at who may write in the folder",
    "unable to open": "cannot be opened; look at who may read and write in the folder",
}


@contextlib.contextmanager
def plain_errors(place: str) -> Iterator[None]:
    """Say in a line what the database could not do."""
    try:
        yield
    except DBAPIError as error:
        raise ArchiveUnusable(f"{place}: {_advised(str(error.orig))}") from error
    except (sqlite3.Error, SQLAlchemyError) as error:
        raise ArchiveUnusable(f"{place}: {_advised(str(error))}") from error


def _advised(said: str) -> str:
    said = " ".join(said.split())
    advice = next((advice for words, advice in _ADVICE.items() if words in said), "")
    return f"{advice} ({said})" if advice else said


def parts(ids: Sequence[Any], size: int = 900) -> Iterator[Sequence[Any]]:
    """Yield `ids` in parts that a statement may name."""
    for at in range(0, len(ids), size):
        yield ids[at : at + size]


def contains(connection: Connection, column: Any, letters: str) -> Any:
    """The condition that a column has these bare letters in it, whatever its case, accents and marks."""
    return _dialect(connection).contains(column, letters)


def insert_new(connection: Connection, table: Any) -> Any:
    """The statement that adds the rows that are not there yet."""
    return _dialect(connection).insert_new(table)


def _dialect(connection: Connection) -> Any:
    return postgresql if connection.dialect.name == "postgresql" else sqlite


def now() -> str:
    """Return the time, UTC, in ISO form."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
