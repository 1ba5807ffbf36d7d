"""Full text in SQLite: FTS5, which ranks by BM25 itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, text

CREATE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS passage_words USING fts5"
    "(words, tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")",
    "CREATE VIRTUAL TABLE IF NOT EXISTS passage_vocabulary USING fts5vocab(passage_words, 'row')",
)

_COUNTS, _MOST_COUNTS = "onrecord_counts", 50_000


def add(connection: Connection, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Index passages, given as (id, terms in order)."""
    values = [{"id": id_, "words": " ".join(terms)} for id_, terms in rows]
    if values:
        connection.execute(text("INSERT INTO passage_words (rowid, words) VALUES (:id, :words)"), values)


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Forget passages."""
    if ids:
        connection.execute(text("DELETE FROM passage_words WHERE rowid = :id"), [{"id": id_} for id_ in ids])


def scrub(connection: Connection) -> None:
    """Rewrite the index without the words of removed passages, which it otherwise only marks as gone."""
    connection.execute(text("INSERT INTO passage_words (passage_words) VALUES ('optimize')"))


def document_frequencies(connection: Connection, wanted: Sequence[str]) -> dict[str, int]:
    """Return in how many passages each of the `wanted` terms occurs; those that occur nowhere are left out.

    A connection keeps what it counted until anything is written, as the commonest words cost the most to count and are
    in every text.
    """
    known = _counted(connection)
    missing = [term for term in wanted if term not in known]
    known |= dict.fromkeys(missing, 0) | _count(connection, missing)
    return {term: known[term] for term in wanted if known[term]}


def _counted(connection: Connection) -> dict[str, int]:
    """The counts that still hold. One number changes with what others commit, the other with one's own writing."""
    others = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
    state = others, connection.connection.driver_connection.total_changes  # type: ignore[union-attr]
    kept: dict[str, int]
    kept_at, kept = connection.info.get(_COUNTS, (None, {}))
    if kept_at != state or len(kept) > _MOST_COUNTS:
        kept = {}
        connection.info[_COUNTS] = (state, kept)
    return kept


def _count(connection: Connection, wanted: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at in range(0, len(wanted), 500):
        part = wanted[at : at + 500]
        marks = ", ".join(f":t{i}" for i in range(len(part)))
        rows = connection.execute(
            text(f"SELECT term, doc FROM passage_vocabulary WHERE term IN ({marks})"),
            {f"t{i}": term for i, term in enumerate(part)},
        )
        found |= {row.term: row.doc for row in rows}
    return found


def ranked(connection: Connection, weights: Mapping[str, float], *, limit: int) -> dict[int, float]:
    """Return the passages that hold any of these terms, best first, with their BM25.

    FTS5 weighs the terms itself, by the formula that `weights` were made with.
    """
    return _matching(connection, " OR ".join(f'"{term}"' for term in weights), limit)


def holding_phrases(connection: Connection, phrases: Mapping[tuple[str, ...], float], *, limit: int) -> list[int]:
    """Return the passages that hold any of these rows of terms, those with the most and rarest first."""
    return list(_matching(connection, " OR ".join(f'"{" ".join(phrase)}"' for phrase in phrases), limit))


def holds_all(connection: Connection, terms: Sequence[str]) -> bool:
    """Tell whether some passage holds all of these terms."""
    match = " AND ".join(f'"{term}"' for term in terms)
    found = connection.execute(
        text("SELECT 1 FROM passage_words WHERE passage_words MATCH :match LIMIT 1"), {"match": match}
    )
    return found.one_or_none() is not None


def _matching(connection: Connection, match: str, limit: int) -> dict[int, float]:
    rows = connection.execute(
        text("SELECT rowid, rank FROM passage_words WHERE passage_words MATCH :match ORDER BY rank LIMIT :limit"),
        {"match": match, "limit": limit},
    )
    return {row.rowid: -row.rank for row in rows}
