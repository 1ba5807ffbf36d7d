"""Zip files, and the formats that are zip files inside: what they unpack to is bounded, and nothing goes to a path."""

from __future__ import annotations

import hashlib
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from ingest.errors import UnreadableArticle
from ingest.limits import MIB
from ingest.reading.findings import Budget, Data, Finding, Reading, Remark, too_large

# Pictures come with a document's text, so that it may unpack to more than a plain one.
_DOCUMENT_PARTS = 4
_IN_MEMORY = 8 * MIB
_PIECE = 2**18
_ENCRYPTED = 1
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError)


def read(data: Data, read_member: Callable[[Data], Iterator[Finding]], is_known: Callable[[str], bool]) -> Iterator[Finding]:  # noqa: E501  # fmt: skip
    """Yield what `read_member` finds in the members whose names are known; others are passed over as in a folder."""
    if data.depth > data.limits.nesting:
        raise UnreadableArticle(data.name, f"a zip file inside {data.limits.nesting} others")
    budget = data.budget or Budget(data.limits.unpacked)
    try:
        packed = zipfile.ZipFile(data.stream)
    except DAMAGED as error:
        raise UnreadableArticle(data.name, "no zip file, or a damaged one") from error
    stems = set[str]()
    with packed:
        members = [info for info in packed.infolist() if is_known(info.filename) and not info.is_dir()]
        if not members:
            raise UnreadableArticle(data.name, "no articles in this zip file")
        if len(members) > data.limits.entries:
            yield Remark(data.name, f"only the first {data.limits.entries} of {len(members)} files are read")
        for number, info in enumerate(members[: data.limits.entries]):
            place = f"{data.name}, {info.filename}"
            if reason := _refusal(info, data):
                yield UnreadableArticle(place, reason)
                continue
            stem = PurePosixPath(info.filename).stem
            if stem in stems:
                stem = f"{stem}-{hashlib.sha256(f'{info.filename}{number}'.encode()).hexdigest()[:8]}"
            stems.add(stem)
            with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spooled:
                stream = cast("BinaryIO", spooled)
                try:
                    _unpack(packed, info, stream, budget, data.name)
                except UnreadableArticle as error:
                    yield error
                    return
                except DAMAGED:
                    yield UnreadableArticle(place, "damaged inside the zip file")
                    continue
                member = Data(stream, place, stem, data.limits, depth=data.depth + 1, budget=budget)
                for found in read_member(member):
                    yield Reading(found.article, True, found.names_itself) if isinstance(found, Reading) else found


def document(data: Data) -> BinaryIO:
    """Return the stream of a document that is a zip file inside. Raises UnreadableArticle for one that is a bomb."""
    largest = _DOCUMENT_PARTS * data.limits.document
    try:
        with zipfile.ZipFile(data.stream) as packed:
            infos = packed.infolist()
    except DAMAGED as error:
        raise UnreadableArticle(data.name, "damaged, or not the format its name says") from error
    if len(infos) > data.limits.entries or sum(info.file_size for info in infos) > largest:
        raise UnreadableArticle(data.name, f"unpacks to more than {largest // MIB} MiB")
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise UnreadableArticle(data.name, "protected by a password; save it without one")
    data.stream.seek(0)
    return data.stream


def _refusal(info: zipfile.ZipInfo, data: Data) -> str:
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return "a name that points out of the zip file"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a link, not a file"
    if info.flag_bits & _ENCRYPTED:
        return "protected by a password; pack it without one"
    if info.file_size > data.limits.collection:
        return too_large(data.limits.collection)
    return ""


def _unpack(packed: zipfile.ZipFile, info: zipfile.ZipInfo, to: BinaryIO, budget: Budget, name: str) -> None:
    with packed.open(info) as member:
        while piece := member.read(_PIECE):
            budget.take(len(piece), name)
            to.write(piece)
    to.seek(0)
