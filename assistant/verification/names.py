"""Names in a text: which words are names, and which are one."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from assistant.quotecheck import lexicon as claims
from assistant.quotecheck.words import words_of
from assistant.verification import lexicon
from assistant.verification.grounds import Grounds
from ingest.folding import CAPITALS, latin
from ingest.speakers import likeness, name_words, sound

_SAME_NAME = 0.84
# What keeps its letters from one language to another: so many of them tell.
KINDRED = 4
CAPITAL = re.compile(rf"(?<![\w’'])[{CAPITALS}][\w]*(?:[’'-][^\W\d_][\w]*)*")
_BEGINS = re.compile(r"(?:^|[.!?…:;]\s*|[«“„\"(\[–—-]\s*)$")


def same_name(one: str, other: str) -> bool:
    """Return whether two names may be of one person or body, in whatever spelling."""
    if not one or not other:
        return False
    if likeness(one, other) >= _SAME_NAME or likeness(other, one) >= _SAME_NAME:
        return True
    first, second = name_words(one), name_words(other)
    if min(len(first), len(second)) > 1 and first[-2][0] == second[-2][0] and sound(first[-1]) == sound(second[-1]):
        # "Оуэн Таррант" is Owen Tarrant.
        return True
    return bool(first and second) and claims.places(first) == claims.places(second) != set()


def is_named(who: str, text: str) -> bool:
    """Return whether a text names somebody, by the sounds of a word of the name."""
    words = [word for word in name_words(who) if len(word) > 2]
    return bool(words) and sound(words[-1]) in _sounds_of(text)


def word_in(name: str, word: str) -> bool:
    """Return whether a word is part of a name, by its sounds."""
    return sound(latin(word)) in _sounds(name)


@functools.lru_cache(maxsize=4096)
def _sounds(name: str) -> frozenset[str]:
    return frozenset(sound(each) for each in name_words(name) if len(each) > 2)


def own_names(text: str, language: str) -> list[str]:
    """Return the words of a text with a capital that no beginning of a sentence explains; German nouns among them."""
    return [word for word, _ in own_names_at(text, language)]


def own_names_at(text: str, language: str, *, opening: bool = True) -> list[tuple[str, int]]:
    """Return the same words, each with where it begins; `opening` ones too that only another behind tells."""
    found = []
    for match in CAPITAL.finditer(text):
        if re.match(r"[^\W\d_]{1,2}[’'](?=[a-zà-öø-ÿ])", match[0]):
            # "L’avocate": what is elided before it has the capital.
            continue
        if len(match[0]) < 2 or lexicon.words_for("stop", language) & {latin(match[0])}:
            continue
        if _BEGINS.search(text, max(0, match.start() - 4), match.start()) and not (
            opening and re.match(rf"\s+[{CAPITALS}]\w", text[match.end() : match.end() + 4])
        ):
            continue
        found.append((match[0], match.start()))
    return found


def own_names_in(text: str, language: str) -> list[str]:
    """Return the names of a text, where they can be told from other words with a capital."""
    return [] if language == "de" else [word for name in own_names(text, language) for word in name_words(name)]


def speakers_and_roles(resting: Sequence[Grounds]) -> tuple[str, str]:
    """Return the names of all whose words grounds hold, and what they are, each in one text."""
    speakers = " ".join(one.speaker or "" for each in resting for one in each.said)
    roles = " ".join(
        role for each in resting for m in each.evidence.cast for role in m.roles
        if any(same_name(m.name, one.speaker or "") for one in each.said)
    )  # fmt: skip
    return speakers, roles


def is_known(word: str, text: str) -> bool:
    """Return whether a text has a name, also inflected or in another spelling."""
    plain_word = latin(word)
    there = heard(text)
    parts = [part for part in re.split(r"[\s'-]+", plain_word) if len(part) > 1] or [plain_word]
    if all(_one_known(part, there) for part in parts):
        return True
    named = claims.places(words_of(word).keys)
    return bool(named) and named <= claims.places(words_of(text).keys)


@functools.lru_cache(maxsize=256)
def _sounds_of(text: str) -> frozenset[str]:
    return frozenset(map(sound, name_words(text)))


@functools.lru_cache(maxsize=256)
def heard(text: str) -> frozenset[str]:
    """Return the words of a text as names have them: in Latin letters, without articles and titles, and as they are."""
    return frozenset(name_words(text)) | frozenset(re.findall(r"\w+", latin(text)))


def _one_known(part: str, there: frozenset[str]) -> bool:
    part = part.removesuffix("'s")
    if part in there or (len(part) > 3 and part.rstrip("s") in there):
        return True
    heard = sound(part)
    for each in there:
        if len(each) < 3 or len(part) < 3:
            continue
        other = sound(each)
        if heard == other and len(heard) > 2:
            return True
        # A case or a demonym goes on where the name ends.
        if len(part) > 3 and len(each) > 3 and (each[:5] == part[:5] if min(len(each), len(part)) > 4 else False):
            return True
        if len(heard) > 3 and len(other) > 3 and (heard.startswith(other) or other.startswith(heard)):
            return True
    return False
