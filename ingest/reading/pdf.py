"""PDF: columns in reading order, words whole again that a line end broke, running heads left out."""

from __future__ import annotations

import dataclasses
import io
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ingest.errors import UnreadableArticle
from ingest.folding import bare
from ingest.languages import words
from ingest.models import ParagraphKind
from ingest.reading import layout, records
from ingest.reading.findings import Data, Finding, Reading, Remark
from ingest.reading.layout import Block

_HYPHENS = ("-", "\u2010", "\u00ad")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010’'][^\W\d_]+)*")
_ENDS = re.compile(r"[.!?…:][»”’\"')\]]*$")
_NO_LETTERS = re.compile(r"\(cid:\d+\)")
# A running head stands in the outermost parts of the page, on two pages at least.
_MARGIN = 0.1
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
    box: int


def read(data: Data) -> Iterator[Finding]:
    """Yield the article of a PDF, and a remark where pages of it were left out."""
    from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
    from pdfminer.pdfparser import PDFParser

    source = io.BytesIO(data.whole())
    try:
        document = PDFDocument(PDFParser(source))
    except PDFPasswordIncorrect as error:
        raise UnreadableArticle(data.name, "protected by a password; save it without one") from error
    except PDFEncryptionError as error:
        raise UnreadableArticle(data.name, "encrypted in a way that cannot be read") from error
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
    stated = info.get("Title", "")
    # Programs write file names there; a title is one that the page shows.
    title = stated if any(bare(stated) == bare(block.words) for block in blocks[:4]) else ""
    article = layout.article(blocks, id=data.id, title=title)
    yield Reading(records.with_metadata(article, {"title": article.title, "author": info.get("Author", "")}))


def _lines(document: Any, data: Data) -> tuple[list[_Line], int, str]:
    """The lines of the pages in reading order, how many pictures there are, and what was not read."""
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.layout import LAParams, LTFigure, LTImage, LTTextBox, LTTextLine
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
    from pdfminer.pdfpage import PDFPage

    resources = PDFResourceManager()
    device = PDFPageAggregator(resources, laparams=LAParams())
    interpreter = PDFPageInterpreter(resources, device)
    found, pictures, until, box = list[_Line](), 0, time.monotonic() + data.limits.seconds, 0
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
                box += 1
                found += [_line(line, number, box) for line in item if isinstance(line, LTTextLine)]
    return [line for line in found if line.text], pictures, ""


def _line(line: Any, page: int, box: int) -> _Line:
    from pdfminer.layout import LTChar

    letters = [letter for letter in line if isinstance(letter, LTChar)]
    size = Counter(round(letter.size, 1) for letter in letters).most_common(1)[0][0] if letters else 0.0
    heavy = sum("bold" in letter.fontname.lower() or "black" in letter.fontname.lower() for letter in letters)
    text = " ".join(line.get_text().replace("\x00", "").split(" ")).strip()
    return _Line(text, line.x0, line.x1, line.y1, line.y0, size, heavy * 2 > len(letters), page, box)


def _without_running_heads(lines: Sequence[_Line]) -> list[_Line]:
    """The lines but those that stand again, page numbers aside, at the top or the bottom of other pages."""
    tops: dict[int, float] = {}
    bottoms: dict[int, float] = {}
    for line in lines:
        tops[line.page] = max(tops.get(line.page, line.top), line.top)
        bottoms[line.page] = min(bottoms.get(line.page, line.bottom), line.bottom)

    def in_margin(line: _Line) -> bool:
        height = (tops[line.page] - bottoms[line.page]) * _MARGIN
        return line.bottom > tops[line.page] - height or line.top < bottoms[line.page] + height

    def shape(line: _Line) -> str:
        return re.sub(r"\d+", "#", bare(line.text))

    pages = Counter(key for _, key in {(line.page, shape(line)) for line in lines if in_margin(line)})
    return [
        line for line in lines
        if not in_margin(line) or (pages[shape(line)] < 2 and not (len(tops) > 1 and shape(line).strip(" -–/.") == "#"))
    ]  # fmt: skip


def _blocks(lines: Sequence[_Line]) -> Iterator[Block]:
    body = Counter[float]()
    for line in lines:
        body[line.size] += len(line.text)
    usual = body.most_common(1)[0][0]
    known = {word.lower() for line in lines for word in _WORD.findall(line.text[:-1])}
    largest = max(line.size for line in lines)
    kept = list[tuple[list[_Line], ParagraphKind]]()
    for paragraph in _paragraphs(lines):
        kind = _kind(paragraph, usual, largest)
        if kept and kind is kept[-1][1] is ParagraphKind.PROSE and _goes_on(kept[-1][0], paragraph):
            kept[-1] = ([*kept[-1][0], *paragraph], kind)
        else:
            kept.append((paragraph, kind))
    yield from (Block(_joined([line.text for line in paragraph], known), kind) for paragraph, kind in kept)


def _paragraphs(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """Lines that belong together: of one column and one size of type, without a gap or a first line set in."""
    paragraph: list[_Line] = []
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        paragraph.append(line)
        if following is None or _parts(paragraph, line, following):
            yield paragraph
            paragraph = []


def _parts(paragraph: Sequence[_Line], line: _Line, following: _Line) -> bool:
    if (line.page, line.box) != (following.page, following.box) or abs(line.size - following.size) > 0.5:
        return True
    if line.bold != following.bold:
        return True
    gap, height = line.bottom - following.top, max(line.top - line.bottom, 1.0)
    before = paragraph[-2].bottom - line.top if len(paragraph) > 1 else gap
    if gap > before + 0.3 * height:
        return True
    if gap < -height:
        return False  # the same line, in two pieces
    indent = following.left - line.left
    # A short line ends a paragraph where the next one begins anew.
    is_set_in = indent > 0.8 * line.size and bool(_ENDS.search(line.text))
    right = max(each.right for each in paragraph)
    is_short = len(paragraph) > 1 and line.right < right - 4 * line.size
    return is_set_in or (is_short and bool(_ENDS.search(line.text)))


def _goes_on(before: Sequence[_Line], paragraph: Sequence[_Line]) -> bool:
    """Tell whether a paragraph is the rest of one that a column or a page broke off."""
    last, first = before[-1], paragraph[0]
    if last.box == first.box or abs(last.size - first.size) > 0.5 or _ENDS.search(last.text):
        return False
    is_next_column = first.page != last.page or first.top > last.top or first.left > last.right
    return is_next_column and (first.text[:1].islower() or last.text.endswith(_HYPHENS) or last.text[-1:].isalnum())


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
