"""PDF: columns in reading order, words whole again that a line end broke, running heads left out."""

from __future__ import annotations

import dataclasses
import io
import re
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ingest.errors import UnreadableArticle
from ingest.folding import bare
from ingest.languages import words
from ingest.limits import MIB
from ingest.models import ParagraphKind
from ingest.reading import layout, records
from ingest.reading.findings import Data, Finding, Reading, Remark
from ingest.reading.layout import Block

_HYPHENS = ("-", "\u2010", "\u00ad")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010’'][^\W\d_]+)*")
_ENDS = re.compile(r"[.!?…:][»”’\"')\]]*$")
_NO_LETTERS = re.compile(r"\(cid:\d+\)")
# A running head is so many pieces of lines at most, and in smaller type or on two pages at least.
_EDGE, _SMALL_PRINT = 4, 0.9
# What makes a column: its lines, the characters in one on average, and points of white space beside it.
_COLUMN, _TEXT_WIDTH, _GUTTER = 3, 12, 7.0
_GAPS = 12
_SHORT = 30
_STREAM = re.compile(rb"stream\r?\n")
_PACKED = (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")
_UNPACKED, _PIECE = 4, MIB
_TITLE_LARGER = 1.25
_HEADING_LARGER = 1.1


@dataclasses.dataclass(frozen=True, slots=True)
class _Line:
    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool
    page: int


def read(data: Data) -> Iterator[Finding]:
    """Yield the article of a PDF, and a remark where pages of it were left out."""
    from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
    from pdfminer.pdfparser import PDFParser, PDFSyntaxError

    source = data.whole()
    if _unpacks_to_more(source, _UNPACKED * data.limits.document):
        raise UnreadableArticle(data.name, f"unpacks to more than {_UNPACKED * data.limits.document // MIB} MiB")
    try:
        document = PDFDocument(PDFParser(io.BytesIO(source)))
    except PDFPasswordIncorrect as error:
        raise UnreadableArticle(data.name, "protected by a password; save it without one") from error
    except PDFEncryptionError as error:
        raise UnreadableArticle(data.name, "encrypted in a way that cannot be read") from error
    except PDFSyntaxError as error:
        raise UnreadableArticle(data.name, "damaged, or not the format its name says") from error
    lines, pictures, left_out = _lines(document, data)
    if left_out:
        yield Remark(data.name, left_out)
    if not lines:
        reason = "a scan: its pages are pictures without text; run text recognition on it first"
        raise UnreadableArticle(data.name, reason if pictures else "no text in it")
    garbled = sum(len(_NO_LETTERS.findall(line.text)) for line in lines)
    if garbled * 20 > sum(len(line.text) for line in lines):
        raise UnreadableArticle(data.name, "its fonts do not say which letters they show")
    info = _info(document)
    blocks = list(_blocks(_without_running_heads(lines)))
    if not blocks:
        raise UnreadableArticle(data.name, "no text in it")
    stated = info.get("Title", "")
    # Programs write file names there; a title is one that the page shows.
    title = stated if any(bare(stated) == bare(block.words) for block in blocks[:4]) else ""
    article = layout.article(blocks, id=data.id, title=title)
    yield Reading(records.with_metadata(article, {"title": article.title, "author": info.get("Author", "")}))


def _unpacks_to_more(source: bytes, limit: int) -> bool:
    """Tell whether the packed streams of a PDF hold more than so many bytes, pictures aside, which are not unpacked."""
    left = limit
    for stream in _STREAM.finditer(source):
        if b"/Image" not in source[max(0, stream.start() - 400) : stream.start()]:
            left -= _unpacked(source[stream.end() : source.find(b"endstream", stream.end())], left)
            if left < 0:
                return True
    return False


def _unpacked(packed: bytes, most: int) -> int:
    """How many bytes something unpacks to, counted to just beyond `most`; also where it is packed more than once."""
    size, unpack, rest, first = 0, zlib.decompressobj(), packed, b""
    try:
        while rest and size <= most:
            piece = unpack.decompress(rest, _PIECE)
            first, rest, size = first or piece, unpack.unconsumed_tail, size + len(piece)
            if not piece:
                break
        if first[:1] == b"x" and size <= _PIECE:
            return size + _unpacked(first, most - size)
    except zlib.error:
        pass
    return most + 1 if first[:2] in _PACKED and size > _PIECE else size


def _lines(document: Any, data: Data) -> tuple[list[_Line], int, str]:
    """The lines of the pages, how many pictures there are, and what was not read."""
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.layout import LAParams, LTFigure, LTImage, LTTextBox, LTTextLine
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
    from pdfminer.pdfpage import PDFPage

    resources = PDFResourceManager()
    device = PDFPageAggregator(resources, laparams=LAParams())
    interpreter = PDFPageInterpreter(resources, device)
    found, pictures, until = list[_Line](), 0, time.monotonic() + data.limits.seconds
    for number, page in enumerate(PDFPage.create_pages(document)):
        if number >= data.limits.pages:
            return found, pictures, f"only the first {number} pages were read"
        if time.monotonic() > until:
            return found, pictures, f"only {number} pages could be read in {data.limits.seconds:g} s"
        interpreter.process_page(page)
        for item in device.get_result():
            if isinstance(item, LTFigure | LTImage):
                pictures += 1
            elif isinstance(item, LTTextBox):
                found += [_line(line, number) for line in item if isinstance(line, LTTextLine)]
    return [line for line in found if line.text], pictures, ""


def _line(line: Any, page: int) -> _Line:
    from pdfminer.layout import LTChar

    letters = [letter for letter in line if isinstance(letter, LTChar)]
    size = Counter(round(letter.size, 1) for letter in letters).most_common(1)[0][0] if letters else 0.0
    heavy = sum("bold" in letter.fontname.lower() or "black" in letter.fontname.lower() for letter in letters)
    text = " ".join(line.get_text().replace("\x00", "").split(" ")).strip()
    return _Line(text, line.x0, line.x1, line.y1, line.y0, size, heavy * 2 > len(letters), page)


def _without_running_heads(lines: Sequence[_Line]) -> list[_Line]:
    """The lines but page numbers, small print at the edge, and what stands again at the edge of other pages."""
    small = _usual_size(lines) * _SMALL_PRINT

    def shape(line: _Line) -> str:
        return re.sub(r"\d+", "#", bare(line.text)).strip(" -–—/.|·")

    pages: dict[int, list[_Line]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    edges = {id(line): shape(line) for page in pages.values() for line in _at_the_edge(page)}
    counts = Counter(key for _, key in {(line.page, edges[id(line)]) for line in lines if id(line) in edges})
    return [
        line for line in lines
        if id(line) not in edges
        or not (line.size < small or counts[edges[id(line)]] > 1 or edges[id(line)] in {"#", ""})
    ]  # fmt: skip


def _at_the_edge(page: Sequence[_Line]) -> Iterator[_Line]:
    """The first and the last few lines of a page, where white space across the page parts them from the rest."""
    yield from _set_apart([(-line.top, -line.bottom, line) for line in page])
    yield from _set_apart([(line.bottom, line.top, line) for line in page])


def _set_apart(lines: list[tuple[float, float, _Line]]) -> list[_Line]:
    """Those of lines, each with where it begins and ends on the way in from the edge, that stand before a gap."""
    lines.sort(key=lambda line: line[0])
    reach = lines[0][1]
    for number, (begins, ends, line) in enumerate(lines[: _EDGE + 1]):
        if begins - reach > (line.top - line.bottom) / 2:
            return [line for _, _, line in lines[:number]]
        reach = max(reach, ends)
    return []


def _blocks(lines: Sequence[_Line]) -> Iterator[Block]:
    if not lines:
        return
    usual, largest = _usual_size(lines), max(line.size for line in lines)
    known = {word.lower() for line in lines for word in _WORD.findall(line.text[:-1])}
    kept = list[tuple[list[_Line], ParagraphKind]]()
    right = 0.0
    for number, column in enumerate(_columns(lines)):
        for paragraph in _paragraphs(column):
            kind = _kind(paragraph, usual, largest)
            is_first = number > 0 and paragraph[0] is column[0] and bool(kept)
            # The last line of a title may be so short that it stands above one column only.
            is_rest_of_title = is_first and kind is kept[-1][1] is ParagraphKind.TITLE
            if is_rest_of_title or (is_first and _goes_on(kept[-1], paragraph, kind, right=right)):
                kept[-1] = ([*kept[-1][0], *paragraph], kind)
            else:
                kept.append((paragraph, kind))
        right = max(line.right for line in column)
    yield from (Block(_joined([line.text for line in paragraph], known), kind) for paragraph, kind in kept)


def _usual_size(lines: Sequence[_Line]) -> float:
    sizes = Counter[float]()
    for line in lines:
        sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0]


def _columns(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """The columns of each page in reading order, every line of them whole."""
    pages: dict[int, list[_Line]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    for page in sorted(pages):
        yield from (_whole_lines(column) for column in _parted(pages[page]))


def _parted(area: list[_Line]) -> list[list[_Line]]:
    """The area as columns: across it where white space runs down between them, else above, in and below the band where
    it does."""
    if len(area) < _COLUMN:
        return [area]
    at = _gutter(area)
    if at is not None:
        left = [line for line in area if line.right <= at]
        return [*_parted(left), *_parted([line for line in area if line.right > at])]
    cuts = _gaps_across(area)
    bands = [
        band
        for n, top in enumerate(cuts)
        for bottom in cuts[n + 1 :]
        if len(band := [line for line in area if bottom <= line.bottom and line.top <= top]) >= 2 * _COLUMN
        and len(band) < len(area)
        and _gutter(band) is not None
    ]
    if not bands:
        return [area]
    band = max(bands, key=len)
    top, bottom = max(line.top for line in band), min(line.bottom for line in band)
    above = [line for line in area if line.bottom >= top]
    below = [line for line in area if line.top <= bottom]
    return [*(_parted(above) if above else ()), *_parted(band), *(_parted(below) if below else ())]


def _gutter(area: Sequence[_Line]) -> float | None:
    """Where white space runs down between two columns of text; None where it does not."""
    reach = float("-inf")
    by_left = sorted(area, key=lambda line: line.left)
    for number, line in enumerate(by_left):
        if line.left - reach >= _GUTTER and number >= _COLUMN and len(by_left) - number >= _COLUMN:
            left, right = by_left[:number], by_left[number:]
            if _is_text(left) and _is_text(right) and _beside(left, right):
                return reach
        reach = max(reach, line.right)
    return None


def _is_text(lines: Sequence[_Line]) -> bool:
    return sum(len(line.text) for line in lines) >= _TEXT_WIDTH * len(lines)


def _beside(left: Sequence[_Line], right: Sequence[_Line]) -> bool:
    top = min(max(line.top for line in left), max(line.top for line in right))
    return top > max(min(line.bottom for line in left), min(line.bottom for line in right))


def _gaps_across(area: Sequence[_Line]) -> list[float]:
    """The heights at which the widest gaps run across the whole area, its top and bottom with them, from the top."""
    by_top = sorted(area, key=lambda line: -line.top)
    reach = by_top[0].bottom
    gaps = list[tuple[float, float]]()
    for line in by_top:
        if line.top < reach:
            gaps.append((reach - line.top, (reach + line.top) / 2))
        reach = min(reach, line.bottom)
    widest = sorted(gaps, reverse=True)[:_GAPS]
    return sorted([by_top[0].top, reach, *(at for _, at in widest)], reverse=True)


def _whole_lines(column: Iterable[_Line]) -> list[_Line]:
    """Lines from the top, the pieces of one joined."""
    whole: list[_Line] = []
    for line in sorted(column, key=lambda line: (-line.bottom, line.left)):
        last = whole[-1] if whole else None
        if last is not None and min(last.top, line.top) - max(last.bottom, line.bottom) > (line.top - line.bottom) / 2:
            first, second = sorted((last, line), key=lambda each: each.left)
            whole[-1] = dataclasses.replace(
                first if len(first.text) >= len(second.text) else second, text=f"{first.text} {second.text}",
                left=first.left, right=max(first.right, second.right),
            )  # fmt: skip
        else:
            whole.append(line)
    return whole


def _paragraphs(column: Sequence[_Line]) -> Iterator[list[_Line]]:
    """Lines that belong together: of one size of type, without a gap or a first line set in."""
    edge = Counter(round(line.left) for line in column).most_common(1)[0][0]
    right = max(line.right for line in column)
    paragraph: list[_Line] = []
    for line, following in zip(column, [*column[1:], None], strict=True):
        paragraph.append(line)
        if following is None or _parts(paragraph, following, edge=edge, right=right):
            yield paragraph
            paragraph = []


def _parts(paragraph: Sequence[_Line], following: _Line, *, edge: float, right: float) -> bool:
    line = paragraph[-1]
    if abs(line.size - following.size) > 0.5 or line.bold != following.bold:
        return True
    gap, height = line.bottom - following.top, max(line.top - line.bottom, 1.0)
    before = paragraph[-2].bottom - line.top if len(paragraph) > 1 else min(gap, 0.5 * height)
    if gap > before + 0.3 * height:
        return True
    if not _ENDS.search(line.text):
        return False
    is_set_in = 0.6 * line.size < following.left - edge < 5 * line.size and line.left - edge < following.left - edge
    # A short line ends a paragraph where the next one begins anew.
    return is_set_in or line.right < right - 4 * line.size


def _goes_on(
    before: tuple[list[_Line], ParagraphKind], paragraph: Sequence[_Line], kind: ParagraphKind, *, right: float
) -> bool:
    """Tell whether a paragraph is the rest of one that a column, which reaches to `right`, or a page broke off."""
    last, first = before[0][-1], paragraph[0]
    if not kind is before[1] is ParagraphKind.PROSE or abs(last.size - first.size) > 0.5 or last.bold != first.bold:
        return False
    is_full = last.right > right - 4 * last.size and (len(before[0]) > 1 or len(last.text) > _SHORT)
    return first.text[:1].islower() or (is_full and not _ENDS.search(last.text))


def _kind(paragraph: Sequence[_Line], usual: float, largest: float) -> ParagraphKind:
    size, text = paragraph[0].size, " ".join(line.text for line in paragraph)
    if size >= usual * _TITLE_LARGER and size == largest and len(text) <= 300:
        return ParagraphKind.TITLE
    if size >= usual * _HEADING_LARGER and len(text) <= 200 and not text.endswith("."):
        return ParagraphKind.HEADING
    return layout.bold(text) if all(line.bold for line in paragraph) else ParagraphKind.PROSE


def _joined(lines: Iterable[str], known: set[str]) -> str:
    """One paragraph of lines. A word broken at a line end is made whole; a compound keeps its hyphen."""
    text = ""
    for line in lines:
        if not text:
            text = line
        elif text.endswith(_HYPHENS) and text[-2:-1].isalpha():
            head, tail = re.split(r"[\s«“„(]", text[:-1])[-1], re.split(r"[\s,.;:!?»”)]", line)[0]
            text = (text if text[-1] != "\u00ad" and _is_compound(head, tail, known) else text[:-1]) + line
        else:
            text += " " + line
    return text


def _is_compound(head: str, tail: str, known: set[str]) -> bool:
    if not tail[:1].islower():
        return True
    if f"{head}-{tail}".lower() in known:
        return True
    if f"{head}{tail}".lower() in known:
        return False
    return "-" in head or bare(tail) in words("enclitics")


def _info(document: Any) -> dict[str, str]:
    from pdfminer.pdftypes import resolve1
    from pdfminer.utils import decode_text

    stated: dict[str, str] = {}
    for key, reference in (document.info[0] if document.info else {}).items():
        value = resolve1(reference)
        if isinstance(value, bytes):
            stated[key] = layout.clean(decode_text(value))
    # What a program writes there for want of an author.
    return {key: value for key, value in stated.items() if bare(value) not in {"anonymous", "unspecified", "untitled"}}
