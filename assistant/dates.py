"""Dates in running text, in five languages, as far as they are stated."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources

from ingest.folding import unaccented
from ingest.models import Span


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


def days(text: str) -> Iterator[tuple[Span, Day]]:
    """Yield the dates that `text` states ("2 octobre", "October 2nd, 2015", "02.10.2015", "2015-10-02"), in order.

    Figures alone are read with the day before the month, as in every language here but American English, and only
    with a year; what is no date of the calendar is none.
    """
    plain = unaccented(text).casefold()
    if len(plain) != len(text):
        plain = unaccented(text).lower()
    for match in _pattern().finditer(plain):
        found = match.groupdict()
        name = found["month_after"] or found["month_before"] or found["month_alone"]
        month = months()[name] if name else int(found["iso_month"] or found["figure_month"])
        stated = found["day_before"] or found["day_after"] or found["iso_day"] or found["figure_day"]
        year = found["year"] or found["year_after"] or found["year_alone"] or found["iso_year"] or found["figure_year"]
        day = Day(month, int(stated) if stated else None, int(year) if year else None)
        if _is_of_the_calendar(day):
            yield Span(match.start(), match.end()), day


def _is_of_the_calendar(day: Day) -> bool:
    try:
        datetime.date(day.year or 2000, day.month, day.day or 1)
    except ValueError:
        return False
    return True


@functools.cache
def months() -> Mapping[str, int]:
    """Return the number of each month by its names, unaccented and in lower case."""
    text = resources.files("assistant.lexicon").joinpath("dates.toml").read_text(encoding="utf-8")
    return {
        name: number
        for in_order in tomllib.loads(text).values()
        for number, names in enumerate(in_order, 1)
        for name in unaccented(names).split("|")
    }


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
