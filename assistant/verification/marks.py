"""Quotation marks, of any language: what stands between them is somebody's word for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.models import Span

# What opens with what closes. Some languages write one mark at both ends, and some point theirs inwards.
_PAIRS = (
    ("«", "»"), ("“", "”"), ("„", "“”"), ('"', '"'), ("‹", "›"), ("”", "”"), ("»", "«"), ("›", "‹"), ("「", "」"),
    ("『", "』"), ("｢", "｣"), ("﹁", "﹂"), ("﹃", "﹄"), ("〝", "〟〞"), ("＂", "＂"), ("״", "״"), ("《", "》"),
    ("〈", "〉"),
)  # fmt: skip
# Scripts without case, in which an apostrophe is in no word, and words may stand at a mark without a space.
_CASELESS = "\u0e00-\u0eff\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af"
_BEFORE, _BEHIND = rf"(?<![^\W{_CASELESS}])", rf"(?![^\W{_CASELESS}])"
_PAIRED = "|".join(
    rf"{opens}\s*([^{re.escape(opens + closes)}]*?)\s*[{closes}]" for opens, closes in _PAIRS
)  # fmt: skip
# "workers’" is closed by no mark; "they’re" holds none.
_INSIDE = r"(?=\S)[^‘’‚'\n]*(?:[^\W\d_][’'](?=[^\W\d_])[^‘’‚'\n]*)*"
_SINGLE = rf"{_BEFORE}(?:[‘‚']({_INSIDE})[’'‘]|’((?:[^‘’\n]*\s){{2}}[^‘’\n]*)’|`([^`'´\n]+)['´])(?!['’]){_BEHIND}"
_MARKED = re.compile(rf"``(.+?)''|{_PAIRED}|{_SINGLE}")
_LONE = re.compile(
    "[" + "".join(sorted({mark for pair in _PAIRS for mark in "".join(pair)} - {"〈", "〉", "《", "》"})) + "‟]"
)
# Behind a figure it is an inch, or feet.
_MEASURE = re.compile(r"(?<=\d)[\"”]")
# Hebrew writes an abbreviation with a mark inside.
_GERSHAYIM = re.compile(r"(?<=[\u05d0-\u05ea])[\"״](?=[\u05d0-\u05ea])")


def marked(text: str) -> Iterator[tuple[Span, str]]:
    """Yield where words stand between marks, marks and all, and the words."""
    for match in _MARKED.finditer(_GERSHAYIM.sub("\u2019", text)):
        yield Span(*match.span()), next((words for words in match.groups() if words is not None), "")


def has_lone_mark(text: str) -> bool:
    """Tell whether a mark stands in a text that has no other: of a text without what stands between marks."""
    return bool(_LONE.search(_MEASURE.sub("", _GERSHAYIM.sub("\u2019", text))))
