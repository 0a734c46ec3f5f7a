"""A sentence model from a folder (`model.onnx`, `tokenizer.json`), such as all-MiniLM-L6-v2: texts to unit vectors."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from domain.errors import ConfigurationError, FieldIssue

SETTING: Final = "ROUTING_EMBEDDINGS"
LONGEST: Final = 256
"""Tokens of a text that are read, as MiniLM was trained."""

AT_ONCE: Final = 32

Vectors = NDArray[np.float32]


class Encoder:
    """One thread a text: a decision takes milliseconds, and whoever serves others needs the other cores."""

    def __init__(self, folder: Path) -> None:
        """Read the model. Takes a while; raises ConfigurationError with what the folder lacks."""
        model, words = _model(folder), _file(folder, "tokenizer.json")
        self.stamp = _stamp(model, words)
        """Changes whenever the files do."""
        try:
            self._tokens = Tokenizer.from_str(words.read_text("utf-8"))
            self._session = onnxruntime.InferenceSession(model, _options(), ["CPUExecutionProvider"])
        except Exception as error:  # both libraries raise bare Exceptions about files that they cannot read
            raise refused(folder, f"its files cannot be read: {_first_line(error)}") from error
        self._tokens.enable_truncation(LONGEST)
        self._tokens.enable_padding()
        self._inputs = [given.name for given in self._session.get_inputs()]
        self._width = self._tried(folder)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A row a text, each of length 1, so that a product of two is their likeness."""
        return np.concatenate([np.zeros((0, self._width), np.float32), *self._batches(texts)])

    def _batches(self, texts: Sequence[str]) -> Iterator[Vectors]:
        for start in range(0, len(texts), AT_ONCE):
            yield self._batch(texts[start : start + AT_ONCE])

    def _batch(self, texts: Sequence[str]) -> Vectors:
        read = self._tokens.encode_batch(list(texts))
        mask = np.array([each.attention_mask for each in read], dtype=np.int64)
        known = {
            "input_ids": np.array([each.ids for each in read], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        said = self._session.run(None, {name: known[name] for name in self._inputs})[0]
        return _unit(said if said.ndim == 2 else _mean(said, mask))

    def _tried(self, folder: Path) -> int:
        """How long a vector is. A model of another kind is told now, not at the first request."""
        try:
            return int(self._batch(["a", "text of two"]).shape[1])
        except Exception as error:
            reason = f"it is no sentence model: {type(error).__name__}: {_first_line(error)}"
            raise refused(folder, reason) from error


def refused(folder: Path, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"{SETTING}={folder}: {reason}; give a folder with model.onnx and tokenizer.json, such as an export of "
        "sentence-transformers/all-MiniLM-L6-v2, or unset it",
        fields=[FieldIssue(SETTING, reason)],
    )


def _mean(said: Vectors, mask: NDArray[np.int64]) -> Vectors:
    """The mean over a text's own tokens, the padding left out."""
    own = mask[:, :, None].astype(np.float32)
    return np.asarray((said * own).sum(axis=1) / np.maximum(own.sum(axis=1), 1e-9), dtype=np.float32)


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return options


def _model(folder: Path) -> Path:
    """At the top, or in `onnx/` as model hubs lay it."""
    inner = folder / "onnx" / "model.onnx"
    return inner if inner.is_file() else _file(folder, "model.onnx")


def _file(folder: Path, name: str) -> Path:
    found = folder / name
    if not found.is_file():
        raise refused(folder, f"it has no {name}" if folder.is_dir() else "there is no such folder")
    return found


def _stamp(*files: Path) -> str:
    """Size and time stand for what is in a file of a hundred megabytes."""
    seen = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return hashlib.sha256(repr(seen).encode()).hexdigest()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
