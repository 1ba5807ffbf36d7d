"""What answers a question: evidence from the ledger or from passages, or why there is none."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from assistant import dates, speakers, statements, understanding
from assistant.drafts import Evidence
from assistant.expected import asks_year
from assistant.models import Abstention, Filter, Reason
from assistant.periods import YEAR, described
from assistant.phrases import phrase
from assistant.retrieval import PassageRetriever, only_published
from assistant.understanding import Asked, Question
from assistant.writing import answerable, extraction, ranking, sources
from assistant.writing.ranking import Candidate
from ingest.archive.archive import Archive, Found
from ingest.archive.catalog import KnownSpeaker, Statement
from ingest.embeddings.models import EmbeddingModel
from ingest.errors import UnknownArticle, UnusableQuestion
from ingest.models import Article, Passage, Span
from ingest.roles import is_role, is_somebody
from ingest.sentences import sentences

_NEAREST = 2
# A year counts as given by a sentence at least so likely to be the answer, by the likeliest: others date other things.
# Of 36 development questions for a year that can be answered this refuses one.
_AS_LIKELY = 0.7
# "Who spoke about …" looks into so many passages for statements, and names at most so many of these.
_SEARCHED_FOR_SPEAKERS = 12
_MOST_BY_ANYBODY = 6
# So many of the best passages are read by whoever writes about them.
_READ = 8


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """The evidence that answers a question, best first, or in the order of the ledger.

    `opening` is a line before it that states nothing more. `of_ledger` tells that the evidence is all that was said,
    none of which an answer may leave out; else `passages` are what there is to read around it. The source of each
    piece is `named` where sources differ. `notice` and `filters` are as in a reply.
    """

    asked: Question
    evidence: tuple[Evidence, ...]
    opening: str
    of_ledger: bool = False
    passages: tuple[Passage, ...] = ()
    named: bool = False
    notice: str = ""
    filters: tuple[Filter, ...] = ()


Outcome = Finding | Abstention


class Finder:
    """Finds what answers questions in one archive."""

    def __init__(self, archive: Archive, model: EmbeddingModel, *, answer_sentences: int = 4) -> None:
        self.archive = archive
        self.model = model
        self.retriever = PassageRetriever(archive=archive, model=model)
        self._limit = answer_sentences

    def found(self, asked: Question, history: Sequence[str] = ()) -> Outcome:
        """Return the evidence that answers a question, or why there is none.

        `history` are the earlier questions of the conversation, oldest first.
        """
        try:
            found = self._outcome(asked, history)
        except UnknownArticle:
            # An article was withdrawn while its words were being looked up: what is left is asked again.
            found = self._outcome(asked, history)
        if asked.periods and _narrows(asked, found):
            found = dataclasses.replace(found, filters=_filters(asked, asked.language, "only_statements"))
        return found

    def _outcome(self, asked: Question, history: Sequence[str]) -> Outcome:
        if self.archive.catalog.is_empty():
            return abstention(asked, Reason.EMPTY_ARCHIVE, [])
        found: Outcome | None = None
        if asked.asked in (Asked.STATEMENTS, Asked.CLAIM):
            who = antecedent(asked, history)
            if who:
                found = self._about_speaker(dataclasses.replace(asked, who=who))
            elif asked.periods:
                found = self._by_anybody(asked)
        elif asked.asked is Asked.SPEAKERS:
            found = self._by_anybody(asked)
        elif asked.asked is Asked.WHEN:
            found = self._when(asked, history)
        else:
            found = self._bare_name(asked)
        return found or self._at_its_time(asked)

    def _bare_name(self, asked: Question) -> Outcome | None:
        """A question that is nothing but a name, or a role, asks for what its bearer said."""
        words = asked.text.strip(" ?!.¿¡")
        if len(words.split()) > 6 or (len(words.split()) > 3 and not is_role(words)):
            return None
        meant = speakers.meant(words, self.archive.catalog)
        if not meant.is_one or not meant.speakers[0].statements or (meant.by_role and not is_role(words)):
            return None
        return self._of(asked, meant, words)

    def _about_speaker(self, asked: Question) -> Outcome | None:
        """What the ledger says of a speaker; None where `who` is no speaker at all, and the question one of fact."""
        if asked.whole:
            # "le ministre de la Défense" may be one speaker, or a speaker and a topic: who exists decides.
            whole = speakers.meant(asked.whole, self.archive.catalog, by_ear=False)
            if whole.speakers and speakers.name_in(asked.whole) in ("", asked.whole):
                asked = dataclasses.replace(asked, who=asked.whole, topic="")
        meant = speakers.meant(asked.who, self.archive.catalog)
        if not meant.speakers:
            reason = self._absence(asked.who)
            if reason is None:
                return None
            return abstention(asked, reason, self._nearest(self._searched(asked)), speaker=asked.who)
        if not meant.is_one:
            names = ", ".join(speaker.name for speaker in meant.speakers[:8])
            firsts = [self.archive.catalog.statements(speaker.ids)[:1] for speaker in meant.speakers[:8]]
            nearest = self._cited([each for first in firsts for each in first])
            return abstention(asked, Reason.AMBIGUOUS_SPEAKER, nearest, names=names)
        if not meant.speakers[0].statements:
            speaker = meant.speakers[0]
            nearest = self._mentioning(speaker)
            return abstention(asked, Reason.SPEAKER_SAYS_NOTHING, nearest, speaker=speaker.name)
        return self._of(asked, meant, asked.who)

    def _of(self, asked: Question, meant: speakers.Meant, who: str) -> Outcome:
        """The statements of the one who is meant, with a word on whom a name was taken for that only sounds alike."""
        found = self._statements(asked, meant.speakers[0])
        if not meant.by_ear or not isinstance(found, Finding):
            return found
        taken = phrase("taken_for", asked.language, who=who, speaker=meant.speakers[0].name)
        return dataclasses.replace(found, notice=f"{found.notice} {taken}".strip())

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

    def _statements(self, asked: Question, speaker: KnownSpeaker) -> Outcome:
        """All statements of a speaker in order; those of a date, a sort or a topic, where the question names one."""
        said = [s for s in self.archive.catalog.statements(speaker.ids) if not s.quotation.nested]
        chosen = statements.selected(asked, said, self.archive, self.model)
        total, count = _counted(said), _counted(chosen)
        if not chosen and asked.periods:
            at_any_time = dataclasses.replace(asked, periods=())
            if otherwise := statements.selected(at_any_time, said, self.archive, self.model):
                return abstention(asked, Reason.NOT_IN_PERIOD, self._cited(otherwise[:_NEAREST]))
        if not chosen:
            nearest = self._cited(said[:_NEAREST])
            return abstention(
                asked, Reason.SPEAKER_NOT_ON_TOPIC, nearest, speaker=speaker.name, total=str(total)
            )  # fmt: skip
        key = f"statements{'_about' if count < total or asked.topic else ''}_{'one' if count == 1 else 'many'}"
        opening = phrase(key, asked.language, speaker=speaker.name, count=count, total=total)
        evidence = extraction.distinct(extraction.told(each) for each in self._cited(chosen))
        return Finding(asked, tuple(evidence), opening, of_ledger=True)

    def _by_anybody(self, asked: Question) -> Outcome | None:
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
        return Finding(asked, tuple(evidence), phrase("said_by", asked.language, names=names))

    def _when(self, asked: Question, history: Sequence[str]) -> Outcome | None:
        """The sentences that date what the question before was answered with, or the dates of its articles."""
        earlier = self._outcome(
            understanding.understood(history[-1], history=history[:-1], longest=10**6, today=asked.asked_on),
            history[:-1],
        )
        if not isinstance(earlier, Finding):
            return None
        dated = dict[tuple[str, Span], Evidence]()
        for each in earlier.evidence:
            around = statements.paragraph(each.article, each.span)
            for span in sentences(each.article.text, each.article.language, within=around):
                if any(dates.days(span.of(each.article.text))):
                    dated.setdefault((each.article.id, span), Evidence(each.article, span))
        days = (each.article.published for each in earlier.evidence)
        published = ", ".join(dict.fromkeys(day.isoformat() for day in days if day))
        opening = phrase("published", asked.language, dates=published) if published else ""
        if not dated and not published:
            return abstention(asked, Reason.NO_DATE, earlier.evidence[:_NEAREST])
        evidence = list(dated.values()) or earlier.evidence[:_NEAREST]
        return Finding(asked, tuple(evidence[: self._limit]), opening or phrase("evidence", asked.language))

    def _at_its_time(self, asked: Question) -> Outcome:
        """What the passages of the time asked about answer; where there are none, the nearest of any other time."""
        days = only_published(asked.periods)
        if days and not self.archive.catalog.is_dated():
            words = ", ".join(each.words for each in asked.periods)
            found = self._from_passages(dataclasses.replace(asked, query=_in_words(asked), periods=()))
            return dataclasses.replace(found, notice=phrase("undated_articles", asked.language, words=words))
        found = self._from_passages(asked)
        if isinstance(found, Abstention) and found.reason is Reason.NOT_IN_ARTICLES and days:
            otherwise = self._from_passages(dataclasses.replace(asked, periods=()))
            is_empty = not self.archive.catalog.count_passages(days)
            if is_empty and _is_of_now(asked):
                # "This week" of an archive that ends before is its own news, not nothing.
                return dataclasses.replace(otherwise, notice=phrase("none_from_then", asked.language))
            if isinstance(otherwise, Finding):
                found = abstention(asked, Reason.NOT_IN_PERIOD, otherwise.evidence[:_NEAREST])
            elif is_empty:
                why = phrase(Reason.NOT_IN_PERIOD.value, asked.language)
                found = dataclasses.replace(otherwise, reason=Reason.NOT_IN_PERIOD, text=why)
        return dataclasses.replace(found, filters=_filters(asked, asked.language))

    def _from_passages(self, asked: Question) -> Outcome:
        """The best sentences of the best passages, or why there are none."""
        searched = self._searched(asked)
        candidates = searched.candidates
        if not answerable.is_answered(asked.query, candidates, searched.found, language=asked.language):
            return abstention(asked, Reason.NOT_IN_ARTICLES, self._nearest(searched))
        evidence = extraction.best_sentences(candidates, self.archive, limit=self._limit)
        if asks_year(asked.text, asked.language) and not _gives_year(asked, candidates):
            return abstention(asked, Reason.NO_YEAR, evidence[:_NEAREST])
        passages = _read(searched)
        if others := sources.differing(asked.query, evidence, candidates, language=asked.language):
            beside = [each for each in evidence if not any(_overlap(each, other) for other in others)]
            both = [*beside[:1], *others, *beside[1:]][: self._limit]
            opening = phrase("sources_differ", asked.language)
            return Finding(asked, tuple(both), opening, passages=passages, named=True)
        return Finding(asked, tuple(evidence), phrase("evidence", asked.language), passages=passages)

    def _searched(self, asked: Question) -> _Searched:
        found = self.retriever.found(
            asked.query, language=asked.language, limit=ranking.SEARCHED, periods=asked.periods
        )  # fmt: skip
        weighed = ranking.weighed(asked.query, found, self.archive, self.model, language=asked.language)
        return _Searched(found, sources.one_each(weighed, self.archive))

    def _nearest(self, searched: _Searched) -> list[Evidence]:
        return extraction.best_sentences(searched.candidates, self.archive, limit=_NEAREST)

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


def abstention(asked: Question, reason: Reason, nearest: Sequence[Evidence], **named: str) -> Abstention:
    """Return a reply that says why there is no answer, with the nearest evidence, which is none."""
    cited = tuple(each.citation(number) for number, each in enumerate(nearest, 1))
    return Abstention(asked.text, asked.language, reason, phrase(reason.value, asked.language, **named), cited)


def antecedent(asked: Question, history: Sequence[str]) -> str:
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


def _narrows(asked: Question, found: Outcome) -> bool:
    """Whether what was asked about a time made what was found in the ledger what it is."""
    is_of_ledger = isinstance(found, Finding) and found.of_ledger
    if found.filters or (found.notice and not is_of_ledger) or asked.asked is Asked.WHEN:
        return False
    return isinstance(found, Finding) or found.reason in (Reason.NOT_IN_PERIOD, Reason.SPEAKER_NOT_ON_TOPIC)


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


@dataclasses.dataclass(frozen=True, slots=True)
class _Searched:
    """The passages found for a question, best first, and their sentences weighed, those of copies once."""

    found: Sequence[Found]
    candidates: Sequence[Candidate]


def _read(searched: _Searched) -> tuple[Passage, ...]:
    """The passages that whoever writes an answer is given: the best, of copies of one report those of one."""
    told = {each.article.id for each in searched.candidates}
    return tuple(each.passage for each in searched.found[:_READ] if each.passage.article_id in told)


def _gives_year(asked: Question, candidates: Sequence[Candidate]) -> bool:
    """Whether a sentence that may well be the answer states a year, which the question does not, or its article when
    it was published."""
    likely = _AS_LIKELY * max((each.probability for each in candidates), default=0.0)
    named = set(YEAR.findall(asked.query))
    return any(
        each.article.published or set(YEAR.findall(each.text)) - named
        for each in candidates if each.probability >= likely
    )  # fmt: skip
