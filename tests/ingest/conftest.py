"""An archive with a small model, and articles to put into it."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import os
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
from ingest.servers import Servers

Put = Callable[..., Article]


def silent(step: str, done: int, total: int | None) -> None:
    """Say nothing of the run."""


_SCHEMAS = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server that the tests share."""
    from tests.ingest import postgresql

    programs = postgresql.programs()
    if programs is None:
        assert not os.environ.get("CI"), "the gate tests both catalogs: .ci/run installs PostgreSQL"
        pytest.skip("no PostgreSQL is installed (Debian: apt-get install postgresql)")
    pytest.importorskip("psycopg", reason="no psycopg is installed (python -m pip install 'onrecord[postgres]')")
    with postgresql.server(programs) as address:
        yield address


@pytest.fixture
def postgresql_catalog(postgresql: str) -> str:
    """The address of an empty schema there."""
    import psycopg

    name = f"archive_{next(_SCHEMAS)}"
    with psycopg.connect(postgresql.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}".encode())
    return f"{postgresql}?options=-csearch_path%3D{name}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of an archive with each catalog, where their module says that they hold of both."""
    if "catalog_url" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_catalogs"):
        one = metafunc.definition.get_closest_marker("sqlite_alone")
        metafunc.parametrize("catalog_url", ["sqlite"] if one else ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def catalog_url(request: pytest.FixtureRequest) -> str:
    """The address of the catalog, "" for the file in the archive's folder."""
    on_server = getattr(request, "param", "sqlite") == "postgresql"
    return str(request.getfixturevalue("postgresql_catalog")) if on_server else ""


@pytest.fixture
def archive(archive_folder: Path, catalog_url: str) -> Iterator[Archive]:
    """A new archive of the model "hashed"."""
    opened = Archive.created(
        archive_folder, model="hashed", free_space_floor_mb=0, servers=Servers(catalog=catalog_url)
    )  # fmt: skip
    with opened.writing(timeout=0):
        pass
    yield opened
    opened.close()


def added(archive: Archive, id_: str, text: str, **stated: object) -> Article:
    """Put an article into an archive by its text; nothing is embedded yet."""
    article = dataclasses.replace(plain.article(text, id=id_), **stated)  # type: ignore[arg-type]
    return archive.catalog.put(
        article, passages(article), ledger(article), source_key=f"/{id_}.txt",
        content_hash=content_hash(article), extraction=EXTRACTION, model=archive.model,
    )  # fmt: skip


@pytest.fixture
def put(archive: Archive) -> Put:
    """Put an article into the archive: `put("id", text, title=...)`."""
    return functools.partial(added, archive)


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
