"""Full text over passages: SQLite's FTS5, and the one place that knows a database's own dialect of it.

Words are folded and indexed whole and by their first five letters, which needs no knowledge of the language and finds
inflected forms ("proposer", "propositions").
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, text

from ingest.folding import bare

_WORD = re.compile(r"\w+")
_PREFIX = 5
# BM25's constants in FTS5; they cannot be set there.
_K1 = 1.2
# In a large archive, a term that more than a fifth of the passages hold is not looked up.
_LARGE, _COMMON_IDF = 5000, 1.4

CREATE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS passage_words USING fts5"
    "(words, tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")",
    "CREATE VIRTUAL TABLE IF NOT EXISTS passage_vocabulary USING fts5vocab(passage_words, 'row')",
)


def terms(words: str) -> list[str]:
    """Return the index terms of a text: each folded word, and "_" with its first five letters where it is longer."""
    found = []
    for word in _WORD.findall(bare(words)):
        found.append(word)
        if len(word) > _PREFIX:
            found.append("_" + word[:_PREFIX])
    return found


def add(connection: Connection, rows: Iterable[tuple[int, str]]) -> None:
    """Index passages, given as (id, text)."""
    values = [{"id": id_, "words": " ".join(terms(words))} for id_, words in rows]
    if values:
        connection.execute(text("INSERT INTO passage_words (rowid, words) VALUES (:id, :words)"), values)


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Forget passages."""
    if ids:
        connection.execute(text("DELETE FROM passage_words WHERE rowid = :id"), [{"id": id_} for id_ in ids])


def scrub(connection: Connection) -> None:
    """Rewrite the index without the words of removed passages, which it otherwise only marks as gone."""
    connection.execute(text("INSERT INTO passage_words (passage_words) VALUES ('optimize')"))


def document_frequencies(connection: Connection, wanted: Iterable[str]) -> dict[str, int]:
    """Return in how many passages each of the `wanted` terms occurs; those that occur nowhere are left out."""
    wanted = list(dict.fromkeys(wanted))
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


def scores(connection: Connection, question: str, *, limit: int) -> dict[int, float]:
    """Return the best passages for a question: id to BM25 over the most that the question could score, 0 to 1.

    Dividing by the question's own maximum makes the score comparable with a cosine, and lets a question in another
    language than the passages, whose words match nowhere, score next to nothing.
    """
    asked = list(dict.fromkeys(terms(question)))[:64]
    total = connection.execute(text("SELECT count(*) FROM passages")).scalar_one()
    if not asked or not total:
        return {}
    frequencies = document_frequencies(connection, asked)
    weights = {term: _idf(frequencies.get(term, 0), total) for term in asked}
    # Terms that stand everywhere weigh next to nothing and cost the most to look up.
    floor = _COMMON_IDF if total > _LARGE else 1e-6
    useful = [term for term in asked if frequencies.get(term) and weights[term] > floor]
    if not useful:
        return {}
    maximum = sum(weights.values()) * (_K1 + 1)
    match = " OR ".join(f'"{term}"' for term in useful)
    rows = connection.execute(
        text("SELECT rowid, rank FROM passage_words WHERE passage_words MATCH :match ORDER BY rank LIMIT :limit"),
        {"match": match, "limit": limit},
    )
    return {row.rowid: -row.rank / maximum for row in rows}


def quoting(connection: Connection, phrases: Sequence[str], *, limit: int) -> list[int]:
    """Return the ids of passages that hold one of the `phrases` word for word, those with the most and rarest first."""
    wanted = list(dict.fromkeys(" ".join(found) for phrase in phrases if (found := terms(phrase))))
    return _matching(connection, wanted, limit)


def sharing(connection: Connection, words: str, *, limit: int, rarest: int = 8) -> list[int]:
    """Return the ids of passages that share the most of the rarest words of a text, best first."""
    asked = [term for term in dict.fromkeys(terms(words)) if not term.startswith("_")]
    frequencies = document_frequencies(connection, asked)
    known = sorted((term for term in asked if term in frequencies), key=lambda term: frequencies[term])
    return _matching(connection, known[:rarest], limit)


def _matching(connection: Connection, phrases: Sequence[str], limit: int) -> list[int]:
    if not phrases:
        return []
    match = " OR ".join(f'"{phrase}"' for phrase in phrases)
    rows = connection.execute(
        text("SELECT rowid FROM passage_words WHERE passage_words MATCH :match ORDER BY rank LIMIT :limit"),
        {"match": match, "limit": limit},
    )
    return [row.rowid for row in rows]


def stand_together(connection: Connection, words: str) -> bool:
    """Tell whether some passage holds all of these words, each whole or by its beginning."""
    wanted = [f'"{term}"' for term in (prefixed(word) for word in _WORD.findall(bare(words))) if term]
    if not wanted:
        return False
    found = connection.execute(
        text("SELECT 1 FROM passage_words WHERE passage_words MATCH :match LIMIT 1"), {"match": " AND ".join(wanted)}
    )
    return found.one_or_none() is not None


def prefixed(word: str) -> str:
    """Return the broadest index term of a word: its first letters where it is long, else itself."""
    found = terms(word)
    return found[-1] if found else ""


def _idf(frequency: int, total: int) -> float:
    """FTS5's inverse document frequency, which never falls below a millionth."""
    return max(math.log((total - frequency + 0.5) / (frequency + 0.5)), 1e-6)
