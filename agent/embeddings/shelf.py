"""Keeps the vectors of a manifest's texts on disk: a model takes seconds for what a file gives at once."""

import contextlib
import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from agent.embeddings.encoder import Vectors

MOST_FILES: Final = 8
"""Manifests whose vectors are kept, the latest."""


class Shelf:
    """Below the data folder, which it does not make: commands that only look leave nothing behind."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._folder = data / "embeddings"

    def vectors(
        self, version: str, stamp: str, texts: Sequence[str], encode: Callable[[Sequence[str]], Vectors]
    ) -> Vectors:
        """Of the texts of this version of a manifest, by the model of this stamp; computed once."""
        told = hashlib.sha256(repr((stamp, tuple(texts))).encode()).hexdigest()
        place = self._folder / f"{version[:12] or 'unnamed'}-{told[:24]}.npy"
        kept = _read(place, len(texts))
        if kept is not None:
            return kept
        made = encode(texts)
        if self._data.is_dir():
            # Without its file the next start takes longer, and nothing else is lost.
            with contextlib.suppress(OSError):
                self._keep(place, made)
        return made

    def _keep(self, place: Path, made: Vectors) -> None:
        self._folder.mkdir(exist_ok=True)
        half = place.with_suffix(f".{os.getpid()}.half")
        with half.open("wb") as file:
            np.save(file, made, allow_pickle=False)
        half.replace(place)
        kept = sorted(self._folder.glob("*.npy"), key=lambda file: file.stat().st_mtime)
        for old in kept[:-MOST_FILES]:
            old.unlink(missing_ok=True)


def _read(place: Path, rows: int) -> Vectors | None:
    """What is there, where it is whole."""
    try:
        found = np.load(place, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return found if found.ndim == 2 and len(found) == rows else None
