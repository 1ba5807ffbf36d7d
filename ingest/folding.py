"""Comparing texts whatever their typography."""

from __future__ import annotations

import functools
import unicodedata

from anyascii import anyascii

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("«»“”„‟〝〞＂″", '"'),
        **dict.fromkeys("‘’‚‛ʼʹ′´`‹›", "'"),
        **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
        **dict.fromkeys(
            "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t", " "
        ),
    }
)


def fold(text: str) -> str:
    """Return `text` with quotation marks, dashes and spaces in their plain forms.

    The length never changes, so offsets into the result are offsets into `text`.
    """
    return text.translate(_PLAIN)


def bare(text: str) -> str:
    """Return `text` folded, without case and diacritics, white space collapsed. Offsets do not survive.

    >>> bare("L’Élysée")
    "l'elysee"
    """
    decomposed = unicodedata.normalize("NFKD", fold(text)).casefold()
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


@functools.lru_cache(maxsize=65536)
def latin(text: str) -> str:
    """Return `text` bare and in Latin letters, so that "Конашенков" can be compared with "Konachenkov"."""
    return bare(anyascii(text))


def unaccented(text: str) -> str:
    """Return `text` folded and without diacritics. The length never changes."""
    return "".join(map(_base, fold(text)))


@functools.lru_cache(maxsize=4096)
def _base(character: str) -> str:
    return unicodedata.normalize("NFD", character)[0]
