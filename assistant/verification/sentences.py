"""Whether a sentence that a model wrote may be shown, and as verified or not.

Three things can become of it. It is left out where something in it is not borne out by what it cites: words in
quotation marks that are not printed so, or are somebody else's; a number, date or name that is not there; a negation
or a reservation dropped; words that have nothing to do with the cited ones. It is verified where all of that agrees and
its own words are those of the cited sentences, for the greater part. Else it is shown with a label: a paraphrase in
other words, or in another language than the article's, can be right, and cannot be compared word by word.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

from assistant.drafts import DraftSentence, Evidence
from assistant.models import Change, Omission
from assistant.phrases import phrase, quoted
from assistant.quotecheck import lexicon as claims
from assistant.quotecheck.words import Words, occurrences, words_of
from assistant.verification import lexicon, literals
from assistant.verification.grounds import Grounds, grounds, meanings, whole
from assistant.verification.markup import plain
from ingest.folding import bare, latin
from ingest.models import Article, Kind, Paragraph, Quotation, Reference, Span, SpeakerKind
from ingest.quotations.extraction import ledger
from ingest.roles import heads, is_role, is_role_word, says_all
from ingest.sentences import sentences
from ingest.speakers import likeness, name_words, sound

# Shares of the words of a sentence that stand in the cited sentences: from the first on it is verified, below the
# second it is left out. In another language only names, numbers and kindred words can be found again.
_VERIFIED, _SHOWN = 0.85, 0.4
_VERIFIED_ACROSS = 0.5
_FEW, _HALF = 5, 0.5
_LONGEST = 4000
_SAME_NAME = 0.84
_MARKS = re.compile(
    r"«\s*(?P<a>[^«»]*?)\s*»|“\s*(?P<b>[^“”]*?)\s*”|„\s*(?P<c>[^„“”]*?)\s*[“”]|\"(?P<d>[^\"]*)\"|‹\s*(?P<e>[^‹›]*?)\s*›"
    r"|(?<!\w)[‘‚'](?P<f>(?=\S)[^‘’'\n]*(?:\w[’'](?=\w)[^‘’'\n]*)*)[’'](?!\w)"
)
_LONE_MARK = re.compile(r"[«»“”„\"‹›‟〝〞＂]")
_CAPITAL = re.compile(r"(?<![\w’'])[^\W\d_a-zà-öø-ÿа-яё][\w]*(?:[’'-][^\W\d_][\w]*)*")
_BEGINS = re.compile(r"(?:^|[.!?…:;]\s*|[«“„\"(\[–—-]\s*)$")
_NAME_PAIR = re.compile(r"[^\W\d_a-zäöüß]\w+ [^\W\d_a-zäöüß]\w+")
# What keeps its letters from one language to another: so many of them tell.
_KINDRED = 4


@dataclasses.dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of a sentence: its `text` as it may be shown, and the exact words that bear it out.

    With an `omission` it is left out, and that is why; else it is `verified`, or shown with a label.
    """

    text: str
    evidence: tuple[Evidence, ...] = ()
    verified: bool = False
    omission: Omission | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class _Quoted:
    """Words between marks: where they stand in the sentence, with and without the marks, and where they are printed."""

    outer: Span
    words: str
    evidence: Evidence | None = None
    place: Span | None = None


def judged(
    sentence: DraftSentence, evidence: Sequence[Evidence], *, language: str, question: str = ""
) -> Judgement:  # fmt: skip
    """Return what becomes of a sentence of a reply in `language` that cites pieces of `evidence` by position.

    The `question` bears nothing out.
    """
    del question

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

    marked = _marked(text)
    if marked is None:
        return left_out(Omission.QUOTATION)
    prose = _without(text, marked)
    if lexicon.is_another_language(_without_names(prose, cited), language) or _is_copied(prose, cited, language):
        return left_out(Omission.LANGUAGE)

    found, translated = list[_Quoted](), False
    for each in marked:
        place = _printed(each, cited)
        if place is None:
            place = _translation_of(each, cited, language)
            translated = translated or place is not None
        if place is None:
            return left_out(Omission.QUOTATION)
        found.append(place)

    resting = _resting(prose, cited, found, language)
    if not resting:
        return left_out(Omission.UNSUPPORTED)
    if any(lexicon.is_instruction(each.text) for each in resting):
        return left_out(Omission.UNSUPPORTED)
    by_whom = _speakers(text, prose, found, resting, language)
    if by_whom is Omission.SPEAKER:
        return left_out(Omission.SPEAKER)
    omission, is_verified = _compared(prose, resting, found, language)
    if omission is not None:
        return left_out(omission)
    cut = _cut(text, found, marked, language)
    if cut is Omission.QUOTATION:
        return left_out(Omission.QUOTATION)
    shown = _shown(text, found, language)
    return Judgement(
        shown,
        tuple(dict.fromkeys(each.cited for each in resting)),
        verified=is_verified and by_whom is None and cut is None and not translated,
    )


def _without_names(prose: str, cited: Sequence[Evidence]) -> str:
    """The words of a sentence without those that name a speaker as the article does, whose language they are in."""
    for speaker in {said.speaker for each in cited for said in each.said if said.speaker}:
        prose = prose.replace(speaker, " … ")
    return prose


def _is_copied(prose: str, cited: Sequence[Evidence], language: str) -> bool:
    """Whether a sentence in another language than the article's has its words of the article all the same."""
    small = [word for word in re.findall(r"[^\W\d_]+", _without_names(prose, cited)) if word[0].islower()]
    if len(small) < 2:
        return False
    for each in cited:
        if each.article.language not in (language, "und"):
            printed = set(re.findall(r"[^\W\d_]+", each.text))
            if sum(word in printed for word in small) >= 0.6 * len(small):
                return True
    return False


# A sentence that cites more than this cites to no purpose.
_MOST_CITED = 8


def _marked(text: str) -> list[_Quoted] | None:
    """What stands between quotation marks; None where a mark has no other."""
    found = [
        _Quoted(Span(*match.span()), next((g for g in match.groups() if g is not None), ""))
        for match in _MARKS.finditer(text)
    ]
    rest = _without(text, found)
    if _LONE_MARK.search(re.sub(r"(?<=\d)[\"”]", "", rest)):
        return None
    return [each for each in found if any(c.isalnum() for c in each.words)]


def _without(text: str, marked: Sequence[_Quoted]) -> str:
    parts, at = [], 0
    for each in marked:
        parts.append(text[at : each.outer.start])
        at = each.outer.end
    return " … ".join([*parts, text[at:]])


def _printed(marked: _Quoted, cited: Sequence[Evidence]) -> _Quoted | None:
    """Where quoted words stand word for word in what is cited: in the evidence, else in the rest of its sentences."""
    wanted = words_of(marked.words.strip(" .,;:!?…"))
    if not wanted.keys:
        return None
    for each in cited:
        for area in dict.fromkeys((each.span, whole(each))):
            printed = words_of(area.of(each.article.text))
            for first, end in occurrences(wanted, printed):
                if end - first != len(wanted.keys) or not any(
                    claims.differs_by_accent(key, wanted.printed(i, i + 1), printed.printed(first + i, first + i + 1))
                    for i, key in enumerate(wanted.keys)
                ):
                    span = printed.span(first, end)
                    place = Span(area.start + span.start, area.start + span.end)
                    if not lexicon.is_instruction(place.of(each.article.text)):
                        return dataclasses.replace(
                            marked, evidence=each, place=_ended(marked.words, place, each.article)
                        )
    return None


def _around(evidence: Evidence) -> Span:
    return next((p.span for p in evidence.article.paragraphs if p.span.covers(evidence.span)), evidence.span)


def _ended(words: str, place: Span, article: Article) -> Span:
    """The place with the mark that ends the quoted words, where the article prints the same one there."""
    last = words.rstrip()[-1:]
    following = article.text[place.end : place.end + 1]
    return Span(place.start, place.end + 1) if last and last in ".!?…," and following == last else place


def _translation_of(marked: _Quoted, cited: Sequence[Evidence], language: str) -> _Quoted | None:
    """The one statement in another language that quoted words can be a translation of."""
    if len(marked.words.split()) < 3 or lexicon.is_another_language(marked.words, language):
        return None
    fitting = []
    for each in cited:
        article = each.article
        written = article.language
        if written == language:
            continue
        for said in Grounds(each, each.span).said:
            if not said.fragments or not each.span.overlaps(said.span):
                continue
            for fragment in said.fragments:
                words = fragment.of(article.text)
                if not 0.55 * len(marked.words) <= len(words) <= 1.9 * len(marked.words) + 10:
                    continue
                ours_bare, theirs_bare = set(words_of(marked.words).keys), set(words_of(words).keys)
                if len(ours_bare & theirs_bare) * 3 > len(ours_bare):
                    # The same words changed, no other language.
                    continue
                people = [member.name for member in each.cast]
                against = claims.conflicts(marked.words, language, words, written, people)
                ours, theirs = literals.numbers(marked.words, language), literals.numbers(words, written)
                if _CONFLICTS.keys() & set(against) or literals.unsupported_number(ours, theirs, by_noun=False):
                    continue
                if literals.unsupported_number(theirs, ours, by_noun=False):
                    continue
                if _turned(words_of(marked.words).keys, words_of(words).keys):
                    continue
                if literals.unsupported_date(marked.words, words, article) or literals.unsupported_date(
                    words, marked.words, article
                ):
                    continue
                fitting.append(dataclasses.replace(marked, evidence=each, place=fragment))
    places = {(each.evidence.article.id, each.place) for each in fitting if each.evidence}
    return fitting[0] if len(places) == 1 else None


def _resting(
    prose: str, cited: Sequence[Evidence], found: Sequence[_Quoted], language: str
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


def _speakers(
    text: str, prose: str, found: Sequence[_Quoted], resting: Sequence[Grounds], language: str
) -> Omission | str | None:  # fmt: skip
    """Whose words a sentence makes of what it cites: SPEAKER where the article gives them to somebody else.

    None where all is well, a reason to doubt where the article does not say whose they are.
    """
    draft = Article("", text, language=language, paragraphs=(Paragraph(Span(0, len(text))),))
    named = ledger(draft)
    doubt, is_confirmed = None, False
    for quotation in named.quotations:
        if quotation.nested or not quotation.speaker:
            continue
        if quotation.reference is Reference.PRONOUN and quotation.antecedent is None:
            continue
        who = quotation.speaker
        if all(word in lexicon.words_for("sources", language) for word in words_of(who).keys):
            continue
        about = [each for each in found if each.place and each.outer.overlaps(quotation.span)]
        said = [one for each in about if each.evidence for one in _said_at(each)]
        if not about:
            said = [one for each in resting for one in each.said]
        speakers = [(one.speaker, each) for one in said for each in resting if one in each.said and one.speaker]
        if any(_is(who, speaker or "", each) for speaker, each in speakers):
            is_confirmed = True
            if not is_role(who) and not any(_same_name(who, speaker or "") for speaker, _ in speakers):
                doubt = "by role"
            if (
                about
                and any(not any(_is(who, one.speaker or "", each) for each in resting) for one in said if one.speaker)
                and len({one.speaker for one in said}) > 1
            ):
                return Omission.SPEAKER
            continue
        if any(_may_be(who, speaker or "", each) for speaker, each in speakers):
            doubt = "by role"
            continue
        if speakers:
            return Omission.SPEAKER
        if any(
            _is_named(who, each.text + each.before) or _is_named(who, each.evidence.article.outlet) for each in resting
        ):
            doubt = "unattributed"
            continue
        return Omission.SPEAKER
    if doubt:
        return doubt
    if not any(q.speaker for q in named.quotations) and not found:
        text_of = " ".join(each.text for each in resting)
        keys = words_of(prose).keys
        if claims.has("say", keys, language) and len(resting) and resting[0].evidence.article.language == language:
            there = words_of(text_of).keys
            if not claims.has("say", there, language) and not any(each.said for each in resting):
                # Somebody is said to have said what the article tells in its own words.
                return "unattributed"
    # What somebody said, told as a fact: true perhaps, and not what the article says.
    if not named.quotations and not found and not _is_attributed(prose, resting, language):
        covered = [one for each in resting for one in each.said if len(one.span) * 2 > len(each.span)]
        if len(covered) == len(resting) and resting:
            return "unattributed"
    whose = {one.speaker for each in found for one in _said_at(each)}
    if found and not is_confirmed and whose - {None} and not any(_is_named(who or "", prose) for who in whose):
        doubt = (
            "unattributed" if meanings(prose, language) or claims.has("say", words_of(prose).keys, language) else None
        )
    if found and not any(q.speaker for q in named.quotations):
        names = [match[0] for match in _CAPITAL.finditer(prose)]
        people = [member.name for each in resting for member in each.evidence.cast]
        others = [name for name in people if any(_word_in(name, word) for word in names)]
        if others and whose - {None} and not any(
            _same_name(other, speaker or "") for other in others for speaker in whose
        ):  # fmt: skip
            return Omission.SPEAKER
    return doubt


def _said_at(quoted_words: _Quoted) -> list[Quotation]:
    if quoted_words.evidence is None or quoted_words.place is None:
        return []
    return [
        each for each in Grounds(quoted_words.evidence, quoted_words.place).said
        if each.span.overlaps(quoted_words.place)
    ]  # fmt: skip


def _is_attributed(prose: str, resting: Sequence[Grounds], language: str) -> bool:
    keys = words_of(prose).keys
    if claims.has("say", keys, language) or claims.has("according", keys, language):
        return True
    return any(_is_named(one.speaker or "", prose) for each in resting for one in each.said if one.speaker)


def _is(who: str, speaker: str, at: Grounds) -> bool:
    """Whether `who`, a name or a role, is the speaker, as the article calls them."""
    if _same_name(who, speaker):
        return True
    for member in at.evidence.cast:
        if not _same_name(member.name, speaker):
            continue
        if any(says_all(role, who) for role in member.roles):
            return True
        stems = {lexicon.stem(word) for word in latin(who).split() if len(word) > 3}
        if stems and any(stems <= {lexicon.stem(word) for word in latin(role).split()} for role in member.roles):
            return True
    words = list(re.findall(r"[\w’'-]+", who))
    return bool(words) and not any(w[:1].isupper() and not is_role_word(w) for w in words) and says_all(at.text, who)


def _may_be(who: str, speaker: str, at: Grounds) -> bool:
    """Whether two descriptions can be of one speaker: the same sort of somebody, or the same name in two languages."""
    described = [speaker, *(role for m in at.evidence.cast if _same_name(m.name, speaker) for role in m.roles)]
    people = [m for m in at.evidence.cast if m.kind is SpeakerKind.PERSON]
    if any(_is_named(m.name, who) for m in people):
        return False
    if not any(heads(who) & heads(each) for each in described):
        # A body in two languages: "le conseil de Calder", "the Calder council".
        named = [word for word in re.findall(r"[\w’'-]+", speaker) if word[:1].isupper() and not is_role_word(word)]
        return any(_known(word, who) for word in named) and not is_role(who)
    names = [word for word in re.findall(r"[\w’'-]+", who)[1:] if word[:1].isupper() and not is_role_word(word)]
    if at.evidence.article.language == "de" or not names:
        # Every noun has a capital: no name can be told.
        return True
    return all(_known(name, " ".join(described)) for name in names)


def _same_name(one: str, other: str) -> bool:
    if not one or not other:
        return False
    if likeness(one, other) >= _SAME_NAME or likeness(other, one) >= _SAME_NAME:
        return True
    first, second = name_words(one), name_words(other)
    if min(len(first), len(second)) > 1 and first[-2][0] == second[-2][0] and sound(first[-1]) == sound(second[-1]):
        # "Оуэн Таррант" is Owen Tarrant.
        return True
    return bool(first and second) and claims.places(first) == claims.places(second) != set()


def _is_named(who: str, text: str) -> bool:
    words = [word for word in name_words(who) if len(word) > 2]
    there = {sound(word) for word in name_words(text)}
    return bool(words) and any(sound(word) in there for word in words[-1:])


def _word_in(name: str, word: str) -> bool:
    return sound(latin(word)) in {sound(each) for each in name_words(name) if len(each) > 2}


def _compared(
    prose: str, resting: Sequence[Grounds], found: Sequence[_Quoted], language: str
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
    if literals.unsupported_number(stated, printed, by_noun=not is_foreign):
        return Omission.NUMBER, False
    if all(literals.unsupported_date(prose, text, article) for article in articles):
        return Omission.DATE, False
    unknown, is_swapped = _names(prose, text, resting, language)
    if unknown:
        return Omission.NAME, False
    # What the sentence quotes it need not say again.
    ours, theirs = words_of(prose), words_of("\n".join(_unquoted(each, found) for each in resting))
    change: Omission | str | None = None
    speakers = " ".join(one.speaker or "" for each in resting for one in each.said)
    cast = " ".join(member.name for each in resting for member in each.evidence.cast)
    # Who it is about says nothing of what it says of them.
    people = {lexicon.stem(word) for word in [*name_words(f"{speakers} {cast}"), *_own_names_in(prose, language)]}
    here = meanings(prose, language)
    told = [stem for stem in here if stem not in people]
    if is_foreign:
        against = claims.conflicts(
            prose, language, f"{text} {speakers}", other, [m.name for each in resting for m in each.evidence.cast]
        )
        for kind, omission in _CONFLICTS.items():
            if kind in against:
                return omission, False
    else:
        if _denied(ours, theirs, language):
            return Omission.NEGATION, False
        if _negates_otherwise(ours, theirs, language) or _negates_more(ours, theirs, language):
            return Omission.NEGATION, False
        if isinstance(change := _changed(ours, theirs, language), Omission):
            return change, False
        if _is_surer(ours, theirs, language):
            return Omission.MODALITY, False
    if _turned(ours.keys, theirs.keys):
        return Omission.UNSUPPORTED, False
    is_alike = len(theirs) <= 1.5 * len(ours) + 3
    if told and is_foreign and is_alike and _is_certain(ours, language) and _is_uncertain(theirs, other):
        return Omission.MODALITY, False
    is_plain = not is_swapped and not (told and _reserves(ours, language, theirs, other))
    heading = " ".join(f"{a.title} {a.outlet}" for a in articles)
    roles = " ".join(role for each in resting for m in each.evidence.cast for role in m.roles
                     if any(_same_name(m.name, one.speaker or "") for one in each.said))  # fmt: skip
    there = meanings(text, other) | meanings(f"{speakers} {roles}", other)
    if not here:
        return None, is_plain
    share = sum(stem in there for stem in here) / len(here)
    if is_foreign:
        kindred = {stem for stem in there if len(stem) >= _KINDRED}
        named = {
            stem
            for stem in here
            if stem in there or any(stem[:_KINDRED] == k[:_KINDRED] for k in kindred if len(stem) >= _KINDRED)
        }
        named |= {
            lexicon.stem(word) for word in _own_names(prose, language) if _known(word, f"{text} {speakers} {heading}")
        }
        share = len(named & here) / len(here)
        if not told and found:
            # It tells whose words they are, and no more.
            return None, is_plain
        # Where nothing at all can be found again, nothing speaks for this piece rather than for any other.
        same_way = lexicon.sides(ours.keys) == lexicon.sides(theirs.keys)
        return None, share >= _VERIFIED_ACROSS and is_plain and same_way
    # Of few words, one is soon found again.
    told_share = sum(stem in there for stem in told) / len(told) if told else 1.0
    if min(share, told_share) < _SHOWN or (len(told) < _FEW and told_share <= _HALF):
        return Omission.UNSUPPORTED, False
    hedges = _hedges(ours, language) - _hedges(theirs, language)
    strange = [key for key in ours.keys if lexicon.is_content(key, language) and lexicon.stem(key) not in there]
    negations = [len(claims.found("negations", each.keys, language)) for each in (ours, theirs)]
    is_sure = is_plain and negations[0] == negations[1] and not (hedges or change or lexicon.sides(strange))
    is_sure = is_sure and not _is_repeated(stated, printed) and not _is_about_another(prose, here, resting, language)
    return None, share >= _VERIFIED and is_sure and _keeps_together(ours, theirs, language)


# Numbers are compared apart: a number word and its multiplier are two for the check of a quotation.
_CONFLICTS = {
    Change.NEGATION: Omission.NEGATION,
    Change.QUANTIFIER: Omission.UNSUPPORTED,
    Change.NAME: Omission.NAME,
}


def _hedges(words: Words, language: str) -> set[str]:
    """The words of a text that make it less than certain; the month of May is none."""
    known = lexicon.words_for("hedges", language)
    keys = [
        key for i, key in enumerate(words.keys)
        if not (key == "may" and i and words.text[words.starts[i]].isupper())
    ]  # fmt: skip
    line = f" {' '.join(keys)} "
    return {key for key in keys if key in known} | {each for each in known if " " in each and f" {each} " in line}


def _numbers(text: str, languages: set[str]) -> list[literals.Number]:
    return [number for language in sorted(languages) for number in literals.numbers(text, language)]


def _own_names(text: str, language: str) -> list[str]:
    """The words of a text with a capital that no beginning of a sentence explains; German nouns among them."""
    found = []
    for match in _CAPITAL.finditer(text):
        if len(match[0]) < 2 or lexicon.words_for("stop", language) & {latin(match[0])}:
            continue
        if _BEGINS.search(text, max(0, match.start() - 4), match.start()) and not re.match(
            r"\s+[^\W\d_a-zà-öø-ÿа-яё]\w", text[match.end() : match.end() + 4]
        ):
            continue
        found.append(match[0])
    return found


def _own_names_in(text: str, language: str) -> list[str]:
    """The names of a text, where they can be told from other words with a capital."""
    return [] if language == "de" else [word for name in _own_names(text, language) for word in name_words(name)]


def _names(
    prose: str, text: str, resting: Sequence[Grounds], language: str
) -> tuple[bool, bool]:  # fmt: skip
    """Whether a sentence names somebody whom its grounds do not, and whether it doubts who did what to whom."""
    speakers = " ".join(one.speaker or "" for each in resting for one in each.said)
    roles = " ".join(
        role for each in resting for m in each.evidence.cast for role in m.roles
        if any(_same_name(m.name, one.speaker or "") for one in each.said)
    )  # fmt: skip
    heading = " ".join(
        f"{each.evidence.article.outlet} {each.evidence.article.author} {each.evidence.article.title}"
        for each in resting
    )
    near = f"{text} {speakers} {roles}"
    before = " ".join(each.before for each in resting)
    people = [member.name for each in resting for member in each.evidence.cast]
    doubtful, known, strangers = False, list[tuple[int, int]](), list[int]()
    folded = latin(text)
    for word in _own_names(prose, language):
        if _known(word, near) or _begins_name(word, prose, near, people):
            at = folded.find(latin(word)[:_KINDRED])
            if at >= 0 and any(_word_in(name, word) for name in people):
                known.append((prose.find(word), at))
            continue
        if is_role_word(word) or bare(word) in lexicon.words_for("sources", language):
            continue
        if _known(word, heading):
            doubtful = True
            continue
        if _known(word, before) and any(_word_in(name, word) for name in people):
            doubtful = True
            continue
        is_somebody = any(_word_in(name, word) for name in people)
        if language == "de" and not is_somebody and not claims.places([latin(word)]):
            # Every German noun has a capital; two in a row that the article does not know are a name.
            strangers.append(prose.find(word))
            doubtful = True
            continue
        return True, False
    if any(
        _NAME_PAIR.match(prose, at)
        and prose[at:].split()[1].strip(",.;:")
        and not _known(prose[at:].split()[1].strip(",.;:"), near)
        for at in strangers
    ):
        return True, False
    # Somebody at the beginning of a sentence, whom the article names elsewhere.
    for match in _CAPITAL.finditer(prose):
        if not _known(match[0], f"{near} {heading} {before}") and any(_word_in(name, match[0]) for name in people):
            return True, False
    known.sort()
    order = [at for _, at in known]
    return False, doubtful or (len(set(order)) > 1 and order != sorted(order))


def _known(word: str, text: str) -> bool:
    plain_word = latin(word)
    there = _heard(text)
    parts = [part for part in re.split(r"[\s'-]+", plain_word) if len(part) > 1] or [plain_word]
    if all(_one_known(part, there) for part in parts):
        return True
    places = claims.places(words_of(word).keys)
    return bool(places) and places <= claims.places(words_of(text).keys)


def _begins_name(word: str, prose: str, text: str, people: Sequence[str]) -> bool:
    """Whether a word is the given name of somebody of the text in another spelling: "Оуэн" before "Таррант"."""
    match = re.search(rf"{re.escape(word)}\s+([^\W\d_][\w’'-]+)", prose)
    if match is None or not _known(match[1], text):
        return False
    surnames = [(words[-2], words[-1]) for name in people if len(words := name_words(name)) > 1]
    return any(given[0] == latin(word)[:1] and sound(surname) == sound(latin(match[1])) for given, surname in surnames)


@functools.lru_cache(maxsize=256)
def _heard(text: str) -> frozenset[str]:
    return frozenset(name_words(text)) | frozenset(re.findall(r"\w+", latin(text)))


def _one_known(part: str, there: frozenset[str]) -> bool:
    part = part.removesuffix("'s")
    if part in there or (len(part) > 3 and part.rstrip("s") in there):
        return True
    heard = sound(part)
    for each in there:
        if len(each) < 3 or len(part) < 3:
            continue
        other = sound(each)
        if heard == other and len(heard) > 2:
            return True
        # A case or a demonym goes on where the name ends.
        if len(part) > 3 and len(each) > 3 and (each[:5] == part[:5] if min(len(each), len(part)) > 4 else False):
            return True
        if len(heard) > 3 and len(other) > 3 and (heard.startswith(other) or other.startswith(heard)):
            return True
    return False


def _negates_otherwise(ours: Words, theirs: Words, language: str) -> bool:
    """Whether a word that both texts share is negated in one and not in the other."""
    negations = claims.words_for("negations", language)
    here, there = _governed(ours, negations, language), _governed(theirs, negations, language)
    plain_here, plain_there = _all(ours, language) - here.any, _all(theirs, language) - there.any
    return bool(here.next & plain_there or there.next & plain_here)


def _negates_more(ours: Words, theirs: Words, language: str) -> bool:
    """Whether one text has a negation and the other none, though it says all that the other says."""
    here, there = (claims.has("negations", each.keys, language) for each in (ours, theirs))
    if here == there:
        return False
    if here:
        return not claims.has("implied", theirs.keys, language) and not claims.has("denials", theirs.keys, language)
    said, printed = _all(ours, language), _all(theirs, language)
    return len(said & printed) >= _NEARLY_ALL * max(1, len(printed)) and not claims.has("implied", ours.keys, language)


_NEARLY_ALL = 0.85


def _is_surer(ours: Words, theirs: Words, language: str) -> bool:
    """Whether a word that both texts share is uncertain in the article alone."""
    hedges = lexicon.words_for("hedges", language)
    there = _governed(theirs, hedges, language)
    here = _governed(ours, hedges, language)
    return bool(there.next & (_all(ours, language) - here.any)) and not _hedges(ours, language)


def _is_repeated(stated: Sequence[literals.Number], printed: Sequence[literals.Number]) -> bool:
    """Whether a number stands more often in a sentence than where it comes from."""
    here, there = (Counter(each.value for each in numbers) for numbers in (stated, printed))
    return any(count > max(1, there[value]) for value, count in here.items())


def _is_about_another(prose: str, here: set[str], resting: Sequence[Grounds], language: str) -> bool:
    """Whether a sentence names somebody else than the sentence that it follows does."""
    for each in resting:
        article = each.evidence.article
        inside = list(sentences(article.text, article.language, within=each.span))
        core = max((s.of(article.text) for s in inside), key=lambda t: len(here & meanings(t, language)), default="")
        said = " ".join(one.speaker or "" for one in each.said)
        people = [member.name for member in each.evidence.cast]
        strange = [name for name in people if _is_named(name, prose) and not _is_named(name, f"{core} {said}")]
        if strange and any(_is_named(name, core) and not _is_named(name, prose) for name in people):
            return True
    return False


def _keeps_together(ours: Words, theirs: Words, language: str) -> bool:
    """Whether words that stand side by side stand near each other in the article too: none came from elsewhere."""
    places: dict[str, list[int]] = {}
    capitals = list[str]()
    for i, key in enumerate(theirs.keys):
        if lexicon.is_content(key, language):
            places.setdefault(lexicon.stem(key), []).append(len(capitals))
            capitals.append(lexicon.stem(key) if theirs.text[theirs.starts[i]].isupper() else "")
    stems = {lexicon.stem(key) for key in ours.keys}
    said = [i for i, key in enumerate(ours.keys) if lexicon.is_content(key, language)]
    for i, j in itertools.pairwise(said):
        one, other = lexicon.stem(ours.keys[i]), lexicon.stem(ours.keys[j])
        if one not in places or other not in places or one == other:
            continue
        if any(mark in ours.text[ours.ends[i] : ours.starts[j]] for mark in ",;:.–—…("):
            continue
        pairs = [(a, b) for a in places[one][:_PLACES] for b in places[other][:_PLACES] if abs(a - b) <= _NEAR]
        if not pairs:
            return False
        if language != "de" and (ours.text[ours.starts[i]].isupper() or ours.text[ours.starts[j]].isupper()):
            # A name put for the one that stands between.
            between = [capitals[min(a, b) + 1 : max(a, b)] for a, b in pairs]
            if all(any(name and name not in stems for name in names) for names in between):
                return False
    return True


# Words that stand so many apart are near; of a word's places so many are looked at.
_NEAR, _PLACES = 4, 12


def _changed(ours: Words, theirs: Words, language: str) -> Omission | str | None:
    """What was changed where a sentence otherwise follows the words of the article, word by word.

    An omission where a negation was put in or taken out, or a word that points one way was put for one that points the
    other; "reworded" where other words that say something stand in the place of the article's.
    """
    first, second = ([_form(key, language) for key in each.keys[:_ALIGNED]] for each in (ours, theirs))
    negations = claims.words_for("negations", language)
    reworded: str | None = None
    hedges = lexicon.words_for("hedges", language) - {"may"}
    codes = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    for number, (operation, i, j, k, m) in enumerate(codes):
        if operation == "equal":
            continue
        before = codes[number - 1] if number else None
        after = codes[number + 1] if number + 1 < len(codes) else None
        ours_here, theirs_here = ours.keys[i:j], theirs.keys[k:m]
        near = (before is not None and after is not None) or j - i + m - k <= 3
        if not near:
            continue
        here, there = lexicon.sides(ours_here), lexicon.sides(theirs_here)
        if any((name, 1 - side) in there and (name, side) not in there for name, side in here):
            return Omission.UNSUPPORTED
        if m - k <= _SHORT and any(key in negations for key in ours_here) != any(
            key in negations for key in theirs_here
        ):
            return Omission.NEGATION
        if m - k <= _SHORT and hedges & set(theirs_here) and not hedges & set(ours_here):
            return Omission.MODALITY
        stems = {lexicon.stem(key) for key in theirs_here}
        said = [key for key in ours_here if lexicon.is_content(key, language) and lexicon.stem(key) not in stems]
        lost = [key for key in theirs_here if lexicon.is_content(key, language)]
        if lost and (said or ours_here) and m - k <= _SHORT and (said or i < j):
            reworded = "reworded"
    return reworded


def _form(key: str, language: str) -> str:
    return lexicon.stem(key) if lexicon.is_content(key, language) else key


# So many words are aligned, and stretches of so many left out at once are a change of words, no clause.
_ALIGNED, _SHORT = 400, 6


@dataclasses.dataclass(frozen=True, slots=True)
class _Governed:
    """Stems that words of some kind stand before (`next`: the first that says something), or near (`any`)."""

    next: frozenset[str]
    any: frozenset[str]


def _governed(words: Words, governing: frozenset[str], language: str) -> _Governed:
    following, near = set[str](), set[str]()
    for i, key in enumerate(words.keys):
        if key not in governing:
            continue
        behind = [
            lexicon.stem(each) for each in words.keys[i + 1 : i + 9]
            if lexicon.is_content(each, language) and each not in governing
        ]  # fmt: skip
        following.update(behind[:1])
        if language == "de":
            # "kam nicht" and "nicht gekommen": the verb may stand before.
            following.update(
                [lexicon.stem(e) for e in words.keys[max(0, i - 2) : i] if lexicon.is_content(e, language)][-1:]
                if not behind
                else []
            )
        for each in words.keys[max(0, i - 5) : i + 6]:
            near.add(lexicon.stem(each))
    return _Governed(frozenset(following), frozenset(near))


def _all(words: Words, language: str) -> frozenset[str]:
    return frozenset(lexicon.stem(key) for key in words.keys if lexicon.is_content(key, language))


def _turned(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether a sentence points the other way than the article: up where it says down, and says nothing of up."""
    here, there = lexicon.sides(ours), lexicon.sides(theirs)
    return any(
        (name, 1 - side) in there and (name, side) not in there and (name, 1 - side) not in here for name, side in here
    )


def _unquoted(grounds: Grounds, found: Sequence[_Quoted]) -> str:
    """The words of the grounds without those that a sentence quotes."""
    article, at, parts = grounds.evidence.article, grounds.span.start, []
    places = sorted(each.place for each in found if each.place and each.evidence and each.evidence.article is article)
    for place in places:
        if place.start >= at and place.end <= grounds.span.end:
            parts.append(article.text[at : place.start])
            at = place.end
    return " … ".join([*parts, article.text[at : grounds.span.end]])


def _reserves(ours: Words, language: str, theirs: Words, other: str) -> bool:
    """Whether the article makes conditions or reservations, reports a charge or a denial, and the sentence none."""
    if claims.has("conditions", theirs.keys, other) and not claims.has("conditions", ours.keys, language):
        return True
    for sort in ("charges", "denies", "stances"):
        if lexicon.begins(sort, theirs.keys, other) and not lexicon.begins(sort, ours.keys, language):
            return True
    return _is_uncertain(theirs, other) and not _hedges(ours, language)


def _is_uncertain(words: Words, language: str) -> bool:
    return bool(_hedges(words, language)) or claims.has("reservations", words.keys, language)


def _is_certain(words: Words, language: str) -> bool:
    """Whether nothing in a text tells that what it says may be otherwise."""
    modals = claims.found("modals", words.keys, language)
    return not _hedges(words, language) and all(each in lexicon.words_for("certain", language) for each in modals)


def _denied(ours: Words, theirs: Words, language: str) -> bool:
    """Whether a text says what the article only tells that somebody denies."""
    if lexicon.begins("denies", ours.keys, language) or claims.has("negations", ours.keys, language):
        return False
    said = _all(ours, language)
    for i in lexicon.begins("denies", theirs.keys, language):
        behind = [lexicon.stem(k) for k in theirs.keys[i + 1 : i + 12] if lexicon.is_content(k, language)]
        if len(behind) > 1 and sum(each in said for each in behind) >= 0.6 * len(behind):
            return True
    return False


def _cut(
    text: str, found: Sequence[_Quoted], marked: Sequence[_Quoted], language: str
) -> Omission | str | None:  # fmt: skip
    """Whether quoted words lost, or were given, what turns them: QUOTATION where they mean something else.

    A negation of their own clause, a condition or a reservation before or behind them counts as told where the
    sentence tells one of its own beside the marks. "Hoped" before them or "but" behind makes them less than sure.
    """
    doubt = None
    for number, each in enumerate(found):
        if each.evidence is None or each.place is None:
            continue
        written = each.evidence.article.language
        start = marked[number - 1].outer.end if number else 0
        end = marked[number + 1].outer.start if number + 1 < len(marked) else len(text)
        told_before, told_after = text[start : each.outer.start], text[each.outer.end : end]
        told = words_of(f"{told_before} {told_after}")
        before, after = _rest_of_sentence(each)
        negated = claims.has("negations", words_of(_CLAUSE.split(before)[-1]).keys[-_REACH:], written)
        negates = claims.has("negations", words_of(_CLAUSE.split(told_before)[-1]).keys[-_REACH:], language)
        if negated != negates and (negated or not claims.has("negations", words_of(before).keys, written)):
            return Omission.QUOTATION
        behind = after.split(";")[0]
        lost = [
            sort for sort in ("conditions", "reservations")
            if any(claims.has(sort, words_of(part).keys, written) for part in (before, behind))
        ]  # fmt: skip
        if any(not claims.has(sort, told.keys, language) for sort in lost) and not _hedges(told, language):
            return Omission.QUOTATION
        if claims.has("negations", words_of(behind).keys, written) and not claims.has("negations", told.keys, language):
            doubt = "cut"
        if lexicon.begins("stances", words_of(before).keys, written) and not lexicon.begins(
            "stances", told.keys, language
        ):
            doubt = "cut"
    return doubt


_CLAUSE = re.compile(r"[,;:–—…]|\.\s|[«“„»”\"]")
# A negation so many words before governs what follows.
_REACH = 5


def _rest_of_sentence(each: _Quoted) -> tuple[str, str]:
    """The words of its sentence before and behind quoted words, within the marks that they stand in where they do."""
    assert each.evidence is not None
    assert each.place is not None
    article, place = each.evidence.article, each.place
    fragments = [f for said in _said_at(each) if said.kind is Kind.DIRECT for f in said.fragments if f.covers(place)]
    area = min(fragments, key=len, default=_around(each.evidence))
    if len(area) > _READ:
        area = Span(max(area.start, place.start - _READ // 2), min(area.end, place.end + _READ // 2))
    touched = [s for s in sentences(article.text, article.language, within=area) if s.overlaps(place)]
    if not touched:
        return "", ""
    start, end = min(touched[0].start, place.start), max(touched[-1].end, place.end)
    return article.text[start : place.start], article.text[place.end : end]


_READ = 4000


def _shown(text: str, found: Sequence[_Quoted], language: str) -> str:
    """The sentence with its quoted words as they are printed, translated ones behind the original and named so."""
    parts, at = [], 0
    for each in found:
        if each.evidence is None or each.place is None:
            continue
        original = each.place.of(each.evidence.article.text)
        is_translated = words_of(original).keys != words_of(each.words).keys and len(
            set(words_of(original).keys) & set(words_of(each.words).keys)
        ) < 0.8 * len(words_of(each.words).keys)
        parts.append(text[at : each.outer.start])
        if is_translated:
            parts.append(f"{quoted(original, language)} ({phrase('translated_words', language, words=each.words)})")
        else:
            opening, closing = _marks_of(text, each)
            parts.append(f"{opening}{original}{closing}")
        at = each.outer.end
    return "".join([*parts, text[at:]])


def _marks_of(text: str, each: _Quoted) -> tuple[str, str]:
    outer = each.outer.of(text)
    inside = outer.find(each.words)
    return outer[:inside], outer[inside + len(each.words) :]
