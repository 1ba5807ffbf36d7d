"""The whole assistant: understand, retrieve, write, verify."""

from __future__ import annotations

import dataclasses
import datetime
import time
from collections.abc import Iterator, Sequence

from assistant import dates, quoting, speakers, statements, understanding
from assistant.citations import verified
from assistant.drafts import Evidence
from assistant.expected import asks_year
from assistant.models import Abstention, Answer, Filter, Progress, QuoteCheck, Reason, Reply
from assistant.periods import YEAR, described
from assistant.phrases import phrase
from assistant.quotecheck.checking import Checker
from assistant.retrieval import PassageRetriever, only_published
from assistant.understanding import Asked, Question
from assistant.writing import answerable, extraction, ranking, sources
from assistant.writing.ranking import Candidate
from ingest.archive.archive import Archive, Found, outages
from ingest.archive.catalog import KnownSpeaker, Statement
from ingest.embeddings.models import EmbeddingModel
from ingest.errors import UnknownArticle, UnusableQuestion
from ingest.models import Article, Span
from ingest.roles import is_role, is_somebody
from ingest.sentences import sentences
from ingest.timings import measured, stage

_NEAREST = 2
# A year counts as given by a sentence at least so likely to be the answer, by the likeliest: others date other things.
# Of 36 development questions for a year that can be answered this refuses one.
_AS_LIKELY = 0.7
# "Who spoke about …" looks into so many passages for statements, and names at most so many of these.
_SEARCHED_FOR_SPEAKERS = 12
_MOST_BY_ANYBODY = 6


class Assistant:
    """Answers questions from one archive, in its words alone."""

    def __init__(
        self, archive: Archive, model: EmbeddingModel, *, longest_question: int = 2000, answer_sentences: int = 4
    ) -> None:
        self.archive = archive
        self.model = model
        self.retriever = PassageRetriever(archive=archive, model=model)
        self._checker = Checker(archive, model)
        self._longest = longest_question
        self._limit = answer_sentences

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
    ) -> Iterator[Progress]:  # fmt: skip
        """Yield the reply as it grows, as `ask` returns it in the end. Closing the iterator stops the model."""
        del extracted, anew
        yield Progress(None)
        reply = self._extracted(question, history=history, language=language, today=today, any_time=any_time)
        yield Progress(reply, is_last=True)

    def _extracted(
        self, question: str, *, history: Sequence[str], language: str | None,
        today: datetime.date | None, any_time: bool,
    ) -> Reply:  # fmt: skip
        """The reply in the articles' own words."""
        today = today or datetime.date.today()
        started = time.perf_counter()
        with measured() as stages, outages() as missed:
            with stage("understanding"):
                asked = understanding.understood(
                    question, history=history, language=language, longest=self._longest, today=today
                )
                if any_time:
                    asked = dataclasses.replace(asked, periods=())
            with stage("writing"):
                try:
                    reply = self._about_quotation(question, asked, history) or self._reply(asked, history)
                except UnknownArticle:
                    # An article was withdrawn while its words were being looked up: what is left is asked again.
                    reply = self._about_quotation(question, asked, history) or self._reply(asked, history)
        if asked.periods and _narrows(asked, reply):
            reply = dataclasses.replace(reply, filters=_filters(asked, reply.language, "only_statements"))
        if missed:
            notice = f"{reply.notice} {phrase('vectors_missed', reply.language)}".strip()
            reply = dataclasses.replace(reply, notice=notice)
        times = {"total": time.perf_counter() - started, **stages}
        return dataclasses.replace(reply, timings={name: round(seconds, 4) for name, seconds in times.items()})

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
        check: QuoteCheck | None = None
        language = asked.language
        if self.archive.catalog.is_empty():
            return None
        if (quoted := quoting.quoted(question, history=history, language=language)) is not None:
            language = quoted.language
            check = self.check(quoted.words, speaker=quoted.speaker, language=language)
        elif asked.asked is Asked.CLAIM and (who := _antecedent(asked, history)):
            check = self._checker.retold(asked.topic, speaker=who, language=language)
        elif asked.asked is Asked.FACT and quoting.may_be_words(question):
            check = self._checker.recognised(question, language=language)
        return quoting.reply(check, self.archive, question=asked.text, language=language) if check else None

    def _reply(self, asked: Question, history: Sequence[str]) -> Reply:
        if self.archive.catalog.is_empty():
            return self._abstention(asked, Reason.EMPTY_ARCHIVE, [])
        reply: Reply | None = None
        if asked.asked in (Asked.STATEMENTS, Asked.CLAIM):
            who = _antecedent(asked, history)
            if who:
                reply = self._about_speaker(dataclasses.replace(asked, who=who))
            elif asked.periods:
                reply = self._by_anybody(asked)
        elif asked.asked is Asked.SPEAKERS:
            reply = self._by_anybody(asked)
        elif asked.asked is Asked.WHEN:
            reply = self._when(asked, history)
        else:
            reply = self._bare_name(asked)
        return reply or self._at_its_time(asked)

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
        if asked.whole:
            # "le ministre de la Défense" may be one speaker, or a speaker and a topic: who exists decides.
            whole = speakers.meant(asked.whole, self.archive.catalog)
            if whole.speakers and speakers.name_in(asked.whole) in ("", asked.whole):
                asked = dataclasses.replace(asked, who=asked.whole, topic="")
        meant = speakers.meant(asked.who, self.archive.catalog)
        if not meant.speakers:
            reason = self._absence(asked.who)
            if reason is None:
                return None
            candidates = self._weighed(asked, self._found(asked))
            nearest = extraction.best_sentences(candidates, self.archive, limit=_NEAREST)
            return self._abstention(asked, reason, nearest, speaker=asked.who)
        if not meant.is_one:
            names = ", ".join(speaker.name for speaker in meant.speakers[:8])
            firsts = [self.archive.catalog.statements(speaker.ids)[:1] for speaker in meant.speakers[:8]]
            nearest = self._cited([each for first in firsts for each in first])
            return self._abstention(asked, Reason.AMBIGUOUS_SPEAKER, nearest, names=names)
        if not meant.speakers[0].statements:
            speaker = meant.speakers[0]
            nearest = self._mentioning(speaker)
            return self._abstention(asked, Reason.SPEAKER_SAYS_NOTHING, nearest, speaker=speaker.name)
        return self._statements(asked, meant.speakers[0])

    def _absence(self, who: str) -> Reason | None:
        """Why nobody called `who` is among the speakers; None where it names nobody: a question of fact."""
        name = speakers.name_in(who)
        on_record = self.archive.catalog.words_on_record((name or who).split())
        if not name and is_somebody(who):
            return Reason.NO_STATEMENT_FOUND
        if not name:
            return None if on_record else Reason.SPEAKER_NOT_IN_ARTICLES
        if self.archive.catalog.stand_together(name):
            return Reason.SPEAKER_SAYS_NOTHING
        return Reason.NO_STATEMENT_FOUND if name.split()[-1] in on_record else Reason.SPEAKER_NOT_IN_ARTICLES

    def _statements(self, asked: Question, speaker: KnownSpeaker) -> Reply:
        """All statements of a speaker in order; those of a date, a sort or a topic, where the question names one."""
        said = [s for s in self.archive.catalog.statements(speaker.ids) if not s.quotation.nested]
        chosen = statements.selected(asked, said, self.archive, self.model)
        total, count = _counted(said), _counted(chosen)
        if not chosen and asked.periods:
            at_any_time = dataclasses.replace(asked, periods=())
            if otherwise := statements.selected(at_any_time, said, self.archive, self.model):
                return self._abstention(asked, Reason.NOT_IN_PERIOD, self._cited(otherwise[:_NEAREST]))
        if not chosen:
            nearest = self._cited(said[:_NEAREST])
            return self._abstention(
                asked, Reason.SPEAKER_NOT_ON_TOPIC, nearest, speaker=speaker.name, total=str(total)
            )  # fmt: skip
        key = f"statements{'_about' if count < total or asked.topic else ''}_{'one' if count == 1 else 'many'}"
        opening = phrase(key, asked.language, speaker=speaker.name, count=count, total=total)
        evidence = extraction.distinct(extraction.told(each) for each in self._cited(chosen))
        return self._answer(asked, evidence, opening)

    def _by_anybody(self, asked: Question) -> Reply | None:
        """The statements about a topic or of a date, whoever made them; None where the ledger knows none."""
        query = asked.topic or asked.text
        found = statements.in_passages(
            query, asked.language, self.archive, self.model, limit=_SEARCHED_FOR_SPEAKERS,
            published=only_published(asked.periods),
        )  # fmt: skip
        chosen = statements.selected(asked, found, self.archive, self.model)[:_MOST_BY_ANYBODY]
        if not chosen:
            return None
        names = ", ".join(dict.fromkeys(each.quotation.speaker or "" for each in chosen))
        evidence = extraction.distinct(extraction.whole_sentence(each) for each in self._cited(chosen))
        return self._answer(asked, evidence, phrase("said_by", asked.language, names=names))

    def _when(self, asked: Question, history: Sequence[str]) -> Reply | None:
        """The sentences that date what the question before was answered with, or the dates of its articles."""
        earlier = self._reply(
            understanding.understood(history[-1], history=history[:-1], longest=10**6, today=asked.asked_on),
            history[:-1],
        )
        if not isinstance(earlier, Answer):
            return None
        dated = dict[tuple[str, Span], Evidence]()
        for citation in earlier.citations:
            article = self.archive.catalog.article(citation.article_id, citation.version)
            around = statements.paragraph(article, citation.span)
            for span in sentences(article.text, article.language, within=around):
                if any(dates.days(span.of(article.text))):
                    dated.setdefault((article.id, span), Evidence(article, span))
        published = ", ".join(dict.fromkeys(filter(None, (c.published for c in earlier.citations))))
        opening = phrase("published", asked.language, dates=published) if published else ""
        if not dated and not published:
            return self._abstention(asked, Reason.NO_DATE, self._cited_again(earlier))
        evidence = list(dated.values()) or self._cited_again(earlier)
        return self._answer(asked, evidence[: self._limit], opening or phrase("evidence", asked.language))

    def _at_its_time(self, asked: Question) -> Reply:
        """What the passages of the time asked about answer; where there are none, the nearest of any other time."""
        days = only_published(asked.periods)
        if days and not self.archive.catalog.is_dated():
            words = ", ".join(each.words for each in asked.periods)
            reply = self._from_passages(dataclasses.replace(asked, query=_in_words(asked), periods=()))
            return dataclasses.replace(reply, notice=phrase("undated_articles", asked.language, words=words))
        reply = self._from_passages(asked)
        if isinstance(reply, Answer) and asks_year(asked.text, asked.language) and not self._gives_year(asked):
            reply = self._abstention(asked, Reason.NO_YEAR, self._cited_again(reply))
        elif isinstance(reply, Abstention) and days:
            otherwise = self._from_passages(dataclasses.replace(asked, periods=()))
            if _is_of_now(asked) and not self.archive.catalog.count_passages(days):
                # "This week" of an archive that ends before is its own news, not nothing.
                return dataclasses.replace(otherwise, notice=phrase("none_from_then", asked.language))
            if isinstance(otherwise, Answer) or not self.archive.catalog.count_passages(days):
                nearest = self._cited_again(otherwise)
                reply = self._abstention(asked, Reason.NOT_IN_PERIOD, nearest)
        return dataclasses.replace(reply, filters=_filters(asked, asked.language))

    def _from_passages(self, asked: Question) -> Reply:
        """The best sentences of the best passages, or why there are none."""
        found = self._found(asked)
        candidates = self._weighed(asked, found)
        if not answerable.is_answered(asked.query, candidates, found, language=asked.language):
            nearest = extraction.best_sentences(candidates, self.archive, limit=_NEAREST)
            return self._abstention(asked, Reason.NOT_IN_ARTICLES, nearest)
        evidence = extraction.best_sentences(candidates, self.archive, limit=self._limit)
        if others := sources.differing(asked.query, evidence, candidates, language=asked.language):
            beside = [each for each in evidence if not any(_overlap(each, other) for other in others)]
            both = [*beside[:1], *others, *beside[1:]][: self._limit]
            return self._answer(asked, both, phrase("sources_differ", asked.language), named=True)
        return self._answer(asked, evidence, phrase("evidence", asked.language))

    def _gives_year(self, asked: Question) -> bool:
        """Whether a sentence that may well be the answer states a year, which the question does not, or its article
        when it was published."""
        candidates = self._weighed(asked, self._found(asked))
        likely = _AS_LIKELY * max((each.probability for each in candidates), default=0.0)
        named = set(YEAR.findall(asked.query))
        return any(
            each.article.published or set(YEAR.findall(each.text)) - named
            for each in candidates if each.probability >= likely
        )  # fmt: skip

    def _answer(self, asked: Question, evidence: Sequence[Evidence], opening: str, *, named: bool = False) -> Reply:
        """The evidence as an answer, each piece with its source before it where that is to be `named`."""
        draft = extraction.draft(evidence, opening=opening, language=asked.language, named=named)
        with stage("verification"):
            answer = verified(draft, question=asked.text, language=asked.language)
        return answer or self._abstention(asked, Reason.NOT_IN_ARTICLES, evidence[:_NEAREST])

    def _abstention(
        self, asked: Question, reason: Reason, nearest: Sequence[Evidence], **named: str
    ) -> Abstention:  # fmt: skip
        """A reply that says why, with the nearest evidence, which is no answer."""
        cited = tuple(each.citation(number) for number, each in enumerate(nearest, 1))
        return Abstention(asked.text, asked.language, reason, phrase(reason.value, asked.language, **named), cited)

    def _found(self, asked: Question) -> list[Found]:
        return self.retriever.found(asked.query, language=asked.language, limit=ranking.SEARCHED, periods=asked.periods)

    def _weighed(self, asked: Question, found: Sequence[Found]) -> list[Candidate]:
        weighed = ranking.weighed(asked.query, found, self.archive, self.model, language=asked.language)
        return sources.one_each(weighed, self.archive)

    def _cited(self, said: Sequence[Statement]) -> list[Evidence]:
        """The statements as evidence, each article read once."""
        articles: dict[tuple[str, int], Article] = {}
        evidence = []
        for each in said:
            place = (each.article_id, each.version)
            if place not in articles:
                articles[place] = self.archive.catalog.article(*place)
            evidence.append(Evidence(articles[place], each.quotation.span, each.quotation))
        return evidence

    def _cited_again(self, reply: Reply) -> list[Evidence]:
        cited = reply.citations if isinstance(reply, Answer) else reply.nearest
        return [Evidence(self.archive.catalog.article(c.article_id, c.version), c.span) for c in cited[:_NEAREST]]

    def _mentioning(self, speaker: KnownSpeaker) -> list[Evidence]:
        """Sentences that name somebody who says nothing: others' statements about them first."""
        evidence = []
        for article_id, mentions in self.archive.catalog.mentions(speaker.ids)[:_NEAREST]:
            article = self.archive.catalog.article(article_id)
            said = self.archive.catalog.ledger(article_id).quotations
            about = [q for q in said if q.speaker and any(q.span.overlaps(mention) for mention in mentions)]
            if about:
                evidence += [Evidence(article, quotation.span, quotation) for quotation in about[:_NEAREST]]
                continue
            around = statements.paragraph(article, mentions[0])
            inside = sentences(article.text, article.language, within=around)
            evidence += [Evidence(article, span) for span in inside if span.overlaps(mentions[0])]
        return evidence[:_NEAREST]


def _antecedent(asked: Question, history: Sequence[str]) -> str:
    """Whom the question names; for a pronoun, whoever the conversation last asked about."""
    if asked.who and not understanding.is_pronoun(asked.who):
        return asked.who
    for number in range(len(history) - 1, max(-1, len(history) - 9), -1):
        try:
            earlier = understanding.understood(history[number], history=history[:number], longest=10**6)
        except UnusableQuestion:
            continue
        if earlier.who and not understanding.is_pronoun(earlier.who):
            return earlier.who
    return ""


def _is_of_now(asked: Question) -> bool:
    """Whether the question is about the days just now ("this week"), and no others."""
    return all(each.start and each.end and each.includes(asked.asked_on) for each in asked.periods)


def _overlap(one: Evidence, other: Evidence) -> bool:
    return one.article.id == other.article.id and one.span.overlaps(other.span)


def _narrows(asked: Question, reply: Reply) -> bool:
    """Whether what was asked about a time made a reply from statements what it is."""
    if reply.filters or reply.notice or reply.check or asked.asked is Asked.WHEN:
        return False
    return isinstance(reply, Answer) or reply.reason in (Reason.NOT_IN_PERIOD, Reason.SPEAKER_NOT_ON_TOPIC)


def _filters(asked: Question, language: str, sort: str = "") -> tuple[Filter, ...]:
    """The times asked about, in words: those of a sort of their own, or as they narrow a search in passages."""
    return tuple(
        Filter(
            "period",
            described(each, language, sort=sort or ("only_articles" if each.restricts else "first")),
            each.words,
            excludes=bool(sort) or each.restricts,
            start=each.start.isoformat() if each.start else "",
            end=each.end.isoformat() if each.end else "",
        )
        for each in asked.periods
    )


def _in_words(asked: Question) -> str:
    """What to search by where no article is dated: some say "this year" themselves."""
    if asked.query == understanding.timeless(asked.text):
        return asked.text
    return f"{asked.query} {asked.text}"


def _counted(said: Sequence[Statement]) -> int:
    """How many statements these are: parts that an attribution splits are one."""
    return len({(s.article_id, s.number if s.quotation.group is None else ("group", s.quotation.group)) for s in said})
