"""The words that report: verbs of speech, inversions, "selon" and its like."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from ingest.quotations.lexicon import FINITE, GERUND, INFINITIVE, PARTICIPLE, Lexicon, Verb
from ingest.quotations.words import Word

_REACH = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Cue:
    """Words `first` to `last` (exclusive) that report something.

    `form` is "verb", "inverted" (the pronoun is a part of it), "gerund", "infinitive" or "source" ("selon") or
    "behind" ("zufolge"). `verb_at` is where the reporting verb itself stands.
    """

    first: int
    last: int
    form: str
    verb: Verb
    verb_at: int
    pronoun: str = ""
    negated: bool = False
    reflexive: bool = False


_SOURCE = Verb("source", 0, "")


def cues(words: Sequence[Word], first: int, last: int, lexicon: Lexicon, *, depth: int = 0) -> list[Cue]:
    """Return the cues among the words `first` to `last` that stand in `depth` quotation marks, in order."""
    found: list[Cue] = []
    at = first
    while at < last:
        word = words[at]
        if word.depth != depth or not word.is_word:
            at += 1
            continue
        cue = _source(words, at, first, last, lexicon) or _verb(words, at, first, last, lexicon)
        if cue is None:
            at += 1
            continue
        found.append(cue)
        at = max(cue.last, at + 1)
    return found


def matches(words: Sequence[Word], at: int, last: int, phrase: tuple[str, ...]) -> bool:
    """Tell whether the words from `at` on are this phrase."""
    return at + len(phrase) <= last and all(words[at + n].low == part for n, part in enumerate(phrase))


def _source(words: Sequence[Word], at: int, first: int, last: int, lexicon: Lexicon) -> Cue | None:
    low = words[at].low
    if low not in lexicon.source_firsts:
        return None
    for phrase, pronoun in lexicon.own_sources:
        if low == phrase[0] and matches(words, at, last, phrase):
            return Cue(at, at + len(phrase), "source", _SOURCE, at, pronoun)
    if low in lexicon.after_comma and at + 1 < last and words[at + 1].low in lexicon.subordinators:
        return None
    if (
        low in lexicon.after_comma
        and at
        and not words[at - 1].is_word
        and words[at - 1].low in {",", "“", "”", "«", "»", '"'}
    ):
        return Cue(at, at + 1, "source", _SOURCE, at)
    if low in lexicon.behind:
        return Cue(at, at + 1, "behind", _SOURCE, at)
    if low in lexicon.source_openers:
        for ahead in range(at + 1, min(last, at + 4)):
            if words[ahead].low in lexicon.source_nouns:
                end = ahead + 1
                named = end < last and (
                    words[end].low in lexicon.articles or words[end].low in lexicon.of or words[end].capital
                )
                return Cue(at, end if named else ahead, "source", _SOURCE, at)
            if not words[ahead].is_word or words[ahead].capital:
                break
    for phrase in lexicon.before:
        if low == phrase[0] and matches(words, at, last, phrase):
            end = at + len(phrase)
            if end < last and words[end].low in lexicon.not_sources:
                return None
            if len(phrase) > 1 and phrase[-1] == "source" and at > first and words[at - 1].is_word:
                return None
            return Cue(at, end, "source", _SOURCE, at)
    for phrase in lexicon.weak_before:
        if low == phrase[0] and matches(words, at, last, phrase):
            return Cue(at, at + len(phrase), "source", Verb("weak", 0, ""), at)
    return None


def _verb(words: Sequence[Word], at: int, first: int, last: int, lexicon: Lexicon) -> Cue | None:
    word = words[at]
    low = word.low
    if lexicon.inversion is not None and "-" in low:
        inverted = lexicon.inversion.match(low)
        if inverted:
            return _inverted(words, at, last, lexicon, inverted[1], inverted[2])
    for tokens, verb in lexicon.phrases.get(low, ()):
        if matches(words, at, last, tokens):
            return _conjugated(words, at, at + len(tokens), first, last, lexicon, verb)
    known = lexicon.verbs.get(low)
    if known is None or (word.capital and at > first and words[at - 1].is_word):
        return None
    return _conjugated(words, at, at + 1, first, last, lexicon, known)


def _inverted(words: Sequence[Word], at: int, last: int, lexicon: Lexicon, base: str, pronoun: str) -> Cue | None:
    if base in lexicon.auxiliaries:
        for ahead in range(at + 1, min(last, at + _REACH)):
            low = words[ahead].low
            for tokens, phrase in lexicon.phrases.get(low, ()):
                if phrase.forms & PARTICIPLE and matches(words, ahead, last, tokens):
                    return Cue(_clitics(words, at, lexicon), ahead + len(tokens), "inverted", phrase, ahead, pronoun)
            verb = lexicon.verbs.get(low)
            if verb is not None and verb.forms & PARTICIPLE:
                return Cue(_clitics(words, at, lexicon), ahead + 1, "inverted", verb, ahead, pronoun)
            if low not in lexicon.adverbs and low not in lexicon.negations:
                return None
        return None
    for first_word in (base,):
        for tokens, phrase in lexicon.phrases.get(first_word, ()):
            if phrase.forms & FINITE and matches(words, at + 1, last, tokens[1:]):
                return Cue(_clitics(words, at, lexicon), at + len(tokens), "inverted", phrase, at, pronoun)
    verb = lexicon.verbs.get(base)
    if verb is not None and verb.forms & FINITE:
        return Cue(_clitics(words, at, lexicon), at + 1, "inverted", verb, at, pronoun)
    return None


def _clitics(words: Sequence[Word], at: int, lexicon: Lexicon) -> int:
    while at > 0 and words[at - 1].is_word and words[at - 1].low in lexicon.clitics and not words[at - 1].mark:
        at -= 1
    return at


def _conjugated(
    words: Sequence[Word], at: int, end: int, first: int, last: int, lexicon: Lexicon, verb: Verb
) -> Cue | None:
    particles = lexicon.separable.get(words[at].low)
    if particles is not None:
        behind = at + 1
        while (
            behind < last
            and behind - at < 16
            and words[behind].depth == words[at].depth
            and (words[behind].is_word or words[behind].low == "-")
            and words[behind].low not in particles
        ):
            behind += 1
        if behind >= last or words[behind].low not in particles:
            return None
    start = at
    negated = False
    auxiliary = False
    modal = False
    steps = 0
    while start > first and steps < _REACH:
        word = words[start - 1]
        if not word.is_word or word.depth != words[at].depth:
            break
        if word.low in lexicon.negations:
            negated = True
        elif (
            word.low in lexicon.passives and not auxiliary and not (verb.forms & GERUND and not verb.forms & PARTICIPLE)
        ):
            if verb.forms & PARTICIPLE and not (start - 2 >= first and words[start - 2].low in lexicon.reflexives):
                return None
            auxiliary = True
        elif word.low in lexicon.auxiliaries and verb.forms & (PARTICIPLE | GERUND) and not auxiliary:
            auxiliary = True
        elif word.low in lexicon.modals and verb.forms & (INFINITIVE | PARTICIPLE) and (verb.forms & INFINITIVE):
            modal = True
        elif word.low in lexicon.auxiliaries and auxiliary and lexicon.language in {"en", "de"}:
            pass
        elif (insertion := _insertion(words, start, first, lexicon)) and start - insertion >= first:
            start -= insertion
            steps += 1
            continue
        elif (word.low not in lexicon.adverbs and word.low not in lexicon.clitics) or (
            word.low in lexicon.pronouns and (not auxiliary or lexicon.language != "fr")
        ):
            break
        start -= 1
        steps += 1
    # Adverbs before the verb group belong to the sentence, not to the cue.
    while start < at and words[start].low in lexicon.adverbs and words[start].low not in lexicon.auxiliaries:
        start += 1
    reflexive = any(words[n].low in lexicon.reflexives for n in range(start, at))
    for ahead in range(end, min(last, end + 2)):
        if words[ahead].low in lexicon.negations and lexicon.language in {"fr", "de"}:
            negated = True
    if negated and any(verb.lemma.startswith(root) for root in lexicon.denials):
        negated = False
    if auxiliary:
        return Cue(start, end, "verb", verb, at, negated=negated, reflexive=reflexive)
    if modal and verb.forms & INFINITIVE:
        return Cue(start, end, "verb", verb, at, negated=negated, reflexive=reflexive)
    previous = words[at - 1] if at > first else None
    if (
        lexicon.bare_clause
        and verb.forms & FINITE
        and verb.forms & INFINITIVE
        and not verb.forms & PARTICIPLE
        and words[at].low in lexicon.noun_verbs
        and (previous is None or previous.low not in lexicon.infinitive_marks)
        and not _plural(words, start, first, lexicon)
    ):
        return None
    if verb.forms & FINITE and not _is_noun(words, at, first, lexicon):
        if verb.forms & INFINITIVE and previous is not None and previous.low in lexicon.infinitive_marks:
            negated = negated or (at - 2 >= first and words[at - 2].low in lexicon.negations)
            return Cue(at, end, "infinitive", verb, at, negated=negated)
        return Cue(start, end, "verb", verb, at, negated=negated, reflexive=reflexive)
    if verb.forms & GERUND and not _is_noun(words, at, first, lexicon):
        return Cue(at, end, "gerund", verb, at, negated=negated)
    if verb.forms & INFINITIVE and previous is not None and previous.low in lexicon.infinitive_marks:
        negated = negated or (at - 2 >= first and words[at - 2].low in lexicon.negations)
        return Cue(at, end, "infinitive", verb, at, negated=negated)
    return None


def _plural(words: Sequence[Word], at: int, first: int, lexicon: Lexicon) -> bool:
    """Tell whether what stands before a bare verb form can be its subject: "critics say", not "a swing state"."""
    while at > first and words[at - 1].low in lexicon.adverbs:
        at -= 1
    if at <= first:
        return False
    if not words[at - 1].is_word:
        return words[at - 1].low in {",", ")", "-"}
    low = words[at - 1].low
    if low in {"they", "we", "i", "you", "who", "some", "many", "others", "and"}:
        return True
    return (
        (low.endswith("s") and not low.endswith(("ss", "'s")))
        or lexicon.roles.get(low) == "p"
        or low in {"people", "media", "police", "staff"}
    )


def _insertion(words: Sequence[Word], at: int, first: int, lexicon: Lexicon) -> int:
    """Return how many words before `at` are a set phrase that may split a verb group ("pour sa part")."""
    for phrase in lexicon.insertions.get(words[at - 1].low, ()):
        start = at - len(phrase)
        if start >= first and matches(words, start, at, phrase):
            return len(phrase)
    return 0


def _is_noun(words: Sequence[Word], at: int, first: int, lexicon: Lexicon) -> bool:
    """Tell whether "annonce", "demande", "claims" is a noun here: a determiner or preposition stands before it."""
    if at == first:
        return False
    previous = words[at - 1]
    if not previous.is_word:
        return False
    low = previous.low
    if low in lexicon.pronouns:
        return False
    if low in lexicon.determiners or low in lexicon.possessives:
        if low in lexicon.clitics and at - 2 >= first and words[at - 2].low in lexicon.like:
            return at + 1 >= len(words) or words[at + 1].low in lexicon.of  # "comme l'annonce X", not "… de X"
        if low in lexicon.clitics:
            return at - 1 == first or words[at - 2].low not in lexicon.subjects
        return True
    if low in lexicon.of or low in lexicon.prepositions:
        return not (words[at].low in lexicon.verbs and lexicon.verbs[words[at].low].forms & (GERUND | INFINITIVE))
    return low == "'s"
