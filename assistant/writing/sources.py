"""Which of the sentences found are of one source, and whether sources differ on what is asked.

Copies of one report, as ingest linked them, are one source: of them the likeliest article speaks for all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.dates import days
from assistant.drafts import Evidence
from assistant.expected import Expected, expected
from assistant.writing.ranking import Candidate, beginnings
from ingest.archive.archive import Archive
from ingest.folding import unaccented
from ingest.models import Article


def one_each(candidates: Sequence[Candidate], archive: Archive) -> list[Candidate]:
    """Return the candidates without those of articles that are copies of a likelier one."""
    ids = list(dict.fromkeys(each.article.id for each in candidates))
    if len(ids) < 2:
        return list(candidates)
    reports = archive.catalog.copies_of(ids)
    speaking: dict[str, str] = {}
    for each in sorted(candidates, key=lambda each: -each.probability):
        speaking.setdefault(reports[each.article.id], each.article.id)
    return [each for each in candidates if speaking[reports[each.article.id]] == each.article.id]


def differing(
    question: str, evidence: Sequence[Evidence], candidates: Sequence[Candidate], *, language: str
) -> list[Evidence]:
    """Return the likeliest sentences of other sources that give another number, or another date, than the evidence.

    Only where it is certain: of two articles of one language, both with half of the question's words, that count the
    same thing ("12 people", "15 people") without a number in common, or date it without a date in common.
    """
    sort = expected(question, language)
    if sort not in (Expected.NUMBER, Expected.DATE):
        return []
    apart = _dated_apart if sort is Expected.DATE else _counted_apart
    pointed = [each for each in evidence if _is_on_the_point(each, question)]
    others = list[Evidence]()
    for each in sorted(candidates, key=lambda each: -each.probability):
        other = Evidence(each.article, each.span)
        told = {one.article.id for one in others}
        if other.article.id not in told and _is_on_the_point(other, question) and any(
            one.article.id != other.article.id
            and one.article.language == other.article.language
            and apart(one.text, other.text, question)
            for one in pointed
        ):  # fmt: skip
            others.append(other)
    return others


def named(article: Article) -> str:
    """Return where something stands: "outlet, date", or the title of an article that gives neither."""
    origin = [article.outlet, article.published.isoformat() if article.published else ""]
    return ", ".join(filter(None, origin)) or article.headline


def _is_on_the_point(evidence: Evidence, question: str) -> bool:
    asked = _beginnings(question)
    return len(asked & (_beginnings(evidence.text) | _beginnings(evidence.article.title))) * 2 >= len(asked) > 0


def _dated_apart(one: str, other: str, question: str) -> bool:
    asked = [day for _, day in days(question)]
    first, second = ([day for _, day in days(text) if day not in asked] for text in (one, other))
    return bool(first and second) and not any(day.fits(another) for day in first for another in second)


def _counted_apart(one: str, other: str, question: str) -> bool:
    first, second = _counts(one, question), _counts(other, question)
    return any(not first[unit] & second[unit] for unit in first.keys() & second.keys())


def _counts(text: str, question: str) -> dict[str, set[str]]:
    """The numbers of a text by what they count (the beginning of a word behind), where the question asks for that."""
    asked = _beginnings(question)
    counts: dict[str, set[str]] = {}
    for match in _COUNTED.finditer(unaccented(text).lower()):
        units = [unit for word in match["behind"].split() for unit in beginnings(word)]
        if unit := next((unit for unit in units if unit in asked), ""):
            counts.setdefault(unit, set()).add(_GROUPED.sub("", match["number"]))
    return counts


def _beginnings(text: str) -> set[str]:
    return beginnings(text, longer_than=_SHORT)


# Words of so many letters and fewer are grammar more often than not.
_SHORT = 3
_COUNTED = re.compile(r"(?<![\d.,])(?P<number>\d+(?:[\s.,]\d+)*)(?=(?P<behind>(?:\s+[^\W\d]+){1,2}))")
# What parts the thousands of a number.
_GROUPED = re.compile(r"[\s.,](?=\d{3}\b)")
