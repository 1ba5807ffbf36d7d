"""Which places and bodies a text names, whatever its language: "Genf" is Genève, "OMS" is the WHO."""

from __future__ import annotations

import dataclasses
import functools
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources

from assistant import locales
from assistant.quotecheck import lexicon as claims
from assistant.quotecheck.words import words_of
from ingest.folding import MARKS, is_cased
from ingest.models import Span

# Of a name so many letters stay when it is inflected or made an adjective of, and so many may follow.
_STAYS, _LOST, _FOLLOWS = 4, 2, 5
_SHORT_STEM = 5
_LONGEST = 5
# Letters of a country's code.
_COUNTRY = 2
_VOWELS = frozenset("aeiouyаеиоуыэюяіїєьαεηιουω")


@dataclasses.dataclass(frozen=True, slots=True)
class Named:
    """A place or body named in a text, by the keys under which it may be known in another language.

    It is sure where it has no more than an ending besides; of a people only the beginning of the word is known.
    """

    span: Span
    keys: frozenset[str]
    is_sure: bool = True
    is_people: bool = False

    @property
    def is_on_the_map(self) -> bool:
        """Whether it is a country or a city."""
        return any("/" in key or len(key) == _COUNTRY or key in _tables()["cities"] for key in self.keys)


def named(text: str, language: str) -> list[Named]:
    """Return the places and bodies that a text in `language` names, inflected forms among them."""
    return list(_by_words(text, language) if is_cased(text) else _by_letters(text, language))


@functools.lru_cache(maxsize=256)
def keys_of(text: str, language: str) -> frozenset[str]:
    """Return the keys of all places and bodies that a text in `language` names."""
    return frozenset[str]().union(*(each.keys for each in named(text, language)))


def _by_words(text: str, language: str) -> Iterator[Named]:
    words = words_of(text)
    known, initials, peoples = _by_beginning(language), _table("initials"), _table("peoples")
    people_keys = frozenset(_tables()["peoples"])
    at = 0
    while at < len(words):
        best: tuple[float, int, frozenset[str], bool] | None = None
        key, printed = words.keys[at], words.printed(at, at + 1)
        for name, keys in known.get(key[:2], ()):
            if at + len(name) > len(words):
                continue
            shares = [_share(a, b) for a, b in zip(name, words.keys[at : at + len(name)], strict=True)]
            if min(shares) and (best is None or (sum(shares), len(name)) > best[:2]):
                is_sure = all(map(_is_ended, name, words.keys[at : at + len(name)]))
                best = sum(shares), len(name), keys, is_sure
        if best is None and printed.isupper() and key in initials:
            best = len(key), 1, initials[key], True
        if best is None or best[1] == 1:
            people = max((each for each in peoples if key.startswith(each)), key=len, default="")
            follows = _FOLLOWS if len(people) > _SHORT_STEM else _FOLLOWS - 2
            if people and len(key) <= len(people) + follows and (best is None or len(people) > best[0]):
                best = len(people), 1, peoples[people], False
        if best:
            is_people = best[1] == 1 and best[2] <= people_keys and not best[3]
            yield Named(words.span(at, at + best[1]), best[2], best[3], is_people)
        at += best[1] if best else 1


def _share(name: str, word: str) -> float:
    """How many letters a word has of a name, 0 where it is another one."""
    if name == word:
        return len(name) + 0.5
    follows = len(word) - len(name)
    if len(name) == _STAYS and _is_ended(name, word) and follows <= 2:
        return len(name) - 1
    if len(name) < _STAYS:
        return len(name) if len(name) == _STAYS - 1 and word.startswith(name) and follows == 1 else 0.0
    stays = max(_STAYS, len(name) - _LOST)
    return stays if word.startswith(name[:stays]) and follows <= _FOLLOWS else 0.0


def _is_ended(name: str, word: str) -> bool:
    """Whether a word is a name with an ending: "Йордания", "Йордании"; no "Minst" for Minsk."""
    return word.startswith(name) or (name[-1] in _VOWELS and word.startswith(name[:-1]) and len(word) >= len(name))


def _by_letters(text: str, language: str) -> Iterator[Named]:
    known = _names(language)
    for match in _pattern(language).finditer(text):
        yield Named(Span(*match.span("name")), known[match["name"]])


@functools.cache
def _pattern(language: str) -> re.Pattern[str]:
    """The names of places in a script without capitals, where a word is soon a part of another one."""
    names = sorted((name for name in _names(language) if _is_telling(name, language)), key=len, reverse=True)
    one = rf"(?P<name>{'|'.join(map(re.escape, names)) or '(?!)'})"
    if language in locales.UNPARTED:
        # A name in Katakana is a word of its own.
        return re.compile(rf"(?<![\u30a0-\u30ff]){one}(?![\u30a0-\u30ff])")
    before, behind = _GLUED.get(language, ("", ""))
    return re.compile(rf"(?<![\w{MARKS}]){before}{one}{behind}(?![\w{MARKS}])")


# What is written to a name: prepositions before it, particles behind it.
_GLUED = {"ar": ("(?:و?[بلفك]?)", ""), "he": ("[ובלמהשכ]{0,2}", ""), "ko": ("", "[가-힣]{0,2}")}


def _is_telling(name: str, language: str) -> bool:
    """Whether so few letters are no part of another word where words are not parted."""
    if language not in locales.UNPARTED:
        return len(name) > 1
    return len(name) > (5 if language == "th" else 1)


@functools.cache
def _names(language: str) -> Mapping[str, frozenset[str]]:
    """All names of places and bodies, each with its keys."""
    found = defaultdict[str, set[str]](set)
    for name, key in locales.places(language).items():
        found[name].add(key)
    for table in (claims.tables()["places"], _tables()["bodies"], _tables()["cities"]):
        for key, forms in table.items():
            for form in forms:
                found[form].add(key)
    # Dushanbe is called Monday in Persian too.
    other = {*_table("initials"), *locales.weekdays(language), *locales.months(language)}
    return {name: frozenset(keys) for name, keys in found.items() if name not in other}


@functools.cache
def _by_beginning(language: str) -> Mapping[str, Sequence[tuple[tuple[str, ...], frozenset[str]]]]:
    known = defaultdict[tuple[str, ...], set[str]](set)
    for name, keys in _names(language).items():
        if (words := words_of(name).keys) and len(words) <= _LONGEST:
            known[words] |= keys
    found = defaultdict[str, list[tuple[tuple[str, ...], frozenset[str]]]](list)
    for words, together in known.items():
        found[words[0][:2]].append((words, frozenset(together)))
    return found


@functools.cache
def _table(name: str) -> Mapping[str, frozenset[str]]:
    return {form: frozenset({key}) for key, forms in _tables()[name].items() for form in forms}


@functools.cache
def _tables() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return tomllib.loads(resources.files("assistant.lexicon").joinpath("places.toml").read_text(encoding="utf-8"))
