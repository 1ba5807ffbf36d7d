"""Who said what: the ledgers of the articles, and statements across them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from ingest.archive.records import Statement
from ingest.archive.sql import tables
from ingest.archive.sql.database import Database
from ingest.archive.sql.speakers import speaker_id
from ingest.models import Article, CastMember, Kind, Ledger, Quotation, Reference, Span, SpeakerKind


class Quotations(Database):
    """Quotations by article and by speaker."""

    def ledger(self, article_id: str) -> Ledger:
        """Return the quotations of an article's latest version, in order, and its cast."""
        with self.reading() as connection:
            said = connection.execute(
                select(tables.quotations).where(tables.quotations.c.article_id == article_id)
                .order_by(tables.quotations.c.number)
            )  # fmt: skip
            cast = connection.execute(
                select(tables.cast).where(tables.cast.c.article_id == article_id).order_by(tables.cast.c.name)
            )
            return Ledger(tuple(map(_quotation, said)), tuple(map(_cast_member, cast)))

    def statements(self, speaker_ids: Iterable[int]) -> list[Statement]:
        """Return every statement of these speakers, by article (oldest first) and then in order of the text."""
        return self._statements(tables.quotations.c.speaker_id.in_(list(speaker_ids)))

    def statements_in(self, article_id: str) -> list[Statement]:
        """Return every statement in an article, in order of the text."""
        return self._statements(tables.quotations.c.article_id == article_id)

    def _statements(self, condition: Any) -> list[Statement]:
        q, v = tables.quotations, tables.versions
        query = (
            select(q, v.c.text, v.c.title, v.c.outlet, v.c.published, v.c.language)
            .join(v, (v.c.article_id == q.c.article_id) & (v.c.version == q.c.version))
            .join(tables.articles, tables.articles.c.id == q.c.article_id)
            .where(condition)
            .order_by(v.c.published, tables.articles.c.added_at, q.c.article_id, q.c.number)
        )
        with self.reading() as connection:
            return [_statement(row) for row in connection.execute(query)]


def put_ledger(connection: Connection, article: Article, ledger: Ledger) -> None:
    """Add the quotations and the cast of an article."""
    members = {member.name: member for member in ledger.cast}
    for quotation in ledger.quotations:
        if quotation.speaker and quotation.speaker not in members:
            members[quotation.speaker] = CastMember(quotation.speaker)
    ids = {name: speaker_id(connection, member, article.id) for name, member in members.items()}
    if members:
        connection.execute(
            insert(tables.cast),
            [
                {"article_id": article.id, "name": name, "speaker_id": ids[name], "kind": member.kind.value,
                 "gender": member.gender, "roles": list(member.roles), "mentions": [_pair(m) for m in member.mentions]}
                for name, member in members.items()
            ],
        )  # fmt: skip
    rows = [
        {"article_id": article.id, "number": number, "version": article.version, "start": q.span.start,
         "end": q.span.end, "kind": q.kind.value, "fragments": [_pair(f) for f in q.fragments], "cue": _pair(q.cue),
         "speaker": q.speaker, "speaker_id": ids.get(q.speaker or ""), "mention": _pair(q.mention),
         "reference": q.reference.value, "antecedent": _pair(q.antecedent), "confidence": q.confidence,
         "parts": q.group, "nested": q.nested}
        for number, q in enumerate(ledger.quotations)
    ]  # fmt: skip
    if rows:
        connection.execute(insert(tables.quotations), rows)


def _pair(span: Span | None) -> list[int] | None:
    return None if span is None else [span.start, span.end]


def _span(pair: Sequence[int] | None) -> Span | None:
    return None if pair is None else Span(*pair)


def _quotation(row: Any) -> Quotation:
    return Quotation(
        span=Span(row.start, row.end),
        kind=Kind(row.kind),
        fragments=tuple(Span(*pair) for pair in row.fragments),
        cue=_span(row.cue),
        speaker=row.speaker,
        mention=_span(row.mention),
        reference=Reference(row.reference),
        antecedent=_span(row.antecedent),
        confidence=row.confidence,
        group=row.parts,
        nested=row.nested,
    )


def _cast_member(row: Any) -> CastMember:
    return CastMember(
        row.name, SpeakerKind(row.kind), row.gender, tuple(row.roles), tuple(Span(*pair) for pair in row.mentions)
    )


def _statement(row: Any) -> Statement:
    quotation = _quotation(row)
    return Statement(row.article_id, row.version, row.number, quotation, quotation.span.of(row.text), row.title,
                     row.outlet, row.published, row.language)  # fmt: skip
