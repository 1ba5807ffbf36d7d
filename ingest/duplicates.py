"""Copies of one report: which articles are the same text, edited, cut or under another headline.

The words of an article are taken as overlapping runs of four ("shingles"). Two articles are copies where half of the
shorter one's runs stand in the other. MinHash (`rensa`) finds the few articles that may be copies without comparing
all: articles with common text are likely to share a bucket.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import re
import struct
from collections.abc import Collection, Iterable

from ingest.folding import bare
from ingest.models import Article, Span

# Whoever changes what decides the buckets, or takes a rensa of another `RMinHash.ALGORITHM_VERSION`, raises
# `pipeline.EXTRACTION`: articles with buckets of two kinds are not found to be copies.
BUCKETS = 24
_ROWS = 2
_SEED = 20
_RUN = 4
# Writing without spaces is taken by the character: Han, kana, Thai, Lao, Burmese, Khmer.
_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]|\\w+")
# Measured by bench/duplicates: articles on one subject share up to .46 of the shorter one's runs (a statement that both
# print, a background that an outlet repeats), copies of which 40 % of the sentences were replaced more than .5.
_COPY = 0.5
# Of the words that are not quoted, so much at least: two reports of one speech share its words, not their own.
_OWN = 0.4
# What an outlet prints again and again (the head of a live page, a daily survey) is its own text: more must be common.
_SERIES = 0.8
_SERIES_DAYS = 3
# Common text of fewer runs is a formula, and of an article of fewer nothing can be told.
_LEAST = 20


@dataclasses.dataclass(frozen=True, slots=True)
class Wording:
    """An article's prose as runs of words: all of them, and those that do not stand wholly within quotation marks."""

    runs: frozenset[str]
    own: frozenset[str]


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """Two articles that are copies, by their ids, and the share of the shorter one that stands in the other."""

    first: str
    second: str
    share: float


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """Copies of one report: their ids in order, of which the first names the group, and the links between them."""

    ids: tuple[str, ...]
    links: tuple[Link, ...]


def wording(article: Article, quoted: Iterable[Span]) -> Wording:
    """Return the runs of words of an article, of which the spans `quoted` stand in quotation marks."""
    fragments = list(quoted)
    runs, own = set[str](), set[str]()
    for paragraph in article.prose:
        found = list(_WORD.finditer(article.text, paragraph.start, paragraph.end))
        words = [_folded(word[0]) for word in found]
        inside = [(fragment.start, fragment.end) for fragment in fragments if fragment.overlaps(paragraph)]
        for at in range(len(words) - _RUN + 1):
            run = " ".join(words[at : at + _RUN])
            runs.add(run)
            first, last = found[at].start(), found[at + _RUN - 1].end()
            if not any(start <= first and last <= end for start, end in inside):
                own.add(run)
    return Wording(frozenset(runs), frozenset(own))


def buckets(of: Wording) -> list[int]:
    """Return the numbers (64 bits, signed) of the buckets that copies of this are likely to share; [] if it is short.

    At least one of them is shared by 99 % of the texts that have .43 of all their runs in common (two of equal length
    of which 40 % was replaced), 94 % of those with .33, and a fifth of those with .1.
    """
    if len(of.runs) < _LEAST:
        return []
    from rensa import RMinHash

    sketch = RMinHash(num_perm=BUCKETS * _ROWS, seed=_SEED)
    sketch.update(sorted(of.runs))
    values = sketch.digest()
    parts = (struct.pack("<H2I", band, *values[band * _ROWS : (band + 1) * _ROWS]) for band in range(BUCKETS))
    return [int.from_bytes(hashlib.blake2b(part, digest_size=8).digest(), signed=True) for part in parts]


def share(one: Collection[str], other: Collection[str]) -> float:
    """Return how much of the shorter of two sets of runs stands in the other, 0 to 1."""
    shorter = min(len(one), len(other))
    return len(frozenset(one) & frozenset(other)) / shorter if shorter else 0.0


def copied(one: tuple[Article, Wording], other: tuple[Article, Wording]) -> float:
    """Return the share of common text where two articles are copies of one report, else 0.0."""
    (article, words), (known, known_words) = one, other
    common = share(words.runs, known_words.runs)
    shorter = min(len(words.runs), len(known_words.runs))
    if shorter < _LEAST or common * shorter < _LEAST or common < (_SERIES if _in_series(article, known) else _COPY):
        return 0.0
    comparable = min(len(words.own), len(known_words.own)) >= _LEAST
    return 0.0 if comparable and share(words.own, known_words.own) < _OWN else common


def groups(links: Iterable[Link]) -> dict[str, str]:
    """Return the group of each linked article: the least of the ids that belong together."""
    least: dict[str, str] = {}

    def root(id_: str) -> str:
        while least.setdefault(id_, id_) != id_:
            least[id_] = least[least[id_]]
            id_ = least[id_]
        return id_

    for link in links:
        first, second = sorted((root(link.first), root(link.second)))
        least[second] = first
    return {id_: root(id_) for id_ in sorted(least)}


def grouped(links: Iterable[Link]) -> list[Group]:
    """Return the groups of copies with their links, those with the most copies first."""
    links = list(links)
    group_of = groups(links)
    members: dict[str, list[str]] = {}
    for id_, group in group_of.items():
        members.setdefault(group, []).append(id_)
    return [
        Group(tuple(ids), tuple(link for link in links if group_of[link.first] == group))
        for group, ids in sorted(members.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


@functools.lru_cache(maxsize=65536)
def _folded(word: str) -> str:
    return bare(word)


def _in_series(one: Article, other: Article) -> bool:
    """Tell whether an outlet may print the same text in both though they are two articles."""
    if one.outlet and one.outlet == other.outlet:
        return True
    if one.published and other.published:
        return abs((one.published - other.published).days) > _SERIES_DAYS
    return False
