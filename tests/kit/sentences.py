"""A sentence model of a few words, in the files that any other is in: a table of vectors and a tokenizer.

Its ONNX is one `Gather`, written byte by byte, so that nothing is needed to make it.
"""

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace

FLOAT, INT64 = 1, 7
KINDS = {
    "bread": "bread bake bakes baker oven croissant croissants loaf",
    "water": "water pipes pipe tap taps plumber leak leaking repairs boilers",
    "paint": "paint paints painter walls fences colour mural",
}
"""What is alike: each kind has a direction of its own, and any other word has none."""


def write_model(folder: Path, *, pooled: bool = False) -> Path:
    """The folder, with the model in it. `pooled`: one vector a text instead of one a token."""
    folder.mkdir(parents=True, exist_ok=True)
    words = {"[PAD]": 0, "[UNK]": 1}
    table = [[0.0] * len(KINDS), [0.0] * len(KINDS)]
    for place, listed in enumerate(KINDS.values()):
        for word in listed.split():
            words[word] = len(table)
            table.append([1.0 if place == axis else 0.0 for axis in range(len(KINDS))])
    tokens = Tokenizer(WordLevel(words, unk_token="[UNK]"))
    tokens.normalizer, tokens.pre_tokenizer = Lowercase(), Whitespace()
    tokens.save(str(folder / "tokenizer.json"))
    (folder / "model.onnx").write_bytes(_onnx(table, pooled=pooled))
    return folder


def _onnx(table: Sequence[Sequence[float]], *, pooled: bool) -> bytes:
    width = len(table[0])
    gathered = "tokens" if pooled else "said"
    nodes = [_node("Gather", ["table", "input_ids"], gathered)]
    if pooled:
        nodes.append(_node("ReduceMax", ["tokens"], "said", axes=[1]))
    shape: list[int | str] = ["texts", width] if pooled else ["texts", "length", width]
    given = [_value(name, INT64, ["texts", "length"]) for name in ("input_ids", "attention_mask")]
    graph = [
        *(_bytes(1, node) for node in nodes),
        _bytes(2, b"sentences"),
        _bytes(5, _tensor("table", table)),
        *(_bytes(11, value) for value in given),
        _bytes(12, _value("said", FLOAT, shape)),
    ]
    opset = _bytes(8, _number(2, 13))
    return _number(1, 8) + _bytes(7, b"".join(graph)) + opset


def _node(operator: str, inputs: Iterable[str], output: str, *, axes: Sequence[int] = ()) -> bytes:
    written = b"".join(_bytes(1, name.encode()) for name in inputs)
    written += _bytes(2, output.encode()) + _bytes(4, operator.encode())
    if axes:
        written += _bytes(
            5, _bytes(1, b"axes") + b"".join(_number(8, axis) for axis in axes) + _number(20, 7)
        )
        written += _bytes(5, _bytes(1, b"keepdims") + _number(3, 0) + _number(20, 2))
    return written


def _tensor(name: str, table: Sequence[Sequence[float]]) -> bytes:
    raw = b"".join(struct.pack("<f", number) for row in table for number in row)
    sizes = _number(1, len(table)) + _number(1, len(table[0]))
    return sizes + _number(2, FLOAT) + _bytes(8, name.encode()) + _bytes(9, raw)


def _value(name: str, kind: int, shape: Sequence[int | str]) -> bytes:
    sizes = b"".join(
        _bytes(1, _number(1, size) if isinstance(size, int) else _bytes(2, size.encode())) for size in shape
    )
    tensor = _bytes(1, _number(1, kind) + _bytes(2, sizes))
    return _bytes(1, name.encode()) + _bytes(2, tensor)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*written, value])
