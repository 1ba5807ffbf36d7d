"""A model's prose as it arrives, to sentences with the numbers they cite."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant.drafts import DraftSentence
from assistant.generating.prompts import NO_ANSWER
from ingest.sentences import sentences

_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.S | re.I)
_NUMBERS = r"\d{1,9}(?:\s*[-–,;]\s*\d{1,9})*"
_MARKER = re.compile(
    rf"\s*(?:\[\s*\^?(?:sources?|evidence|ref\.?)?\s*({_NUMBERS})\s*\]|【\s*({_NUMBERS})[^】]{{0,20}}】"
    rf"|\((?:sources?|evidence)\s+({_NUMBERS})\))",
    re.IGNORECASE,
)
_BEHIND = re.compile(rf"([.!?…]+[»”\"’']?)((?:{_MARKER.pattern})+)", re.I)
_PREFACE = re.compile(r"^\s*(?:\*\*)?(?:answer|réponse|respuesta|antwort|ответ)(?:\*\*)?\s*:\s*(?:\*\*)?", re.I)
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_ENDS = re.compile(r"[.!?…\n\]】]")


class Beat:
    """Something has arrived, and no sentence is complete by it."""


def drafted(chunks: Iterable[str], *, language: str) -> Iterator[DraftSentence | Beat | None]:
    """Yield each sentence once it is complete, without its markers; None where the model says that nothing answers.

    A sentence without a marker rests on what the next one of its paragraph cites, as many models put one marker behind
    several sentences.
    """
    text, line_start = "", 0
    emitted = 0
    for chunk in chunks:
        text += chunk
        yield Beat()
        if not _ENDS.search(chunk):
            continue
        while (end := text.find("\n", line_start)) >= 0 and not _is_thinking(text[:end]):
            yield from list(_of_line(text[line_start:end], language))[emitted:]
            line_start, emitted = end + 1, 0
        if not _is_thinking(text):
            # The last group may still get its marker, and the last marker another.
            complete = list(_groups(text[line_start:], language))[:-1]
            found = [one for group in complete for one in group]
            yield from found[emitted:]
            emitted = max(emitted, len(found))
    yield from list(_of_line(text[line_start:], language))[emitted:]


def _is_thinking(text: str) -> bool:
    return len(re.findall(r"<think(?:ing)?>", text, re.I)) > len(re.findall(r"</think(?:ing)?>", text, re.I))


def _of_line(line: str, language: str) -> Iterator[DraftSentence | None]:
    for group in _groups(line, language):
        yield from group


def _groups(line: str, language: str) -> Iterator[list[DraftSentence | None]]:
    """The sentences of a line, those together that one marker is for."""
    visible = _BULLET.sub("", _PREFACE.sub("", _THOUGHT.sub(" ", line))).strip()
    if visible.startswith(NO_ANSWER):
        yield [None]
        return
    # "Words. [1]" is written "Words [1]." for the sentence to keep its marker.
    moved = _BEHIND.sub(lambda match: f"{match[2]}{match[1]}", visible)
    waiting = list[str]()
    for span in sentences(moved, language):
        piece = span.of(moved)
        cited = tuple(dict.fromkeys(number - 1 for match in _MARKER.finditer(piece) for number in _numbers(match)))
        words = _MARKER.sub("", piece).strip()
        if words and any(c.isalnum() for c in words):
            waiting.append(words)
        if cited and waiting:
            yield [DraftSentence(each, cited) for each in waiting]
            waiting = []
    if waiting:
        yield [DraftSentence(each, ()) for each in waiting]


def _numbers(match: re.Match[str]) -> Iterator[int]:
    for part in re.split(r"\s*[,;]\s*", next(filter(None, match.groups()))):
        first, _, last = re.sub(r"\s", "", part).replace("–", "-").partition("-")
        yield from range(int(first), min(int(last), int(first) + 20) + 1) if last else [int(first)]
