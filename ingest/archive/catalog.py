"""The catalog: articles, passages, quotations, speakers and embeddings in SQL, one transaction an article. The truth.

Every other module speaks of articles; those of `sql` speak SQL, each on one subject.
"""

from __future__ import annotations

from pathlib import Path

from ingest.archive.records import (
    Appearance,
    ArticleSummary,
    KnownSpeaker,
    PendingText,
    Published,
    Source,
    Statement,
    Status,
)
from ingest.archive.sql import fulltext, tables
from ingest.archive.sql.absences import Absences
from ingest.archive.sql.answers import Answers
from ingest.archive.sql.articles import Articles
from ingest.archive.sql.conversations import Conversations
from ingest.archive.sql.copies import Copies
from ingest.archive.sql.database import plain_errors
from ingest.archive.sql.embeddings import Embeddings
from ingest.archive.sql.facts import Facts, set_fact
from ingest.archive.sql.holdings import Holdings
from ingest.archive.sql.outbox import Outbox
from ingest.archive.sql.passages import Passages
from ingest.archive.sql.quotations import Quotations
from ingest.archive.sql.speakers import Speakers
from ingest.archive.sql.upkeep import Upkeep
from ingest.errors import ArchiveUnusable, ArchiveVersionMismatch

SCHEMA_VERSION = tables.SCHEMA_VERSION

__all__ = [
    "SCHEMA_VERSION", "Appearance", "ArticleSummary", "Catalog", "KnownSpeaker", "PendingText", "Published",
    "Source", "Statement", "Status",
]  # fmt: skip


class Catalog(
    Articles, Holdings, Quotations, Copies, Speakers, Passages, Embeddings, Outbox, Absences, Conversations, Answers,
    Upkeep, Facts,
):  # fmt: skip
    """The catalog of one archive. Open it with `opened` or `created`.

    It is a file in the archive's folder, or the schema on a PostgreSQL server whose `address` is given.
    """

    @classmethod
    def opened(cls, folder: Path, address: str = "") -> Catalog:
        """Open the catalog of an existing archive.

        Raises ArchiveUnusable where there is none, ArchiveVersionMismatch where another version made it.
        """
        catalog = cls(folder, address)
        where = catalog.place if address else folder
        if not catalog._home.exists():
            raise ArchiveUnusable(f"{where}: no archive here yet; make one with: python -m ingest add PATH")
        if catalog._is_blank():
            raise ArchiveUnusable(f"{where}: the archive is empty; add articles with: python -m ingest add PATH")
        catalog._check_version(where)
        catalog._prepare()
        return catalog

    @classmethod
    def created(cls, folder: Path, address: str = "") -> Catalog:
        """Open the catalog, making folder and tables where there are none."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveUnusable(f"{folder}: cannot be made: {error.strerror or error}") from error
        catalog = cls(folder, address)
        if not catalog._is_blank():
            catalog._check_version(catalog.place if address else folder)
            catalog._prepare()
            return catalog
        catalog._prepare()
        with catalog.writing() as connection:
            # Another process may have made them since.
            if catalog._home.is_blank(connection):
                tables.metadata.create_all(connection, checkfirst=False)
                fulltext.create(connection)
                set_fact(connection, "schema_version", str(tables.SCHEMA_VERSION))
        return catalog

    def _is_blank(self) -> bool:
        try:
            with self.reading() as connection:
                return self._home.is_blank(connection)
        except ArchiveUnusable as error:
            if "not a database" in str(error):
                raise ArchiveVersionMismatch(f"{self.place}: not a catalog of On Record") from error
            raise

    def _check_version(self, where: Path | str) -> None:
        try:
            found = self.meta("schema_version")
        except ArchiveUnusable as error:
            raise ArchiveVersionMismatch(f"{self.place}: not a catalog of On Record") from error
        if found in tables.EARLIER_VERSIONS:
            self.upgrade()
        elif found != str(tables.SCHEMA_VERSION):
            raise ArchiveVersionMismatch(
                f"{where}: this archive has format {found or 'unknown'}, this version of On Record reads "
                f"format {tables.SCHEMA_VERSION}; add the articles to a new archive with --archive DIR"
            )

    def _prepare(self) -> None:
        with plain_errors(self.place):
            self._home.prepare()
