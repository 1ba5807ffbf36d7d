"""Whether a sentence that a model wrote may be shown, and as verified or not.

Three things can become of it. It is left out where something in it is not borne out by what it cites: words in
quotation marks that are not printed so, or are somebody else's; a number, date or name that is not there; a negation
or a reservation dropped; words that have nothing to do with the cited ones. It is verified where all of that agrees and
it is one of the article's sentences, abridged, or a quotation with whoever said it. Else it is shown with a label: a
paraphrase in other words, or in another language than the article's, can be right, and cannot be compared word by word.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from assistant.drafts import DraftSentence, Evidence
from assistant.models import Omission
from assistant.quotecheck import lexicon as claims
from assistant.quotecheck.words import words_of
from assistant.verification import lexicon, literals
from assistant.verification.abridgement import Cast, is_abridged, spelling, stand_in
from assistant.verification.changes import (
    CONFLICTS,
    adds_reservation,
    changed,
    is_certain,
    is_denied,
    is_surer,
    is_turned,
    is_uncertain,
    negates_more,
    negates_otherwise,
)
from assistant.verification.grounds import Grounds, grounds, meanings
from assistant.verification.markup import plain
from assistant.verification.names import own_names_in, same_name, speakers_and_roles
from assistant.verification.quoted import (
    Quoted,
    as_shown,
    cut_short,
    marked_in,
    printed_at,
    translation_of,
    unmarked,
    unquoted,
)
from assistant.verification.spellings import is_heard_in, is_kindred
from assistant.verification.strangers import unknown_names
from assistant.verification.voices import misattributed
from ingest.folding import is_cased
from ingest.models import Span
from ingest.sentences import sentences
from ingest.speakers import name_words

# A sentence is left out that has a smaller share of its words in the cited sentences; in another language nothing need
# be spelled alike.
_SHOWN = 0.4
_FEW, _HALF = 5, 0.5
# Kindred languages share small words; so many of them are a copy.
_COPIED = 0.8
_LONGEST = 4000
# Names and roles of more words are no names.
_LONGEST_NAME, _LONGEST_ROLE = 10, 6
_LONGEST_MARKED_NAME = 3
# A sentence that cites more than this cites to no purpose.
_MOST_CITED = 8


@dataclasses.dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of a sentence: its `text` as it may be shown, and the exact words that bear it out.

    With an `omission` it is left out, and that is why; else it is `verified`, or shown with a label.
    """

    text: str
    evidence: tuple[Evidence, ...] = ()
    verified: bool = False
    omission: Omission | None = None


def judged(
    sentence: DraftSentence, evidence: Sequence[Evidence], *, language: str
) -> Judgement:  # fmt: skip
    """Return what becomes of a sentence of a reply in `language` that cites pieces of `evidence` by position."""

    # "pt-BR", "zh-Hant": what is compared is the language.
    language = re.split("[-_]", language)[0].lower()

    def left_out(omission: Omission) -> Judgement:
        return Judgement(sentence.text, omission=omission)

    if not sentence.evidence:
        return left_out(Omission.NO_CITATION)
    if any(not 0 <= each < len(evidence) for each in sentence.evidence):
        return left_out(Omission.NO_SUCH_CITATION)
    cited = [evidence[each] for each in dict.fromkeys(sentence.evidence)][:_MOST_CITED]
    text = plain(sentence.text[: _LONGEST + 1])
    if text is None:
        return left_out(Omission.MARKUP)
    if not any(c.isalnum() for c in text) or len(text) > _LONGEST:
        return left_out(Omission.UNSUPPORTED)
    keys = words_of(text).keys
    if lexicon.is_instruction(text) or lexicon.speaks_of_itself(keys):
        return left_out(Omission.UNSUPPORTED)

    marked = marked_in(text)
    if marked is None:
        return left_out(Omission.QUOTATION)
    prose = unmarked(text, marked)
    if lexicon.is_another_language(_without_names(prose, cited), language) or _is_copied(prose, cited, language):
        return left_out(Omission.LANGUAGE)

    found, translated, is_plain = list[Quoted](), False, True
    for each in marked:
        place = printed_at(each, cited)
        if place is None:
            place = translation_of(each, cited, language, prose)
            translated = translated or place is not None
        if place is None and _is_name(each.words, cited, language):
            # "„Ер Франс“": the marks are of a name.
            is_plain = False
            continue
        if place is None:
            return left_out(Omission.QUOTATION)
        found.append(place)

    resting = _resting(prose, cited, found, language)
    if not resting:
        return left_out(Omission.UNSUPPORTED)
    if any(lexicon.is_instruction(each.text) for each in resting):
        return left_out(Omission.UNSUPPORTED)

    def against(resting: Sequence[Grounds]) -> tuple[Omission | None, bool]:
        by_whom = misattributed(text, prose, found, resting, language)
        if isinstance(by_whom, Omission):
            return by_whom, False
        omission, is_verified = _compared(text, prose, resting, found, language)
        return omission, is_verified and by_whom is None

    omission, is_verified = against(resting)
    if omission and (wide := _widened(resting, prose, language, omission)) != resting:
        resting = wide
        omission, is_verified = against(resting)
    if omission is not None:
        return left_out(omission)
    cut = cut_short(text, found, marked, language)
    if cut is Omission.QUOTATION:
        return left_out(Omission.QUOTATION)
    shown = as_shown(text, found, language)
    return Judgement(
        shown,
        tuple(dict.fromkeys(each.cited for each in resting)),
        verified=is_verified and is_plain and cut is None and not translated,
    )


def _is_name(words: str, cited: Sequence[Evidence], language: str) -> bool:
    """Whether words between marks are a name that an article in another language spells otherwise."""
    parts = words.split()
    if len(parts) > _LONGEST_MARKED_NAME or (is_cased(words) and not all(part[:1].isupper() for part in parts)):
        return False
    return any(
        each.article.language != language
        and (all(is_kindred(part, each.text) for part in parts) or is_heard_in(words, each.text))
        for each in cited
    )


def _without_names(prose: str, cited: Sequence[Evidence]) -> str:
    """The words of a sentence without those that name a speaker as the article does, whose language they are in."""
    for speaker in {said.speaker for each in cited for said in each.said if said.speaker}:
        prose = prose.replace(speaker, " … ")
    return prose


def _is_copied(prose: str, cited: Sequence[Evidence], language: str) -> bool:
    """Whether a sentence in another language than the article's has its words of the article all the same."""
    small = [word for word in re.findall(r"[^\W\d_]+", _without_names(prose, cited)) if word[0].islower()]
    if len(small) < _FEW:
        return False
    for each in cited:
        if each.article.language not in (language, "und"):
            printed = set(re.findall(r"[^\W\d_]+", each.text))
            if sum(word in printed for word in small) >= _COPIED * len(small):
                return True
    return False


def _resting(
    prose: str, cited: Sequence[Evidence], found: Sequence[Quoted], language: str
) -> list[Grounds]:  # fmt: skip
    """The sentences that a sentence rests on: of each piece that bears something out, those that do."""
    stated = meanings(prose, language)
    resting = []
    for each in cited:
        places = [one.place for one in found if one.evidence is each and one.place]
        one = grounds(stated, each, places, language=language)
        if one is None and each.article.language != language:
            # Nothing need be spelled alike in two languages.
            one = Grounds(each, each.span)
        if one is not None:
            resting.append(one)
    if len(resting) < 2:
        return resting
    # A citation that bears nothing out that others do not is no support.
    kept, told = list[Grounds](), set[str]()
    for one in sorted(resting, key=lambda one: -len(stated & meanings(one.text, one.evidence.article.language))):
        held = stated & meanings(one.text, one.evidence.article.language)
        if held - told or any(each.place and one.span.overlaps(each.place) for each in found):
            kept.append(one)
            told |= held
    return kept or resting[:1]


def _widened(
    resting: Sequence[Grounds], prose: str, language: str, omission: Omission
) -> list[Grounds]:  # fmt: skip
    """The grounds, whole where they are in another language: which sentence it is, words spelled alike hardly tell.

    Where two of them do, it is the one that a sentence dropped a negation or a reservation of; and what points the
    other way finds a word that points its way in any whole passage.
    """
    if omission is Omission.UNSUPPORTED:
        return list(resting)
    stated = meanings(prose, language)
    wide = list[Grounds]()
    for each in resting:
        written = each.evidence.article.language
        is_sure = omission in (Omission.NEGATION, Omission.MODALITY) and len(stated & meanings(each.text, written)) > 1
        wide.append(each if written == language or is_sure else Grounds(each.evidence, each.evidence.span))
    return wide


def _compared(
    text_shown: str, prose: str, resting: Sequence[Grounds], found: Sequence[Quoted], language: str
) -> tuple[Omission | None, bool]:  # fmt: skip
    """What a sentence says in its own words against what the cited ones say: why it is left out, or how sure it is."""
    text = "\n".join(each.text for each in resting)
    written = {each.evidence.article.language for each in resting}
    is_foreign = language not in written
    other = language if not is_foreign else min(written)
    articles = [each.evidence.article for each in resting]
    stated, printed = literals.numbers(prose, language), _numbers(text, {*written, language})
    for article in articles:
        if article.published and any(each.value == article.published.year for each in stated):
            printed.append(literals.Number(float(article.published.year), Span(0, 0)))
    if is_foreign:
        printed += literals.numbers_elsewhere(text)
    if literals.unsupported_number(stated, printed, by_noun=not is_foreign):
        return Omission.NUMBER, False
    if all(literals.unsupported_date(prose, language, text, each.language, each.published) for each in articles):
        return Omission.DATE, False
    unknown, is_swapped = unknown_names(prose, text, resting, language)
    if unknown:
        return Omission.NAME, False
    # What the sentence quotes it need not say again.
    rest = "\n".join(unquoted(each, found) for each in resting)
    ours, theirs = words_of(prose), words_of(rest)
    speakers, roles = speakers_and_roles(resting)
    cast = " ".join(member.name for each in resting for member in each.evidence.cast)
    # Who it is about says nothing of what it says of them.
    people = {lexicon.stem(word) for word in [*name_words(f"{speakers} {cast}"), *own_names_in(prose, language)]}
    here = meanings(prose, language)
    told = [stem for stem in here if stem not in people]
    if is_foreign and told:
        against = claims.conflicts(
            prose, language, f"{rest} {speakers}", other, [m.name for each in resting for m in each.evidence.cast]
        )
        for kind, omission in CONFLICTS.items():
            if kind in against:
                return omission, False
    elif not is_foreign:
        if is_denied(ours, theirs, language):
            return Omission.NEGATION, False
        if negates_otherwise(ours, theirs, language) or negates_more(ours, theirs, language):
            return Omission.NEGATION, False
        if (change := changed(ours, theirs, language)) is not None:
            return change, False
        if is_surer(ours, theirs, language):
            return Omission.MODALITY, False
    if lexicon.knows(language) and is_turned(ours.keys, theirs.keys):
        return Omission.UNSUPPORTED, False
    is_alike = len(theirs) <= 1.5 * len(ours) + 3
    are_known = lexicon.knows(language) and lexicon.knows(other)
    if told and is_foreign and are_known and is_alike and is_certain(ours, language) and is_uncertain(theirs, other):
        return Omission.MODALITY, False
    is_plain = not is_swapped and not (told and adds_reservation(ours, language, theirs, other))
    standing = unmarked(text_shown, found, instead=[stand_in(number) for number in range(len(found))])
    whose = _cast(resting, language)
    if is_foreign or not here:
        # Two languages share names and numbers, which tell nothing of what is said of them: only whose words they are.
        return None, is_plain and is_abridged(standing, (), language, cast=whose)
    there = meanings(text, other) | meanings(f"{speakers} {roles}", other)
    share = sum(stem in there for stem in here) / len(here)
    # Of few words, one is soon found again.
    told_share = sum(stem in there for stem in told) / len(told) if told else 1.0
    if min(share, told_share) < _SHOWN or (len(told) < _FEW and told_share <= _HALF):
        return Omission.UNSUPPORTED, False
    return None, is_plain and is_abridged(standing, _printed(resting, found), language, cast=whose)


def _numbers(text: str, languages: set[str]) -> list[literals.Number]:
    return [number for language in sorted(languages) for number in literals.numbers(text, language)]


def _cast(resting: Sequence[Grounds], language: str) -> Cast:
    """Who speaks and who is named in the grounds, and by which words the article says so."""
    said = [(each.evidence.article.text, one) for each in resting for one in each.said]
    members = list({member.name: member for each in resting for member in each.evidence.cast}.values())
    speaking = [m for m in members if any(same_name(m.name, one.speaker or "") for _, one in said)]
    told_by = " ".join(one.cue.of(text) for text, one in said if one.cue)
    cues = frozenset(words_of(told_by).keys) - lexicon.words_for("stop", language)
    # A name that holds the verb, or half a sentence, was read wrongly.
    names = [words_of(one.speaker or "").keys for _, one in said]
    roles = [words_of(role).keys for member in speaking for role in member.roles]
    whose = [
        keys for longest, some in ((_LONGEST_NAME, names), (_LONGEST_ROLE, roles)) for keys in some
        if keys and cues.isdisjoint(keys) and len(keys) <= longest
    ]  # fmt: skip
    # "The brother of the minister, Tom Cole," is no minister.
    whose = [keys for keys in whose if not any(_is_possessor(keys, other) for other in whose)]
    people = tuple(member.name for member in members)
    return Cast(
        tuple(whose),
        cues,
        people,
        frozenset(i for i, member in enumerate(members) if member in speaking),
        frozenset(map(spelling, told_by.split())),
    )


def _is_possessor(keys: tuple[str, ...], role: tuple[str, ...]) -> bool:
    return len(role) > len(keys) and role[-len(keys) :] == keys and role[-len(keys) - 1] in _OF


_OF = frozenset("of de du des d del der von vom".split())


def _printed(resting: Sequence[Grounds], found: Sequence[Quoted]) -> list[str]:
    """The sentences of the grounds, each by itself, those together that one quotation is of; no questions."""
    texts = list[str]()
    instead = [stand_in(number) for number in range(len(found))]
    for each in resting:
        article = each.evidence.article
        spans = list[Span]()
        for span in sentences(article.text, article.language, within=each.span, longest=_LONGEST):
            is_one = spans and any(
                one.place and one.place.start < spans[-1].end and one.place.end > span.start for one in found
            )
            if is_one:
                spans[-1] = Span(spans[-1].start, span.end)
            else:
                spans.append(span)
        for span in spans:
            if not span.of(article.text).rstrip(' »”"').endswith("?"):
                texts.append(unquoted(dataclasses.replace(each, span=span), found, instead=instead))
    return texts
