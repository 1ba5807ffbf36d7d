"""Word documents (.docx): styles say what is a title or a heading; tracked deletions and captions are left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.errors import UnreadableArticle
from ingest.folding import bare
from ingest.models import ParagraphKind
from ingest.reading import flow, layout, packed, records
from ingest.reading.findings import Data, Finding, Reading
from ingest.reading.layout import Block

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Deleted or moved away in tracked changes, and the second form of a text box for older programs.
_GONE = frozenset(
    {f"{_W}del", f"{_W}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
)
# What the library and Word themselves write there.
_NO_AUTHORS = frozenset({"python-docx", "user", "author", "microsoft office user"})


def read(data: Data) -> Iterator[Finding]:
    """Yield the article of a Word document."""
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = Document(packed.document(data))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise UnreadableArticle(data.name, "damaged, or not the format its name says") from error
    stated = document.core_properties
    blocks = list(_blocks(document))
    title = layout.clean(stated.title or "")
    # The title in the properties is often that of the document this one was copied from.
    title = title if any(bare(title) == bare(layout.clean(block.words)) for block in blocks[:4]) else ""
    article = layout.article(blocks, id=data.id, title=title)
    author = "" if bare(stated.author or "") in _NO_AUTHORS else stated.author
    yield Reading(records.with_metadata(article, {"author": author, "title": article.title}))


def _blocks(document: Any) -> Iterator[Block]:
    # The library looks a style up anew for each paragraph, which takes longer than all the rest.
    names = {style.style_id: style.name or "" for style in document.styles}
    for item in document.element.body.iter(f"{_W}p"):
        around = {parent.tag for parent in item.iterancestors()}
        if around & _GONE:
            continue
        words, style = _words(item), names.get(item.style, "")
        if f"{_W}tc" in around:
            yield from (Block(block.words) for block in flow.parted(words) if layout.is_text(block.words))
        elif style in {"Title", "Heading 1"}:
            yield Block(words.replace("\v", " "), ParagraphKind.TITLE)
        elif style.startswith("Heading"):
            yield Block(words.replace("\v", " "), ParagraphKind.HEADING)
        elif style.lower() != "caption":
            kind = layout.bold(words) if _is_bold(item) else ParagraphKind.PROSE
            yield from (Block(block.words, kind) for block in flow.parted(words))


def _is_bold(paragraph: Any) -> bool:
    runs = [run for run in paragraph.iter(f"{_W}r") if any(text.text for text in run.iter(f"{_W}t"))]
    return bool(runs) and all(run.rPr is not None and run.rPr.b is not None and run.rPr.b.val for run in runs)


def _words(element: Any) -> str:
    parts = []
    for child in element:
        if child.tag in _GONE or child.tag == f"{_W}txbxContent":
            # A text box has paragraphs of its own.
            continue
        if child.tag == f"{_W}t":
            parts.append(child.text or "")
        elif child.tag == f"{_W}tab":
            parts.append(" ")
        elif child.tag in {f"{_W}br", f"{_W}cr"}:
            parts.append("\v")
        elif child.tag == f"{_W}noBreakHyphen":
            parts.append("\u2011")
        elif child.tag != f"{_W}pPr":
            parts.append(_words(child))
    return "".join(parts)
