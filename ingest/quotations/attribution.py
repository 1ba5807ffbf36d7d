"""Which words a cue reports, and who its subject is: one paragraph at a time."""

from __future__ import annotations

import bisect
import dataclasses
import itertools

from ingest.models import Kind, Reference, Span
from ingest.quotations import phrases
from ingest.quotations.clauses import (
    chain_start,
    chains,
    complement_of,
    end_of,
    ends_soon,
    ends_with,
    gerund_subject,
    is_title,
    without_occasion,
)
from ingest.quotations.cues import Cue, cues, matches
from ingest.quotations.lexicon import FINITE, GERUND, MANNER, OBJECT, SPEECH, STANCE, Lexicon, Verb
from ingest.quotations.phrases import Mention
from ingest.quotations.scenes import Pair, Reading, Scene, Statement
from ingest.quotations.words import Sentence, after_dateline


def statements(scene: Scene) -> list[tuple[list[Statement], Mention | None]]:
    """Return for each sentence its statements in order, and whom the sentence is about."""
    result: list[tuple[list[Statement], Mention | None]] = []
    if scene.turn is not None:
        return [(_labelled(scene, *scene.turn), None)]
    if spoken := _dialogue(scene):
        return [(spoken, None)]
    by_opening = sorted(scene.pairs, key=lambda p: p.opening)
    openings = [p.opening for p in by_opening]
    group = 0
    pending: list[Statement] | None = None
    for sentence in scene.sentences:
        reading = Reading(scene, sentence.first, sentence.last, sentence.first, group=group)
        own = by_opening[bisect.bisect_left(openings, sentence.first) : bisect.bisect_left(openings, sentence.last)]
        reading.own = own
        _read(reading, own, pending)
        group = reading.group + 1
        found = sorted(reading.found, key=lambda s: (s.span.start, s.span.end))
        result.append((found, _topic(scene, sentence) or reading.subject))
        if (
            found
            and result
            and len(result) > 1
            and result[-2][0]
            and len(found) == 1
            and _only_mood(found[0])
            and _only_mood(result[-2][0][-1])
            and found[0].span.start - result[-2][0][-1].span.end < 4
        ):
            # Sentences of reported speech that follow each other are one statement.
            before = result[-2][0].pop()
            merged = dataclasses.replace(
                found[0],
                span=Span(before.span.start, found[0].span.end),
                kind=Kind.MIXED if Kind.MIXED in {before.kind, found[0].kind} else Kind.INDIRECT,
                fragments=(*before.fragments, *found[0].fragments),
            )
            found[:] = [merged]
        if not found and len(result) > 1 and result[-2][0]:
            _announced_after(scene, sentence, result[-2][0])
        pending = found or None
    return result


def _announced_after(scene: Scene, sentence: Sentence, before: list[Statement]) -> None:
    """Give the quotation before a sentence the speaker it names: «…» C'est ce qu'affirme X."""
    words, lexicon = scene.words, scene.lexicon
    if not any(matches(words, sentence.first, sentence.last, phrase) for phrase in lexicon.announcers):
        return
    mention = _named_in(Reading(scene, sentence.first, sentence.last, sentence.first), sentence.first, sentence.last)
    if mention is None:
        return
    for number in range(len(before) - 1, -1, -1):
        statement = before[number]
        if statement.mention is not None or statement.cue is not None or statement.nested:
            return
        before[number] = dataclasses.replace(statement, mention=mention, weight=0.75)


def _only_mood(statement: Statement) -> bool:
    return statement.cue is None and statement.mention is None and statement.kind is not Kind.DIRECT


def _labelled(scene: Scene, span: Span, last: int) -> list[Statement]:
    """Return a turn of a transcript as one statement of whom its label names."""
    first = 0
    while first < last and not scene.words[first].is_word:
        first += 1
    while last > first and not scene.words[last - 1].is_word:
        last -= 1
    if not span:
        return []
    if last <= first:
        return [Statement(span, Kind.DIRECT, (span,), None, None, weight=0.9)]  # of whoever is interviewed
    name = (first, last) if last - first > 1 or len(scene.words[first].text) > 1 else None
    mention = Mention(
        first, last, Reference.NAME if name else Reference.DESCRIPTION, name, None, scene.words[last - 1].low
    )
    return [Statement(span, Kind.DIRECT, (span,), None, mention, weight=0.9)]


def _topic(scene: Scene, sentence: Sentence) -> Mention | None:
    """Return the noun phrase that opens a sentence, if it is a name or a role."""
    at = sentence.first
    words, lexicon = scene.words, scene.lexicon
    while at < sentence.last and (not words[at].is_word or words[at].low in lexicon.fillers):
        if words[at].mark == "open":
            return None
        at += 1
    if at >= sentence.last:
        return None
    if at == 0 and words[at].capital:
        at = after_dateline(words, at, sentence.last)
        dash = next((n for n in range(1, min(6, sentence.last)) if words[n].low == "-" and not words[n].is_word), -1)
        if not at and dash > 0 and all(words[n].capital or not words[n].is_word for n in range(dash)):
            at = dash + 1  # "Algiers - The president"
    if at >= sentence.last:
        return None
    if words[at].low in lexicon.prepositions | lexicon.subordinators and words[at].low not in lexicon.determiners:
        comma = next(
            (n for n in range(at, min(sentence.last, at + 25)) if words[n].low == "," and not words[n].depth), -1
        )
        if comma < 0:
            return None
        at = comma + 1
    elif (fronted := _behind_participle(scene, at, sentence.last)) > at:
        at = fronted
    return phrases.after(words, at, sentence.last, lexicon)


def _behind_participle(scene: Scene, at: int, last: int) -> int:
    """Return where the name begins behind a fronted phrase: "Assise à son comptoir, Marie Dupont …", else `at`."""
    words, lexicon = scene.words, scene.lexicon
    if words[at].low in lexicon.articles or words[at].low in lexicon.names or words[at].low in lexicon.titles:
        return at
    for n in range(at + 1, min(last - 2, at + 14)):
        low = words[n].low
        if not words[n].is_word:
            if low != ",":
                return at
            end = phrases.name_run(words, n + 1, last, lexicon)
            named = end - n > 2 or (end > n + 1 and words[n + 1].low in lexicon.names)
            return n + 1 if named and n > at + 1 and end < last and words[end].is_word else at
        if low in lexicon.finite or low in lexicon.relatives or (n == at + 1 and words[n].capital):
            return at
    return at


def _read(reading: Reading, own: list[Pair], pending: list[Statement] | None) -> None:
    scene = reading.scene
    found = [
        c
        for c in cues(scene.words, reading.first, reading.last, scene.lexicon)
        if c.verb.kind != "weak"
        or _opens_clause(reading, c.first)
        or (c.last < reading.last and scene.words[c.last].low in scene.lexicon.whom)
    ]
    _inside(reading, own)
    for number, cue in enumerate(found):
        later = found[number + 1 :]
        if cue.negated:
            continue
        if cue.form in {"source", "behind"}:
            _source(reading, cue, own, later)
        elif cue.form == "inverted":
            _leftwards(reading, cue, _inverted_mention(reading, cue), own, cue.first, cue.last, later)
        elif cue.form == "gerund":
            _gerund(reading, cue, own, later)
        elif cue.form == "infinitive":
            _infinitive(reading, cue, own, later)
        else:
            _finite(reading, cue, own, later)
    _reported_mood(reading, own, goes_on=pending is not None)
    _introduced(reading, own)
    _standing_alone(reading, own)
    _nested(reading, own)


def _inverted_mention(reading: Reading, cue: Cue) -> Mention:
    words = reading.scene.words
    at = next((n for n in range(cue.first, cue.last) if words[n].low.endswith("-" + cue.pronoun)), cue.verb_at)
    return _impersonal(reading, phrases.pronoun(words, at, reading.scene.lexicon, cue.pronoun), cue.last)


def _impersonal(reading: Reading, mention: Mention, right: int) -> Mention:
    """Return the house that "on" speaks for: "explique-t-on chez X", "A la préfecture, on assure"."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    if mention.head not in lexicon.impersonal:
        return mention
    for at in (right, reading.first):
        if at < reading.last and words[at].low in lexicon.places:
            house = phrases.after(words, at + 1, reading.last, lexicon)
            if house is not None and house.reference is not Reference.PRONOUN:
                return dataclasses.replace(
                    house, reference=Reference.ORGANISATION, organisation=True, name=None, role=None
                )
    return mention


def _closing_before(reading: Reading, at: int, own: list[Pair]) -> Pair | None:
    """Return the pair of marks that closes right before `at`, commas, dashes and full stops aside."""
    words = reading.scene.words
    n = at - 1
    steps = 0
    while n >= reading.first and steps < 3 and not words[n].is_word and not words[n].mark:
        n -= 1
        steps += 1
    if n < reading.first or words[n].mark != "close" or words[n].depth:
        return None
    return next((p for p in own if p.closing == n), None)


def _opens_clause(reading: Reading, at: int) -> bool:
    words = reading.scene.words
    if at == reading.first:
        return True
    previous = words[at - 1]
    if previous.mark == "close" or (previous.low in {":", ";"} and not previous.is_word):
        return True
    n = at - 1
    while n >= reading.first and (words[n].low in reading.scene.lexicon.fillers or words[n].low == ","):
        n -= 1
    return n < reading.first or any(words[k].low in reading.scene.lexicon.conjunctions for k in range(n + 1, at))


def _finite(reading: Reading, cue: Cue, own: list[Pair], later: list[Cue]) -> None:
    scene = reading.scene
    words, lexicon = scene.words, scene.lexicon
    if cue.first < reading.until and not chains(reading, cue):
        return
    kind = cue.verb.kind
    before_at = cue.first
    while (
        before_at > reading.first
        and words[before_at - 1].is_word
        and words[before_at - 1].low in lexicon.adverbs
        and words[before_at - 1].low not in lexicon.pronouns
    ):
        before_at -= 1
    closing = _closing_before(reading, before_at, own)
    previous = words[before_at - 1] if before_at > reading.first else None
    if (
        closing is not None
        and previous is not None
        and previous.mark == "close"
        and words[closing.closing - 1].is_word
        and closing.opening > reading.first
        and words[closing.opening - 1].is_word
    ):
        closing = None  # "Der Roman „…“ erzählt": the marks belong to the subject
    complement = complement_of(reading, cue, own, later)
    after_comma = previous is not None and not previous.is_word and previous.low != ")"
    if _like(reading, cue, own, later, before_at):
        return
    if after_comma or closing is not None or previous is None:
        mention = _inverted_subject(reading, cue, complement)
        if (
            mention is not None
            and _may_speak(reading, mention, closing is not None)
            and not (
                complement is not None
                and complement[0] in {"clause", "infinitive"}
                and complement[1] <= mention.last
                and closing is None
            )
        ) and (
            closing is not None
            or (
                previous is not None
                and previous.low in {",", "-", "…", ")", "!", "?", '"'}
                and (
                    kind == SPEECH
                    or (kind == STANCE and ends_soon(reading, mention.last))
                    or (kind == MANNER and ends_with(reading, mention))
                )
                and not cue.reflexive
            )
        ):
            if closing is None and reading.cursor >= before_at - 1:
                return
            if (
                closing is None
                and lexicon.subjunctive
                and not any(words[n].low in lexicon.subjunctive for n in range(reading.cursor, before_at))
            ):
                return  # "Der Minister, der das Gesetz vorlegte, sagte …": no clause of reported speech
            _leftwards(reading, cue, mention, own, cue.first, mention.last, later)
            return
    if closing is not None and _drops_subject(reading, cue):
        _leftwards(reading, cue, phrases.dropped(words, cue.verb_at), own, cue.first, cue.last, later)
        return
    subject = phrases.before(words, reading.first, before_at, lexicon)
    if (
        subject is not None
        and subject.first < reading.until
        and not subject.relative
        and subject.reference is not Reference.PRONOUN
    ):
        subject = subject if chains(reading, cue) else None
    chained = False
    if subject is None and lexicon.verb_second and not (previous is not None and previous.low in lexicon.conjunctions):
        subject = _inverted_subject(reading, cue, None)
        if subject is not None and not _may_speak(reading, subject, quoted=False):
            subject = None
    if (
        subject is None
        and previous is not None
        and previous.low in lexicon.conjunctions_or_comma
        and reading.subject is not None
    ):
        chained = True
        subject = reading.subject
    elif subject is None and previous is not None and previous.low in lexicon.conjunctions:
        subject = _topic(scene, Sentence(reading.first, reading.last))
    if subject is None and _drops_subject(reading, cue):
        dropped = phrases.dropped(words, cue.verb_at)
        if _opens_clause(reading, before_at) and complement is not None and complement[0] != "infinitive":
            _rightwards(reading, cue, dropped, complement, own, later)
        elif (
            previous is not None
            and previous.low == ","
            and complement is None
            and before_at - 1 > reading.cursor
            and ends_soon(reading, cue.last)
        ):
            _leftwards(reading, cue, dropped, own, before_at, cue.last, later)
        return
    if subject is None:
        return
    if lexicon.bare_clause and not _could_be_subject(reading, subject):
        return
    if kind == STANCE and subject.reference is Reference.PRONOUN and subject.organisation:
        return  # "it showed that"
    subject = _impersonal(reading, subject, cue.last)
    before_subject = _closing_before(reading, subject.first, own)
    quoted = before_subject is not None and before_subject.opening not in reading.used
    if complement is not None and not (
        quoted and not chained and not subject.relative and complement[0] in {"clause", "mark", "object"}
    ):
        _rightwards(reading, cue, subject, complement, own, later, chained=chained)
        return
    # "… , il l'a dit": the subject and its verb come last.
    left = subject.first
    closing = _closing_before(reading, left, own)
    if closing is not None and words[left - 1].mark == "close" and words[closing.closing - 1].is_word:
        title = closing.closing - closing.opening < 8
        if title and not subject.relative:
            return  # "the “60 Minutes” correspondent X said"
    if closing is not None or (
        not chained
        and kind == SPEECH
        and left > reading.first
        and words[left - 1].low == ","
        and not words[left - 1].is_word
        and not subject.relative
        and ends_soon(reading, cue.last)
        and left - 1 > reading.cursor
    ):
        _leftwards(reading, cue, subject, own, left, cue.last, later)


def _drops_subject(reading: Reading, cue: Cue) -> bool:
    """Tell whether a verb of speech may stand without a subject: "«…», agregó." in Spanish."""
    verb = reading.scene.lexicon.verbs.get(reading.scene.words[cue.verb_at].low)
    return reading.scene.lexicon.pro_drop and verb is not None and verb.kind in {SPEECH, STANCE} and not cue.reflexive


def _like(reading: Reading, cue: Cue, own: list[Pair], later: list[Cue], at: int) -> bool:
    """Report the rest of a sentence of which a clause says who told it: "Wie X mitteilte, …", "…, comme l'a dit X"."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    if not lexicon.like or cue.verb.kind != SPEECH:
        return False
    first = at
    while first > reading.first and at - first < 14 and words[first - 1].is_word and not words[first - 1].mark:
        first -= 1
    if words[first].low not in lexicon.like or first >= at + 1:
        return False
    mention = phrases.before(words, first + 1, at, lexicon) if first + 1 < at else None
    end = cue.last
    if mention is None:
        mention = _inverted_subject(reading, cue, None)
        if mention is None or not _may_speak(reading, mention, quoted=True):
            return False
        end = mention.last
    while end < reading.last and words[end].is_word:
        end += 1
    start = max(reading.cursor, reading.first)
    if first > reading.first and words[first - 1].low == "," and first - 1 > start:
        reading.subject = mention
        _add_range(reading, start, first - 1, own, cue, mention, weight=0.8)
        reading.cursor = end
        return True
    if first - reading.first <= 1 and end < reading.last and words[end].low == ",":
        reading.subject = mention
        _add_range(reading, end + 1, end_of(reading, end + 1, later), own, cue, mention, weight=0.8)
        return True
    return False


def _could_be_subject(reading: Reading, subject: Mention) -> bool:
    """Tell whether English words without an article can be a subject: plurals and names, not "provide (details)"."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    if subject.reference is not Reference.DESCRIPTION or subject.relative or subject.plural:
        return True
    span = range(subject.first, subject.last)
    if words[subject.first].low in lexicon.articles or words[subject.first].text[0].isdigit():
        return True
    return any(
        words[n].capital or words[n].low.endswith("s") or phrases.is_role(words[n], lexicon) for n in span
    ) or any(
        words[n].low in lexicon.sourceful
        or words[n].low in lexicon.unnamed
        or words[n].low in {"everyone", "somebody", "someone", "nobody", "people"}
        for n in span
    )


def _inverted_subject(reading: Reading, cue: Cue, complement: tuple[str, int] | None) -> Mention | None:
    """Return the subject that follows its verb, past adverbs, times and addressees."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    if words[cue.last - 1].low in lexicon.telling_verbs:
        return None  # "…, a lawyer, told the BBC": whom it was told to
    limit = reading.last
    at = cue.last
    for _ in range(5):
        if at >= limit:
            return None
        word = words[at]
        if word.low == "," and not word.is_word and at + 1 < limit:
            comma = next(
                (n for n in range(at + 1, min(limit, at + 14)) if words[n].low == "," and not words[n].is_word), -1
            )
            if comma < 0 or not (
                words[at + 1].low in lexicon.prepositions
                or words[at + 1].low in lexicon.times
                or words[at + 1].low in lexicon.adverbs
            ):
                return None
            at = comma + 1
            continue
        if not word.is_word:
            return None
        if word.low in lexicon.adverbs and word.low not in lexicon.pronouns and word.low not in lexicon.determiners:
            at += 1
            continue
        latter = at + 1 < limit and words[at + 1].low in lexicon.latter and word.low in lexicon.definites
        if latter and (at + 2 >= limit or not words[at + 2].is_word):
            break  # "a assuré cette dernière."
        if word.low in lexicon.times or word.text.isdigit():
            determiner_first = word.low in lexicon.determiners
            if not determiner_first or (
                at + 1 < limit and words[at + 1].low in lexicon.times and words[at + 1].low not in lexicon.determiners
            ):
                at += 1
                while (
                    at < limit
                    and words[at].is_word
                    and (words[at].low in lexicon.times or words[at].text.isdigit() or words[at].low == "h")
                    and not (
                        words[at].low in lexicon.determiners
                        and not (
                            at + 1 < limit
                            and words[at + 1].low in lexicon.times
                            and words[at + 1].low not in lexicon.determiners
                        )
                    )
                ):
                    at += 1
                continue
        if word.low in lexicon.prepositions and word.low not in lexicon.determiners:
            if lexicon.bare_clause:
                return None  # "said in a statement": no subject follows
            end = _addressee(reading, at)
            if end <= at:
                return None
            at = end
            continue
        break
    mention = phrases.after(words, at, limit, lexicon)
    if mention is not None and complement is not None and complement[0] == "mark" and complement[1] < mention.first:
        return None
    if (
        mention is not None
        and words[mention.first].low in lexicon.of
        and words[mention.first].low not in lexicon.determiners
    ):
        return None
    return mention


def _addressee(reading: Reading, at: int) -> int:
    """Return where a prepositional phrase such as "à l'AFP" or "dans un communiqué" ends."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    n = at + 1
    while n < reading.last and words[n].is_word and words[n].low in lexicon.openers:
        n += 1
    end = phrases.name_run(words, n, reading.last, lexicon)
    if end > n:
        # "à l'AFP Juliette Andrès": an acronym, then the speaker
        if end - n >= 3 and words[n].text.isupper():
            return n + 1
        return end
    return n + 1 if n < reading.last and words[n].is_word else at


def _may_speak(reading: Reading, mention: Mention, quoted: bool) -> bool:
    """Tell whether a noun phrase after a verb is its subject and not its object."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    if mention.reference is Reference.PRONOUN:
        return lexicon.language != "fr" or mention.head in lexicon.pointing
    if mention.reference in {Reference.NAME, Reference.ORGANISATION} or mention.name is not None:
        return True
    head = words[mention.first]
    if not (
        head.low in lexicon.articles
        or head.capital
        or head.low in lexicon.titles
        or mention.plural
        or lexicon.bare_clause
        or lexicon.language == "ru"
    ):
        return False
    if phrases.is_role_phrase(words, mention, lexicon) or mention.head in lexicon.sourceful:
        return True
    if mention.head in lexicon.latter:
        return True
    return quoted and words[mention.first].low in lexicon.articles


def _rightwards(
    reading: Reading,
    cue: Cue,
    subject: Mention,
    complement: tuple[str, int],
    own: list[Pair],
    later: list[Cue],
    *,
    chained: bool = False,
) -> None:
    scene = reading.scene
    words, lexicon = scene.words, scene.lexicon
    how, start = complement
    end = end_of(reading, start, later)
    kind = cue.verb.kind
    if subject.relative:
        end = _relative_end(reading, start, end)
    reading.subject = subject
    inside = [p for p in own if p.opening >= start and p.closing < end]
    if how == "object":
        inside = [p for p in inside if not is_title(reading, p)]
        if not inside or (subject.head in lexicon.impersonal and subject.reference is Reference.PRONOUN):
            return
        while start < end and (
            words[start].low in lexicon.adverbs
            or (words[start].low in lexicon.times and words[start].low not in lexicon.determiners)
            or (words[start].low in lexicon.of and cue.reflexive)
            or (words[start].low == "," and start == cue.last)
            or (words[start].low in lexicon.pronouns and words[start - 1].low == "," and words[start + 1].low == ",")
        ):
            start += 1
        _add_range(reading, start, end, own, cue, subject, weight=0.8)
        return
    if how == "mark":
        pair = next((p for p in own if p.opening == start), None)
        if pair is None or (start > cue.last + 2 and is_title(reading, pair)):
            return
        tail = _is_tail(reading, pair.closing + 1, end)
        if tail:
            _add_pair(
                reading,
                pair,
                cue,
                subject,
                kind=Kind.MIXED if kind == OBJECT and not _whole(reading, pair) else Kind.DIRECT,
            )
            _more_pairs(reading, pair, own, end, cue, subject)
            reading.cursor = end
            return
        if pair.closing - pair.opening > 8 or kind in {OBJECT}:
            _add_pair(reading, pair, cue, subject, kind=Kind.MIXED if kind == OBJECT else Kind.DIRECT)
            reading.cursor = pair.closing + 1
            return
        _add_pair(reading, pair, cue, subject, kind=Kind.MIXED)
        reading.cursor = pair.closing + 1
        return
    if how == "colon":
        if start < end and words[start].mark == "open":
            pair = next((p for p in own if p.opening == start), None)
            if pair is not None and subject.name is None and _attributed_behind(reading, pair, later):
                return
            if pair is not None:
                _add_pair(reading, pair, cue, subject)
                _more_pairs(reading, pair, own, end, cue, subject)
                reading.cursor = end
                return
        if kind != SPEECH or start - 1 - cue.last > 2:
            return
    if kind == MANNER and not inside:
        return
    if how == "clause" and kind == OBJECT and not inside:
        return
    _add_range(reading, start, end, own, cue, subject, weight=0.9 if kind == SPEECH else 0.6, chained=chained)


def _attributed_behind(reading: Reading, pair: Pair, later: list[Cue]) -> bool:
    """Tell whether a quotation after a colon has a speaker of its own behind it: "On s'inquiète : «…», craint X"."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    cue = next((c for c in later if 0 < c.first - pair.closing <= 2), None)
    if cue is None or cue.form != "verb" or cue.last >= reading.last:
        return False
    mention = phrases.after(words, cue.last, reading.last, lexicon)
    return mention is not None and (mention.name is not None or phrases.is_role_phrase(words, mention, lexicon))


def _relative_end(reading: Reading, start: int, end: int) -> int:
    """Return where a relative clause ends that reports something: "X, who said he was ill, cancelled the talks"."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    for n in range(start + 2, end - 1):
        if words[n].low != "," or words[n].is_word or words[n].depth:
            continue
        after = n + 1
        while after < end and words[after].low in lexicon.adverbs:
            after += 1
        if after >= end or words[after].depth or words[after].mark:
            continue
        low = words[after].low
        verb = lexicon.verbs.get(low)
        if low in lexicon.finite or low in lexicon.auxiliaries or (verb is not None and verb.forms & FINITE):
            return n
        acts = lexicon.bare_clause and low.endswith("ed") and after + 1 < end and words[after + 1].is_word
        if acts and words[after + 1].low not in lexicon.bound:
            return n  # "…, cancelled the talks", not "…, based on"
    return end


def _is_tail(reading: Reading, at: int, end: int) -> bool:
    """Tell whether nothing that matters follows between `at` and `end`."""
    return not any(reading.scene.words[n].is_word for n in range(at, end))


def _whole(reading: Reading, pair: Pair) -> bool:
    """Tell whether a quotation is a sentence of its own."""
    words = reading.scene.words
    if pair.closing - pair.opening < 4:
        return False
    return words[pair.opening + 1].capital or any(
        words[n].low in reading.scene.lexicon.finite for n in range(pair.opening, pair.closing)
    )


def _more_pairs(reading: Reading, pair: Pair, own: list[Pair], end: int, cue: Cue, subject: Mention) -> None:
    """Add the quotations that follow one without a word between."""
    previous = pair
    for other in own:
        if other.opening <= previous.closing or other.opening >= end:
            continue
        if any(reading.scene.words[n].is_word for n in range(previous.closing + 1, other.opening)):
            return
        _add_pair(reading, other, cue, subject)
        previous = other


def _leftwards(
    reading: Reading,
    cue: Cue,
    mention: Mention,
    own: list[Pair],
    left: int,
    right: int,
    later: list[Cue] | tuple[()] = (),
) -> None:
    """Report what stands before `left`, and what goes on after the attribution that ends at `right`."""
    scene = reading.scene
    words = scene.words
    closing = _closing_before(reading, left, own)
    if closing is not None and closing.opening in reading.used:
        closing = None
        if reading.until >= left:
            return
    start = max(reading.cursor, reading.first)
    reading.subject = mention
    group = reading.group
    if closing is not None:
        prefix = _prefix(reading, start, closing.opening)
        if prefix < 0:
            run = _run_before(reading, closing, own)
            for pair in run:
                _add_pair(reading, pair, cue, mention)
        else:
            _add_range(reading, prefix, closing.closing + 1, own, cue, mention)
    else:
        end = left
        while end > start and not words[end - 1].is_word and not words[end - 1].mark:
            end -= 1
        if end <= start:
            return
        _add_range(reading, start, end, own, cue, mention, weight=0.85)
    reading.cursor = right
    _continued(reading, cue, mention, own, right)
    if closing is None and right < reading.last and words[right].low == "," and reading.cursor == right:
        opener = words[start]
        stop = end_of(reading, right + 1, later)
        after = words[right + 1] if right + 1 < reading.last else opener
        short = (
            cue.last - min(cue.first, mention.first) <= 4
            and after.low not in (scene.lexicon.openings | scene.lexicon.conjunctions | scene.lexicon.subordinators)
            and not (after.low in scene.lexicon.verbs and scene.lexicon.verbs[after.low].forms & GERUND)
        )
        if (
            short or opener.low in scene.lexicon.subordinators or opener.low in scene.lexicon.prepositions
        ) and stop - right > 2:
            _add_range(reading, right + 1, stop, own, cue, mention, weight=0.7)
    reading.group = group + 1


def _prefix(reading: Reading, start: int, opening: int) -> int:
    """Return where the reporter's words begin that belong to the statement before a quotation, or -1 if none do."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    begin = start
    while begin < opening and (
        (not words[begin].is_word and not words[begin].mark) or words[begin].low in lexicon.conjunctions
    ):
        begin += 1
    if begin >= opening:
        return -1
    last = opening - 1
    if (
        not words[last].is_word
        and words[last].mark != "close"
        and not (words[opening + 1].low in lexicon.finite or words[opening + 1].low in lexicon.verb_starts)
    ):
        return -1
    if not any(words[n].is_word for n in range(begin, opening)):
        return -1
    if words[last].mark == "close":
        return -1
    return begin


def _run_before(reading: Reading, closing: Pair, own: list[Pair]) -> list[Pair]:
    """Return the quotations that stand before an attribution without a word between, in order."""
    run = [closing]
    for pair in reversed([p for p in own if p.closing < closing.opening]):
        between = range(pair.closing + 1, run[0].opening)
        if any(reading.scene.words[n].is_word for n in between) or pair.opening in reading.used:
            break
        run.insert(0, pair)
    first = run[0].opening
    while len(run) > 1 and any(
        reading.scene.words[n].is_word and reading.scene.words[n].low not in reading.scene.lexicon.fillers
        for n in range(max(reading.cursor, reading.first), first)
    ):
        run = [closing]  # "Sur les "petites lignes", "l'État …", promet-il": the first is no statement
        break
    return run


def _continued(reading: Reading, cue: Cue, mention: Mention, own: list[Pair], right: int) -> None:
    """Add the quotation that goes on after its attribution: «A», dit X, «B»."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    pair = next((p for p in own if p.opening >= right and p.opening not in reading.used), None)
    if pair is None:
        return
    between = [n for n in range(right, pair.opening) if words[n].is_word]
    if any(
        words[n].low in lexicon.verbs
        and words[n].low not in lexicon.stopwords
        and lexicon.verbs[words[n].low].kind == SPEECH
        and lexicon.verbs[words[n].low].forms & FINITE
        for n in between
    ):
        return
    punctuation = words[pair.opening - 1].low in {",", ":", ".", ";", "-"} and pair.opening - 1 >= right
    directly = pair.opening == right or punctuation
    if directly and len(between) <= 14 and pair.closing - pair.opening > 3:
        _add_pair(reading, pair, cue, mention)
        for other in own:
            if other.opening > pair.closing and not any(
                words[n].is_word for n in range(pair.closing + 1, other.opening)
            ):
                _add_pair(reading, other, cue, mention)
                pair = other
        reading.cursor = pair.closing + 1


def _gerund(reading: Reading, cue: Cue, own: list[Pair], later: list[Cue]) -> None:
    words = reading.scene.words
    inside = cue.first < reading.until
    if inside and chain_start(reading, cue) < 0:
        return
    complement = complement_of(reading, cue, own, later)
    if complement is None:
        return
    subject = reading.subject
    own_subject = gerund_subject(reading, cue)
    if own_subject is not None:
        subject = own_subject
    if subject is None:
        topic = _topic(reading.scene, Sentence(reading.first, reading.last))
        if topic is None or topic.first >= cue.first:
            return
        subject = (
            phrases.before(words, reading.first, chain_start(reading, cue), reading.scene.lexicon)
            if chain_start(reading, cue) > 0
            else None
        )
        subject = _topic(reading.scene, Sentence(reading.first, reading.last)) or subject
    if subject is None:
        return
    _rightwards(reading, cue, subject, complement, own, later, chained=True)


def lexicon_of(reading: Reading) -> Lexicon:
    """Return the words of the language that is read."""
    return reading.scene.lexicon


def _infinitive(reading: Reading, cue: Cue, own: list[Pair], later: list[Cue]) -> None:
    if cue.first < reading.until or cue.verb.kind not in {SPEECH, MANNER}:
        return
    if (
        lexicon_of(reading).reporting_infinitives
        and reading.scene.words[cue.verb_at].low not in lexicon_of(reading).reporting_infinitives
    ):
        return
    complement = complement_of(reading, cue, own, later)
    if complement is None or complement[0] not in {"colon", "mark", "clause"}:
        return
    words, lexicon = reading.scene.words, reading.scene.lexicon
    head = words[reading.first]
    if head.low in lexicon.conjunctions and cue.first - reading.first <= 3:
        # "Et de conclure :" takes the speaker of the sentence before.
        _report(reading, cue, None, complement, own, later)
        return
    if not lexicon.bare_clause and words[max(reading.first, cue.first - 2)].low not in lexicon.before_infinitive:
        return
    subject = reading.subject or _topic(reading.scene, Sentence(reading.first, reading.last))
    if subject is not None and subject.first < cue.first:
        _rightwards(reading, cue, subject, complement, own, later)


def _report(
    reading: Reading, cue: Cue, subject: Mention | None, complement: tuple[str, int], own: list[Pair], later: list[Cue]
) -> None:
    how, start = complement
    end = end_of(reading, start, later)
    pair = next((p for p in own if p.opening == start), None)
    if pair is not None:
        _add_pair(reading, pair, cue, subject)
        reading.cursor = pair.closing + 1
    elif how == "clause":
        _add_range(reading, start, end, own, cue, subject, weight=0.8)


def _source(reading: Reading, cue: Cue, own: list[Pair], later: list[Cue]) -> None:
    scene = reading.scene
    words, lexicon = scene.words, scene.lexicon
    if cue.first < reading.until:
        return
    weak = cue.verb.kind == "weak"
    if cue.form == "source" and cue.last < reading.last and words[cue.last].low in lexicon.whom:
        _relative_source(reading, cue, own, later)
        return
    if cue.form == "behind":
        mention = phrases.before(words, reading.first, cue.first, lexicon)
        end = cue.last
        begin = mention.first if mention else cue.first
    else:
        mention = _source_mention(reading, cue)
        end = mention.last if mention else cue.last
        begin = cue.first
    if mention is None:
        return
    if (
        weak
        and mention.name is None
        and not phrases.is_role_phrase(words, mention, lexicon)
        and not mention.organisation
    ):
        return
    if weak and cue.form == "source" and mention.reference is not Reference.PRONOUN:
        person = (mention.reference is Reference.NAME and not mention.organisation) or phrases.is_role_phrase(
            words, mention, lexicon
        )
        marked = any(p.opening >= end and p.closing - p.opening > 4 for p in own)
        if not marked and (not person or words[begin].low not in lexicon.weak_alone):
            return
    if not weak and cue.form == "source" and not _is_source(reading, mention):
        return
    if not weak and lexicon.bare_clause:
        reading.until = max(reading.until, end)
    opens = _opens_clause(reading, begin)
    closing = _closing_before(reading, begin, own)
    if closing is not None and closing.opening not in reading.used:
        _leftwards(reading, cue, mention, own, begin, end)
        return
    if opens:
        comma = next(
            (
                n
                for n in range(end, min(reading.last, end + 30))
                if (words[n].low == "," and not words[n].is_word and not words[n].depth) or words[n].mark == "open"
            ),
            -1,
        )
        if weak and comma < 0:
            return
        if lexicon.verb_last and (comma < 0 or comma > end):
            start = end
        else:
            start = comma if comma >= 0 and (comma == end or _insertion(reading, end, comma)) else end
        while start < reading.last and not words[start].is_word and not words[start].mark:
            start += 1
        # An insertion between commas after the source: "Pour X, directeur de Y, au contraire, «…»"
        first_pair = next((p for p in own if p.opening >= start), None)
        if first_pair is not None and _only_insertions(reading, start, first_pair.opening):
            start = first_pair.opening
        finish = end_of(reading, start, later)
        reading.subject = mention
        _add_range(reading, start, finish, own, cue, mention, weight=0.85)
        return
    if weak:
        return
    start = max(reading.cursor, reading.first)
    stop = begin
    while stop > start and not words[stop - 1].is_word and not words[stop - 1].mark:
        stop -= 1
    if stop <= start:
        return
    reading.subject = mention
    _add_range(reading, start, stop, own, cue, mention, weight=0.8)
    reading.cursor = end
    if lexicon.verb_last and end < reading.last and words[end].is_word:
        _add_range(reading, end, end_of(reading, end, later), own, cue, mention, weight=0.8)
        reading.group += 1
        return
    # "Le trimestre a été marqué, selon la même source, par …": the clause goes on.
    behind = phrases.after(words, end + 1, reading.last, lexicon) if end + 1 < reading.last else None
    if behind is not None and phrases.is_role_phrase(words, behind, lexicon) and mention.name is not None:
        return  # ", according to Ana Ruiz, a spokeswoman for …"
    if (
        end < reading.last
        and words[end].low == ","
        and words[begin - 1].low == ","
        and not _chained_next(reading, end, later)
    ):
        finish = end_of(reading, end + 1, later)
        _add_range(reading, end + 1, finish, own, cue, mention, weight=0.7)
        reading.group += 1


def _relative_source(reading: Reading, cue: Cue, own: list[Pair], later: list[Cue]) -> None:
    """Report what follows "pour qui" and "selon qui": its speaker stands before."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    begin = cue.first - 1 if cue.first > reading.first and words[cue.first - 1].low == "," else cue.first
    mention = reading.subject or phrases.before(words, reading.first, begin, lexicon)
    start = cue.last + 1
    quoted = any(start <= p.opening < start + 12 for p in own)
    if mention is None or mention.first >= cue.first or not (quoted or cue.verb.kind != "weak"):
        return
    end = _relative_end(reading, start, end_of(reading, start, later))
    _add_range(reading, start, end, own, cue, mention, weight=0.8)


def _chained_next(reading: Reading, at: int, later: list[Cue]) -> bool:
    return any(c.form == "gerund" and c.first - at < 4 for c in later) or (
        reading.scene.words[min(at + 1, reading.last - 1)].low in (reading.scene.lexicon.openings)
        and not any(w.low in reading.scene.lexicon.of for w in reading.scene.words[at + 1 : at + 2])
        and reading.last - at < 8
    )


def _insertion(reading: Reading, end: int, comma: int) -> bool:
    return reading.scene.words[end].low in reading.scene.lexicon.openings or reading.scene.words[comma].low == ","


def _only_insertions(reading: Reading, start: int, opening: int) -> bool:
    words = reading.scene.words
    if opening - start > 20 or opening <= start:
        return False
    return words[opening - 1].low == "," and not any(
        words[n].low in reading.scene.lexicon.finite for n in range(start, opening)
    )


def _is_source(reading: Reading, mention: Mention) -> bool:
    """Tell whether what follows "selon" can speak: not "selon le niveau de vie"."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    if (
        mention.reference is not Reference.DESCRIPTION
        or mention.name is not None
        or (mention.plural and lexicon.bare_clause)
    ):
        return True
    if mention.head in lexicon.sourceful or mention.organisation or phrases.is_role_phrase(words, mention, lexicon):
        return True
    if mention.head in lexicon.not_sources:
        return False  # "selon le secteur d'activité"
    if not lexicon.human_endings or any(
        words[n].capital and n > mention.first for n in range(mention.first, mention.last)
    ):
        return True
    return mention.head.removesuffix("s").endswith(lexicon.human_endings) or any(
        words[n].low in lexicon.sourceful for n in range(mention.first, mention.last)
    )


def _source_mention(reading: Reading, cue: Cue) -> Mention | None:
    words, lexicon = reading.scene.words, reading.scene.lexicon
    if cue.pronoun:
        return dataclasses.replace(phrases.pronoun(words, cue.first, lexicon, cue.pronoun), last=cue.last)
    mention = phrases.after(words, cue.last, reading.last, lexicon)
    if mention is None:
        return None
    if (
        words[cue.first].low in lexicon.after_comma
        and mention.name is None
        and not phrases.is_role_phrase(words, mention, lexicon)
        and not mention.organisation
    ):
        return None
    if mention.reference is Reference.PRONOUN or mention.name is not None:
        return mention
    if mention.head in lexicon.documents and mention.head not in lexicon.unnamed:
        # "selon les données publiées jeudi par la Fédération": the publisher speaks.
        for n in range(mention.first + 1, min(reading.last, mention.last + 10)):
            if words[n].low in lexicon.publishers and n + 1 < reading.last:
                inner = phrases.after(words, n + 1, reading.last, lexicon)
                if inner is not None and (
                    (inner.organisation and inner.head not in lexicon.documents)
                    or inner.name is not None
                    or inner.reference is not Reference.DESCRIPTION
                ):
                    return dataclasses.replace(inner, last=max(inner.last, mention.last))
    return mention


def _reported_mood(reading: Reading, own: list[Pair], *, goes_on: bool) -> None:
    """Report a sentence whose verb is in the mood of reported speech, without any cue: "Die Brücke müsse …"."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    if not lexicon.subjunctive or reading.found:
        return
    if words[reading.first].low in lexicon.echoes and reading.last - reading.first > 4:
        echo = Cue(reading.first, reading.first + 1, "source", Verb("source", 0), reading.first)
        _add_range(reading, reading.first + 1, reading.last, own, echo, None, weight=0.5)
        return
    outside = [words[n] for n in range(reading.first, reading.last) if words[n].is_word and not words[n].depth]
    if len(outside) < 4 or any(w.low in {"wenn", "als", "falls", "ob"} for w in outside[:3]):
        return
    moods = lexicon.subjunctive if goes_on else lexicon.reported_moods
    certain = next(
        (n for n in range(reading.first, reading.last) if words[n].low in moods and not words[n].depth
         and not _is_set_phrase(reading, n)),
        -1,
    )  # fmt: skip
    if certain < 0:
        return
    first, last = reading.first, reading.last
    dass = next((n for n in range(first + 2, certain) if words[n].low in lexicon.complementisers), -1)
    subject = None
    if dass > 0:
        first = dass + 1
        subject = _topic(reading.scene, Sentence(reading.first, reading.last))
    while last > first and not words[last - 1].is_word and not words[last - 1].mark:
        last -= 1
    inside = [p for p in own if p.opening >= first and p.closing < last]
    span = Span(words[first].start, words[last - 1].end)
    for pair in inside:
        reading.used.add(pair.opening)
    kind = Kind.MIXED if inside else Kind.INDIRECT
    _add(reading, Statement(span, kind, tuple(p.span for p in inside), None, subject, weight=0.6))


def _is_set_phrase(reading: Reading, at: int) -> bool:
    """Tell whether a subjunctive reports nothing: "ich habe", "es sei denn", "Gott sei Dank"."""
    words = reading.scene.words
    before = words[at - 1].low if at > reading.first else ""
    behind = words[at + 1].low if at + 1 < reading.last else ""
    return "ich" in {before, behind} or (words[at].low == "sei" and behind in {"denn", "dank"})


def _introduced(reading: Reading, own: list[Pair]) -> None:
    """Report quotations after a colon whose sentence has no verb of speech: "Même ton chez X : «…»"."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    for pair in own:
        if pair.opening in reading.used or pair.opening <= reading.first:
            continue
        if words[pair.opening - 1].low != ":" or (pair.opening - 1 < reading.cursor and reading.used):
            continue
        if pair.closing - pair.opening < 4 or not (
            _is_tail(reading, pair.closing + 1, reading.last) or _whole(reading, pair)
        ):
            continue
        subject = (
            _topic(reading.scene, Sentence(reading.first, reading.last)) if reading.subject is None else reading.subject
        )
        if subject is None or (
            subject.name is None
            and subject.reference not in {Reference.PRONOUN, Reference.ORGANISATION}
            and words[subject.first].low not in lexicon.articles
            and not phrases.is_role_phrase(words, subject, lexicon)
        ):
            other = _named_in(reading, reading.first, pair.opening)
            subject = other or subject
        elif (
            subject.name is None
            and subject.reference is Reference.DESCRIPTION
            and not phrases.is_role_phrase(words, subject, lexicon)
        ):
            other = _named_in(reading, subject.last, pair.opening)
            subject = other if other is not None and other.name is not None else subject  # "Même ton chez X : «…»"
        _add(reading, Statement(pair.span, Kind.DIRECT, (pair.span,), None, subject, weight=0.7))
        reading.used.add(pair.opening)
        previous = pair
        for following in own:
            if following.opening > previous.closing and not any(
                words[n].is_word for n in range(previous.closing + 1, following.opening)
            ):
                _add(reading, Statement(following.span, Kind.DIRECT, (following.span,), None, subject, weight=0.7))
                reading.used.add(following.opening)
                previous = following


def _named_in(reading: Reading, first: int, last: int) -> Mention | None:
    """Return the last person named between two words."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    at, best = first, None
    while at < last:
        if (
            words[at].depth == 0
            and (phrases.can_be_name(words[at], lexicon) or phrases.is_role(words[at], lexicon))
            and (at > first or words[at].low in lexicon.names)
        ):
            mention = phrases.after(words, at, last, lexicon)
            if mention is not None and (mention.name is not None or phrases.is_role_phrase(words, mention, lexicon)):
                common = lexicon.verb_last and not any(words[n].low in lexicon.names for n in range(at, mention.last))
                if common and not phrases.is_role_phrase(words, mention, lexicon):
                    at += 1
                    continue  # a noun with its capital
                if mention.name is not None or best is None:
                    best = mention
                at = max(mention.last, at + 1)
                continue
        at += 1
    return best


def _standing_alone(reading: Reading, own: list[Pair]) -> None:
    """Report a sentence that is nothing but quotations: the speaker before goes on."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    if not own or reading.used:
        return
    outside = [
        n for n in range(reading.first, reading.last)
        if words[n].is_word and not words[n].depth and words[n].low not in lexicon.fillers
    ]  # fmt: skip
    if outside:
        return
    for pair in own:
        if pair.closing - pair.opening > 3:
            _add(reading, Statement(pair.span, Kind.DIRECT, (pair.span,), None, None, weight=0.6))
            reading.used.add(pair.opening)


def _add_pair(reading: Reading, pair: Pair, cue: Cue, mention: Mention | None, *, kind: Kind = Kind.DIRECT) -> None:
    if pair.opening in reading.used:
        return
    reading.used.add(pair.opening)
    reading.until = max(reading.until, pair.closing + 1)
    _add(reading, Statement(pair.span, kind, (pair.span,), _cue_span(reading, cue), mention, group=reading.group + 1))


def _cue_span(reading: Reading, cue: Cue) -> Span:
    words = reading.scene.words
    return Span(words[cue.first].start, words[cue.last - 1].end)


def _add_range(
    reading: Reading,
    first: int,
    last: int,
    own: list[Pair],
    cue: Cue,
    mention: Mention | None,
    *,
    weight: float = 0.9,
    chained: bool = False,
) -> None:
    """Report the words `first` to `last`: direct where they are one quotation, mixed or indirect else."""
    scene = reading.scene
    words, lexicon = scene.words, scene.lexicon
    if first == reading.first == 0:
        first = after_dateline(words, first, last)
    while first < last and (
        (not words[first].is_word and not words[first].mark)
        or (words[first].low in lexicon.complementisers and not (lexicon.bare_clause and cue.first >= last))
        or (words[first].low in lexicon.conjunctions and words[first].is_word)
    ):
        first += 1
    while last > first and (
        (
            not words[last - 1].is_word
            and not words[last - 1].mark
            and words[last - 1].low not in {")", "]", "%", "€", "$", "!", "?"}
        )
        or (words[last - 1].low in lexicon.conjunctions and words[last - 1].is_word)
    ):
        last -= 1
    if first >= last:
        return
    last = without_occasion(reading, first, last)
    inside = [p for p in own if p.opening >= first and p.closing < last]
    reading.until = max(reading.until, last)
    reading.cursor = max(reading.cursor, last)
    if (
        inside
        and inside[0].opening == first
        and inside[-1].closing == last - 1
        and not any(words[n].is_word for a, b in itertools.pairwise(inside) for n in range(a.closing + 1, b.opening))
    ):
        for pair in inside:
            _add_pair(reading, pair, cue, mention)
        return
    span = Span(words[first].start, words[last - 1].end)
    for pair in inside:
        reading.used.add(pair.opening)
    kind = Kind.MIXED if inside else Kind.INDIRECT
    if kind is Kind.INDIRECT and sum(words[n].is_word for n in range(first, last)) < 2:
        return
    _add(
        reading,
        Statement(
            span,
            kind,
            tuple(p.span for p in inside),
            _cue_span(reading, cue),
            mention,
            chained,
            reading.group + 1,
            weight=weight,
        ),
    )


def _add(reading: Reading, statement: Statement) -> None:
    reading.found.append(statement)


def _dialogue(scene: Scene) -> list[Statement]:
    """Return what a paragraph of dialogue says, one that opens with a long dash and has an attribution."""
    words = scene.words
    if len(words) < 4 or scene.pairs or words[0].text not in {"—", "–"}:
        return []
    reading = Reading(scene, 0, len(words), 0)
    _inside(reading, [Pair(0, len(words), Span(words[1].start, words[-1].end))], depth=0)
    return reading.found


def _inside(reading: Reading, own: list[Pair], *, depth: int = 1) -> None:
    """Split quotations whose attribution stands inside the marks: «A, sourit X. B.»"""
    scene = reading.scene
    words, lexicon = scene.words, scene.lexicon
    for pair in own:
        if pair.opening in reading.used or pair.closing - pair.opening < 6:
            continue
        parts: list[tuple[int, int]] = []
        begin = pair.opening + 1
        reported: list[tuple[Cue, Mention]] = []
        for cue in cues(words, pair.opening + 1, pair.closing, lexicon, depth=depth):
            before = cue.first - 1
            dash = words[before].low == "-" and not words[before].is_word
            if dash:
                before -= 1
            if before <= begin or cue.negated or cue.verb.kind not in {SPEECH, MANNER, STANCE}:
                continue
            if not dash and (words[before].low not in {",", "!", "?", "…", "."} or words[before].is_word):
                continue
            if cue.form == "inverted" and cue.pronoun not in lexicon.impersonal:
                mention: Mention | None = _inverted_mention(reading, cue)
                end = cue.last
            elif cue.form == "verb" and cue.last - cue.first <= 3:
                mention = phrases.after(words, cue.last, pair.closing, lexicon)
                if mention is None or not (mention.name is not None or phrases.is_role_phrase(words, mention, lexicon)):
                    continue
                end = mention.last
            else:
                continue
            stop = end
            while (
                stop < pair.closing
                and words[stop].is_word
                and stop - end < 8
                and (words[stop].low in lexicon.settings or stop > end)
            ):
                stop += 1
            if stop < pair.closing and words[stop].is_word:
                continue
            assert mention is not None
            parts.append((begin, before if words[before].low in {",", "."} else before + 1))
            reported.append((cue, mention))
            begin = stop
            while begin < pair.closing and not words[begin].is_word and not words[begin].mark:
                begin += 1
        if not reported:
            continue
        parts.append((begin, pair.closing))
        reading.used.add(pair.opening)
        reading.until = max(reading.until, pair.closing + 1)
        reading.cursor = pair.closing + 1
        reading.group += 1
        for number, (first, last) in enumerate(parts):
            if first >= last or not any(words[n].is_word for n in range(first, last)):
                continue
            cue, mention = reported[min(number, len(reported) - 1)]
            span = Span(words[first].start, words[last - 1].end)
            _add(reading, Statement(span, Kind.DIRECT, (span,), _cue_span(reading, cue), mention, group=reading.group))
        reading.subject = reported[-1][1]


def _nested(reading: Reading, own: list[Pair]) -> None:
    """Report what somebody is quoted as saying inside a quotation: «Un conducteur m'a dit : “…”»."""
    words, lexicon = reading.scene.words, reading.scene.lexicon
    for pair in own:
        if pair.opening not in reading.used:
            continue
        for cue in cues(words, pair.opening + 1, pair.closing, lexicon, depth=1):
            opening = cue.last
            while opening < min(pair.closing, cue.last + 3) and words[opening].mark != "open":
                opening += 1
            if cue.negated or cue.verb.kind != SPEECH or opening >= pair.closing or words[opening].mark != "open":
                continue
            closing = next(
                (n for n in range(opening + 1, pair.closing) if words[n].mark == "close" and words[n].depth == 1), -1
            )
            if closing - opening < 3:
                continue
            span = Span(words[opening + 1].start, words[closing - 1].end)
            mention = phrases.before(words, pair.opening + 1, cue.first, lexicon)
            if mention is not None and mention.reference is Reference.PRONOUN and not mention.gender:
                mention = None  # "I told him": whoever is quoted
            _add(
                reading,
                Statement(span, Kind.DIRECT, (span,), _cue_span(reading, cue), mention, nested=True, weight=0.7),
            )
