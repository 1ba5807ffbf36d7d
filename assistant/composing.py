"""An answer composed by a chat model from what was found: each sentence verified before it is shown."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import hashlib
import time
from collections.abc import Generator, Sequence

from assistant.citations import composed, verified
from assistant.conversations import reply_of, stored, titles
from assistant.drafts import DraftSentence, Evidence
from assistant.finding import Finding
from assistant.generating import prompts
from assistant.generating.prose import Beat, Forget
from assistant.generating.writer import Asking, ChatWriter, Declined, Piece
from assistant.models import Abstention, Answer, Citation, Hand, Progress, Reason, Reply, Sentence, Usage
from assistant.phrases import phrase
from assistant.quotecheck.words import words_of
from assistant.verification.sentences import Judgement, judged
from assistant.writing import extraction
from ingest.archive.archive import Archive
from ingest.archive.records import Spent
from ingest.errors import ArchiveUnusable, ModelFailed, UnknownArticle
from ingest.models import CastMember, Quotation

# To be raised when verification changes what it lets through, or what completes an answer: kept answers were let
# through by another.
_VERIFIER = 5
# A statement counts as told where a sentence cites so much of it, and holds so much of its words.
_TOLD = 0.8
# A server that did not answer is left alone for so many seconds, or as many as it asks for up to an hour: the next
# questions need not wait for it.
_PAUSE, _LONGEST_PAUSE = 20.0, 3600.0
_PAUSED_BY = frozenset({"unreachable", "timeout", "rate", "overloaded"})


class Composer:
    """Writes answers with a chat model, within its budget, and keeps them."""

    def __init__(self, archive: Archive, writer: ChatWriter) -> None:
        self.writer = writer
        self._archive = archive
        self._paused_until = 0.0
        self._paused_by = ""
        # What could not be noted yet, since somebody else was writing.
        self._unnoted = collections.deque[Usage]()

    def rewritten(
        self, question: str, history: Sequence[str]
    ) -> Generator[Progress, None, tuple[str, Usage | None]]:  # fmt: skip
        """Return a follow-up question as it can be understood alone, and what that cost; as it is where that fails.

        Closing the iterator stops the model.
        """
        if not history or self.writer.mode != "prose" or self._refusal():
            return question, None
        rewritten = question
        yield Progress(None, is_writing=True)
        asking = self.writer.rewritten(question, history)
        try:
            for piece in asking:
                if isinstance(piece, Beat):
                    yield Progress(None, is_writing=True)
                else:
                    rewritten = piece
        except ModelFailed as error:
            self._pause(error)
        finally:
            asking.close()
            self._note(asking.usage)
        return rewritten, asking.usage

    def replies(
        self, found: Finding, extracted: Answer, *, anew: bool = False
    ) -> Generator[Progress, None, None]:  # fmt: skip
        """Yield the reply as it grows, None where nothing is new; the last one is all of it.

        Closing the iterator stops the model. Where the model fails, or writes nothing that can be verified, the
        articles' own words complete the answer. What it cost is noted, and the answer kept, behind the last one or
        when it is closed: nobody waits with an answer for whoever else is writing to the archive.
        """
        language = found.asked.language
        if self.writer.mode == "select" and found.of_ledger:
            # All of the ledger is shown anyway.
            yield Progress(extracted, is_last=True)
            return
        evidence = material(found, self._archive)
        key = self._key(found, evidence)
        if not anew and (kept := self._kept(key, found, extracted)) is not None:
            yield Progress(kept, is_last=True)
            return
        if refusal := self._refusal():
            yield Progress(dataclasses.replace(extracted, fallback=phrase(refusal, language)), is_last=True)
            return
        yield Progress(None, is_writing=True)
        writing = self.writer.written(found.asked.text, evidence, language=language)
        to_keep: Reply | None = None
        try:
            whole, is_the_models = yield from self._growing(found, extracted, evidence, writing)
            whole = dataclasses.replace(whole, usage=writing.usage)
            to_keep = whole if is_the_models else None
            yield Progress(whole, is_last=True)
        finally:
            writing.close()
            self._note(writing.usage)
            if to_keep is not None:
                self._keep(key, to_keep)

    def _growing(
        self, found: Finding, extracted: Answer, evidence: Sequence[Evidence], writing: Asking[Piece]
    ) -> Generator[Progress, None, tuple[Reply, bool]]:  # fmt: skip
        """The answer as it grows; returns all of it, and whether it is all that the model has to say."""
        language = found.asked.language
        judgements, chosen, fallback, declined = list[Judgement](), list[Evidence](), "", False
        answer: Answer | None = None
        try:
            for piece in writing:
                if isinstance(piece, Beat):
                    yield Progress(None, is_writing=True)
                    continue
                if isinstance(piece, Forget):
                    judgements.clear()
                    # Whoever stops the model now is left with the articles' own words, not with a thought.
                    yield Progress(extracted if answer is not None else None, is_writing=True)
                    answer = None
                    continue
                if isinstance(piece, DraftSentence):
                    judgements.append(judged(piece, evidence, language=language))
                elif isinstance(piece, Declined):
                    declined = True
                else:
                    chosen.append(piece)
                if chosen:
                    answer = _of_chosen(chosen, found)
                elif not declined and not judgements[-1].omission:
                    answer = _of_sentences(judgements, found)
                if answer is not None:
                    hand = Hand.CHOSE if chosen else Hand.WROTE
                    answer = dataclasses.replace(answer, model=self.writer.chosen.name, hand=hand, usage=writing.usage)
                    if not declined:
                        yield Progress(answer, is_writing=True)
        except ModelFailed as error:
            self._pause(error)
            fallback = phrase(f"model_failed_{error.failure}", language)
        left_out = tuple(each.omission for each in judgements if each.omission)
        if declined and answer is None and not found.of_ledger:
            nearest = tuple(dataclasses.replace(each, number=n) for n, each in enumerate(extracted.citations[:2], 1))
            reason = Reason.NOT_IN_ARTICLES
            abstention = Abstention(
                found.asked.text, language, reason, phrase("model_declined", language), nearest,
                notice=found.notice, filters=found.filters,
            )  # fmt: skip
            return abstention, True
        if answer is None and not fallback and not declined:
            fallback = phrase("model_nothing_left", language)
        whole = completed(answer, extracted, all_of_it=found.of_ledger or bool(fallback))
        is_the_models = not fallback
        if declined and answer is None and not fallback:
            fallback = phrase("model_declined_ledger", language)
        whole = dataclasses.replace(
            whole, left_out=left_out, fallback=fallback, notice=found.notice, filters=found.filters
        )
        return whole, is_the_models

    def _refusal(self) -> str:
        """The phrase that says why no model is asked now; "" where one is."""
        chosen = self.writer.chosen
        if time.monotonic() < self._paused_until:
            return f"model_failed_{self._paused_by}"
        if chosen.daily_dollars is None and chosen.daily_tokens is None:
            return ""
        try:
            spent = self._archive.catalog.spent_today()
        except ArchiveUnusable:
            return ""
        unnoted = list(self._unnoted)
        cost = spent.cost + sum(each.cost or 0.0 for each in unnoted)
        used = spent.input + spent.output + sum(each.input + each.output for each in unnoted)
        over_dollars = chosen.daily_dollars is not None and cost >= chosen.daily_dollars
        over_tokens = chosen.daily_tokens is not None and used >= chosen.daily_tokens
        return "model_budget_spent" if over_dollars or over_tokens else ""

    def _pause(self, error: ModelFailed) -> None:
        if error.failure in _PAUSED_BY:
            pause = max(_PAUSE, min(error.wait or 0.0, _LONGEST_PAUSE))
            self._paused_until, self._paused_by = time.monotonic() + pause, error.failure

    def _note(self, usage: Usage) -> None:
        self._unnoted.append(usage)
        with contextlib.suppress(IndexError):
            while True:
                each = self._unnoted.popleft()
                spent = Spent(each.calls, each.input, each.cached, each.output, each.cost or 0.0)
                try:
                    self._archive.catalog.note_spending(each.model, spent)
                except ArchiveUnusable:
                    self._unnoted.append(each)
                    return

    def _keep(self, key: str, reply: Reply) -> None:
        with contextlib.suppress(ArchiveUnusable):
            self._archive.catalog.keep_answer(key, stored(reply), article_ids=titles(reply).keys())

    def _key(self, found: Finding, evidence: Sequence[Evidence]) -> str:
        chosen = self.writer.chosen
        parts = [
            self._archive.catalog.fingerprint(), str(prompts.VERSION), str(_VERIFIER), chosen.place, chosen.name,
            self.writer.mode, chosen.effort, str(chosen.temperature), found.asked.language, found.asked.text,
            found.asked.query, found.opening,
            *(f"{each.article.id}:{each.article.version}:{each.span.start}:{each.span.end}" for each in evidence),
        ]  # fmt: skip
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def _kept(self, key: str, found: Finding, extracted: Answer) -> Reply | None:
        try:
            kept = reply_of(self._archive.catalog.kept_answer(key))
        except ArchiveUnusable:
            return None
        if kept is None:
            return None
        usage = Usage(self.writer.chosen.name, cost=0.0 if self.writer.chosen.prices else None, calls=0)
        # "Since last week" is of the day it is asked on.
        return dataclasses.replace(
            kept, question=extracted.question, usage=usage, filters=found.filters, notice=found.notice
        )


def material(found: Finding, archive: Archive) -> tuple[Evidence, ...]:
    """Return what a model may read and cite: all statements of the ledger, else the best passages.

    Each comes with the statements of its article that overlap it and the people the article names, for a draft to be
    compared with.
    """
    pieces = list(found.evidence)
    if found.passages:
        articles = {each.article.id: each.article for each in found.evidence}
        for passage in found.passages:
            if passage.article_id not in articles:
                with contextlib.suppress(UnknownArticle):
                    articles[passage.article_id] = archive.catalog.article(passage.article_id)
        pieces = [
            Evidence(articles[passage.article_id], passage.span)
            for passage in found.passages
            # One that was withdrawn in between is gone; a correction has other words at that place.
            if passage.article_id in articles and articles[passage.article_id].version == passage.version
        ]
    known = dict[str, tuple[tuple[Quotation, ...], tuple[CastMember, ...]]]()
    for each in pieces:
        if each.article.id not in known:
            ledger = archive.catalog.ledger(each.article.id)
            known[each.article.id] = ledger.quotations, ledger.cast
    return tuple(
        dataclasses.replace(
            each,
            said=tuple(said for said in known[each.article.id][0] if said.span.overlaps(each.span)),
            cast=known[each.article.id][1],
        )
        for each in pieces
    )


def _of_sentences(judgements: Sequence[Judgement], found: Finding) -> Answer | None:
    """What a model wrote, as far as it stands."""
    asked, opening = found.asked, found.opening if found.of_ledger else ""
    answer = composed(judgements, question=asked.text, language=asked.language, opening=opening)
    return dataclasses.replace(answer, notice=found.notice, filters=found.filters) if answer else None


def _of_chosen(chosen: Sequence[Evidence], found: Finding) -> Answer | None:
    """The stretches that a model chose, as they are printed."""
    asked = found.asked
    whole = [
        dataclasses.replace(each, quotation=next((q for q in each.said if q.span == each.span), None))
        for each in chosen
    ]
    draft = extraction.draft(whole, opening=found.opening, language=asked.language, named=found.named)
    answer = verified(draft, question=asked.text, language=asked.language)
    return dataclasses.replace(answer, notice=found.notice, filters=found.filters) if answer else None


def completed(answer: Answer | None, extracted: Answer, *, all_of_it: bool) -> Answer:
    """Return what a model wrote, followed by what it did not tell of the extracted answer.

    Where it wrote nothing that stands, that is all of it; else it is only wanted where `all_of_it` is. Told is what a
    verified sentence says in these words: to cite a statement is not to say it.
    """
    if answer is None:
        return extracted
    if not all_of_it:
        return answer
    by_number = {each.number: each for each in extracted.citations}
    citations, sentences = list(answer.citations), list(answer.sentences)
    for sentence in extracted.sentences:
        cited = [by_number[number] for number in sentence.citations]
        if all(_is_told(each, answer) for each in cited):
            continue
        numbers = []
        for each in cited:
            citations.append(dataclasses.replace(each, number=len(citations) + 1))
            numbers.append(len(citations))
        sentences.append(Sentence(sentence.text, tuple(numbers)))
    return dataclasses.replace(answer, sentences=tuple(sentences), citations=tuple(citations))


def _is_told(citation: Citation, answer: Answer) -> bool:
    by_number = {each.number: each for each in answer.citations}
    wanted = collections.Counter(words_of(citation.text).keys)
    return any(
        sentence.verified
        and _is_covered(citation, [by_number[number] for number in sentence.citations])
        and (wanted & collections.Counter(words_of(sentence.text).keys)).total() >= _TOLD * wanted.total()
        for sentence in answer.sentences
    )


def _is_covered(citation: Citation, cited: Sequence[Citation]) -> bool:
    covered = set[int]()
    for each in cited:
        if (each.article_id, each.version) == (citation.article_id, citation.version):
            covered.update(range(max(each.span.start, citation.span.start), min(each.span.end, citation.span.end)))
    return len(covered) >= _TOLD * len(citation.span)
