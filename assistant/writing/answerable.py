"""Whether the sentences found answer a question at all: what speaks for it weighed, a probability out.

No reader checks a sentence against a question here, so the cues are those that need none: how near the best passage
and sentence come, which of the question's names, numbers and rare words stand in the article at all, and whether any of
the likeliest sentences holds the sort of thing asked for. The weights are fitted on development questions that can be
answered, on such that are asked of the wrong archive, and on SQuAD 2's unanswerable ones, by `bench/abstention --fit`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from assistant.expected import Expected, expected, things
from assistant.writing import ranking
from assistant.writing.ranking import Candidate
from ingest.archive.archive import Archive, Found
from ingest.speakers import sound

# An expected thing is looked for in so many of the likeliest sentences.
_READ = 4


def confidence(
    question: str, candidates: Sequence[Candidate], found: Sequence[Found], archive: Archive, *, language: str
) -> float:
    """Return how surely the candidates hold an answer, 0 to 1."""
    if not candidates:
        return 0.0
    return ranking.probabilities([cues(question, candidates, found, archive, language=language)], "answerable")[0]


def cues(
    question: str, candidates: Sequence[Candidate], found: Sequence[Found], archive: Archive, *, language: str
) -> dict[str, float]:
    """Return what speaks for or against an answer, by name, each about 0 to 1."""
    likeliest = sorted(candidates, key=lambda each: -each.probability)
    best = likeliest[0]
    rare = ranking.rarity(question, archive)
    total = sum(rare.values()) or 1.0
    around = " ".join([best.found.passage.text, best.article.title])
    in_passage, in_article = ranking.beginnings(around), ranking.beginnings(best.article.text)
    foreign = float(best.article.language != language)
    missing = [weight for word, weight in rare.items() if word not in in_article]
    names, numbers = ranking.names(question), ranking.numbers(question)
    named = _named(names, best.article.text) / len(names) if names else 0.0
    counted = len(numbers & ranking.numbers(best.article.text)) / len(numbers) if numbers else 0.0
    passage = sum(weight for word, weight in rare.items() if word in in_passage) / total
    row = {
        "likeliest": best.probability,
        "odds": math.log(best.probability / (1 - best.probability)) / 5,
        "likely in all": min(1.0, sum(each.probability for each in likeliest[:_READ])),
        "passage meaning": found[0].cosine,
        "passage words": found[0].words,
        "lead": found[0].score - found[min(5, len(found) - 1)].score,
        "meaning": max(each.meaning for each in likeliest),
        "words": passage,
        "own words": (1 - foreign) * passage,
        "own rarest missing": (1 - foreign) * max(missing, default=0.0) / 8,
        "foreign": foreign,
        "foreign meaning": foreign * found[0].cosine,
        "names": named,
        "names missing": 1 - named if names else 0.0,
        "numbers": counted,
        "numbers missing": 1 - counted if numbers else 0.0,
        "length": min(1.0, len(rare) / 12),
    }
    sort = expected(question, language)
    holds = sort and any(things(each.text, sort, each.article.language, asked=question) for each in likeliest[:_READ])
    for one in Expected:
        row[f"lacks {one}"] = float(one is sort and not holds)
        row[f"asks {one}"] = float(one is sort)
    return row


def _named(names: set[str], text: str) -> float:
    """How many of the names stand in a text, in any spelling."""
    sounds = {sound(word) for word in ranking.names(text)}
    return sum(sound(name) in sounds for name in names)
