"""Texts as words that can be compared whatever their typography, each with its place in the text."""

from __future__ import annotations

import bisect
import dataclasses
import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence

from ingest.folding import bare, fold
from ingest.models import Span

_UNSEEN = "\u00ad\u200b-\u200f\u2060\ufeff"
_LETTERS = r"[^\W_\u0300-\u036f][^\W_]*(?:[\u0300-\u036f]+[^\W_]*)*"
# A word goes on after a soft hyphen, after an invisible character, and after the hyphen at the end of a PDF's line.
_WORD = re.compile(
    r"(?:(?<!\w)[-−])?(?<![\w.,])\d{1,3}(?:[.,'’ \u00a0\u202f\u2009]\d{3}(?![\d]))+(?:[.,]\d+)?(?![^\W_])"
    r"|(?:(?<!\w)[-−])?\d+[.,]\d+(?![^\W_])"
    r"|(?<!\w)[-−]\d+(?![^\W_])"
    rf"|{_LETTERS}(?:(?:[{_UNSEEN}]+|[-‐\u00ad][ \t]*\r?\n[ \t>]*(?=[^\W\d_])){_LETTERS})*"
    r"|[%‰$€£¥₽]"
)
_GROUPED = re.compile(r"(?<=\d)[.,'’\s](?=\d{3}(?!\d))")
_NUMBER = re.compile(r"[-−]?\d[\d.,'’\s]*$")
_INSIDE = re.compile(rf"[{_UNSEEN}]+|[-‐\u00ad][ \t]*\r?\n[ \t>]*")
# Letters written together that Unicode does not take apart, and letters that stand for two in another spelling.
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l"})
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})
_TIES = frozenset("-'\u00ad")


@dataclasses.dataclass(frozen=True, slots=True)
class Words:
    """The words of a text: how they compare (`keys`) and where they stand (`starts`, `ends`).

    `tied` tells of each word whether only a hyphen or an apostrophe parts it from the one before, or whether a line
    end did: there one writes "tout-à-fait", "tout à fait" and "toutà-fait" for the same words.
    """

    text: str
    keys: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    tied: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.keys)

    def printed(self, first: int, end: int) -> str:
        """Return the words from `first` up to `end` as they stand in the text."""
        return self.text[self.starts[first] : self.ends[end - 1]] if end > first else ""

    def span(self, first: int, end: int) -> Span:
        """Return where the words from `first` up to `end` stand."""
        return Span(self.starts[first], self.ends[end - 1])

    def within(self, span: Span) -> tuple[int, int]:
        """Return the first word that begins in `span`, and the one after the last."""
        return bisect.bisect_left(self.starts, span.start), bisect.bisect_left(self.starts, span.end)

    def part(self, first: int, end: int) -> Words:
        """Return the words from `first` up to `end` alone; their places stay those in the whole text."""
        cut = slice(first, end)
        return Words(self.text, self.keys[cut], self.starts[cut], self.ends[cut], self.tied[cut])

    def only(self, kept: Sequence[int]) -> Words:
        """Return the words at the positions `kept` alone; their places stay those in the whole text."""
        words = [(self.keys[i], self.starts[i], self.ends[i], self.tied[i]) for i in kept]
        keys, starts, ends, tied = zip(*words, strict=True) if words else ((), (), (), ())
        return Words(self.text, keys, starts, ends, tied)


@functools.lru_cache(maxsize=64)
def words_of(text: str) -> Words:
    """Return the words of `text`."""
    keys, starts, ends, tied = [], [], [], []
    last = -1
    for match in _WORD.finditer(text):
        start, end = match.span()
        word = match[0]
        keys.append(_key(word))
        starts.append(start)
        ends.append(end)
        between = text[last:start] if last >= 0 else " "
        is_tied = last >= 0 and len(between) <= 2 and fold(between) in _TIES
        tied.append(is_tied or "\n" in word)
        last = end
    return Words(text, tuple(keys), tuple(starts), tuple(ends), tuple(tied))


@functools.lru_cache(maxsize=65536)
def _key(word: str) -> str:
    if _NUMBER.match(word) and not word.isalpha():
        plain = _GROUPED.sub("", word).replace("−", "-").replace(",", ".").strip(" .")
        sign, digits = plain[: plain.startswith("-")], plain.lstrip("-")
        return sign + (digits.lstrip("0") or "0")
    return bare(_INSIDE.sub("", word).translate(_LIGATURES)) or word


def occurrences(claimed: Words, printed: Words) -> Iterator[tuple[int, int]]:
    """Yield where `claimed` stands word for word in `printed`: the first word and the one after the last.

    Words parted or joined at a hyphen, an apostrophe or a line end are the same words.
    """
    wanted, text = "".join(claimed.keys), "".join(printed.keys)
    if not wanted:
        return
    ends = list(itertools.accumulate(map(len, printed.keys)))
    own = list(itertools.accumulate(map(len, claimed.keys)))
    at = text.find(wanted)
    while at >= 0:
        first = bisect.bisect_right(ends, at)
        last = bisect.bisect_left(ends, at + len(wanted))
        if (ends[first - 1] if first else 0) == at and last < len(ends) and ends[last] == at + len(wanted):
            theirs = {ends[i] - at for i in range(first, last)}
            ours = set(own[:-1])
            loose_here = {ends[i] - at for i in range(first, last) if printed.tied[i + 1] or printed.tied[i]}
            loose_there = {own[i] for i in range(len(own) - 1) if claimed.tied[i + 1] or claimed.tied[i]}
            if theirs ^ ours <= loose_here | loose_there | _joined(claimed, own) | _joined(printed, ends, at):
                yield first, last + 1
        at = text.find(wanted, at + 1)


def _joined(words: Words, ends: list[int], at: int = 0) -> set[int]:
    """Places inside words that were put together at a line end: there may be a boundary, or not."""
    found: set[int] = set()
    for i, key in enumerate(words.keys):
        if words.tied[i] and "\n" in words.text[words.starts[i] : words.ends[i]]:
            found.update(range(ends[i] - len(key) - at, ends[i] - at + 1))
    return found


def same(claimed: Words, printed: Words) -> bool:
    """Tell whether two stretches are the same words in other typography or spelling ("koennte", "könnte")."""
    if not claimed.keys or not printed.keys:
        return False
    if "".join(claimed.keys) == "".join(printed.keys):
        return any(claimed.tied) or any(printed.tied) or claimed.keys == printed.keys
    return len(claimed) == len(printed) and all(
        a == b or _spelled_out(claimed, i) == _spelled_out(printed, i)
        for i, (a, b) in enumerate(zip(claimed.keys, printed.keys, strict=True))
    )


def _spelled_out(words: Words, number: int) -> str:
    word = unicodedata.normalize("NFC", words.text[words.starts[number] : words.ends[number]]).lower()
    return bare(_INSIDE.sub("", word).translate(_SPELLED_OUT).translate(_LIGATURES))
