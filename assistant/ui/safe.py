"""Untrusted text on its way to the screen.

Streamlit reads labels, captions and messages as Markdown, which fetches images and draws formulas. Titles, names and
messages pass through here first; the text of articles and answers never goes that way (see `components`).
"""

from __future__ import annotations

import html

# Invisible, without width, and never a place to break: it parts what Markdown would otherwise join to a meaning.
_JOINER = "\u2060"
_SPECIAL = frozenset(r"\`*_{}[]()#+-.!|<>~$&=")
_ARROWS = (
    ("\\-\\>", f"\\-{_JOINER}\\>"),
    ("\\<\\-", f"\\<{_JOINER}\\-"),
    ("\\-\\-", f"\\-{_JOINER}\\-"),
    ("\\>\\=", f"\\>{_JOINER}\\="),
    ("\\<\\=", f"\\<{_JOINER}\\="),
    ("\\~\\=", f"\\~{_JOINER}\\="),
    ("www\\.", f"www{_JOINER}\\."),
)


def escaped(text: str) -> str:
    """Return `text` as HTML that shows exactly these characters, also inside an attribute."""
    return html.escape(text, quote=True)


def md_label(text: str, *, limit: int | None = None) -> str:
    """Return `text` on one line as Markdown that shows exactly these characters.

    Backslashes alone do not stop `:material/x:`, `->` and bare addresses: a word joiner parts those.
    """
    line = " ".join(text.split())
    if limit is not None and len(line) > limit:
        line = line[: limit - 1].rstrip() + "…"
    marked = "".join(f"\\{c}" if c in _SPECIAL else f"{c}{_JOINER}" if c in ":@" else c for c in line)
    for arrow, parted in _ARROWS:
        marked = marked.replace(arrow, parted)
    return marked
