"""The whole assistant: understand, retrieve, write, verify."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import time
from collections.abc import Generator, Sequence

from assistant import quoting, speakers, understanding
from assistant.citations import verified
from assistant.composing import Composer
from assistant.finding import Finder, Finding, Outcome, abstention, antecedent
from assistant.generating.writer import ChatWriter
from assistant.models import Answer, Progress, QuoteCheck, Reason, Reply, Usage
from assistant.phrases import phrase
from assistant.quotecheck.checking import Checker
from assistant.understanding import Asked, Question
from assistant.writing import extraction
from ingest.archive.archive import Archive, outages
from ingest.embeddings.models import EmbeddingModel
from ingest.errors import UnknownArticle
from ingest.timings import measured, stage

_NEAREST = 2
_REMEMBERED = 30


class Assistant:
    """Answers questions from one archive: in its own words, or those of a chat model that are verified against it.

    `writer` is the chat model, None where none is configured.
    """

    def __init__(
        self, archive: Archive, model: EmbeddingModel, *, longest_question: int = 2000, answer_sentences: int = 4,
        writer: ChatWriter | None = None,
    ) -> None:  # fmt: skip
        self.archive = archive
        self.writer = writer
        self._composer = Composer(archive, writer) if writer else None
        self.model = model
        self._finder = Finder(archive, model, answer_sentences=answer_sentences)
        self.retriever = self._finder.retriever
        self._checker = Checker(archive, model)
        self._longest = longest_question

    def ask(
        self, question: str, *, history: Sequence[str] = (), language: str | None = None,
        today: datetime.date | None = None, any_time: bool = False, extracted: bool = False, anew: bool = False,
    ) -> Reply:  # fmt: skip
        """Answer a question, given the earlier ones of the conversation, oldest first.

        `language` stands in where the question's own cannot be told. "Last week" is that before `today`, without which
        the clock tells; with `any_time` no such words limit what is looked for. With `extracted` no model writes, with
        `anew` no answer is used that was written before. Raises UnusableQuestion.
        """
        *_, last = self.replies(
            question, history=history, language=language, today=today, any_time=any_time, extracted=extracted, anew=anew
        )
        assert last.reply is not None
        return last.reply

    def replies(
        self, question: str, *, history: Sequence[str] = (), language: str | None = None,
        today: datetime.date | None = None, any_time: bool = False, extracted: bool = False, anew: bool = False,
    ) -> Generator[Progress, None, None]:  # fmt: skip
        """Yield the reply as it grows, as `ask` returns it in the end. Closing the iterator stops the model.

        Whoever has the last one and goes on or closes waits, a few seconds at most, until it is kept.
        """
        today = today or datetime.date.today()
        started = time.perf_counter()
        # A question that long was refused, and one so long ago is not leaned on any more.
        history = [each[: self._longest] for each in history[-_REMEMBERED:]]
        composer = self._composer if not extracted else None
        yield Progress(None)
        full, rewriting = question, None
        if composer:
            full, rewriting = yield from composer.rewritten(question, history)
        with measured() as stages, outages() as missed:
            asked = self._asked(full, history if full == question else (), language, today, any_time=any_time)
            with stage("writing"):
                reply, found = self._found(full, asked, history)
            if full != question and not isinstance(reply, Answer):
                # What the model made of it finds nothing: as it was asked, it may.
                plain = self._asked(question, history, language, today, any_time=any_time)
                with stage("writing"):
                    again, found_again = self._found(question, plain, history)
                if isinstance(again, Answer):
                    reply, found, full = again, found_again, question
        if missed:
            notice = f"{reply.notice} {phrase('vectors_missed', reply.language)}".strip()
            reply = dataclasses.replace(reply, notice=notice)

        def told(reply: Reply) -> Reply:
            times = {"total": time.perf_counter() - started, **stages}
            usage = _together(reply.usage, rewriting)
            return dataclasses.replace(
                reply, question=asked_as, understood=full if full != question else "", usage=usage,
                timings={name: round(seconds, 4) for name, seconds in times.items()},
            )  # fmt: skip

        asked_as = " ".join(question.split()) if full != question else reply.question
        if not (composer and found and isinstance(reply, Answer)) or reply.check:
            yield Progress(told(reply), is_last=True)
            return
        # The generator of the composer is closed with this one, and with it the request. It stores behind the last.
        with contextlib.closing(composer.replies(found, reply, anew=anew)) as growing:
            shown: Reply | None = None
            for grown in growing:
                if grown.reply is not None:
                    shown = told(dataclasses.replace(grown.reply, notice=reply.notice))
                yield dataclasses.replace(grown, reply=shown)

    def _asked(
        self, question: str, history: Sequence[str], language: str | None, today: datetime.date, *, any_time: bool
    ) -> Question:  # fmt: skip
        with stage("understanding"):
            asked = understanding.understood(
                question, history=history, language=language, longest=self._longest, today=today
            )
            return dataclasses.replace(asked, periods=()) if any_time else asked

    def _found(
        self, question: str, asked: Question, history: Sequence[str]
    ) -> tuple[Reply, Finding | None]:  # fmt: skip
        """The reply in the articles' own words, and what it was made of where a model may write about that."""
        if (checked := self._about_quotation(question, asked, history)) is not None:
            return checked, None
        found = self._finder.found(asked, history)
        return _extracted(found), found if isinstance(found, Finding) else None

    def check(self, quotation: str, *, speaker: str = "", language: str | None = None) -> QuoteCheck:
        """Tell whether a quotation was said, by whom and what was changed. Raises UnusableQuestion.

        `language` is the one to explain in; without it, the quotation's own.
        """
        with outages() as missed:
            found = self._checker.check(quotation, speaker=speaker, language=language)
        if missed:
            told = f"{found.explanation} {phrase('vectors_missed', found.language)}".strip()
            found = dataclasses.replace(found, explanation=told)
        return found

    def suggestions(self, language: str) -> list[str]:
        """Return a few questions that the archive can answer, in `language`."""
        known = [s for s in self.archive.catalog.known_speakers(most=12) if speakers.named(s.name)][:3]
        asked = [phrase("suggest_statements", language, speaker=speaker.name) for speaker in known]
        titles = [article.title for article in self.archive.catalog.articles(limit=1) if article.title]
        return asked + [phrase("suggest_topic", language, title=title) for title in titles]

    def _about_quotation(self, question: str, asked: Question, history: Sequence[str]) -> Reply | None:
        """The check of the quotation that a message is or asks about; None where it is about none."""
        try:
            return self._checked(question, asked, history)
        except UnknownArticle:
            # An article was withdrawn while its words were being looked up: what is left is asked again.
            return self._checked(question, asked, history)

    def _checked(self, question: str, asked: Question, history: Sequence[str]) -> Reply | None:
        check: QuoteCheck | None = None
        language = asked.language
        if self.archive.catalog.is_empty():
            return None
        if (quoted := quoting.quoted(question, history=history, language=language)) is not None:
            language = quoted.language
            check = self.check(quoted.words, speaker=quoted.speaker, language=language)
        elif asked.asked is Asked.CLAIM and (who := antecedent(asked, history)):
            check = self._checker.retold(asked.topic, speaker=who, language=language)
        elif asked.asked is Asked.FACT and quoting.may_be_words(question):
            check = self._checker.recognised(question, language=language)
        return quoting.reply(check, self.archive, question=asked.text, language=language) if check else None


def _extracted(found: Outcome) -> Reply:
    """What was found, in the articles' own words."""
    if not isinstance(found, Finding):
        return found
    asked = found.asked
    draft = extraction.draft(found.evidence, opening=found.opening, language=asked.language, named=found.named)
    with stage("verification"):
        reply: Reply | None = verified(draft, question=asked.text, language=asked.language)
    reply = reply or abstention(asked, Reason.NOT_IN_ARTICLES, found.evidence[:_NEAREST])
    return dataclasses.replace(reply, notice=found.notice, filters=found.filters)


def _together(usage: Usage | None, other: Usage | None) -> Usage | None:
    """What two calls of a model were, as one."""
    if usage is None or other is None:
        return usage or other
    cost = usage.cost + other.cost if usage.cost is not None and other.cost is not None else None
    return Usage(
        usage.model, usage.input + other.input, usage.cached + other.cached, usage.output + other.output, cost,
        usage.calls + other.calls, usage.estimated or other.estimated,
    )  # fmt: skip
