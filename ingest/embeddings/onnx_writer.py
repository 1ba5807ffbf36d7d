"""An ONNX model as bytes: the few messages of onnx.proto that a graph needs, written by hand.

The package `onnx` would do the same; it weighs 31 MB and is needed for nothing else. Source: onnx.proto3 of ONNX, whose
field numbers never change; the comments name the fields. Protocol Buffers knows two forms that matter here: a number
(varint, wire type 0) and a length with bytes (wire type 2), each after a key of field number and wire type.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

# TensorProto.DataType
_TYPES = {np.dtype(np.float32): 1, np.dtype(np.uint8): 2, np.dtype(np.int8): 3, np.dtype(np.int64): 7}
_VARINT, _BYTES, _FIXED32 = 0, 2, 5
_FLOAT, _INT = 1, 2  # AttributeProto.AttributeType

Attribute = int | float


def node(
    kind: str, inputs: Iterable[str], outputs: Iterable[str], *, domain: str = "",
    attributes: Mapping[str, Attribute],
) -> bytes:  # fmt: skip
    """Return a NodeProto: one operator with the names of its inputs and outputs."""
    return b"".join([
        *(_field(1, name.encode()) for name in inputs),  # input
        *(_field(2, name.encode()) for name in outputs),  # output
        _field(4, kind.encode()),  # op_type
        *(_field(5, _attribute(name, value)) for name, value in attributes.items()),  # attribute
        _field(7, domain.encode()),  # domain
    ])  # fmt: skip


def tensor(name: str, value: npt.NDArray[np.generic]) -> bytes:
    """Return a TensorProto: a constant of float32, uint8, int8 or int64."""
    return b"".join([
        *(_number(1, size) for size in value.shape),  # dims
        _number(2, _TYPES[value.dtype]),  # data_type
        _field(8, name.encode()),  # name
        _field(9, np.ascontiguousarray(value).astype(value.dtype.newbyteorder("<"), copy=False).tobytes()),  # raw_data
    ])  # fmt: skip


def floats(name: str, shape: Sequence[int | str]) -> bytes:
    """Return a ValueInfoProto: a float32 input or output; a size that is not fixed has a name."""
    dimensions = b"".join(
        _field(1, _number(1, size) if isinstance(size, int) else _field(2, size.encode()))  # dim: dim_value | dim_param
        for size in shape
    )
    tensor_type = _number(1, _TYPES[np.dtype(np.float32)]) + _field(2, dimensions)  # elem_type, shape
    return _field(1, name.encode()) + _field(2, _field(1, tensor_type))  # name, type: tensor_type


def model(
    *, nodes: Iterable[bytes], constants: Iterable[bytes], inputs: Iterable[bytes], outputs: Iterable[bytes],
    name: str, version: int, operator_sets: Mapping[str, int],
) -> bytes:  # fmt: skip
    """Return a ModelProto of one graph; `version` is that of the format (ir_version)."""
    graph = b"".join([
        *(_field(1, each) for each in nodes),  # node
        _field(2, name.encode()),  # name
        *(_field(5, each) for each in constants),  # initializer
        *(_field(11, each) for each in inputs),  # input
        *(_field(12, each) for each in outputs),  # output
    ])  # fmt: skip
    sets = (
        _field(8, _field(1, domain.encode()) + _number(2, number))  # opset_import: domain, version
        for domain, number in operator_sets.items()
    )
    return b"".join([_number(1, version), _field(7, graph), *sets])  # ir_version, graph


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, int):
        return _field(1, name.encode()) + _number(3, value) + _number(20, _INT)  # name, i, type
    number = _varint(2 << 3 | _FIXED32) + struct.pack("<f", value)  # f
    return _field(1, name.encode()) + number + _number(20, _FLOAT)


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | _BYTES) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3 | _VARINT) + _varint(value)


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; a negative number counts as 64 bits."""
    value &= 2**64 - 1
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)
