"""Where what is reported begins and ends: clauses, infinitives, quotations after a verb."""

from __future__ import annotations

from ingest.models import Reference
from ingest.quotations import phrases
from ingest.quotations.cues import Cue
from ingest.quotations.lexicon import FINITE, MANNER, OBJECT, SPEECH, STANCE
from ingest.quotations.phrases import Mention
from ingest.quotations.scenes import Pair, Reading

_REACH = 28
_NEAR = 6


def complement_of(reading: Reading, cue: Cue, own: list[Pair], later: list[Cue]) -> tuple[str, int] | None:
    """Return how what is reported begins ("clause", "colon", "mark", "infinitive", "object") and where."""
    scene = reading.scene
    words, lexicon = scene.words, scene.lexicon
    kind = cue.verb.kind
    limit = min(reading.last, cue.last + _REACH)
    at = cue.last
    commas = 0
    direct_object = False
    if kind == OBJECT or (
        kind == STANCE and cue.reflexive and at < reading.last and words[at].low in lexicon.of | {",", "lui", "elle"}
    ):
        clause = next((n for n in range(at, min(reading.last, at + 6)) if words[n].low in lexicon.complementisers), -1)
        if clause >= 0 and words[clause - 1].low not in lexicon.not_complements:
            return ("clause", clause + 1)
        quoted = any(p.opening >= at and p.closing < min(reading.last, at + 60) for p in own)
        if at < reading.last and words[at].low == ":":
            return ("colon", at + 1)
        begin = at
        while begin < reading.last and (words[begin].low in lexicon.adverbs or words[begin].low in lexicon.times):
            begin += 1
        if begin < reading.last and words[begin].mark == "open":
            return ("mark", begin)
        return ("object", at) if quoted else None
    if lexicon.bare_clause:
        return _english_complement(reading, cue, own, later) or _later_colon(reading, cue, later)
    while at < limit:
        word = words[at]
        if word.mark == "open":
            if direct_object and kind != SPEECH:
                return None
            if kind == OBJECT or direct_object:
                return ("object", cue.last)
            return ("mark", at)
        if not word.is_word:
            if word.low == ":":
                return ("colon", at + 1)
            if word.low == ",":
                commas += 1
                if at + 1 < limit and words[at + 1].mark == "open" and not direct_object:
                    return ("mark", at + 1)
                if commas > 4:
                    return None
                mood = lexicon.verb_last and at + 1 < limit and kind in {SPEECH, STANCE}
                if mood and (words[at + 1].low in lexicon.clause_openers or _speaks_indirectly(reading, at + 1)):
                    return ("clause", at + 1)
            elif word.low in {"(", ")", "-", "/", "'"} or (
                word.low == "." and words[at - 1].low in lexicon.abbreviations
            ):
                pass
            else:
                return None
            at += 1
            continue
        low = word.low
        if low in lexicon.complementisers and _is_relative(reading, cue, at):
            return None
        if low in lexicon.complementisers and words[at - 1].low not in lexicon.not_complements:
            if kind == STANCE and at - cue.last > _NEAR:
                return None
            if kind == MANNER and not (at + 1 < limit and words[at + 1].mark == "open"):
                return None
            return ("clause", at + 1)
        if low in lexicon.relatives and at > cue.last:
            return None
        if at == cue.last + (1 if at > cue.last and words[cue.last].low in lexicon.adverbs else 0) or commas:
            if _is_infinitive(reading, at) and kind in {SPEECH, STANCE}:
                return ("infinitive", at)
        elif kind == SPEECH and lexicon.infinitive_clause and word.low in lexicon.infinitives and words[at - 1].capital:
            return ("infinitive", at)
        if low in lexicon.finite and not commas and at > cue.last and kind != OBJECT:
            return None
        if (
            low in lexicon.verbs
            and at > cue.last
            and lexicon.verbs[low].forms & FINITE
            and any(c.first <= at < c.last for c in later)
        ):
            return None
        if low in lexicon.articles and low not in lexicon.times and words[at - 1].low not in lexicon.bound:
            direct_object = True
        at += 1
    return None


def _is_relative(reading: Reading, cue: Cue, at: int) -> bool:
    """Tell whether "que" follows the verb's own object: "a détaillé les mesures qu'il prendra"."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    first = cue.last
    if not lexicon.informing or cue.verb.lemma.startswith(lexicon.informing) or at - first < 2:
        return False
    if words[first].low not in lexicon.articles or words[first + 1].low in lexicon.times:
        return False
    return not any(
        not words[n].is_word
        or words[n].text[0].isdigit()
        or words[n].low in lexicon.times - lexicon.articles
        or words[n].low in lexicon.not_complements
        for n in range(first + 1, at)
    )


def _english_complement(reading: Reading, cue: Cue, own: list[Pair], later: list[Cue]) -> tuple[str, int] | None:
    """Return the complement in a language whose reported clauses need no word before them."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    form = "_".join(words[n].low for n in range(cue.verb_at, cue.last))
    if (
        form in lexicon.commissives
        and cue.last + 1 < reading.last
        and words[cue.last].low == "to"
        and words[cue.last + 1].is_word
    ):
        return ("clause", cue.last)
    if form in lexicon.directives:
        to = next(
            (
                n
                for n in range(cue.last, min(reading.last, cue.last + 10))
                if words[n].low == "to" or not words[n].is_word
            ),
            -1,
        )
        if to > cue.last and words[to].low == "to":
            return ("clause", cue.last)
    kind = cue.verb.kind
    verb = words[cue.last - 1].low
    at = cue.last
    moved = True
    addressed = verb not in lexicon.addressed_verbs
    in_phrase = False
    while at < reading.last and moved:
        moved = False
        word = words[at]
        if word.mark == "open":
            return ("mark", at)
        if not word.is_word:
            if word.low == ":":
                return ("colon", at + 1)
            if word.low == "," and at + 1 < reading.last:
                if words[at + 1].mark == "open":
                    return ("mark", at + 1)
                # an insertion: "said, in a statement, that"
                comma = next(
                    (
                        n
                        for n in range(at + 1, min(reading.last, at + 16))
                        if words[n].low == "," and not words[n].is_word
                    ),
                    -1,
                )
                if (
                    comma > 0
                    and words[at + 1].low in lexicon.settings
                    and comma + 1 < reading.last
                    and (words[comma + 1].low in lexicon.complementisers or words[comma + 1].mark == "open")
                ):
                    at = comma + 1
                    moved = True
                    continue
            return None
        if word.low in lexicon.complementisers:
            return ("clause", at + 1) if kind != MANNER or own else None
        if (
            word.low in lexicon.adverbs
            or (word.low in lexicon.times and word.low not in lexicon.determiners)
            or (word.text[0].isdigit() and in_phrase)
        ):
            at += 1
            moved = True
            continue
        if word.low in lexicon.determiners and at + 1 < reading.last and words[at + 1].low in lexicon.times:
            at += 2
            moved = True
            continue
        if not addressed or (word.low == "to" and verb != "want"):
            start = at + 1 if word.low == "to" else at
            end = _recipient(reading, start)
            addressed = True
            if end > start:
                at = end
                moved = True
                continue
        if word.low in lexicon.bound and word.low not in lexicon.not_circumstance:
            end = at + 1
            while (
                end < reading.last
                and words[end].is_word
                and words[end].low not in lexicon.complementisers
                and end - at < 12
            ):
                if end > at + 1 and words[end].low in lexicon.pronouns:
                    break
                if (
                    end > at + 2
                    and words[end].low in lexicon.determiners
                    and words[end - 1].low not in lexicon.bound
                    and words[end - 1].low not in lexicon.determiners
                ):
                    break
                if words[end].low in lexicon.finite:
                    break
                end += 1
            if (
                end < reading.last
                and (
                    words[end].low in lexicon.complementisers
                    or words[end].mark
                    or not words[end].is_word
                    or words[end].low in lexicon.pronouns
                    or words[end].low in lexicon.determiners
                )
                and not (not words[end].is_word and not words[end].mark and words[end].low not in {":", ","})
            ):
                in_phrase = True
                at = end
                moved = True
                continue
            if end >= reading.last or not words[end].is_word:
                return None
    if at >= reading.last or verb not in lexicon.bare_verbs or kind == MANNER:
        return None
    word = words[at]
    if word.low in lexicon.relatives or word.low in lexicon.never_clause:
        return None
    if word.low in {"it", "so", "they"} and at + 1 < reading.last and not words[at + 1].is_word:
        return None
    says = verb in lexicon.plain_verbs
    end = reading.last if says else _clause_end(reading, at)
    follower = next((c for c in later if c.first > at and words[c.first - 1].low in lexicon.conjunctions), None)
    if follower is not None:
        end = min(end, follower.first)
    found = _finite_verb(reading, at, end)
    if found < 0 and not (says and reading.last - at > 3 and word.low not in lexicon.prepositions):
        return None
    return ("clause", at)


def _clause_end(reading: Reading, at: int) -> int:
    words = reading.scene.words
    for n in range(at, reading.last):
        if not words[n].is_word and not words[n].depth and not words[n].mark and words[n].low in {",", ";", ":", "-"}:
            return n
    return reading.last


def _finite_verb(reading: Reading, at: int, end: int) -> int:
    """Return where the first finite verb stands, or -1."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    for n in range(at, min(end, at + 45)):
        low = words[n].low
        if not words[n].is_word or words[n].depth:
            continue
        if low in lexicon.finite:
            return n
        if (
            n > at
            and low.endswith("ed")
            and words[n - 1].low not in lexicon.articles
            and words[n - 1].low not in lexicon.prepositions
        ):
            return n
        if (
            n > at
            and low.endswith("s")
            and not low.endswith("ss")
            and words[n - 1].low in {"he", "she", "it", "who", "that", "which"}
        ):
            return n
        if (
            n > at
            and words[n - 1].low in {"they", "we", "i", "you", "he", "she", "it"}
            and low not in lexicon.stopwords
        ):
            return n
    return -1


def _recipient(reading: Reading, at: int) -> int:
    """Return where the person or outlet that was told something ends."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    if at >= reading.last or not words[at].is_word:
        return at
    if words[at].low in lexicon.pronouns or words[at].low in {"me", "him", "them", "us", "her"}:
        return at + 1
    end = phrases.name_run(words, at, reading.last, lexicon)
    if end > at:
        return end
    end = at
    while end < reading.last and words[end].is_word and end - at < 6:
        low = words[end].low
        if end > at and (
            (low in lexicon.determiners and words[end - 1].low not in lexicon.of)
            or low in lexicon.pronouns
            or low in lexicon.complementisers
            or low in lexicon.settings
            or low in lexicon.finite
        ):
            break
        if (
            end > at
            and words[end].capital
            and not words[end - 1].capital
            and words[end - 1].low not in lexicon.articles
        ):
            break
        end += 1
    return end


def _later_colon(reading: Reading, cue: Cue, later: list[Cue]) -> tuple[str, int] | None:
    """Return the quotation that a colon opens further on: "wrote next to a photo of the two: "…""."""
    words = reading.scene.words
    for n in range(cue.last, min(reading.last - 1, cue.last + _REACH)):
        if words[n].low == ":" and words[n + 1].mark == "open":
            return ("colon", n + 1)
        if words[n].low == ";" or any(c.first == n for c in later):
            return None
    return None


def _speaks_indirectly(reading: Reading, at: int) -> bool:
    """Tell whether the clause at `at` has a verb in the mood of reported speech, or follows the verb directly."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    for n in range(at, min(reading.last, at + 40)):
        if words[n].low in lexicon.subjunctive and not words[n].depth:
            return True
        if (
            words[n].low == "zu"
            and n + 1 < reading.last
            and words[n + 1].low.endswith("n")
            and not words[n + 1].capital
        ):
            return n + 2 >= reading.last or not words[n + 2].is_word or words[n + 2].low in lexicon.conjunctions
    return words[at].low in lexicon.pronouns


def _is_infinitive(reading: Reading, at: int) -> bool:
    lexicon, words = reading.scene.lexicon, reading.scene.words
    if not lexicon.infinitive_clause or lexicon.infinitive_ending is None:
        return False
    n = at
    while n < reading.last and words[n].is_word and words[n].low in lexicon.light and n - at < 4:
        n += 1
    return n < reading.last and words[n].is_word and words[n].low in lexicon.infinitives


def end_of(reading: Reading, start: int, later: list[Cue] | tuple[()]) -> int:
    """Return where the reported words that begin at `start` end: at the sentence's end or before a chained clause."""
    end = reading.last
    words = reading.scene.words
    for n in range(start + 3, end - 2):
        if words[n].low == "," and not words[n].depth and words[n + 1].low in reading.scene.lexicon.contrasts:
            after = n + 2
            while after < end - 1 and (
                words[after].low in reading.scene.lexicon.pronouns or words[after].low in reading.scene.lexicon.adverbs
            ):
                after += 1
            if words[after].low in reading.scene.lexicon.cutters:
                end = n  # ", but he refused to …": the reporter goes on
                break
    for pair in reading.own:
        if start < pair.opening < end and words[pair.opening - 1].low == ":" and pair.closing - pair.opening > 5:
            end = pair.opening - 1
            break
    for cue in later:
        if cue.first <= start:
            continue
        if cue.form == "source":
            continue
        cut = chain_start(reading, cue)
        if cut > start and not reading.scene.words[cut].depth:
            return min(end, cut)
    return end


def chain_start(reading: Reading, cue: Cue) -> int:
    """Return where a clause begins that leaves the reported clause before it, or -1."""
    scene = reading.scene
    words, lexicon = scene.words, scene.lexicon
    at = cue.first
    while (
        at > reading.first
        and words[at - 1].is_word
        and words[at - 1].low in lexicon.adverbs
        and words[at - 1].low not in lexicon.conjunctions
    ):
        at -= 1
    if at <= reading.first:
        return -1
    previous = words[at - 1]
    if cue.form == "gerund":
        if cue.verb.kind == MANNER and not _has_complement(reading, cue):
            return -1
        start = at
        while start > reading.first and words[start - 1].is_word and words[start - 1].low in lexicon.gerund_marks:
            start -= 1
        if words[start - 1].low == "," and not words[start - 1].is_word:
            return start - 1
        own = gerund_subject(reading, cue)
        if own is not None and own.first > reading.first:
            start = own.first - 1 if words[own.first - 1].low in lexicon.accompaniment else own.first
            if start > reading.first and words[start - 1].low == "," and not words[start - 1].is_word:
                return start - 1
            return -1
        return start if start < at else -1
    if cue.form == "inverted":
        return at - 1 if previous.low in {",", "-"} else -1
    if previous.low in lexicon.conjunctions and previous.is_word:
        if cue.verb.kind not in {SPEECH, STANCE, OBJECT} or not _has_complement(reading, cue):
            return -1
        return at - 2 if at - 2 > reading.first and words[at - 2].low == "," else at - 1
    subject = phrases.before(words, reading.first, at, lexicon)
    if subject is None or subject.relative:
        return -1
    start = subject.first
    if start <= reading.first:
        return -1
    left = words[start - 1]
    if (left.low in lexicon.conjunctions and left.is_word) or left.low in lexicon.splitters:
        if not _has_complement(reading, cue):
            return -1
        if left.low in lexicon.splitters and cue.last < reading.last and words[cue.last].low == ",":
            return -1  # "as critics claim," is an insertion
        return start - 2 if words[start - 2].low == "," else start - 1
    if left.low == ";" and not left.is_word:
        return start - 1
    return -1


def _has_complement(reading: Reading, cue: Cue) -> bool:
    own = list(reading.own)
    return complement_of(reading, cue, own, []) is not None


def chains(reading: Reading, cue: Cue) -> bool:
    """Tell whether a verb inside a reported clause leaves it again: ", et a ajouté que", ", but Smith said"."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    return chain_start(reading, cue) >= 0 and bool(lexicon.conjunctions) and words[cue.first].depth == 0


def gerund_subject(reading: Reading, cue: Cue) -> Mention | None:
    """Return a participle's own subject: "with the minister saying that"."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    at = cue.first
    while at > reading.first and words[at - 1].is_word and words[at - 1].low in lexicon.adverbs:
        at -= 1
    if (
        not lexicon.bare_clause
        or at <= reading.first
        or not words[at - 1].is_word
        or words[at - 1].low in lexicon.gerund_marks
    ):
        return None
    subject = phrases.before(words, reading.first, at, lexicon)
    if subject is None or subject.reference is Reference.PRONOUN or subject.relative:
        return None
    inside = range(subject.first, subject.last)
    if any(words[n].low.endswith(("ing", "ed")) and not words[n].capital and n > subject.first for n in inside):
        return None  # "published a video explaining", "people from filing lawsuits alleging"
    if subject.name is not None or subject.organisation or phrases.is_role_phrase(words, subject, lexicon):
        return subject
    return None


def without_occasion(reading: Reading, first: int, last: int) -> int:
    """Cut where and when it was said off the end: ", lors d'une conférence de presse"."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    for comma in range(last - 3, max(first, last - 22), -1):
        if words[comma].depth or words[comma].mark:
            return last
        circumstance = words[comma].low == "," and words[comma + 1].low in lexicon.prepositions
        if circumstance and any(words[n].low in lexicon.occasions for n in range(comma + 1, min(last, comma + 6))):
            return comma
    return last


def is_title(reading: Reading, pair: Pair) -> bool:
    """Tell whether marks stand round the title of a work, or a nickname: "le film «…»"."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    before = range(max(reading.first, pair.opening - 2), pair.opening)
    name = pair.closing - pair.opening <= 4 and words[pair.opening + 1].capital and words[pair.closing - 1].is_word
    if name and not lexicon.verb_last and words[pair.opening - 1].is_word:
        return True  # an outlet, a company, a ship: «Комсомольская правда»
    return pair.closing - pair.opening < 12 and any(words[n].low in lexicon.works for n in before)


def ends_soon(reading: Reading, at: int) -> bool:
    """Tell whether nothing but a time, a place or an addressee follows to the end of the clause."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    for n in range(at, min(reading.last, at + 14)):
        word = words[n]
        if not word.is_word:
            return word.low in {".", ",", ";", "!", "?", "…"}
        if n - at == 0 and word.low not in lexicon.settings and not word.capital:
            return False
    return reading.last - at < 14


def ends_with(reading: Reading, mention: Mention) -> bool:
    """Tell whether the sentence ends with this person: "C'était notre meilleur match, sourit l'entraîneur.\""""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    ends = mention.last >= reading.last or words[mention.last].low in {".", "…"}
    return ends and (mention.name is not None or phrases.is_role_phrase(words, mention, lexicon))
