"""The catalog's database: SQLite in WAL mode, many readers and one writer, and a reader never waits."""

from __future__ import annotations

import contextlib
import datetime
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from ingest.errors import ArchiveUnusable
from ingest.folding import bare


class Database:
    """The database of one archive. What the catalog can say on a subject is a class on top of this one."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self.path = path

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection with one consistent view of the catalog."""
        with plain_errors(self.path), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose changes all happen at the end, or not at all."""
        with plain_errors(self.path), self._engine.connect() as connection:
            immediate = connection.execution_options(onrecord_immediate=True)
            with immediate.begin():
                yield immediate


def connected(path: Path) -> Engine:
    """Return the engine of the catalog file at `path`."""
    # Never as one string: a path may hold what means something in an address.
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": 30.0})

    @event.listens_for(engine, "connect")
    def _settings(connection: sqlite3.Connection, _: object) -> None:
        # The driver's own transactions begin too late and end too early: begin and commit come from SQLAlchemy alone.
        connection.isolation_level = None
        # SQLite's own comparisons know the case of ASCII letters only.
        connection.create_function("bare", 1, bare, deterministic=True)
        # A commit survives a killed process; only a power cut may undo the last ones, and a re-run brings them back.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA cache_size = -32000")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("onrecord_immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


@contextlib.contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Say in a line what the database could not do."""
    try:
        yield
    except DBAPIError as error:
        raise ArchiveUnusable(f"{path}: {error.orig}") from error
    except sqlite3.Error as error:
        raise ArchiveUnusable(f"{path}: {error}") from error


def parts(ids: Sequence[int], size: int = 900) -> Iterator[Sequence[int]]:
    """Yield `ids` in parts that a statement may name."""
    for at in range(0, len(ids), size):
        yield ids[at : at + size]


def now() -> str:
    """Return the time, UTC, in ISO form."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
