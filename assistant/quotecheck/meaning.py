"""A claim and the statement it renders in other words: a translation, or somebody's words retold."""

from __future__ import annotations

import collections
import dataclasses
import re
from collections.abc import Sequence

from assistant.models import Change, Difference, Match, Operation, Verdict
from assistant.quotecheck.claims import Claim
from assistant.quotecheck.lexicon import conflicts
from assistant.quotecheck.printed import Printed, Voice
from assistant.quotecheck.readings import match_of
from assistant.quotecheck.shelf import Shelf
from assistant.quotecheck.voices import Claimant
from ingest.archive.archive import Archive
from ingest.archive.catalog import Statement
from ingest.embeddings.centring import Vectors
from ingest.embeddings.models import EmbeddingModel
from ingest.folding import latin
from ingest.models import Kind, Quotation, Span
from ingest.sentences import sentences

# From what cosine of a claim and a sentence, together with what else speaks for it (`_Unit.support`), one renders the
# other; see `docs/checking.md` for what it was measured on. Of a speaker's own statements, less is enough: a cosine.
NEAR = 0.98
NEAR_OF_SPEAKER = 0.5
# So many characters of a claim tell its meaning; more only cost time.
_READ = 400
# So many passages are looked into, so many statements of one speaker, and so many characters are embedded for it: that
# is what a check by meaning costs.
_PASSAGES, _LOOKED_INTO, _COMPARED = 10, 5, 8
_MOST_UNITS, _MOST_CHARACTERS = 10, 700
_SHOWN = 5
# A passage says what its sentence is about, which the sentence alone may not.
_CONTEXT = 0.7


@dataclasses.dataclass(frozen=True)
class Near:
    """The words nearest in meaning to a claim, whose they are, their cosine, and what of the two cannot both be right.

    `quotation` is the statement they belong to, None for the reporter's own words.
    """

    printed: Printed
    span: Span
    quotation: Quotation | None
    cosine: float
    is_near: bool
    conflicts: tuple[Change, ...]
    claim: Claim
    right_speaker: bool | None
    outer: Quotation | None = None

    @property
    def verdict(self) -> Verdict:
        """What the claim is to the statement."""
        if self.right_speaker is False:
            return Verdict.MISATTRIBUTED
        if self.conflicts:
            return Verdict.ALTERED
        is_said = self.quotation is not None and self.quotation.kind is not Kind.INDIRECT
        is_other_language = self.printed.article.language != self.claim.language
        return Verdict.TRANSLATED if is_said and is_other_language else Verdict.REPORTED

    def match(self, verdict: Verdict) -> Match:
        """Return the words as a match; across languages the whole of it is another text, never an equal one."""
        words = self.span.of(self.printed.article.text)
        turned = self.conflicts if verdict is not Verdict.NOT_FOUND else ()
        difference = Difference(Operation.REPLACE, self.claim.said, words, turned)
        is_quoted = self.quotation is not None and self.quotation.kind is Kind.DIRECT
        voice = Voice(self.quotation, is_quoted, self.outer)
        return match_of(self.printed, (self.span,), voice, max(0.0, self.cosine), (difference,))


@dataclasses.dataclass(frozen=True)
class _Unit:
    """Words of an article that a claim may render.

    `prior` is how likely that is beside others by all but the words themselves, `support` what of it speaks for them
    wherever they stand.
    """

    article_id: str
    language: str
    text: str
    span: Span
    quotation: Quotation | None
    prior: float
    support: float = 0.0


def translated(
    claim: Claim, claimant: Claimant, shelf: Shelf, archive: Archive, model: EmbeddingModel
) -> list[Near]:  # fmt: skip
    """Return the words of other languages that a claim comes nearest to, the nearest first, each article once.

    They are sought by their passages, whose vectors are there, and only the likeliest sentences and statements of
    these are embedded.
    """
    vector = model.question(_asked(claim), claim.language)
    found = archive.search(_asked(claim), vector, limit=_PASSAGES, language=claim.language)
    units = list[_Unit]()
    for each in [each for each in found if each.language != claim.language][:_LOOKED_INTO]:
        passage = each.passage
        printed = shelf.printed(passage.article_id)
        article, said = printed.article, printed.ledger.quotations
        if article.version != passage.version:
            # It was corrected this moment.
            continue
        # A statement may be several sentences, or a part of one.
        whole = {q.span: q for q in said if q.span.overlaps(passage.span)}
        inside = sentences(article.text, article.language, within=passage.span)
        spans = {span: None for span in inside if not any(_is_much_of(q, span) for q in whole)}
        for span, quotation in {**whole, **spans}.items():
            if len(span) > 15:
                of = quotation or _statement(span, said)
                support = _CONTEXT * each.cosine + _shape(claim, len(span)) + _marks(claim, span.of(article.text))
                # The words of a passage tell which of many alike is meant, not how near it comes.
                prior = support + _CONTEXT * (each.score - each.cosine)
                units.append(_Unit(article.id, article.language, article.text, span, of, prior, support))
    return _nearest(claim, claimant, units, vector, shelf, model)


def said_by(
    claim: Claim, claimant: Claimant, shelf: Shelf, archive: Archive, model: EmbeddingModel
) -> Near | None:  # fmt: skip
    """Return the statement of the claimed speaker that a claim comes nearest to, in whatever language."""
    said = archive.catalog.statements([id_ for speaker in claimant.known for id_ in speaker.ids])
    said = [each for each in said if not each.quotation.nested]
    if not said:
        return None
    vector = model.question(claim.said[:_READ], claim.language)
    count = collections.Counter(each.article_id for each in said)
    passages = archive.article_cosines(vector, [article_id for article_id, _ in count.most_common(20)])

    def around(statement: Statement) -> float:
        near = passages.get(statement.article_id, ())
        return max((cosine for span, cosine in near if span.overlaps(statement.quotation.span)), default=-1.0)

    units = [
        _Unit(
            each.article_id, each.language, text, part, each.quotation,
            _CONTEXT * around(each) + _shape(claim, len(part)),
        )
        for each in sorted(said, key=lambda each: -around(each) - _shape(claim, len(each.text)))[:_COMPARED]
        for article in [shelf.printed(each.article_id).article]
        if article.version == each.version
        for text in [article.text]
        for part in _parts(claim, each, text)
    ]  # fmt: skip
    found = _nearest(claim, claimant, units, vector, shelf, model, of_speaker=True)
    return found[0] if found else None


def _asked(claim: Claim) -> str:
    """What is searched by: all that was pasted, as what stands around the marks says what they are about."""
    return " ".join(claim.text.split())[:_READ]


def _shape(claim: Claim, length: int) -> float:
    """A little for words about as many as the claim's: of one passage's, the likelier rendering."""
    one, two = sorted((len(_asked(claim)), length))
    return 0.08 * one / max(two, 1)


_KEPT = re.compile(r"\d+|\b[A-ZÀ-ÝА-ЯЁ]\w{3,}")


def _marks(claim: Claim, text: str) -> float:
    """A little for the numbers and names of a claim that the words have too: they survive a translation."""
    ours = {latin(each)[:5] for each in _KEPT.findall(claim.text)}
    theirs = {latin(each)[:5] for each in _KEPT.findall(text)}
    return 0.07 * len(ours & theirs) / len(ours) if ours else 0.0


def _statement(span: Span, said: Sequence[Quotation]) -> Quotation | None:
    """Whose words most of a sentence is, an attribution left aside; None where it is the reporter's."""
    inside = [q for q in said if q.span.overlaps(span) and not q.nested]
    most = max(inside, key=lambda q: min(q.span.end, span.end) - max(q.span.start, span.start), default=None)
    if most is None:
        return None
    shared = min(most.span.end, span.end) - max(most.span.start, span.start)
    return most if shared > 0.4 * len(span) else None


def _is_much_of(quotation: Span, sentence: Span) -> bool:
    """Whether a sentence is hardly more than a statement in it: comparing both tells nothing more."""
    return sentence.covers(quotation) and len(quotation) > 0.8 * len(sentence)


def _parts(claim: Claim, statement: Statement, text: str) -> list[Span]:
    """A statement, or the sentences of one that is much longer than the claim: what a rendering is compared with."""
    whole = statement.quotation.span
    if len(whole) <= 1.6 * len(claim.said) + 20:
        return [whole]
    inside = [span for span in sentences(text, statement.language, within=whole) if len(span) > 15]
    return inside if len(inside) > 1 else [whole]


def _nearest(
    claim: Claim, claimant: Claimant, units: Sequence[_Unit], vector: Vectors, shelf: Shelf, model: EmbeddingModel,
    *, of_speaker: bool = False,
) -> list[Near]:  # fmt: skip
    chosen, characters = list[_Unit](), 0
    for unit in sorted(units, key=lambda unit: -unit.prior):
        read = min(len(unit.span), _READ)
        if chosen and (len(chosen) >= _MOST_UNITS or characters + read > _MOST_CHARACTERS):
            continue
        chosen.append(unit)
        characters += read
    if not chosen:
        return []
    vectors = model.sentences([unit.span.of(unit.text)[:_READ] for unit in chosen])
    cosines = model.centring.of_passages(vectors, [unit.language for unit in chosen]) @ vector
    ranked = sorted(
        zip(chosen, map(float, cosines), strict=True), key=lambda pair: -pair[1] - pair[0].prior
    )  # fmt: skip
    best = {unit.article_id: (unit, cosine) for unit, cosine in reversed(ranked)}
    places = sorted(best.values(), key=lambda pair: -pair[1] - pair[0].prior)
    return [
        _near(claim, claimant, unit, cosine, shelf.printed(unit.article_id), of_speaker=of_speaker)
        for unit, cosine in places[:_SHOWN]
    ]


def _near(
    claim: Claim, claimant: Claimant, unit: _Unit, cosine: float, printed: Printed, *, of_speaker: bool
) -> Near:  # fmt: skip
    speaker = unit.quotation.speaker if unit.quotation else None
    # The speaker's own name belongs to the attribution, which either may have without the other.
    people = [member.name for member in printed.ledger.cast if member.name != speaker]
    quotation, outer, right = unit.quotation, None, None
    if quotation is not None:
        if quotation.nested:
            outer = next((q for q in printed.ledger.quotations if q.span.covers(quotation.span) and not q.nested), None)
        right = claimant.is_speaker(printed, [Voice(quotation, True, outer)], quotation.span)
    words = unit.span.of(unit.text)
    if right is False and claim.beside and claimant.is_named_in(words):
        # The name that was pasted with it is what the sentence is about, not who says it.
        right = None
    beside = " ".join(printed.around(unit.span))
    against = conflicts(_compared(claim, words), claim.language, words, unit.language, people, around=beside)
    near = cosine >= NEAR_OF_SPEAKER if right or of_speaker else cosine + unit.support >= NEAR
    return Near(printed, unit.span, quotation, cosine, near, against, claim, right, outer)


def _compared(claim: Claim, words: str) -> str:
    """What is compared word by word: the claimed words, or all that was pasted where the print has as much."""
    return claim.text if len(words) > 1.3 * len(claim.said) else claim.said
