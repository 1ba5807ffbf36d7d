"""From files to an archive that answers: read, extract, commit; then embed what is pending; then publish.

Each article is committed by itself, so a run that ends early has lost nothing and the next one goes on from there.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ingest.archive.archive import Archive
from ingest.archive.catalog import Source
from ingest.duplicates import share, wording
from ingest.embeddings.models import EmbeddingModel
from ingest.errors import ArchiveUnusable, NothingToRead, UnreadableArticle
from ingest.limits import USUAL, Limits
from ingest.models import Article
from ingest.passages import passages
from ingest.quotations.extraction import ledger
from ingest.reading import files
from ingest.reading.files import Address, SourceFile
from ingest.reading.findings import Finding, Link, Reading, Remark

if TYPE_CHECKING:
    from ingest.reading.web import Session

# Raised when reading or extraction change what they make of the same file: articles are then read again at the next
# run, and only passages whose words changed are embedded again.
EXTRACTION = 3
# So many passages are embedded and kept at a time; finding what is pending costs more than they do, so it finds more.
_EMBEDDED_AT_ONCE, _FOUND_AT_ONCE = 32, 1024
# A file changed within this time of being read may change again without its time stamp showing it.
_TIMESTAMP_DOUBT_NS = 2_000_000_000
# A file that moved and shares so much of its words with what it was is the same article, corrected.
_STILL_THE_SAME = 0.5


class Progress(Protocol):
    """What is told of the run while it goes on."""

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """`step` is "read", "embed" or "publish"; `done` of `total`, where the total is known."""


@dataclasses.dataclass(slots=True)
class Summary:
    """What a run did: article ids, and for each thing that failed its place and reason.

    `withdrawn` are articles that were found again but stay out, as they were withdrawn with a record of it.
    """

    added: list[str] = dataclasses.field(default_factory=list)
    updated: list[str] = dataclasses.field(default_factory=list)
    unchanged: list[str] = dataclasses.field(default_factory=list)
    withdrawn: list[str] = dataclasses.field(default_factory=list)
    failed: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    remarks: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    embedded: int = 0

    @property
    def found(self) -> int:
        """How many articles there were, whatever became of them."""
        return len(self.added) + len(self.updated) + len(self.unchanged) + len(self.withdrawn)


def add(
    archive: Archive, model: EmbeddingModel, paths: Iterable[str | Path], *, passage_size: int, publish_after: int,
    progress: Progress, limits: Limits = USUAL,
) -> Summary:  # fmt: skip
    """Add the articles at `paths`, or bring them up to date; the caller holds the archive for writing."""
    summary = Summary()
    read(archive, paths, summary, passage_size=passage_size, progress=progress, limits=limits)
    summary.embedded = embed(archive, model, progress=progress)
    try:
        publish(archive, at_least=publish_after, progress=progress)
        archive.tidy(catalog=bool(summary.updated))
    except ArchiveUnusable as error:
        # Nothing is lost: what the index lacks is searched exactly, and the next run makes it again.
        summary.failed.append(("vector index", str(error)))
    return summary


def read(
    archive: Archive, paths: Iterable[str | Path], summary: Summary, *, passage_size: int, progress: Progress,
    limits: Limits = USUAL, dry: bool = False,
) -> None:  # fmt: skip
    """Commit the articles at `paths`, files or addresses, that are new or changed, without embedding them.

    A `dry` run tells what it would do and writes nothing.
    """
    found = list(files.source_files(paths))
    sources, states = archive.catalog.sources(), archive.catalog.states()
    ids_of: dict[str, list[str]] = {}
    for id_, (source_key, _, _) in states.items():
        ids_of.setdefault(source_key.removesuffix(f"#{id_}"), []).append(id_)
    with contextlib.ExitStack() as closing:
        run = _Run(archive, sources, states, ids_of, summary, passage_size, limits, closing, dry=dry)
        run.withdrawn |= archive.catalog.withdrawals().keys()
        unread = {failure.key for failure in archive.catalog.failures()}
        for number, source in enumerate(found, 1):
            failures = len(summary.failed)
            if isinstance(source, NothingToRead):
                summary.failed.append(_failure(source))
            elif isinstance(source, Address):
                _read_address(run, source)
            elif is_unchanged(source, sources.get(source.key), run.made_by):
                summary.unchanged += ids_of.get(source.key, [])
            else:
                _read_file(run, source)
            if not isinstance(source, NothingToRead) and not dry:
                _note(run, source.key, summary.failed[failures:], was_noted=source.key in unread)
            progress("read", number, len(found))


def unread(archive: Archive) -> list[str]:
    """Return the files and addresses that could not be read at the last run that tried; a file that is gone is let be.

    The caller holds the archive for writing.
    """
    failed = [failure.key for failure in archive.catalog.failures()]
    gone = [key for key in failed if not files.is_address(key) and not _exists(key)]
    archive.catalog.note_failures({}, settled=gone)
    return [key for key in failed if key not in set(gone)]


def embed(
    archive: Archive, model: EmbeddingModel, *, progress: Progress, enough: Callable[[], bool] | None = None
) -> int:  # fmt: skip
    """Embed what has no embedding yet, each text once; returns how many. Interrupted, it goes on where it was.

    `enough` is asked after every few texts whether to leave the rest for another time.
    """
    total, done = (archive.status().unembedded if enough is None else 0), 0
    while pending := archive.catalog.pending(model.name, limit=_FOUND_AT_ONCE):
        for at in range(0, len(pending), _EMBEDDED_AT_ONCE):
            part = pending[at : at + _EMBEDDED_AT_ONCE]
            archive.require_space()
            vectors = model.passages([each.text for each in part])
            archive.catalog.add_embeddings(model.name, [each.key for each in part], vectors)
            done += len(part)
            progress("embed", done, max(total, done))
            if enough is not None and enough():
                return done
    return done


def publish(archive: Archive, *, at_least: int, progress: Progress) -> None:
    """Put the vector index up to date where it lags by `at_least` entries or was never made.

    A smaller lag costs nothing: those passages are searched exactly.
    """
    lag = archive.unpublished()
    if lag and (lag >= at_least or not archive.indexed()):
        progress("publish", 0, None)
        archive.publish()
        progress("publish", 1, 1)


@dataclasses.dataclass(slots=True)
class _Run:
    """What a run of reading needs to know: what was read before, and where to say what became of it."""

    archive: Archive
    sources: dict[str, Source]
    states: dict[str, tuple[str, str, int]]
    ids_of: dict[str, list[str]]
    summary: Summary
    passage_size: int
    limits: Limits
    closing: contextlib.ExitStack
    session: Session | None = None
    asked: set[str] = dataclasses.field(default_factory=set)
    withdrawn: set[str] = dataclasses.field(default_factory=set)
    dry: bool = False

    @property
    def made_by(self) -> int:
        return extraction(self.passage_size)

    def keep(self, source: Source) -> None:
        """Note that a source was read, where it is more than tried."""
        if not self.dry:
            self.archive.catalog.set_source(source)


def _read_file(run: _Run, source: SourceFile) -> None:
    known, failures = run.sources.get(source.key), len(run.summary.failed)
    try:
        digest = ""
        if source.size <= files.largest(source.path, run.limits):
            with source.path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        state = Source(source.key, source.size, source.modified_ns, digest, run.made_by, _now())
        if digest and known and (known.sha256, known.extraction) == (digest, run.made_by):
            run.summary.unchanged += run.ids_of.get(source.key, [])
            run.keep(state)
            return
        for found in files.opened(source, limits=run.limits):
            _take(run, found, source.key)
    except OSError as error:
        run.summary.failed.append((source.key, error.strerror or str(error)))
    # A file with failures is not noted as read: the next run tries it again.
    if len(run.summary.failed) == failures:
        run.keep(state)


def _read_address(run: _Run, source: Address) -> None:
    """Read what stands at an address, and what it leads to where it is a feed or a sitemap."""
    from ingest.reading.web import Session, Validators

    if source.key in run.asked:
        return
    run.asked.add(source.key)
    known, failures = run.sources.get(source.key), len(run.summary.failed)
    is_known = known is not None and known.extraction == run.made_by
    stated = json.loads(run.archive.catalog.meta(f"validators {source.key}") or "{}") if is_known else {}
    try:
        run.session = run.session or run.closing.enter_context(Session(run.limits))
        page = run.session.page(source.key, known=Validators(**stated), led_to=source.depth > 0)
    except UnreadableArticle as error:
        run.summary.failed.append(_failure(error))
        return
    digest = hashlib.sha256(page.data).hexdigest() if page else ""
    if page is None or (known and is_known and known.sha256 == digest):
        run.summary.unchanged += run.ids_of.get(source.key, [])
        return
    links = list[Link]()
    for found in files.downloaded(page, name=source.key, limits=run.limits):
        links += [found] if isinstance(found, Link) else []
        _take(run, found, source.key)
    if links and source.depth >= run.limits.nesting:
        run.summary.failed.append((source.key, f"a list of addresses inside {source.depth} others"))
        links = []
    is_cut = bool(page.cut)
    for link in links:
        if len(run.asked) >= run.limits.entries and link.address not in run.asked:
            # Sitemaps that lead to sitemaps multiply.
            run.summary.remarks.append((source.key, f"only {run.limits.entries} addresses are asked in one run"))
            is_cut = True
            break
        _read_address(run, Address(link.address, source.depth + 1))
    # Nor is a feed noted as read while one of its pages could not be.
    if len(run.summary.failed) == failures and not is_cut and not run.dry:
        run.archive.catalog.set_meta(f"validators {source.key}", json.dumps(dataclasses.asdict(page.validators)))
        run.archive.catalog.set_source(Source(source.key, len(page.data), 0, digest, run.made_by, _now()))


def _take(run: _Run, found: Finding, source_key: str) -> None:
    if isinstance(found, UnreadableArticle):
        run.summary.failed.append(_failure(found))
    elif isinstance(found, Remark):
        run.summary.remarks.append((found.place, found.text))
    elif isinstance(found, Reading):
        _put(run, found, source_key)


def _put(run: _Run, reading: Reading, source_key: str) -> None:
    archive, states, summary, article = run.archive, run.states, run.summary, reading.article
    content, made_by = content_hash(article), run.made_by
    if article.id in run.withdrawn:
        summary.withdrawn.append(article.id)
        return

    def key_of(id_: str) -> str:
        return f"{source_key}#{id_}" if reading.one_of_several else source_key

    key = key_of(article.id)
    known = states.get(article.id)
    if known and not reading.names_itself and known[0] != key and known[1] != content and not _moved(run, article):
        # Two files may share a name; a table's own ids are meant.
        article = dataclasses.replace(article, id=f"{article.id}-{hashlib.sha256(key.encode()).hexdigest()[:8]}")
        key, known = key_of(article.id), states.get(article.id)
    elif known and known[0] != key and known[1] != content and _exists(known[0].removesuffix(f"#{article.id}")):
        # Which of the two is meant by the id only a person can tell; neither replaces the other.
        other = known[0].removesuffix(f"#{article.id}")
        reason = f"the id {article.id!r} is that of another article, from {other}; `remove` it there or change the id"
        summary.failed.append((source_key, reason))
        return
    if known and known[1:] == (content, made_by):
        if known[0] != key and not run.dry:
            archive.catalog.adopt(article.id, key)
        summary.unchanged.append(article.id)
    else:
        if not run.dry:
            archive.require_space()
            archive.catalog.put(
                article, passages(article, size=run.passage_size), ledger(article), source_key=key,
                content_hash=content, extraction=made_by, model=archive.model,
            )  # fmt: skip
        is_new_content = known is None or known[1] != content
        (summary.added if known is None else summary.updated if is_new_content else summary.unchanged).append(
            article.id
        )
    states[article.id] = (key, content, made_by)


def _moved(run: _Run, article: Article) -> bool:
    """Tell whether a file of the same name that is gone held this article in an earlier form.

    It is then a correction, and not a second article.
    """
    known, _, _ = run.states[article.id]
    if files.is_address(known) or _exists(known.removesuffix(f"#{article.id}")):
        return False
    before = run.archive.catalog.article(article.id)
    return share(wording(before, ()).runs, wording(article, ()).runs) >= _STILL_THE_SAME


def _note(run: _Run, key: str, failed: Sequence[tuple[str, str]], *, was_noted: bool) -> None:
    """Keep why a source could not be read, for whoever tries again; forget it where it now could be."""
    if failed:
        reason = failed[0][1] + (f" (and {len(failed) - 1} more)" if len(failed) > 1 else "")
        run.archive.catalog.note_failures({key: reason}, settled=())
    elif was_noted:
        run.archive.catalog.note_failures({}, settled=[key])


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds")


def _exists(file_key: str) -> bool:
    try:
        return Path(file_key).exists()
    except OSError:
        # What cannot be looked at is not known to be gone.
        return True


def extraction(passage_size: int) -> int:
    """Return what marks articles as read by this version of the software and cut into passages of this size."""
    return EXTRACTION * 10_000 + passage_size


def content_hash(article: Article) -> str:
    """Return the hash of all that was published: the text and what is stated about it."""
    stated = [article.text, article.title, article.section, article.language, str(article.published or ""),
              article.outlet, article.author, article.url]  # fmt: skip
    return hashlib.sha256(json.dumps(stated, ensure_ascii=False).encode()).hexdigest()


def is_unchanged(source: SourceFile, known: Source | None, made_by: int) -> bool:
    """Tell whether a file is as it was when it was read, by its size and time."""
    if known is None or known.extraction != made_by:
        return False
    read_at_ns = int(datetime.datetime.fromisoformat(known.read_at).timestamp() * 1e9)
    return (source.size, source.modified_ns) == (known.size, known.modified_ns) and (
        read_at_ns - source.modified_ns > _TIMESTAMP_DOUBT_NS
    )


def _failure(error: NothingToRead | UnreadableArticle) -> tuple[str, str]:
    return error.place, error.reason
