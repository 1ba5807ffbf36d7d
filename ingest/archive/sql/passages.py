"""Passages of the articles' latest versions, and the full text over them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select

from ingest.archive.records import Published
from ingest.archive.sql import fulltext, tables
from ingest.archive.sql.database import Database, parts
from ingest.archive.sql.outbox import announce
from ingest.models import Article, Passage, Span
from ingest.passages import context, embedded_text, embedding_key


class Passages(Database):
    """Passages by id, by article and by their words."""

    def passages(self, ids: Sequence[int]) -> dict[int, tuple[Passage, str]]:
        """Return passages with their language, by id; those that are gone are left out."""
        found: dict[int, tuple[Passage, str]] = {}
        with self.reading() as connection:
            for part in parts(ids):
                for row in connection.execute(select(tables.passages).where(tables.passages.c.id.in_(part))):
                    found[row.id] = (_passage(row), row.language)
        return found

    def passages_of(self, *article_ids: str) -> dict[int, Passage]:
        """Return the passages of these articles, by id, those of an article in order."""
        p = tables.passages.c
        with self.reading() as connection:
            return {
                row.id: _passage(row)
                for part in parts(article_ids)
                for row in connection.execute(
                    select(tables.passages).where(p.article_id.in_(part)).order_by(p.article_id, p.number)
                )
            }

    def count_passages(self, published: Published | None = None) -> int:
        """Return how many passages there are, or how many of articles published on those days."""
        counted = select(func.count()).select_from(tables.passages)
        with self.reading() as connection:
            return connection.execute(_of_those_published(counted, published)).scalar_one()

    def passages_published(self, published: Published) -> list[int]:
        """Return the ids of all passages of articles published on those days, oldest passage first."""
        with self.reading() as connection:
            ids = _of_those_published(select(tables.passages.c.id), published).order_by(tables.passages.c.id)
            return list(connection.scalars(ids))

    def published_among(self, ids: Sequence[int], published: Published) -> set[int]:
        """Return those of these passages that are of articles published on those days."""
        chosen = _of_those_published(select(tables.passages.c.id), published)
        with self.reading() as connection:
            return {
                id_ for part in parts(ids) for id_ in connection.scalars(chosen.where(tables.passages.c.id.in_(part)))
            }

    def is_dated(self) -> bool:
        """Tell whether any article says when it was published."""
        with self.reading() as connection:
            dated = select(tables.versions.c.version).where(tables.versions.c.published != "").limit(1)
            return connection.execute(dated).one_or_none() is not None

    def dates_of(self, article_ids: Iterable[str]) -> dict[str, datetime.date]:
        """Return when these articles were published, by id; those without a date are left out."""
        a, v = tables.articles.c, tables.versions.c
        dated = (
            select(a.id, v.published)
            .join(tables.versions, (v.article_id == a.id) & (v.version == a.version))
            .where(v.published != "")
        )
        with self.reading() as connection:
            return {
                row.id: datetime.date.fromisoformat(row.published)
                for part in parts(sorted(set(article_ids)))
                for row in connection.execute(dated.where(a.id.in_(part)))
            }

    def word_scores(self, question: str, *, limit: int) -> dict[int, float]:
        """Return the passages whose words match a question best: id to score, 0 to 1 (see `fulltext.scores`)."""
        with self.reading() as connection:
            return fulltext.scores(connection, question, limit=limit)

    def passages_quoting(self, phrases: Sequence[str], *, limit: int) -> list[int]:
        """Return the passages that hold one of the phrases word for word, whatever their case and accents."""
        with self.reading() as connection:
            return fulltext.quoting(connection, phrases, limit=limit)

    def passages_sharing(self, words: str, *, limit: int) -> list[int]:
        """Return the passages that share the most of the rarest words of a text."""
        with self.reading() as connection:
            return fulltext.sharing(connection, words, limit=limit)

    def word_frequencies(self, words: Iterable[str]) -> dict[str, float]:
        """Return in what share of all passages each word stands, 0 to 1; a word that stands nowhere is left out."""
        with self.reading() as connection:
            total = connection.execute(select(func.count()).select_from(tables.passages)).scalar_one()
            known = fulltext.document_frequencies(connection, words)
        return {word: count / total for word, count in known.items()} if total else {}

    def words_on_record(self, words: Iterable[str]) -> set[str]:
        """Return those of `words` that stand in some passage, whole or by their first five letters."""
        terms = {word: fulltext.prefixed(word) for word in words}
        with self.reading() as connection:
            known = fulltext.document_frequencies(connection, filter(None, terms.values()))
        return {word for word, term in terms.items() if term in known}

    def stand_together(self, words: str) -> bool:
        """Tell whether some passage holds all of these words."""
        with self.reading() as connection:
            return fulltext.stand_together(connection, words)


def _of_those_published(chosen: Select[int], published: Published | None) -> Select[int]:
    """The same passages, narrowed to articles published on those days: dates in ISO form sort as they follow."""
    if published is None:
        return chosen
    p, a, v = tables.passages.c, tables.articles.c, tables.versions.c
    conditions: list[ColumnElement[bool]] = [v.published != ""]
    if published.first:
        conditions.append(v.published >= published.first.isoformat())
    if published.last:
        conditions.append(v.published <= published.last.isoformat())
    return (
        chosen.join(tables.articles, a.id == p.article_id)
        .join(tables.versions, (v.article_id == a.id) & (v.version == a.version))
        .where(*conditions)
    )


def put_passages(connection: Connection, article: Article, passages: Sequence[Passage], model: str) -> None:
    """Add the passages of an article, and tell the index of those whose embedding is known."""
    if not passages:
        return
    before = context(article)
    embedded = [embedded_text(before, passage.text) for passage in passages]
    rows = [
        {"article_id": article.id, "version": article.version, "number": passage.number, "start": passage.span.start,
         "end": passage.span.end, "text": passage.text, "language": article.language,
         "embedding_key": embedding_key(text)}
        for passage, text in zip(passages, embedded, strict=True)
    ]  # fmt: skip
    ids = connection.scalars(
        insert(tables.passages).returning(tables.passages.c.id, sort_by_parameter_order=True), rows
    ).all()
    fulltext.add(connection, zip(ids, embedded, strict=True))
    known = select(tables.embeddings.c.key).where(tables.embeddings.c.model == model)
    announce(connection, select(tables.passages.c.id).where(
        tables.passages.c.article_id == article.id, tables.passages.c.embedding_key.in_(known)
    ))  # fmt: skip


def forget_passages(connection: Connection, article_id: str) -> None:
    """Remove an article's passages and ledger, and tell the index."""
    ids = list(connection.scalars(select(tables.passages.c.id).where(tables.passages.c.article_id == article_id)))
    fulltext.remove(connection, ids)
    if ids:
        connection.execute(insert(tables.outbox), [{"operation": "remove", "passage_id": id_} for id_ in ids])
    for table in (tables.passages, tables.quotations, tables.cast):
        connection.execute(delete(table).where(table.c.article_id == article_id))


def _passage(row: Any) -> Passage:
    return Passage(row.article_id, row.version, row.number, Span(row.start, row.end), row.text)
