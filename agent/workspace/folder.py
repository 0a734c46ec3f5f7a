"""One folder that no path leaves: every step is taken from an open folder, and symlinks are not followed.

Checking a path and then opening it leaves a moment in which it can change; here the kernel resolves one
name at a time, relative to a descriptor, so that there is no such moment.
"""

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from domain.errors import ForbiddenError, InvalidInputError, NotFoundError, OrchestratorError, TooLargeError

LARGEST_BYTES = 8 * 1024 * 1024
MOST_ENTRIES = 10_000
PUBLISHED = "published"

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A named pipe would otherwise block whoever opens it until somebody writes.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Folder:
    """The folder, held open from `__enter__` to `__exit__`."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._descriptor = -1

    def __enter__(self) -> Self:
        self.root.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        os.close(self._descriptor)

    def uri(self, path: str) -> str:
        return self.root.joinpath(*steps(path)).as_uri()

    def read(self, path: str) -> bytes:
        *parents, name = steps(path)
        with self._within(parents, path) as parent, _told(path), _opened(name, parent) as file:
            data = os.read(file, LARGEST_BYTES + 1)
            while chunk := os.read(file, LARGEST_BYTES + 1 - len(data)):
                data += chunk
        _limited(path, len(data))
        return data

    def write(self, path: str, data: bytes, *, publishing: bool = False) -> bool:
        """Puts the whole file in place at once; tells whether one was there before."""
        *parents, name = steps(path)
        _limited(path, len(data))
        if not publishing and (parents or [name])[0].casefold() == PUBLISHED:
            raise ForbiddenError(f"{path!r} is under {PUBLISHED}/, where files come by publish alone")
        with self._within(parents, path, create=True) as parent, _told(path):
            existed = _is_there(name, parent)
            _replace(name, data, parent)
        return existed

    def names(self, path: str) -> list[tuple[str, str, int]]:
        """(name, `file` or `folder`, bytes) of what lies directly in a folder, by name."""
        with (
            self._within(steps(path, empty_is_root=True), path) as folder,
            _told(path),
            os.scandir(folder) as entries,
        ):
            found = [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries]
        if len(found) > MOST_ENTRIES:
            raise TooLargeError(f"{path!r} holds {len(found)} names, over the limit of {MOST_ENTRIES}")
        kinds = {stat.S_IFREG: "file", stat.S_IFDIR: "folder"}
        listed = [(name, kinds.get(stat.S_IFMT(info.st_mode)), info.st_size) for name, info in sorted(found)]
        return [(name, kind, size) for name, kind, size in listed if kind]

    @contextmanager
    def _within(self, parents: list[str], path: str, *, create: bool = False) -> Iterator[int]:
        current = os.dup(self._descriptor)
        try:
            for parent in parents:
                with _told(path):
                    if create:
                        with suppress(FileExistsError):
                            os.mkdir(parent, dir_fd=current)
                    inner = os.open(parent, _FOLDER, dir_fd=current)
                os.close(current)
                current = inner
            yield current
        finally:
            os.close(current)


def steps(path: str, *, empty_is_root: bool = False) -> list[str]:
    """The names a path goes through; refused where it is absolute, climbs, or is no path at all."""
    if "\x00" in path or "\\" in path or path.startswith(("/", "~")):
        raise InvalidInputError(f"{path!r} is not a path inside the workspace; write it relative, with /")
    found = [step for step in path.split("/") if step not in {"", "."}]
    if ".." in found:
        raise InvalidInputError(f"{path!r} would leave the workspace; write it without ..")
    if not found and not empty_is_root:
        raise InvalidInputError(f"{path!r} names no file")
    return found


def _limited(path: str, size: int) -> None:
    if size > LARGEST_BYTES:
        raise TooLargeError(f"{path!r} has over {LARGEST_BYTES} bytes, which is the limit for one file")


@contextmanager
def _opened(name: str, parent: int) -> Iterator[int]:
    file = os.open(name, _READ, dir_fd=parent)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(errno.EINVAL, "not an ordinary file")
        yield file
    finally:
        os.close(file)


def _is_there(name: str, parent: int) -> bool:
    try:
        return stat.S_ISREG(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def _replace(name: str, data: bytes, parent: int) -> None:
    """Readers see the old file or the new one, never half of it, also after a crash."""
    partial = f".{secrets.token_hex(8)}.partial"
    file = os.open(partial, _CREATE, 0o644, dir_fd=parent)
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(partial, name, src_dir_fd=parent, dst_dir_fd=parent)
    except BaseException:
        with suppress(OSError):
            os.unlink(partial, dir_fd=parent)
        raise
    os.fsync(parent)


@contextmanager
def _told(path: str) -> Iterator[None]:
    """The system's errors, said about the path that was asked for."""
    try:
        yield
    except OrchestratorError:
        raise
    except FileNotFoundError as error:
        raise NotFoundError(f"there is no {path!r} in the workspace") from error
    except UnicodeEncodeError as error:
        raise InvalidInputError(f"{path!r} cannot be a file name here") from error
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENOTDIR}:
            raise ForbiddenError(
                f"{path!r} goes through a symlink or a file; name it by its plain folders"
            ) from error
        raise InvalidInputError(f"{path!r} cannot be used: {error.strerror}") from error
