"""A catalog on a PostgreSQL server, where one machine is outgrown: one archive a schema, one writer at a time.

Text sorts by code points there too, as in SQLite, and NUL characters, which PostgreSQL has no room for, are kept by
`tables.Words`.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, func, literal, make_url, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from ingest.errors import ArchiveBusy, ArchiveUnusable

EXAMPLE = "postgresql+psycopg://user:password@host/database"
_CONNECT_SECONDS = 10
_LOOKED_EVERY = 0.2
# The two locks of an archive: that of the writing process, held as long as its connection lives, and that of a
# transaction, so that one sees what the one before did.
_WRITER, _TRANSACTION = 1, 2
_KEY = "hashtext('onrecord ' || current_schema())"
# A writer whose machine is gone lets go of the archive after a minute.
_SETTINGS = (
    "SET lock_timeout = '30s'",
    # Compiling a question takes longer than answering it.
    "SET jit = off",
    "SET tcp_keepalives_idle = 30",
    "SET tcp_keepalives_interval = 10",
    "SET tcp_keepalives_count = 3",
)


class PostgreSQL:
    """The schema of an archive on a server. Its address, which may hold a password, is never shown."""

    def __init__(self, address: str) -> None:
        try:
            url = make_url(address)
            if url.drivername != "postgresql+psycopg":
                raise ArgumentError
            # A server that was restarted has ended the connections that are kept.
            self.engine = create_engine(
                url,
                pool_pre_ping=True,
                connect_args={"connect_timeout": _CONNECT_SECONDS, "application_name": "On Record"},
            )
        except (ArgumentError, NoSuchModuleError, ValueError) as error:
            raise ArchiveUnusable(f"ONRECORD_CATALOG_URL: not an address of a database, such as {EXAMPLE}") from error
        except ModuleNotFoundError as error:
            raise ArchiveUnusable(
                "a catalog on PostgreSQL needs one more package: python -m pip install 'onrecord[postgres]'"
            ) from error
        port = f":{url.port}" if url.port else ""
        self.place = f"{url.host or 'localhost'}{port}/{url.database or ''}"
        self._holding: Connection | None = None
        self._asked = threading.Lock()
        event.listen(self.engine, "connect", _settings)

    def exists(self) -> bool:
        """Tell whether there is such a database: the first connection says."""
        return True

    def is_blank(self, connection: Connection) -> bool:
        """Tell whether the schema has no table; one that text in any language cannot be kept in is refused."""
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if encoding != "UTF8":
            raise ArchiveUnusable(f"{self.place}: the database has the encoding {encoding}; a catalog needs UTF8")
        count = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
        return not connection.exec_driver_sql(count).scalar_one()

    def prepare(self) -> None:
        """Nothing is set for the whole database."""

    def scrub(self) -> None:
        """Have the server clear away what was removed; its own log and backups keep their time."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in ("versions", "passages", "passage_words", "quotations", "casts", "embeddings",
                          "conversations", "turns", "kept_answers"):  # fmt: skip
                connection.exec_driver_sql(f"VACUUM {table}")

    def compact(self) -> None:
        """Have the server write every table anew without the room that nothing needs."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            named = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()"
            for table in connection.exec_driver_sql(named).scalars().all():
                connection.exec_driver_sql(f"VACUUM (FULL) {table}")

    def backup(self, _file: Path) -> None:
        """Backups of a server are the server's own."""
        raise ArchiveUnusable(f"{self.place}: the catalog is on PostgreSQL; back it up with pg_dump")

    def restore(self, _file: Path) -> None:
        """See `backup`."""
        raise ArchiveUnusable(f"{self.place}: the catalog is on PostgreSQL; restore it with pg_restore or psql")

    def identity(self) -> Hashable:
        """Return which catalog this is; None where there is none or the server cannot be reached."""
        try:
            with self.engine.connect() as connection:
                found: Hashable = connection.exec_driver_sql("SELECT to_regclass('meta')::oid::bigint").scalar_one()
                return found
        except SQLAlchemyError:
            return None

    @contextlib.contextmanager
    def held(self, *, timeout: float, waiting: Callable[[str], None] | None) -> Iterator[None]:
        """Hold the archive for writing, from whatever machine. Raises ArchiveBusy when time is up.

        The server frees the lock when the connection of its holder ends.
        """
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            until, told = time.monotonic() + timeout, False
            while not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_KEY}, {_WRITER})").scalar_one():
                if time.monotonic() >= until:
                    raise ArchiveBusy(_holder(connection))
                if waiting and not told:
                    waiting(f"{_holder(connection)}; waiting")
                told = True
                time.sleep(_LOOKED_EVERY)
            _note(connection, {"pid": os.getpid(), "host": socket.gethostname(), "since": _now()})
            self._holding = connection
            try:
                yield
            finally:
                self._holding = None
                # A server that is gone has freed the lock.
                with contextlib.suppress(SQLAlchemyError):
                    _note(connection, None)
                    connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_KEY}, {_WRITER})")

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection with one view."""
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def write(self, *, patience: float | None = None) -> Iterator[Connection]:
        """Give a connection that alone writes."""
        with self._asked:
            if self._holding is not None:
                # A server that was restarted has freed the lock: nothing more may be written under it.
                self._holding.exec_driver_sql("SELECT 1")
        with self.engine.connect() as connection, connection.begin():
            if patience is not None:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(patience * 1000)}")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_KEY}, {_TRANSACTION})")
            yield connection


def contains(column: Any, letters: str) -> Any:
    """The condition that a column has these bare letters in it, whatever its case, accents and marks.

    As `folding.bare` does it, save for a few letters of rare alphabets.
    """
    plain = func.translate(column, "«»“”„‟〝〞＂″’‘‚‛ʼʹ′´`‹›‐‑‒–—―−﹘﹣－", '""""""""""' + "'" * 11 + "-" * 10)
    marks = func.regexp_replace(func.normalize(plain, text("NFKD")), "[\u0300-\u036f\u0483-\u0487]", "", "g")
    lower = func.lower(marks.collate("und-x-icu"))
    bare = func.replace(func.replace(lower, "ß", "ss"), "ς", "σ")
    return func.strpos(func.regexp_replace(bare, r"\s+", " ", "g"), literal(letters)) > 0


def insert_new(table: Any) -> Any:
    """The statement that adds the rows that are not there yet."""
    return insert(table).on_conflict_do_nothing()


def _settings(connection: Any, _: object) -> None:
    with connection.cursor() as cursor:
        for setting in _SETTINGS:
            cursor.execute(setting)
    connection.commit()


def _note(connection: Connection, holder: dict[str, Any] | None) -> None:
    connection.execute(text("DELETE FROM meta WHERE key = 'writer'"))
    if holder:
        connection.execute(text("INSERT INTO meta VALUES ('writer', :value)"), {"value": json.dumps(holder)})


def _holder(connection: Connection) -> str:
    try:
        note = connection.exec_driver_sql("SELECT value FROM meta WHERE key = 'writer'").scalar_one()
        holder = json.loads(note)
        return f"process {holder['pid']} on {holder['host']} has been writing to the archive since {holder['since']}"
    except (SQLAlchemyError, ValueError, KeyError):
        return "another process is writing to the archive"


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
