"""The catalog: articles, passages, quotations, speakers and embeddings in SQL, one transaction an article. The truth.

Every other module speaks of articles; those of `sql` speak SQL, each on one subject.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from ingest.archive.records import (
    Appearance,
    ArticleSummary,
    KnownSpeaker,
    PendingText,
    Source,
    Statement,
    Status,
)
from ingest.archive.sql import fulltext, tables
from ingest.archive.sql.articles import Articles
from ingest.archive.sql.copies import Copies
from ingest.archive.sql.database import connected, plain_errors
from ingest.archive.sql.embeddings import Embeddings
from ingest.archive.sql.facts import Facts, set_fact
from ingest.archive.sql.holdings import Holdings
from ingest.archive.sql.outbox import Outbox
from ingest.archive.sql.passages import Passages
from ingest.archive.sql.quotations import Quotations
from ingest.archive.sql.speakers import Speakers
from ingest.errors import ArchiveUnusable, ArchiveVersionMismatch

__all__ = ["Appearance", "ArticleSummary", "Catalog", "KnownSpeaker", "PendingText", "Source", "Statement", "Status"]

FILE = "catalog.sqlite"


class Catalog(Articles, Holdings, Quotations, Copies, Speakers, Passages, Embeddings, Outbox, Facts):
    """The catalog file of one archive. Open it with `opened` or `created`."""

    @classmethod
    def opened(cls, folder: Path) -> Catalog:
        """Open the catalog of an existing archive.

        Raises ArchiveUnusable where there is none, ArchiveVersionMismatch where another version made it.
        """
        path = folder / FILE
        if not path.is_file():
            raise ArchiveUnusable(f"{folder}: no archive here yet; make one with: python -m ingest add PATH")
        catalog = cls(connected(path), path)
        if catalog._is_blank():
            raise ArchiveUnusable(f"{folder}: the archive is empty; add articles with: python -m ingest add PATH")
        catalog._check_version()
        catalog._log_ahead()
        return catalog

    @classmethod
    def created(cls, folder: Path) -> Catalog:
        """Open the catalog, making folder and tables where there are none."""
        path = folder / FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveUnusable(f"{folder}: cannot be made: {error.strerror or error}") from error
        catalog = cls(connected(path), path)
        if not catalog._is_blank():
            catalog._check_version()
            catalog._log_ahead()
            return catalog
        catalog._log_ahead()
        with catalog.writing() as connection:
            tables.metadata.create_all(connection)
            for statement in fulltext.CREATE:
                connection.exec_driver_sql(statement)
            set_fact(connection, "schema_version", str(tables.SCHEMA_VERSION))
        return catalog

    def _is_blank(self) -> bool:
        """A writer that was killed while it made the tables leaves a file without any."""
        try:
            with self.reading() as connection:
                return not connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
        except ArchiveUnusable as error:
            if "not a database" in str(error):
                raise ArchiveVersionMismatch(f"{self.path}: not a catalog of On Record") from error
            raise

    def _check_version(self) -> None:
        try:
            found = self.meta("schema_version")
        except ArchiveUnusable as error:
            raise ArchiveVersionMismatch(f"{self.path}: not a catalog of On Record") from error
        if found == "1":
            self._upgrade()
        elif found != str(tables.SCHEMA_VERSION):
            raise ArchiveVersionMismatch(
                f"{self.path.parent}: this archive has format {found or 'unknown'}, this version of On Record reads "
                f"format {tables.SCHEMA_VERSION}; add the articles to a new archive with --archive DIR"
            )

    def _upgrade(self) -> None:
        """Bring an archive of the format before to this one; what is new in it is filled as articles are read again."""
        with self.writing() as connection:
            for statement in tables.ADDED_SINCE_1:
                connection.exec_driver_sql(statement)
            tables.metadata.create_all(connection)
            set_fact(connection, "schema_version", str(tables.SCHEMA_VERSION))

    def _log_ahead(self) -> None:
        """Have readers and the writer not wait for each other; the file keeps this, so it must be known to be ours."""
        with plain_errors(self.path), contextlib.closing(self._engine.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA journal_mode = WAL")
