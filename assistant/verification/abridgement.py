"""Whether a sentence is one of the article's, abridged: its words in order, with nothing cut out that turns them."""

from __future__ import annotations

import dataclasses
import functools
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence

from assistant.quotecheck import lexicon as claims
from assistant.quotecheck.words import Words, words_of
from assistant.verification import lexicon, literals
from ingest.folding import latin
from ingest.speakers import name_words, sound

# Marks that part clauses.
_PARTS = re.compile(r"[,;:.!?–—…()\[\]«»“”„\"]|\s-\s")
# The name of who speaks stands so near to "said".
_BESIDE = 6
# A sentence with more clauses than this has them in the article's order, or in none.
_ORDERS = 12


@dataclasses.dataclass(frozen=True, slots=True)
class Cast:
    """Who speaks and who is named where a sentence comes from.

    `whose` are the words that name those whose words it has, `cues` those by which the article says that they said it,
    `people` the names of all.
    """

    whose: frozenset[str] = frozenset()
    cues: frozenset[str] = frozenset()
    people: tuple[str, ...] = ()

    def named(self, word: str) -> frozenset[int]:
        """Return whose name a word is part of, in whatever spelling, by their place among the people."""
        if not word[:1].isupper():
            return frozenset()
        heard = sound(latin(word))
        return frozenset(
            i for i, name in enumerate(self.people) if any(sound(each) == heard for each in name_words(name))
        )


@dataclasses.dataclass(frozen=True, slots=True)
class _Token:
    """A word, or a number or date with all that belongs to it, which is then compared by what it `means`.

    It `opens` a clause where a mark stands before it. A name is one token with all its words, and `who` are those of
    the cast that it can name, by their place there.
    """

    key: str
    spelled: str = ""
    means: frozenset[literals.Meaning] = frozenset()
    opens: bool = False
    who: frozenset[int] = frozenset()

    @property
    def is_date(self) -> bool:
        """Whether it tells nothing but when."""
        return bool(self.means) and all(sort in literals.TIMES for sort, _ in self.means)


def is_abridged(prose: str, printed: Sequence[str], language: str, *, cast: Cast) -> bool:
    """Return whether a sentence is one of those `printed` by the article, cut down, at most with its end put first.

    Its words, small ones too, stand in the same order in one of them. What is left out there is between marks, at the
    end, a date, or says nothing of its own ("also"). What tells only whose words they are need not stand there: the
    speaker, with "said", "according to" or the verb that the article has for it. Numbers and dates are compared by what
    they mean, names by whom they name.
    """
    words = words_of(prose)
    ours = _tokens(words, language, cast)
    tells = any(claims.has(sort, words.keys, language) for sort in ("say", "according")) or any(
        key in cast.cues for key in words.keys
    )
    clauses = [kept for clause in _clauses(ours) if (kept := _without_frame(clause, language, cast, tells=tells))]
    orders = [[each for clause in (*clauses[k:], *clauses[:k]) for each in clause] for k in range(len(clauses))]
    idle = lexicon.words_for("idle", language)
    if tells:
        idle = idle.union(cast.cues, cast.whose, *(lexicon.words_for(s, language) for s in ("neutral", "pronouns")))
    theirs = [_tokens(words_of(text), language, cast) for text in printed]
    return not orders or any(
        _stands_in(order, each, language, idle=idle, tells=tells) for each in theirs for order in orders[:_ORDERS]
    )


def _tokens(words: Words, language: str, cast: Cast) -> list[_Token]:
    harmless, dated = lexicon.words_for("harmless", language), lexicon.words_for("dated", language)
    meanings = literals.meanings(words.text, language)
    found, opens, run = list[_Token](), False, -1
    for i, key in enumerate(words.keys):
        start = words.starts[i]
        is_parted = bool(i and _PARTS.search(words.text, words.ends[i - 1], start))
        opens = opens or is_parted
        at = [(span, means) for span, means in meanings if span.start <= start < span.end]
        if at:
            means = frozenset[literals.Meaning]().union(*(each for _, each in at))
            goes_on = found and found[-1].means and run == i - 1
            is_inside = any(span.start < start for span, _ in at)
            if goes_on and (is_inside or not is_parted):
                found[-1] = dataclasses.replace(found[-1], means=found[-1].means | means)
            else:
                if found and not found[-1].means and found[-1].key in dated and not is_parted:
                    opens = opens or found[-1].opens
                    found.pop()
                found.append(_Token("", means=means, opens=opens))
            run, opens = i, False
        elif key not in harmless:
            who = cast.named(words.printed(i, i + 1))
            if who and found and found[-1].who & who and not is_parted:
                found[-1] = dataclasses.replace(found[-1], who=found[-1].who & who)
            else:
                found.append(_Token(key, _spelling(words.printed(i, i + 1)), opens=opens, who=who))
            opens = False
    return found


def _spelling(word: str) -> str:
    return unicodedata.normalize("NFC", word.lower()).translate(_SAME_LETTERS)


_SAME_LETTERS = str.maketrans({"ё": "е", "ß": "ss", "œ": "oe", "æ": "ae"})


def _clauses(tokens: Sequence[_Token]) -> Iterator[list[_Token]]:
    clause = list[_Token]()
    for each in tokens:
        if each.opens and clause:
            yield clause
            clause = []
        clause.append(each)
    yield clause


def _without_frame(clause: Sequence[_Token], language: str, cast: Cast, *, tells: bool) -> list[_Token]:
    """A clause without what says whose words it is; nothing of one that says no more."""
    said = lexicon.words_for("neutral", language) | cast.cues
    frame = {*cast.whose, *said, *lexicon.words_for("frames", language)}
    begins = said | {each.split()[0] for each in claims.words_for("according", language)}
    keys = {each.key for each in clause}
    if keys <= frame and (keys & begins or (tells and keys <= cast.whose)):
        return []
    for i in (i for i, each in enumerate(clause) if each.key in said):
        near = range(max(0, i - _BESIDE), min(len(clause), i + _BESIDE + 1))
        named = [j for j in near if clause[j].key in cast.whose]
        if not named:
            continue
        first, last = min(i, *named), max(i, *named)
        while not all(each.key in frame for each in clause[first : last + 1]) and first < last:
            first, last = (first + 1, last) if last == i else (first, last - 1)
        if first < last:
            return [*clause[:first], *clause[last + 1 :]]
    return list(clause)


def _stands_in(
    ours: Sequence[_Token], theirs: Sequence[_Token], language: str, *, idle: Collection[str], tells: bool
) -> bool:  # fmt: skip
    """Whether tokens stand in this order in those of the article, with nothing left out that must not be."""
    reports = () if tells else (*lexicon.words_for("neutral", language), *claims.words_for("according", language))
    trailing = lexicon.words_for("trailing", language)
    dates = [each for each in theirs if each.is_date]

    @functools.cache
    def may_go(first: int, end: int) -> bool:
        start, stop = first, end
        while start < stop and theirs[start].key in idle:
            start += 1
        while stop > start and theirs[stop - 1].key in idle:
            stop -= 1
        if start == stop or all(each.is_date for each in theirs[start:stop]):
            return True
        if any(each.key in reports for each in theirs[start:stop]):
            return False
        begins = not first or any(each.opens for each in theirs[first : start + 1])
        ends = end == len(theirs) or any(each.opens for each in theirs[stop : end + 1])
        # Behind a date, and with "in" or "and", something is told besides.
        is_besides = bool(first and theirs[first - 1].is_date) or not trailing.isdisjoint(
            (theirs[first].key, theirs[start].key)
        )
        return (begins and ends) or (end == len(theirs) and is_besides)

    reached = {0}
    for each in ours:
        # A date may stand anywhere.
        stays = reached if each.is_date and len(dates) == 1 and _is_same(each, dates[0]) else set[int]()
        reached = stays | {
            k + 1 for j in reached for k in range(j, len(theirs)) if _is_same(each, theirs[k]) and may_go(j, k)
        }
        if not reached:
            return False
    return any(may_go(j, len(theirs)) for j in reached)


def _is_same(one: _Token, other: _Token) -> bool:
    if one.means or other.means:
        return one.means == other.means or (one.is_date and other.is_date and one.means <= other.means)
    if len(one.who) == 1 and one.who == other.who:
        return True
    # Whoever writes without accents means the same word.
    return one.key == other.key and (one.spelled == other.spelled or one.spelled.isascii())
