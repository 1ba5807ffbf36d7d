"""Which sentences of the passages found carry the answer to a question: evidence weighed, probabilities out.

A logistic model over what can be told without reading: what a sentence means and which words, names and numbers it
shares with the question (each by how rare it is in the archive), whether it holds the sort of thing asked for, its
passage, its neighbours. Its weights are fitted on the development questions by `bench/sentences --fit`, which also
prints how often the sentences chosen hold the answer; `weights.json` keeps them.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import re
from collections.abc import Mapping, Sequence
from importlib import resources

from assistant.expected import CAPITAL, Expected, expected, things
from ingest.archive.archive import Archive, Found
from ingest.embeddings.models import EmbeddingModel
from ingest.folding import unaccented
from ingest.models import Article, Span
from ingest.sentences import sentences

# Sentences of so many of the best passages are weighed, and of so many more of the article of the best one: what
# answers is often further down in the article that the question is about.
_PASSAGES, _MORE_OF_THE_BEST = 6, 6
# So many passages are to be searched for, to find those.
SEARCHED = 40
LONGEST_SENTENCE = 450
SHORTEST_SENTENCE = 15
# Embedding is the slow part: only the sentences likeliest without it are embedded. Eight lose nothing.
_EMBEDDED = 8
# What is left of the probability of a sentence that was not worth embedding.
_UNREAD = 0.3
# A word that stands nowhere counts as if it stood in one passage of so many.
_UNSEEN = 1 / 2000
_PREFIX = 5
_WORD = re.compile(r"\w+")
_CAPITAL = re.compile(CAPITAL)


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of the passage of that rank among those found, and what the model makes of it.

    `probability` is that of its carrying the answer, 0 to 1, among the sentences found for this question; `meaning`
    its centred cosine with the question, 0 where it was not worth embedding.
    """

    article: Article
    span: Span
    rank: int
    found: Found
    probability: float = 0.0
    meaning: float = 0.0

    @property
    def text(self) -> str:
        """The words of the sentence."""
        return self.span.of(self.article.text)


def weighed(
    question: str, found: Sequence[Found], archive: Archive, model: EmbeddingModel, *, language: str
) -> list[Candidate]:
    """Return the sentences of the best passages in the order they stand in there, each with its probability."""
    candidates = sentences_of(found, archive)
    if not candidates:
        return []
    rows = features(question, candidates, archive, language=language)
    likely = probabilities(rows, "words")
    embedded = sorted(sorted(range(len(rows)), key=lambda i: -likely[i])[:_EMBEDDED])
    add_meaning(question, rows, candidates, embedded, model, language=language)
    final = dict(zip(embedded, probabilities([rows[i] for i in embedded], "meaning"), strict=True))
    return [
        dataclasses.replace(
            each, probability=final.get(i, _UNREAD * likely[i]), meaning=rows[i].get("meaning", 0.0)
        )
        for i, each in enumerate(candidates)
    ]  # fmt: skip


def sentences_of(found: Sequence[Found], archive: Archive) -> list[Candidate]:
    """Return the sentences of the best passages, each once, in the order they stand in there."""
    candidates = []
    articles: dict[tuple[str, int], Article] = {}
    seen = set[tuple[str, Span]]()
    more = [each for each in found[_PASSAGES:] if each.passage.article_id == found[0].passage.article_id]
    for rank, each in enumerate([*found[:_PASSAGES], *more[:_MORE_OF_THE_BEST]]):
        place = (each.passage.article_id, each.passage.version)
        if place not in articles:
            articles[place] = archive.catalog.article(*place)
        article = articles[place]
        for span in sentences(article.text, article.language, within=each.passage.span, longest=LONGEST_SENTENCE):
            if (article.id, span) not in seen:
                seen.add((article.id, span))
                candidates.append(Candidate(article, span, rank, each))
    return candidates


def add_meaning(
    question: str, rows: Sequence[dict[str, float]], candidates: Sequence[Candidate], chosen: Sequence[int],
    model: EmbeddingModel, *, language: str,
) -> None:  # fmt: skip
    """Put the centred cosine with the question into those rows whose positions are `chosen`."""
    vectors = model.sentences([candidates[i].text for i in chosen])
    centred = model.centring.of_passages(vectors, [candidates[i].article.language for i in chosen])
    for i, cosine in zip(chosen, centred @ model.question(question, language), strict=True):
        rows[i]["meaning"] = float(cosine)
        rows[i]["foreign meaning"] = float(cosine) * rows[i]["foreign"]
    for i in chosen:
        rows[i]["meaning beside"] = max((rows[j].get("meaning", 0.0) for j in _beside(candidates, i)), default=0.0)


def features(
    question: str, candidates: Sequence[Candidate], archive: Archive, *, language: str
) -> list[dict[str, float]]:
    """Return what is known of each sentence without its meaning: by name, each about 0 to 1."""
    rare = rarity(question, archive)
    asked = rare.keys()
    total = sum(rare.values()) or 1.0
    named = {beginning for name in names(question) for beginning in beginnings(name)}
    counted = numbers(question)
    sort = expected(question, language)
    held = [beginnings(each.text) for each in candidates]
    share = [sum(rare[word] for word in asked & words) / total for words in held]
    titles = {each.article.id: beginnings(each.article.title) for each in candidates}
    best = max(each.found.score for each in candidates)
    rows = []
    for i, each in enumerate(candidates):
        text = each.text
        before, after = _before(candidates, i), _after(candidates, i)
        foreign = float(each.article.language != language)
        row = {
            "passage": each.found.score - best,
            "passage score": each.found.score,
            "passage meaning": each.found.cosine,
            "rank": min(each.rank, _PASSAGES) / 8,
            "elsewhere in the best article": float(bool(each.rank) and each.article.id == candidates[0].article.id),
            "first passage": float(each.rank == 0),
            "words": share[i],
            "words with title": sum(rare[word] for word in asked & (held[i] | titles[each.article.id])) / total,
            "words before": share[before] if before is not None else 0.0,
            "words after": share[after] if after is not None else 0.0,
            "foreign": foreign,
            "foreign words": foreign * share[i],
            "names": len(named & held[i]) / len(named) if named else 0.0,
            "numbers": len(counted & numbers(text)) / len(counted) if counted else 0.0,
            "length": math.log(len(text) + 1) / 6,
            "short": float(len(text) < 40),
            "begins": float(before is None),
        }
        holds = bool(sort and things(text, sort, each.article.language, asked=question))
        for one in Expected:
            row[f"holds {one}"] = float(one is sort and holds)
            row[f"lacks {one}"] = float(one is sort and not holds)
        rows.append(row)
    return rows


def probabilities(rows: Sequence[Mapping[str, float]], stage: str) -> list[float]:
    """Return the probability of each row by the weights of a stage: "words", or "meaning" where that is known too."""
    weights = _weights()[stage]
    sums = [sum(weight * row.get(name, 0.0) for name, weight in weights.items() if name) for row in rows]
    return [1 / (1 + math.exp(-(each + weights[""]))) for each in sums]


@functools.cache
def _weights() -> Mapping[str, Mapping[str, float]]:
    """The weights of each stage by feature; that of "" is the constant."""
    text = resources.files("assistant.writing").joinpath("weights.json").read_text(encoding="utf-8")
    stages: Mapping[str, Mapping[str, float]] = json.loads(text)
    return stages


def rarity(question: str, archive: Archive) -> dict[str, float]:
    """How rare each word of a question is, by its beginning: the log of 1 + the odds against a passage's holding it."""
    terms = {
        word[:_PREFIX]: f"_{word[:_PREFIX]}" if len(word) > _PREFIX else word
        for word in _words(question) if len(word) > 2 or word[0].isdigit()
    }  # fmt: skip
    shares = archive.catalog.word_frequencies(terms.values())
    return {
        word: math.log(1 + (1 - shares.get(term, 0.0)) / (shares.get(term, 0.0) + _UNSEEN))
        for word, term in terms.items()
    }


def _beside(candidates: Sequence[Candidate], i: int) -> list[int]:
    return [j for j in (_before(candidates, i), _after(candidates, i)) if j is not None]


def _before(candidates: Sequence[Candidate], i: int) -> int | None:
    return i - 1 if i and candidates[i - 1].rank == candidates[i].rank else None


def _after(candidates: Sequence[Candidate], i: int) -> int | None:
    return i + 1 if i + 1 < len(candidates) and candidates[i + 1].rank == candidates[i].rank else None


def _words(text: str) -> list[str]:
    return _WORD.findall(unaccented(text).lower())


def names(text: str) -> set[str]:
    """Return the words of a text that begin with a capital; its first word does so anyway."""
    return set(_CAPITAL.findall(text[1:]))


def numbers(text: str) -> set[str]:
    """Return the words of a text that begin with a figure."""
    return {word for word in _words(text) if word[0].isdigit()}


def beginnings(text: str, *, longer_than: int = 0) -> set[str]:
    """Return the first letters of each word of more than so many, by which inflected forms are compared."""
    return {word[:_PREFIX] for word in _words(text) if len(word) > longer_than}
