"""Copies of one report, found when an article is put in: which articles are the same text under other names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, delete, func, insert, or_, select

from ingest.archive.sql import tables
from ingest.archive.sql.database import Database, parts
from ingest.archive.sql.versions import article_of
from ingest.duplicates import Link, Wording, buckets, copied, groups, wording
from ingest.models import Article, Ledger, Span

# So many of those that share the most buckets are compared word by word: of a report with more copies than that, each
# is still linked to some, and all are one group.
_COMPARED = 20


class Copies(Database):
    """Articles that are one report."""

    def copies(self) -> list[Link]:
        """Return every two articles that were found to be copies of one report, the most alike first."""
        c = tables.copies.c
        query = select(c.first_id, c.second_id, c.share).order_by(c.share.desc(), c.first_id, c.second_id)
        with self.reading() as connection:
            return [Link(row.first_id, row.second_id, row.share) for row in connection.execute(query)]

    def copies_of(self, article_ids: Iterable[str]) -> dict[str, str]:
        """Return for each of these articles the id of its group: copies of one report have the same.

        An article without copies is a group of its own, so `len(set(copies_of(ids).values()))` counts reports.
        """
        wanted = list(dict.fromkeys(article_ids))
        with self.reading() as connection:
            known = groups(_links(connection, wanted))
        return {id_: known.get(id_, id_) for id_ in wanted}


def link_copies(connection: Connection, article: Article, ledger: Ledger) -> None:
    """Find the copies of an article just put in, and forget those of its earlier version."""
    b, c = tables.buckets, tables.copies
    connection.execute(delete(b).where(b.c.article_id == article.id))
    connection.execute(delete(c).where(or_(c.c.first_id == article.id, c.c.second_id == article.id)))
    words = wording(article, (fragment for quotation in ledger.quotations for fragment in quotation.fragments))
    numbers = buckets(words)
    if not numbers:
        return
    links = []
    for other, known in _alike(connection, article.id, numbers):
        if share := copied((article, words), (other, known)):
            first, second = sorted((article.id, other.id))
            links.append({"first_id": first, "second_id": second, "share": share})
    connection.execute(insert(b), [{"bucket": number, "article_id": article.id} for number in sorted(set(numbers))])
    if links:
        connection.execute(insert(c), links)


def _alike(connection: Connection, article_id: str, numbers: Collection[int]) -> Iterable[tuple[Article, Wording]]:
    """The articles, as they are now, that share a bucket with this one."""
    b, v, a = tables.buckets.c, tables.versions.c, tables.articles.c
    shared = (
        select(b.article_id, func.count().label("n"))
        .where(b.bucket.in_(numbers), b.article_id != article_id)
        .group_by(b.article_id).order_by(func.count().desc(), b.article_id).limit(_COMPARED)
    )  # fmt: skip
    ids = [row.article_id for row in connection.execute(shared)]
    if not ids:
        return
    quoted: Mapping[str, list[Span]] = {id_: [] for id_ in ids}
    q = tables.quotations.c
    for row in connection.execute(select(q.article_id, q.fragments).where(q.article_id.in_(ids))):
        quoted[row.article_id].extend(Span(*pair) for pair in row.fragments)
    query = select(tables.versions).join(a.id.table, (a.id == v.article_id) & (a.version == v.version))
    for row in connection.execute(query.where(v.article_id.in_(ids))):
        known = article_of(row)
        yield known, wording(known, quoted[known.id])


def _links(connection: Connection, article_ids: Collection[str]) -> list[Link]:
    """Every link of the groups that these articles belong to."""
    c = tables.copies.c
    found: dict[tuple[str, str], Link] = {}
    seen, asked = set[str](), set(article_ids)
    while asked:
        seen |= asked
        near = set[str]()
        for part in parts(sorted(asked), 400):
            for row in connection.execute(
                select(tables.copies).where(or_(c.first_id.in_(part), c.second_id.in_(part)))
            ):
                found[row.first_id, row.second_id] = Link(row.first_id, row.second_id, row.share)
                near |= {row.first_id, row.second_id}
        asked = near - seen
    return list(found.values())
