"""Whether the claimed speaker is the one who spoke."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.quotecheck.printed import Printed, Voice
from assistant.speakers import Meant, name_in, named_so
from ingest.archive.catalog import Catalog, KnownSpeaker
from ingest.folding import latin
from ingest.models import Span
from ingest.roles import is_role, says_all
from ingest.speakers import likeness, name_words

_SAME = 0.85
# An attribution that is less sure gives way to doubt where another name signs the words.
_SURE = 0.8
_SIGNATURE, _SIGNED_WITHIN = re.compile(r"[\s»”“\"'’.,!?…]*[–—―-]\s*([^\n.]+)"), 80
_LINE = 100
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")


class Claimant:
    """Whoever is said to have spoken: a name in any spelling, a role, or nobody."""

    def __init__(self, named: str, catalog: Catalog) -> None:
        self.named = named
        # Of a role, each article says itself who bears it; in a large archive very many do.
        self._meant = named_so(named, catalog) if named and not is_role(named) else Meant()
        self._names = {name for speaker in self._meant.speakers for name in (*speaker.names, speaker.name)}

    @property
    def known(self) -> tuple[KnownSpeaker, ...]:
        """Those on record who may be meant by the name; none for a role."""
        return self._meant.speakers

    def is_speaker(self, printed: Printed, voices: Sequence[Voice], span: Span) -> bool | None:
        """Tell whether the claimed speaker says all of these; None where nobody is claimed or it cannot be told."""
        if not self.named:
            return None
        found = [self._says(printed, voice, span) for voice in voices]
        return False if False in found else None if None in found else True

    def _says(self, printed: Printed, voice: Voice, span: Span) -> bool | None:
        if voice.quotation is None:
            # The reporter's own words are nobody else's: the verdict says that they are the reporter's.
            return None
        if voice.speaker is None:
            # An attribution that is not resolved is taken on trust only from whoever is named the nearest.
            others = [each for member in printed.ledger.cast if not self.is_called(member.name, printed)
                      for each in member.mentions]  # fmt: skip
            return None if self._is_nearest(printed, span, others) else False
        if self.is_called(voice.speaker, printed):
            return True
        after = printed.article.text[voice.quotation.span.end :][:_SIGNED_WITHIN]
        if voice.quotation.confidence < _SURE and (signed := _SIGNATURE.match(after)) and self.is_named_in(signed[1]):
            # Of a row of quotations, each signed, this one may have gone to the name above it.
            return None
        return False

    def _is_nearest(self, printed: Printed, span: Span, others: Sequence[Span]) -> bool:
        """Whether the claimed name stands nearer to these words than others, in their paragraph or the one before."""
        names = {latin(name) for name in self._names} | {latin(name_in(self.named) or self.named)}
        surnames = {name.split()[-1] for name in names if name.split()}
        area = printed.near(span)
        text = area.of(printed.article.text)
        own = [
            Span(area.start + word.start(), area.start + word.end())
            for word in _WORD.finditer(text)
            if any(surname in latin(word[0]) for surname in surnames)
        ]
        distances = [_between(each, span, printed.article.text) for each in own if not span.overlaps(each)]
        return bool(distances) and all(
            min(distances) <= _between(o, span, printed.article.text) for o in others if not span.overlaps(o)
        )

    def is_called(self, speaker: str, printed: Printed) -> bool:
        """Tell whether the speaker that an article names so is the one claimed."""
        if speaker in self._names:
            return True
        if not is_role(self.named):
            asked = name_in(self.named) or self.named
            # "Bundesinnenminister Schily" is the one whom the article calls Schily.
            if likeness(asked, speaker) >= _SAME or likeness(speaker, self.named) >= _SAME:
                return True
            if _is_namesake(asked, speaker) or _ends_alike(asked, speaker):
                return True
        if _bears_surname(self.named, speaker):
            return True
        described = [speaker]
        described += [role for member in printed.ledger.cast if member.name == speaker for role in member.roles]
        return any(says_all(description, self.named) for description in described)

    def is_named_in(self, words: str) -> bool:
        """Tell whether the claimed speaker's name stands in `words`, in whatever spelling of it is known."""
        plain = latin(words)
        names = {latin(name) for name in self._names} | {latin(name_in(self.named) or self.named)}
        return any(name.split()[-1] in plain for name in names if name.split())


def _between(one: Span, two: Span, text: str) -> int:
    """How many characters part two stretches; a line more than a sentence."""
    between = text[min(one.end, two.end) : max(one.start, two.start)]
    return len(between) + _LINE * ("\n" in between)


def _is_namesake(first: str, second: str) -> bool:
    """Whether two names have one surname and the same initial: "Pyotr Lanskoy", "Пётр Ланской"."""
    ours, theirs = name_words(first), name_words(second)
    if len(ours) < 2 or len(theirs) < 2:
        return False
    return ours[0][0] == theirs[0][0] and likeness(ours[-1], theirs[-1]) >= 0.9


def _bears_surname(titled: str, name: str) -> bool:
    """Whether a title with a surname, "Landwirtschaftsminister Brenner", is somebody called "Olaf Brenner"."""
    *title, surname = titled.split() or [""]
    if not title or not surname[:1].isupper() or is_role(surname):
        return False
    # German writes the office in one word: "Landwirtschaftsminister".
    office = title[-1]
    if not is_role(" ".join(title)) and not any(is_role(office[at:]) for at in range(3, len(office) - 4)):
        return False
    return bool(words := name_words(name)) and likeness(surname, words[-1]) >= 0.9


def _ends_alike(first: str, second: str) -> bool:
    """Whether two names end in the same given name and surname, whatever title is before them."""
    ours, theirs = name_words(first)[-2:], name_words(second)[-2:]
    return len(ours) == 2 == len(theirs) and likeness(" ".join(ours), " ".join(theirs)) >= 0.9
