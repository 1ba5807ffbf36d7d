"""Bytes to text: UTF-8, UTF-16 and Windows-1252; anything else is refused by name.

Nothing in a file says that it is Windows-1252: its relatives are told by letters where Windows-1252 has none, and one
with few of them, as a line of Danish from a PC, can pass for it.
"""

from __future__ import annotations

import codecs
import re

from ingest.errors import UnreadableArticle

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffe\uffff]")
# First bytes of UTF-16 that no alphabet has: ideographs, whose texts need a mark to be told from other data.
_BETWEEN = frozenset(range(0x23, 0xF9))
# French and its neighbours never write four accented letters in a row; another alphabet read as Windows-1252 does.
_ANOTHER_ALPHABET = re.compile(r"[\u00c0-\u00ff\u0152\u0153\u0160\u0161\u0178]{4}")
# Nor do these stand inside a word, before one, or a currency sign behind a number; letters of Latin-2 and Latin-9, of a
# Macintosh or a PC come out so when read as Windows-1252.
_OUT_OF_PLACE = re.compile(r"[^\W\d_][¡¢£¤¥¦¨ª¬®±²³¶¸¹º¼½¾¿‚„”‡ˆ][^\W\d_]|(?<!\w)[¤®¼½¾](?=[^\W\d_]{3})|\d\s?¤")
# A mark without its partner anywhere is a letter too; with it, only a space is missing.
_LONE_GUILLEMET = re.compile(r"[^\W\d_][«»][^\W\d_]")
_INNER_I = re.compile(r"ì(?=[^\W\d_])")
_TURKISH_AS_ICELANDIC = re.compile(r"[ðþýÐÞÝ]")


def decoded(data: bytes, *, name: str) -> str:
    """Return the text of a file called `name`, without a byte order mark and with line ends as they are.

    Raises UnreadableArticle, naming the file and what it seems to be, for binary data and for other encodings.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _textual(_strict(data, encoding, name), name) if encoding else _refuse(name, "UTF-32")
    encodings = _utf16_guess(data) or ("utf-8", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "cp1252" and not _BINARY.search(text) and _is_misread(text):
            _refuse(name, _likely(data))
        return _textual(text, name)
    return _refuse(name, _likely(data))


def _textual(text: str, name: str) -> str:
    return _refuse(name, "binary data") if len(_BINARY.findall(text)) > len(text) // 1000 else text


def _is_misread(text: str) -> bool:
    """Tell whether text decoded as Windows-1252 was written in another encoding of one byte a letter."""
    out_of_place = len(_OUT_OF_PLACE.findall(text))
    if ("«" in text) != ("»" in text):
        out_of_place += len(_LONE_GUILLEMET.findall(text))
    # Icelandic has twenty ð for each ý; the dotless i, which is a ý in Windows-1252, is the commoner one in Turkish.
    turkish = text.count("ý") > text.count("ð") and len(_TURKISH_AS_ICELANDIC.findall(text)) > len(text) // 100
    # Italian has ì at the end of a word only, and no ø; Czech in Windows-1250 comes out with both.
    czech = min(text.count("ø"), len(_INNER_I.findall(text))) > len(text) // 500
    return bool(_ANOTHER_ALPHABET.search(text)) or out_of_place > len(text) // 1000 or turkish or czech


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return _refuse(name, f"damaged {encoding.removesuffix('-sig').upper()}")


def _utf16_guess(data: bytes) -> tuple[str, ...]:
    """UTF-16 without a mark: of every pair one byte says the alphabet, NUL at the spaces at least, no ideograph."""
    head = data[:4000]
    if len(head) < 4 or len(data) % 2:
        return ()
    for encoding, letters, alphabet in (("utf-16-le", head[0::2], head[1::2]), ("utf-16-be", head[1::2], head[0::2])):
        nul = alphabet.count(0)
        if nul > len(alphabet) * 0.05 and letters.count(0) < nul * 0.1 and not _BETWEEN & set(alphabet):
            return (encoding,)
    return ()


def _likely(data: bytes) -> str:
    from charset_normalizer import from_bytes

    if b"\0" in data[:8000]:
        return "binary data"
    best = from_bytes(data[:20000]).best()
    return best.encoding if best and best.encoding not in {"utf_8", "cp1252"} else "an unknown encoding"


def _refuse(name: str, what: str) -> str:
    raise UnreadableArticle(name, f"{what}; only UTF-8, UTF-16 and Windows-1252 text is read")
