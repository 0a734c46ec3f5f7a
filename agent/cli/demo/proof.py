"""What the demo ends on: the published file, read from the disk, and what it has to mention."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from agent.cli.demo.repository import Commit
from agent.cli.refusal import Refusal
from agent.service.views.task import TaskView
from domain.base import Json

SHORT_SHA = 10


def published(task: TaskView) -> Path:
    """The file that the task says it has published last. Raises Refusal where it says no such thing."""
    done = sorted(task.subtasks, key=lambda subtask: subtask.wave)
    uris = [uri for subtask in done for uri in _uris(subtask.outputs.get("published"))]
    if not uris:
        raise Refusal("INTERNAL_ERROR", f"task {task.task_id} completed and published nothing")
    path = Path(unquote(urlsplit(uris[-1]).path))
    if not path.is_file():
        raise Refusal("INTERNAL_ERROR", f"{path} was published and is not there")
    return path


def missing(notes: str, commits: Sequence[Commit]) -> list[Commit]:
    """The commits that no line of the notes mentions by subject and hash."""
    lines = notes.split("\n")
    return [
        commit
        for commit in commits
        if not any(commit.subject.strip() in line and commit.sha[:SHORT_SHA] in line for line in lines)
    ]


def text_of(path: Path) -> str:
    """As it is: reading it as text would take a lone carriage return for the end of a line."""
    return path.read_bytes().decode("utf-8", "replace")


def proven(task: TaskView, commits: Sequence[Commit]) -> Path:
    """The published file, if it mentions every commit. Raises Refusal that names those it does not."""
    path = published(task)
    absent = missing(text_of(path), commits)
    if absent:
        named = "; ".join(f"{commit.sha[:SHORT_SHA]} {commit.subject}" for commit in absent[:5])
        raise Refusal("INTERNAL_ERROR", f"{path} misses {len(absent)} of {len(commits)} commits: {named}")
    return path


def _uris(output: Json) -> Iterator[str]:
    uri = output.get("uri") if isinstance(output, dict) else None
    if isinstance(uri, str) and uri.startswith("file:"):
        yield uri
