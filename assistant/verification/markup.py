"""A model's sentence as plain text: what is harmless is taken away, what acts on a page is not let through."""

from __future__ import annotations

import re

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
# Tags, images, links in any notation, addresses, calls of tools, and entities that a browser would turn into a tag.
_ACTS = re.compile(
    r"</?[a-zA-Z!?][^<>]*>?|&(?:lt|gt|#\d+|#x[0-9a-fA-F]+);|!\[|\]\s*\(|\]\s*\[|\]:|\[[^\]]*\]\(|"
    r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://|\b(?:javascript|data|vbscript|file|mailto|tel|blob)\s*:\s*\S|\bwww\.\w|"
    r"\b[\w.+-]+@[\w-]+\.\w{2,}|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|info|io|ru|example|test|xyz|top|app|dev|link|click|biz|onion)\b(?:/\S*)?|"
    r"\{\s*\"|```|\$\(|\{\{|<\|",
    re.IGNORECASE,
)
_EMPHASIS = re.compile(r"(\*{1,3}|_{1,3}|~~|`)(?=\S)(.+?)(?<=\S)\1")
_LEAD = re.compile(r"^\s*(?:#{1,6}\s+|[-*•–—+]\s+|\d{1,3}[.)]\s+|>\s+)+")


def plain(text: str) -> str | None:
    """Return a sentence without marks of emphasis, bullets and invisible characters; None where it holds what acts."""
    seen = _INVISIBLE.sub("", text)
    if _ACTS.search(seen):
        return None
    seen = _LEAD.sub("", " ".join(seen.split()))
    for _ in range(3):
        seen = _EMPHASIS.sub(r"\2", seen)
    seen = seen.replace("**", "").strip()
    return seen if not re.search(r"[<>\[\]|\\{}]", seen.replace("[…]", "").replace("[...]", "")) else None
