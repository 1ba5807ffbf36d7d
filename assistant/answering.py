"""The whole assistant: understand, retrieve, write, verify."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence

from assistant import speakers, understanding
from assistant.citations import verified
from assistant.drafts import Evidence
from assistant.models import Abstention, Reason, Reply
from assistant.phrases import phrase
from assistant.retrieval import PassageRetriever
from assistant.understanding import Asked, Question
from assistant.writing import extraction
from ingest.archive.archive import Archive, Found
from ingest.archive.catalog import KnownSpeaker, Statement
from ingest.embeddings.models import EmbeddingModel
from ingest.errors import UnusableQuestion
from ingest.models import Article
from ingest.roles import is_role

_SEARCHED = 8
_NEAREST = 2
# Below this score of the best passage, nothing in the articles is about the question. On the development questions
# over news it refuses every question on an absent subject and one answerable question in fifty; over encyclopaedia
# articles it keeps 90 % and refuses 76 % (`docs/retrieval.md`).
_ABOUT_NOTHING = 0.43
# Statements "about" something come this near to the nearest of them, which itself must come near.
_ABOUT_MARGIN = 0.88
_ABOUT_FLOOR = 0.32


class Assistant:
    """Answers questions from one archive, in its words alone."""

    def __init__(
        self, archive: Archive, model: EmbeddingModel, *, longest_question: int = 2000, answer_sentences: int = 4
    ) -> None:
        self.archive = archive
        self.model = model
        self.retriever = PassageRetriever(archive=archive, model=model)
        self._longest = longest_question
        self._limit = answer_sentences

    def ask(self, question: str, *, history: Sequence[str] = (), language: str | None = None) -> Reply:
        """Answer a question, given the earlier ones of the conversation, oldest first.

        `language` stands in where the question's own cannot be told. Raises UnusableQuestion.
        """
        started = time.perf_counter()
        asked = understanding.understood(question, history=history, language=language, longest=self._longest)
        reply = self._reply(asked, history)
        seconds = round(time.perf_counter() - started, 4)
        return dataclasses.replace(reply, timings={"total": seconds})

    def suggestions(self, language: str) -> list[str]:
        """Return a few questions that the archive can answer, in `language`."""
        known = [s for s in self.archive.catalog.known_speakers() if s.statements and speakers.named(s.name)][:3]
        asked = [phrase("suggest_statements", language, speaker=speaker.name) for speaker in known]
        titles = [article.title for article in self.archive.catalog.articles(limit=1)]
        return asked + [phrase("suggest_topic", language, title=title) for title in titles]

    def _reply(self, asked: Question, history: Sequence[str]) -> Reply:
        if not self.archive.status().articles:
            return self._abstention(asked, Reason.EMPTY_ARCHIVE, [])
        if asked.asked in (Asked.STATEMENTS, Asked.CLAIM):
            who = _antecedent(asked, history)
            if who and (reply := self._about_speaker(dataclasses.replace(asked, who=who))):
                return reply
        elif asked.asked is Asked.FACT and (reply := self._bare_name(asked)):
            return reply
        return self._from_passages(asked)

    def _bare_name(self, asked: Question) -> Reply | None:
        """A question that is nothing but a name, or a role, asks for what its bearer said."""
        words = asked.text.strip(" ?!.¿¡")
        if len(words.split()) > 6 or (len(words.split()) > 3 and not is_role(words)):
            return None
        meant = speakers.meant(words, self.archive.catalog)
        if not meant.is_one or not meant.speakers[0].statements or (meant.by_role and not is_role(words)):
            return None
        return self._statements(asked, meant.speakers[0])

    def _about_speaker(self, asked: Question) -> Reply | None:
        """What the ledger says of a speaker; None where `who` is no speaker at all, and the question one of fact."""
        meant = speakers.meant(asked.who, self.archive.catalog)
        if not meant.speakers:
            absent = speakers.named(asked.who) or not self.archive.catalog.words_on_record(asked.who.split())
            if not absent:
                return None
            return self._abstention(asked, Reason.SPEAKER_NOT_IN_ARTICLES, self._found(asked), speaker=asked.who)
        if not meant.is_one:
            names = ", ".join(speaker.name for speaker in meant.speakers[:8])
            return self._abstention(asked, Reason.AMBIGUOUS_SPEAKER, self._found(asked), names=names)
        if not meant.speakers[0].statements:
            name = meant.speakers[0].name
            found = self._found(dataclasses.replace(asked, query=name))
            return self._abstention(asked, Reason.SPEAKER_SAYS_NOTHING, found, speaker=name)
        return self._statements(asked, meant.speakers[0])

    def _statements(self, asked: Question, speaker: KnownSpeaker) -> Reply:
        """All statements of a speaker in order; with a topic, those nearest to it."""
        name = speaker.name
        said = [s for s in self.archive.catalog.statements(speaker.ids) if not s.quotation.nested]
        if not said:
            return self._abstention(asked, Reason.SPEAKER_SAYS_NOTHING, self._found(asked), speaker=name)
        total = _counted(said)
        chosen = self._nearest_statements(asked, said) if asked.topic else said
        if not chosen:
            found = self._found(asked)
            return self._abstention(asked, Reason.SPEAKER_NOT_ON_TOPIC, found, speaker=name, total=str(total))
        count = _counted(chosen)
        key = f"statements{'_about' if count < total else ''}_{'one' if count == 1 else 'many'}"
        opening = phrase(key, asked.language, speaker=name, count=count, total=total)
        articles: dict[tuple[str, int], Article] = {}
        evidence = []
        for each in chosen:
            place = (each.article_id, each.version)
            if place not in articles:
                articles[place] = self.archive.catalog.article(*place)
            evidence.append(Evidence(articles[place], each.quotation.span, each.quotation))
        draft = extraction.draft(evidence, opening=opening, language=asked.language)
        answer = verified(draft, question=asked.text, language=asked.language)
        return answer or self._abstention(asked, Reason.NOT_IN_ARTICLES, self._found(asked))

    def _nearest_statements(self, asked: Question, said: Sequence[Statement]) -> list[Statement]:
        """Those statements whose meaning comes nearest to the topic, in order; none where none is near."""
        candidates = list(said)[:200]
        topic = self.model.question(asked.topic, asked.language)
        vectors = self.model.centring.of_passages(
            self.model.passages([s.text for s in candidates]), [s.language for s in candidates]
        )
        cosines = vectors @ topic
        if float(cosines.max()) < _ABOUT_FLOOR:
            return []
        floor = float(cosines.max()) * _ABOUT_MARGIN
        return [s for s, cosine in zip(candidates, cosines, strict=True) if cosine >= floor]

    def _from_passages(self, asked: Question) -> Reply:
        """The best sentences of the best passages, or why there are none."""
        found = self._found(asked)
        if not found or found[0].score < _ABOUT_NOTHING:
            return self._abstention(asked, Reason.NOT_IN_ARTICLES, found)
        evidence = extraction.best_sentences(
            asked.query, found, self.archive, self.model, language=asked.language, limit=self._limit
        )
        draft = extraction.draft(evidence, opening=phrase("evidence", asked.language), language=asked.language)
        answer = verified(draft, question=asked.text, language=asked.language)
        return answer or self._abstention(asked, Reason.NOT_IN_ARTICLES, found)

    def _found(self, asked: Question) -> list[Found]:
        return self.retriever.found(asked.query, language=asked.language, limit=_SEARCHED)

    def _abstention(self, asked: Question, reason: Reason, found: Sequence[Found], **named: str) -> Abstention:
        """A reply that says why, with the nearest evidence, which is no answer."""
        evidence = extraction.best_sentences(
            asked.query, found, self.archive, self.model, language=asked.language, limit=_NEAREST
        )
        nearest = tuple(each.citation(number) for number, each in enumerate(evidence, 1))
        text = phrase(reason.value, asked.language, **named)
        return Abstention(asked.text, asked.language, reason, text, nearest)


def _antecedent(asked: Question, history: Sequence[str]) -> str:
    """Whom the question names; for a pronoun, whoever the conversation last asked about."""
    if asked.who and not understanding.is_pronoun(asked.who):
        return asked.who
    for number in range(len(history) - 1, -1, -1):
        try:
            earlier = understanding.understood(history[number], history=history[:number], longest=10**6)
        except UnusableQuestion:
            continue
        if earlier.who and not understanding.is_pronoun(earlier.who):
            return earlier.who
    return ""


def _counted(statements: Sequence[Statement]) -> int:
    """How many statements these are: parts that an attribution splits are one."""
    return len(
        {(s.article_id, s.number if s.quotation.group is None else ("group", s.quotation.group)) for s in statements}
    )
