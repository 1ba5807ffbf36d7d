"""Language means: what makes a French passage comparable with an English question.

Passages of one language lie close together whatever they say, so those in the question's own language crowd out the
right ones. Subtracting `weight` times the mean of the language takes that away: on XQuAD questions in another language
R@1 rises from .53 to .69 (weight 0.75). The means are constants of the embedding model, computed by `bench/means`.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib import resources

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class Centring:
    """Means of one embedding model, each a vector of its dimensions: one a language, "" for any other."""

    weight: float
    passages: Mapping[str, Vectors]
    questions: Mapping[str, Vectors]
    fingerprint: str

    def of_passages(self, vectors: Vectors, languages: Sequence[str]) -> Vectors:
        """Return unit vectors of shape (n, d), each less its language's share."""
        return self._centred(vectors, self.passages, languages)

    def of_question(self, vector: Vectors, language: str) -> Vectors:
        """Return the unit vector of shape (d,) of a question."""
        centred: Vectors = self._centred(vector[None], self.questions, [language])[0]
        return centred

    def _centred(self, vectors: Vectors, means: Mapping[str, Vectors], languages: Sequence[str]) -> Vectors:
        if means and len(vectors):
            common = means[""]
            share = np.stack([means.get(each, common) for each in languages])
            vectors = (vectors - np.float32(self.weight) * share).astype(np.float32)
        return unit(vectors)


NO_CENTRING = Centring(weight=0.0, passages={}, questions={}, fingerprint="none")


def unit(vectors: Vectors) -> Vectors:
    """Return the vectors at length one; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return scaled


@functools.cache
def shipped(model: str) -> Centring:
    """Return the means shipped for `model`; no centring for a model we have none for."""
    file = resources.files("ingest.embeddings").joinpath(f"{model}_means.json")
    if not file.is_file():
        return NO_CENTRING
    text = file.read_text(encoding="utf-8")
    stored = json.loads(text)
    return Centring(
        weight=stored["weight"],
        passages={language: np.array(mean, np.float32) for language, mean in stored["passages"].items()},
        questions={language: np.array(mean, np.float32) for language, mean in stored["questions"].items()},
        fingerprint=hashlib.sha256(text.encode()).hexdigest()[:16],
    )
