"""E-mails (.eml) and mailboxes (.mbox): the message's own text, as plain text where it is sent so too."""

from __future__ import annotations

import email
import email.message
import email.policy
import email.utils
import hashlib
import re
from collections.abc import Iterator
from typing import BinaryIO

from ingest.errors import UnreadableArticle
from ingest.models import Article
from ingest.reading import flow, layout, records
from ingest.reading.encoding import decoded
from ingest.reading.findings import Data, Finding, Reading, too_large

_LONGEST_LINE = 2**20
_FLOWED = re.compile(r"(?<=\S) \n(?![>\n]|-- )")
_STUFFED = re.compile(rb">+From ")
_SIGNATURE = re.compile(r"^-- $", re.MULTILINE)
# A plain part that only says "see the other part" is no text of the message.
_STUB = 3
_SHORT = 200


def read(data: Data) -> Iterator[Finding]:
    """Yield the article of an e-mail."""
    yield Reading(_article(data.whole(), name=data.name, id_=data.id))


def mailbox(data: Data) -> Iterator[Finding]:
    """Yield the article of each message in a mailbox, and for each that cannot be read the error."""
    known = set[str]()
    for number, message in enumerate(_messages(data.stream, data.limits.document), 1):
        place = f"{data.name}, message {number}"
        if message is None:
            yield UnreadableArticle(place, too_large(data.limits.document))
            continue
        identity = hashlib.sha256(message).hexdigest()[:16]
        try:
            article = _article(message, name=place, id_=identity, by_message_id=True)
        except UnreadableArticle as error:
            yield error
            continue
        except Exception:
            yield UnreadableArticle(place, "damaged")
            continue
        if article.id in known:
            yield UnreadableArticle(place, f"the message {article.id!r} stands twice in this mailbox")
        else:
            known.add(article.id)
            yield Reading(article, one_of_several=True, names_itself=True)


def _messages(stream: BinaryIO, longest: int) -> Iterator[bytes | None]:
    """The messages of a mailbox, None for one that is too long: each begins at a line "From " after an empty one."""
    lines: list[bytes] = []
    size, follows_blank = -1, True
    while line := stream.readline(_LONGEST_LINE):
        if follows_blank and line.startswith(b"From "):
            if size >= 0:
                yield None if size > longest else b"".join(lines)
            lines, size = [], 0
        elif size >= 0:
            size += len(line)
            if size <= longest:
                lines.append(line[1:] if _STUFFED.match(line) else line)
        elif line.strip():
            raise UnreadableArticle("", 'no mailbox: it does not begin with a line "From …"')
        follows_blank = not line.strip(b"\r\n")
    yield None if size > longest else b"".join(lines)


def _article(message: bytes, *, name: str, id_: str, by_message_id: bool = False) -> Article:
    try:
        parsed = email.message_from_bytes(message, policy=email.policy.default)
        parts = [part for part in parsed.walk() if _is_text(part)]
    except RecursionError as error:
        raise UnreadableArticle(name, "its parts are nested too deeply") from error
    if not parsed.keys():
        raise UnreadableArticle(name, "no e-mail: it has no header")
    subject = _header(parsed, "subject")
    if by_message_id:
        id_ = _header(parsed, "message-id").strip("<> ")[:200] or id_
    plain = max((_words(p, name) for p in parts if p.get_content_subtype() == "plain"), key=len, default="")
    page = max((_words(p, name) for p in parts if p.get_content_subtype() == "html"), key=len, default="")
    article = None
    if page and len(plain) < _SHORT + len(flow.words_of(page)) // _STUB:
        article = _of_page(page, subject, id_)
    if article is None or len(article.text) < len(plain) // _STUB:
        article = _of_words(plain, subject, id_, name)
    author = ", ".join(person or address for person, address in _people(parsed))
    return records.with_metadata(article, {"title": article.title, "author": author, "date": _date(parsed)})


def _of_page(page: str, subject: str, id_: str) -> Article | None:
    try:
        return layout.article(flow.of_html(page), id=id_, title=subject)
    except UnreadableArticle:
        return None


def _of_words(plain: str, subject: str, id_: str, name: str) -> Article:
    if not plain.strip():
        raise UnreadableArticle(name, "no text in it")
    signature = _SIGNATURE.search(plain)
    body = plain[: signature.start()] if signature and plain[: signature.start()].strip() else plain
    return records.article({"title": subject, "text": body.strip("\n")}, name=name, id=id_)


def _is_text(part: email.message.Message) -> bool:
    return part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment"


def _words(part: email.message.Message, name: str) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        return ""
    try:
        text = decoded(payload, name=name, stated=str(part.get_content_charset() or ""))
    except UnreadableArticle:
        return ""
    # How lines end is the transport's; a flowed line goes on in the next.
    text = text.replace("\r\n", "\n")
    return _FLOWED.sub(" ", text) if str(part.get_param("format", "")).lower() == "flowed" else text


def _header(message: email.message.Message, name: str) -> str:
    try:
        return layout.clean(str(message.get(name, "")))
    except Exception:
        return ""


def _people(message: email.message.Message) -> list[tuple[str, str]]:
    return email.utils.getaddresses([_header(message, "from")])[:3]


def _date(message: email.message.Message) -> str:
    try:
        return email.utils.parsedate_to_datetime(_header(message, "date")).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
