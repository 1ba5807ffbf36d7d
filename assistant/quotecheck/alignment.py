"""Laying the words of a claim against those of an article."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

import numpy as np
from rapidfuzz.distance import LCSseq

from assistant.quotecheck.lexicon import differs_by_accent
from assistant.quotecheck.words import Words, same

Weigh = Callable[[str], float]
# Longer claims are aligned by the longest common subsequence, which is less tidy and never slow.
_TIDY = 400
_PLACES = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """A stretch of an alignment: words `claimed` against words `printed`, each first and one after the last."""

    equal: bool
    claimed: tuple[int, int]
    printed: tuple[int, int]


@dataclasses.dataclass(frozen=True, slots=True)
class Aligned:
    """A claim laid against the words `printed` of an article: the steps, and how alike the two are, 0 to 1."""

    printed: tuple[int, int]
    steps: tuple[Step, ...]
    similarity: float
    matched: float

    @property
    def is_exact(self) -> bool:
        """Whether nothing but typography differs."""
        return all(step.equal for step in self.steps)


def aligned(claim: Words, article: Words, weigh: Weigh) -> list[Aligned]:
    """Return the places of an article that come nearest to the words of a claim, the nearest first."""
    weights = {key: weigh(key) for key in claim.keys}
    total = sum(weights[key] for key in claim.keys)
    found = []
    for first, end in _windows(claim, article, weights):
        if result := _laid(claim, article, first, end, weigh, total):
            found.append(result)
    unique = {each.printed: each for each in found}
    return sorted(unique.values(), key=lambda each: -each.similarity)


def _windows(claim: Words, article: Words, weights: dict[str, float]) -> list[tuple[int, int]]:
    """The stretches that hold most of the claim's words, somewhat longer than it."""
    size, count = len(claim), len(article)
    hits = np.fromiter((weights.get(key, 0.0) for key in article.keys), np.float64, count)
    if not hits.any():
        return []
    length = max(size + 10, int(size * 1.5))
    if count <= length:
        return [(0, count)]
    sums = np.concatenate([[0.0], np.cumsum(hits)])
    score = sums[length:] - sums[:-length]
    found = []
    best = float(score.max())
    for _ in range(_PLACES):
        at = int(score.argmax())
        if score[at] <= max(0.5 * best, 0.0):
            break
        # Centred on the hits, so that nothing is cut off.
        margin = size // 2 + 5
        found.append((max(0, at - margin), min(count, at + length + margin)))
        score[max(0, at - length // 2) : at + length // 2 + 1] = -1.0
    return found


def _laid(claim: Words, article: Words, first: int, end: int, weigh: Weigh, total: float) -> Aligned | None:
    printed = article.keys[first:end]
    blocks = _core(_blocks(claim.keys, printed), claim.keys, weigh)
    if not blocks:
        return None
    # What was changed at either end stands against as many words of the article as it has, or against the few that
    # its sentence has there.
    start, stop = blocks[0][1], blocks[-1][1] + blocks[-1][2]
    start -= _lead(article, first, first + start, min(blocks[0][0], 3))
    stop += _tail(article, end, first + stop, min(len(claim) - blocks[-1][0] - blocks[-1][2], 3))
    steps = _steps(blocks, claim, article, first, start, stop)
    matched = sum(weigh(claim.keys[i]) for step in steps if step.equal for i in range(*step.claimed))
    region = sum(weigh(key) for key in printed[start:stop])
    similarity = 2 * matched / (total + region) if total + region else 0.0
    return Aligned((first + start, first + stop), steps, min(1.0, similarity), matched / total if total else 0.0)


def _lead(article: Words, first: int, at: int, changed: int) -> int:
    """How many words before `at` the `changed` words of the claim stand for."""
    free = 0
    while changed and free < changed + 3 and at - free > first and not _parted(article, at - free - 1):
        free += 1
    ends = at - free == first or _parted(article, at - free - 1)
    return free if ends and free <= changed + 2 else min(free, changed)


def _tail(article: Words, end: int, at: int, changed: int) -> int:
    """How many words from `at` on the `changed` words of the claim stand for."""
    free = 0
    while changed and free < changed + 3 and at + free < end and not _parted(article, at + free - 1):
        free += 1
    ends = at + free >= len(article) or _parted(article, at + free - 1)
    return free if ends and free <= changed + 2 else min(free, changed)


def _parted(article: Words, number: int) -> bool:
    """Whether the end of a sentence or a mark stands between this word and the next."""
    if number + 1 >= len(article):
        return True
    between = article.text[article.ends[number] : article.starts[number + 1]]
    return any(c in between for c in '.!?…\n«»“”„"')


def _blocks(claim: Sequence[str], printed: Sequence[str]) -> list[tuple[int, int, int]]:
    if len(claim) <= _TIDY:
        matcher = SequenceMatcher(None, claim, printed, autojunk=False)
        return [(b.a, b.b, b.size) for b in matcher.get_matching_blocks() if b.size]
    return [
        (code.src_start, code.dest_start, code.src_end - code.src_start)
        for code in LCSseq.opcodes(claim, printed)
        if code.tag == "equal"
    ]


def _core(blocks: list[tuple[int, int, int]], claim: Sequence[str], weigh: Weigh) -> list[tuple[int, int, int]]:
    """The run of blocks that is worth its gaps: words that merely recur far away are left out."""
    best, best_score, start, score = (0, 0), 0.0, 0, 0.0
    for number, (a, b, size) in enumerate(blocks):
        gain = sum(weigh(claim[i]) for i in range(a, a + size))
        if number > start:
            last = blocks[number - 1]
            score -= 0.12 * (b - last[1] - last[2]) + 0.05 * (a - last[0] - last[2])
        if score <= 0:
            start, score = number, 0.0
        score += gain
        if score > best_score:
            best, best_score = (start, number + 1), score
    return blocks[slice(*best)]


def _steps(
    blocks: Sequence[tuple[int, int, int]], claim: Words, article: Words, first: int, start: int, stop: int
) -> tuple[Step, ...]:
    """Equal stretches and what stands between them; other typography of the same words is equal too."""
    raw, at, place = list[Step](), 0, start
    for a, b, size in (*blocks, (len(claim), stop, 0)):
        if a > at or b > place:
            raw.append(_between((at, a), (first + place, first + b), claim, article))
        if size:
            raw += _equal(a, first + b, size, claim, article)
        at, place = a + size, b + size
    merged = list[Step]()
    for step in raw:
        if merged and merged[-1].equal == step.equal:
            before = merged.pop()
            merged.append(Step(step.equal, (before.claimed[0], step.claimed[1]), (before.printed[0], step.printed[1])))
        else:
            merged.append(step)
    return tuple(merged)


def _between(ours: tuple[int, int], theirs: tuple[int, int], claim: Words, article: Words) -> Step:
    return Step(same(claim.part(*ours), article.part(*theirs)), ours, theirs)


def _equal(a: int, b: int, size: int, claim: Words, article: Words) -> list[Step]:
    """An equal stretch, cut where an accent makes another word of one, if the claim writes accents at all."""
    accented = any(c > "\x7f" and c.isalpha() for c in claim.text)
    if not accented:
        return [Step(True, (a, a + size), (b, b + size))]
    return [
        Step(
            not differs_by_accent(claim.keys[i], claim.printed(i, i + 1), article.printed(j, j + 1)),
            (i, i + 1),
            (j, j + 1),
        )
        for i, j in zip(range(a, a + size), range(b, b + size), strict=True)
    ]
