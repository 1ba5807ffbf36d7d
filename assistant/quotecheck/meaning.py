"""A claim and the statement it renders in other words: a translation, or somebody's words retold."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Sequence

from assistant.models import Change, Difference, Match, Operation, Verdict
from assistant.quotecheck.claims import Claim
from assistant.quotecheck.lexicon import conflicts
from assistant.quotecheck.printed import Printed, Voice
from assistant.quotecheck.readings import match_of
from assistant.quotecheck.voices import Claimant
from ingest.archive.archive import Archive
from ingest.archive.catalog import Statement
from ingest.embeddings.centring import Vectors
from ingest.embeddings.models import EmbeddingModel
from ingest.models import Kind, Quotation, Span
from ingest.sentences import sentences

# The cosine of a claim and a statement from which one renders the other; see `docs/checking.md` for what it was
# measured on. Of one speaker's own statements, less is enough.
NEAR = 0.58
NEAR_OF_SPEAKER = 0.5
# So many characters of a claim tell its meaning; more only cost time.
_READ = 400
_PASSAGES, _COMPARED, _MOST_UNITS = 6, 8, 12


@dataclasses.dataclass(frozen=True)
class Near:
    """The statement nearest in meaning to a claim, its cosine, and what of the two cannot both be right."""

    printed: Printed
    quotation: Quotation
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
        if self.printed.article.language != self.claim.language:
            return Verdict.REPORTED if self.quotation.kind is Kind.INDIRECT else Verdict.TRANSLATED
        return Verdict.REPORTED

    def match(self, verdict: Verdict) -> Match:
        """Return the statement as a match; across languages the whole of it is another text, never an equal one."""
        words = self.quotation.span.of(self.printed.article.text)
        turned = self.conflicts if verdict is not Verdict.NOT_FOUND else ()
        difference = Difference(Operation.REPLACE, self.claim.said, words, turned)
        voice = Voice(self.quotation, self.quotation.kind is Kind.DIRECT, self.outer)
        return match_of(self.printed, (self.quotation.span,), voice, max(0.0, self.cosine), (difference,))


def translated(claim: Claim, claimant: Claimant, archive: Archive, model: EmbeddingModel) -> Near | None:
    """Return the statement of another language that a claim comes nearest to, by its passage and then by itself."""
    vector = model.question(claim.said[:_READ], claim.language)
    found = archive.search(claim.said[:_READ], vector, limit=_PASSAGES)
    areas = dict[str, list[tuple[Span, float]]]()
    for each in found:
        if each.language != claim.language:
            areas.setdefault(each.passage.article_id, []).append((each.passage.span, each.cosine))
    near = []
    for article_id, spans in areas.items():
        for statement in archive.catalog.statements_in(article_id):
            cosines = [cosine for span, cosine in spans if span.overlaps(statement.quotation.span)]
            if cosines:
                near.append((max(cosines) + _shape(claim, statement), statement))
    chosen = [statement for _, statement in sorted(near, key=lambda pair: -pair[0])[:_COMPARED]]
    return _nearest(claim, claimant, chosen, vector, archive, model, NEAR)


def said_by(claim: Claim, claimant: Claimant, archive: Archive, model: EmbeddingModel) -> Near | None:
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

    chosen = sorted(said, key=lambda each: -around(each) - _shape(claim, each))[:_COMPARED]
    return _nearest(claim, claimant, chosen, vector, archive, model, NEAR_OF_SPEAKER)


def _shape(claim: Claim, statement: Statement) -> float:
    """A little for a statement about as long as the claim: of one passage's, the likelier rendering."""
    one, two = sorted((len(claim.said), len(statement.text)))
    return 0.15 * one / max(two, 1)


def _units(claim: Claim, statement: Statement) -> list[tuple[str, Span, Statement]]:
    """A statement, or the sentences of one that is much longer than the claim: what a rendering is compared with."""
    text = statement.text
    everything = (text, Span(0, len(text)), statement)
    if len(text) <= 1.6 * len(claim.said) + 20:
        return [everything]
    inside = [(text, span, statement) for span in sentences(text, statement.language) if len(span) > 15]
    return inside if len(inside) > 1 else [everything]


def _nearest(
    claim: Claim, claimant: Claimant, said: Sequence[Statement], vector: Vectors, archive: Archive,
    model: EmbeddingModel, floor: float,
) -> Near | None:  # fmt: skip
    if not said:
        return None
    units = [unit for each in said for unit in _units(claim, each)][:_MOST_UNITS]
    vectors = model.passages([span.of(text)[:_READ] for text, span, _ in units])
    cosines = model.centring.of_passages(vectors, [each.language for _, _, each in units]) @ vector
    best = int(cosines.argmax())
    text, span, statement = units[best]
    cosine = float(cosines[best])
    catalog = archive.catalog
    printed = Printed.of(catalog.article(statement.article_id, statement.version), catalog.ledger(statement.article_id))
    quotation = statement.quotation
    people = [member.name for member in printed.ledger.cast]
    outer = None
    if quotation.nested:
        outer = next((q for q in printed.ledger.quotations if q.span.covers(quotation.span) and not q.nested), None)
    right = claimant.is_speaker(printed, [Voice(quotation, True, outer)], quotation.span)
    return Near(
        printed,
        quotation,
        cosine,
        cosine >= (NEAR_OF_SPEAKER if right else floor),
        conflicts(claim.said, claim.language, span.of(text), statement.language, people),
        claim,
        right,
        outer,
    )
