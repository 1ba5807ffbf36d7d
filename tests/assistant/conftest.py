"""One assistant over the sample article, with the real model, for all tests that only ask."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.answering import Assistant
from assistant.settings import Settings
from assistant.wiring import assistant


@pytest.fixture(scope="session")
def on_seed(seed_archive: Path) -> Iterator[Assistant]:
    """The assistant over the sample article."""
    one = assistant(Settings(archive=seed_archive))
    yield one
    one.archive.close()


@pytest.fixture
def over(tmp_path: Path, run: Callable[..., Any]) -> Iterator[Callable[..., Assistant]]:
    """Make the assistant over articles given as records: `over({"id": …, "text": …}, …)`."""
    opened: list[Assistant] = []

    def made(*records: dict[str, str]) -> Assistant:
        table = tmp_path / "articles.jsonl"
        table.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
        added = run("ingest", "add", table, archive=tmp_path / "archive")
        assert added.code == 0, added.err
        opened.append(assistant(Settings(archive=tmp_path / "archive")))
        return opened[-1]

    yield made
    for one in opened:
        one.archive.close()
