"""A catalog in a file: SQLite in WAL mode, many readers and one writer, and a reader never waits."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event, func
from sqlalchemy.dialects.sqlite import insert

from ingest.folding import bare

FILE = "catalog.sqlite"
# So many seconds a writer waits for another.
_PATIENCE = 30.0


class SQLite:
    """The catalog file in an archive's folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.place = str(self.path)
        # Never as one string: a path may hold what means something in an address.
        self.engine = create_engine(URL.create("sqlite", database=str(self.path)), connect_args={"timeout": _PATIENCE})
        event.listen(self.engine, "connect", _settings)
        event.listen(self.engine, "begin", _begin)

    def exists(self) -> bool:
        """Tell whether there is such a file."""
        return self.path.is_file()

    def is_blank(self, connection: Connection) -> bool:
        """Tell whether there is no table: a writer that was killed while it made them leaves a file without any.

        A file that was cut off is refused, as what stood in the rest would be missed only where it is looked for.
        """
        if self._is_cut_off(connection):
            raise sqlite3.DatabaseError("database disk image is malformed: a part of the file is missing")
        return not connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()

    def _is_cut_off(self, connection: Connection) -> bool:
        # The file is never opened but by SQLite: whoever closes it, once, in a process that has it open otherwise gives
        # up all locks of that process, and the next reader elsewhere deletes the log of changes that it still writes.
        log = self.path.with_name(f"{FILE}-wal")
        page = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        try:
            # While there is a log of changes, the file may be about to grow.
            return not (log.exists() and log.stat().st_size) and 0 < self.path.stat().st_size < page * pages
        except OSError:
            return False

    def prepare(self) -> None:
        """Have readers and the writer not wait for each other; the file keeps this, so it must be known to be ours."""
        with contextlib.closing(self.engine.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA journal_mode = WAL")

    def scrub(self) -> None:
        """Write the log of changes into the file and empty it; raises sqlite3.Error where somebody reads on and on."""
        with contextlib.closing(self.engine.raw_connection()) as raw:
            # Waits for readers as long as the connection waits for anything.
            (busy, _, _) = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise sqlite3.OperationalError(
                "what was removed is gone, but somebody is reading and the log of changes could not be emptied; "
                "do it later with: python -m ingest compact"
            )

    def compact(self) -> None:
        """Write the file anew without the room that nothing needs."""
        with contextlib.closing(self.engine.raw_connection()) as raw:
            raw.cursor().execute("VACUUM")
        self.scrub()

    def backup(self, file: Path) -> None:
        """Write all of it, as it is at one moment, into a new file; nobody has to wait meanwhile."""
        with contextlib.closing(sqlite3.connect(file)) as target:
            with contextlib.closing(self.engine.raw_connection()) as raw:
                raw.driver_connection.backup(target)  # type: ignore[union-attr]
            target.execute("PRAGMA journal_mode = DELETE")

    def restore(self, file: Path) -> None:
        """Put what a backup holds in the place of all of it, in one step for whoever is reading."""
        backup = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
        with contextlib.closing(backup) as source, contextlib.closing(self.engine.raw_connection()) as raw:
            source.backup(raw.driver_connection)  # type: ignore[arg-type]

    def identity(self) -> Hashable:
        """Return which file this is, whatever it is called; None where there is none."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    @contextlib.contextmanager
    def held(self, **_: object) -> Iterator[None]:
        """Whoever writes to the file holds the lock of its folder already."""
        yield

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection with one view."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def write(self, *, patience: float | None = None) -> Iterator[Connection]:
        """Give a connection that alone writes."""
        with self.engine.connect() as connection:
            immediate = connection.execution_options(onrecord_immediate=True, onrecord_patience=patience)
            with immediate.begin():
                yield immediate


def contains(column: Any, letters: str) -> Any:
    """The condition that a column has these bare letters in it, whatever its case, accents and marks."""
    return func.instr(func.bare(column), letters) > 0


def insert_new(table: Any) -> Any:
    """The statement that adds the rows that are not there yet."""
    return insert(table).on_conflict_do_nothing()


def _settings(connection: sqlite3.Connection, _: object) -> None:
    # The driver's own transactions begin too late and end too early: begin and commit come from SQLAlchemy alone.
    connection.isolation_level = None
    # SQLite's own comparisons know the case of ASCII letters only.
    connection.create_function("bare", 1, bare, deterministic=True)
    # A commit survives a killed process; only a power cut may undo the last ones, and a re-run brings them back.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA cache_size = -16000")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("onrecord_immediate"):
        connection.exec_driver_sql("BEGIN")
        return
    # Connections are used again, by those who wait longer.
    patience = options.get("onrecord_patience") or _PATIENCE
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(patience * 1000)}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(_PATIENCE * 1000)}")
