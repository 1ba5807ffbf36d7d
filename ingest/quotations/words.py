"""Words and sentences of a paragraph, as the rules see them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from ingest.folding import fold
from ingest.models import Span
from ingest.quotations.lexicon import Lexicon
from ingest.quotations.marks import Marked

_ELIDED = r"(?:%s)['’\"](?=[\w\"«“])"
_WORD = (
    r"(?:[^\W\d_]\.){2,}"  # U.S.
    r"|\d+(?:[.,  ]\d+)*(?:[^\W\d_]+)?(?:-[^\W_]+)*"
    r"|[^\W_]+(?:(?:[-‐‑‒&](?=\w)|['’](?![sS]\b)|(?<=\d)[.,](?=\d))[^\W_]+)*"
    r"|['’][sS]\b"
    r"|\.{2,}|''|’’|‘‘|``|[^\w\s]"
)


@dataclasses.dataclass(slots=True)
class Word:
    """A word or a sign. `low` is its lower case with plain apostrophes; `depth` counts the marks it stands in."""

    start: int
    end: int
    text: str
    low: str
    mark: str = ""  # "open" or "close" for a quotation mark
    depth: int = 0
    is_word: bool = True
    capital: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Sentence:
    """Words `first` to `last` (exclusive) of a paragraph."""

    first: int
    last: int


def pattern(lexicon: Lexicon | None) -> re.Pattern[str]:
    """Return what splits a text of this language into words and signs."""
    elisions = sorted(lexicon.elisions, key=len, reverse=True) if lexicon else []
    head = _ELIDED % "|".join(elisions) + "|" if elisions else ""
    return re.compile(r"\b" + head + _WORD if head else _WORD, re.IGNORECASE)


def words(text: str, area: Span, tokens: re.Pattern[str], marks: Sequence[Marked]) -> list[Word]:
    """Return the words of a part of the text; `marks` are those that touch it."""
    edges: dict[int, str] = {}
    silent: dict[int, Marked] = {}
    unclosed = sorted((m.outer.end for m in marks if m.lost == "closing"), reverse=True)
    for mark in marks:
        if mark.lost == "start":
            silent[mark.outer.start] = mark
        elif mark.lost != "opening":
            edges[mark.outer.start] = "open"
        if mark.lost != "closing":
            edges[mark.outer.end - 1] = "close"
    found: list[Word] = []
    depth = 1 if any(m.depth == 0 and m.outer.start < area.start and m.outer.end > area.start for m in marks) else 0
    lost = {m.outer.end - 1 for m in marks if m.lost == "opening"}
    plain = fold(area.of(text))
    for match in tokens.finditer(text, area.start, area.end):
        start, end = match.span()
        body = match[0]
        while unclosed and start >= unclosed[-1]:
            depth = _closed(found, unclosed.pop(), depth)
        if start in silent:
            found.append(Word(start, start, "", "", "open", depth, False))
            depth += 1
        edge = edges.get(start, "") if end - start == 1 else ""
        if not edge and end - start == 2 and not body[0].isalnum() and body[0] == body[1]:
            edge = edges.get(start, "") or edges.get(end - 1, "")
        if edge == "open":
            found.append(Word(start, end, body, body, "open", depth, False))
            depth += 1
        elif edge == "close":
            if start not in lost and end - 1 not in lost:
                depth = max(0, depth - 1)
            found.append(Word(start, end, body, body, "close", depth, False))
        elif body[0].isalnum() or (len(body) == 2 and body[0] in "'’" and body[1] in "sS"):
            low = plain[start - area.start : end - area.start].lower()
            if low[-1:] == '"':
                low = low[:-1] + "'"
            found.append(Word(start, end, body, low, "", depth, True, body[0].isupper()))
        else:
            found.append(Word(start, end, body, plain[start - area.start : end - area.start], "", depth, False))
    while unclosed and unclosed[-1] <= area.end:
        depth = _closed(found, unclosed.pop(), depth)
    return found


def _closed(found: list[Word], at: int, depth: int) -> int:
    """Close a quotation whose closing mark is lost, with a mark that takes no room; return the depth behind it."""
    depth = max(0, depth - 1)
    found.append(Word(at, at, "", "", "close", depth, False))
    return depth


_LONGEST_SENTENCE = 400  # words; what is longer is no sentence, and rules look at every pair of cues in one
_ENDS = frozenset({".", "!", "?", "…"})


def sentences(found: Sequence[Word], lexicon: Lexicon | None) -> list[Sentence]:
    """Split words into sentences; the sentences inside a quotation do not count."""
    abbreviations = lexicon.abbreviations if lexicon else frozenset[str]()
    result: list[Sentence] = []
    first = 0
    count = len(found)
    for at in range(count):
        word = found[at]
        if at - first >= _LONGEST_SENTENCE and not word.depth and word.mark != "open":
            result.append(Sentence(first, at + 1))
            first = at + 1
            continue
        if lexicon is not None and at > first + 1 and not word.depth and _glued(found, at, lexicon):
            result.append(Sentence(first, at))
            first = at
        if word.depth or (word.is_word and not word.low.endswith(".")):
            continue
        following = found[at + 1] if at + 1 < count else None
        if word.mark == "close":
            inner = found[at - 1] if at else word
            if not _ends(inner) or (following is not None and not _begins(following)):
                continue
            if following is not None and following.low in {",", ";", ":"}:
                continue
        elif word.is_word or not _ends(word):
            continue
        elif following is not None:
            if following.mark == "close" or following.low in {")", "]", ",", ";", "'"} or not _begins(following):
                continue
            previous = found[at - 1] if at else None
            if (
                word.low == "."
                and previous is not None
                and previous.end == word.start
                and following.mark != "open"
                and (
                    (previous.low in abbreviations and not _month(found, at - 1))
                    or (
                        len(previous.text) == 1
                        and previous.capital
                        and (at < 2 or found[at - 2].capital or following.capital)
                    )
                )
            ):
                continue
            if (
                lexicon is not None
                and lexicon.ordinal_dot
                and previous is not None
                and previous.text.isdigit()
                and len(previous.text) <= 2
                and word.low == "."
            ):
                continue
            if following.start == word.end and following.is_word and not following.capital:
                continue
        result.append(Sentence(first, at + 1))
        first = at + 1
    if first < count:
        result.append(Sentence(first, count))
    return result


_DATELINE = 14  # words that a dateline has at most


def after_dateline(found: Sequence[Word], first: int, last: int) -> int:
    """Return where a text begins behind "WASHINGTON (Reuters) -", "AUGUSTA, Ga. --" or "CNN —", or `first`."""
    limit = min(last, first + _DATELINE)
    if first >= limit or not (found[first].capital or found[first].low == "("):
        return first
    shouted = False
    agency = -1
    for at in range(first, limit):
        word = found[at]
        if word.mark:
            break
        if word.low == "-" and not word.is_word:
            behind = at
            while behind < last and found[behind].low == "-" and not found[behind].is_word:
                behind += 1
            return behind if (shouted or agency >= 0) and behind < last else first
        if word.low == ")" and any(found[n].low == "(" for n in range(first, at)):
            agency = at
        elif word.is_word:
            if agency >= 0:
                # "(Reuters) The minister", "New York (CNN) The company": the bracket alone ends it
                return at if agency == at - 1 and found[first].low == "(" else first
            shouted = shouted or (word.text.isupper() and len(word.text) > 2)
            if not word.capital and not word.text[0].isdigit() and word.low not in {"le", "de", "la", "les", "den"}:
                month = at and found[at - 1].text[:1].isdigit()
                if not month:
                    break
        elif word.low not in {",", ".", "(", ")", "/", "'"}:
            break
    return first


def _glued(found: Sequence[Word], at: int, lexicon: Lexicon) -> bool:
    """Tell whether a sentence begins here behind a headline that has no full stop: "… pour la ville Le maire a dit"."""
    word, previous = found[at], found[at - 1]
    if not word.capital or not word.is_word or not previous.is_word or previous.capital or at + 1 >= len(found):
        return False
    following = found[at + 1]
    return (
        lexicon.language in {"fr", "en", "es"}
        and (word.low in lexicon.definites or (word.low in lexicon.pronouns and word.low != "i"))
        and previous.low not in lexicon.stopwords
        and previous.low not in lexicon.works
        and not (previous.low in lexicon.organisations or previous.low in lexicon.verbs)
        and following.is_word
        and not following.capital
        and following.low not in lexicon.of
    )


def _month(found: Sequence[Word], at: int) -> bool:
    """Tell whether an abbreviation that is also a word ("sept", "mar") stands where it is none."""
    if found[at].capital or found[at].low not in {"sept", "art", "mars", "no", "fig", "juil", "mer", "dr"}:
        return False
    return not (at and found[at - 1].text[0].isdigit())


def _ends(word: Word) -> bool:
    return word.low in _ENDS or (word.low.startswith("..") and not word.is_word)


def _begins(word: Word) -> bool:
    return (
        word.capital
        or word.mark == "open"
        or word.text[0].isdigit()
        or word.low in {"-", "(", "[", "*", "•", "¿", "¡", "@"}
    )
