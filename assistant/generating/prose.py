"""A model's prose as it arrives, to sentences with the numbers they cite.

Each step looks at so much of the text behind a place, and no further: what comes out does not depend on the chunks that
the text came in, and nothing is read twice.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator

from assistant.dates import months
from assistant.drafts import DraftSentence
from assistant.generating.thoughts import FORGET, Habit, spoken
from ingest.folding import unaccented
from ingest.models import Span
from ingest.sentences import sentences

_NUMBERS = r"\d{1,9}(?:\s?[-–,;]\s?\d{1,9}){0,20}"
_MARKER = re.compile(
    rf"[\[［]\s?\^?(?:sources?|evidence|ref\.?)?\s?({_NUMBERS})\s?[\]］]|【\s?({_NUMBERS})[^】]{{0,20}}】"
    rf"|\((?:sources?|evidence)\s({_NUMBERS})\)",
    re.IGNORECASE,
)
_OPENS = re.compile(r"[\[［【(]")
_CLOSERS = {"[": "]", "［": "］", "【": "】", "(": ")"}
_LONGEST_MARKER = 120
_LINE_BEGINS = 48
_PREFACE = re.compile(r"\s*(?:\*\*)?(?:answer|réponse|respuesta|antwort|ответ)(?:\*\*)?\s?:\s?(?:\*\*)?\s?", re.I)
_BULLET = re.compile(r"\s*(?:[-*•]|[1-9]\d?(?:\)|(?P<stop>\.)))\s+(?P<word>[^\W\d_]*)")
_DAYS_WITHOUT_STOP = frozenset({"en", "fr", "es", "ru"})
_DECLINES = re.compile(r"[\W_]*no\\?_answer(?![^\W_])|[\W_]*no answer[\W_]*$", re.I)
_SPACES = re.compile(r"[^\S\n\f]+")
_LONGEST_RUN = 3
# Where a sentence may end: then the language is asked. A Japanese one goes on behind what it quotes ("。」と述べた").
_ENDS = re.compile(r"[.!?…]+(?:[”“\"’')\]*_»״]|\s»(?=\s))*(?=\s)|[。！？؟।]+(?![」』][\u3040-\u309f])[」』”\"]*|\u2028")
# Languages that end a sentence with a space, as they part its phrases: there the number of its evidence ends it.
_WITHOUT_STOPS = frozenset({"th", "lo", "km", "my"})
_TERMINATORS = ".!?…"
# So much before and behind such a place tells whether it is one.
_BEFORE, _BEHIND = 400, 16
_QUOTES = {"“": "”", "«": "»", "„": "“”", "»": "«", '"': '"', "「": "」", "『": "』", "”": "”", "״": "״"}
_MARKS = re.compile('[“”«»„"「」『』״]')
# Marks that open where nothing else stands before them, and close elsewhere.
_ALIKE = frozenset("”״")
# A quotation that goes on for longer was never closed.
_LONGEST_QUOTATION = 1000


class Beat:
    """Something has arrived, and no sentence is complete by it."""


class Forget:
    """All sentences before were none of the answer: the model was thinking aloud."""


def drafted(
    chunks: Iterable[str], *, language: str, habit: Habit | None = None
) -> Iterator[DraftSentence | Beat | Forget | None]:
    """Yield each sentence once it is complete, without its markers; None where the model says that nothing answers.

    A sentence without a marker rests on what the next one of its paragraph cites, as many models put one marker behind
    several sentences, or else on the marker that stands alone on the line below. `habit` is what is known, and learned,
    of how the model thinks. `Forget` takes back all before it.
    """
    line = _Line(language)
    for chunk in _even(spoken(chunks, habit)):
        yield Beat()
        for piece in re.split(r"([\n\f])", chunk):
            if piece == "\n":
                yield from line.ended()
            elif piece == FORGET:
                line = _Line(language)
                yield Forget()
            elif piece:
                yield from line.told(piece)
    yield from line.ended()
    yield from line.left()


def _even(chunks: Iterable[str]) -> Generator[str, None, None]:
    """A text in which white space is one space and no sign stands more than three times in a row, chunk by chunk."""
    last, run = "", 0
    for chunk in chunks:
        if not chunk:
            yield ""
            continue
        text = _SPACES.sub(" ", chunk.replace("\r", ""))
        kept = list[str]()
        at = 0
        while at < len(text):
            sign = text[at]
            end = at + 1
            while end < len(text) and text[end] == sign:
                end += 1
            run = run + end - at if sign == last else end - at
            before = run - (end - at)
            most = 1 if sign == " " else run if sign.isalnum() or sign == "\n" else _LONGEST_RUN
            kept.append(sign * max(0, min(run, most) - before))
            last, at = sign, end
        yield "".join(kept)


class _Line:
    """A line of prose as it grows: `text` without markers from the first sentence on that is not complete."""

    def __init__(self, language: str) -> None:
        self._language = language
        # The sentences without a marker at the end of the line before.
        self._uncited = list[str]()
        self._begin()

    def _begin(self) -> None:
        self._raw = ""
        self._has_begun = False
        self._text = ""
        self._markers = list[tuple[int, tuple[int, ...]]]()
        self._seen = self._quotes_seen = 0
        self._closes, self._opened = "", 0
        self._space, self._is_behind_marker = "", False
        self._waiting = list[str]()

    def told(self, piece: str) -> Iterator[DraftSentence | None]:
        """Add to the line; yield what is complete by it."""
        self._raw += piece
        yield from self._read(is_end=False)

    def ended(self) -> Iterator[DraftSentence | None]:
        """End the line; yield what is left of it."""
        yield from self._read(is_end=True)
        yield from self._sentence(len(self._text))
        self._uncited = self._waiting or self._uncited
        self._begin()

    def left(self) -> Iterator[DraftSentence]:
        """Yield what no line behind it cites any more."""
        return self._all_of((), self._uncited)

    def _read(self, *, is_end: bool) -> Iterator[DraftSentence | None]:
        if not self._has_begun:
            if len(self._raw) < _LINE_BEGINS and not is_end:
                return
            self._has_begun = True
            self._raw = self._raw[_end(_PREFACE, self._raw[:_LINE_BEGINS]) :]
            self._raw = self._raw[_end_of_bullet(self._raw[:_LINE_BEGINS], self._language) :]
        at = 0
        while at < len(self._raw):
            found = _OPENS.search(self._raw, at)
            self._add(self._raw[at : found.start() if found else len(self._raw)])
            if found is None:
                at = len(self._raw)
                break
            at = found.start()
            closer = self._raw.find(_CLOSERS[found[0]], at, at + _LONGEST_MARKER)
            if closer < 0 and len(self._raw) < at + _LONGEST_MARKER and not is_end:
                break
            marker = _MARKER.fullmatch(self._raw, at, closer + 1) if closer >= 0 else None
            if marker is None:
                self._add(found[0])
                at += 1
            else:
                self._markers.append((len(self._text), tuple(_numbers(marker))))
                # White space before a marker belongs to it.
                self._space, self._is_behind_marker = "", True
                at = marker.end()
        self._raw = self._raw[at:]
        yield from self._complete(is_end=is_end)

    def _add(self, text: str) -> None:
        if self._is_behind_marker:
            # A full stop behind a marker is the end that stood before it; sentences with only a marker between part.
            text = text.lstrip(_TERMINATORS) if self._text[-1:] in tuple(_TERMINATORS) else text
            if not text:
                return
            if self._language in _WITHOUT_STOPS and text.strip():
                self._text += "\u2028"
            self._space = " " if text[0].isalnum() or text[0] in _QUOTES else ""
            self._is_behind_marker = False
        words = text.rstrip(" ")
        self._text += f"{self._space}{words}" if words else ""
        self._space = " " if len(words) < len(text) else "" if words else self._space

    def _complete(self, *, is_end: bool) -> Iterator[DraftSentence | None]:
        """The sentences whose end is certain."""
        while (found := _ENDS.search(self._text, self._seen)) is not None:
            if found.end() + 1 + _BEHIND > len(self._text) and not is_end:
                return
            self._seen = found.end()
            if not self._is_quoting(found.end()) and self._ends_at(found.start(), found.end()):
                yield from self._sentence(found.end())
        # Nothing ends before here; the signs at the end of the text may go on.
        self._seen = max(self._seen, len(self._text.rstrip(_TERMINATORS + "»”“\"’')]*_״。！？؟।」』\u2028")))

    def _ends_at(self, mark: int, place: int) -> bool:
        behind = self._text[place : place + 1 + _BEHIND]
        following = behind.lstrip()[:1]
        if not following or following.islower():
            return not following
        if any(mark <= at <= place for at, _ in self._markers):
            # A number of evidence stands at the end of a sentence, also behind what may be an abbreviation.
            return True
        start = max(0, place - _BEFORE)
        window = self._text[start:place] + behind
        next_one = place - start + len(behind) - len(behind.lstrip())
        return any(span.start == next_one for span in sentences(window, self._language))

    def _is_quoting(self, place: int) -> bool:
        for mark in _MARKS.finditer(self._text, self._quotes_seen, place):
            if self._closes and mark.start() - self._opened > _LONGEST_QUOTATION:
                self._closes = ""
            if self._closes:
                self._closes = "" if mark[0] in self._closes else self._closes
            elif mark[0] in _QUOTES and self._opens(mark[0], self._text[: mark.start()][-1:]):
                self._closes, self._opened = _QUOTES[mark[0]], mark.start()
        self._quotes_seen = place
        return bool(self._closes) and place - self._opened <= _LONGEST_QUOTATION

    @staticmethod
    def _opens(mark: str, before: str) -> bool:
        """Whether a mark opens a quotation. Behind a figure it is an inch."""
        if mark in _ALIKE:
            return not before or before.isspace() or before in "(—–:"
        return not (mark == '"' and before.isdigit())

    def _sentence(self, end: int) -> Iterator[DraftSentence | None]:
        words = Span(0, end).of(self._text).strip()
        cited = dict.fromkeys(number for at, numbers in self._markers if at <= end for number in numbers)
        self._markers = [(at - end, numbers) for at, numbers in self._markers if at > end]
        self._text = self._text[end:]
        self._seen = max(0, self._seen - end)
        self._quotes_seen, self._closes = max(0, self._quotes_seen - end), ""
        if _DECLINES.match(words):
            yield from self._all_of((), [*self._uncited, *self._waiting])
            self._waiting = []
            yield None
        elif any(c.isalnum() for c in words):
            yield from self._all_of((), self._uncited)
            self._waiting.append(words)
        if cited:
            yield from self._all_of(tuple(cited), [*self._uncited, *self._waiting])
            self._waiting = []

    def _all_of(self, cited: tuple[int, ...], waiting: list[str]) -> Iterator[DraftSentence]:
        self._uncited = []
        yield from (DraftSentence(each, cited) for each in waiting)


def _end_of_bullet(text: str, language: str) -> int:
    """Where the words of a line begin. "5. Oktober" is no fifth of a list, unless no day is written so."""
    found = _BULLET.match(text)
    if found is None:
        return 0
    is_day = found["stop"] and language not in _DAYS_WITHOUT_STOP and unaccented(found["word"]).casefold() in months()
    return 0 if is_day else found.start("word")


def _end(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0


def _numbers(marker: re.Match[str]) -> Iterator[int]:
    """What a marker cites, counted from zero."""
    for part in re.split(r"\s?[,;]\s?", next(filter(None, marker.groups()))):
        first, _, last = re.sub(r"\s", "", part).replace("–", "-").partition("-")
        until = min(int(last.partition("-")[0]), int(first) + 20) if last else int(first)
        yield from (number - 1 for number in range(int(first), until + 1))
