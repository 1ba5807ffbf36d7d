"""What the languages of the world call months, days, places and large numbers, by CLDR, Unicode's data on languages.

CLDR comes with Babel. It has about 250 languages; of one that it does not know every answer here is empty.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import get_timezone_location
from babel.numbers import format_compact_decimal, get_currency_name
from rapidfuzz.distance import Postfix, Prefix

# Languages that write their words without spaces.
UNPARTED = frozenset({"zh", "ja", "th", "lo", "km", "my"})
_FORMS: tuple[Literal["long", "short"], ...] = ("long", "short")
_CURRENCIES = ("EUR", "USD", "GBP", "JPY", "RUB", "CNY", "CHF")
_SCALES = (3, 4, 5, 6, 7, 9, 8, 12)
# Plural forms differ by the last figures: 1, 2, 5, 21.
_COUNTED = (1, 2, 5)
_FIGURES = re.compile("[\\d.,٫٬\\s\u200e\u200f]+")


@functools.cache
def _locale(language: str) -> Locale | None:
    if language in ("", "und"):
        # Babel would take English.
        return None
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None


def name_of(language: str) -> str:
    """Return what English calls a language, by its ISO 639 code; "" of one that CLDR does not know.

    >>> name_of("ko")
    'Korean'
    """
    known = _locale("en")
    return str(known.languages.get(language, "")) if known else ""


@functools.cache
def months(language: str) -> Mapping[str, int]:
    """Return the names of the months, each with its number: as in a date, alone and abbreviated.

    >>> months("pl")["października"], months("pl")["październik"]
    (10, 10)
    """
    found = dict[str, int]()
    for width in ("wide", "abbreviated"):
        for number, name in _named(language, "months", width):
            # Catalan has "d’octubre".
            found.setdefault(re.sub(r"^(?:de |d[’'])", "", name).rstrip("."), number)
    return {name: number for name, number in found.items() if not name[:1].isdecimal()}


@functools.cache
def weekdays(language: str) -> Mapping[str, int]:
    """Return the names of the days of the week, each with its number, Monday being 0."""
    return {name: number for number, name in _named(language, "days", "wide")}


def _named(language: str, what: str, width: str) -> Iterator[tuple[int, str]]:
    locale = _locale(language)
    if locale is None:
        return
    for use in ("format", "stand-alone"):
        names = getattr(locale, what).get(use, {}).get(width, {})
        if any("月" in str(name) or "周" in str(name) for name in names.values()) and language not in ("ja", "zh"):
            # What a language has no name for, Babel takes from Chinese.
            continue
        for number, name in names.items():
            yield int(number), str(name)


@functools.cache
def scales(language: str) -> Mapping[str, int]:
    """Return the words that multiply the number they stand behind, each with its value ("million", "万", "लाख")."""
    locale = _locale(language)
    found = dict[str, int]()
    if locale is None:
        return found
    for form, power, count in itertools.product(_FORMS, _SCALES, _COUNTED):
        try:
            told = format_compact_decimal(count * 10**power, format_type=form, locale=locale)
        except KeyError:
            # Chinese and Japanese have the short form only.
            continue
        word, figures = " ".join(_FIGURES.sub(" ", told).split()), re.sub(r"\D", "", told)
        # A lone letter is more than one thing.
        is_telling = len(word) > 1 or word > "\u2000"
        if word and figures and is_telling and told.lstrip("\u200e\u200f")[:1].isdigit():
            found.setdefault(word, count * 10**power // int(figures))
    return {word: value for word, value in found.items() if value > 1}


@functools.cache
def currencies(language: str) -> Mapping[str, str]:
    """Return what the large currencies are called, in lower case, each with its ISO 4217 code in lower case.

    A dollar is the American one where nothing is said: its word is what that and the Australian one have in common.
    """
    locale = _locale(language)
    if locale is None:
        return {}
    found = {
        get_currency_name(code, count, locale=locale).lower(): code.lower()
        for code in _CURRENCIES for count in (None, 1, 2, 5)
    }  # fmt: skip
    american, australian = (get_currency_name(code, 5, locale=locale).lower() for code in ("USD", "AUD"))
    common = {*american.split()} & {*australian.split()}
    if " " not in american:
        # Thai and Japanese part no words.
        common.add(american[: Prefix.similarity(american, australian)])
        common.add(american[len(american) - Postfix.similarity(american, australian) :])
    found |= {word: "usd" for word in common if len(word) > 1}
    return {name: code for name, code in found.items() if len(name) > 1}


@functools.cache
def places(language: str) -> Mapping[str, str]:
    """Return the names of countries, the European Union, the United Nations and cities, each with a key.

    A country's key is its ISO 3166 code, a city's that of the time zone it gives the name to, as most capitals do.
    """
    locale = _locale(language)
    found = dict[str, str]()
    if locale is None:
        return found
    for code, name in locale.territories.items():
        if len(code) == 2:
            found.setdefault(name, code)
    for zone in get_global("zone_territories"):
        if "/" in zone and not zone.startswith(("Etc/", "Antarctica/")):
            found.setdefault(get_timezone_location(zone, locale=locale, return_city=True), zone)
    return {name: key for name, key in found.items() if len(name) > 1}
