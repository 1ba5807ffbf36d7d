"""Noun phrases that can name a speaker: before a verb, after it, after "selon"."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from ingest.models import Reference
from ingest.quotations.lexicon import FINITE, PARTICIPLE, Lexicon
from ingest.quotations.words import Word

_LONGEST = 16
_JOINED_NAME = re.compile(r"(?:el|al|ben|bin|ibn|as|ad|ar|abd)[-‑]\w", re.IGNORECASE)


@dataclasses.dataclass(frozen=True, slots=True)
class Mention:
    """Words `first` to `last` (exclusive) that name a speaker, and what they tell of it.

    `name` is the range of the proper name in them, `role` the range of the role description, where there are any.
    """

    first: int
    last: int
    reference: Reference
    name: tuple[int, int] | None = None
    role: tuple[int, int] | None = None
    head: str = ""
    gender: str = ""
    plural: bool = False
    organisation: bool = False
    relative: bool = False


def is_role(word: Word, lexicon: Lexicon) -> bool:
    """Tell whether a word says what somebody is ("ministre", "Bundestrainer")."""
    low = word.low
    if low in lexicon.roles:
        return True
    if "-" in low and (low.rpartition("-")[2] in lexicon.roles or low.partition("-")[2] in lexicon.roles):
        return True
    return bool(lexicon.role_endings) and len(low) > 5 and low.endswith(lexicon.role_endings)


def is_organisation(word: Word, lexicon: Lexicon) -> bool:
    """Tell whether a word says that something is an organisation ("ministère", "Bundesamt")."""
    if word.low in lexicon.organisations:
        return True
    if "-" in word.low and not word.capital and word.low.rpartition("-")[2] in lexicon.organisations:
        return True  # "une sous-commission"
    return bool(lexicon.organisation_endings) and len(word.low) > 6 and word.low.endswith(lexicon.organisation_endings)


def role_gender(word: Word, lexicon: Lexicon) -> str:
    """Return "m", "f", "p" or "" for a role word."""
    low = word.low
    gender = (
        lexicon.roles.get(low)
        or lexicon.roles.get(low.rpartition("-")[2])
        or lexicon.roles.get(low.partition("-")[2])
        or ""
    )
    if not gender and lexicon.language == "de":
        gender = "f" if low.endswith("in") else "m" if low.endswith(lexicon.role_endings) else ""
    return "" if gender == "x" else gender


def can_be_name(word: Word, lexicon: Lexicon) -> bool:
    """Tell whether a word is written like a proper name."""
    if not word.is_word or not word.capital or word.low in lexicon.stopwords or word.low in lexicon.pronouns:
        return False
    return len(word.text) > 1 or word.low not in lexicon.places


def name_run(words: Sequence[Word], at: int, limit: int, lexicon: Lexicon) -> int:
    """Return where the proper name beginning at `at` ends, or `at` if there is none."""
    if at >= limit or not can_be_name(words[at], lexicon):
        return at
    end = at + 1
    while end < limit:
        word = words[end]
        if word.mark or not word.is_word:
            initial = word.low == "." and words[end - 1].capital and words[end - 1].end == word.start
            if (
                initial
                and end + 1 < limit
                and words[end + 1].capital
                and (len(words[end - 1].text) == 1 or words[end - 1].low in lexicon.abbreviations)
            ):
                end += 1
                continue
            break
        if word.capital or _JOINED_NAME.match(word.text):
            if word.low in lexicon.stopwords and not (
                end + 1 < limit and words[end + 1].capital and words[end + 1].is_word
            ):
                break
            if word.low in lexicon.pronouns or (word.low in lexicon.verbs and word.low in lexicon.stopwords):
                break
            end += 1
            continue
        if word.low in lexicon.name_particles and word.low not in lexicon.of:
            skip = end + 1
            while skip < limit and words[skip].low in lexicon.name_particles:
                skip += 1
            if (
                skip < limit
                and words[skip].capital
                and words[skip].is_word
                and (word.low not in lexicon.determiners or words[end - 1].low in lexicon.name_particles)
            ):
                end = skip + 1
                continue
        break
    while end > at + 1 and not words[end - 1].is_word:
        end -= 1
    return end


def parsed(words: Sequence[Word], first: int, last: int, lexicon: Lexicon) -> Mention | None:
    """Read the words `first` to `last` as a noun phrase that names a speaker."""
    while first < last and (not words[first].is_word or _is_padding(words[first], lexicon)):
        first += 1
    while (
        last > first and not words[last - 1].is_word and words[last - 1].mark != "close" and words[last - 1].low != ")"
    ):
        last -= 1
    if first >= last:
        return None
    head_at = first
    gender, plural = "", False
    determiner = words[first].low in lexicon.determiners or words[first].low in lexicon.possessives
    if determiner:
        kind = lexicon.determiners.get(words[first].low, "")
        plural = kind == "p"
        gender = kind if kind in {"m", "f"} else ""
        head_at = first + 1
    if last - first == 1 and words[first].low in lexicon.pronouns:
        return pronoun(words, first, lexicon)
    if head_at >= last:
        return None
    name, complement = _name(words, head_at, last, lexicon)
    head = _head(words, head_at, last, lexicon)
    title = _title(words, head_at, last, lexicon)
    coordinated = _coordinated(words, head_at, last, lexicon)
    head_word = words[head]
    role = is_role(head_word, lexicon)
    organisation = is_organisation(head_word, lexicon)
    if role:
        told = role_gender(head_word, lexicon)
        plural = plural or told == "p" or lexicon.roles.get(head_word.low) == "p"
        gender = gender or (told if told in {"m", "f"} else "")
    if title:
        gender = title if title in {"m", "f"} else gender
    if name is not None and not plural and not (organisation and not role and not title):
        gender = lexicon.names.get(words[name[0]].low, "") or gender
        person = bool(title) or role or name[1] - name[0] > 1 or words[name[0]].low in lexicon.names
        before_name = (first, name[0]) if name[0] > first and not title else None
        if coordinated:
            return Mention(first, last, Reference.NAME, name, None, head_word.low, "", True)
        is_org = not person and words[name[0]].text.isupper() and len(words[name[0]].text) > 1
        if any(is_organisation(words[n], lexicon) for n in range(*name)):
            is_org = True
        if not title and not role and " ".join(words[n].low for n in range(*name)) in lexicon.countries:
            is_org = True  # "Paris estime", "North Korea said"
        reference = Reference.ORGANISATION if is_org else Reference.NAME
        return Mention(
            first, last, reference, name, before_name, head_word.low, "" if is_org else gender, False, is_org
        )
    reference = Reference.DESCRIPTION
    if organisation and not role:
        reference = Reference.ORGANISATION
    elif not role and not determiner and complement is None and words[first].capital:
        reference = (
            Reference.ORGANISATION if words[first].text.isupper() and len(words[first].text) > 1 else Reference.NAME
        )
    return Mention(
        first, last, reference, None, (first, last), head_word.low, gender, plural or coordinated,
        reference is Reference.ORGANISATION or (not role and not plural and head_word.low in lexicon.documents),
    )  # fmt: skip


def _is_padding(word: Word, lexicon: Lexicon) -> bool:
    return (
        (word.low in lexicon.adverbs or word.low in lexicon.conjunctions)
        and word.low not in lexicon.determiners
        and word.low not in lexicon.pronouns
    )


def pronoun(words: Sequence[Word], at: int, lexicon: Lexicon, low: str = "") -> Mention:
    """Read one word, or the pronoun `low` that is a part of it, as a pronoun."""
    code = lexicon.pronouns.get(low or words[at].low, "")
    return Mention(
        at, at + 1, Reference.PRONOUN, None, None, low or words[at].low,
        code[0] if code[:1] in {"m", "f"} else "", "p" in code, code == "n",
    )  # fmt: skip


def dropped(words: Sequence[Word], at: int) -> Mention:
    """Return the subject that a verb such as "agregó" leaves unsaid: whoever spoke last. It has no `head`."""
    return Mention(at, at + 1, Reference.PRONOUN, plural=words[at].low.endswith("n"))


def _head(words: Sequence[Word], first: int, last: int, lexicon: Lexicon) -> int:
    """Return the noun that says what is named: the last before a complement in English, the first role or noun else."""
    if lexicon.language in {"en", "de", "ru"}:
        head = first
        for at in range(first, last):
            low = words[at].low
            if at > first and (
                low in lexicon.of or low in lexicon.prepositions or (not words[at].is_word and low != "-")
            ):
                break
            if lexicon.language == "de" and at > first and low in lexicon.determiners:
                break
            if (
                is_role(words[at], lexicon)
                or is_organisation(words[at], lexicon)
                or (not (is_role(words[head], lexicon) or is_organisation(words[head], lexicon)) and words[at].is_word)
            ):
                head = at
        return head
    for at in range(first, last):
        word = words[at]
        if word.low in lexicon.of:
            break
        if is_role(word, lexicon) or is_organisation(word, lexicon) or word.low in lexicon.documents:
            return at
    return first


def _title(words: Sequence[Word], first: int, last: int, lexicon: Lexicon) -> str:
    at = first
    while at < last and words[at].low in lexicon.adverbs:
        at += 1
    return lexicon.titles.get(words[at].low, "") if at < last and at + 1 < last else ""


def _coordinated(words: Sequence[Word], first: int, last: int, lexicon: Lexicon) -> bool:
    for at in range(first + 1, last - 1):
        if words[at].low in lexicon.conjunctions and not words[at].depth:
            following = words[at + 1]
            if following.low in lexicon.determiners or (following.capital and words[at - 1].capital):
                return (
                    not any(words[n].low in lexicon.of for n in range(first, at))
                    or following.low in lexicon.determiners
                )
    return False


def _name(words: Sequence[Word], first: int, last: int, lexicon: Lexicon) -> tuple[tuple[int, int] | None, int | None]:
    """Return the person's or organisation's own name in the phrase, and where a complement's name begins."""
    at = first
    found: tuple[int, int] | None = None
    complement: int | None = None
    while at < last:
        end = name_run(words, at, last, lexicon)
        if end == at:
            at += 1
            continue
        previous = at - 1
        while (
            previous >= first
            and words[previous].low not in lexicon.of
            and (words[previous].low in lexicon.determiners or words[previous].low in {"(", "."})
        ):
            previous -= 1
        bound = previous >= first and (words[previous].low in lexicon.of or words[previous].low in lexicon.prepositions)
        if previous >= first and words[previous].low in lexicon.titles and previous - 1 >= first:
            bound = words[previous - 1].low in lexicon.of
        if (
            not bound
            and lexicon.of
            and any(words[n].low in lexicon.of for n in range(first, at))
            and not lexicon.bare_clause
        ):
            # "le président du groupe Altéris": a complement's name, unless it is a person's
            bound = end - at == 1 or (words[at].low not in lexicon.names and is_organisation(words[at - 1], lexicon))
        start = without_roles(words, at, end, lexicon)
        if bound and start == at:
            if complement is None:
                complement = at
            # "aux Transports Jean-Baptiste Djebbari": the complement's own noun, then the name
            start = next(
                (n for n in range(at + 1, end - 1) if words[n].low in lexicon.names), at + 1 if end - at >= 3 else end
            )
            if end - start < 2:
                start = end
        genitive = end < last and words[end].low == "'s"
        if (
            lexicon.bare_clause
            and end < last
            and words[end].is_word
            and words[end].low not in lexicon.stopwords
            and not words[end].capital
            and not _acts(words, at, end, lexicon)
        ):
            genitive = True  # "the New York businessman": a modifier
        noun = lexicon.verb_last and end - start == 1 and words[start].low not in lexicon.names
        if noun and start and words[start - 1].low in lexicon.articles and not words[start].text.isupper():
            genitive = True  # "das Management": every noun has a capital
        if start < end and not genitive:
            found = (start, end)
        at = end
    return found, complement


def without_roles(words: Sequence[Word], first: int, last: int, lexicon: Lexicon) -> int:
    """Return where the name begins in a run of capitals such as "Republican Senator Ted Cruz"."""
    start = first
    for at in range(first, last - 1):
        word = words[at]
        if word.low in lexicon.titles or is_role(word, lexicon) or (is_organisation(word, lexicon) and last - at > 2):
            start = at + 1
    while start < last - 1 and not words[start].is_word:
        start += 1
    if last - start > 1 and words[start].low in lexicon.names:
        return start  # a surname may be a role word: "Austin King"
    lone = (first > 0 and words[first - 1].low in lexicon.articles) or (
        last < len(words) and words[last].low in lexicon.of
    )
    if start == last - 1 and is_role(words[start], lexicon) and (lone or last - first > 1):
        return last
    if (
        start < last
        and is_role(words[last - 1], lexicon)
        and last - first > 1
        and words[last - 1].low not in lexicon.names
    ):
        return last if start == first and last - first <= 3 else start
    for at in range(start + 1, last - 1):
        if (
            words[start].low not in lexicon.names
            and words[at].low in lexicon.names
            and words[at - 1].low not in lexicon.names
            and (start == first or words[start].low in lexicon.countries or len(words[at].text) > 1)
        ):
            return at  # "Président de Russie Vladimir Poutine", "County Coroner Mark Bowen"
    return start


def after(words: Sequence[Word], at: int, limit: int, lexicon: Lexicon) -> Mention | None:
    """Return the noun phrase that begins at `at`: an inverted subject, or a source."""
    first = at
    while (
        first < limit
        and words[first].is_word
        and words[first].low in lexicon.adverbs
        and words[first].low not in lexicon.pronouns
    ):
        first += 1
    if first >= limit or not words[first].is_word:
        return None
    if words[first].low in lexicon.pronouns and words[first].low not in lexicon.determiners:
        return pronoun(words, first, lexicon)
    last = end_of_phrase(words, first, min(limit, first + _LONGEST * 2), lexicon)
    mention = parsed(words, first, last, lexicon)
    if mention is None:
        return None
    return _with_apposition(words, mention, limit, lexicon)


def end_of_phrase(words: Sequence[Word], first: int, limit: int, lexicon: Lexicon) -> int:
    """Return where the noun phrase that begins at `first` ends."""
    at = first
    named = False
    while at < limit:
        word = words[at]
        if word.mark == "open" and at > first and _short_title(words, at, limit):
            while at < limit and not (words[at].mark == "close" and not words[at].depth):
                at += 1
            at += 1
            continue
        if not word.is_word:
            if (
                word.low == "."
                and words[at - 1].end == word.start
                and (
                    words[at - 1].low in lexicon.abbreviations
                    or (len(words[at - 1].text) == 1 and words[at - 1].capital)
                )
                and at > first
            ):
                at += 1
                continue
            if word.low == "(" and at + 2 < limit and words[at + 2].low == ")":
                at += 3
                continue
            if word.low in {"/", "&"}:
                at += 1
                continue
            break
        end = name_run(words, at, limit, lexicon)
        if end > at:
            bound = at > first and (words[at - 1].low in lexicon.of or words[at - 1].low in lexicon.determiners)
            adjective = (
                at == first
                and lexicon.bare_clause
                and end < limit
                and words[end].is_word
                and words[end].low not in lexicon.stopwords
                and (words[end].low not in lexicon.verbs or words[end].low in lexicon.documents)
                and words[end].low not in lexicon.adverbs
                and not _acts(words, at, end, lexicon)
            )
            if (
                not bound
                and not adjective
                and (end - at > 1 or (at > first and words[at - 1].low in lexicon.titles) or at == first)
            ):
                named = True
            elif at > first and words[at - 1].low not in lexicon.of:
                named = named or any(words[n].low in lexicon.names for n in range(at, end - 1))
            at = end
            continue
        if at == first:
            at += 1
            continue
        if word.low in lexicon.complementisers or word.low in lexicon.relatives or word.low in lexicon.subordinators:
            break
        if word.low in lexicon.of and not (named and word.low not in lexicon.of):
            at += 1
            continue
        if word.low in lexicon.conjunctions:
            following = words[at + 1] if at + 1 < limit else None
            if following is not None and (
                following.low in lexicon.determiners
                or following.low in lexicon.of
                or following.capital
                or (
                    words[at - 1].low not in lexicon.stopwords
                    and not named
                    and following.is_word
                    and following.low not in lexicon.stopwords
                    and following.low not in lexicon.verbs
                    and following.low not in lexicon.finite
                )
            ):
                at += 1
                continue
            break
        if word.low in lexicon.prepositions:
            ahead = at + 1
            while ahead < min(limit, at + 7) and words[ahead].is_word and words[ahead].low not in lexicon.verbs:
                ahead += 1
            far = any(
                name_run(words, n, ahead, lexicon) - n >= 2 and words[n - 1].low not in lexicon.prepositions
                for n in range(at + 2, ahead)
            )
            if not named and far and is_role(words[_head(words, first, at, lexicon)], lexicon):
                at += 1
                continue
            break
        if (word.low in lexicon.times and word.low not in lexicon.determiners) or word.low in lexicon.finite:
            break
        if word.low in lexicon.determiners and at + 1 < limit and words[at + 1].text[:1].isdigit():
            break  # "l'AFP le 24 juin"
        if named and word.low not in lexicon.determiners and not is_role(word, lexicon):
            break
        if named and word.low in lexicon.determiners and words[at - 1].low not in lexicon.of:
            break
        if (
            word.low in lexicon.adverbs
            and at > first + 1
            and word.low not in lexicon.determiners
            and word.low not in lexicon.roles
        ):
            break
        if word.low in lexicon.auxiliaries and word.low not in lexicon.determiners:
            break
        if _is_verb(words, at, first, lexicon):
            break
        if (
            lexicon.verb_last
            and words[at - 1].capital
            and not word.capital
            and word.low not in lexicon.articles
            and word.low not in lexicon.of
        ):
            break
        if (
            lexicon.bare_clause
            and word.low.endswith("ed")
            and "-" not in word.low
            and at > first
            and (at > first + 1 or words[first].capital or (at + 1 < limit and words[at + 1].low in lexicon.articles))
            and words[at - 1].low not in lexicon.articles
            and words[at - 1].low not in lexicon.fillers
            and not (words[at - 1].low.endswith("ly"))
        ):
            break
        at += 1
        if at - first > _LONGEST:
            break
    while at > first + 1 and (words[at - 1].low in lexicon.of or words[at - 1].low in lexicon.determiners):
        at -= 1
    return at


def _acts(words: Sequence[Word], at: int, end: int, lexicon: Lexicon) -> bool:
    """Tell whether a verb follows a person's full name: "Ann Hill points", not "Ann Hill supporters"."""
    full = end - at > 1 and words[at].low in lexicon.names
    return full and not is_role(words[end], lexicon) and not is_organisation(words[end], lexicon)


def _is_verb(words: Sequence[Word], at: int, first: int, lexicon: Lexicon) -> bool:
    """Tell whether the word ends a noun phrase because it is its verb."""
    verb = lexicon.verbs.get(words[at].low)
    if verb is None or not verb.forms & FINITE or verb.forms & PARTICIPLE:
        return False
    if is_role(words[at], lexicon) or is_organisation(words[at], lexicon):
        return False
    whole = at - first > 1 or (not lexicon.bare_clause and words[first].low in lexicon.organisations)
    return whole and words[at - 1].low not in lexicon.bound and words[at - 1].low not in lexicon.articles


def _short_title(words: Sequence[Word], at: int, limit: int) -> bool:
    end = at + 1
    while end < limit and end - at < 10 and not (words[end].mark == "close" and not words[end].depth):
        end += 1
    return end < limit and end - at < 10 and end + 1 < limit and not words[at + 1].low.endswith(".")


def _with_apposition(words: Sequence[Word], mention: Mention, limit: int, lexicon: Lexicon) -> Mention:
    """Add the name that follows a role after a comma: "le porte-parole, Igor X"."""
    if mention.name is not None or mention.plural:
        return mention
    at = mention.last
    if at + 1 < limit and words[at].low == "," and not words[at].mark:
        end = end_of_phrase(words, at + 1, limit, lexicon)
        inner = parsed(words, at + 1, end, lexicon)
        closes = end >= limit or not words[end].is_word or words[end].low in lexicon.openings
        if inner is not None and inner.name is not None and inner.reference is Reference.NAME and closes:
            bare = inner.name[0] - inner.first <= 4
            if bare and (is_role_phrase(words, mention, lexicon) or mention.organisation is False):
                return dataclasses.replace(
                    mention, last=inner.last, reference=Reference.NAME, name=inner.name,
                    role=(mention.first, mention.last),
                    gender=lexicon.names.get(words[inner.name[0]].low, "") or mention.gender or inner.gender,
                    organisation=False,
                )  # fmt: skip
    return mention


def is_role_phrase(words: Sequence[Word], mention: Mention, lexicon: Lexicon) -> bool:
    """Tell whether the phrase is headed by a role word."""
    if mention.role is None:
        return False
    return any(is_role(words[n], lexicon) for n in range(mention.first, min(mention.last, mention.first + 6)))


def before(words: Sequence[Word], first: int, at: int, lexicon: Lexicon) -> Mention | None:
    """Return the subject that ends right before `at`, looking no further left than `first`."""
    end = at
    while (
        end > first
        and not (words[end - 1].low in lexicon.latter and end - 2 >= first and words[end - 2].low in lexicon.definites)
        and words[end - 1].is_word
        and not words[end - 1].mark
        and (
            (words[end - 1].low in lexicon.between and words[end - 1].low not in lexicon.pronouns)
            or (words[end - 1].low in lexicon.times and words[end - 1].low not in lexicon.determiners)
        )
    ):
        end -= 1
    if end < at and end - 1 > first and words[end - 1].low in lexicon.determiners and words[end].low in lexicon.times:
        end -= 1  # "a report released this week found"
    if end < at and end > first and words[end - 1].low in lexicon.prepositions and words[end].low in lexicon.times:
        end -= 1  # "officials in May said"
    if end <= first:
        return None
    last = words[end - 1]
    if last.low in lexicon.pronouns and last.is_word:
        if last.low in {"lui", "elle", "eux", "elles"} and end - 2 >= first and words[end - 2].low == ",":
            end -= 2  # "Le défenseur, lui, regarde"
            last = words[end - 1]
        else:
            return pronoun(words, end - 1, lexicon)
    if last.low in lexicon.relatives and last.is_word:
        start = end - 1
        while start > first and words[start - 1].low in lexicon.before_relative:
            start -= 1
        if start <= first:
            return None
        mention = _backwards(words, first, start, lexicon)
        if mention is not None and lexicon.bare_clause:
            mention = _antecedent(words, mention, lexicon)
        return dataclasses.replace(mention, relative=True) if mention else None
    if (last.low == "," and not last.mark) or (last.low in {"-", ")"} and not last.is_word):
        return _past_insertion(words, first, end - 1, lexicon)
    if last.mark == "close" and end - 1 > first:
        return _backwards(words, first, end, lexicon)
    if not last.is_word:
        return None
    mention = _backwards(words, first, end, lexicon)
    if mention is not None and mention.reference is Reference.NAME and lexicon.bare_clause:
        return _before_place(words, first, mention, lexicon) or mention
    return mention


def _antecedent(words: Sequence[Word], mention: Mention, lexicon: Lexicon) -> Mention:
    """Return the people a relative clause speaks of: "awarded damages to people (who say)"."""
    last = mention.last - 1
    if mention.name is not None or not is_role(words[last], lexicon) or words[last].capital:
        return mention
    for n in range(last - 1, mention.first, -1):
        if is_role(words[n], lexicon):
            return mention
        if words[n].low in lexicon.prepositions:
            return parsed(words, n + 1, mention.last, lexicon) or mention
    return mention


def _before_place(words: Sequence[Word], first: int, mention: Mention, lexicon: Lexicon) -> Mention | None:
    """Return whom a place set off by a comma only describes: "One mechanic in Sale, Greater Manchester said"."""
    at = mention.first - 1
    if at <= first or words[at].low != "," or words[at].is_word:
        return None
    n = at - 1
    while n > first and words[n].capital:
        n -= 1
    if n == at - 1 or n <= first or words[n].low not in lexicon.prepositions:
        return None
    outer = _backwards(words, first, n, lexicon)
    if outer is None or outer.last != n or any(words[k].low.endswith("ing") for k in range(outer.first, n)):
        return None
    opens = outer.first == first or not words[outer.first - 1].is_word
    determined = words[outer.first].low in lexicon.articles or words[outer.first].low in {"one", "another"}
    if opens and (determined or is_role_phrase(words, outer, lexicon)) and outer.name is None:
        return dataclasses.replace(outer, last=mention.last)
    return None


_CLOSERS = {",": ",", "-": "-", ")": "("}


def _past_insertion(words: Sequence[Word], first: int, comma: int, lexicon: Lexicon) -> Mention | None:
    """Return the subject before an insertion that ends at `comma`, or the name that is the insertion."""
    opener = _CLOSERS[words[comma].low]
    end = comma
    for _ in range(4):
        start = end - 1
        while start >= first and not (
            words[start].low == opener and not words[start].is_word and not words[start].depth
        ):
            start -= 1
        if start < first:
            return None if end == comma else _backwards(words, first, end, lexicon)
        outer = _backwards(words, first, start, lexicon) if start > first else None
        left = start - 1
        while left > first and not (words[left].low == "," and not words[left].is_word and not words[left].depth):
            left -= 1
        if left > first and any(words[n].low in lexicon.relatives for n in range(left, min(start, left + 4))):
            outer = None  # a relative clause with commas of its own
        if end == comma and start + 1 < end:
            inner = parsed(words, start + 1, end, lexicon)
            if (
                inner is not None
                and outer is not None
                and outer.name is None
                and inner.name is not None
                and inner.reference is Reference.NAME
                and inner.name[0] - inner.first <= 4
                and words[start + 1].low not in lexicon.prepositions
                and outer.reference is not Reference.PRONOUN
            ):
                single = inner.name[1] - inner.name[0] == 1 and words[inner.name[0]].low not in lexicon.names
                if (
                    single
                    and outer.role
                    and words[start - 1].low != outer.head
                    and is_organisation(words[start - 1], lexicon)
                ):
                    return outer  # "a spokesperson for its parent company, Meta, said"
                named = _backwards(words, first, left, lexicon) if words[left].low == "," and left > first else None
                if (
                    named is not None
                    and named.reference is Reference.NAME
                    and named.name is not None
                    and named.last == left
                ):
                    return named  # "Ana Ruiz, daughter of the founder, Juan Ruiz, says"
                return dataclasses.replace(
                    outer, last=inner.last, reference=Reference.NAME, name=inner.name,
                    role=(outer.first, outer.last),
                    gender=lexicon.names.get(words[inner.name[0]].low, "") or outer.gender or inner.gender,
                    organisation=False,
                )  # fmt: skip
            if outer is None and inner is not None and inner.reference is Reference.NAME and words[comma].low == ",":
                return inner
        if outer is not None and not _is_adjunct(words, outer, lexicon):
            if left > first and words[left].low == "," and _opens_with_role(words, left + 1, start, lexicon):
                named = _backwards(words, first, left, lexicon)
                if named is not None and named.name is not None and named.last == left:
                    return named  # "Ana Ruiz, owner of the Blue Boat in Cadiz, Spain, said"
            return outer
        end, opener = start, ","
    return None


def _opens_with_role(words: Sequence[Word], first: int, last: int, lexicon: Lexicon) -> bool:
    return any(is_role(words[n], lexicon) for n in range(first, min(first + 4, last)))


def _is_adjunct(words: Sequence[Word], mention: Mention, lexicon: Lexicon) -> bool:
    return all(words[n].low in lexicon.times or words[n].text.isdigit() for n in range(mention.first, mention.last))


def _backwards(words: Sequence[Word], first: int, end: int, lexicon: Lexicon) -> Mention | None:
    """Read the noun phrase that ends at `end`."""
    start = end
    while start > first and end - start < _LONGEST + 8:
        word = words[start - 1]
        if word.mark == "close" and not word.depth:
            opening = start - 2
            while opening > first and not (words[opening].mark == "open" and not words[opening].depth):
                opening -= 1
            if (
                opening <= first
                or start - opening > 12
                or not words[opening - 1].is_word
                or words[start - 2].low == ","
            ):
                break
            start = opening
            continue
        if not word.is_word:
            previous = words[start - 2] if start - 2 >= first else None
            if (
                word.low == "."
                and previous is not None
                and previous.end == word.start
                and (previous.low in lexicon.abbreviations or len(previous.text) == 1)
                and start < end
            ):
                start -= 1
                continue
            if word.low == ")" and start - 4 <= first and words[first].low == "(":
                break  # "(Reuters) The minister said": a dateline
            if (
                word.low in {")", "("}
                and start - 3 >= first
                and any(words[n].low == "(" for n in range(start - 4, start))
            ):
                start -= 1
                continue
            if word.low in {"/", "&", "[", "]"}:
                start -= 1
                continue
            break
        if word.low in lexicon.complementisers or word.low in lexicon.relatives or word.low in lexicon.subordinators:
            break
        if word.low in lexicon.negations and word.low not in lexicon.of:
            break
        if word.low in lexicon.source_words and start < end:
            break
        if word.low in lexicon.finite and word.low not in lexicon.of and not word.capital:
            break
        if word.low in lexicon.auxiliaries and word.low not in lexicon.of and not word.capital:
            break
        if word.low in lexicon.conjunctions and not _joins(words, start - 1, end, first, lexicon):
            break
        start -= 1
    if start >= end:
        return None
    starts = [
        n for n in range(start, end)
        if (words[n].low in lexicon.articles or can_be_name(words[n], lexicon))
        and (n == start or (words[n - 1].low not in lexicon.bound))
        and (n == start or words[n - 1].low not in lexicon.determiners)
        and (n == start or not words[n - 1].capital or words[n].low in lexicon.determiners)
    ]  # fmt: skip
    opening = start
    while opening < end and _is_padding(words[opening], lexicon):
        opening += 1
    if opening + 2 < end and words[opening].low in lexicon.prepositions and words[opening + 1].low in lexicon.times:
        opening += 2  # "On Saturday Mr Chouhan"
        while (
            opening + 1 < end and words[opening].low in lexicon.times and words[opening].low not in lexicon.determiners
        ):
            opening += 1
    if opening < end and words[opening].low in lexicon.accompaniment:
        opening += 1
    elif opening < end and words[opening].low in lexicon.prepositions and words[opening].low not in lexicon.determiners:
        later = [n for n in starts if n > opening + 1]
        if not later:
            return None
        opening = later[-1]
    elif opening < end and words[opening].low not in lexicon.determiners:
        later = [n for n in starts if n > opening and words[n].low in lexicon.determiners]
        own = [n for n in starts if n >= opening]
        if later and not words[opening].capital and not is_role(words[opening], lexicon):
            opening = later[0] if lexicon.language != "en" else later[-1]
        elif own and not words[opening].capital and lexicon.language != "en" and not is_role(words[opening], lexicon):
            opening = own[0]
    return parsed(words, opening, end, lexicon)


def _joins(words: Sequence[Word], at: int, end: int, first: int, lexicon: Lexicon) -> bool:
    """Tell whether the conjunction at `at` joins two parts of one noun phrase."""
    if at - 1 < first or at + 1 >= end:
        return False
    left, right = words[at - 1], words[at + 1]
    if not left.is_word or words[at].capital:
        return False
    if left.capital and right.capital:
        return True
    region = range(max(first, at - 8), at)
    if any(words[n].low in lexicon.verbs or words[n].low in lexicon.finite for n in region):
        return False
    return (
        right.low in lexicon.determiners
        or right.low in lexicon.of
        or (right.is_word and right.low not in lexicon.stopwords and not right.capital)
    )
