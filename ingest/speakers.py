"""Who is the same person: names compared whatever their alphabet, accents, initials and titles.

Within an article the cast says who is who. Across articles a speaker is known by a key, the sounds of the full name;
`identities` then joins the keys that are one person ("I. Konachenkov", "General Konashenkov") and keeps apart those
that only share a surname. It is a pure function of all that is on record and of the decisions made by hand, so the
order in which articles arrive changes nothing.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import re
from collections.abc import Collection, Iterable, Sequence

from rapidfuzz.distance import OSA

from ingest.folding import latin
from ingest.languages import words
from ingest.models import SpeakerKind
from ingest.roles import concepts, heads

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
# A surname of so many letters that nothing contradicts is taken for the one bearer of it on record.
_DISTINCTIVE = 8


def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a name in bare Latin letters, without articles and titles where anything else is left."""
    found = tuple(_WORD.findall(latin(name).replace("-", " ")))
    return tuple(word for word in found if word not in _beside_names()) or found


def name_key(name: str) -> str:
    """Return what two spellings of one full name have in common: "Igor Konachenkov", "Игорь Конашенков"."""
    *given, family = name_words(name) or ("",)
    return " ".join(filter(None, (*map(_given_sound, given), sound(family)))) or latin(name)


@functools.lru_cache(maxsize=131072)
def sound(word: str) -> str:
    """Return a word by its sounds, roughly, whatever language spelled it."""
    found = re.sub(r"[^a-z0-9]", "", word)
    for pattern, replacement in _SOUNDS:
        found = pattern.sub(replacement, found)
    return found


def _given_sound(word: str) -> str:
    """A mute "e" is all that tells Jeanne from Jean, Michèle from Michel: in a given name it counts."""
    return sound(word) + "e" * (len(word) > 2 and word.endswith("e"))


def speaker_key(name: str, kind: SpeakerKind, *, article_id: str) -> str:
    """Return the key by which a speaker is known across articles.

    A person by the sounds of the name, an organisation by what its name says in any order and language. Somebody
    described but not named is a person of that one article: two articles' "un diplomate" are not one.
    """
    if kind is SpeakerKind.PERSON:
        return f"person:{name_key(name)}"
    if kind is SpeakerKind.ORGANISATION:
        return f"organisation:{' '.join(sorted(set(concepts(name)))) or latin(name)}"
    return f"{kind.value}:{article_id}:{latin(name)}"


def name_terms(name: str) -> frozenset[str]:
    """Return the terms under which a name is looked up: the sound of each word."""
    return frozenset(f"n:{sound(word)}" for word in name_words(name) if sound(word))


def role_terms(description: str) -> frozenset[str]:
    """Return the terms under which a description is looked up: its concepts."""
    return frozenset(f"r:{concept}" for concept in concepts(description))


def likeness(asked: str, name: str) -> float:
    """Return 0 to 1: how surely the `asked` name means `name`. Every asked word must be found among the name's.

    A surname alone is as good as the full name; one letter in six may be off, so that typing errors pass.
    """
    wanted, have = name_words(asked), name_words(name)
    if not wanted or not have:
        return 0.0
    worst = min(max(_word_likeness(word, each) for each in have) for word in wanted)
    # A match on given names alone ("Igor") is weaker than one on the family name.
    covered = len(have) == 1 or _word_likeness(wanted[-1], have[-1]) >= 0.8 or len(wanted) == len(have)
    return worst if covered else worst * 0.9


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


@dataclasses.dataclass(frozen=True, slots=True)
class SpeakerRecord:
    """What is on record under one key: the names and roles that articles give, the gender if they agree on one."""

    id: int
    key: str
    name: str
    kind: SpeakerKind
    gender: str
    names: tuple[str, ...]
    roles: tuple[str, ...]
    statements: int


@dataclasses.dataclass(frozen=True, slots=True)
class Decisions:
    """What was decided by hand, as unordered pairs of keys: one person, or two."""

    joined: Collection[frozenset[str]] = frozenset()
    parted: Collection[frozenset[str]] = frozenset()


def identities(records: Sequence[SpeakerRecord], decisions: Decisions) -> list[tuple[SpeakerRecord, ...]]:
    """Return the records grouped by who they are, each group and the list of them in the order of the records."""
    groups = _Groups(records, decisions)
    by_key = {record.key: record for record in records}
    for pair in decisions.joined:
        if len(known := [by_key[key] for key in pair if key in by_key]) == 2:
            groups.join(*known, by_hand=True)
    bearers: dict[str, list[SpeakerRecord]] = {}
    for record in records:
        if record.kind is SpeakerKind.PERSON:
            bearers.setdefault(sound(name_words(record.name)[-1]), []).append(record)
    for sharing in bearers.values():
        _join_bearers(sharing, groups)
    return groups.all()


def _join_bearers(sharing: Sequence[SpeakerRecord], groups: _Groups) -> None:
    """Join those who share a surname and are one person: fuller forms of a name first, then initials and surnames."""
    full = [record for record in sharing if _given(record)]
    given = [(len(names), frozenset(names)) for names in map(_given, full)]
    for (first, one), (second, other) in itertools.combinations(zip(full, given, strict=True), 2):
        shorter, longer = (one, other) if one[0] <= other[0] else (other, one)
        if shorter[1] <= longer[1] and _fit(first, second):
            groups.join(first, second)
    for short in sharing:
        if _given(short):
            continue
        fitting = {groups.of(record): record for record in full if _initials_fit(short, record) and _fit(short, record)}
        by_role = {group: record for group, record in fitting.items() if _share_a_role(short, record)}
        if len(by_role) == 1:
            groups.join(short, next(iter(by_role.values())))
        elif len(fitting) == 1 and (_initials(short) or len(name_words(short.name)[-1]) >= _DISTINCTIVE):
            groups.join(short, next(iter(fitting.values())))


def _given(record: SpeakerRecord) -> tuple[str, ...]:
    """The sounds of the given names that are spelled out."""
    return tuple(_given_sound(word) for word in name_words(record.name)[:-1] if len(word) > 1)


def _initials(record: SpeakerRecord) -> tuple[str, ...]:
    return tuple(word for word in name_words(record.name)[:-1] if len(word) == 1)


def _initials_fit(short: SpeakerRecord, full: SpeakerRecord) -> bool:
    first = name_words(full.name)[0]
    return all(initial == first[0] for initial in _initials(short)[:1])


def _fit(first: SpeakerRecord, second: SpeakerRecord) -> bool:
    return not (first.gender and second.gender and first.gender != second.gender)


def _share_a_role(first: SpeakerRecord, second: SpeakerRecord) -> bool:
    one, other = (frozenset().union(*map(heads, record.roles)) for record in (first, second))
    return bool(one & other)


class _Groups:
    """Records grouped, no two of a group parted by hand."""

    def __init__(self, records: Iterable[SpeakerRecord], decisions: Decisions) -> None:
        self._group_of = {record.key: number for number, record in enumerate(records)}
        self._members = {number: [record] for number, record in enumerate(records)}
        self._parted = set(decisions.parted)

    def of(self, record: SpeakerRecord) -> int:
        return self._group_of[record.key]

    def join(self, first: SpeakerRecord, second: SpeakerRecord, *, by_hand: bool = False) -> None:
        one, other = sorted((self.of(first), self.of(second)))
        if one == other:
            return
        pairs = (frozenset((a.key, b.key)) for a in self._members[one] for b in self._members[other])
        if not by_hand and any(pair in self._parted for pair in pairs):
            return
        for record in self._members[other]:
            self._group_of[record.key] = one
        self._members[one] += self._members.pop(other)

    def all(self) -> list[tuple[SpeakerRecord, ...]]:
        return [tuple(self._members[number]) for number in sorted(self._members)]


@functools.cache
def _beside_names() -> frozenset[str]:
    return words("articles") | words("titles")
