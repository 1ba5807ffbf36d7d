"""Articles and their versions, each wholly in the catalog or not at all."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from ingest.archive.records import ArticleSummary
from ingest.archive.sql import fulltext, tables
from ingest.archive.sql.absences import note_withdrawal
from ingest.archive.sql.answers import forget_kept_answers
from ingest.archive.sql.conversations import forget_replies_citing
from ingest.archive.sql.copies import link_copies
from ingest.archive.sql.database import Database, contains, now, parts, plain_errors
from ingest.archive.sql.embeddings import is_unused
from ingest.archive.sql.passages import forget_passages, put_passages
from ingest.archive.sql.quotations import put_ledger
from ingest.archive.sql.speakers import forget_unused_speakers, named_in
from ingest.archive.sql.versions import put_version, version_of
from ingest.errors import UnknownArticle
from ingest.folding import bare
from ingest.models import Article, Ledger, Passage

# So many characters of a text without a title are looked at for one.
_BEGINNING = 120


class Articles(Database):
    """Articles put in, taken out, opened and listed."""

    def states(self) -> dict[str, tuple[str, str, int]]:
        """Return what each article was made of, by id: source key, content hash, extraction."""
        columns = tables.articles.c
        with self.reading() as connection:
            rows = connection.execute(select(columns.id, columns.source_key, columns.content_hash, columns.extraction))
            return {row.id: (row.source_key, row.content_hash, row.extraction) for row in rows}

    def put(
        self, article: Article, passages: Sequence[Passage], ledger: Ledger, *, source_key: str, content_hash: str,
        extraction: int, model: str,
    ) -> Article:  # fmt: skip
        """Add an article, or a new version of it where its content changed, wholly or not at all.

        Returns the article with the version it got. Passages whose embedding by `model` is already known are
        announced to the vector index at once.
        """
        at = now()
        with self.writing() as connection:
            known = connection.execute(select(tables.articles).where(tables.articles.c.id == article.id)).one_or_none()
            named = named_in(connection, article.id)
            version = 1 if known is None else known.version + (known.content_hash != content_hash)
            article = dataclasses.replace(article, version=version)
            row = {"version": version, "source_key": source_key, "content_hash": content_hash,
                   "extraction": extraction, "updated_at": at}  # fmt: skip
            if known is None:
                connection.execute(insert(tables.articles).values(id=article.id, added_at=at, **row))
            else:
                forget_passages(connection, article.id)
                connection.execute(update(tables.articles).where(tables.articles.c.id == article.id).values(**row))
            put_version(connection, article)
            put_passages(connection, article, passages, model)
            put_ledger(connection, article, ledger)
            link_copies(connection, article, ledger)
            forget_unused_speakers(connection, named)
        return article

    def adopt(self, article_id: str, source_key: str) -> None:
        """Note that an unchanged article now comes from another file."""
        with self.writing() as connection:
            connection.execute(
                update(tables.articles).where(tables.articles.c.id == article_id).values(source_key=source_key)
            )

    def remove(self, article_id: str, *, record: str | None = None) -> None:
        """Remove an article with all its versions, passages and quotations. Raises UnknownArticle.

        With a `record`, the reason why, it is noted as withdrawn, and stays out. Call `scrub` when done, to have its
        words off the disk too.
        """
        with self.writing() as connection:
            source = connection.scalar(select(tables.articles.c.source_key).where(tables.articles.c.id == article_id))
            if source is None:
                raise UnknownArticle(f"{article_id}: no such article in the archive")
            of_it = tables.passages.c.article_id == article_id
            keys = list(connection.scalars(select(tables.passages.c.embedding_key).where(of_it).distinct()))
            named = named_in(connection, article_id)
            headlines = _headlines(connection, article_id)
            forget_passages(connection, article_id)
            connection.execute(delete(tables.versions).where(tables.versions.c.article_id == article_id))
            connection.execute(delete(tables.articles).where(tables.articles.c.id == article_id))
            # The file is read again at the next run, should the article be meant to come back.
            file_key = source.removesuffix(f"#{article_id}")
            connection.execute(delete(tables.sources).where(tables.sources.c.key == file_key))
            connection.execute(delete(tables.meta).where(tables.meta.c.key == f"validators {file_key}"))
            if record is not None:
                note_withdrawal(connection, article_id, record)
            for part in parts(keys):
                connection.execute(delete(tables.embeddings).where(tables.embeddings.c.key.in_(part), is_unused()))
            forget_unused_speakers(connection, named)
            forget_replies_citing(connection, article_id, headlines)
            forget_kept_answers(connection)

    def scrub(self) -> None:
        """Overwrite what was removed: the words in the full text's old segments, and the log of changes.

        Embeddings that no passage names any more, as those of earlier versions, go too.
        """
        with self.writing() as connection:
            connection.execute(delete(tables.embeddings).where(is_unused()))
            fulltext.scrub(connection)
        with plain_errors(self.place):
            self._home.scrub()

    def article(self, article_id: str, version: int | None = None) -> Article:
        """Return an article as it was in `version` (default: the latest). Raises UnknownArticle."""
        with self.reading() as connection:
            found = version_of(connection, article_id, version)
        if found is None:
            raise UnknownArticle(f"{article_id}: no such article in the archive")
        return found

    def recorded_at(self, article_id: str, version: int | None = None) -> str:
        """Return when a version (default: the latest) came into the archive, UTC in ISO form; "" where not known."""
        v = tables.versions.c
        query = select(v.recorded_at).where(v.article_id == article_id).order_by(v.version.desc()).limit(1)
        with self.reading() as connection:
            return connection.scalar(query if version is None else query.where(v.version == version)) or ""

    def articles(self, *, offset: int = 0, limit: int = -1, containing: str = "") -> list[ArticleSummary]:
        """Return the articles, newest first by their own date and then by when they were added."""
        a, v = tables.articles.c, tables.versions.c
        said = (
            select(func.count()).where(tables.quotations.c.article_id == a.id).correlate(tables.articles)
            .scalar_subquery()
        )  # fmt: skip
        query = (
            select(a.id, a.version, v.title, v.section, v.language, v.outlet, v.published, a.added_at,
                   func.substr(v.text, 1, _BEGINNING).label("beginning"), func.length(v.text).label("characters"),
                   said.label("quotations"))
            .join(tables.versions, (v.article_id == a.id) & (v.version == a.version))
            .order_by(v.published.desc(), a.added_at.desc(), a.id)
            .offset(offset)
            .limit(limit if limit >= 0 else None)
        )  # fmt: skip
        with self.reading() as connection:
            if containing:
                wanted = bare(containing)
                query = query.where(or_(*(contains(connection, stated, wanted) for stated in (v.title, v.outlet))))
            return [
                ArticleSummary(row.id, row.version, _title(row.title, row.beginning), row.section,
                               row.language, row.outlet, row.published, row.added_at, row.characters, row.quotations)
                for row in connection.execute(query)
            ]  # fmt: skip


def _title(title: str, text: str) -> str:
    """The title of an article; the beginning of its text stands in for one."""
    return title or " ".join(text[:_BEGINNING].split())[:80]


def _headlines(connection: Connection, article_id: str) -> list[str]:
    """What an article was ever called in lists."""
    v = tables.versions.c
    query = select(v.title, func.substr(v.text, 1, _BEGINNING).label("beginning")).where(v.article_id == article_id)
    return list({_title(row.title, row.beginning) for row in connection.execute(query)})
