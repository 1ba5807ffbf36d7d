"""Quotation marks: a linear scanner that pairs them, whatever their style, and never loses more than a paragraph."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable

from ingest.models import Span

_JUNK = re.compile(r"[«»“”„‟\"‹›‘’‚'＂](?:[ \t]{0,4}[«»“”„‟\"‹›‘’‚'＂]){5,}")
_MARK = re.compile(_JUNK.pattern + r"|''|’’|‘‘|``|[«»“”„‟\"＂‹›‘’‚']")
_CLOSES_AFTER = frozenset(".,;:!?)]}»”…/")
_OPENS_BEFORE = frozenset("([{«“„‘—–-/¿¡*")
_SENTENCE_END = frozenset(".!?…")
_LAST_WORD = re.compile(r"[^\W\d_]+$")
_DEEPEST = 4
_LONGEST_INNER = 60
_SENTENCE_BREAK = re.compile(r"([.!?…])\s+(?=[^\W\d_a-zà-ÿа-яё])")
_POSSESSIVE = re.compile(r"[sz]$")


@dataclasses.dataclass(frozen=True, slots=True)
class Marked:
    """What stands between two marks. `span` is the content without white space, `outer` the content with its marks.

    `depth` is 0 for marks that stand in no others. Where the published text has lost one of the two marks, `lost` says
    which ("opening" or "closing"); of a lost opening only the end is known, so that `span` and `outer` are empty there.
    `single` marks are those that could be apostrophes.
    """

    span: Span
    outer: Span
    depth: int = 0
    lost: str = ""
    single: bool = False


@dataclasses.dataclass(slots=True)
class _Open:
    at: int
    after: int
    family: str


def marked(text: str, paragraphs: Iterable[Span], *, elisions: frozenset[str] = frozenset()) -> tuple[Marked, ...]:
    """Return what stands in quotation marks in these paragraphs, outer before inner, in order of the text.

    A quotation whose paragraphs each repeat the opening mark is one. `elisions` are the words that end in an
    apostrophe: some archives store it as a straight double mark (`l"énergie`).
    """
    found: list[Marked] = []
    carried: list[_Open] = []
    inverted = _inverted(text)
    areas = list(paragraphs)
    for number, area in enumerate(areas):
        following = areas[number + 1] if number + 1 < len(areas) else None
        carried = _paragraph(text, area, following, carried, found, inverted, elisions)
    return tuple(sorted(found, key=lambda m: (m.outer.start, -m.outer.end)))


def _inverted(text: str) -> bool:
    """Tell whether the article writes »so«: its first guillemet points inwards and touches a word."""
    first = re.search(r"[«»]", text)
    return bool(first and first[0] == "»" and text[first.end() : first.end() + 1].strip())


def _family(mark: str, inverted: bool) -> tuple[str, str]:
    """Return the family of a mark and what its shape says: "open", "close" or "" for either."""
    if mark in "«»":
        return "«", "open" if (mark == "«") != inverted else "close"
    if mark in "“”„‟":
        return "“", {"„": "open", "‟": "open", "“": "open", "”": "close"}[mark]
    if mark in "‹›":
        return "‹", "open" if (mark == "‹") != inverted else "close"
    if mark in "‘’‚'":
        return "'", {"‘": "open", "‚": "open", "’": "close", "'": ""}[mark]
    return '"', ""


def _paragraph(
    text: str,
    area: Span,
    following: Span | None,
    carried: list[_Open],
    found: list[Marked],
    inverted: bool,
    elisions: frozenset[str],
) -> list[_Open]:
    """Scan one paragraph, add to `found`, and return the marks left open for the next one."""
    stack = list(carried)
    repeated = bool(carried)
    last_close = -1  # index in `found` of the pair closed last, while only white space came after it
    closed_here: list[tuple[int, _Open]] = []
    apostrophe_at = -1
    first_found = len(found)
    single_close = _single_closers(text, area)
    for match in _MARK.finditer(text, area.start, area.end):
        mark, at, after = match[0], match.start(), match.end()
        if len(mark) > 2 or (apostrophe_at == at and mark == "'"):
            continue
        before = text[at - 1] if at > area.start else ""
        behind = text[after] if after < area.end else ""
        if before and apostrophe_at == at:
            before = "("
        family, shape = _family(mark if len(mark) == 1 else '"', inverted)
        if family == "'":
            shape = _single(text, at, before, behind, shape, stack, single_close)
            if not shape:
                continue
        elif family == "“" and mark == "“" and stack and stack[-1].family == "“" and text[stack[-1].at] == "„":
            shape = "close"
        elif family == "“" and mark == "”" and not stack and (not before or before.isspace()) and behind.isalnum():
            shape = "open"
        elif family == '"':
            shape = _straight(text, area, at, before, behind, stack, elisions)
            if shape == "apostrophe":
                apostrophe_at = after
                continue
        if shape == "open":
            if repeated and not text[area.start : at].strip():
                repeated = False  # the opening mark repeated at the start of a paragraph
                continue
            if stack and last_close >= 0 and not text[found[last_close].outer.end : at].strip():
                # A closing mark with an opening mark right behind it has closed everything.
                outer = stack[0]
                found[last_close] = _pair(text, outer, found[last_close].span.end, found[last_close].outer.end, 0)
                stack.clear()
            elif (
                len(stack) == 1
                and stack[0].family == family == '"'
                and (end := _lost_closing(text, stack[0].after, at))
            ):
                pair = _pair(text, stack.pop(), end, end, 0)
                if pair.span:
                    found.append(dataclasses.replace(pair, lost="closing"))
                last_close = -1
            elif stack and stack[-1].family == family and family == '"' and _ends_sentence(text, area.start, at):
                continue  # the opening mark repeated where a paragraph was
            if len(stack) < _DEEPEST:
                stack.append(_Open(at, after, family))
        else:
            depth = next((d for d in range(len(stack) - 1, -1, -1) if stack[d].family == family), -1)
            if depth < 0 and len(stack) == 1 and {stack[0].family, family} <= {'"', "“", "«"}:
                depth = 0  # a pair of mixed styles, as in “so"
            if depth < 0:
                if family != "'" and not stack and _may_have_lost_its_opening(text, area, at, after):
                    found.append(Marked(Span(at, at), Span(at, after), 0, "opening"))
                continue
            opening = stack[depth]
            del stack[depth:]
            pair = _pair(text, opening, at, after, depth)
            if pair.span:
                found.append(pair)
                last_close = len(found) - 1
                closed_here.append((last_close, opening))
    if not stack:
        return []
    if following is not None and stack[0].family != "'" and _begins_with_opening(text, following, stack[0].family):
        return stack[:1]
    _settle(text, area, stack, found, first_found, bool(carried))
    return []


def _pair(text: str, opening: _Open, at: int, after: int, depth: int) -> Marked:
    start, end = opening.after, at
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Marked(Span(start, end), Span(opening.at, after), depth, "", opening.family == "'")


def _settle(text: str, area: Span, stack: list[_Open], found: list[Marked], first: int, was_carried: bool) -> None:
    """Decide what becomes of marks that the paragraph never closed."""
    outer = stack[0]
    if outer.family == "'":
        return
    if len(stack) > 1 and stack[-1].family != "'":
        return
    inner = [n for n in range(first, len(found)) if found[n].depth > 0 and found[n].outer.start >= outer.after]
    if inner:
        last = found[inner[-1]]
        words = last.span.of(text)
        if len(words) > _LONGEST_INNER or any(c in _SENTENCE_END for c in words[:-1]):
            # Two opening marks and one closing mark round several sentences: the closing mark is the outer one's.
            found[inner[-1]] = _pair(text, outer, last.span.end, last.outer.end, 0)
            return
        for n in inner:
            found[n] = dataclasses.replace(found[n], depth=found[n].depth - 1)
        return
    introduced = text[area.start : outer.at].rstrip()[-1:] in {":", ""}
    if introduced and not was_carried:
        end = area.end
        pair = _pair(text, outer, end, end, 0)
        if pair.span:
            found.append(dataclasses.replace(pair, lost="closing"))


def _single_closers(text: str, area: Span) -> int:
    """Return the offset of the last single mark in the paragraph that could close a quotation."""
    at = area.end
    while True:
        at = max(text.rfind("'", area.start, at), text.rfind("’", area.start, at), text.rfind("‘", area.start, at))
        if at < 0:
            return -1
        behind = text[at + 1] if at + 1 < area.end else ""
        if not behind.isalnum() and at > area.start and not text[at - 1].isspace():
            return at


def _single(text: str, at: int, before: str, behind: str, shape: str, stack: list[_Open], last_closer: int) -> str:
    opened = bool(stack) and stack[-1].family == "'"
    if shape == "open" and opened and text[stack[-1].at] == "‚":
        return "close"
    free = not before or before.isspace() or before in _OPENS_BEFORE or before in '"“«„'
    if shape != "close" and free and behind.isalpha() and not opened:
        return "open" if last_closer > at + 1 else ""
    if shape == "open":
        return ""
    if opened and not behind.isalnum() and not before.isspace():
        if before in "sz" and behind.isspace() and last_closer > at and text[at + 2 : at + 3].islower():
            return ""  # a plural possessive inside the quotation
        return "close"
    return ""


def _straight(
    text: str, area: Span, at: int, before: str, behind: str, stack: list[_Open], elisions: frozenset[str]
) -> str:
    if before.isalnum() and behind and (behind.isalnum() or behind == '"'):
        word = _LAST_WORD.search(text, max(area.start, at - 12), at)
        if behind.isalnum() or (word and word[0].lower() in elisions):
            return "apostrophe"
    opened = any(o.family in {'"', "“", "«"} for o in stack)
    free_before = not before or before.isspace() or before in _OPENS_BEFORE
    free_behind = not behind or behind.isspace() or behind in _CLOSES_AFTER
    if behind in _CLOSES_AFTER and behind not in "/" and behind:
        if behind == "…" or text[at + 1 : at + 4] == "...":
            return "close" if opened or not free_before else "open"
        return "close"
    if free_before and not free_behind:
        return "open"
    if free_behind and not free_before:
        if not opened and _POSSESSIVE.search(before) and text[at + 2 : at + 3].islower():
            return "apostrophe"
        return "close"
    return "close" if opened else "open"


def _ends_sentence(text: str, start: int, at: int) -> bool:
    tail = text[max(start, at - 8) : at].rstrip()
    return tail[-1:] in _SENTENCE_END


def _lost_closing(text: str, start: int, at: int) -> int:
    """Return where a quotation must have ended, if a colon introduces the next one after whole sentences, else 0."""
    if at - start < _LONGEST_INNER or text[max(start, at - 3) : at].rstrip()[-1:] != ":":
        return 0
    window = text[max(start, at - 200) : at]
    ends = [m.end(1) for m in _SENTENCE_BREAK.finditer(window)]
    return max(start, at - 200) + ends[-1] if ends and max(start, at - 200) + ends[-1] - start > _LONGEST_INNER else 0


def _may_have_lost_its_opening(text: str, area: Span, at: int, after: int) -> bool:
    return text[max(area.start, at - 2) : at].strip()[-1:] in _SENTENCE_END | {","} or text[after : after + 1] in {
        ",",
        ".",
    }


def _begins_with_opening(text: str, paragraph: Span, family: str) -> bool:
    first = text[paragraph.start : paragraph.start + 2]
    if first == "''":
        return family == '"'
    return bool(first) and first[0] in {"«": "«»", "“": "“„", '"': '"“', "‹": "‹›"}.get(family, "")
