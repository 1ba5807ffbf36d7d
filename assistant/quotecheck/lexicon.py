"""Words that change what a sentence means, by language, and how two texts compare in them."""

from __future__ import annotations

import functools
import itertools
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Any

from assistant.dates import days
from assistant.models import Change
from assistant.quotecheck.words import Words, words_of
from ingest.models import Span
from ingest.speakers import likeness, name_words

_OTHER = ("accents", "places")
_QUANTITIES = ("all", "most", "some", "few", "none")


@functools.cache
def tables() -> Mapping[str, Any]:
    """Return the word lists of `claims.toml`."""
    return tomllib.loads(resources.files("assistant.lexicon").joinpath("claims.toml").read_text(encoding="utf-8"))


def languages() -> tuple[str, ...]:
    """Return the languages that there are word lists for."""
    return tuple(name for name in tables() if name not in _OTHER)


@functools.cache
def words_for(sort: str, language: str) -> frozenset[str]:
    """Return the words of one sort, in `language` or, where there is no list for it, in all languages."""
    known = [language] if language in languages() else languages()
    return frozenset(word for each in known for word in tables()[each][sort])


@functools.cache
def numbers(language: str) -> Mapping[str, int]:
    """Return the number words of `language`, or of all where there is no list for it."""
    known = [language] if language in languages() else languages()
    return {word: value for each in known for word, value in tables()[each]["numbers"].items()}


def has(sort: str, keys: Sequence[str], language: str) -> bool:
    """Tell whether words of one sort stand among `keys`, in a row where an entry has several."""
    return bool(found(sort, keys, language))


def found(sort: str, keys: Sequence[str], language: str) -> list[str]:
    """Return the entries of one sort that stand among `keys`."""
    known = words_for(sort, language)
    single = [key for key in keys if key in known]
    line = f" {' '.join(keys)} "
    return single + [each for each in _phrases(sort, language) if f" {each} " in line]


@functools.cache
def _phrases(sort: str, language: str) -> tuple[str, ...]:
    return tuple(word for word in words_for(sort, language) if " " in word)


@functools.cache
def _twins() -> frozenset[str]:
    return frozenset(tables()["accents"]["twins"])


def differs_by_accent(key: str, claimed: str, printed: str) -> bool:
    """Tell whether two spellings of one bare word are two words ("konnte", "könnte")."""
    return key in _twins() and claimed.casefold() != printed.casefold()


def changes(
    claimed: Words, printed: Words, first: tuple[int, int], second: tuple[int, int], language: str
) -> tuple[Change, ...]:
    """Return how the meaning changes where the words `first` of the claim stand for the words `second` printed."""
    ours, theirs = claimed.keys[slice(*first)], printed.keys[slice(*second)]
    result = []
    if sorted(values(ours, language)) != sorted(values(theirs, language)):
        result.append(Change.NUMBER)
    if _dated(claimed, first) or _dated(printed, second):
        result.append(Change.DATE)
    for change, sort in ((Change.NEGATION, "negations"), (Change.MODAL, "modals")):
        if sorted(found(sort, ours, language)) != sorted(found(sort, theirs, language)):
            result.append(change)
    if any(
        sorted(found(sort, ours, language)) != sorted(found(sort, theirs, language))
        for sort in (*_QUANTITIES, "quantifiers")
    ):
        result.append(Change.QUANTIFIER)
    if set(_names(claimed, first, language)) != set(_names(printed, second, language)):
        result.append(Change.NAME)
    return tuple(result)


def _dated(words: Words, part: tuple[int, int]) -> bool:
    if part[0] >= part[1]:
        return False
    span = words.span(*part)
    start = max(0, span.start - 30)
    around = words.text[start : span.end + 30]
    return any(Span(each.start + start, each.end + start).overlaps(span) for each, _ in days(around))


def values(keys: Iterable[str], language: str) -> list[float]:
    """Return the numbers that words state, in figures or in words."""
    known = numbers(language)
    result = []
    for key in keys:
        if key in known:
            result.append(float(known[key]))
        elif re.fullmatch(r"-?\d+(?:\.\d+)?", key):
            result.append(float(key))
        elif key in "%‰$€£¥₽":
            result.append(-float(ord(key)))
        elif (figures := re.match(r"\d+", key)) is not None:
            result.append(float(figures[0]))
    return result


def _names(words: Words, part: tuple[int, int], language: str) -> list[str]:
    """Words with a capital that no sentence's beginning explains. German nouns all have one: there, none is told."""
    if language == "de":
        return [words.keys[i] for i in range(*part) if words.keys[i] in _place_words()]
    result = []
    for i in range(*part):
        start = words.starts[i]
        if words.text[start].isupper() and not _begins(words.text, start):
            result.append(words.keys[i])
    return result


_BEFORE = re.compile(r"(?:^|[.!?…:]|\n)[\s\"'«»“”„‘’(\[–—-]*$")


def _begins(text: str, at: int) -> bool:
    return bool(_BEFORE.search(text, max(0, at - 8), at)) if at > 8 else bool(_BEFORE.search(text[:at]))


@functools.cache
def _place_words() -> frozenset[str]:
    return frozenset(word for forms in tables()["places"].values() for word in forms)


@functools.cache
def _places() -> Mapping[str, str]:
    return {form: place for place, forms in tables()["places"].items() for form in forms}


def places(keys: Sequence[str]) -> set[str]:
    """Return the places and peoples that words name, by one name in all languages."""
    known = _places()
    pairs = [f"{a} {b}" for a, b in itertools.pairwise(keys)]
    return {known[each] for each in (*keys, *pairs) if each in known}


def quantities(keys: Sequence[str], language: str) -> set[str]:
    """Return which of all, most, some, few and none are spoken of."""
    return {sort for sort in _QUANTITIES if has(sort, keys, language)}


def conflicts(
    claim: str, language: str, statement: str, other: str, people: Iterable[str] = (), *, around: str = ""
) -> tuple[Change, ...]:  # fmt: skip
    """Return where a claim and a statement in another language cannot both be right.

    What survives a translation is compared: numbers, whether there is a negation, all or most or some, and names.
    `people` are names that the article knows, `around` is what it prints beside the statement. Where one text is much
    the longer, what only it has may be what the other left out, and is no contradiction.
    """
    ours, theirs = words_of(claim), words_of(statement)
    is_whole, is_alike = (
        len(statement) < 1.4 * len(claim) + 10,
        0.6 * len(claim) < len(statement) < 1.6 * len(claim) + 10,
    )
    result = []
    figures = _figures((*theirs.keys, *words_of(around).keys), other, every=True)
    if _figures(ours.keys, language) - figures or (
        is_whole and _figures(theirs.keys, other) - _figures(ours.keys, language, every=True)
    ):
        result.append(Change.NUMBER)
    if language in languages() and other in languages():
        # What is much longer holds no less: a negation that it has nowhere was added.
        is_added = has("negations", ours.keys, language) and len(statement) > 0.6 * len(claim)
        if (is_alike or is_added) and _denies(ours, language, theirs, other):
            result.append(Change.NEGATION)
        said, printed = quantities(ours.keys, language), quantities(theirs.keys, other)
        if said and printed and not said & printed:
            result.append(Change.QUANTIFIER)
    here, there = places(ours.keys), places(theirs.keys)
    if (here - there and there - here) or _stranger(ours, theirs, people):
        result.append(Change.NAME)
    return tuple(result)


def _denies(ours: Words, language: str, theirs: Words, other: str) -> bool:
    """Whether one of two texts denies what the other says: only one has a negation, or what may stand for one."""
    ours, theirs = _without_bounds(ours), _without_bounds(theirs)
    here, there = has("negations", ours.keys, language), has("negations", theirs.keys, other)
    if here == there:
        return False
    plain, negated = ((theirs, other), (ours, language)) if here else ((ours, language), (theirs, other))
    if has("implied", plain[0].keys, plain[1]):
        return False
    # The French "ne" alone, as in "avant qu'il ne vienne", denies nothing.
    firm = words_for("negations", negated[1]) - words_for("implied", negated[1])
    return any(key in firm for key in negated[0].keys)


def _without_bounds(words: Words) -> Words:
    """Words without those that bound a number and deny nothing: "не менее", "no more than"."""
    kept = [
        number for number, key in enumerate(words.keys)
        if not (key in _BOUNDING and (pairs := words.keys[number + 1 : number + 2]) and pairs[0] in _BOUNDS)
    ]  # fmt: skip
    return words if len(kept) == len(words) else words.only(kept)


_BOUNDING = frozenset("not no nicht kein keine pas no ne не ни".split())
_BOUNDS = frozenset(
    "less fewer more later earlier weniger mehr spater moins plus menos mas"
    " менее меньше более больше позднее ранее".split()
)


def _figures(keys: Sequence[str], language: str, *, every: bool = False) -> set[float]:
    """Numbers that a translation keeps: those in figures, or `every` one, number words and products too."""
    plain = {value for key in keys for value in values([key], language) if value >= 0}
    if not every:
        return {value for key in keys if key[:1].isdigit() for value in values([key], language)}
    return plain | {a * b for a in plain for b in plain} | {a + 100 * b for a in plain for b in plain if b < 100}


def _stranger(ours: Words, theirs: Words, people: Iterable[str]) -> bool:
    """Whether the claim names somebody of the article's whom the statement does not name."""
    known = {word for name in people for word in name_words(name) if len(word) > 3}
    there = {word for word in name_words(theirs.text) if len(word) > 3}
    for start, end in zip(ours.starts, ours.ends, strict=True):
        word = ours.text[start:end]
        if len(word) < 4 or not word[0].isupper():
            continue
        is_known = any(likeness(word, name) >= 0.9 for name in known)
        if is_known and not any(likeness(word, each) >= 0.75 for each in there):
            return True
    return False
