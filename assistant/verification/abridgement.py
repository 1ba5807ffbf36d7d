"""Whether a sentence is one of the article's, abridged: its words in order, with nothing cut out that turns them."""

from __future__ import annotations

import dataclasses
import functools
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence

from assistant.quotecheck import lexicon as claims
from assistant.quotecheck.words import Words, words_of
from assistant.verification import lexicon, literals, marks
from ingest.folding import latin
from ingest.speakers import name_words, sound

# Marks that part clauses.
_PARTS = re.compile(r"[,;:.!?–—…()\[\]]|\s-\s")
# The name of who speaks stands so near to "said".
_BESIDE = 6
# A sentence with more clauses than this has them in the article's order, or in none.
_ORDERS = 12


@dataclasses.dataclass(frozen=True, slots=True)
class Cast:
    """Who speaks and who is named where a sentence comes from.

    `whose` are the names and roles, each in all its words, of those whose words it has, `cues` the words by which the
    article says that they said it, also as they are `cues_spelled`. `people` are the names of all, `speakers` the
    places among them of those who speak.
    """

    whose: tuple[tuple[str, ...], ...] = ()
    cues: frozenset[str] = frozenset()
    people: tuple[str, ...] = ()
    speakers: frozenset[int] = frozenset()
    cues_spelled: frozenset[str] = frozenset()

    def named(self, word: str) -> frozenset[int]:
        """Return whose name a word is part of, in whatever spelling, by their place among the people."""
        if not word[:1].isupper():
            return frozenset()
        return _heard(self.people).get(sound(latin(word)), frozenset())


@functools.lru_cache(maxsize=64)
def _heard(people: tuple[str, ...]) -> Mapping[str, frozenset[int]]:
    """The places of people by the sounds of the words of their names."""
    found: dict[str, set[int]] = {}
    for i, name in enumerate(people):
        for word in name_words(name):
            found.setdefault(sound(word), set()).add(i)
    return {heard: frozenset(places) for heard, places in found.items()}


@dataclasses.dataclass(frozen=True, slots=True)
class _Token:
    """A word, or a number or date with all that belongs to it, which is then compared by what it `means`.

    It `opens` a clause where a mark stands before it. A name is one token with all its words, and `who` are those of
    the cast that it can name, by their place there. It `is_whose` where it names a speaker, or what a speaker is, and
    `is_marked` where it stands between quotation marks.
    """

    key: str
    spelled: str = ""
    means: frozenset[literals.Meaning] = frozenset()
    opens: bool = False
    who: frozenset[int] = frozenset()
    is_whose: bool = False
    is_marked: bool = False

    @property
    def is_date(self) -> bool:
        """Whether it tells nothing but when."""
        return bool(self.means) and all(sort in literals.TIMES for sort, _ in self.means)


def stand_in(number: int) -> str:
    """Return the word to put into both texts for a quotation that they share."""
    return f"quotationx{number}x"


def is_abridged(prose: str, printed: Sequence[str], language: str, *, cast: Cast) -> bool:
    """Return whether a sentence is one of those `printed` by the article, cut down, at most with its end put first.

    Its words, small ones too, stand in the same order in one of them. What is left out there is a clause between marks
    ("which …", "after …"), what "and" adds at the end, a date, or says nothing of its own ("also"). What tells only
    whose words they are need not stand there: the speaker, by name or whole role, with "said", "according to" or the
    verb that the article has for it. Numbers and dates are compared by what they mean, names by whom they name.
    """
    words = words_of(prose)
    ours = _tokens(words, language, cast)
    tells = any(claims.has(sort, words.keys, language) for sort in ("say", "according")) or any(
        key in cast.cues for key in words.keys
    )
    clauses = [kept for clause in _clauses(ours) if (kept := _without_frame(clause, language, cast, tells=tells))]
    if all(_is_stand_in(each.key) for clause in clauses for each in clause):
        # Whose words they are, and no more.
        return bool(clauses)
    orders = [[each for clause in (*clauses[k:], *clauses[:k]) for each in clause] for k in range(len(clauses))]
    idle = lexicon.words_for("idle", language)
    if tells:
        idle = idle.union(cast.cues, *(lexicon.words_for(s, language) for s in ("neutral", "pronouns", "connectives")))
    theirs = [_tokens(words_of(text), language, cast) for text in printed]
    return any(
        _stands_in(order, each, language, idle=idle, tells=tells) for each in theirs for order in orders[:_ORDERS]
    )


def _is_stand_in(key: str) -> bool:
    """Return whether a word stands for a quotation."""
    return re.fullmatch(r"quotationx\d+x", key) is not None


def _tokens(words: Words, language: str, cast: Cast) -> list[_Token]:
    harmless, dated = lexicon.words_for("harmless", language), lexicon.words_for("dated", language)
    meanings = literals.meanings(words.text, language)
    marked = [(span.start, span.end) for span, _ in marks.marked(words.text)]
    found, opens, run = list[_Token](), True, -1
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
                is_marked = any(first < start < end for first, end in marked)
                found.append(_Token("", means=means, opens=opens, is_marked=is_marked))
            run, opens = i, False
        elif key not in harmless:
            who = cast.named(words.printed(i, i + 1))
            if who and found and found[-1].who & who and not is_parted:
                who = found[-1].who & who
                found[-1] = dataclasses.replace(found[-1], who=who, is_whose=who <= cast.speakers)
            else:
                is_whose = bool(who) and who <= cast.speakers
                # Whoever writes without accents means the same words.
                spelled = "" if words.text.isascii() else spelling(words.printed(i, i + 1))
                is_marked = any(first < start < end for first, end in marked) and not _is_stand_in(key)
                found.append(_Token(key, spelled, opens=opens, who=who, is_whose=is_whose, is_marked=is_marked))
            opens = False
    return _with_roles(found, [tuple(key for key in each if key not in harmless) for each in cast.whose])


def _with_roles(tokens: list[_Token], whose: Sequence[tuple[str, ...]]) -> list[_Token]:
    """The tokens with each whole name or role of a speaker as one: "former minister" is not "minister"."""
    phrases = sorted({each for each in whose if each}, key=len, reverse=True)
    found, at = list[_Token](), 0
    while at < len(tokens):
        for phrase in phrases:
            part = tokens[at : at + len(phrase)]
            if tuple(each.key for each in part) == phrase and not any(each.opens for each in part[1:]):
                key, spelled = " ".join(phrase), " ".join(each.spelled for each in part).strip()
                found.append(dataclasses.replace(part[0], key=key, spelled=spelled, is_whose=True))
                at += len(phrase)
                break
        else:
            found.append(tokens[at])
            at += 1
    return found


def spelling(word: str) -> str:
    """Return a word in small letters, its accents kept."""
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
    frame = said | lexicon.words_for("frames", language)
    joins = lexicon.words_for("connectives", language)
    begins = said | {each.split()[0] for each in claims.words_for("according", language)}

    def is_frame(each: _Token) -> bool:
        if each.key in cast.cues and each.spelled:
            return each.spelled in cast.cues_spelled
        return each.is_whose or each.key in frame

    if all(map(is_frame, clause)) and (
        any(each.key in begins for each in clause) or (tells and all(each.is_whose for each in clause))
    ):
        return []
    for i in (i for i, each in enumerate(clause) if each.key in said):
        near = range(max(0, i - _BESIDE), min(len(clause), i + _BESIDE + 1))
        named = [j for j in near if clause[j].is_whose]
        if not named:
            continue
        first, last = min(i, *named), max(i, *named)
        while not all(map(is_frame, clause[first : last + 1])) and first < last:
            first, last = (first + 1, last) if last == i else (first, last - 1)
        if first < last:
            while last + 1 < len(clause) and clause[last + 1].key in joins:
                last += 1
            left = [*clause[:first], *clause[last + 1 :]]
            # What came behind it begins anew.
            return [dataclasses.replace(left[0], opens=True), *left[1:]] if left and not first else left
    return list(clause)


def _stands_in(
    ours: Sequence[_Token], theirs: Sequence[_Token], language: str, *, idle: Collection[str], tells: bool
) -> bool:  # fmt: skip
    """Whether tokens stand in this order in those of the article, with nothing left out that must not be."""
    trailing = lexicon.words_for("trailing", language)
    neutral = lexicon.words_for("neutral", language)
    dates = [each for each in theirs if each.is_date]

    def turns(gap: Sequence[_Token], sorts: Sequence[str]) -> bool:
        """Whether words of these sorts, or others, make what stands beside them less, or somebody's."""
        keys = [each.key for each in gap]
        if not tells and (claims.has("according", keys, language) or not neutral.isdisjoint(keys)):
            return True
        return not lexicon.words_for("turning", language).isdisjoint(keys) or any(
            claims.has(sort, keys, language) for sort in sorts
        )

    @functools.cache
    def may_go(first: int, end: int) -> bool:
        start, stop = first, end
        while start < stop and (theirs[start].key in idle or (tells and theirs[start].is_whose)):
            start += 1
        while stop > start and (theirs[stop - 1].key in idle or (tells and theirs[stop - 1].is_whose)):
            stop -= 1
        gap = theirs[start:stop]
        if all(each.is_date for each in gap):
            # "Before March" is not "before".
            is_governed = bool(gap and start) and theirs[start - 1].key in lexicon.words_for("stop", language)
            return not is_governed
        begins = not first or any(each.opens for each in theirs[first : start + 1])
        ends = end == len(theirs) or any(each.opens for each in theirs[stop : end + 1])
        is_apart = begins and end == len(theirs)
        if turns(gap, _RESERVING if is_apart else _TURNING):
            return False
        if begins and ends:
            # A clause at the beginning may govern the rest; one between two marks or at the end may be somebody's.
            if tells and _is_attribution(theirs[first:end], neutral.union(idle)):
                return True
            is_last = end == len(theirs)
            is_one = is_last or not any(each.opens for each in gap[1:])
            return (
                bool(first)
                and is_one
                and (_opens_clause(gap, language) or (not is_last and _is_apposition(gap, language)))
            )
        # With "and", something is told besides.
        return end == len(theirs) and not trailing.isdisjoint((theirs[first].key, theirs[start].key))

    def follows(each: _Token, k: int, j: int, *, is_first: bool) -> bool:
        # A mark that is lost makes two things one, unless a whole clause went with it.
        if not is_first and theirs[k].opens and not each.opens and not (k > j and theirs[j].opens):
            return False
        return _is_same(each, theirs[k]) and may_go(j, k)

    reached = {0}
    for number, each in enumerate(ours):
        # A date may stand anywhere.
        stays = reached if each.is_date and len(dates) == 1 and _is_same(each, dates[0]) else set[int]()
        reached = stays | {
            k + 1 for j in reached for k in range(j, len(theirs)) if follows(each, k, j, is_first=not number)
        }
        if not reached:
            return False
    return any(may_go(j, len(theirs)) for j in reached)


# What turns what is kept where it is left out: of a clause at the end, and of anything else.
_RESERVING = ("conditions", "reservations", "contrasts")
_TURNING = (*_RESERVING, "negations", "quantifiers")


def _opens_clause(gap: Sequence[_Token], language: str) -> bool:
    """Whether a clause that may be left out begins so: "which …", "after …", a date, a number.

    Not "his rival shouted", "it was rumoured", "had it rained".
    """
    return bool(gap[0].means) or gap[0].key in lexicon.words_for("clause_openers", language)


def _is_apposition(gap: Sequence[_Token], language: str) -> bool:
    """Whether a clause between two marks may tell what somebody is: few words, no name first, no verb that tells."""
    reports = tuple(lexicon.words_for("reports", language))
    return (
        len(gap) <= _APPOSITION
        and not gap[0].who
        and gap[0].key not in lexicon.words_for("stop", language)
        and not any(each.key.startswith(reports) for each in gap)
    )


# What somebody is takes no more words.
_APPOSITION = 6


def _is_attribution(gap: Sequence[_Token], said: Collection[str]) -> bool:
    """Whether a clause says no more than who said it, to whom and when."""
    others = [each for each in gap if not (each.is_whose or each.key in said or each.is_date)]
    return len(others) <= (_ADDRESSED if any(each.is_whose for each in gap) else 0)


# "… told reporters in Osk": whom and where take no more words.
_ADDRESSED = 3


def _is_same(one: _Token, other: _Token) -> bool:
    if other.is_marked and not one.is_marked:
        return False
    if one.means or other.means:
        return one.means == other.means
    if one.who and other.who:
        return one.who == other.who
    return one.key == other.key and one.spelled in ("", other.spelled)
