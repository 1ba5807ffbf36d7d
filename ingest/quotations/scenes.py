"""A paragraph as the rules read it: its words, sentences and marks, and the statements found in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from ingest.models import Kind, Span
from ingest.quotations.cues import cues
from ingest.quotations.lexicon import SPEECH, Lexicon
from ingest.quotations.marks import Marked
from ingest.quotations.phrases import Mention
from ingest.quotations.words import Sentence, Word

_MOST_LOST = 60  # a paragraph with more marks that pair with nothing is not a text with lost marks


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """A pair of outermost marks: the words at `opening` and `closing`, and the content between them."""

    opening: int
    closing: int
    span: Span


@dataclasses.dataclass(frozen=True, slots=True)
class Statement:
    """A stretch of text that somebody says, before anybody has been looked up.

    Without a `mention` the speaker is the one before: of the same sentence where `chained`, else of the last quotation.
    """

    span: Span
    kind: Kind
    fragments: tuple[Span, ...] = ()
    cue: Span | None = None
    mention: Mention | None = None
    chained: bool = False
    group: int = 0
    nested: bool = False
    weight: float = 1.0


@dataclasses.dataclass(frozen=True, slots=True)
class Scene:
    """One paragraph (or several joined by a quotation): its text, words, sentences and marks."""

    text: str
    words: Sequence[Word]
    sentences: Sequence[Sentence]
    pairs: Sequence[Pair]
    lexicon: Lexicon
    turn: tuple[Span, int] | None = None  # of a transcript: what is said, and where the label's words end


def pairs(words: Sequence[Word], text: str) -> list[Pair]:
    """Return the outermost pairs of marks among these words."""
    found: list[Pair] = []
    opening = -1
    for at, word in enumerate(words):
        if word.mark == "open" and word.depth == 0:
            opening = at
        elif word.mark == "close" and word.depth == 0 and opening >= 0:
            start, end = words[opening].end, word.start
            while start < end and text[start].isspace():
                start += 1
            while end > start and (text[end - 1].isspace() or text[end - 1] == ","):
                end -= 1  # “We are ready,” said X: the comma is the reporter's
            if end > start:
                found.append(Pair(opening, at, Span(start, end)))
            opening = -1
    return found


@dataclasses.dataclass(slots=True)
class Reading:
    """The statements of one sentence as they are found."""

    scene: Scene
    first: int
    last: int
    cursor: int
    own: Sequence[Pair] = ()
    found: list[Statement] = dataclasses.field(default_factory=list)
    used: set[int] = dataclasses.field(default_factory=set)
    until: int = -1  # words before this one belong to a statement already
    subject: Mention | None = None
    group: int = 0


def opened(
    text: str, words: Sequence[Word], sentences: Sequence[Sentence], found: Sequence[Marked], lexicon: Lexicon
) -> list[Marked]:
    """Let quotations that lost their opening mark begin after the last sentence with an attribution or a mark."""
    result = [m for m in found if m.lost != "opening"]
    closings = {m.outer.end - 1: m for m in found if m.lost == "opening"}
    if len(closings) > _MOST_LOST:
        return result
    begin = 0
    for sentence in sentences:
        at = next(
            (
                n
                for n in range(sentence.first, sentence.last)
                if words[n].mark == "close" and words[n].start in closings
            ),
            -1,
        )
        if at >= 0 and at > begin:
            mark = closings[words[at].start]
            supported = (at + 1 < sentence.last and words[at + 1].low in {",", "."}) or (
                at and words[at - 1].low in {".", "!", "?", "…", ","}
            )
            following = list(cues(words, at + 1, min(sentence.last, at + 8), lexicon))
            if supported and (following or words[at - 1].low in {".", "!", "?", "…"}):
                start = words[begin].start
                before = max(
                    (m.outer.end for m in result if m.outer.end <= mark.outer.start and m.depth == 0), default=0
                )
                if start < before:
                    start = before
                while start < mark.outer.start and text[start].isspace():
                    start += 1
                stop = mark.outer.start
                while stop > start and text[stop - 1].isspace():
                    stop -= 1
                if stop > start:
                    result = [
                        dataclasses.replace(m, depth=m.depth + 1)
                        if start <= m.outer.start and m.outer.end <= stop
                        else m
                        for m in result
                    ]
                    result.append(Marked(Span(start, stop), Span(start, mark.outer.end), 0, "start"))
            begin = sentence.last
        elif (
            any(words[n].mark for n in range(sentence.first, sentence.last)) and not _only_titles(words, sentence)
        ) or any(
            c.form != "gerund" and (c.verb.kind == SPEECH or c.form == "source")
            for c in cues(words, sentence.first, sentence.last, lexicon)
        ):
            begin = sentence.last
    return sorted(result, key=lambda m: (m.outer.start, -m.outer.end))


def _only_titles(words: Sequence[Word], sentence: Sentence) -> bool:
    """Tell whether the marks of a sentence stand round a word or two, as scare quotes do."""
    opening = -1
    for n in range(sentence.first, sentence.last):
        if words[n].mark == "open" and not words[n].depth:
            opening = n
        elif words[n].mark == "close" and not words[n].depth and (opening < 0 or n - opening > 4):
            return False
    return True
