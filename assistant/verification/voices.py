"""Whose words a sentence makes of what it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.models import Omission
from assistant.quotecheck import lexicon as claims
from assistant.quotecheck.words import words_of
from assistant.verification import lexicon, places
from assistant.verification.grounds import Grounds, meanings
from assistant.verification.names import CAPITAL, is_known, is_named, same_name, word_in
from assistant.verification.quoted import Quoted, said_at
from assistant.verification.spellings import is_heard_in, is_same_elsewhere, named_elsewhere
from ingest.folding import is_cased, latin
from ingest.models import Article, Paragraph, Quotation, Reference, Span, SpeakerKind
from ingest.quotations.extraction import ledger
from ingest.roles import heads, is_role, is_role_word, says_all

_PART = re.compile(r"[^\W\d_]{2}")
# "Wirtschaftsminister" ends like "Minister"; shorter words end too many.
_LONG = 6


def misattributed(
    text: str, prose: str, found: Sequence[Quoted], resting: Sequence[Grounds], language: str
) -> Omission | str | None:  # fmt: skip
    """Return whose words a sentence makes of what it cites: SPEAKER where the article gives them to somebody else.

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
        said = [one for each in about if each.evidence for one in said_at(each)]
        if not about:
            said = _nearest(prose, resting, language)
        speakers = [(one.speaker, each) for one in said for each in resting if one in each.said and one.speaker]
        open_to = [name for each in resting for one in each.said if one in said for name in _open_to(one, each)]
        if any(same_name(who, name) for name in open_to):
            is_confirmed, doubt = True, "pronoun"
            continue
        if any(_is(who, speaker or "", each) for speaker, each in speakers):
            is_confirmed = True
            if not is_role(who) and not any(same_name(who, speaker or "") for speaker, _ in speakers):
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
        foreign = [(speaker, each.evidence.article.language) for speaker, each in speakers]
        foreign = [(speaker, written) for speaker, written in foreign if written != language]
        if foreign and not about and _is_told_of(who, resting, language):
            # "China and the United States have not confirmed": who confirms nothing, no article makes a speaker of.
            doubt = "unattributed"
            continue
        if any(is_same_elsewhere(who, language, speaker or "", written) for speaker, written in foreign):
            is_confirmed, doubt = True, "spelled elsewhere"
            continue
        if foreign and not any(is_named(member.name, who) for each in resting for member in each.evidence.cast) and (
            not any(word[:1].isupper() for word in who.split())
        ):  # fmt: skip
            # "Según un dictamen": what a source is called, no list of words tells in two languages.
            doubt = "by role"
            continue
        is_misread = quotation.reference is not Reference.NAME and not about
        if is_misread and any(is_named(speaker or "", prose) for speaker, _ in speakers):
            # "The mayor asked the state": who is no name may be whom it is said to.
            doubt = "unattributed"
            continue
        if speakers:
            return Omission.SPEAKER
        if any(
            is_named(who, each.text + each.before) or is_named(who, each.evidence.article.outlet) for each in resting
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
        # "B said" before what A said, where nothing tells that B is whom the sentence is about.
        near = _nearest(prose, resting, language) if claims.has("say", keys, language) else []
        if near and not any(is_named(one.speaker or "", prose) for one in near):
            return "unattributed"
    # What somebody said, told as a fact: true perhaps, and not what the article says.
    if not named.quotations and not found and not _is_attributed(prose, resting, language):
        covered = [one for each in resting for one in each.said if len(one.span) * 2 > len(each.span)]
        if len(covered) == len(resting) and resting:
            return "unattributed"
    whose = {one.speaker for each in found for one in said_at(each)}
    if not lexicon.knows(language) and not is_cased(prose) and _PART.search(prose):
        # Without capitals nobody else is seen: a quotation needs its own speaker named.
        theirs = [who for who in whose if who]
        if theirs and not any(is_role(who) or is_heard_in(who, prose) for who in theirs):
            return Omission.SPEAKER
    if found and not is_confirmed and whose - {None} and not any(is_named(who or "", prose) for who in whose):
        doubt = (
            "unattributed" if meanings(prose, language) or claims.has("say", words_of(prose).keys, language) else None
        )
    if found and not any(q.speaker for q in named.quotations):
        names = [match[0] for match in CAPITAL.finditer(prose)]
        people = [member.name for each in resting for member in each.evidence.cast]
        others = [name for name in people if any(word_in(name, word) for word in names)]
        if any(each.evidence.article.language != language for each in resting):
            others = others or list(named_elsewhere(prose, people))
        if others and whose - {None} and not any(
            same_name(other, speaker or "") or _bears(other, speaker or "", each)
            for other in others for speaker in whose for each in resting
        ):  # fmt: skip
            return Omission.SPEAKER
    return doubt


def _is_told_of(who: str, resting: Sequence[Grounds], language: str) -> bool:
    """Whether an article in another language names `who`, and gives them no words of their own."""
    keys = places.keys_of(who, language)
    for each in resting:
        written = each.evidence.article.language
        if any(is_same_elsewhere(who, language, one.speaker or "", written) for one in each.evidence.said):
            continue
        if (keys and keys <= places.keys_of(each.text, written)) or is_named(who, each.text):
            return True
        people = [member.name for member in each.evidence.cast if is_named(member.name, each.text)]
        if any(is_same_elsewhere(who, language, name, written) for name in people):
            return True
    return False


def _nearest(prose: str, resting: Sequence[Grounds], language: str) -> list[Quotation]:
    """The statements that hold most of what a sentence says: whoever else is cited beside said something else."""
    stated = meanings(prose, language)
    shares = [
        (len(stated & meanings(one.span.of(each.evidence.article.text), each.evidence.article.language)), one)
        for each in resting for one in each.said
    ]  # fmt: skip
    most = max((share for share, _ in shares), default=0)
    return [one for share, one in shares if share == most]


def _open_to(said: Quotation, at: Grounds) -> list[str]:
    """Who can have said what "he" said, by the article: its speaker, and who else is named in the sentence before."""
    if said.reference is not Reference.PRONOUN or not said.speaker:
        return []
    words = Grounds(at.evidence, said.span)
    kinds = [member.kind for member in at.evidence.cast if same_name(member.name, said.speaker)]
    # "Elle a remercié la Croix-Rouge": no body that was thanked is "elle".
    if SpeakerKind.PERSON in kinds and is_named(said.speaker, f"{words.before} {words.text}"):
        return []
    people = [m.name for m in at.evidence.cast if m.kind is SpeakerKind.PERSON and is_named(m.name, words.before)]
    return [said.speaker, *people] if people else []


def _is_attributed(prose: str, resting: Sequence[Grounds], language: str) -> bool:
    keys = words_of(prose).keys
    if claims.has("say", keys, language) or claims.has("according", keys, language):
        return True
    return any(is_named(one.speaker or "", prose) for each in resting for one in each.said if one.speaker)


def _is(who: str, speaker: str, at: Grounds) -> bool:
    """Whether `who`, a name or a role, is the speaker, as the article calls them."""
    if same_name(who, speaker) or same_name(who.removeprefix("von ").removeprefix("de "), speaker):
        return True
    for member in at.evidence.cast:
        if not same_name(member.name, speaker):
            continue
        if any(says_all(role, who) for role in member.roles):
            return True
        stems = {lexicon.stem(word) for word in latin(who).split() if len(word) > 3}
        if stems and any(stems <= {lexicon.stem(word) for word in latin(role).split()} for role in member.roles):
            return True
    words = list(re.findall(r"[\w’'-]+", who))
    return bool(words) and not any(w[:1].isupper() and not is_role_word(w) for w in words) and says_all(at.text, who)


def _bears(name: str, description: str, at: Grounds) -> bool:
    """Whether somebody bears a role by which the article may mean them: "der Minister", named elsewhere in it."""
    roles = [role for m in at.evidence.cast if same_name(m.name, name) for role in m.roles]
    last = latin(description).split()[-1:]
    return any(
        heads(role) & heads(description) or (last and len(last[0]) >= _LONG and latin(role).endswith(last[0]))
        for role in roles
    )


def _may_be(who: str, speaker: str, at: Grounds) -> bool:
    """Whether two descriptions can be of one speaker: the same sort of somebody, or the same name in two languages."""
    if _bears(who, speaker, at):
        return True
    described = [speaker, *(role for m in at.evidence.cast if same_name(m.name, speaker) for role in m.roles)]
    people = [m for m in at.evidence.cast if m.kind is SpeakerKind.PERSON]
    if any(is_named(m.name, who) for m in people):
        return False
    if not any(heads(who) & heads(each) for each in described):
        # A body in two languages: "le conseil de Calder", "the Calder council".
        named = [word for word in re.findall(r"[\w’'-]+", speaker) if word[:1].isupper() and not is_role_word(word)]
        return any(is_known(word, who) for word in named) and not is_role(who)
    names = [word for word in re.findall(r"[\w’'-]+", who)[1:] if word[:1].isupper() and not is_role_word(word)]
    if at.evidence.article.language == "de" or not names:
        # Every noun has a capital: no name can be told.
        return True
    return all(is_known(name, " ".join(described)) for name in names)
