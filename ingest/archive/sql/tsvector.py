"""Full text in PostgreSQL: a tsvector with a GIN index to find passages, and BM25 over what it finds.

PostgreSQL's own ranking knows nothing of how rare a term is, so the number of passages that hold each term is kept
beside, and the scores are those that FTS5 gives.
"""

from __future__ import annotations

import collections
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

# BM25's constants, as FTS5 has them.
_K1, _B = 1.2, 0.75
# A lexeme may have 2 KB.
_LONGEST = 500
# ts_rank of a single term that occurs n times is the sum of 1/i² for i to n, over the limit of that sum: from it the
# count can be told, up to as many times as matter to BM25.
_MOST_COUNTED = 12
_LIMIT_OF_SUM = 1.64493406685

CREATE = (
    "CREATE TABLE passage_words (passage_id bigint PRIMARY KEY, length integer NOT NULL, words tsvector NOT NULL)",
    "CREATE INDEX passage_words_by_word ON passage_words USING gin (words)",
    # Counted at each commit: room in the page keeps the new version of a row beside the old one, out of the index.
    'CREATE TABLE passage_vocabulary (term text COLLATE "C" PRIMARY KEY, documents bigint NOT NULL)'
    " WITH (fillfactor = 70)",
    "CREATE TABLE passage_word_totals (passages bigint NOT NULL, words bigint NOT NULL)",
    "INSERT INTO passage_word_totals VALUES (0, 0)",
)


def add(connection: Connection, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Index passages, given as (id, terms in order)."""
    values, words_written, documents = list[dict[str, Any]](), 0, collections.Counter[str]()
    for id_, terms in rows:
        cut = [term[:_LONGEST] for term in terms]
        places: dict[str, list[int]] = {}
        for place, term in enumerate(cut, 1):
            places.setdefault(term, []).append(place)
        documents.update(places.keys())
        # Terms are letters, digits and "_": nothing in them needs more than the marks around them.
        words = " ".join(f"'{term}':{','.join(map(str, at))}" for term, at in places.items())
        values.append({"id": id_, "length": len(cut), "words": words})
        words_written += len(cut)
    if not values:
        return
    connection.execute(
        text("INSERT INTO passage_words (passage_id, length, words) VALUES (:id, :length, CAST(:words AS tsvector))"),
        values,
    )
    connection.execute(
        text(
            "INSERT INTO passage_vocabulary (term, documents) "
            "SELECT * FROM unnest(CAST(:terms AS text[]), CAST(:counts AS bigint[])) "
            "ON CONFLICT (term) DO UPDATE SET documents = passage_vocabulary.documents + excluded.documents"
        ),
        {"terms": list(documents), "counts": list(documents.values())},
    )
    _count(connection, len(values), words_written)


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Forget passages."""
    if not ids:
        return
    of_them = {"ids": list(ids)}
    connection.execute(
        text(
            "UPDATE passage_vocabulary SET documents = documents - gone.n FROM "
            "(SELECT lexeme, count(*) AS n FROM passage_words, unnest(words) "
            " WHERE passage_id = ANY(:ids) GROUP BY lexeme) AS gone WHERE term = gone.lexeme"
        ),
        of_them,
    )
    lengths = connection.scalars(
        text("DELETE FROM passage_words WHERE passage_id = ANY(:ids) RETURNING length"), of_them
    ).all()
    connection.execute(text("DELETE FROM passage_vocabulary WHERE documents <= 0"))
    _count(connection, -len(lengths), -sum(lengths))


def scrub(connection: Connection) -> None:
    """Nothing of a removed passage is in the index; what its rows leave behind, the server's vacuum clears away."""


def document_frequencies(connection: Connection, wanted: Sequence[str]) -> dict[str, int]:
    """Return in how many passages each of the `wanted` terms occurs; those that occur nowhere are left out."""
    asked = {term: term[:_LONGEST] for term in wanted}
    rows = connection.execute(
        text("SELECT term, documents FROM passage_vocabulary WHERE term = ANY(:terms)"),
        {"terms": list(asked.values())},
    )
    known = {row.term: row.documents for row in rows}
    return {term: known[cut] for term, cut in asked.items() if cut in known}


def ranked(connection: Connection, weights: Mapping[str, float], *, limit: int) -> dict[int, float]:
    """Return the passages that hold any of these terms, best first, with their BM25 by these inverse frequencies."""
    total = connection.execute(text("SELECT passages, words FROM passage_word_totals")).one()
    # How much a passage's length tells against it does not depend on the term: one factor a passage.
    held = [
        f"(:w{i} * {_K1 + 1} * n{i} / (n{i} + {_K1} * (1 - {_B} + {_B} * length / :average)))"
        for i in range(len(weights))
    ]
    counts = [
        f"width_bucket(ts_rank('{{1,1,1,1}}', words, CAST(:t{i} AS tsquery))::float8, CAST(:steps AS float8[])) AS n{i}"
        for i in range(len(weights))
    ]
    values: dict[str, Any] = {"limit": limit, "average": max(total.words, 1) / max(total.passages, 1),
                              "steps": _steps(), "any": _any((term,) for term in weights)}  # fmt: skip
    for i, (term, weight) in enumerate(weights.items()):
        values |= {f"w{i}": weight, f"t{i}": _quoted(term)}
    rows = connection.execute(
        text(
            f"SELECT passage_id, {' + '.join(held)} AS score FROM "
            f"(SELECT passage_id, length::float8 AS length, {', '.join(counts)} FROM passage_words "
            # Without OFFSET each count would be taken as often as it is named.
            "WHERE words @@ CAST(:any AS tsquery) OFFSET 0) AS counted ORDER BY score DESC, passage_id LIMIT :limit"
        ),
        values,
    )
    return {row.passage_id: row.score for row in rows}


def holding_phrases(connection: Connection, phrases: Mapping[tuple[str, ...], float], *, limit: int) -> list[int]:
    """Return the passages that hold any of these rows of terms, those with the most and rarest first."""
    values: dict[str, Any] = {"limit": limit, "any": _any(phrases)}
    held = []
    for i, (phrase, weight) in enumerate(phrases.items()):
        held.append(f"(words @@ CAST(:p{i} AS tsquery))::integer * CAST(:w{i} AS float8)")
        values |= {f"p{i}": _row(phrase), f"w{i}": weight}
    rows = connection.execute(
        text(
            "SELECT passage_id FROM passage_words WHERE words @@ CAST(:any AS tsquery) "
            f"ORDER BY ({' + '.join(held)}) / (1 + {_B} * length / 100.0) DESC, passage_id LIMIT :limit"
        ),
        values,
    )
    return [row.passage_id for row in rows]


def holds_all(connection: Connection, terms: Sequence[str]) -> bool:
    """Tell whether some passage holds all of these terms."""
    found = connection.execute(
        text("SELECT 1 FROM passage_words WHERE words @@ CAST(:all AS tsquery) LIMIT 1"),
        {"all": " & ".join(map(_quoted, terms))},
    )
    return found.one_or_none() is not None


def _count(connection: Connection, passages: int, words: int) -> None:
    connection.execute(
        text("UPDATE passage_word_totals SET passages = passages + :passages, words = words + :words"),
        {"passages": passages, "words": words},
    )


def _quoted(term: str) -> str:
    return f"'{term[:_LONGEST]}'"


def _row(terms: Sequence[str]) -> str:
    return "(" + " <-> ".join(map(_quoted, terms)) + ")"


def _any(phrases: Iterable[Sequence[str]]) -> str:
    return " | ".join(map(_row, phrases))


def _steps() -> list[float]:
    """The lowest ts_rank of a term that occurs once, twice and so on, less half of what another time would add."""
    steps, total = [], 0.0
    for n in range(1, _MOST_COUNTED + 1):
        steps.append((total + 0.5 / n**2) / _LIMIT_OF_SUM)
        total += 1 / n**2
    return steps
