"""Comparing texts whatever their typography."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable

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


def _ranges(letters: Iterable[int]) -> str:
    """Letters as the inside of a class of a regular expression."""
    parts = list[list[int]]()
    for code in letters:
        if parts and code == parts[-1][1] + 1:
            parts[-1][1] = code
        else:
            parts.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in parts)


# Where Unicode has letters and marks that a class of letters may need: looking at all of it takes a tenth of a second.
_INHABITED = (*range(0x20000), *range(0xE0000, 0xE0200))
# All capital letters, for a class of a regular expression. What a script without them writes is none.
CAPITALS = _ranges(code for code in _INHABITED if chr(code).isupper() or chr(code).istitle())
# All marks that go with a letter, accents and the vowels of Indian scripts: for regular expressions no letters.
MARKS = _ranges(code for code in _INHABITED if unicodedata.category(chr(code)) in ("Mn", "Mc"))


def is_cased(text: str) -> bool:
    """Tell whether most letters of a text are of a script that has capitals."""
    letters = [character for character in text if character.isalpha()]
    return 2 * sum(character.upper() != character.lower() for character in letters) > len(letters)


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
    # Half of a character, as broken text has them, is none.
    return bare(anyascii(text.encode("utf-8", "ignore").decode("utf-8")))


def unaccented(text: str) -> str:
    """Return `text` folded and without diacritics. The length never changes."""
    return "".join(map(_base, fold(text)))


@functools.lru_cache(maxsize=4096)
def _base(character: str) -> str:
    # A Korean syllable is taken apart too, into letters that are no accents.
    decomposed = unicodedata.normalize("NFD", character)
    return decomposed[0] if all(map(unicodedata.combining, decomposed[1:])) else character
