"""What a correction changed: an article as it was cited beside the article as it is now."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from ingest.models import Article

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
# Longer stretches are shown as a whole, old and new: comparing them word by word would take seconds and show a mosaic.
_LONGEST = 3000
# Words that stayed between two that did not, so few that they read better as part of the change.
_ISLAND = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph: `before` in the earlier version, `after` in the later one, equal where it stayed."""

    before: str
    after: str

    @property
    def is_change(self) -> bool:
        """Whether the two differ."""
        return self.before != self.after


def changes(old: Article, new: Article) -> tuple[tuple[Piece, ...], ...]:
    """Return the paragraphs that differ, in order, each in pieces; what is stated beside the text first."""
    stated = ((Piece(*pair),) for pair in _stated(old, new))
    printed = (_pieces(*pair) for pair in _paragraphs(old, new))
    return tuple(pieces for pieces in (*stated, *printed) if any(piece.is_change for piece in pieces))


def still_stand(words: str, article: Article) -> bool:
    """Tell whether an article has these words still, whatever its line breaks."""
    return " ".join(words.split()) in " ".join(article.text.split())


def _stated(old: Article, new: Article) -> Iterator[tuple[str, str]]:
    """The title and what is said of the source, where the text itself does not show them."""
    for before, after in (
        (old.title, new.title),
        (old.outlet, new.outlet),
        (old.author, new.author),
        (str(old.published or ""), str(new.published or "")),
    ):
        if before != after and not (before in old.text and after in new.text):
            yield before, after


def _paragraphs(old: Article, new: Article) -> Iterator[tuple[str, str]]:
    """Paragraphs that are not the same in both: each with the one that took its place, as far as there is one."""
    before, after = ([p.span.of(each.text) for p in each.paragraphs] or [each.text] for each in (old, new))
    for operation, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if operation != "equal":
            yield from _paired(before[i1:i2], after[j1:j2])


def _paired(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    if len(before) == len(after):
        yield from zip(before, after, strict=True)
    elif before and after:
        yield "\n\n".join(before), "\n\n".join(after)
    else:
        yield from ((each, "") for each in before)
        yield from (("", each) for each in after)


def _pieces(before: str, after: str) -> tuple[Piece, ...]:
    if not before or not after or len(before) + len(after) > 2 * _LONGEST:
        return (Piece(before, after),)
    old, new = _WORD.findall(before), _WORD.findall(after)
    steps: list[tuple[bool, str, str]] = []
    for operation, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        equal = operation == "equal" and (i2 - i1 > _ISLAND or i1 == 0 or i2 == len(old))
        step = (equal, "".join(old[i1:i2]), "".join(new[j1:j2]))
        if steps and not equal and not steps[-1][0]:
            step = (False, steps[-1][1] + step[1], steps[-1][2] + step[2])
            steps.pop()
        steps.append(step)
    return tuple(Piece(was, is_) for _, was, is_ in steps)
