"""What attempts leave behind, as files under the data folder: `artifacts/<task>/<digest>-<name>`.

Outputs travel through the database and into briefs, so they stay small: what is over the limit is
written to a file and a reference takes its place, until a successor asks for the value again.
"""

import asyncio
import hashlib
import json
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import cast
from urllib.parse import unquote, urlsplit

from pydantic import ValidationError

from domain.attempt import Artifact
from domain.base import Json, JsonObject
from domain.errors import NotFoundError, TooLargeError

INLINE_BYTES = 16 * 1024
LARGEST_BYTES = 64 * 1024 * 1024
REFERENCE = "$artifact"
"""An object whose only key is this one stands for the value kept in that artifact."""

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class Artifacts:
    """Keeps and gives back files; one folder per task, names by content, so that keeping twice is keeping once."""

    def __init__(self, root: Path, *, inline_bytes: int = INLINE_BYTES) -> None:
        self._root = root.resolve()
        self._inline_bytes = inline_bytes

    async def keep(self, task_id: str, name: str, data: bytes, media_type: str) -> Artifact:
        if len(data) > LARGEST_BYTES:
            raise TooLargeError(
                f"artifact {name!r} of task {task_id} has {len(data)} bytes, over the limit of {LARGEST_BYTES}; "
                "let the tool write a file and answer with a link to it"
            )
        digest = hashlib.sha256(data).hexdigest()
        path = self._root / task_id / f"{digest[:16]}-{_file_name(name)}"
        await asyncio.to_thread(_write_durably, path, data)
        return Artifact(name=name, uri=path.as_uri(), media_type=media_type, size=len(data), digest=digest)

    async def spill(self, task_id: str, outputs: JsonObject) -> tuple[JsonObject, tuple[Artifact, ...]]:
        """The outputs with their largest values replaced by references until the rest fits inline."""
        sizes = {name: len(_encoded(value)) for name, value in outputs.items()}
        total = sum(sizes.values())
        left, kept = dict(outputs), list[Artifact]()
        for name in sorted(sizes, key=lambda name: -sizes[name]):
            if total <= self._inline_bytes:
                break
            artifact = await self.keep(task_id, f"{name}.json", _encoded(outputs[name]), "application/json")
            left[name] = {REFERENCE: artifact.model_dump(mode="json")}
            kept.append(artifact)
            total -= sizes[name]
        return left, tuple(kept)

    async def restore(self, task_id: str, value: Json) -> Json:
        """The value with every reference replaced by what it stands for."""
        match value:
            case dict() if set(value) == {REFERENCE}:
                return cast("Json", json.loads(await self.read(task_id, _referred(value[REFERENCE]))))
            case dict():
                return {name: await self.restore(task_id, inner) for name, inner in value.items()}
            case list():
                return [await self.restore(task_id, inner) for inner in value]
            case _:
                return value

    async def read(self, task_id: str, artifact: Artifact) -> bytes:
        """The artifact's bytes; only of this task, and only if they are still what was kept.

        References come back through outputs that agents wrote, so a path in one proves nothing.
        """
        parts = urlsplit(artifact.uri)
        path = Path(unquote(parts.path))
        if parts.scheme != "file" or path.parent != self._root / task_id:
            raise NotFoundError(f"{artifact.uri} is not an artifact of task {task_id}")
        data = await asyncio.to_thread(_read_plain, path)
        if hashlib.sha256(data).hexdigest() != artifact.digest:
            raise NotFoundError(f"{artifact.uri} has changed since it was kept; run the subtask again")
        return data


def _referred(reference: Json) -> Artifact:
    try:
        return Artifact.model_validate(reference)
    except ValidationError as error:
        raise NotFoundError(
            f"an input refers to an artifact in a form that nobody wrote here: {error}"
        ) from error


def _file_name(name: str) -> str:
    return _UNSAFE.sub("-", name).strip(".-")[:80] or "artifact"


def _encoded(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _write_durably(path: Path, data: bytes) -> None:
    """On disk before anybody records it: a completed subtask must not refer to a file lost in a crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.{id(data):x}")
    try:
        with partial.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    with suppress(OSError):  # some file systems cannot sync a folder; the file itself is safe
        os.fsync(folder)
    os.close(folder)


def _read_plain(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise NotFoundError(
            f"artifact {path} cannot be read: {error.strerror}; run the subtask again"
        ) from error
    with os.fdopen(descriptor, "rb") as file:
        return file.read()
