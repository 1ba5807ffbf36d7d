"""Bytes to text: UTF-8, UTF-16 and Windows-1252; anything else is refused by name.

Nothing in a file says that it is Windows-1252: its relatives are told by letters where Windows-1252 has none, and one
with few of them, as a line of Danish from a PC, can pass for it.
"""

from __future__ import annotations

import codecs
import io
import re
from typing import BinaryIO, TextIO, cast

from ingest.errors import UnreadableArticle

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What pages and e-mails call encodings that are met with; none of them runs, unpacks or escapes anything.
_STATED = frozenset(
    "utf-8 utf-16 utf-16-le utf-16-be cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 iso8859-2 iso8859-3 "
    "iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10 iso8859-13 iso8859-14 iso8859-15 "
    "iso8859-16 koi8-r koi8-u cp866 mac-roman shift_jis cp932 euc_jp iso2022_jp euc_kr cp949 gb2312 gbk gb18030 "
    "big5 big5hkscs tis-620 cp874 cp1252".split()
)
# Old names of what browsers read as Windows-1252.
_LATIN_1 = frozenset({"ascii", "iso8859-1"})
_LOOKED_AT = 4 * 2**20
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


def decoded(data: bytes, *, name: str, stated: str = "") -> str:
    """Return the text of a file called `name`, without a byte order mark and with line ends as they are.

    `stated` is what the sender calls the encoding; it is believed where nothing speaks against it. Raises
    UnreadableArticle, naming the file and what it seems to be, for binary data and for other encodings.
    """
    if stated and not any(data.startswith(mark) for mark, _ in _MARKS):
        text = _as_stated(data, stated)
        if text is not None:
            return _textual(text, name)
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


def lines_of(stream: BinaryIO, *, name: str, newline: str) -> TextIO:
    """Return a file as text that is decoded while it is read, however long it is. Raises as `decoded` does.

    Reading on raises UnicodeDecodeError where what follows is in another encoding than what was looked at.
    """
    head = stream.read(_LOOKED_AT)
    rest = stream.read(1)
    if not rest:
        return io.StringIO(decoded(head, name=name), newline=newline)
    stream.seek(-len(head) - 1, io.SEEK_CUR)
    start = stream.tell()
    encoding = _long_encoding(stream, head, name)
    stream.seek(start)
    # Its owner closes the stream, not whoever reads lines from it.
    return io.TextIOWrapper(
        cast("BinaryIO", io.BufferedReader(_Lent(stream))), encoding=encoding, errors="strict", newline=newline
    )


class _Lent(io.RawIOBase):
    """A stream that stays open when its borrower is done."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _long_encoding(stream: BinaryIO, head: bytes, name: str) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding or _refuse(name, "UTF-32")
    if guess := _utf16_guess(head):
        return guess[0]
    if len(_BINARY.findall(head.decode("latin-1"))) > len(head) // 1000:
        _refuse(name, "binary data")
    check = codecs.getincrementaldecoder("utf-8")("strict")
    while part := stream.read(_LOOKED_AT):
        try:
            check.decode(part)
        except UnicodeDecodeError as error:
            # Up to an even place, and from there to what shows the encoding.
            decoded(part[max(0, error.start - 2**16) : error.start + 2**16], name=name)
            return "cp1252"
    return "utf-8"


def _as_stated(data: bytes, stated: str) -> str | None:
    """The text in the encoding that its sender names; nothing where the name is unknown or the bytes say otherwise."""
    try:
        name = codecs.lookup(stated.strip(" \t\"'")).name
        encoding = "cp1252" if name in _LATIN_1 else name if name in _STATED else ""
        # UTF-8 is never valid by chance, so what is valid is UTF-8 whatever it is called.
        if encoding != "utf-8" and not encoding.startswith("utf-16") and not data.isascii():
            try:
                return data.decode("utf-8")
            except UnicodeDecodeError:
                pass
        return data.decode(encoding) if encoding else None
    except (LookupError, ValueError):
        return None


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
