"""No path leaves the folder, whatever it is made of and whatever lies in it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.workspace.folder import LARGEST_BYTES, Folder
from domain.errors import ForbiddenError, InvalidInputError, NotFoundError, OrchestratorError, TooLargeError


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("secret")
    with Folder(tmp_path / "inside") as opened:
        yield opened


def test_what_is_written_is_read_and_lies_where_its_address_says(folder: Folder) -> None:
    assert folder.write("notes/july é.md", b"text\r\n") is False
    assert folder.write("notes/july é.md", b"other") is True
    assert folder.read("notes/./july é.md") == b"other"
    assert folder.uri("notes/july é.md").endswith("/inside/notes/july%20%C3%A9.md")
    assert folder.names("notes") == [("july é.md", "file", 5)]


OUTSIDE = [
    "../outside/secret", "notes/../../outside/secret", "/etc/passwd", "~/x", "..", "", ".", "/", "a\x00b",
    "..\\outside\\secret", "notes/..",
]  # fmt: skip


@pytest.mark.parametrize("path", OUTSIDE)
def test_a_path_that_leads_out_or_nowhere_is_refused(folder: Folder, path: str) -> None:
    with pytest.raises(InvalidInputError):
        folder.read(path)
    with pytest.raises(InvalidInputError):
        folder.write(path, b"x")


@pytest.mark.parametrize("path", ["link/secret", "file-link", "loop", "dangling"])
def test_symlinks_are_not_followed(folder: Folder, tmp_path: Path, path: str) -> None:
    (folder.root / "link").symlink_to(tmp_path / "outside")
    (folder.root / "file-link").symlink_to(tmp_path / "outside" / "secret")
    (folder.root / "loop").symlink_to(folder.root / "loop")
    (folder.root / "dangling").symlink_to(tmp_path / "outside" / "new")
    with pytest.raises(ForbiddenError, match="symlink"):
        folder.read(path)
    try:
        folder.write(path, b"changed")
    except OrchestratorError:
        pass
    else:
        assert not (folder.root / path).is_symlink(), "the link was replaced, not followed"
    assert (tmp_path / "outside" / "secret").read_text() == "secret"
    assert [entry.name for entry in (tmp_path / "outside").iterdir()] == ["secret"]


def test_a_folder_swapped_for_a_symlink_in_between_leads_nowhere(folder: Folder, tmp_path: Path) -> None:
    folder.write("notes/a", b"1")
    (folder.root / "notes" / "a").unlink()
    (folder.root / "notes").rmdir()
    (folder.root / "notes").symlink_to(tmp_path / "outside")
    with pytest.raises(ForbiddenError):
        folder.write("notes/secret", b"changed")
    assert (tmp_path / "outside" / "secret").read_text() == "secret"


def test_a_named_pipe_does_not_make_anybody_wait(folder: Folder) -> None:
    os.mkfifo(folder.root / "pipe")
    with pytest.raises(InvalidInputError, match="not an ordinary file"):
        folder.read("pipe")


def test_what_is_not_there_and_what_is_a_folder_are_told_apart(folder: Folder) -> None:
    folder.write("notes/a", b"1")
    with pytest.raises(NotFoundError):
        folder.read("notes/b")
    with pytest.raises(InvalidInputError):
        folder.read("notes")
    with pytest.raises(InvalidInputError):
        folder.write("notes", b"1")
    with pytest.raises(ForbiddenError):
        folder.write("notes/a/b", b"1")
    assert folder.read("notes/a") == b"1"


def test_too_much_is_refused_both_ways(folder: Folder) -> None:
    with pytest.raises(TooLargeError):
        folder.write("large", b"x" * (LARGEST_BYTES + 1))
    (folder.root / "large").write_bytes(b"x" * (LARGEST_BYTES + 1))
    with pytest.raises(TooLargeError):
        folder.read("large")


@pytest.mark.parametrize("path", ["published/production/a", "Published/a", "published", "./published/x"])
def test_published_files_come_by_publishing_alone(folder: Folder, path: str) -> None:
    with pytest.raises(ForbiddenError, match="publish alone"):
        folder.write(path, b"x")


def test_a_write_that_fails_leaves_no_half_file(folder: Folder) -> None:
    folder.write("notes/a", b"1")
    with pytest.raises(InvalidInputError):
        folder.write("notes", b"2")
    assert [name for name, _, _ in folder.names("")] == ["notes"]
