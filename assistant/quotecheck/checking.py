"""The check of a quotation: where its words stand, whose they are, and what became of them."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Sequence

from assistant.models import Match, QuoteCheck, Verdict
from assistant.quotecheck import meaning, stitching
from assistant.quotecheck.alignment import Weigh, aligned
from assistant.quotecheck.claims import LONGEST, Claim, Retold, claimed, retold, retold_claim, whole
from assistant.quotecheck.explaining import corrected_since, explanation
from assistant.quotecheck.printed import Printed
from assistant.quotecheck.readings import Reading, exact, match, matches, near
from assistant.quotecheck.shelf import Places, Shelf
from assistant.quotecheck.stitching import Patch
from assistant.quotecheck.voices import Claimant
from assistant.quotecheck.words import occurrences
from assistant.speakers import name_in
from assistant.understanding import is_pronoun
from ingest.archive.archive import Archive
from ingest.embeddings.models import EmbeddingModel
from ingest.roles import is_role
from ingest.timings import stage

# Below this likeness of words, weighted by how rare they are, two texts only happen to share some.
_ALTERED = 0.5
# A quotation this like the claim is the one that was altered, whatever else comes near in meaning.
_SURELY_ALTERED = 0.62
# What one place explains so well was changed there, unless the rest is a long stretch of another.
_ONE_PLACE, _LONG_PATCH = 0.88, 6
# So many articles are read at first, the rest only where these do not settle it.
_FIRST = 3
_TWINS = 5


class Checker:
    """Checks quotations against one archive."""

    def __init__(self, archive: Archive, model: EmbeddingModel, *, longest: int = LONGEST) -> None:
        self._archive = archive
        self._model = model
        self._longest = longest

    def check(self, quotation: str, *, speaker: str = "", language: str | None = None) -> QuoteCheck:
        """Tell whether a quotation was said, by whom and what was changed. Raises UnusableQuestion.

        `language` is that of the caller: explanations are given in it, else in the language of the quotation.
        """
        started = time.perf_counter()
        claim = claimed(quotation, speaker=speaker, language=language, longest=self._longest)
        shelf = Shelf(self._archive.catalog)
        with stage("comparing"):
            found = self._checked(claim, shelf, language or claim.language)
            if found.verdict in (Verdict.ALTERED, Verdict.NOT_FOUND) and (earlier := shelf.earlier_with(claim)):
                told = f"{found.explanation} {corrected_since(earlier, language or claim.language)}"
                found = dataclasses.replace(found, explanation=told)
        timings = {"total": round(time.perf_counter() - started, 4)}
        return dataclasses.replace(found, timings=timings)

    def recognised(self, text: str, *, language: str | None = None) -> QuoteCheck | None:
        """Return the check of words that stand exactly so in somebody's quotation marks; None of any others.

        Nothing is embedded for it. Raises UnusableQuestion.
        """
        claim = claimed(text, language=language, longest=self._longest)
        claimant = Claimant("", self._archive.catalog)
        articles = Places(claim, Shelf(self._archive.catalog)).of_all(most=_FIRST)
        readings = sorted((r for printed in articles for r in _exact(claim, printed, claimant)), key=lambda r: r.rank)
        if not readings or not all(voice.is_quoted for voice in readings[0].voices):
            return None
        return self._result(claim, readings, language or claim.language)

    def retold(self, words: str, *, speaker: str, language: str | None = None) -> QuoteCheck | None:
        """Return the check of "`speaker` said that `words`" against what the speaker did say; None where nothing that
        the speaker is on record with comes near. Raises UnusableQuestion."""
        claim = retold_claim(claimed(words, language=language, longest=self._longest), Retold(speaker, words))
        found = self._retold(claim, language or claim.language, Shelf(self._archive.catalog))
        return None if found is None or found.verdict is Verdict.NOT_FOUND else found

    def _checked(self, claim: Claim, shelf: Shelf, language: str) -> QuoteCheck:
        if claim.beside:
            claim = self._with_speaker_beside(claim)
        claimant = Claimant(claim.speaker, self._archive.catalog)
        places = Places(claim, shelf)
        articles = places.of_all(most=_FIRST)
        readings = [each for printed in articles for each in _exact(claim, printed, claimant)]
        if not any(each.verdict is Verdict.VERBATIM and each.right_speaker is not False for each in readings):
            articles += [each for each in places.near() if each not in articles]
        readings = _readings(claim, articles, claimant, places.weigh)
        if len(claim.said) < 0.9 * len(claim.text) and not (readings and readings[0].is_exact):
            # Marks inside the pasted text may be those of a quotation inside the quotation.
            entire = whole(claim)
            others = _readings(entire, articles, claimant, Places(entire, shelf).weigh)
            if others and (not readings or others[0].similarity > readings[0].similarity):
                claim, readings = entire, others
        if readings and readings[0].is_exact:
            return self._result(claim, readings, language)
        one_place = readings[0].similarity if readings else 0.0
        shortest = stitching.SHORTEST if one_place < _ONE_PLACE else _LONG_PATCH
        if patches := stitching.patches(claim, articles, shortest=shortest):
            return self._stitched(claim, patches, claimant, language)
        for one in retold(claim.text):
            if (found := self._retold(retold_claim(claim, one), language, shelf)) is not None:
                return found
        best = readings[0] if readings else None
        if best and best.similarity >= _SURELY_ALTERED:
            return self._result(claim, readings, language)
        by_meaning = meaning.translated(claim, claimant, shelf, self._archive, self._model)
        if by_meaning and by_meaning[0].is_near:
            return self._by_meaning(claim, by_meaning, language)
        if best and best.similarity >= _ALTERED:
            return self._result(claim, readings, language)
        nearest = [m for reading in readings[:1] for m in matches(reading)] if best and best.similarity > 0.3 else []
        nearest = [each.match(Verdict.NOT_FOUND) for each in by_meaning] + nearest
        likeness = max(best.similarity if best else 0.0, by_meaning[0].cosine if by_meaning else 0.0)
        return self._check(claim, Verdict.NOT_FOUND, 1 - 0.6 * max(likeness, 0.0), nearest[:_TWINS], language)

    def _with_speaker_beside(self, claim: Claim) -> Claim:
        """A name outside the marks is the speaker's, if it is a whole name or somebody's on record."""
        name = claim.beside
        if is_pronoun(name) or (len(name.split()) < 2 and not Claimant(name, self._archive.catalog).known):
            return claim
        return dataclasses.replace(claim, speaker=name)

    def _retold(self, claim: Claim, language: str, shelf: Shelf) -> QuoteCheck | None:
        """The check of "X said that Y" against what X did say; None where X is nobody on record."""
        claimant = Claimant(claim.speaker, self._archive.catalog)
        by_role = is_role(claim.speaker)
        is_name = len(name_in(claim.speaker)) > 2 and not is_pronoun(claim.speaker)
        if not by_role and not (claimant.known and is_name):
            return None
        places = Places(claim, shelf)
        readings = _readings(claim, places.near(), claimant, places.weigh)
        if readings and readings[0].is_exact:
            # Whose words they are must be sure: the name is a part of the claim.
            is_sure = readings[0].right_speaker is not None or readings[0].verdict is not Verdict.VERBATIM
            return self._result(claim, readings, language) if is_sure else None
        own = [r for r in readings if r.right_speaker and r.similarity >= _ALTERED]
        if own:
            return self._result(claim, own, language)
        if by_role:
            near = meaning.translated(claim, claimant, shelf, self._archive, self._model)
            sure = [each for each in near[:1] if each.is_near and each.right_speaker]
            return self._by_meaning(claim, sure, language) if sure else None
        by_meaning = meaning.said_by(claim, claimant, shelf, self._archive, self._model)
        if by_meaning and by_meaning.is_near:
            return self._by_meaning(claim, [by_meaning], language)
        if readings and readings[0].similarity >= _SURELY_ALTERED:
            return self._result(claim, readings, language)
        nearest = [by_meaning.match(Verdict.NOT_FOUND)] if by_meaning else []
        return self._check(claim, Verdict.NOT_FOUND, 0.6, nearest, language)

    def _result(self, claim: Claim, readings: Sequence[Reading], language: str) -> QuoteCheck:
        """The check whose verdict is that of the best reading; others as good or nearly are shown after it."""
        best = readings[0]
        verdict = best.verdict
        if verdict is Verdict.ALTERED and not claim.is_marked and _is_retelling(best):
            verdict = Verdict.REPORTED
        found = list(matches(best))
        for other in readings[1:]:
            if len(found) >= _TWINS or other.similarity < max(_ALTERED, best.similarity - 0.3):
                break
            if not any(m.article_id == other.printed.article.id and m.span.overlaps(other.span) for m in found):
                found += matches(other)
        return self._check(claim, verdict, _confidence(best, verdict), found, language, changes=best)

    def _stitched(self, claim: Claim, patches: Sequence[Patch], claimant: Claimant, language: str) -> QuoteCheck:
        found, wrong = [], []
        for patch in patches:
            reading = exact(claim, patch.printed, [patch.part], claimant, gaps=False)
            wrong.append(reading.right_speaker is False)
            found.append(match(patch.printed, [patch.part], reading.voice, 1.0, reading.differences[:0]))
        verdict = Verdict.MISATTRIBUTED if all(wrong) else Verdict.STITCHED
        return self._check(claim, verdict, 0.85, found, language)

    def _by_meaning(self, claim: Claim, found: Sequence[meaning.Near], language: str) -> QuoteCheck:
        """The verdict of the nearest; those nearly as near follow it."""
        best = found[0]
        verdict = best.verdict
        confidence = min(0.95, 0.4 + best.cosine / 2)
        shown = [best, *(each for each in found[1:] if each.cosine > max(meaning.NEAR_OF_SPEAKER, best.cosine - 0.15))]
        return self._check(claim, verdict, confidence, [each.match(verdict) for each in shown], language)

    def _check(
        self, claim: Claim, verdict: Verdict, confidence: float, found: Iterable[Match], language: str,
        *, changes: Reading | None = None,
    ) -> QuoteCheck:  # fmt: skip
        shown = tuple(found)
        unresolved = changes is not None and changes.right_speaker is None and bool(claim.speaker)
        return QuoteCheck(
            verdict=verdict,
            confidence=round(confidence, 3),
            quotation=claim.text,
            claimed_speaker=claim.speaker or None,
            language=language,
            matches=shown,
            explanation=explanation(verdict, shown, claim.speaker, language, unresolved=unresolved,
                                    few=len(claim.words) < 3),
        )  # fmt: skip


def _readings(claim: Claim, articles: Sequence[Printed], claimant: Claimant, weigh: Weigh) -> list[Reading]:
    """Return the ways in which a claim may stand in the articles, the most favourable exact one first."""
    found = list[Reading]()
    for printed in articles:
        found += _exact(claim, printed, claimant)
    if not found:
        for printed in articles:
            found += [near(claim, printed, each, claimant) for each in aligned(claim.words, printed.words, weigh)]
        found = [each for each in found if _is_anchored(each)]
    exactly = sorted((r for r in found if r.is_exact), key=lambda r: r.rank)
    if not exactly:
        # Nearest first; of several nearly as near, one whose speaker is right.
        changed = sorted(found, key=lambda r: -r.similarity)
        best = changed[0].similarity if changed else 0.0
        return sorted(changed, key=lambda r: (r.similarity < best - 0.1, not r.right_speaker, -r.similarity))
    return exactly + sorted((r for r in found if not r.is_exact), key=lambda r: -r.similarity)


def _exact(claim: Claim, printed: Printed, claimant: Claimant) -> list[Reading]:
    whole = [(first, end) for first, end in occurrences(claim.words, printed.words)]
    if whole or not claim.gaps:
        return _unless_by_accent([exact(claim, printed, [part], claimant, gaps=False) for part in whole], claim)
    places = [list(occurrences(claim.words.part(*piece), printed.words)) for piece in claim.pieces]
    if not all(places):
        return []
    found = []
    for first in places[0]:
        parts = [first]
        for options in places[1:]:
            voice = printed.voice(parts[0])
            later = sorted(
                options, key=lambda p: (p[0] < parts[-1][1], not printed.together(voice, printed.voice(p)), p)
            )
            parts.append(later[0])
        found.append(exact(claim, printed, parts, claimant, gaps=True))
    return found


def _unless_by_accent(found: list[Reading], claim: Claim) -> list[Reading]:
    """Leave out a reading where an accent makes another word of one; alignment shows which."""
    if all(c < "\x7f" or not c.isalpha() for c in claim.text):
        return found
    from assistant.quotecheck.lexicon import differs_by_accent

    kept = []
    for reading in found:
        ours, theirs, (first, end) = claim.words, reading.printed.words, reading.parts[0]
        same_count = end - first == len(ours)
        if not same_count or not any(
            differs_by_accent(ours.keys[i], ours.printed(i, i + 1), theirs.printed(first + i, first + i + 1))
            for i in range(len(ours))
        ):
            kept.append(reading)
    return kept


def _is_anchored(reading: Reading) -> bool:
    """Whether enough words are shared to say that one text was made from the other: three, two of them not short."""
    keys = reading.claim.words.keys
    shared = [keys[i] for step in reading.steps if step.equal for i in range(*step.claimed)]
    return reading.is_exact or (len(shared) >= 3 and sum(len(key) > 3 or key.isdigit() for key in shared) >= 2)


def _is_retelling(reading: Reading) -> bool:
    """Whether a retold claim keeps to what was said: nothing that turns the meaning, and hardly another word."""
    if reading.changes() or reading.similarity < 0.7:
        return False
    for difference in reading.differences:
        ours = {word.casefold()[:4] for word in difference.claimed.split() if len(word) > 3}
        theirs = {word.casefold()[:4] for word in difference.printed.split() if len(word) > 3}
        if ours - theirs:
            return False
    return True


def _confidence(reading: Reading, verdict: Verdict) -> float:
    base = 0.98 if reading.is_exact else 0.35 + 0.6 * reading.similarity
    if len(reading.claim.words) < 3:
        base *= 0.6
    if reading.claim.speaker and reading.right_speaker is None and verdict is not Verdict.REPORTED:
        base *= 0.7
    if reading.voice.quotation and verdict in (Verdict.VERBATIM, Verdict.MISATTRIBUTED):
        base *= 0.9 + 0.1 * max(reading.voice.quotation.confidence, 0.5)
    return base
