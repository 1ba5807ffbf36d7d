"""Addresses to ids: short names that a person can tell apart, as those of files are."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import unquote, urlsplit

_ENDINGS = re.compile(r"\.(?:s?html?|php|aspx?|jsp|xml|json|pdf|txt|md|docx|odt|rtf|eml)$", re.IGNORECASE)
_NO_NAMES = frozenset({"", "index", "article", "default", "home", "view", "story", "amp"})
_ODD = re.compile(r"[^\w.~-]+")
_LONGEST = 120


def name_of(address: str) -> str:
    """Return the id of the article at an address: the last part of its path that is a name, and the query's hash.

    >>> name_of("https://example.org/2024/03/le-pont-rouvre.html")
    'le-pont-rouvre'
    """
    split = urlsplit(address)
    parts = [_ODD.sub("-", _ENDINGS.sub("", unquote(part))).strip("-.") for part in split.path.split("/")]
    name = next((part for part in reversed(parts) if part.lower() not in _NO_NAMES), split.hostname or "article")
    if split.query or len(name) > _LONGEST:
        name = f"{name[:_LONGEST]}-{hashlib.sha256(address.encode()).hexdigest()[:8]}"
    return name
