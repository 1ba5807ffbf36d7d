"""What sort of thing a question asks for (a date, a number, a person, a place, a reason), and which words hold one."""

from __future__ import annotations

import enum
import functools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from typing import Any

from assistant.dates import days
from ingest.folding import unaccented

# From so many words on, "who" in a question is a relative: "the man who …".
_RELATIVE_FROM = 2
_WORD = re.compile(r"\w+(?:[.,]\d+)*")
_YEAR = re.compile(r"(?<![\d.,])(?:1[0-9]|20)\d\d(?![\d.,]\d)")
CAPITAL = r"[^\W\d_a-zà-ÿа-я][\w’'-]+"
_NAME = re.compile(rf"{CAPITAL}(?:\s+{CAPITAL})*")
_LONG_NAME = re.compile(rf"{CAPITAL}(?:\s+{CAPITAL})+")
# A word with a capital that begins a sentence need not be a name.
_INNER_NAME = re.compile(rf"(?<=[\w,;:«“\"'’(] ){CAPITAL}|{_LONG_NAME.pattern}")


class Expected(enum.StrEnum):
    """The sort of thing that answers a question, where its words tell."""

    DATE = "when"
    NUMBER = "number"
    PERSON = "person"
    PLACE = "place"
    REASON = "reason"


def expected(question: str, language: str) -> Expected | None:
    """Return what a question asks for; None where its words do not tell, or its language is none of ours.

    >>> expected("Combien de candidats se présentent ?", "fr")
    <Expected.NUMBER: 'number'>
    """
    patterns = _asking(language)
    if not patterns:
        return None
    found = []
    # "Où" asks and "ou" does not: the only place where an accent tells.
    accented = {match.start() for match in patterns.where.finditer(question.casefold())} if patterns.where else set()
    plain = _plain(question)
    words = [match.start() for match in re.finditer(r"\w+", plain)]
    for sort, pattern in patterns.sorts.items():
        for match in pattern.finditer(plain):
            # A word alone asks at the beginning, behind a preposition at most, or at the end; else it is a relative.
            number = words.index(match.start()) if match.start() in words else 0
            is_phrase = " " in match.group() or sort is Expected.NUMBER
            if is_phrase or number <= _RELATIVE_FROM or match.end() >= len(plain.rstrip(" ?!.")):
                found.append((match.start(), -match.end(), sort))
    found += [(start, 0, Expected.PLACE) for start in accented if start in words[: _RELATIVE_FROM + 1]]
    return min(found)[2] if found else None


def asks_year(question: str, language: str) -> bool:
    """Tell whether a question asks for the year, and no less ("in what year", "en quelle année")."""
    return understands(language) and bool(_year(language).search(_plain(question)))


def understands(language: str) -> bool:
    """Tell whether questions in a language are understood here."""
    return language in _tables()


def things(text: str, sort: Expected, language: str, *, asked: str = "") -> list[str]:
    """Return the words of `text` that may be what is asked for: those of `asked`, the question, are none."""
    known = set(_WORD.findall(_plain(asked)))
    plain = _plain(text)
    match sort:
        case Expected.DATE:
            found = [plain[span.start : span.end] for span, _ in days(text)]
            found += _YEAR.findall(plain) + [w for w in _WORD.findall(plain) if w in _words("dates", language)]
        case Expected.NUMBER:
            found = [w for w in _WORD.findall(plain) if w[0].isdigit() or w in _words("numbers", language)]
        case Expected.REASON:
            return [m.group() for m in _phrases("reasons", language).finditer(plain)]
        case Expected.PERSON:
            found = list(_people(text, language))
        case Expected.PLACE:
            before = _phrases("places", language)
            names = list(_NAME.finditer(text))
            found = [
                plain[m.start() : m.end()]
                for m in names
                if (before_it := plain[: m.start()].rstrip(" '")) and _ends_with(before_it, before)
            ]
    return [each for each in found if not known.issuperset(_WORD.findall(each))]


def _people(text: str, language: str) -> Iterator[str]:
    """What may be names of persons: words with a capital that do not merely begin the sentence."""
    if language != "de":
        yield from (_plain(match.group()) for match in _INNER_NAME.finditer(text))
        return
    # German writes every noun with a capital: only two in a row are likely a name.
    for match in _LONG_NAME.finditer(text):
        words = match.group().split()[0 if match.start() else 1 :]
        if len(words) > 1:
            yield _plain(" ".join(words))


def _ends_with(text: str, words: re.Pattern[str]) -> bool:
    start = max(0, len(text) - 24)
    return any(match.end() == len(text) for match in words.finditer(text, start))


def _plain(text: str) -> str:
    return unaccented(text).lower()


class _Asking:
    """The patterns of one language that tell what is asked for."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.sorts = {sort: _alternatives(table["asks"][sort.value]) for sort in Expected}
        where = table.get("where", ())
        self.where = re.compile(rf"\b(?:{'|'.join(where)})\b") if where else None


@functools.cache
def _tables() -> Mapping[str, Any]:
    text = resources.files("assistant.lexicon").joinpath("expected.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@functools.cache
def _asking(language: str) -> _Asking | None:
    return _Asking(_tables()[language]) if language in _tables() else None


@functools.cache
def _year(language: str) -> re.Pattern[str]:
    return _alternatives(_tables()[language]["year"])


@functools.cache
def _words(kind: str, language: str) -> frozenset[str]:
    tables = [_tables()[language]] if language in _tables() else list(_tables().values())
    return frozenset(_plain(word) for table in tables for word in table[kind])


@functools.cache
def _phrases(kind: str, language: str) -> re.Pattern[str]:
    return _alternatives(sorted(_words(kind, language)))


def _alternatives(phrases: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted((re.escape(_plain(phrase)) for phrase in phrases), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)")
