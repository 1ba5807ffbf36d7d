"""The articles that a claim is laid against: found by its words, and read once a check."""

from __future__ import annotations

import collections
import contextlib
import functools
import math
import re
from collections.abc import Iterable

from assistant.quotecheck.alignment import Weigh
from assistant.quotecheck.claims import Claim
from assistant.quotecheck.printed import Printed
from assistant.quotecheck.words import occurrences, words_of
from ingest.archive.catalog import Catalog
from ingest.errors import UnknownArticle
from ingest.folding import bare
from ingest.models import Article
from ingest.timings import stage

_PASSAGES, _ARTICLES = 40, 7
_PHRASE, _MOST_PHRASES = 4, 8
# So many versions before the latest are looked at.
_EARLIER = 5
_WORD = re.compile(r"\w+")
# Passages with so much of a claim may hold all of it: typography may hide the rest.
_ALL = 0.75
# A text with less than a third of its words is not half like a claim.
_A_THIRD = 0.33


class Shelf:
    """Articles that were read for a check."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._read: dict[str, Printed] = {}

    def printed(self, article_id: str) -> Printed:
        """Return the latest version of an article with its ledger."""
        if article_id not in self._read:
            with stage("articles"):
                self._read[article_id] = Printed(self.catalog.article(article_id), self.catalog.ledger(article_id))
        return self._read[article_id]

    def earlier_with(self, claim: Claim) -> Article | None:
        """Return the last version before the latest that prints the claim, of an article that was read; or None."""
        with stage("articles"):
            for printed in self._read.values():
                latest = printed.article.version
                for version in range(latest - 1, max(0, latest - 1 - _EARLIER), -1):
                    with contextlib.suppress(UnknownArticle):
                        article = self.catalog.article(printed.article.id, version)
                        if any(occurrences(claim.words, words_of(article.text))):
                            return article
        return None


class Places:
    """The articles where a claim's words stand.

    How much of the claim the found passages hold tells which of them are worth reading, at a hundredth of what laying
    the claim against an article costs.
    """

    def __init__(self, claim: Claim, shelf: Shelf) -> None:
        self._claim = claim
        self._shelf = shelf

    def of_all(self, *, most: int) -> list[Printed]:
        """Return the articles that may hold the whole claim as it is, the likeliest first."""
        with stage("words"):
            found = [each for each in _ranked(self._quoting) if self._share(self._quoting, each) >= _ALL]
        return [self._shelf.printed(each) for each in found[:most]]

    def near(self) -> list[Printed]:
        """Return the articles that may hold what the claim was made from, or a piece of it, the likeliest first."""
        with stage("words"):
            sharing = self._shelf.catalog.passages_sharing(self._claim.said[:1500], limit=_PASSAGES // 2)
            passages = self._quoting + self._texts(sharing)
            # Of what was stitched together, every piece stands somewhere.
            pieces = {article_id for article_id, _ in self._quoting} if self._share(self._quoting) >= _ALL else set()
            found = [
                each for each in _ranked(passages) if each in pieces or self._share(passages, each) >= _A_THIRD
            ]  # fmt: skip
        return [self._shelf.printed(each) for each in found[:_ARTICLES]]

    @functools.cached_property
    def weigh(self) -> Weigh:
        """What a word weighs: short words little, and in a large archive common words little too."""
        with stage("words"):
            shares = self._shelf.catalog.word_frequencies({*self._claim.words.keys, *self._words})
        passages = 1 / min(shares.values()) if shares else 1.0

        def weigh(key: str) -> float:
            by_length = 1.0 if len(key) > 3 or key.isdigit() else 0.3 if len(key) < 3 else 0.5
            if passages < 200 or key not in shares:
                return by_length
            return by_length * min(1.0, 0.25 + math.log(1 / shares[key]) / 6)

        return weigh

    @functools.cached_property
    def _quoting(self) -> list[tuple[str, frozenset[str]]]:
        return self._texts(self._shelf.catalog.passages_quoting(_phrases(self._claim), limit=_PASSAGES))

    @functools.cached_property
    def _words(self) -> frozenset[str]:
        return _words(self._claim.said)

    def _texts(self, ids: list[int]) -> list[tuple[str, frozenset[str]]]:
        """The articles and the words of passages, in their order."""
        found = self._shelf.catalog.passages(ids)
        return [(found[id_][0].article_id, _words(found[id_][0].text)) for id_ in ids if id_ in found]

    def _share(self, passages: Iterable[tuple[str, frozenset[str]]], article_id: str | None = None) -> float:
        """How much of the claim's words these passages hold together, or those of one article, 0 to 1."""
        held = frozenset[str]().union(*(words for id_, words in passages if article_id in (None, id_)))
        total = sum(map(self.weigh, self._words))
        return sum(self.weigh(word) for word in self._words if word in held) / total if total else 0.0


def _ranked(passages: Iterable[tuple[str, frozenset[str]]]) -> list[str]:
    """The articles of passages, those with the most and best of them first."""
    score = collections.Counter[str]()
    for place, (article_id, _) in enumerate(passages):
        score[article_id] += 1000 // (10 + place)
    return [article_id for article_id, _ in score.most_common()]


def _words(text: str) -> frozenset[str]:
    """The words of a text; of one that a line end parts, both."""
    return frozenset(_WORD.findall(bare(text.replace("\u00ad", "").replace("-\n", ""))))


def _phrases(claim: Claim) -> list[str]:
    """Stretches of a few words, spread over the claim, that an article may hold as they are."""
    words = claim.words
    found = []
    for first, end in claim.pieces:
        size = min(_PHRASE, end - first)
        starts = list(range(first, end - size + 1, size))
        if starts and starts[-1] != end - size:
            starts.append(end - size)
        found += [" ".join(words.printed(i, i + 1).replace("\u00ad", "") for i in range(s, s + size)) for s in starts]
    # The longest words are the rarest, as a rule.
    kept = sorted(range(len(found)), key=lambda i: -sum(len(w) > 4 for w in found[i].split()))[:_MOST_PHRASES]
    return [found[i] for i in sorted(kept)]
