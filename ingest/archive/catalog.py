"""The catalog: articles, passages, quotations, speakers and embeddings in SQL, one transaction an article. The truth.

Every other module speaks of articles; this one and `tables` and `fulltext` beside it speak SQL. The dialect is
SQLite's in WAL mode: many readers and one writer, and a reader never waits.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import datetime
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import URL, Connection, Engine, create_engine, delete, event, func, insert, literal, or_, select, update
from sqlalchemy.exc import DBAPIError

from ingest.archive import fulltext, tables
from ingest.embeddings.centring import Vectors
from ingest.errors import ArchiveUnusable, ArchiveVersionMismatch, UnknownArticle
from ingest.folding import bare
from ingest.models import (
    Article,
    CastMember,
    Kind,
    Ledger,
    Paragraph,
    ParagraphKind,
    Passage,
    Quotation,
    Reference,
    Span,
    SpeakerKind,
)
from ingest.passages import context, embedded_text, embedding_key
from ingest.speakers import (
    Decisions,
    SpeakerRecord,
    identities,
    name_terms,
    name_words,
    role_terms,
    sound,
    speaker_key,
)

FILE = "catalog.sqlite"


@dataclasses.dataclass(frozen=True, slots=True)
class ArticleSummary:
    """What a list shows of an article."""

    id: str
    version: int
    title: str
    section: str
    language: str
    outlet: str
    published: str
    added_at: str
    characters: int
    quotations: int


@dataclasses.dataclass(frozen=True, slots=True)
class Statement:
    """A quotation with the article it stands in, as the ledger across articles lists it."""

    article_id: str
    version: int
    number: int
    quotation: Quotation
    text: str
    title: str
    outlet: str
    published: str
    language: str


@dataclasses.dataclass(frozen=True, slots=True)
class KnownSpeaker:
    """A speaker across articles: the fullest name, all names and roles as articles give them, what is on record.

    `ids` and `keys` are those of the records that are this one person.
    """

    ids: tuple[int, ...]
    keys: tuple[str, ...]
    name: str
    kind: SpeakerKind
    names: tuple[str, ...]
    roles: tuple[str, ...]
    statements: int


@dataclasses.dataclass(frozen=True, slots=True)
class Appearance:
    """How one article, of that outlet and language, calls a speaker."""

    speaker_id: int
    name: str
    roles: tuple[str, ...]
    outlet: str
    language: str


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """A file as it was when it was last read."""

    key: str
    size: int
    modified_ns: int
    sha256: str
    extraction: int
    read_at: str


@dataclasses.dataclass(frozen=True, slots=True)
class PendingText:
    """A text that awaits its embedding: the passage's words with their context."""

    key: str
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Status:
    """Counts of what the catalog holds."""

    articles: int
    passages: int
    quotations: int
    speakers: int
    unembedded: int
    last_seq: int


class Catalog:
    """The catalog file of one archive. Open it with `opened` or `created`."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self.path = path

    @classmethod
    def opened(cls, folder: Path) -> Catalog:
        """Open the catalog of an existing archive.

        Raises ArchiveUnusable where there is none, ArchiveVersionMismatch where another version made it.
        """
        path = folder / FILE
        if not path.is_file():
            raise ArchiveUnusable(f"{folder}: no archive here yet; make one with: python -m ingest add PATH")
        catalog = cls(_engine(path), path)
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
        catalog = cls(_engine(path), path)
        if not catalog._is_blank():
            catalog._check_version()
            catalog._log_ahead()
            return catalog
        catalog._log_ahead()
        with catalog.writing() as connection:
            tables.metadata.create_all(connection)
            for statement in fulltext.CREATE:
                connection.exec_driver_sql(statement)
            _set_meta(connection, "schema_version", str(tables.SCHEMA_VERSION))
        return catalog

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection with one consistent view of the catalog."""
        with _plain_errors(self.path), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose changes all happen at the end, or not at all."""
        with _plain_errors(self.path), self._engine.connect() as connection:
            immediate = connection.execution_options(onrecord_immediate=True)
            with immediate.begin():
                yield immediate

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
        if found != str(tables.SCHEMA_VERSION):
            raise ArchiveVersionMismatch(
                f"{self.path.parent}: this archive has format {found or 'unknown'}, this version of On Record reads "
                f"format {tables.SCHEMA_VERSION}; add the articles to a new archive with --archive DIR"
            )

    def _log_ahead(self) -> None:
        """Have readers and the writer not wait for each other; the file keeps this, so it must be known to be ours."""
        with _plain_errors(self.path), contextlib.closing(self._engine.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA journal_mode = WAL")

    # What the archive is

    def meta(self, key: str) -> str:
        """Return a fact about the archive, or "" where it is not recorded."""
        with self.reading() as connection:
            value = connection.scalar(select(tables.meta.c.value).where(tables.meta.c.key == key))
            return str(value or "")

    def set_meta(self, key: str, value: str) -> None:
        """Record a fact about the archive."""
        with self.writing() as connection:
            _set_meta(connection, key, value)

    def status(self, model: str) -> Status:
        """Count what is held, and what has no embedding of `model` yet."""
        with self.reading() as connection:

            def count(of: Any) -> int:
                return connection.execute(select(func.count()).select_from(of)).scalar_one()

            return Status(
                articles=count(tables.articles),
                passages=count(tables.passages),
                quotations=count(tables.quotations),
                speakers=count(select(tables.quotations.c.speaker_id).distinct().subquery()),
                unembedded=count(_unembedded(model).subquery()),
                last_seq=_last_seq(connection),
            )

    def is_empty(self) -> bool:
        """Tell whether there is no article."""
        with self.reading() as connection:
            return connection.execute(select(tables.articles.c.id).limit(1)).one_or_none() is None

    def fingerprint(self) -> str:
        """Return a value that changes whenever an article is added, changed or removed."""
        with self.reading() as connection:
            row = connection.execute(select(func.count(), func.max(tables.articles.c.updated_at))).one()
            highest = connection.execute(select(func.max(tables.passages.c.id))).scalar()
            return f"{row[0]}:{row[1]}:{highest}"

    # Sources

    def sources(self) -> dict[str, Source]:
        """Return every file that was read, by its key."""
        with self.reading() as connection:
            return {row.key: Source(**row._asdict()) for row in connection.execute(select(tables.sources))}

    def set_source(self, source: Source) -> None:
        """Record the state of a file that was read."""
        with self.writing() as connection:
            connection.execute(delete(tables.sources).where(tables.sources.c.key == source.key))
            connection.execute(insert(tables.sources).values(**dataclasses.asdict(source)))

    # Articles

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
        now = _now()
        with self.writing() as connection:
            known = connection.execute(select(tables.articles).where(tables.articles.c.id == article.id)).one_or_none()
            named = _named_in(connection, article.id)
            version = 1 if known is None else known.version + (known.content_hash != content_hash)
            article = dataclasses.replace(article, version=version)
            row = {"version": version, "source_key": source_key, "content_hash": content_hash,
                   "extraction": extraction, "updated_at": now}  # fmt: skip
            if known is None:
                connection.execute(insert(tables.articles).values(id=article.id, added_at=now, **row))
            else:
                _forget_passages(connection, article.id)
                connection.execute(update(tables.articles).where(tables.articles.c.id == article.id).values(**row))
            _put_version(connection, article)
            _put_passages(connection, article, passages, model)
            _put_ledger(connection, article, ledger)
            _forget_unused_speakers(connection, named)
        return article

    def adopt(self, article_id: str, source_key: str) -> None:
        """Note that an unchanged article now comes from another file."""
        with self.writing() as connection:
            connection.execute(
                update(tables.articles).where(tables.articles.c.id == article_id).values(source_key=source_key)
            )

    def remove(self, article_id: str) -> None:
        """Remove an article with all its versions, passages and quotations. Raises UnknownArticle.

        Call `scrub` when done, to have its words off the disk too.
        """
        with self.writing() as connection:
            source = connection.scalar(select(tables.articles.c.source_key).where(tables.articles.c.id == article_id))
            if source is None:
                raise UnknownArticle(f"{article_id}: no such article in the archive")
            of_it = tables.passages.c.article_id == article_id
            keys = list(connection.scalars(select(tables.passages.c.embedding_key).where(of_it).distinct()))
            named = _named_in(connection, article_id)
            _forget_passages(connection, article_id)
            connection.execute(delete(tables.versions).where(tables.versions.c.article_id == article_id))
            connection.execute(delete(tables.articles).where(tables.articles.c.id == article_id))
            # The file is read again at the next run, should the article be meant to come back.
            file_key = source.removesuffix(f"#{article_id}")
            connection.execute(delete(tables.sources).where(tables.sources.c.key == file_key))
            for part in _parts(keys):
                connection.execute(delete(tables.embeddings).where(tables.embeddings.c.key.in_(part), _is_unused()))
            _forget_unused_speakers(connection, named)

    def scrub(self) -> None:
        """Overwrite what was removed: the words in the full text's old segments, and the log of changes.

        Embeddings that no passage names any more, as those of earlier versions, go too.
        """
        with self.writing() as connection:
            connection.execute(delete(tables.embeddings).where(_is_unused()))
            fulltext.scrub(connection)
        with _plain_errors(self.path), contextlib.closing(self._engine.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def article(self, article_id: str, version: int | None = None) -> Article:
        """Return an article as it was in `version` (default: the latest). Raises UnknownArticle."""
        query = select(tables.versions).where(tables.versions.c.article_id == article_id)
        if version is not None:
            query = query.where(tables.versions.c.version == version)
        with self.reading() as connection:
            row = connection.execute(query.order_by(tables.versions.c.version.desc()).limit(1)).one_or_none()
        if row is None:
            raise UnknownArticle(f"{article_id}: no such article in the archive")
        return _article(row)

    def articles(self, *, offset: int = 0, limit: int = -1, containing: str = "") -> list[ArticleSummary]:
        """Return the articles, newest first by their own date and then by when they were added."""
        a, v = tables.articles.c, tables.versions.c
        said = (
            select(func.count()).where(tables.quotations.c.article_id == a.id).correlate(tables.articles)
            .scalar_subquery()
        )  # fmt: skip
        query = (
            select(a.id, a.version, v.title, v.section, v.language, v.outlet, v.published, a.added_at,
                   func.substr(v.text, 1, 120).label("beginning"), func.length(v.text).label("characters"),
                   said.label("quotations"))
            .join(tables.versions, (v.article_id == a.id) & (v.version == a.version))
            .order_by(v.published.desc(), a.added_at.desc(), a.id)
            .offset(offset)
            .limit(limit)
        )  # fmt: skip
        if containing:
            wanted = bare(containing)
            query = query.where(or_(*(func.instr(func.bare(stated), wanted) > 0 for stated in (v.title, v.outlet))))
        with self.reading() as connection:
            return [
                ArticleSummary(row.id, row.version, row.title or " ".join(row.beginning.split())[:80], row.section,
                               row.language, row.outlet, row.published, row.added_at, row.characters, row.quotations)
                for row in connection.execute(query)
            ]  # fmt: skip

    # Who said what

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

    def known_speakers(self, *, most: int | None = None) -> list[KnownSpeaker]:
        """Return all speakers, or the `most` busiest who say anything; those who say most first."""
        q = tables.quotations.c
        busiest = select(q.speaker_id).where(q.speaker_id.is_not(None)).group_by(q.speaker_id)
        with self.reading() as connection:
            if most is None:
                return _known(connection, _speaker_records(connection, None))
            ids = connection.scalars(busiest.order_by(func.count().desc(), q.speaker_id).limit(most)).all()
            return [each for each in _known(connection, _with_namesakes(connection, ids)) if each.statements][:most]

    def mentions(self, speaker_ids: Iterable[int]) -> list[tuple[str, list[Span]]]:
        """Return where these speakers are named: article ids with spans in their latest versions."""
        c = tables.cast.c
        query = select(c.article_id, c.mentions).where(c.speaker_id.in_(list(speaker_ids))).order_by(c.article_id)
        with self.reading() as connection:
            return [
                (row.article_id, [Span(*m) for m in row.mentions]) for row in connection.execute(query) if row.mentions
            ]

    def speakers_named(self, name: str) -> list[KnownSpeaker]:
        """Return the speakers one of whose names shares a sound with `name`, or nearly, where none does."""
        wanted = name_terms(name)
        with self.reading() as connection:
            ids = _ids_with_terms(connection, wanted)
            if not ids:
                near = _similar_terms(connection, wanted)
                ids = _ids_with_terms(connection, near)
            return _known(connection, _with_namesakes(connection, ids))

    def speakers_described(self, description: str) -> list[KnownSpeaker]:
        """Return the speakers whose roles or names hold every concept of `description`."""
        wanted = role_terms(description)
        if not wanted:
            return []
        t = tables.speaker_terms.c
        query = (
            select(t.speaker_id).where(t.term.in_(wanted)).group_by(t.speaker_id)
            .having(func.count() == len(wanted))
        )  # fmt: skip
        with self.reading() as connection:
            return _known(connection, _with_namesakes(connection, set(connection.scalars(query))))

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
                for part in _parts(sorted(set(speaker_ids)))
                for row in connection.execute(query.where(c.speaker_id.in_(part)))
            ]

    def _known(self, chosen: Any) -> list[KnownSpeaker]:
        """The speakers to whom the records of these ids belong."""
        with self.reading() as connection:
            ids = set(connection.scalars(chosen))
            known = _known(connection, _with_namesakes(connection, ids)) if ids else []
            return [speaker for speaker in known if ids.intersection(speaker.ids)]

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
                row = {"first_key": first, "second_key": second, "decision": decision, "decided_at": _now()}
                connection.execute(insert(d).values(**row))

    # Passages, embeddings, and what the vector index is told of them

    def passages(self, ids: Sequence[int]) -> dict[int, tuple[Passage, str]]:
        """Return passages with their language, by id; those that are gone are left out."""
        found: dict[int, tuple[Passage, str]] = {}
        with self.reading() as connection:
            for part in _parts(ids):
                for row in connection.execute(select(tables.passages).where(tables.passages.c.id.in_(part))):
                    found[row.id] = (_passage(row), row.language)
        return found

    def passages_of(self, article_id: str) -> dict[int, Passage]:
        """Return the passages of an article, by id, in order."""
        query = select(tables.passages).where(tables.passages.c.article_id == article_id)
        with self.reading() as connection:
            return {row.id: _passage(row) for row in connection.execute(query.order_by(tables.passages.c.number))}

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

    def pending(self, model: str, *, limit: int) -> list[PendingText]:
        """Return texts without an embedding of `model`, in order of arrival, each once."""
        p, v = tables.passages.c, tables.versions.c
        query = (
            select(p.embedding_key, p.text, v.title, v.outlet, v.published)
            .join(tables.versions, (v.article_id == p.article_id) & (v.version == p.version))
            .where(p.id.in_(_unembedded(model).with_only_columns(func.min(p.id)).group_by(p.embedding_key)))
            .order_by(p.id)
            .limit(limit)
        )
        with self.reading() as connection:
            return [
                PendingText(row.embedding_key, embedded_text(_context(row), row.text))
                for row in connection.execute(query)
            ]

    def add_embeddings(self, model: str, keys: Sequence[str], vectors: Vectors) -> None:
        """Keep raw unit vectors of shape (n, d) by their texts' keys, and announce their passages to the index."""
        rows = [
            {"key": key, "model": model, "vector": vector.astype("<f4").tobytes()}
            for key, vector in zip(keys, vectors, strict=True)
        ]
        with self.writing() as connection:
            connection.execute(insert(tables.embeddings).prefix_with("OR IGNORE"), rows)
            _announce(connection, select(tables.passages.c.id).where(tables.passages.c.embedding_key.in_(list(keys))))

    def announce_all(self, model: str, *, facts: Mapping[str, str]) -> None:
        """Forget what the index was told and tell it all again, after a change of the embedding model to `model`.

        The `facts` about the archive that say so are recorded in the same transaction.
        """
        embedded = select(tables.embeddings.c.key).where(tables.embeddings.c.model == model)
        with self.writing() as connection:
            connection.execute(delete(tables.outbox))
            _announce(connection, select(tables.passages.c.id).where(tables.passages.c.embedding_key.in_(embedded)))
            for key, value in facts.items():
                _set_meta(connection, key, value)

    def changes(
        self, model: str, *, after: int, until: int | None = None, limit: int = -1
    ) -> tuple[list[int], Vectors, list[str], list[int], int]:
        """Return what changed in the index after `after`: ids, raw vectors (n, d), languages, removed ids, last seq.

        A passage added and removed since is among the removed only.
        """
        o, p, e = tables.outbox.c, tables.passages.c, tables.embeddings.c
        window = select(o.seq, o.operation, o.passage_id).where(o.seq > after).order_by(o.seq).limit(limit)
        if until is not None:
            window = window.where(o.seq <= until)
        news = window.subquery()
        query = (
            select(news.c.seq, news.c.operation, news.c.passage_id, p.id, p.language, e.vector)
            .outerjoin(tables.passages, p.id == news.c.passage_id)
            .outerjoin(tables.embeddings, (e.key == p.embedding_key) & (e.model == model))
            .order_by(news.c.seq)
        )
        added: dict[int, tuple[bytes, str]] = {}
        removed: dict[int, None] = {}
        last = after
        with self.reading() as connection:
            for row in connection.execute(query):
                last = row.seq
                if row.operation == "add" and row.vector is not None:
                    added[row.passage_id] = (row.vector, row.language)
                elif row.operation == "remove" or row.id is None:
                    added.pop(row.passage_id, None)
                    removed[row.passage_id] = None
        return (
            list(added),
            np.frombuffer(b"".join(vector for vector, _ in added.values()), "<f4").reshape(len(added), -1)
            if added else np.zeros((0, 0), np.float32),
            [language for _, language in added.values()],
            list(removed),
            last,
        )  # fmt: skip

    def vectors_of(self, model: str, ids: Sequence[int]) -> tuple[list[tuple[int, str]], Vectors]:
        """Return (id, language) and the raw vectors (n, d) of those of the passages that are embedded."""
        p, e = tables.passages.c, tables.embeddings.c
        query = select(p.id, p.language, e.vector).join(
            tables.embeddings, (e.key == p.embedding_key) & (e.model == model)
        )
        rows: list[Any] = []
        with self.reading() as connection:
            for part in _parts(ids):
                rows += connection.execute(query.where(p.id.in_(part)))
        if not rows:
            return [], np.zeros((0, 0), np.float32)
        vectors = np.frombuffer(b"".join(row.vector for row in rows), "<f4").reshape(len(rows), -1)
        return [(row.id, row.language) for row in rows], vectors

    def is_embedded(self) -> bool:
        """Tell whether anything has an embedding, by whatever model."""
        with self.reading() as connection:
            return connection.execute(select(tables.embeddings.c.key).limit(1)).first() is not None

    def dimensions(self, model: str) -> int:
        """Return the length of the vectors of `model`, 0 where there are none."""
        query = select(func.length(tables.embeddings.c.vector)).where(tables.embeddings.c.model == model).limit(1)
        with self.reading() as connection:
            return int(connection.execute(query).scalar() or 0) // 4

    def embedded_ids(self, model: str) -> list[int]:
        """Return the ids of all passages that have an embedding of `model`."""
        p, e = tables.passages.c, tables.embeddings.c
        query = select(p.id).join(tables.embeddings, (e.key == p.embedding_key) & (e.model == model)).order_by(p.id)
        with self.reading() as connection:
            return list(connection.scalars(query))

    def removals(self, *, after: int) -> int:
        """Return how many passages were removed since the entry `after`."""
        o = tables.outbox.c
        with self.reading() as connection:
            query = select(func.count()).where(o.seq > after, o.operation == "remove")
            return int(connection.execute(query).scalar_one())

    def last_seq(self) -> int:
        """Return the number of the newest entry for the index."""
        with self.reading() as connection:
            return _last_seq(connection)


def _engine(path: Path) -> Engine:
    # Never as one string: a path may hold what means something in an address.
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": 30.0})

    @event.listens_for(engine, "connect")
    def _settings(connection: sqlite3.Connection, _: object) -> None:
        # The driver's own transactions begin too late and end too early: begin and commit come from SQLAlchemy alone.
        connection.isolation_level = None
        # SQLite's own comparisons know the case of ASCII letters only.
        connection.create_function("bare", 1, bare, deterministic=True)
        # A commit survives a killed process; only a power cut may undo the last ones, and a re-run brings them back.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA cache_size = -32000")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("onrecord_immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


@contextlib.contextmanager
def _plain_errors(path: Path) -> Iterator[None]:
    """Say in a line what the database could not do."""
    try:
        yield
    except DBAPIError as error:
        raise ArchiveUnusable(f"{path}: {error.orig}") from error
    except sqlite3.Error as error:
        raise ArchiveUnusable(f"{path}: {error}") from error


def _set_meta(connection: Connection, key: str, value: str) -> None:
    connection.execute(delete(tables.meta).where(tables.meta.c.key == key))
    connection.execute(insert(tables.meta).values(key=key, value=value))


def _put_version(connection: Connection, article: Article) -> None:
    connection.execute(
        delete(tables.versions).where(
            tables.versions.c.article_id == article.id, tables.versions.c.version == article.version
        )
    )
    connection.execute(
        insert(tables.versions).values(
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
        )
    )


def _put_passages(connection: Connection, article: Article, passages: Sequence[Passage], model: str) -> None:
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
    _announce(connection, select(tables.passages.c.id).where(
        tables.passages.c.article_id == article.id, tables.passages.c.embedding_key.in_(known)
    ))  # fmt: skip


def _forget_passages(connection: Connection, article_id: str) -> None:
    """Remove an article's passages and ledger, and tell the index."""
    ids = list(connection.scalars(select(tables.passages.c.id).where(tables.passages.c.article_id == article_id)))
    fulltext.remove(connection, ids)
    if ids:
        connection.execute(insert(tables.outbox), [{"operation": "remove", "passage_id": id_} for id_ in ids])
    for table in (tables.passages, tables.quotations, tables.cast):
        connection.execute(delete(table).where(table.c.article_id == article_id))


def _put_ledger(connection: Connection, article: Article, ledger: Ledger) -> None:
    members = {member.name: member for member in ledger.cast}
    for quotation in ledger.quotations:
        if quotation.speaker and quotation.speaker not in members:
            members[quotation.speaker] = CastMember(quotation.speaker)
    ids = {name: _speaker_id(connection, member, article.id) for name, member in members.items()}
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


def _speaker_id(connection: Connection, member: CastMember, article_id: str) -> int:
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
        connection.execute(insert(tables.speaker_terms).prefix_with("OR IGNORE"), rows)
    return int(found)


def _speaker_records(connection: Connection, ids: Collection[int] | None) -> list[SpeakerRecord]:
    """All that is on record under these ids (None: all), those who say most first."""
    s, c, q = tables.speakers.c, tables.cast.c, tables.quotations.c
    said = select(q.speaker_id, func.count().label("n")).where(~q.nested).group_by(q.speaker_id).subquery()
    query = (
        select(s.id, s.key, s.name, s.kind, c.name.label("alias"), c.gender, c.roles,
               func.coalesce(said.c.n, 0).label("n"))
        .join(tables.cast, c.speaker_id == s.id)
        .outerjoin(said, said.c.speaker_id == s.id)
        .order_by(func.coalesce(said.c.n, 0).desc(), s.key, c.article_id)
    )  # fmt: skip
    rows: dict[int, list[Any]] = {}
    for part in _parts(sorted(ids)) if ids is not None else [None]:
        for row in connection.execute(query if part is None else query.where(s.id.in_(part))):
            rows.setdefault(row.id, []).append(row)
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
            statements=found[0].n,
        ))  # fmt: skip
    return records


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


def _similar_terms(connection: Connection, terms: Collection[str]) -> set[str]:
    """Names on record that sound nearly like the asked ones: at most one sound in four is another."""
    t = tables.speaker_terms.c.term
    known = list(connection.scalars(select(t).where(t.like("n:%")).distinct()))
    similar: set[str] = set()
    for term in terms:
        found = process.extract(term, known, scorer=OSA.normalized_similarity, score_cutoff=0.75, limit=5)
        similar |= {each[0] for each in found}
    return similar


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
    return _speaker_records(connection, {*ids, *more}) if more - set(ids) else records


def _named_in(connection: Connection, article_id: str) -> list[int]:
    """The ids of the speakers whom an article names."""
    c = tables.cast.c
    return list(connection.scalars(select(c.speaker_id).where(c.article_id == article_id).distinct()))


def _forget_unused_speakers(connection: Connection, ids: Sequence[int]) -> None:
    """Remove those of these speakers whom no article names any more."""
    unused = ~select(literal(1)).where(tables.cast.c.speaker_id == tables.speakers.c.id).exists()
    for part in _parts(ids):
        connection.execute(delete(tables.speakers).where(tables.speakers.c.id.in_(part), unused))


def _is_unused() -> Any:
    """The condition on an embedding that no passage names it."""
    return ~select(literal(1)).where(tables.passages.c.embedding_key == tables.embeddings.c.key).exists()


def _announce(connection: Connection, passage_ids: Any) -> None:
    chosen = passage_ids.order_by(tables.passages.c.id).subquery()
    connection.execute(
        insert(tables.outbox).from_select(["operation", "passage_id"], select(literal("add"), chosen.c.id))
    )


def _unembedded(model: str) -> Any:
    known = (
        select(literal(1))
        .where(tables.embeddings.c.key == tables.passages.c.embedding_key, tables.embeddings.c.model == model)
        .exists()
    )
    return select(tables.passages.c.id).where(~known)


def _last_seq(connection: Connection) -> int:
    return int(connection.execute(select(func.max(tables.outbox.c.seq))).scalar() or 0)


def _parts(ids: Sequence[int], size: int = 900) -> Iterator[Sequence[int]]:
    for at in range(0, len(ids), size):
        yield ids[at : at + size]


def _pair(span: Span | None) -> list[int] | None:
    return None if span is None else [span.start, span.end]


def _span(pair: Sequence[int] | None) -> Span | None:
    return None if pair is None else Span(*pair)


def _context(row: Any) -> str:
    published = datetime.date.fromisoformat(row.published) if row.published else None
    return context(Article(id="", text="", title=row.title, outlet=row.outlet, published=published))


def _article(row: Any) -> Article:
    return Article(
        id=row.article_id,
        text=row.text,
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


def _passage(row: Any) -> Passage:
    return Passage(row.article_id, row.version, row.number, Span(row.start, row.end), row.text)


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


def _containing(letters: str) -> str:
    """The pattern of LIKE for whatever has these letters in it, "\\" being its escape."""
    return "%" + letters.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
