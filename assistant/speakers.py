"""Whom a question means: a name in any spelling, or a role in any language."""

from __future__ import annotations

import dataclasses
import functools
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources

from ingest.archive.catalog import KnownSpeaker
from ingest.folding import bare, latin
from ingest.models import SpeakerKind
from ingest.speakers import best

_WORD = re.compile(r"\w+(?:-\w+)*")
_STEM = 5
_EMPTY = frozenset(
    "the a an of for from le la les l un une de du des d el los las una del der die das den dem des ein eine von vom "
    "zum zur и в на s his her its son sa ses".split()
)


@dataclasses.dataclass(frozen=True, slots=True)
class Meant:
    """The speakers whom a question may mean; `by_role` where a description found them, not a name."""

    speakers: tuple[KnownSpeaker, ...] = ()
    by_role: bool = False

    @property
    def is_one(self) -> bool:
        """Whether there is no doubt."""
        return len(self.speakers) == 1


def meant(who: str, known: Sequence[KnownSpeaker]) -> Meant:
    """Return whom `who` means among the `known` speakers: by name, whatever the spelling; else by role.

    Of several speakers whose names fit, only one may have said anything: then that one is meant.
    """
    owners: dict[str, list[KnownSpeaker]] = {}
    for speaker in known:
        for name in speaker.names:
            owners.setdefault(name, []).append(speaker)
    by_name = _distinct(owner for name in best(who, owners) for owner in owners[name])
    if by_name:
        return Meant(_those_who_speak(by_name))
    return Meant(_those_who_speak(by_role(who, known)), by_role=True)


def by_role(who: str, known: Sequence[KnownSpeaker]) -> tuple[KnownSpeaker, ...]:
    """Return those whose role, or whose name as an organisation, says all that `who` says.

    The head of the role must be asked for: "the ministry" is not its spokesman.
    """
    asked = concepts(who)
    if not asked:
        return ()
    found = []
    for speaker in known:
        described = [*speaker.roles]
        if speaker.kind is not SpeakerKind.PERSON:
            described += speaker.names
        for description in described:
            words = concepts(description)
            if words and words[0] in asked and set(asked) <= set(words):
                found.append(speaker)
                break
    return _distinct(found)


@functools.lru_cache(maxsize=8192)
def concepts(words: str) -> tuple[str, ...]:
    """Return what a description says, word for word, whatever its language: concepts, or the beginnings of words."""
    found = []
    for word in _WORD.findall(bare(words)):
        for part in (word,) if word in _concept_of() else word.split("-"):
            if part not in _EMPTY and len(part) > 1:
                found += _concept_of().get(part) or (latin(part)[:_STEM],)
    return tuple(found)


@functools.cache
def _concept_of() -> Mapping[str, tuple[str, ...]]:
    """A word may say several things: "Verteidigungsministerium" is a ministry, and of defence."""
    text = resources.files("assistant.lexicon").joinpath("roles.toml").read_text(encoding="utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for concept, words in tomllib.loads(text).items():
        for word in words:
            found[bare(word)] = (*found.get(bare(word), ()), concept)
    return found


def named(who: str) -> bool:
    """Tell whether `who` reads like a name: a word with a capital that no role explains."""
    words = [word for word in _WORD.findall(who) if bare(word) not in _EMPTY]
    return any(word[:1].isupper() and bare(word) not in _concept_of() for word in words)


def is_role(who: str) -> bool:
    """Tell whether `who` is nothing but a description of somebody, in words we know."""
    words = [word for word in _WORD.findall(bare(who)) if word not in _EMPTY]
    return bool(words) and all(word in _concept_of() for word in words)


def _those_who_speak(found: Sequence[KnownSpeaker]) -> tuple[KnownSpeaker, ...]:
    speaking = tuple(speaker for speaker in found if speaker.statements)
    return speaking or tuple(found)


def _distinct(found: Iterable[KnownSpeaker]) -> tuple[KnownSpeaker, ...]:
    unique: dict[int, KnownSpeaker] = {speaker.id: speaker for speaker in found}
    return tuple(unique.values())
