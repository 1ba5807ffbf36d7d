"""Who is the same person: names compared whatever their alphabet, accents and titles."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from rapidfuzz.distance import OSA

from ingest.folding import latin
from ingest.languages import words

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
# One sound, many spellings: how French, English, German and Russian (romanised) write it. Longest first.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"(?<=..)e$|(?<=y)j$", ""),
        (r"shch|schtsch|chtch|tsch|tch|sch|sh|ch|zh|cz|j", "S"),
        (r"kh|gh|h", ""),
        (r"ph|ff|v|w|f", "F"),
        (r"ck|cc|qu|c|q|k|x", "K"),
        (r"ts|tz|zz|ss|z|s", "C"),
        (r"ou|oo|u|w", "U"),
        (r"iy|ij|yi|ii|ey|ei|ay|ai|y|i|e", "I"),
        (r"([A-Za-z])\1+", r"\1"),
    )
)


def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a name in bare Latin letters, without articles and titles where anything else is left."""
    found = tuple(_WORD.findall(latin(name).replace("-", " ")))
    beside = words("articles") | words("titles")
    return tuple(word for word in found if word not in beside) or found


def name_key(name: str) -> str:
    """Return what two spellings of one full name have in common: "Igor Konachenkov", "Игорь Конашенков"."""
    return " ".join(filter(None, (sound(word) for word in name_words(name)))) or latin(name)


@functools.lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """Return a word by its sounds, roughly, whatever language spelled it."""
    found = re.sub(r"[^a-z0-9]", "", word)
    for pattern, replacement in _SOUNDS:
        found = pattern.sub(replacement, found)
    return found


def likeness(asked: str, name: str) -> float:
    """Return 0 to 1: how surely the `asked` name means `name`. Every asked word must be found among the name's.

    A surname alone is as good as the full name; one letter in six may be off, so that typing errors pass.
    """
    wanted, have = name_words(asked), name_words(name)
    if not wanted or not have:
        return 0.0
    worst = 1.0
    for word in wanted:
        worst = min(worst, max(_word_likeness(word, each) for each in have))
    # A match on given names alone ("Igor") is weaker than one on the family name.
    covered = _word_likeness(wanted[-1], have[-1]) >= 0.8 or len(wanted) == len(have)
    return worst if covered or len(have) == 1 else worst * 0.9


def _word_likeness(first: str, second: str) -> float:
    if first == second:
        return 1.0
    if len(first) < 3 or len(second) < 3:
        # An initial stands for any name that begins with it.
        return 0.85 if min(len(first), len(second)) == 1 and first[0] == second[0] else 0.0
    if sound(first) == sound(second):
        return 0.95
    spelling = OSA.normalized_similarity(first, second)
    spoken = OSA.normalized_similarity(sound(first), sound(second)) * 0.97
    return max(spelling, spoken) if first[0] == second[0] or spelling > 0.85 else min(spelling, 0.7)


def best(asked: str, names: Iterable[str], *, at_least: float = 0.8) -> list[str]:
    """Return those of `names` that `asked` may mean: the likeliest, and any nearly as likely, best first."""
    scored = sorted(((likeness(asked, name), name) for name in names), key=lambda pair: (-pair[0], pair[1]))
    if not scored or scored[0][0] < at_least:
        return []
    return [name for score, name in scored if score >= max(at_least, scored[0][0] - 0.06)]
