"""What tests of both packages share: the sample article, archives, the command lines, a small embedding model."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings as hypothesis_settings
from langchain_core.embeddings import Embeddings

from ingest.embeddings.centring import NO_CENTRING
from ingest.embeddings.models import EmbeddingModel
from ingest.folding import bare
from ingest.models import Article
from ingest.reading import plain

# The first text in a language loads its data, on a busy machine slowly.
hypothesis_settings.register_profile("onrecord", deadline=None, database=None)
hypothesis_settings.load_profile("onrecord")

ROOT = Path(__file__).resolve().parents[1]
# A damaged store of Chroma can grow until the disk is full; no child of a test may write a file larger than this.
_LARGEST_FILE = 300 * 2**20


@dataclasses.dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        """The lines on standard error."""
        return self.err.splitlines()


def environment(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment without settings of On Record but the given ones."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ONRECORD_", "OPENAI_"))}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **(settings or {})}


@contextlib.contextmanager
def small_files() -> Iterator[None]:
    """Limit how large a file those processes may write that are started inside."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def started(
    arguments: Sequence[str | os.PathLike[str]], *, folder: Path, settings: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """Start Python with `arguments` in `folder`, in a process group of its own."""
    with small_files():
        return subprocess.Popen(
            [sys.executable, *(os.fspath(argument) for argument in arguments)], cwd=folder,
            env=environment(settings), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, encoding="utf-8", start_new_session=True,
        )  # fmt: skip


def command(
    arguments: Sequence[str | os.PathLike[str]], *, folder: Path, settings: Mapping[str, str] | None = None,
    given: str = "", kill_after: float | None = None,
) -> Ran:  # fmt: skip
    """Run Python with `arguments` in `folder`, to its end or until its whole process group is killed."""
    since = time.monotonic()
    process = started(arguments, folder=folder, settings=settings)
    try:
        out, err = process.communicate(given, timeout=kill_after or 120)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        if kill_after is None:
            raise
    return Ran(process.returncode, out, err, time.monotonic() - since)


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command line: `run("ingest", "add", path, archive=folder, settings={...}, kill_after=seconds)`."""

    def ran(
        module: str, *arguments: str | os.PathLike[str], archive: Path | None = None,
        settings: Mapping[str, str] | None = None, given: str = "", kill_after: float | None = None,
    ) -> Ran:  # fmt: skip
        where = ("--archive", archive) if archive else ()
        return command(
            ["-m", module, *arguments, *where], folder=tmp_path, settings=settings, given=given, kill_after=kill_after
        )

    return ran


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of the sample article."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def seed_article(seeds: Path) -> Article:
    """The sample article as it is read."""
    (file,) = seeds.glob("*.txt")
    return plain.article(file.read_text(encoding="utf-8"), id=file.stem)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of the evaluation sets: ONRECORD_SHARED, or `shared` beside the project."""
    folder = Path(os.environ.get("ONRECORD_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"no evaluation sets at {folder} (ONRECORD_SHARED names another folder)")
    return folder


@pytest.fixture
def archive_folder(tmp_path: Path) -> Path:
    """A folder for an archive, not made yet."""
    return tmp_path / "archive"


@pytest.fixture(scope="session")
def seed_archive(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Path:
    """The archive of the sample article, made by the command itself. To be read only: copy it to write."""
    folder = tmp_path_factory.mktemp("seed")
    added = command(["-m", "ingest", "add", seeds, "--archive", folder / "archive"], folder=folder)
    assert added.code == 0, added.err
    return folder / "archive"


@pytest.fixture
def seed_archive_copy(seed_archive: Path, archive_folder: Path) -> Path:
    """A copy of the sample article's archive, to write to."""
    return Path(shutil.copytree(seed_archive, archive_folder))


class HashedWords(Embeddings):
    """Embeddings that need no model: each word adds to a dimension of its own, so equal words make near vectors."""

    def __init__(self, dimensions: int = 96) -> None:
        self.dimensions = dimensions
        self.calls: list[list[str]] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector a text, and remember that it was asked for."""
        self.calls.append(texts)
        return [self._vector(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        return self._vector(text)

    @property
    def embedded(self) -> list[str]:
        """Every text that was embedded, in order."""
        return [text for call in self.calls for text in call]

    def _vector(self, text: str) -> list[float]:
        vector = np.full(self.dimensions, 0.01)
        for word in re.findall(r"\w+", bare(text)):
            vector[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4]) % self.dimensions] += 1
        return [float(value) for value in vector]


@pytest.fixture
def hashed() -> HashedWords:
    """A small deterministic model at LangChain's seam, which counts what it is asked to embed."""
    return HashedWords()


@pytest.fixture
def hashed_model(hashed: HashedWords) -> EmbeddingModel:
    """The same as an archive knows it, under the name "hashed"."""
    return EmbeddingModel("hashed", hashed, NO_CENTRING)
