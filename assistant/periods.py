"""Stretches of time that a question names ("last week", "since March", "en 2015"), read against a given day."""

from __future__ import annotations

import calendar
import dataclasses
import datetime
import functools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from typing import Any

from assistant.dates import Day, days, months
from ingest.folding import unaccented
from ingest.models import Span

_ONE_DAY = datetime.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True)
class Period:
    """The days from `start` to `end`, both included, as the `words` of a question name them; None leaves an end open.

    day        the day or month named without a year, which fits any year; then both ends are None
    restricts  whether only articles published then can tell: of "last week", not of "2015", as an article of 2020 may
               tell what was in 2015
    """

    words: str
    start: datetime.date | None = None
    end: datetime.date | None = None
    day: Day | None = None
    restricts: bool = False

    def includes(self, date: datetime.date) -> bool:
        """Tell whether a day of the calendar lies in the period."""
        if self.day:
            return self.day.fits(Day.of(date))
        return (self.start is None or self.start <= date) and (self.end is None or date <= self.end)

    def meets(self, stated: Day, *, published: datetime.date | None = None) -> bool:
        """Tell whether a date as an article states it may lie in the period.

        Where it states no year, that of its publication is meant; without that it is of the period only where the
        period leaves the year open too, or is of one day or month.
        """
        if self.day:
            return self.day.fits(stated)
        year = stated.year or (published.year if published else None)
        if year is None:
            named = self.start and self.end and (self.start.year, self.start.month) == (self.end.year, self.end.month)
            return bool(
                not self.restricts and named and self.start and self.end and stated.month == self.start.month
                and (stated.day is None or self.start.day <= stated.day <= self.end.day)
            )  # fmt: skip
        first = _date(year, stated.month, stated.day or 1)
        last = first if stated.day else _date(year, stated.month, 31)
        return (self.start is None or self.start <= last) and (self.end is None or first <= self.end)

    def is_stated_in(self, text: str, *, published: datetime.date | None = None) -> bool:
        """Tell whether a text, of an article published on that day, states a date or a year of the period."""
        if any(self.meets(day, published=published) for _, day in days(text)):
            return True
        return any(self.meets_year(int(year)) for year in YEAR.findall(text))

    def meets_year(self, year: int) -> bool:
        """Tell whether the whole of a year that an article states lies in the period, or the period in it."""
        if self.start is None or self.end is None:
            return False
        return self.start.year <= year <= self.end.year and (self.end - self.start).days >= _MOST_OF_A_YEAR


_MOST_OF_A_YEAR = 300
# A year that a text states: four figures that are no part of a number.
YEAR = re.compile(r"(?<![\d.,])(?:1[0-9]|20)\d\d(?![\d.,]\d|\w)")


@dataclasses.dataclass(frozen=True, slots=True)
class Named:
    """The periods that a question names, the question without them, and whether it names nothing else."""

    periods: tuple[Period, ...]
    without: str
    alone: bool


def named(text: str, *, today: datetime.date) -> Named:
    """Return the periods that a question names, with what is left of it.

    Of several languages that could be meant, the one whose words cover most of the question is.
    """
    plain = _plain(text)
    best: list[_Found] = []
    for language in _tables():
        found = list(_Reading(plain, language, today).found())
        if sum(len(each.span) for each in found) > sum(len(each.span) for each in best):
            best = found
    without = text
    for each in reversed(best):
        before, after = without[: each.span.start].rstrip(), without[each.span.end :]
        without = f"{before}{' ' * after.startswith((' ', ','))}{after.lstrip(' ,')}".strip()
    periods = _joined([dataclasses.replace(each.period, words=each.span.of(text)) for each in best])
    return Named(periods, without, alone=bool(best) and _bare(without) in _leaning())


def _joined(found: Sequence[Period]) -> tuple[Period, ...]:
    """ "Since March and before June" are the two ends of one period."""
    if len(found) == 2 and {found[0].end, found[1].start} == {None} and found[0].start and found[1].end:
        first, last = found
        return (Period(f"{first.words} {last.words}", first.start, last.end, None, first.restricts),)
    return tuple(found)


@dataclasses.dataclass(frozen=True, slots=True)
class _Found:
    span: Span
    period: Period


@dataclasses.dataclass(frozen=True, slots=True)
class _Atom:
    """A day, month, year or stretch as named, without what binds it.

    A loose one (a month, a weekday, a year alone) counts only where something binds it.
    """

    span: Span
    start: datetime.date
    end: datetime.date
    day: Day | None = None
    is_relative: bool = False
    is_year: bool = False
    is_loose: bool = False


class _Reading:
    """The periods of a plain text by the words of one language."""

    def __init__(self, plain: str, language: str, today: datetime.date) -> None:
        self.plain = plain
        self.today = today
        self.words = _words(language)

    def found(self) -> Iterator[_Found]:
        atoms = _apart(self._atoms())
        i = 0
        while i < len(atoms):
            one = atoms[i]
            if i + 1 < len(atoms) and (start := self._opening(one, atoms[i + 1])) is not None:
                yield self._range(one, atoms[i + 1], start)
                i += 2
                continue
            if found := self._half(one) or self._bound(one):
                yield found
            i += 1

    def _atoms(self) -> Iterator[_Atom]:
        for span, day in days(self.plain):
            start, end = _bounds(day, self.today)
            yield _Atom(self._whole(span), start, end, day)
        for match in self.words.months.finditer(self.plain):
            day = Day(months()[match.group("month")], None, int(match.group("year") or 0) or None)
            start, end = _bounds(day, self.today)
            yield _Atom(_span(match), start, end, day, is_loose=day.year is None)
        for match in self.words.years.finditer(self.plain):
            year = int(match.group("year"))
            yield _Atom(_span(match), _date(year, 1, 1), _date(year, 12, 31), is_year=True, is_loose=True)
        for stretch, pattern in self.words.relative:
            for match in pattern.finditer(self.plain):
                if not self.words.attributive.search(self.plain, 0, match.start()):
                    size, offset = stretch.split()
                    yield _Atom(_span(match), *_stretch(size, int(offset), self.today), is_relative=True)
        for patterns, is_loose in ((self.words.weekday, False), (self.words.weekday_alone, True)):
            for match in self._all(patterns):
                if not self.words.attributive.search(self.plain, 0, match.start()):
                    since = (self.today.weekday() - self.words.weekdays[match.group("weekday")]) % 7
                    date = self.today - (since or 7) * _ONE_DAY
                    yield _Atom(_span(match), date, date, is_relative=True, is_loose=is_loose)
        for match in self._all(self.words.last_month):
            month = months()[match.group("month")]
            year = self.today.year - (month >= self.today.month)
            yield _Atom(_span(match), _date(year, month, 1), _date(year, month, 31), is_relative=True)
        for match in self._all(self.words.last):
            start = _ago(self.words.number(match.group("n")), self.words.unit(match.group("unit")), self.today)
            yield _Atom(_span(match), start, self.today, is_relative=True)
        for match in self._all(self.words.ago):
            number, unit = self.words.number(match.groupdict().get("n") or "1"), self.words.unit(match.group("unit"))
            yield _Atom(_span(match), *_stretch(unit, 0, _ago(number, unit, self.today)), is_relative=True)

    def _all(self, patterns: Sequence[re.Pattern[str]]) -> Iterator[re.Match[str]]:
        for pattern in patterns:
            yield from pattern.finditer(self.plain)

    def _whole(self, span: Span) -> Span:
        """A date with the day of the week before it and the word for a year behind it."""
        before = self.words.weekday_before.search(self.plain, 0, span.start)
        after = self.words.around_year.match(self.plain, span.end)
        return Span(before.start() if before else span.start, after.end() if after else span.end)

    def _opening(self, one: _Atom, other: _Atom) -> int | None:
        """Where the words begin that make two atoms the ends of a range; None where nothing does."""
        between = self.plain[one.span.end : other.span.start].strip()
        for opening, joining in self.words.between:
            if between == joining and (match := opening.search(self.plain, 0, one.span.start)):
                return match.start()
        return None

    def _range(self, one: _Atom, other: _Atom, start: int) -> _Found:
        span = Span(start, other.span.end)
        last = other.end
        first = one.start
        if one.day and other.day and other.day.year and not one.day.year:
            first = _bounds(dataclasses.replace(one.day, year=other.day.year), self.today)[0]
        elif one.day and other.is_year:
            first = _bounds(dataclasses.replace(one.day, year=other.start.year), self.today)[0]
        while first > last:
            first = _date(first.year - 1, first.month, first.day)
        return _Found(span, Period("", first, last, None, restricts=not (one.is_year and other.is_year)))

    def _half(self, one: _Atom) -> _Found | None:
        """A period that leaves an end open, or a range that names a day by its figure alone ("from 2 to 5 October")."""
        if one.day and one.day.day:
            for pattern in self.words.figures:
                if match := pattern.search(self.plain, 0, one.span.start):
                    first = dataclasses.replace(one.day, day=int(match.group("day")))
                    start = _date(one.start.year, first.month, first.day or 1)
                    if start <= one.end:
                        return _Found(
                            Span(match.start(), one.span.end), Period("", start, one.end, None, restricts=True)
                        )
        for sort, pattern in self.words.halves:
            if not (match := pattern.search(self.plain, 0, one.span.start)):
                continue
            span = Span(match.start(), one.span.end)
            match sort:
                case "since":
                    return _Found(span, Period("", one.start, None, None, restricts=not one.is_year))
                case "after":
                    return _Found(span, Period("", one.end + _ONE_DAY, None, None, restricts=not one.is_year))
                case "before":
                    return _Found(span, Period("", None, one.start - _ONE_DAY, None))
                case _:
                    return _Found(span, Period("", None, one.end, None))
        return None

    def _bound(self, one: _Atom) -> _Found | None:
        binding = self.words.binding.search(self.plain, 0, one.span.start)
        if one.is_loose and (not binding or one.is_relative):
            return None
        span = one.span
        if binding and not one.is_relative:
            span = Span(binding.start(), span.end)
        if one.day and not one.day.year:
            return _Found(span, Period("", day=one.day))
        return _Found(span, Period("", one.start, one.end, None, restricts=one.is_relative))


def _apart(atoms: Iterable[_Atom]) -> list[_Atom]:
    """Those that overlap no longer one, in order; of two at one place the one that stands for itself."""
    kept: list[_Atom] = []
    for one in sorted(atoms, key=lambda each: (-len(each.span), each.is_loose, each.span)):
        if not any(one.span.overlaps(each.span) for each in kept):
            kept.append(one)
    return sorted(kept, key=lambda each: each.span)


def _bounds(day: Day, today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of a date; without a year, of the latest that has begun."""
    year = day.year or today.year
    start = _date(year, day.month, day.day or 1)
    if day.year is None and start > today:
        start = _date(year - 1, day.month, day.day or 1)
    return start, (start if day.day else _date(start.year, start.month, 31))


def _stretch(size: str, offset: int, today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The day, week, weekend, month or year so many before or after that of `today`; or the last so many days."""
    match size:
        case "day":
            day = today + offset * _ONE_DAY
            return day, day
        case "days":
            return today - offset * _ONE_DAY, today
        case "week":
            monday = today + (7 * offset - today.weekday()) * _ONE_DAY
            return monday, monday + 6 * _ONE_DAY
        case "weekend":
            # The latest that has begun.
            saturday = today - ((today.weekday() - calendar.SATURDAY) % 7) * _ONE_DAY
            return saturday, saturday + _ONE_DAY
        case "month":
            year, month = divmod(today.year * 12 + today.month - 1 + offset, 12)
            return _date(year, month + 1, 1), _date(year, month + 1, 31)
        case _:
            return _date(today.year + offset, 1, 1), _date(today.year + offset, 12, 31)


def _ago(number: int, unit: str, today: datetime.date) -> datetime.date:
    match unit:
        case "day" | "week":
            return today - min(number * (7 if unit == "week" else 1), _LONGEST_AGO) * _ONE_DAY
        case "month":
            year, month = divmod(today.year * 12 + today.month - 1 - min(number, _LONGEST_AGO // 31), 12)
            return _date(year, month + 1, today.day)
        case _:
            return _date(today.year - min(number, _LONGEST_AGO // 366), today.month, today.day)


# Nobody means a day so many days ago, and the calendar has none without end.
_LONGEST_AGO = 366 * 500


def _date(year: int, month: int, day: int) -> datetime.date:
    """The day of the calendar, or the last of its month where that is shorter."""
    return datetime.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _span(match: re.Match[str]) -> Span:
    return Span(match.start(), match.end())


def _plain(text: str) -> str:
    plain = unaccented(text).casefold()
    return plain if len(plain) == len(text) else unaccented(text).lower()


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", _plain(text)))


class _Words:
    """The words of one language by which periods are named."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.weekdays = {
            name: number for number, names in enumerate(table["weekdays"]) for name in _plain(names).split("|")
        }
        self._numbers = {
            name: number for names, number in table["numbers"].items() for name in _plain(names).split("|")
        }
        self._units = {unit: re.compile(_any(forms)) for unit, forms in table["units"].items()}
        names = sorted((name for name in months() if len(name) > 3 or name in _SHORT), key=len, reverse=True)
        month = _any(map(re.escape, names))
        weekday = f"(?P<weekday>{_any(sorted(self.weekdays, key=len, reverse=True))})"
        number = f"(?P<n>\\d{{1,3}}|{_any(sorted(self._numbers, key=len, reverse=True))})"
        unit = f"(?P<unit>{_any(form for forms in table['units'].values() for form in forms)})"
        around = f"(?:{_plain(table['around_year'])})?"
        self.around_year = re.compile(rf"{around}(?!\w)")
        self.months = _standing(
            rf"(?<!\d )(?<!\d\. )(?P<month>{month})\.?(?:,?\s+(?:de\s+|del\s+)?(?P<year>(?:19|20)\d\d){around})?"
        )
        self.years = _standing(rf"(?P<year>(?:19|20)\d\d){around}")
        self.relative = [(stretch, _standing(_any(forms))) for stretch, forms in table["relative"].items()]
        self.weekday = _filled(table["weekday"], weekday=weekday)
        self.weekday_alone = [_standing(weekday)]
        self.weekday_before = re.compile(rf"(?<!\w){weekday},?\s+(?:le |el |den |the )?\Z")
        self.last_month = _filled(table["last_month"], month=f"(?P<month>{month})")
        self.last = _filled(table["last"], n=number, unit=unit)
        self.ago = _filled(table["ago"], n=number, unit=unit)
        self.attributive = _ending(table["attributive"])
        self.binding = _ending(table["in"])
        self.halves = [(sort, _ending(table[sort])) for sort in ("since", "after", "before", "until")]
        pairs = [_plain(each).split("|") for each in table["between"]]
        self.between = [(_ending([opening]), joining) for opening, joining in pairs]
        self.figures = [
            re.compile(
                rf"(?<!\w){re.escape(opening)}\s+(?P<day>[12]?\d|3[01])(?:er|st|nd|rd|th|\.)?\s+{re.escape(joining)}\s+\Z"
            )
            for opening, joining in pairs
        ]

    def number(self, word: str) -> int:
        return int(word) if word.isdigit() else self._numbers[word]

    def unit(self, word: str) -> str:
        return next(str(unit) for unit, forms in self._units.items() if forms.fullmatch(word))


# Names of months of three letters; others so short are abbreviations, and mean more than a month.
_SHORT = {"may", "mai", "мая", "маи", "мае"}


def _any(forms: Any) -> str:
    return f"(?:{'|'.join(map(_plain, forms))})"


def _filled(forms: Sequence[str], **places: str) -> list[re.Pattern[str]]:
    """The forms as patterns, their {places} filled."""

    def filled(form: str) -> str:
        return functools.reduce(lambda done, place: done.replace("{" + place + "}", places[place]), places, form)

    return [_standing(filled(_plain(form))) for form in forms]


def _standing(pattern: str) -> re.Pattern[str]:
    """A pattern for whole words that own nothing: "last week's strike" is of no week."""
    return re.compile(rf"(?<![\w'])(?:{pattern})(?!\w|'s\b)")


def _ending(words: Sequence[str]) -> re.Pattern[str]:
    """A pattern for the end of a text that is one of these words; "d'" binds what follows without a space."""
    if not words:
        return re.compile(r"(?!)")
    forms = (re.escape(word) + ("" if word.endswith("'") else r"\s+") for word in map(_plain, words))
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(forms, key=len, reverse=True))})\Z")


@functools.cache
def _tables() -> Mapping[str, Any]:
    text = resources.files("assistant.lexicon").joinpath("periods.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@functools.cache
def _words(language: str) -> _Words:
    return _Words(_tables()[language])


@functools.cache
def _leaning() -> frozenset[str]:
    return frozenset({"", *(_bare(words) for table in _tables().values() for words in table["lean"])})


def described(period: Period, language: str, *, sort: str) -> str:
    """Return what a period does to a search, in words; `sort` is "only_articles", "only_statements" or "first".

    >>> week = Period("last week", datetime.date(2026, 11, 9), datetime.date(2026, 11, 15), restricts=True)
    >>> described(week, "en", sort="only_articles")
    'Only articles from 9 to 15 November 2026'
    """
    say = _tables()[language if language in _tables() else "en"]["say"]
    return str(say[sort]).replace("{period}", _said(period, say))


def _said(period: Period, say: Mapping[str, Any]) -> str:
    start, end = period.start, period.end
    if period.day and period.day.day:
        day = _day(say, period.day.day)
        month = say["months"][period.day.month - 1]
        return _form(say, "of_day", day=_form(say, "day_month", day=day, month=month))
    if period.day:
        return _form(say, "of_month", month=_month(say, period.day.month))
    if start and end:
        if start == end:
            return _form(say, "of_day", day=_whole_date(say, start))
        if (start, end) == (_date(start.year, 1, 1), _date(start.year, 12, 31)):
            return _form(say, "of_year", year=start.year)
        if (start, end) == (_date(start.year, start.month, 1), _date(start.year, start.month, 31)):
            whole = _form(say, "month_year", month=_month(say, start.month), year=start.year)
            return _form(say, "of_month", month=whole)
        first = _whole_date(say, start)
        if (start.year, start.month) == (end.year, end.month):
            first = _day(say, start.day)
        elif start.year == end.year:
            first = _form(say, "day_month", day=_day(say, start.day), month=say["months"][start.month - 1])
        return _form(say, "range", start=first, end=_whole_date(say, end))
    if start:
        return _form(say, "since", start=_whole_date(say, start))
    return _form(say, "until", end=_whole_date(say, end or datetime.date.max))


def _whole_date(say: Mapping[str, Any], date: datetime.date) -> str:
    return _form(say, "date", day=_day(say, date.day), month=say["months"][date.month - 1], year=date.year)


def _day(say: Mapping[str, Any], day: int) -> str:
    return _form(say, "first_day" if day == 1 else "day", day=day)


def _month(say: Mapping[str, Any], month: int) -> str:
    return str(say.get("months_alone", say["months"])[month - 1])


def _form(say: Mapping[str, Any], name: str, **values: object) -> str:
    return str(say[name]).format(**values)
