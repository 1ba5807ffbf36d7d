"""The versions of articles: the latest with its text, an earlier one as what tells it from the version after it.

So an article may be corrected a thousand times: a correction of a few words costs some two hundred bytes, and what was
cited can still be opened.
"""

from __future__ import annotations

import datetime
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from ingest.archive.sql import tables
from ingest.archive.sql.database import now, parts
from ingest.models import Article, Paragraph, ParagraphKind, Span

# zlib looks back 32 KB: so much of the old text at a time, beside what stands around it in the new one.
_STRETCH, _AROUND = 16 * 1024, 8 * 1024


def put_version(connection: Connection, article: Article) -> None:
    """Keep a version of an article, in place of what was kept as the same version."""
    v = tables.versions
    of_it = v.c.article_id == article.id
    kept = connection.execute(select(v.c.recorded_at).where(of_it, v.c.version == article.version)).one_or_none()
    connection.execute(delete(v).where(of_it, v.c.version == article.version))
    for row in connection.execute(select(v.c.version, v.c.text).where(of_it, v.c.delta.is_(None))).all():
        values = {"text": "", "delta": _delta(row.text, article.text)}
        connection.execute(update(v).where(of_it, v.c.version == row.version).values(**values))
    connection.execute(
        insert(v).values(
            article_id=article.id,
            version=article.version,
            text=article.text,
            title=article.title,
            section=article.section,
            language=article.language,
            published=article.published.isoformat() if article.published else "",
            outlet=article.outlet,
            author=article.author,
            url=article.url,
            paragraphs=[[p.span.start, p.span.end, p.kind.value] for p in article.paragraphs],
            recorded_at=kept.recorded_at if kept else now(),
        )
    )


def version_of(connection: Connection, article_id: str, version: int | None) -> Article | None:
    """Return an article as it was in `version` (None: the latest); None where there is no such version."""
    v = tables.versions
    query = select(v).where(v.c.article_id == article_id).order_by(v.c.version.desc())
    if version is None:
        row = connection.execute(query.limit(1)).one_or_none()
        return None if row is None else article_of(row)
    text = ""
    for row in connection.execute(query.where(v.c.version >= version)):
        text = row.text if row.delta is None else _restored(row.delta, text)
        if row.version == version:
            return article_of(row, text=text)
    return None


def article_of(row: Any, *, text: str | None = None) -> Article:
    """Return the article that a row of the versions is; `text` where the row has only the delta."""
    return Article(
        id=row.article_id,
        text=row.text if text is None else text,
        title=row.title,
        section=row.section,
        language=row.language,
        published=datetime.date.fromisoformat(row.published) if row.published else None,
        outlet=row.outlet,
        author=row.author,
        url=row.url,
        version=row.version,
        paragraphs=tuple(Paragraph(Span(start, end), ParagraphKind(kind)) for start, end, kind in row.paragraphs),
    )


def unknown(connection: Connection, article_ids: Iterable[str]) -> set[str]:
    """Return which of these articles are not in the archive, or not any more."""
    wanted, a = sorted(set(article_ids)), tables.articles.c
    known = (connection.scalars(select(a.id).where(a.id.in_(part))) for part in parts(wanted))
    return set(wanted).difference(*known)


def _delta(old: str, new: str) -> bytes:
    before, after = _encoded(old), _encoded(new)
    packed = []
    for at in range(0, len(before), _STRETCH):
        # No dictionary may be empty.
        squeezed = zlib.compressobj(9, zdict=_beside(after, at) or b"\0")
        part = squeezed.compress(before[at : at + _STRETCH]) + squeezed.flush()
        packed.append(struct.pack("<I", len(part)) + part)
    return b"".join(packed)


def _restored(delta: bytes, new: str) -> str:
    after = _encoded(new)
    parts = (
        zlib.decompressobj(zdict=_beside(after, number * _STRETCH) or b"\0").decompress(part)
        for number, part in enumerate(_unpacked(delta))
    )
    return b"".join(parts).decode("utf-8", "surrogatepass")


def _unpacked(delta: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(delta):
        (length,) = struct.unpack_from("<I", delta, at)
        yield delta[at + 4 : at + 4 + length]
        at += 4 + length


def _beside(after: bytes, at: int) -> bytes:
    return after[max(0, at - _AROUND) : at + _STRETCH + _AROUND]


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
