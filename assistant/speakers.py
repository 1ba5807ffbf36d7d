"""Whom a question means: a name in any spelling, or a role in any language."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable

from ingest import languages
from ingest.archive.catalog import Catalog, KnownSpeaker
from ingest.folding import bare
from ingest.hearing import heard_likeness
from ingest.models import SpeakerKind
from ingest.roles import is_role, is_role_word, says_all
from ingest.speakers import likeness, name_words
from ingest.timings import stage

_WORD = re.compile(r"\w+(?:-\w+)*")
_POSSESSOR = re.compile(r".*['’]s\s+")
_SURE = 0.8
# Names that fit nearly as well as the best one may be meant too.
_AS_LIKELY = 0.06


@dataclasses.dataclass(frozen=True, slots=True)
class Meant:
    """The speakers whom a question may mean.

    `by_role` where a description found them, not a name; `by_ear` where a name did that only sounds like theirs.
    """

    speakers: tuple[KnownSpeaker, ...] = ()
    by_role: bool = False
    by_ear: bool = False

    @property
    def is_one(self) -> bool:
        """Whether there is no doubt."""
        return len(self.speakers) == 1


def meant(who: str, catalog: Catalog, *, by_ear: bool = True) -> Meant:
    """Return whom `who` means among the speakers on record: by name, whatever the spelling; else by role.

    Of several whom it may mean, those who say something are meant before those who are only mentioned. Without `by_ear`
    a name is found in another script only where its letters, one by one, say the same.
    """
    with stage("speakers"):
        if (named := _named(who, catalog, by_ear=by_ear)).speakers:
            return named
        if found := _by_role(who, catalog):
            return Meant(_those_who_speak(found), by_role=True)
        name = name_in(who)
        return _named(name, catalog, by_ear=by_ear) if name and name != who else Meant()


def named_so(who: str, catalog: Catalog) -> Meant:
    """Return whom `who` means by name alone: in a large archive very many speakers bear a role."""
    with stage("speakers"):
        found = _named(who, catalog)
        if not found.speakers and (name := name_in(who)) and name != who:
            found = _named(name, catalog)
        return found


def _named(who: str, catalog: Catalog, *, by_ear: bool = True) -> Meant:
    if is_role(who):
        return Meant()
    if found := _likely(who, catalog.speakers_named(who), likeness):
        return Meant(_those_who_speak(found))
    return Meant(_those_who_speak(_by_ear(who, catalog)), by_ear=True) if by_ear else Meant()


def _by_ear(who: str, catalog: Catalog) -> list[KnownSpeaker]:
    """Those who are meant by a name in another script, or spelled as no other language would.

    Where letters have two cases, words in lower case may be no name at all, and nobody is guessed at.
    """
    if who.islower():
        return []
    return _likely(who, catalog.speakers_heard(who), heard_likeness)


def _likely(who: str, found: Iterable[KnownSpeaker], likeness: Callable[[str, str], float]) -> list[KnownSpeaker]:
    """Those found whose names are most like the one asked, if any is so surely."""
    scored = [
        (max(likeness(who, name) for name in speaker.names), speaker)
        for speaker in found
        if speaker.kind in (SpeakerKind.PERSON, SpeakerKind.ORGANISATION)
    ]
    best = max((score for score, _ in scored), default=0.0)
    if best < _SURE:
        return []
    likely = [speaker for score, speaker in scored if score >= max(_SURE, best - _AS_LIKELY)]
    # A bare surname on record is no third person beside the one full name that it may belong to.
    full = [speaker for speaker in likely if any(len(name_words(name)) > 1 for name in speaker.names)]
    return [_together(likely)] if len(full) == 1 and len(likely) > 1 else likely


def _by_role(who: str, catalog: Catalog) -> list[KnownSpeaker]:
    found = []
    for speaker in catalog.speakers_described(who):
        described = speaker.roles if speaker.kind is SpeakerKind.PERSON else (*speaker.roles, *speaker.names)
        if any(says_all(description, who) for description in described):
            found.append(speaker)
    return found


def name_in(who: str) -> str:
    """Return the name at the end of a description ("the student representative Ana Ruiz", "Ruiz Corp's Ana Ruiz").

    A name that only says whose the role is ("the mayor of Calais") is not the name of who is meant.
    """
    words = re.split(r"\s+", _POSSESSOR.sub("", who).strip())
    start = len(words)
    while start and words[start - 1][:1].isupper() and not is_role_word(words[start - 1]):
        start -= 1
    if start and bare(words[start - 1]) in languages.words("particles"):
        return ""
    return " ".join(words[start:])


def named(who: str) -> bool:
    """Tell whether `who` reads like a name: a word with a capital that no role explains."""
    return any(word[:1].isupper() and not is_role_word(word) for word in _WORD.findall(who))


def _those_who_speak(found: list[KnownSpeaker]) -> tuple[KnownSpeaker, ...]:
    return tuple(speaker for speaker in found if speaker.statements) or tuple(found)


def _together(found: list[KnownSpeaker]) -> KnownSpeaker:
    fullest = max(found, key=lambda speaker: (max(len(name_words(name)) for name in speaker.names), speaker.statements))
    others = [speaker for speaker in found if speaker is not fullest]
    return dataclasses.replace(
        fullest,
        ids=tuple(id_ for speaker in (fullest, *others) for id_ in speaker.ids),
        names=tuple(dict.fromkeys(name for speaker in (fullest, *others) for name in speaker.names)),
        roles=tuple(dict.fromkeys(role for speaker in (fullest, *others) for role in speaker.roles)),
        statements=sum(speaker.statements for speaker in found),
    )
