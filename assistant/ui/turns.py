"""Turns of the chat as the browser draws them: who wrote which sentence, what it rests on, what was left out."""

from __future__ import annotations

import dataclasses
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from assistant import conversations, understanding
from assistant.models import Abstention, Answer, Citation, Mode, Progress, Reply, Usage
from assistant.phrases import kind as kind_in_words
from assistant.phrases import phrase
from assistant.ui import source
from assistant.ui.links import Whose
from assistant.ui.texts import Texts


@dataclasses.dataclass(slots=True)
class DrawnTurn:
    """A question of this conversation and what came of it: a reply, or one line on why there is none.

    `any_time` is set where it is asked again without the time that it names, `extracted` where no model is to write,
    `anew` where no kept answer is wanted. From when a model is asked, it `is_growing`; it `is_placed` once it is kept.

    Streamlit begins a run of the script before it ends the one before, and both have the same turns. So a turn is
    filled in by the run that holds it, and by no other; and the one that comes to a turn that is growing already ends
    it as it stands, so that a model is asked once.
    """

    number: int
    question: str
    reply: Reply | None = None
    problem: str = ""
    any_time: bool = False
    extracted: bool = False
    anew: bool = False
    is_growing: bool = False
    is_placed: bool = False
    _run: object = dataclasses.field(default=None, repr=False, compare=False)
    _lock: threading.Lock = dataclasses.field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def is_done(self) -> bool:
        """Whether nothing more will come."""
        return (self.reply is not None and not self.is_growing) or bool(self.problem)

    def taken(self, run: object, *, stopped: str) -> bool:
        """Tell whether this run holds it from now on, to fill it in; `stopped` is said where nothing is shown."""
        with self._lock:
            if self.is_growing:
                self._end(stopped)
            if self.is_done:
                return False
            self._run = run
            return True

    def grown(self, run: object, progress: Progress) -> bool:
        """Take in how far the reply is; tells whether the run holds the turn still, and may go on."""
        with self._lock:
            if self._run is not run:
                return False
            self.is_growing = (self.is_growing or progress.is_writing) and not progress.is_last
            self.reply = progress.reply or self.reply
            return True

    def failed(self, run: object, problem: str) -> None:
        """Take in why there is no reply, if the run holds the turn still."""
        with self._lock:
            if self._run is run:
                self.problem, self.is_growing = problem, False

    def left(self, run: object, *, stopped: str) -> None:
        """Let go of it at the end of the run. What a model has not been asked yet is left to the next run."""
        with self._lock:
            if self._run is run:
                self._run = None
                if self.is_growing:
                    self._end(stopped)

    def end(self, *, stopped: str) -> None:
        """Leave it as it stands, whoever fills it in; `stopped` is said where nothing is shown."""
        with self._lock:
            self._end(stopped)

    def withdraw(self, question: str, problem: str) -> None:
        """Forget the reply: an article that it cites was withdrawn."""
        with self._lock:
            self.question, self.reply, self.problem = question, None, problem
            self._run, self.is_growing = None, False

    def _end(self, stopped: str) -> None:
        self._run, self.is_growing = None, False
        if isinstance(self.reply, Answer):
            self.reply = dataclasses.replace(self.reply, stopped=True)
        elif self.reply is None:
            self.problem = self.problem or stopped


def earlier_questions(turns: Iterable[DrawnTurn]) -> list[str]:
    """Return the questions of these turns as the next one leans on them: no time that was taken away comes back."""
    asked = (understanding.timeless(turn.question) if turn.any_time else turn.question for turn in turns)
    return [question for question in asked if question]


def whose(citation: Citation) -> Whose:
    """Return whose statements a citation leads to."""
    return Whose(citation.speaker or "", article_id=citation.article_id)


def cited(reply: Reply | None) -> tuple[Citation, ...]:
    """Return what a reply cites; of an abstention, what comes nearest."""
    if reply is None:
        return ()
    return reply.citations if isinstance(reply, Answer) else reply.nearest


def shown(turn: DrawnTurn, said: Texts) -> dict[str, Any]:
    """Return what the browser needs to draw a turn."""
    return {
        "question": turn.question,
        "questionLabel": said.question_label,
        "conversationLabel": said.conversation,
        "language": turn.reply.language if turn.reply else "",
        "problem": turn.problem,
        "filters": [each.text for each in turn.reply.filters] if turn.reply else [],
        "anyTime": phrase("any_time", turn.reply.language) if turn.reply else "",
        "reply": _shown_reply(turn.reply, said, is_growing=turn.is_growing) if turn.reply else None,
    }


def _shown_reply(reply: Reply, said: Texts, *, is_growing: bool) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "language": reply.language,
        "opening": "",
        "nearest": [],
        "nearestLabel": "",
        "groups": [],
        "prose": [],
        "restLabel": phrase("besides", reply.language),
        "made": "",
        "remarks": [_unbroken(each) for each in _remarks(reply, said, is_growing=is_growing)],
    }
    if reply.check is not None:
        # What the verdict itself shows.
        return {**plain, "kind": "check"}
    if isinstance(reply, Abstention):
        lines = [_line(c.text, (c,), said, reply.language) for c in reply.nearest]
        return {
            **plain,
            "kind": "abstention",
            "opening": _unbroken(reply.text),
            "nearest": list(_by_article(lines, reply.nearest, said)),
            "nearestLabel": phrase("nearest", reply.language),
        }
    by_number = {c.number: c for c in reply.citations}
    written, printed, firsts = list[dict[str, Any]](), list[dict[str, Any]](), list[Citation]()
    for sentence in reply.sentences:
        citations = [by_number[number] for number in sentence.citations]
        line = _line(sentence.text, citations, said, reply.language)
        if sentence.mode is Mode.GENERATED:
            line["text"] = _unbroken(sentence.text)
            doubt = "" if sentence.verified else _unbroken(phrase("not_verified", reply.language))
            seal = phrase("is_verified", reply.language) if sentence.verified else ""
            written.append({**line, "doubt": doubt, "seal": seal})
        else:
            printed.append(line)
            firsts.append(citations[0])
    return {
        **plain,
        "kind": "answer",
        "opening": _unbroken(reply.opening),
        "prose": written,
        "groups": list(_by_article(printed, firsts, said)),
        "made": conversations.made(reply) if conversations.is_of_model(reply) else "",
    }


def _unbroken(text: str) -> str:
    """Text of ours or of a model's in which no line breaks inside a mark's own space, as French has it."""
    return re.sub(r" (?=[;:?!»])|(?<=«) ", "\u00a0", text)


def _remarks(reply: Reply, said: Texts, *, is_growing: bool) -> Iterator[str]:
    """What else is to know of a reply, a line each."""
    if reply.notice:
        yield reply.notice
    if reply.understood:
        yield phrase("understood_as", reply.language, question=reply.understood)
    if isinstance(reply, Answer):
        yield from conversations.remarks(reply)
    # A count that runs is read out at every step.
    if reply.usage is not None and reply.usage.calls and not is_growing:
        yield _spent(reply.usage, said)


def _spent(usage: Usage, said: Texts) -> str:
    """What a model was used for, in words."""
    form = said.tokens_estimated if usage.estimated else said.tokens_used
    read, written = (said.count(count, ("{n}", "{n}")) for count in (usage.input, usage.output))
    cost = "" if usage.cost is None else f"${usage.cost:.4f}" if usage.cost >= 0.0001 else "< $0.0001"
    return " · ".join(
        filter(None, [said.count(usage.calls, said.call_count), form.format(input=read, output=written), cost])
    )


def _by_article(
    lines: Iterable[Mapping[str, Any]], citations: Sequence[Citation], said: Texts
) -> Iterator[dict[str, Any]]:
    """Put neighbouring lines of one article together, under its title."""
    paired = zip(citations, lines, strict=True)
    for _, together in groupby(paired, key=lambda pair: (pair[0].article_id, pair[0].version)):
        members = list(together)
        first = members[0][0]
        yield {
            "title": first.title,
            "language": first.language,
            "source": " · ".join(filter(None, (first.outlet, said.date(first.published)))),
            "lines": [line for _, line in members],
        }


def _line(text: str, citations: Sequence[Citation], said: Texts, language: str) -> dict[str, Any]:
    first = citations[0]
    kind = source.kind_of(first)
    return {
        "text": text,
        "language": first.language,
        "kind": kind.value if kind else "plain",
        "speaker": first.speaker or (said.speaker_unknown if kind else ""),
        "address": whose(first).address if kind and first.speaker else "",
        "allBy": said.all_by.format(speaker=first.speaker),
        "label": kind_in_words(kind, language) if kind else "",
        "citations": [
            {"number": c.number, "title": c.title, "label": said.source_label.format(n=c.number, title=c.title)}
            for c in citations
        ],
    }
