"""What a question asks for: what somebody said, who said something, or a matter of fact."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from assistant import periods
from assistant.periods import Period
from ingest.errors import UnusableQuestion
from ingest.folding import unaccented
from ingest.languages import language_of

# Who is asked about does not depend on the day.
_SOME_DAY = datetime.date(2000, 1, 1)


class Asked(enum.StrEnum):
    """What sort of thing is asked."""

    STATEMENTS = "statements"
    SPEAKERS = "speakers"
    CLAIM = "claims"
    WHEN = "when"
    FACT = "fact"


# Who said so and whether it was said: questions with a statement inside, which may have its own time.
_CLAIMED = (Asked.SPEAKERS, Asked.CLAIM)


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """A question understood.

    text      as asked, white space tidied
    query     what to search by: the text, with the question it follows on where it leans on one
    language  ISO 639-1
    who       the speaker asked for, as named in the question; "" for a fact
    topic     what the statements are to be about, or the words said; "" for anything
    periods   when it asks about: the dates and stretches of time that it names, or those of the question it leans on
    whole     `who` and `topic` with what binds them: in "le ministre de la Défense" they may be one speaker
    asked_on  the day against which "last week" is read
    verb      the sort of statement it asks for ("regret"), a key of the verbs in `questions.toml`; "" for any
    """

    text: str
    query: str
    language: str
    asked: Asked = Asked.FACT
    who: str = ""
    topic: str = ""
    periods: tuple[Period, ...] = ()
    verb: str = ""
    whole: str = ""
    asked_on: datetime.date = _SOME_DAY


def understood(
    text: str, *, history: Sequence[str] = (), language: str | None = None, longest: int = 2000,
    today: datetime.date = _SOME_DAY,
) -> Question:  # fmt: skip
    """Return what `text` asks on the day `today`, given the earlier questions of the conversation, oldest first.

    `language` decides only where the words do not. Raises UnusableQuestion where there is nothing to understand.
    """
    text = _tidied(text)
    if not any(c.isalnum() for c in text):
        raise UnusableQuestion("the question is empty")
    if len(text) > longest:
        raise UnusableQuestion(f"the question has {len(text):,} characters; at most {longest:,} are read")
    history = history[-_REMEMBERED:]
    earlier = None
    if _usable(history):
        earlier = understood(history[-1], history=history[:-1], longest=10**6, today=today)
    stated = periods.named(text, today=today)
    if earlier and stated.alone:
        return _at_another_time(earlier, text, stated, today)
    matched = _matched(stated.without)
    if matched and (question := _question(text, matched, stated, earlier)):
        if question.asked in _CLAIMED and any(each.start is None and each.end for each in stated.periods):
            # "Who warned that it would close before March?": when it closes, not when that was said.
            stated = periods.Named((), text, alone=False)
            question = ((matched := _matched(text)) and _question(text, matched, stated, earlier)) or question
        return dataclasses.replace(question, asked_on=today)
    identified = _language(text, default=language or "en")
    if earlier and _leans(text, identified):
        before = periods.named(earlier.query, today=today).without if stated.periods else earlier.query
        when = stated.periods or earlier.periods
        return Question(text, f"{before} {_searched(text, stated)}", identified, periods=when, asked_on=today)
    return Question(text, _searched(text, stated), identified, periods=stated.periods, asked_on=today)


def timeless(text: str) -> str:
    """Return a question without the times that it names, "" where it names nothing else."""
    stated = periods.named(_tidied(text), today=_SOME_DAY)
    return "" if stated.alone else stated.without


def _tidied(text: str) -> str:
    """The text on one line; marks of direction and joiners, which nobody sees, are left out or part words."""
    return " ".join("".join(c if c.isprintable() else _UNSEEN.get(c, " ") for c in text).split())


def _searched(text: str, stated: periods.Named) -> str:
    """What to search by: no article of last week calls it so, but one on 2015 names that year."""
    return stated.without if not stated.alone and any(each.restricts for each in stated.periods) else text


def _at_another_time(earlier: Question, text: str, stated: periods.Named, today: datetime.date) -> Question:
    """The question before, asked of another time: "And since March?"."""
    query = periods.named(earlier.query, today=today).without
    if not any(each.restricts for each in stated.periods):
        query = f"{query} {text}"
    return dataclasses.replace(earlier, text=text, query=query, periods=stated.periods)


def _question(text: str, matched: _Matched, stated: periods.Named, earlier: Question | None) -> Question | None:
    """The question that a matched pattern makes of a text; None where its words make no such sense."""
    language, sort, parts = matched
    who, topic = parts.get("who", ""), parts.get("topic", "")
    query, when = _searched(text, stated), stated.periods
    first = unaccented(who).casefold().split()[:1]
    if sort == "when":
        return Question(text, earlier.query, language, Asked.WHEN) if earlier else None
    if sort != "follow_up" and first and first[0] in _words("which", language, *_BY_SHORT_WORDS):
        return Question(text, query, language, Asked.SPEAKERS, topic=topic, periods=when)
    if who and (first[0] in _words("asking", language, *_BY_SHORT_WORDS) or _names_nobody(who, language)):
        return None
    if sort == "follow_up":
        if earlier is None or earlier.asked is not Asked.STATEMENTS:
            return None
        when = when or earlier.periods
        return Question(text, query, language, Asked.STATEMENTS, who, earlier.topic, when, earlier.verb)
    if who and is_pronoun(who) and earlier:
        when = when or earlier.periods
    verb = _verb(parts.get("said", ""))
    return Question(text, query, language, Asked(sort), who, topic, when, verb, parts.get("whole", ""))


def _names_nobody(who: str, language: str) -> bool:
    """Whether the words stand for no speaker: "the article", or grammar that a pattern took for a name."""
    plain = unaccented(who).casefold()
    nobody = _words("nobody", language, *_BY_SHORT_WORDS)
    return plain in nobody or plain.split()[-1] in nobody


def _language(text: str, *, default: str) -> str:
    """The language of a question by its own words: names, which are of any language, are left out.

    Of so few words that the identifier guesses, the question word tells, or else the `default` holds.
    """
    letters = [c for c in text if c.isalpha()]
    if 2 * sum(c >= _BEYOND_CYRILLIC for c in letters) > len(letters):
        return language_of(text, default=default)
    words = [word for word in text.split() if any(c.isalpha() for c in word)]
    plain = [word for number, word in enumerate(words) if not number or not word[:1].isupper()]
    if text.isascii() and len(plain) < 2:
        return default
    identified = language_of(" ".join(plain) if len(plain) > 1 else text, default=default)
    if not plain or len(plain) > _TELLING or identified in _BY_SHORT_WORDS:
        return identified
    if any(unaccented(word).casefold().strip("?") in _words("asking", identified) for word in plain):
        return identified
    first = unaccented(plain[0]).casefold()
    asking = [language for language in _languages() if first in _words("asking", language)]
    return asking[0] if asking else default


# So many questions of a conversation are looked back on.
_REMEMBERED = 8
# Scripts that come later tell their language, and some of them part no words: Arabic, Chinese.
_BEYOND_CYRILLIC = "\u0530"
# From more words than these the identifier tells any of its languages.
_TELLING = 4
_CLOSING = re.compile(r"[\s?!.…:;»”\"'？！。：；؟۔।」』]+$")
_OPENING = re.compile(r"^[\s¿¡«“\"'「『]+")
# Persian parts words by the joiner that is no joiner.
_UNSEEN = dict.fromkeys(
    "\u00ad\u200b\u200d\u200e\u200f\u061c\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e\ufeff", ""
)
# Languages whose short words are told from one another: "and" begins no question of another, nor "he" a name.
_BY_SHORT_WORDS = ("en", "fr", "es", "de", "ru")
_UNPARTED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
# So many of their characters count as a word.
_CHARACTERS = 2


def is_pronoun(who: str) -> bool:
    """Tell whether `who` only points at somebody named before ("he", "elle").

    A word of few languages with a capital is a name: "Han" is he in Swedish, and somebody in Chinese.
    """
    plain = unaccented(who)
    return plain.casefold() in _words("pronouns", *_BY_SHORT_WORDS) or plain in _words("pronouns")


def asks(word: str) -> bool:
    """Tell whether `word` begins questions, in whatever language."""
    return unaccented(word).casefold() in _words("asking") | _words("which")


def verb_forms(verb: str) -> tuple[str, ...]:
    """Return how the words begin that report statements of this sort, unaccented and in lower case."""
    return tuple(_tables()["verbs"].get(verb, ()))


def _verb(word: str) -> str:
    plain = unaccented(word).casefold()
    return next((verb for verb, forms in _tables()["verbs"].items() if plain and plain.startswith(tuple(forms))), "")


def _usable(history: Sequence[str]) -> bool:
    return bool(history) and any(c.isalnum() for c in history[-1])


def _leans(text: str, language: str) -> bool:
    """A short question that begins with "and" leans on the one before it; so does one of two or three words."""
    words = re.findall(r"\w+", unaccented(text).casefold())
    count = max(len(words), len(_UNPARTED.findall(text)) // _CHARACTERS)
    return count <= 3 or (count <= 8 and words[0] in _words("and", language, *_BY_SHORT_WORDS))


_Matched = tuple[str, str, dict[str, str]]


def _matched(text: str) -> _Matched | None:
    """The language, the sort and the named parts of the first pattern that the whole question fits."""
    plain = unaccented(text)
    start = m.end() if (m := _OPENING.search(plain)) else 0
    end = m.start() if (m := _CLOSING.search(plain)) else len(plain)
    if len(plain) > 400:
        return None
    fits = []
    for language, sort, pattern in _patterns():
        if match := pattern.fullmatch(plain, start, end):
            parts = {
                name: text[match.start(name) : match.end(name)].strip(" ,") for name, value in match.groupdict().items()
                if value
            }  # fmt: skip
            if "who" in parts and "topic" in parts and match.start("who") < match.start("topic"):
                parts["whole"] = text[match.start("who") : match.end("topic")].strip(" ,")
            fits.append((language, sort, parts))
    if not fits:
        return None
    # Of several languages whose patterns fit, the one that the words are in; else the first.
    if len({language for language, _, _ in fits}) > 1:
        likely = language_of(text)
        fits.sort(key=lambda fit: fit[0] != likely)
    return fits[0]


@functools.cache
def _tables() -> Mapping[str, Any]:
    text = resources.files("assistant.lexicon").joinpath("questions.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _languages() -> Mapping[str, Any]:
    return {language: table for language, table in _tables().items() if language != "verbs"}


@functools.cache
def _words(sort: str, *only: str) -> frozenset[str]:
    """The words of a sort in these languages, or in all, without accents and case."""
    tables = [table for language, table in _languages().items() if language in only or not only]
    return frozenset(unaccented(word).casefold() for table in tables for word in table.get(sort, ()))


@functools.cache
def _patterns() -> Sequence[tuple[str, str, re.Pattern[str]]]:
    compiled = []
    for sort in ("when", "speakers", "claims", "statements", "follow_up"):
        for language, table in _languages().items():
            say, to = _one_of(table["say"]), _one_of(table["about"])
            edge = r"\b" if table.get("parted", True) else ""
            before, after = (f"(?: ?{_one_of(table[at])} ?)?" if at in table else "" for at in ("before", "after"))
            for pattern in map(unaccented, table[sort]):
                # "d'Obama" joins what "de Obama" parts; everything else is a word of its own.
                filled = (
                    pattern.replace("{say}", rf"{edge}(?P<said>{say}){edge}", 1)
                    .replace("{say}", rf"{edge}{say}{edge}")
                    .replace("{to} {topic}", r"{to}(?: |(?<='))(?P<topic>.{2,}?)")
                    .replace("{topic}", "(?P<topic>.{2,}?)")
                    .replace("{to}", to)
                    .replace("{who}", rf"{before}(?P<who>\S(?:.{{0,78}}?\S)?){after}")
                )
                compiled.append((language, sort, re.compile(filled, re.IGNORECASE)))
    return tuple(compiled)


def _one_of(words: Sequence[str]) -> str:
    return f"(?:{'|'.join(sorted((re.escape(unaccented(word)) for word in words), key=len, reverse=True))})"
