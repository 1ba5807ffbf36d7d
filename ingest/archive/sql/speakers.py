"""Speakers across articles: who is on record under which names, and which of them are one person."""

from __future__ import annotations

import collections
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA, Indel
from sqlalchemy import Connection, delete, func, insert, literal, select

from ingest.archive.records import Appearance, KnownSpeaker
from ingest.archive.sql import tables
from ingest.archive.sql.database import Database, insert_new, now, parts
from ingest.hearing import heard_likeness, skeleton_of_sound, skeletons
from ingest.models import CastMember, Span, SpeakerKind
from ingest.speakers import (
    Decisions,
    SpeakerRecord,
    identities,
    likeness,
    name_terms,
    name_words,
    role_terms,
    sound,
    speaker_key,
)

# Whom a name may mean, by `likeness`; who asks decides how sure it must be.
_LIKELY = 0.7
_MOST = 100
# By ear a word on record is looked at that shares so much of its consonants with one asked, and so many of these.
_SHARED_CONSONANTS = 0.6
_MOST_HEARD = 100


class Speakers(Database):
    """Speakers by name, by role and by article; and what was decided about them by hand."""

    def known_speakers(self, *, most: int | None = None) -> list[KnownSpeaker]:
        """Return all speakers, or the `most` busiest who say anything; those who say most first."""
        q = tables.quotations.c
        busiest = select(q.speaker_id).where(q.speaker_id.is_not(None)).group_by(q.speaker_id)
        with self.reading() as connection:
            if most is None:
                return _known(connection, _speaker_records(connection, None))
            ids = connection.scalars(busiest.order_by(func.count().desc(), q.speaker_id).limit(most)).all()
            return [each for each in _known(connection, _with_namesakes(connection, ids)) if each.statements][:most]

    def speakers_named(self, name: str) -> list[KnownSpeaker]:
        """Return the speakers whom `name` may mean: one of their names shares a sound with it, or nearly.

        Of very many, as of all who are called Ana, the busiest.
        """
        wanted = name_terms(name)
        with self.reading() as connection:
            ids = _ids_with_terms(connection, wanted)
            if not ids:
                near = _similar_terms(connection, wanted)
                ids = _ids_with_terms(connection, near)
            ids = _busiest(connection, _likeliest(connection, name, ids))
            known = _known(connection, _with_namesakes(connection, ids))
            return [speaker for speaker in known if ids.intersection(speaker.ids)]

    def speakers_heard(self, name: str) -> list[KnownSpeaker]:
        """Return the speakers whom `name` may mean by ear, whatever the script that it or theirs is written in.

        All names on record are compared by their consonants: for names that `speakers_named` does not find.
        """
        with self.reading() as connection:
            ids = _busiest(
                connection, _heard(connection, name, _ids_with_any(connection, _terms_heard(connection, name)))
            )
            known = _known(connection, _with_namesakes(connection, ids))
            return [speaker for speaker in known if ids.intersection(speaker.ids)]

    def speakers_described(self, description: str) -> list[KnownSpeaker]:
        """Return the speakers whose roles or names hold every concept of `description`; of very many, the busiest."""
        wanted = role_terms(description)
        if not wanted:
            return []
        t = tables.speaker_terms.c
        query = (
            select(t.speaker_id).where(t.term.in_(wanted)).group_by(t.speaker_id)
            .having(func.count() == len(wanted))
        )  # fmt: skip
        with self.reading() as connection:
            ids = _busiest(connection, set(connection.scalars(query)))
            known = _known(connection, _with_namesakes(connection, ids))
            return [speaker for speaker in known if ids.intersection(speaker.ids)]

    def speakers_spelled(self, letters: str, *, most: int) -> list[KnownSpeaker]:
        """Return speakers whom some article calls by a name with these letters in it, those who say most first."""
        c, q = tables.cast.c, tables.quotations.c
        said = select(func.count()).where(q.speaker_id == c.speaker_id, ~q.nested).correlate(tables.cast)
        query = (
            select(c.speaker_id).where(c.name.ilike(_containing(letters), escape="\\")).group_by(c.speaker_id)
            .order_by(said.scalar_subquery().desc(), c.speaker_id).limit(most)
        )  # fmt: skip
        return self._known(query)

    def speaker_of_key(self, key: str) -> KnownSpeaker | None:
        """Return the speaker to whom a record of this key belongs."""
        return next(iter(self._known(select(tables.speakers.c.id).where(tables.speakers.c.key == key))), None)

    def speaker_in(self, article_id: str, name: str) -> KnownSpeaker | None:
        """Return the speaker whom this article calls exactly `name`."""
        c = tables.cast.c
        query = select(c.speaker_id).where(c.article_id == article_id, c.name == name)
        return next(iter(self._known(query)), None)

    def appearances(self, speaker_ids: Iterable[int]) -> list[Appearance]:
        """Return how articles call these speakers, in order of the articles' ids."""
        c, v = tables.cast.c, tables.versions.c
        query = (
            select(c.speaker_id, c.name, c.roles, v.outlet, v.language)
            .join(tables.articles, tables.articles.c.id == c.article_id)
            .join(tables.versions, (v.article_id == c.article_id) & (v.version == tables.articles.c.version))
            .order_by(c.article_id, c.name)
        )
        with self.reading() as connection:
            return [
                Appearance(row.speaker_id, row.name, tuple(row.roles), row.outlet, row.language)
                for part in parts(sorted(set(speaker_ids)))
                for row in connection.execute(query.where(c.speaker_id.in_(part)))
            ]

    def mentions(self, speaker_ids: Iterable[int]) -> list[tuple[str, list[Span]]]:
        """Return where these speakers are named: article ids with spans in their latest versions."""
        c = tables.cast.c
        query = select(c.article_id, c.mentions).where(c.speaker_id.in_(list(speaker_ids))).order_by(c.article_id)
        with self.reading() as connection:
            return [
                (row.article_id, [Span(*m) for m in row.mentions]) for row in connection.execute(query) if row.mentions
            ]

    def speaker_keys(self, name: str) -> list[str]:
        """Return the keys of those whom some article calls exactly `name`."""
        query = (
            select(tables.speakers.c.key)
            .join(tables.cast, tables.cast.c.speaker_id == tables.speakers.c.id)
            .where(tables.cast.c.name == name)
            .distinct()
            .order_by(tables.speakers.c.key)
        )
        with self.reading() as connection:
            return list(connection.scalars(query))

    def decide(self, first_key: str, second_key: str, decision: str) -> None:
        """Keep a decision made by hand about two speakers: "join" or "part"; "forget" takes one back."""
        d = tables.speaker_decisions
        first, second = sorted((first_key, second_key))
        with self.writing() as connection:
            connection.execute(delete(d).where(d.c.first_key == first, d.c.second_key == second))
            if decision != "forget":
                row = {"first_key": first, "second_key": second, "decision": decision, "decided_at": now()}
                connection.execute(insert(d).values(**row))

    def _known(self, chosen: Any) -> list[KnownSpeaker]:
        """The speakers to whom the records of these ids belong."""
        with self.reading() as connection:
            ids = set(connection.scalars(chosen))
            known = _known(connection, _with_namesakes(connection, ids)) if ids else []
            return [speaker for speaker in known if ids.intersection(speaker.ids)]


def speaker_id(connection: Connection, member: CastMember, article_id: str) -> int:
    """The record of this member across articles, with the terms that this article adds to it."""
    key = speaker_key(member.name, member.kind, article_id=article_id)
    found = connection.scalar(select(tables.speakers.c.id).where(tables.speakers.c.key == key))
    if found is None:
        row = {"name": member.name, "key": key, "kind": member.kind.value}
        found = connection.scalar(insert(tables.speakers).returning(tables.speakers.c.id), row)
    assert found is not None
    terms = set(name_terms(member.name)).union(*map(role_terms, member.roles))
    if member.kind is not SpeakerKind.PERSON:
        terms |= role_terms(member.name)
    if terms:
        rows = [{"term": term, "speaker_id": found} for term in sorted(terms)]
        connection.execute(insert_new(connection, tables.speaker_terms), rows)
    return int(found)


def _speaker_records(connection: Connection, ids: Collection[int] | None) -> list[SpeakerRecord]:
    """All that is on record under these ids (None: all), those who say most first."""
    s, c, q = tables.speakers.c, tables.cast.c, tables.quotations.c
    said = select(q.speaker_id, func.count()).where(~q.nested, q.speaker_id.is_not(None)).group_by(q.speaker_id)
    query = (
        select(s.id, s.key, s.name, s.kind, c.name.label("alias"), c.gender, c.roles)
        .join(tables.cast, c.speaker_id == s.id)
        .order_by(c.article_id)
    )  # fmt: skip
    rows: dict[int, list[Any]] = {}
    statements: dict[int, int] = {}
    for part in parts(sorted(ids)) if ids is not None else [None]:
        for row in connection.execute(query if part is None else query.where(s.id.in_(part))):
            rows.setdefault(row.id, []).append(row)
        of_part = said if part is None else said.where(q.speaker_id.in_(part))
        statements |= {row[0]: row[1] for row in connection.execute(of_part)}
    records = []
    for id_, found in rows.items():
        genders = {row.gender for row in found} - {""}
        names = collections.Counter(row.alias for row in found)
        records.append(SpeakerRecord(
            id=id_,
            key=found[0].key,
            name=names.most_common(1)[0][0],
            kind=SpeakerKind(found[0].kind),
            gender=genders.pop() if len(genders) == 1 else "",
            names=tuple(names),
            roles=tuple(dict.fromkeys(role for row in found for role in row.roles)),
            statements=statements.get(id_, 0),
        ))  # fmt: skip
    return _busiest_first(records)


def _busiest_first(records: Iterable[SpeakerRecord]) -> list[SpeakerRecord]:
    return sorted(records, key=lambda record: (-record.statements, record.key))


def _known(connection: Connection, records: Sequence[SpeakerRecord]) -> list[KnownSpeaker]:
    pairs: dict[str, set[frozenset[str]]] = {"join": set(), "part": set()}
    for row in connection.execute(select(tables.speaker_decisions)):
        pairs[row.decision].add(frozenset((row.first_key, row.second_key)))
    groups = identities(records, Decisions(joined=pairs["join"], parted=pairs["part"]))
    known = [
        KnownSpeaker(
            ids=tuple(record.id for record in group),
            keys=tuple(record.key for record in group),
            name=max(group, key=lambda record: (len(name_words(record.name)), record.statements)).name,
            kind=group[0].kind,
            names=tuple(dict.fromkeys(name for record in group for name in record.names)),
            roles=tuple(dict.fromkeys(role for record in group for role in record.roles)),
            statements=sum(record.statements for record in group),
        )
        for group in groups
    ]
    return sorted(known, key=lambda speaker: -speaker.statements)


def _ids_with_terms(connection: Connection, terms: Collection[str]) -> set[int]:
    """Those who have any of these terms; where several are asked, those who have the most of them."""
    t = tables.speaker_terms.c
    query = select(t.speaker_id, func.count().label("n")).where(t.term.in_(list(terms))).group_by(t.speaker_id)
    found = [(row.n, row.speaker_id) for row in connection.execute(query)]
    most = max((n for n, _ in found), default=0)
    return {speaker_id for n, speaker_id in found if n == most}


def _likeliest(connection: Connection, name: str, ids: set[int]) -> set[int]:
    """Those of `ids` whom a name of several words may mean: hundreds may share the given name alone."""
    if len(name_words(name)) < 2:
        return ids
    c = tables.cast.c
    aliases = [
        row
        for part in parts(sorted(ids))
        for row in connection.execute(select(c.speaker_id, c.name).where(c.speaker_id.in_(part)).distinct())
    ]
    return {row.speaker_id for row in aliases if likeness(name, row.name) >= _LIKELY}


def _busiest(connection: Connection, ids: set[int]) -> set[int]:
    """The `_MOST` of these speakers who say most: of more, nobody can tell who is meant."""
    if len(ids) <= _MOST:
        return ids
    q = tables.quotations.c
    said = select(q.speaker_id, func.count()).where(~q.nested).group_by(q.speaker_id)
    statements = dict.fromkeys(ids, 0)
    for part in parts(sorted(ids)):
        statements |= {row[0]: row[1] for row in connection.execute(said.where(q.speaker_id.in_(part)))}
    return set(sorted(statements, key=lambda id_: (-statements[id_], id_))[:_MOST])


def _similar_terms(connection: Connection, terms: Collection[str]) -> set[str]:
    """Names on record that sound nearly like the asked ones: at most one sound in four is another."""
    t = tables.speaker_terms.c.term
    known = list(connection.scalars(select(t).where(t.like("n:%")).distinct()))
    similar: set[str] = set()
    for term in terms:
        found = process.extract(term, known, scorer=OSA.normalized_similarity, score_cutoff=0.75, limit=5)
        similar |= {each[0] for each in found}
    return similar


def _terms_heard(connection: Connection, name: str) -> list[str]:
    """The words of names on record that share most of their consonants with a word asked, the likest of each word."""
    t = tables.speaker_terms.c.term
    known = list(connection.scalars(select(t).where(t.like("n:%")).distinct()))
    on_record = [skeleton_of_sound(term[2:]) for term in known]
    found: dict[str, None] = {}
    for asked in skeletons(name):
        near = process.extract(
            asked, on_record, scorer=Indel.normalized_similarity, score_cutoff=_SHARED_CONSONANTS, limit=_MOST_HEARD
        )
        found |= dict.fromkeys(known[number] for _, _, number in near)
    return list(found)


def _ids_with_any(connection: Connection, terms: Collection[str]) -> set[int]:
    t = tables.speaker_terms.c
    return {
        id_ for part in parts(sorted(terms))
        for id_ in connection.scalars(select(t.speaker_id).where(t.term.in_(part)).distinct())
    }  # fmt: skip


def _heard(connection: Connection, name: str, ids: set[int]) -> set[int]:
    """Those of `ids` whom a name means by ear."""
    c = tables.cast.c
    return {
        row.speaker_id
        for part in parts(sorted(ids))
        for row in connection.execute(select(c.speaker_id, c.name).where(c.speaker_id.in_(part)).distinct())
        if heard_likeness(name, row.name) >= _LIKELY
    }


def _with_namesakes(connection: Connection, ids: Collection[int]) -> list[SpeakerRecord]:
    """The records of these ids, and of all who share a surname with them or were joined to them by hand.

    Only together can it be told who of them is the same person.
    """
    records = _speaker_records(connection, ids)
    t, d, s = tables.speaker_terms.c, tables.speaker_decisions.c, tables.speakers.c
    surnames = {
        f"n:{sound(name_words(record.name)[-1])}" for record in records if record.kind is SpeakerKind.PERSON
    }  # fmt: skip
    more = set(connection.scalars(select(t.speaker_id).where(t.term.in_(surnames)))) if surnames else set()
    keys = [record.key for record in records]
    partners = [
        *connection.scalars(select(d.second_key).where(d.first_key.in_(keys))),
        *connection.scalars(select(d.first_key).where(d.second_key.in_(keys))),
    ]
    more |= set(connection.scalars(select(s.id).where(s.key.in_(partners))))
    return _busiest_first([*records, *_speaker_records(connection, more.difference(ids))])


def named_in(connection: Connection, article_id: str) -> list[int]:
    """The ids of the speakers whom an article names."""
    c = tables.cast.c
    return list(connection.scalars(select(c.speaker_id).where(c.article_id == article_id).distinct()))


def forget_unused_speakers(connection: Connection, ids: Sequence[int]) -> None:
    """Remove those of these speakers whom no article names any more."""
    unused = ~select(literal(1)).where(tables.cast.c.speaker_id == tables.speakers.c.id).exists()
    for part in parts(ids):
        connection.execute(delete(tables.speakers).where(tables.speakers.c.id.in_(part), unused))


def _containing(letters: str) -> str:
    """The pattern of LIKE for whatever has these letters in it, "\\" being its escape."""
    return "%" + letters.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
