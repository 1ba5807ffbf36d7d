"""A claim put together from words that stand in several places."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

from assistant.quotecheck.claims import Claim
from assistant.quotecheck.lexicon import words_for
from assistant.quotecheck.printed import Printed

SHORTEST = 3
_LETTERS = 12
# So few words between two parts were dropped, whoever says them.
_DROPPED = 8
_MOST = 6


@dataclasses.dataclass(frozen=True)
class Patch:
    """Words of a claim, first and one after the last, as they stand in one place of one article."""

    printed: Printed
    claimed: tuple[int, int]
    part: tuple[int, int]


def patches(claim: Claim, articles: Sequence[Printed], *, shortest: int = SHORTEST) -> list[Patch]:
    """Return the places that a claim was stitched together from, in its order; none where it was not.

    Every word must stand in one of them, or be an "and" between two. Parts of one statement in its order are no
    stitches: what lies between them was dropped. None of them has fewer than `shortest` words.
    """
    keys = claim.words.keys
    if len(keys) < 2 * shortest:
        return []
    trigrams = {keys[i : i + 3] for i in range(len(keys) - 2)}
    places: dict[tuple[str, ...], list[tuple[Printed, int]]] = {}
    for article in articles:
        printed = article.words.keys
        for i in range(len(printed) - 2):
            if (three := printed[i : i + 3]) in trigrams:
                places.setdefault(three, []).append((article, i))
    fillers = words_for("fillers", claim.language)
    found, at = list[Patch](), 0
    while at < len(keys):
        best = _longest(keys, at, places.get(keys[at : at + 3], ()), found)
        if best is None or not _is_long(best, shortest):
            if keys[at] in fillers and found and found[-1].claimed[1] == at:
                at += 1
                continue
            return []
        found.append(best)
        at = best.claimed[1]
    if not 1 < len(found) <= _MOST:
        return []
    return [] if any(_is_drop(one, two) for one, two in itertools.pairwise(found)) else found


def _longest(
    keys: Sequence[str], at: int, starts: Sequence[tuple[Printed, int]], before: Sequence[Patch]
) -> Patch | None:  # fmt: skip
    best: Patch | None = None
    best_rank = (0, False, False)
    for printed, first in starts:
        size = 0
        words = printed.words.keys
        while at + size < len(keys) and first + size < len(words) and keys[at + size] == words[first + size]:
            size += 1
        part = (first, first + size)
        rank = (size, printed.voice(part).is_quoted, bool(before) and before[-1].printed is printed)
        if rank > best_rank:
            best, best_rank = Patch(printed, (at, at + size), part), rank
    return best


def _is_long(patch: Patch, shortest: int) -> bool:
    words = patch.printed.words.keys[slice(*patch.part)]
    return len(words) >= shortest and sum(map(len, words)) >= _LETTERS and any(len(word) > 3 for word in words)


def _is_drop(one: Patch, two: Patch) -> bool:
    if one.printed is not two.printed:
        return False
    # A word said twice in the claim stands once in the print.
    if -2 <= two.part[0] - one.part[1] <= _DROPPED and one.claimed[1] == two.claimed[0]:
        return True
    if one.part[1] > two.part[0]:
        return False
    return one.printed.together(one.printed.voice(one.part), two.printed.voice(two.part))
