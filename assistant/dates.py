"""Dates in running text, as far as they are stated: in five languages always, in another where it is named."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources

from rapidfuzz.distance import Prefix

from assistant import locales
from ingest.folding import unaccented
from ingest.models import Span

# Of a month's name so many letters stay when it is inflected, and so many may follow.
_STEM, _ENDING = 4, 5
# Thailand counts years from so many before ours.
_BUDDHIST = 543


@dataclasses.dataclass(frozen=True, slots=True)
class Day:
    """A date as stated: the day and the year may be left open."""

    month: int
    day: int | None = None
    year: int | None = None

    def fits(self, other: Day) -> bool:
        """Tell whether nothing that both state differs."""
        return self.month == other.month and all(
            one is None or another is None or one == another
            for one, another in ((self.day, other.day), (self.year, other.year))
        )

    @classmethod
    def of(cls, date: datetime.date) -> Day:
        """Return a calendar date as a day that leaves nothing open."""
        return cls(date.month, date.day, date.year)


def days(text: str, language: str = "") -> Iterator[tuple[Span, Day]]:
    """Yield the dates that `text` states ("2 octobre", "October 2nd, 2015", "02.10.2015", "2015-10-02"), in order.

    Figures alone are read with the day before the month, as in every language here but American English, and only
    with a year; what is no date of the calendar is none. With a `language` beyond the five, its dates are read too
    ("10月2日", "2 października").
    """
    plain = _plain(text)
    if language and language not in _tables():
        yield from _days_elsewhere(plain, language)
        return
    for match in _pattern().finditer(plain):
        found = match.groupdict()
        name = found["month_after"] or found["month_before"] or found["month_alone"]
        month = months()[name] if name else int(found["iso_month"] or found["figure_month"])
        stated = found["day_before"] or found["day_after"] or found["iso_day"] or found["figure_day"]
        year = found["year"] or found["year_after"] or found["year_alone"] or found["iso_year"] or found["figure_year"]
        day = Day(month, int(stated) if stated else None, int(year) if year else None)
        if _is_of_the_calendar(day):
            yield Span(match.start(), match.end()), day


def _plain(text: str) -> str:
    plain = unaccented(text).casefold()
    return plain if len(plain) == len(text) else unaccented(text).lower()


def _days_elsewhere(plain: str, language: str) -> Iterator[tuple[Span, Day]]:
    for match in _pattern_elsewhere(language).finditer(plain):
        found = {name.partition("_")[0]: value for name, value in match.groupdict().items() if value}
        month = found.get("figure") or _month_like(found["month"], language)
        year = int(found["year"]) if "year" in found else None
        if year and language == "th" and year > _BUDDHIST:
            year -= _BUDDHIST
        day = Day(int(month), int(found["day"]) if "day" in found else None, year)
        if 1 <= day.month <= 12 and _is_of_the_calendar(day):
            yield Span(match.start(), match.end()), day


def _is_of_the_calendar(day: Day) -> bool:
    try:
        datetime.date(day.year or 2000, day.month, day.day or 1)
    except ValueError:
        return False
    return True


@functools.cache
def _tables() -> Mapping[str, Sequence[str]]:
    text = resources.files("assistant.lexicon").joinpath("dates.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@functools.cache
def months() -> Mapping[str, int]:
    """Return the number of each month by its names in the five languages, unaccented and in lower case."""
    return {
        name: number
        for in_order in _tables().values()
        for number, names in enumerate(in_order, 1)
        for name in unaccented(names).split("|")
    }


@functools.cache
def _months_elsewhere(language: str) -> Mapping[str, int]:
    return {_plain(name): number for name, number in locales.months(language).items()}


def _month_like(plain: str, language: str) -> int:
    """The month whose name shares most with a word."""
    known = _months_elsewhere(language)
    if plain in known:
        return known[plain]
    return known[max(known, key=lambda name: Prefix.similarity(name, plain))]


@functools.cache
def _one_of_months(language: str) -> str:
    """A pattern of the names of the months of a language, also with another ending."""
    ending = rf"[^\W\d]{{0,{_ENDING}}}"
    beginnings = [
        # An abbreviation has no ending.
        re.escape(name[: max(_STEM, len(name) - 2)]) + ending if len(name) > _STEM else rf"{re.escape(name)}(?!\w)"
        for name in sorted(_months_elsewhere(language), key=len, reverse=True) if len(name) > 1
    ]  # fmt: skip
    return "|".join(beginnings) or r"(?!)"


@functools.cache
def _pattern_elsewhere(language: str) -> re.Pattern[str]:
    names, year = _one_of_months(language), r"(?P<year>(?:1[89]|2[05])\d\d)"
    forms = [
        rf"(?<!\d)(?:{year}\s?[年년]\s?)?(?P<figure>\d{{1,2}})\s?[月월](?:\s?(?P<day>\d{{1,2}})\s?[日일号號])?",
        rf"(?<!\d)(?P<day>\d{{1,2}})\s+thang\s+(?P<figure>\d{{1,2}})(?:(?:,?\s+nam|,)?\s+{year})?(?!\d)",
        rf"\bthang\s+(?P<figure>\d{{1,2}})(?:(?:,?\s+nam)?\s+{year})?(?!\d)",
        rf"(?<!\d){year}-(?P<figure>\d\d)-(?P<day>\d\d)(?!\d)",
        rf"(?<![\d.,/])(?P<day>\d{{1,2}})(?:[./]\s?)(?P<figure>\d{{1,2}})(?:[./]\s?){year}(?!\d)",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:\.|º|er)?\s?(?:de\s|d['’]|ב-?)?(?P<month>{names})"
        rf"(?:\.|,)?(?:\s+(?:de(?:l)?\s|τ?ου\s|р\.\s)?{year})?",
        rf"(?<!\w)(?P<month>{names})\.?\s+(?P<day>\d{{1,2}})(?![\d,.]\d|\d)(?:,?\s+{year})?",
        rf"(?<!\w)(?P<month>{names})\s+(?:de(?:l)?\s)?{year}",
    ]
    if language == "vi":
        forms.append(r"(?<![\d./])(?P<day>\d{1,2})/(?P<figure>\d{1,2})(?![\d/])")
    # A group's name stands once in a pattern: each form has its own, by its number.
    return re.compile("|".join(re.sub(r"\(\?P<(\w+)>", rf"(?P<\1_{n}>", form) for n, form in enumerate(forms)))


@functools.cache
def _pattern() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, months()), key=len, reverse=True))
    long = "|".join(sorted((re.escape(m) for m in months() if len(m) > 4), key=len, reverse=True))
    year = r"(?:1[89]|20)\d\d"
    return re.compile(
        rf"(?<!\d)(?P<iso_year>{year})-(?P<iso_month>\d\d)-(?P<iso_day>\d\d)(?!\d)"
        rf"|(?<![\d.])(?P<figure_day>\d{{1,2}})[./](?P<figure_month>\d{{1,2}})[./](?P<figure_year>{year})(?!\d)"
        rf"|(?<!\d)(?P<day_before>\d{{1,2}})(?:er|st|nd|rd|th|\.|º)?\s+(?:de\s+|of\s+)?(?P<month_after>{names})\b\.?"
        rf"(?:,?\s+(?:de\s+|del\s+)?(?P<year>{year}))?"
        rf"|\b(?P<month_before>{names})\.?\s+(?P<day_after>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<year_after>{year}))?"
        rf"|\b(?P<month_alone>{long})\s+(?:de\s+)?(?P<year_alone>{year})"
    )
