"""The words by which a model's sentence is compared with what it cites, and texts that speak to a machine."""

from __future__ import annotations

import functools
import itertools
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Any

from assistant import locales
from assistant.quotecheck import lexicon as claims
from assistant.quotecheck.words import words_of
from ingest.folding import latin, unaccented
from ingest.languages import is_identified, language_of

_OTHER = ("directions", "instructions")
# Words are alike that share so many letters; shorter ones when they are the same but for a plural.
_ALIKE = 5
# Longer texts hold nothing more that tells.
_READ = 4000
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")


@functools.cache
def _tables() -> Mapping[str, Any]:
    text = resources.files("assistant.lexicon").joinpath("verification.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def knows(language: str) -> bool:
    """Tell whether there are word lists for a language."""
    return language in _tables() and language not in _OTHER


@functools.cache
def words_for(sort: str, language: str) -> frozenset[str]:
    """Return the words of one sort in `language`; in all languages where there is no list for it."""
    known = [language] if knows(language) else [each for each in _tables() if each not in _OTHER]
    return frozenset(word for each in known for word in _tables()[each][sort])


@functools.cache
def numbers(language: str) -> Mapping[str, int]:
    """Return the number words of a language with their values; none where there is no list for it.

    A word of one language is a number in another ("sei", "elf", "on").
    """
    return {**claims.numbers(language), **dict(_of(language, "numbers"))} if knows(language) else {}


@functools.cache
def scales(language: str) -> Mapping[str, int]:
    """Return what multiplies the number before it: "Mio.", "млрд", "millions", "万". Some entries have two words."""
    if not knows(language):
        return {" ".join(words_of(word).keys): value for word, value in locales.scales(language).items()}
    words = {word: value for word, value in numbers(language).items() if value >= 1000}
    return {**words, **dict(_of(language, "scales"))}


@functools.cache
def parts(language: str) -> Mapping[str, float]:
    """Return the words for a part of a whole with its share: "half", "tiers"; none where there is no list for it."""
    return dict(_tables()[language]["parts"]) if knows(language) else {}


@functools.cache
def definites(language: str) -> frozenset[str]:
    """Return the words behind which "third" is a place in a row, and no part."""
    return words_for("definites", language)


def _of(language: str, sort: str) -> Iterable[tuple[str, int]]:
    table: Mapping[str, int] = _tables()[language][sort]
    return table.items()


@functools.lru_cache(maxsize=65536)
def stem(key: str) -> str:
    """Return what inflected forms of a word have in common, roughly, in Latin letters."""
    plain = latin(key)
    if len(plain) > _ALIKE:
        return plain[:_ALIKE]
    return plain.rstrip("s") if len(plain) > 3 else plain


def is_content(key: str, language: str) -> bool:
    """Tell whether a word says something of its own: no grammar, and no "said"."""
    if not any(c.isalnum() for c in key) or key in words_for("stop", language):
        return False
    return key[0].isdigit() or (len(key) > 1 and not key.startswith(_reports(language)))


@functools.cache
def _reports(language: str) -> tuple[str, ...]:
    return tuple(words_for("reports", language))


def sides(keys: Sequence[str]) -> set[tuple[str, int]]:
    """Return which way words in a row point ("rise" up, "fall" down), by direction and side, in all languages."""
    found, told = set[tuple[str, int]](), set[str]()
    for pair in {f"{one} {two}" for one, two in itertools.pairwise(keys)}:
        if points := _points(pair):
            found |= points
            told.update(pair.split())
    # "At least" says nothing of less.
    return found.union(*(_points(key) for key in {*keys} - told))


@functools.lru_cache(maxsize=65536)
def _points(key: str) -> frozenset[tuple[str, int]]:
    # An entry of two words is not the beginning of one.
    return frozenset(
        (name, side)
        for name, prefixes in _directions()
        for side in (0, 1)
        if any(key.startswith(prefix) and (" " in prefix) == (" " in key) for prefix in prefixes[side])
    )


def begins(sort: str, keys: Iterable[str], language: str) -> list[int]:
    """Return which of the words begin like one of a sort of beginnings, by position."""
    beginnings = tuple(words_for(sort, language))
    return [number for number, key in enumerate(keys) if key.startswith(beginnings)]


@functools.cache
def _directions() -> tuple[tuple[str, tuple[tuple[str, ...], tuple[str, ...]]], ...]:
    return tuple(
        (name, (tuple(both[0]), tuple(both[1]))) for name, both in _tables()["directions"].items()
    )  # fmt: skip


def is_instruction(text: str) -> bool:
    """Tell whether words speak to whoever reads them by machine ("ignore all previous instructions").

    No sentence of the development news is one.
    """
    visible = _INVISIBLE.sub("", text[:_READ])
    plain = unaccented(visible).lower()
    return any(pattern.search(plain) for pattern in _instructions()) or _hides(text[:_READ])


def _hides(text: str) -> bool:
    """Whether words are written in characters that nobody sees, or backwards."""
    return bool(re.search("[\U000e0020-\U000e007f]{3}|[\u202d\u202e]|\\w[\u200b\u2060]\\w[\u200b\u2060]\\w", text))


@functools.cache
def _instructions() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.MULTILINE) for pattern in _tables()["instructions"]["patterns"])


def speaks_of_itself(keys: Iterable[str]) -> bool:
    """Tell whether a model speaks of itself, of its orders or of keys."""
    line = f" {' '.join(keys)} "
    return any(
        f" {phrase} " in line for each in _tables() if each not in _OTHER for phrase in words_for("oneself", each)
    )


def is_another_language(prose: str, language: str) -> bool:
    """Tell whether words are surely of another language than `language`: long enough, with its small words."""
    words = re.findall(r"[^\W\d_]+", unaccented(prose))
    letters = [character for character in prose if character.isalpha()]
    for written_so, pattern in _SCRIPTS:
        share = sum(bool(pattern.match(character)) for character in letters)
        if 2 * share > len(letters):
            return language not in written_so
        if language in written_so & _ALONE and len(letters) > _TELLING and 4 * share < len(letters):
            return True
    # Names keep their letters.
    plain = [word for word in words if word.islower()] or words
    cyrillic = sum(1 for word in plain if "\u0400" <= word[0] <= "\u04ff")
    if plain and language not in _IN_BOTH and (cyrillic * 2 > len(plain)) is not (language in _CYRILLIC):
        return len(plain) > 2 or cyrillic == len(words) > 0
    if len(words) < 4:
        return False
    small = {
        each: sum(word.lower() in words_for("stop", each) for word in words) for each in _tables() if each not in _OTHER
    }
    if language not in small:
        return is_identified(language) and len(words) > 7 and language_of(prose, default=language) != language
    best = max(small, key=lambda each: small[each])
    if best == language or small[best] == small[language]:
        return False
    if small[best] >= small[language] + 2 and small[best] * 4 >= len(words):
        return True
    return not small[language] and language_of(prose, default=language) == best


_CYRILLIC = frozenset({"ru", "uk", "be", "bg", "sr", "mk", "kk"})
# Written in Cyrillic and in Latin letters.
_IN_BOTH = frozenset({"sr", "uz", "kk", "az"})
# Scripts, each with the languages that are written in it.
_SCRIPTS = tuple(
    (frozenset(languages.split()), re.compile(f"[{letters}]"))
    for languages, letters in (
        ("el", "\u0370-\u03ff\u1f00-\u1fff"), ("he yi", "\u0590-\u05ff"),
        ("ar fa ur ps ku sd ug", "\u0600-\u06ff\u0750-\u077f"),
        ("hi mr ne sa", "\u0900-\u097f"), ("bn as", "\u0980-\u09ff"), ("th", "\u0e00-\u0e7f"), ("ko", "\uac00-\ud7af"),
        ("zh ja", "\u3400-\u9fff"), ("ja", "\u3040-\u30ff\u3400-\u9fff"),
    )
)  # fmt: skip
# Of these no other script is used; so many letters tell.
_ALONE = frozenset("el he th ko bn hi".split())
_TELLING = 24
