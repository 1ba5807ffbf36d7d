"""Full text over passages, whatever the database: what a word is, and what a match of words is worth.

Words are folded and indexed whole and by their first five letters, which needs no knowledge of the language and finds
inflected forms ("proposer", "propositions"). `fts5` and `tsvector` each speak the dialect of one database.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from ingest.archive.sql import fts5, tsvector
from ingest.folding import bare

_WORD = re.compile(r"\w+")
_PREFIX = 5
# BM25's constant in FTS5; it cannot be set there.
_K1 = 1.2
# In a large archive, a term that more than a fifth of the passages hold is not looked up.
_LARGE, _COMMON_IDF = 5000, 1.4
# A passage is looked at for each term that it holds. The rarest terms decide, so the more common ones of a long
# question are left out when the rarer ones stand in so many passages already: of the ten best matches of 100,000
# passages one in 500 is lost, and the longest questions take a third of the time.
_LOOKED_AT = 40_000
# Of a text whose rarest words alone are looked for, fewer will do.
_LOOKED_AT_BY_RAREST = 10_000


def terms(words: str) -> list[str]:
    """Return the index terms of a text: each folded word, and "_" with its first five letters where it is longer."""
    found = []
    for word in _WORD.findall(bare(words)):
        found.append(word)
        if len(word) > _PREFIX:
            found.append("_" + word[:_PREFIX])
    return found


def create(connection: Connection) -> None:
    """Make the tables of the full text."""
    for statement in _dialect(connection).CREATE:
        connection.exec_driver_sql(statement)


def add(connection: Connection, rows: Iterable[tuple[int, str]]) -> None:
    """Index passages, given as (id, text)."""
    _dialect(connection).add(connection, [(id_, terms(words)) for id_, words in rows])


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Forget passages."""
    _dialect(connection).remove(connection, ids)


def scrub(connection: Connection) -> None:
    """Rewrite the index without the words of removed passages, where it otherwise only marks them as gone."""
    _dialect(connection).scrub(connection)


def document_frequencies(connection: Connection, wanted: Iterable[str]) -> dict[str, int]:
    """Return in how many passages each of the `wanted` terms occurs; those that occur nowhere are left out."""
    found: dict[str, int] = _dialect(connection).document_frequencies(connection, list(dict.fromkeys(wanted)))
    return found


def scores(connection: Connection, question: str, *, limit: int) -> dict[int, float]:
    """Return the best passages for a question: id to BM25 over the most that the question could score, 0 to 1.

    Dividing by the question's own maximum makes the score comparable with a cosine, and lets a question in another
    language than the passages, whose words match nowhere, score next to nothing.
    """
    asked = list(dict.fromkeys(terms(question)))[:64]
    total = _passages(connection)
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
    rarest = _within(useful, frequencies, _LOOKED_AT)
    found = _dialect(connection).ranked(connection, {term: weights[term] for term in rarest}, limit=limit)
    return {id_: score / maximum for id_, score in found.items()}


def quoting(connection: Connection, phrases: Sequence[str], *, limit: int) -> list[int]:
    """Return the ids of passages that hold one of the `phrases` word for word, those with the most and rarest first."""
    wanted = list(dict.fromkeys(tuple(found) for phrase in phrases if (found := terms(phrase))))
    frequencies = document_frequencies(connection, (term for phrase in wanted for term in phrase))
    total = _passages(connection)
    # A row of words is at least as rare as the rarest of them.
    rarity = {phrase: max(_idf(frequencies.get(term, 0), total) for term in phrase) for phrase in wanted}
    return _dialect(connection).holding_phrases(connection, rarity, limit=limit) if rarity else []


def sharing(connection: Connection, words: str, *, limit: int, rarest: int = 8) -> list[int]:
    """Return the ids of passages that share the most of the rarest words of a text, best first."""
    asked = [term for term in dict.fromkeys(terms(words)) if not term.startswith("_")]
    frequencies = document_frequencies(connection, asked)
    known = _within([term for term in asked if term in frequencies], frequencies, _LOOKED_AT_BY_RAREST)[:rarest]
    total = _passages(connection)
    weights = {term: _idf(frequencies[term], total) for term in known}
    return list(_dialect(connection).ranked(connection, weights, limit=limit)) if weights else []


def stand_together(connection: Connection, words: str) -> bool:
    """Tell whether some passage holds all of these words, each whole or by its beginning."""
    wanted = [term for term in (prefixed(word) for word in _WORD.findall(bare(words))) if term]
    return bool(wanted) and _dialect(connection).holds_all(connection, wanted)


def prefixed(word: str) -> str:
    """Return the broadest index term of a word: its first letters where it is long, else itself."""
    found = terms(word)
    return found[-1] if found else ""


def _within(asked: Sequence[str], frequencies: Mapping[str, int], most: int) -> list[str]:
    """The rarest of the terms, as many as stand in `most` passages together; one at least."""
    rarest = sorted(asked, key=lambda term: frequencies[term])
    together = itertools.accumulate(frequencies[term] for term in rarest)
    return [
        term for number, (term, held) in enumerate(zip(rarest, together, strict=True)) if not number or held <= most
    ]


def _idf(frequency: int, total: int) -> float:
    """FTS5's inverse document frequency, which never falls below a millionth."""
    return max(math.log((total - frequency + 0.5) / (frequency + 0.5)), 1e-6)


def _passages(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM passages")).scalar_one())


def _dialect(connection: Connection) -> Any:
    return tsvector if connection.dialect.name == "postgresql" else fts5
