"""Which statements a question asks for: by their speaker, their date, their sort and what they are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assistant.periods import Period
from assistant.understanding import Asked, Question, verb_forms
from ingest.archive.archive import Archive
from ingest.archive.catalog import Published, Statement
from ingest.embeddings.models import EmbeddingModel
from ingest.folding import unaccented
from ingest.models import Article, Span

# A statement is near a topic by its own words and by the passage it stands in, which says what "it" is: the mean of
# the two cosines. Of 12 development questions about speakers over news, those on something the speaker did speak
# about have .35 and more for the nearest statement, those on something else .33 and less.
_ABOUT_FLOOR = 0.34
# Statements so near to the nearest one are about the topic too.
_ABOUT_MARGIN = 0.89
# Who said a certain thing is told by the nearest statements alone.
_SAID_MARGIN = 0.95
# Of somebody who says very much, so many statements are compared in full: those whose passages are nearest.
_COMPARED = 24


def selected(asked: Question, said: Sequence[Statement], archive: Archive, model: EmbeddingModel) -> list[Statement]:
    """Return those of the statements `said` that a question asks for, in their order.

    A time must fit. A sort ("regret") selects where some statement is reported so. A topic selects by meaning, across
    languages, and where nothing comes near it, nothing is selected.
    """
    chosen = list(said)
    forms = verb_forms(asked.verb)
    if asked.periods or forms:
        places = {(each.article_id, each.version) for each in said}
        articles = {place: archive.catalog.article(*place) for place in places}
        if asked.periods:
            chosen = [each for each in chosen if _is_of(each, asked.periods, articles)]
        if forms:
            chosen = [each for each in chosen if _is_reported_by(each, forms, articles)] or chosen
    if not asked.topic or not chosen:
        return chosen
    margin = _ABOUT_MARGIN if asked.asked is Asked.STATEMENTS else _SAID_MARGIN
    return about(asked.topic, asked.language, chosen, archive, model, margin=margin)


def about(
    topic: str, language: str, said: Sequence[Statement], archive: Archive, model: EmbeddingModel, *, margin: float
) -> list[Statement]:
    """Return the statements whose meaning comes nearest to `topic`, in their order; none where none is near.

    Those within `margin` of the nearest one count as near.
    """
    if not said:
        return []
    asked = model.question(topic, language)
    passages = archive.article_cosines(asked, {each.article_id for each in said})
    around = [_of_passage(each, passages) for each in said]
    kept = sorted(sorted(range(len(said)), key=lambda i: -(around[i] or 0.0))[:_COMPARED])
    compared = [said[i] for i in kept]
    vectors = model.centring.of_passages(model.sentences([s.text for s in compared]), [s.language for s in compared])
    near = [_mean(float(cosine), around[i]) for i, cosine in zip(kept, vectors @ asked, strict=True)]
    floor = max(_ABOUT_FLOOR, max(near) * margin)
    return [each for each, nearness in zip(compared, near, strict=True) if nearness >= floor]


def in_passages(
    question: str, language: str, archive: Archive, model: EmbeddingModel, *, limit: int,
    published: Published | None = None,
) -> list[Statement]:  # fmt: skip
    """Return the statements that stand in the passages nearest to a question, nearest passage first.

    With `published`, only passages of articles of these days are looked into.
    """
    vector = model.question(question, language)
    found = archive.search(question, vector, limit=limit, language=language, published=published)
    areas: dict[str, list[Span]] = {}
    for each in found:
        areas.setdefault(each.passage.article_id, []).append(each.passage.span)
    chosen = []
    for article_id, spans in areas.items():
        for statement in archive.catalog.statements_in(article_id):
            whole = statement.quotation
            if whole.speaker and not whole.nested and any(whole.span.overlaps(span) for span in spans):
                chosen.append(statement)
    return chosen


def _of_passage(statement: Statement, cosines: Mapping[str, Sequence[tuple[Span, float]]]) -> float | None:
    """The cosine of the nearest passage that the statement stands in; None where none is embedded yet."""
    return max(
        (cosine for span, cosine in cosines.get(statement.article_id, ()) if span.overlaps(statement.quotation.span)),
        default=None,
    )


def _mean(own: float, around: float | None) -> float:
    return own if around is None else (own + around) / 2


_Articles = Mapping[tuple[str, int], Article]


def _is_of(statement: Statement, asked: Sequence[Period], articles: _Articles) -> bool:
    """Whether the article is of that time, or the paragraph of the statement states a date that is."""
    article = articles[statement.article_id, statement.version]
    published = article.published
    if published and any(period.includes(published) for period in asked):
        return True
    around = paragraph(article, statement.quotation.span).of(article.text)
    return any(period.is_stated_in(around, published=published) for period in asked)


def _is_reported_by(statement: Statement, forms: Iterable[str], articles: _Articles) -> bool:
    cue = statement.quotation.cue
    if cue is None:
        return False
    article = articles[statement.article_id, statement.version]
    words = unaccented(cue.of(article.text)).casefold().replace("-", " ").split()
    return any(word.startswith(tuple(forms)) for word in words)


def paragraph(article: Article, span: Span) -> Span:
    """Return the paragraph of an article in which `span` begins, or the span itself where there is none."""
    return next((p.span for p in article.paragraphs if p.span.start <= span.start < p.span.end), span)
