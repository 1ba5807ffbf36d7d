"""What a sentence states to the letter, whatever its language: numbers, dates, days of the week."""

from __future__ import annotations

import bisect
import dataclasses
import datetime
import functools
import itertools
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import resources

from assistant import locales
from assistant.dates import Day, days, months
from assistant.quotecheck.words import Words, words_of
from assistant.verification import lexicon
from ingest.folding import MARKS, is_cased, unaccented
from ingest.models import Span

_UNITS = {"%": "%", "€": "eur", "$": "usd", "£": "gbp", "¥": "jpy", "₽": "rub"}
_UNIT_WORDS = (
    ("%", ("percent", "prozent", "процент", "porcentual")),
    ("eur", ("euro", "евро")),
    ("usd", ("dollar", "dolar", "доллар")),
    ("gbp", ("livre", "libra", "pfund", "pound", "фунт")),
    ("rub", ("roubl", "rubl", "ruble", "rublo", "rubel", "рубл")),
    ("jpy", ("yen", "иен")),
)
_PER_CENT = {("per", "cent"), ("pour", "cent"), ("por", "ciento")}
_LETTER_BEFORE = re.compile(r"(?<=[^\W\d])(?=\d)")
# Figures grouped and parted as in Arabic and Persian.
_ARABIC_MARKS = str.maketrans({"٫": ".", "٬": ","})
# Languages that write what multiplies to the figures, and what is counted to that.
_TOGETHER = locales.UNPARTED | {"ko"}
# A word that multiplies is known without its ending where it has more letters than these, with at most so many behind.
_SHORT_SCALE, _LONGEST_ENDING = 5, 4
_STEM_OF_DAY = 4
_CURRENCY_WITHIN = 30
_JOINING = frozenset({"and", "et", "y", "und"})
_GERMAN = re.compile(
    r"(ein|zwei|drei|vier|funf|sechs|sieben|acht|neun)und(zwanzig|dreissig|vierzig|funfzig|sechzig|siebzig|achtzig|neunzig)"
)
_GERMAN_UNITS = {name: i for i, name in enumerate("ein zwei drei vier funf sechs sieben acht neun".split(), 1)}
_GERMAN_LARGE = re.compile(
    r"(zwei|drei|vier|funf|sechs|sieben|acht|neun|zehn|elf|zwolf|zwanzig|funfzig)(hundert|tausend)"
)
_WRITTEN_TO = re.compile(r"(?<=\d)(?=(?:bn|mn|mio|mrd|mds?|tn|k|m)\b)|(?<=\d[  ]M)(?=€)|(?<=\dM)(?=€)", re.IGNORECASE)
_FIGURES = re.compile(r"-?(\d+(?:\.\d+)?)([a-zа-я]{0,3})$")
# Names of months that are words of their own too.
_DOUBTFUL = frozenset({"may", "march", "mars", "mai", "mar", "mare", "sept", "set", "dec", "jan"})
_BEFORE_MONTH = frozenset(
    "in en im since depuis desde seit until by of early late mid debut fin ende anfang mitte в с до к".split()
)


@dataclasses.dataclass(frozen=True, slots=True)
class Number:
    """A number as stated, with its unit ("%", a currency) and the stem of the word it counts, where there is one."""

    value: float
    span: Span
    unit: str = ""
    counted: str = ""


def numbers(text: str, language: str) -> list[Number]:
    """Return the numbers of a text, in figures or words ("1 234,5", "2 millions"), those of dates aside."""
    spaced, moved = _spaced(text, language)
    words = words_of(spaced)
    dated = [span for span, _ in days(spaced, language)]
    found = list[Number]()
    at, following = 0, 0
    while at < len(words):
        if following <= at and (part := _part(words, at, language)) is not None:
            share, end = part
            found.append(Number(share, moved(words.span(at, end)), "part"))
            at = following = end
            continue
        if any(span.start <= words.starts[at] < span.end for span in dated):
            at += 1
            continue
        value, end = _value(words, at, language)
        if value is None:
            at += 1
            continue
        end_of_number = end
        while end < len(words) and (scaled := _scale(words, at, end, language)):
            scale, end = scaled
            value *= scale
            end_of_number = end
        if not lexicon.knows(language) and end < len(words) and end_of_number > at + 1:
            more, last = _smaller(words, end, scale_of=value, language=language)
            if more:
                value, end, end_of_number = value + more, last, last
        unit, end = _unit(words, at, end)
        unit = unit or _currency_elsewhere(words, at, end_of_number, language)
        found.append(Number(value, moved(words.span(at, end_of_number)), unit, _counted(words, end, language)))
        at = end
    return found


def _spaced(text: str, language: str) -> tuple[str, Callable[[Span], Span]]:
    """A text with a space between figures and the letters written to them ("1.2bn", "48 M€"), and the way back."""
    text = text.translate(_ARABIC_MARKS)
    places = [match.start() for match in _WRITTEN_TO.finditer(text)]
    if not lexicon.knows(language):
        # "120万人": behind the figures, and behind what multiplies them.
        written = {at for match in _written_to(language).finditer(text) for at in match.span(1)}
        places = sorted({*places, *written, *(match.start() for match in _LETTER_BEFORE.finditer(text))})
        places = [at for at in places if 0 < at < len(text) and not text[at - 1].isspace() and not text[at].isspace()]
    if not places:
        return text, lambda span: span
    parts = [text[i:j] for i, j in itertools.pairwise([0, *places, len(text)])]
    inserted = [at + number for number, at in enumerate(places)]

    def moved(span: Span) -> Span:
        return Span(
            span.start - bisect.bisect_left(inserted, span.start), span.end - bisect.bisect_left(inserted, span.end)
        )

    return " ".join(parts), moved


@functools.cache
def _written_to(language: str) -> re.Pattern[str]:
    """Figures with the letters written to them: what multiplies, where one of its words does, or nothing yet."""
    words = sorted(map(re.escape, locales.scales(language)), key=len, reverse=True) if language in _TOGETHER else []
    return re.compile(rf"(?<=\d)(?:\s?)((?:{'|'.join(words)})|(?=[^\W\d]))" if words else r"(?<=\d)((?=[^\W\d]))")


def _part(words: Words, at: int, language: str) -> tuple[float, int] | None:
    """A fraction in words that begins here ("half", "two thirds"), and the word after it."""
    known = lexicon.parts(language)
    key = words.keys[at]
    if key in known and (known[key] == 0.5 or at == 0 or words.keys[at - 1] not in lexicon.definites(language)):
        return known[key], at + 1
    following = words.keys[at + 1] if at + 1 < len(words) else ""
    count = lexicon.numbers(language).get(key) or (int(key) if key.isdecimal() and len(key) == 1 else None)
    if following in known and count and count < 10:
        return count * known[following], at + 2
    return None


def _scale(words: Words, at: int, end: int, language: str) -> tuple[int, int] | None:
    """What the words after a number multiply it by, and the word after those.

    The letters "k" and "m" only where they stand for money.
    """
    key = words.keys[end]
    if not lexicon.knows(language):
        return _scale_elsewhere(words, end, language)
    if key in ("k", "m"):
        beside = {words.keys[at - 1] if at else "", words.keys[end + 1] if end + 1 < len(words) else ""}
        if key == "m" and not beside & set(_UNITS):
            return None
        return (1_000 if key == "k" else 1_000_000), end + 1
    scale = lexicon.scales(language).get(key)
    return (scale, end + 1) if scale else None


def _smaller(words: Words, at: int, *, scale_of: float, language: str) -> tuple[float, int]:
    """What is added to a number with its scale ("1億 2000万", "9 लाख 50 हज़ार"), and the word after that; or 0."""
    value, end = _value(words, at, language)
    between = words.text[words.ends[at - 1] : words.starts[at]]
    if value is None or re.search(rf"[^\s{MARKS}]", between):
        return 0.0, at
    while end < len(words) and (scaled := _scale_elsewhere(words, end, language)):
        value, end = value * scaled[0], scaled[1]
    is_part = end > at + 1 or language in _TOGETHER
    return (value, end) if is_part and value < scale_of else (0.0, at)


def _scale_elsewhere(words: Words, end: int, language: str) -> tuple[int, int] | None:
    """The same in a language that there are no word lists for, also of an inflected word ("milionima")."""
    known = lexicon.scales(language)
    key = words.keys[end]
    if not is_cased(words.text):
        # Letters that stand between marks are no words: the text tells.
        match = _scales_at(language).match(words.text, words.ends[end - 1])
        if match is None:
            return None
        after = next((i for i in range(end, len(words)) if words.starts[i] >= match.end()), len(words))
        return locales.scales(language)[match[1]], after
    for length in (3, 2, 1):
        stated = " ".join(words.keys[end : end + length])
        if end + length <= len(words) and stated in known:
            return known[stated], end + length
    likely = [
        word for word in known
        if key.startswith(word if len(word) <= _SHORT_SCALE else word[:-2]) and len(word) > 3
        and len(key) <= len(word) + _LONGEST_ENDING
    ]  # fmt: skip
    return (known[max(likely, key=len)], end + 1) if likely else None


@functools.cache
def _scales_at(language: str) -> re.Pattern[str]:
    words = "|".join(sorted(map(re.escape, locales.scales(language)), key=len, reverse=True))
    # Arabic counts in a plural of its own.
    ends = "" if language in _TOGETHER else rf"(?:ات|ا|ين|ان)?(?![\w{MARKS}])"
    return re.compile(rf"\s?({words or '(?!)'}){ends}")


def _counted(words: Words, end: int, language: str) -> str:
    """The stem of the word that a number counts: the first behind it that says something, in the same clause."""
    for i in range(end, min(end + 3, len(words))):
        before = words.text[words.ends[i - 1] : words.starts[i]] if i else ""
        if any(mark in before for mark in ".,;:!?()–—") or words.keys[i][0].isdigit():
            return ""
        if lexicon.is_content(words.keys[i], language):
            return "" if words.keys[i] in lexicon.numbers(language) else lexicon.stem(words.keys[i])
    return ""


def _value(words: Words, at: int, language: str) -> tuple[float | None, int]:
    """The number that begins with a word, and the word after it; None where none does."""
    key = words.keys[at]
    if (figures := _FIGURES.match(key)) is not None:
        return float(figures[1]), at + 1
    known = lexicon.numbers(language)
    total = current = 0.0
    end, is_any = at, False
    while end < len(words):
        pair = " ".join(words.keys[end : end + 2])
        step = 2 if end + 1 < len(words) and pair in known else 1
        value = known.get(pair if step == 2 else words.keys[end], _german(words.keys[end]))
        if value is None:
            if is_any and words.keys[end] in _JOINING and end + 1 < len(words):
                following = known.get(words.keys[end + 1])
                if following is not None and following < 20 and current % 10 == 0 and current >= 20:
                    end += 1
                    continue
            break
        if value >= 1000:
            if not is_any and value > 1000 and words.keys[end].endswith("s"):
                break
            total += max(current, 1.0) * value
            current = 0.0
        elif value == 100:
            if current >= 100:
                break
            current = max(current, 1.0) * 100
        elif value == 20 and current == 4:
            current = 80.0
        elif (
            not is_any
            or current == 0
            or current % 100 == 0
            # "Dix-huit", and no "ten, eight".
            or (words.keys[end - 1] == "dix" and current % 100 == 10 and 7 <= value <= 9 and words.tied[end])
            or (current % 10 == 0 and value < 20 and current % 100 > 10)
        ):
            current += value
        else:
            break
        is_any = True
        end += step
    return (total + current, end) if is_any else (None, at)


def _german(key: str) -> int | None:
    if (match := _GERMAN.fullmatch(key)) is not None:
        return _GERMAN_UNITS[match[1]] + lexicon.numbers("de")[match[2]]
    if (match := _GERMAN_LARGE.fullmatch(key)) is not None:
        return lexicon.numbers("de")[match[1]] * lexicon.numbers("de")[match[2]]
    return None


def _unit(words: Words, at: int, end: int) -> tuple[str, int]:
    """What a number counts money or shares in, and the word after that."""
    if at and words.keys[at - 1] in _UNITS:
        return _UNITS[words.keys[at - 1]], end
    if end < len(words) and not words.text[words.ends[end - 1] : words.starts[end]].strip(" \u00a0\u202f-"):
        if tuple(words.keys[end : end + 2]) in _PER_CENT:
            return "%", end + 2
        if words.keys[end] in _UNITS:
            return _UNITS[words.keys[end]], end + 1
        for unit, beginnings in _UNIT_WORDS:
            if any(key.startswith(beginnings) for key in words.keys[end : end + 2] if key not in ("de", "d")):
                return unit, end + 1
    return "", end


def _currency_elsewhere(words: Words, at: int, end: int, language: str) -> str:
    """The currency that a number is in, by its name behind it or before it, in a language without word lists."""
    if lexicon.knows(language):
        return ""
    behind = words.text[words.ends[end - 1] :][:_CURRENCY_WITHIN].lower()
    before = words.text[: words.starts[at]][-_CURRENCY_WITHIN:].lower().rstrip()
    known = locales.currencies(language)
    fitting = [name for name in known if behind.lstrip(" \u00a0de").startswith(name) or before.endswith(name)]
    return known[max(fitting, key=len)] if fitting else ""


Meaning = tuple[str, float | str]
# What tells when something was.
TIMES = frozenset({"day", "month", "year", "weekday"})


def meanings(text: str, language: str) -> list[tuple[Span, frozenset[Meaning]]]:
    """Return where a text states numbers, units, dates and days of the week, and what each means."""
    found: list[tuple[Span, frozenset[Meaning]]] = []
    for number in numbers(text, language):
        sort = "part" if number.unit == "part" else "number"
        found.append((number.span, frozenset({(sort, number.value)})))
    for span, day in days(text, language):
        parts = (("day", day.day), ("month", day.month), ("year", day.year))
        found.append((span, frozenset((sort, value) for sort, value in parts if value is not None)))
    for match in _LITERAL_WORD.finditer(text):
        word, span = unaccented(match[0]).lower(), Span(*match.span())
        if lexicon.knows(language) and word in months() and (len(word) > 3 and word not in _DOUBTFUL):
            found.append((span, frozenset({("month", months()[word])})))
        elif word in _weekdays(language):
            found.append((span, frozenset({("weekday", _weekdays(language)[word])})))
        elif unit := _unit_of(word):
            found.append((span, frozenset({("unit", unit)})))
    return found


_LITERAL_WORD = re.compile(r"(?:per|pour|por)\s(?:cent|ciento)|[^\W\d_]+|[%€$£¥₽]", re.IGNORECASE)


def _unit_of(word: str) -> str:
    """The unit that a word names, or "per cent" in two; "" where it names none."""
    if word in _UNITS:
        return _UNITS[word]
    if tuple(word.split()) in _PER_CENT:
        return "%"
    return next((unit for unit, beginnings in _UNIT_WORDS if word.startswith(beginnings)), "")


def unsupported_number(stated: Sequence[Number], printed: Sequence[Number], *, by_noun: bool) -> bool:
    """Tell whether a number is stated that is not printed, or with another unit, or `by_noun` of something else."""
    for each in stated:
        if each.unit == "part" and any(one.unit == "%" and one.value == 100 * each.value for one in printed):
            continue
        same = [one for one in printed if abs(one.value - each.value) <= 1e-9 * max(1.0, abs(each.value))]
        if not same:
            return True
        if each.unit and not any(one.unit in ("", each.unit) for one in same):
            return True
        if each.unit in ("%", "part") and not any(one.unit == each.unit for one in same):
            return True
        if by_noun and each.counted and not any(one.counted == each.counted for one in same):
            others = [one for one in printed if one.counted == each.counted and one not in same]
            if others:
                return True
    return False


def unsupported_date(
    text: str, language: str, grounds: str, written: str, published: datetime.date | None
) -> bool:  # fmt: skip
    """Tell whether a text in `language` states a day, month or day of the week that its grounds do not give.

    They are in `written`, and of an article of the day `published`, which counts as given.
    """
    today = Day.of(published) if published else None
    known = [*(day for _, day in days(grounds, written)), *([today] if today else [])]
    years = set(re.findall(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)", grounds))
    if published:
        years.add(str(published.year))
    months_given = _months(grounds, written) | ({published.month} if published else set())
    if not lexicon.knows(written):
        named = {unaccented(name).lower(): number for name, number in locales.months(written).items()}
        months_given |= {named[word] for word in re.findall(r"\w+", unaccented(grounds).lower()) if word in named}
    for _, day in days(text, language):
        if day.day is None:
            if day.month not in months_given or (day.year and str(day.year) not in years):
                return True
            continue
        fitting = [
            each for each in known
            if each.month == day.month and each.day == day.day
        ]  # fmt: skip
        if not fitting:
            return True
        if day.year and not any(each.year == day.year for each in fitting) and (
            any(each.year for each in fitting if each is not today) or str(day.year) not in years
        ):  # fmt: skip
            return True
    here, there = weekdays(text, language), weekdays(grounds, written)
    if here - there - ({published.weekday()} if published else set()):
        return True
    return bool(_months(text, language) - months_given)


def weekdays(text: str, language: str) -> frozenset[int]:
    """Return the days of the week that a text names in `language`, Monday being 0."""
    words = re.findall(r"\w+", unaccented(text).lower())
    known = _weekdays(language)
    return frozenset(known[word] for word in words if word in known)


def names_days_of(text: str, written: str, translation: str, language: str) -> bool:
    """Tell whether a translation names each day of the week that a text in `written` names, as far as CLDR has them.

    By the beginning of the name, as it may be inflected.
    """
    plain = unaccented(translation).lower()
    names = [(unaccented(name).lower(), number) for name, number in locales.weekdays(language).items()]
    return not names or all(
        any(part[:_STEM_OF_DAY] in plain for name, number in names if number == day for part in name.split()[-1:])
        for day in weekdays(text, written)
    )


@functools.cache
def _weekdays(language: str) -> Mapping[str, int]:
    if not lexicon.knows(language):
        names = {unaccented(name).lower(): number for name, number in locales.weekdays(language).items()}
        return {name: number for name, number in names.items() if len(name.split()) == 1}
    text = resources.files("assistant.lexicon").joinpath("periods.toml").read_text(encoding="utf-8")
    found = dict[str, int]()
    for table in tomllib.loads(text).values():
        for number, names in enumerate(table.get("weekdays", ()) if isinstance(table, dict) else ()):
            for name in unaccented(names).lower().split("|"):
                found[name] = number
                found[name + "s"] = number
    return found


def _months(text: str, language: str) -> set[int]:
    found = {day.month for _, day in days(text, language)}
    if not lexicon.knows(language):
        # A month alone is other words in too many languages ("mają", "Mei").
        return found
    words = re.findall(r"\w+", unaccented(text).lower())
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        is_dated = before in _BEFORE_MONTH or re.fullmatch(r"(?:1[5-9]|20)\d\d", after)
        if word in months() and ((len(word) > 3 and word not in _DOUBTFUL) or is_dated):
            found.add(months()[word])
    return found


def numbers_elsewhere(text: str) -> list[Number]:
    """Return what another language may state in figures where a text does not: Roman numerals, "second", "one"."""
    found = [Number(1.0, Span(0, 0))]
    for match in _ROMAN.finditer(text):
        values = [_ROMAN_VALUES[letter] for letter in match[1]]
        value = sum(-a if a < b else a for a, b in itertools.pairwise([*values, 0]))
        found.append(Number(float(value), Span(*match.span(1))))
    for match in re.finditer(r"[^\W\d_]+", unaccented(text).lower()):
        found += [
            Number(float(value), Span(*match.span()))
            for value, beginnings in _ORDINALS
            if match[0].startswith(beginnings)
        ]
    return found


_ROMAN = re.compile(r"(?<!\w)([IVXLC]{1,6})(?=e\b|eme\b|ème\b|er\b|\.|\b)")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
# How words for a place in a row begin, in the languages of the word lists.
_ORDINALS = (
    (2, ("second", "deuxiem", "segund", "zweite", "втор")), (3, ("third", "troisiem", "tercer", "dritte", "трет")),
    (4, ("fourth", "quatriem", "cuart", "vierte", "четверт")), (5, ("fifth", "cinquiem", "quint", "funfte", "пят")),
)  # fmt: skip


def years(found: Iterable[Number]) -> set[int]:
    """Return which of the numbers may be years."""
    return {int(each.value) for each in found if 1500 <= each.value < 2100 and each.value == int(each.value)}
