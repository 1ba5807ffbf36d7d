"""An archive with a small model, and articles to put into it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest import pipeline
from ingest.archive.archive import Archive
from ingest.embeddings.models import EmbeddingModel
from ingest.models import Article
from ingest.passages import passages
from ingest.pipeline import EXTRACTION, Summary, content_hash
from ingest.quotations.extraction import ledger
from ingest.reading import plain

Put = Callable[..., Article]


def silent(step: str, done: int, total: int | None) -> None:
    """Say nothing of the run."""


@pytest.fixture
def archive(archive_folder: Path) -> Iterator[Archive]:
    """A new archive of the model "hashed"."""
    opened = Archive.created(archive_folder, model="hashed", free_space_floor_mb=0)
    with opened.writing(timeout=0):
        pass
    yield opened
    opened.close()


@pytest.fixture
def put(archive: Archive) -> Put:
    """Put an article into the archive by its text: `put("id", text, title=...)`; nothing is embedded yet."""

    def added(id_: str, text: str, **stated: object) -> Article:
        article = dataclasses.replace(plain.article(text, id=id_), **stated)  # type: ignore[arg-type]
        return archive.catalog.put(
            article, passages(article), ledger(article), source_key=f"/{id_}.txt",
            content_hash=content_hash(article), extraction=EXTRACTION, model=archive.model,
        )  # fmt: skip

    return added


@pytest.fixture
def embed(archive: Archive, hashed_model: EmbeddingModel) -> Callable[[], int]:
    """Embed what is pending with the small model."""
    return lambda: pipeline.embed(archive, hashed_model, progress=silent)


Read = Callable[..., Summary]


@pytest.fixture
def read(archive: Archive) -> Read:
    """Read files into the archive, without embedding them."""

    def done(*paths: Path) -> Summary:
        summary = Summary()
        pipeline.read(archive, paths, summary, passage_size=500, progress=silent)
        return summary

    return done
