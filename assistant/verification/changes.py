"""What is changed in a near copy: negations, reservations, directions, words from elsewhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from difflib import SequenceMatcher

from assistant.models import Change, Omission
from assistant.quotecheck import lexicon as claims
from assistant.quotecheck.words import Words
from assistant.verification import lexicon

# Numbers are compared apart: a number word and its multiplier are two for the check of a quotation.
CONFLICTS = {
    Change.NEGATION: Omission.NEGATION,
    Change.QUANTIFIER: Omission.UNSUPPORTED,
    Change.NAME: Omission.NAME,
}
_NEARLY_ALL = 0.85
# So many words are aligned, and stretches of so many left out at once are a change of words, no clause.
_ALIGNED, _SHORT = 400, 6


def hedges_in(words: Words, language: str) -> set[str]:
    """Return the words of a text that make it less than certain; the month of May is none."""
    known = lexicon.words_for("hedges", language)
    keys = [
        key for i, key in enumerate(words.keys)
        if not (key == "may" and i and words.text[words.starts[i]].isupper())
    ]  # fmt: skip
    line = f" {' '.join(keys)} "
    return {key for key in keys if key in known} | {each for each in known if " " in each and f" {each} " in line}


def negates_otherwise(ours: Words, theirs: Words, language: str) -> bool:
    """Return whether a word that both texts share is negated in one and not in the other."""
    negations = claims.words_for("negations", language)
    here, there = _governed(ours, negations, language), _governed(theirs, negations, language)
    plain_here, plain_there = _all(ours, language) - here.any, _all(theirs, language) - there.any
    return bool(here.next & plain_there or there.next & plain_here)


def negates_more(ours: Words, theirs: Words, language: str) -> bool:
    """Return whether one text has a negation and the other none, though it says all that the other says."""
    here, there = (claims.has("negations", each.keys, language) for each in (ours, theirs))
    if here == there:
        return False
    if here:
        return not claims.has("implied", theirs.keys, language) and not claims.has("denials", theirs.keys, language)
    said, printed = _all(ours, language), _all(theirs, language)
    return len(said & printed) >= _NEARLY_ALL * max(1, len(printed)) and not claims.has("implied", ours.keys, language)


def is_surer(ours: Words, theirs: Words, language: str) -> bool:
    """Return whether a word that both texts share is uncertain in the article alone."""
    hedges = lexicon.words_for("hedges", language)
    there = _governed(theirs, hedges, language)
    here = _governed(ours, hedges, language)
    return bool(there.next & (_all(ours, language) - here.any)) and not hedges_in(ours, language)


def changed(ours: Words, theirs: Words, language: str) -> Omission | None:
    """Return what was changed where a sentence otherwise follows the words of the article, word by word.

    That is a negation put in or taken out, a reservation taken out, or a word that points one way put for one that
    points the other.
    """
    first, second = ([_form(key, language) for key in each.keys[:_ALIGNED]] for each in (ours, theirs))
    negations = claims.words_for("negations", language)
    hedges = lexicon.words_for("hedges", language) - {"may"}
    codes = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    for number, (operation, i, j, k, m) in enumerate(codes):
        is_near = 0 < number < len(codes) - 1 or j - i + m - k <= 3
        if operation == "equal" or not is_near or (operation == "delete" and m > k and _is_clause(theirs, k, m)):
            continue
        ours_here, theirs_here = ours.keys[i:j], theirs.keys[k:m]
        here, there = lexicon.sides(ours_here), lexicon.sides(theirs_here)
        if any((name, 1 - side) in there and (name, side) not in there for name, side in here):
            return Omission.UNSUPPORTED
        if m - k > _SHORT:
            continue
        if any(key in negations for key in ours_here) != any(key in negations for key in theirs_here):
            return Omission.NEGATION
        if hedges & set(theirs_here) and not hedges & set(ours.keys):
            return Omission.MODALITY
    return None


def _is_clause(words: Words, first: int, end: int) -> bool:
    """Whether words are all that stands between two marks: what they deny is something else."""
    before = words.text[words.ends[first - 1] : words.starts[first]] if 0 < first < len(words) else ","
    behind = words.text[words.ends[end - 1] : words.starts[end]] if 0 < end < len(words) else ","
    return all(any(mark in between for mark in ",;:.!?–—()") for between in (before, behind))


def _form(key: str, language: str) -> str:
    return lexicon.stem(key) if lexicon.is_content(key, language) else key


@dataclasses.dataclass(frozen=True, slots=True)
class _Governed:
    """Stems that words of some kind stand before (`next`: the first that says something), or near (`any`)."""

    next: frozenset[str]
    any: frozenset[str]


def _governed(words: Words, governing: frozenset[str], language: str) -> _Governed:
    following, near = set[str](), set[str]()
    for i, key in enumerate(words.keys):
        if key not in governing:
            continue
        behind = [
            lexicon.stem(each) for each in words.keys[i + 1 : i + 9]
            if lexicon.is_content(each, language) and each not in governing
        ]  # fmt: skip
        following.update(behind[:1])
        if language == "de":
            # "kam nicht" and "nicht gekommen": the verb may stand before.
            following.update(
                [lexicon.stem(e) for e in words.keys[max(0, i - 2) : i] if lexicon.is_content(e, language)][-1:]
                if not behind
                else []
            )
        for each in words.keys[max(0, i - 5) : i + 6]:
            near.add(lexicon.stem(each))
    return _Governed(frozenset(following), frozenset(near))


def _all(words: Words, language: str) -> frozenset[str]:
    return frozenset(lexicon.stem(key) for key in words.keys if lexicon.is_content(key, language))


def is_turned(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Return whether a sentence points the other way than the article: up where that says only down."""
    here, there = lexicon.sides(ours), lexicon.sides(theirs)
    return any(
        (name, 1 - side) in there and (name, side) not in there and (name, 1 - side) not in here for name, side in here
    )


def adds_reservation(ours: Words, language: str, theirs: Words, other: str) -> bool:
    """Return whether the article has a condition, a reservation, a charge or a denial, and the sentence none."""
    if claims.has("conditions", theirs.keys, other) and not claims.has("conditions", ours.keys, language):
        return True
    for sort in ("charges", "denies", "stances"):
        if lexicon.begins(sort, theirs.keys, other) and not lexicon.begins(sort, ours.keys, language):
            return True
    return is_uncertain(theirs, other) and not hedges_in(ours, language)


def is_uncertain(words: Words, language: str) -> bool:
    """Return whether a text leaves open what it says."""
    return bool(hedges_in(words, language)) or claims.has("reservations", words.keys, language)


def is_certain(words: Words, language: str) -> bool:
    """Return whether nothing in a text tells that what it says may be otherwise."""
    modals = claims.found("modals", words.keys, language)
    return not hedges_in(words, language) and all(each in lexicon.words_for("certain", language) for each in modals)


def is_denied(ours: Words, theirs: Words, language: str) -> bool:
    """Return whether a text says what the article only tells that somebody denies."""
    if lexicon.begins("denies", ours.keys, language) or claims.has("negations", ours.keys, language):
        return False
    said = _all(ours, language)
    for i in lexicon.begins("denies", theirs.keys, language):
        behind = [lexicon.stem(k) for k in theirs.keys[i + 1 : i + 12] if lexicon.is_content(k, language)]
        if len(behind) > 1 and sum(each in said for each in behind) >= 0.6 * len(behind):
            return True
    return False
