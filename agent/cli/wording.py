"""From what was typed to a request: words, a title, an id."""

import json
import re
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import ValidationError

from agent.cli.refusal import Refusal, usage
from domain.base import Json, JsonObject
from domain.issue import said
from domain.request import Request

LONGEST_TITLE: Final = 120
_WORD: Final = re.compile(r"[A-Za-z0-9]+")


class Wording(NamedTuple):
    """What options and arguments say; `file` may be `-` for standard input."""

    text: str | None
    title: str | None = None
    file: str | None = None
    task_id: str | None = None
    priority: str = "medium"
    due: str | None = None
    requester: str | None = None
    repository: str | None = None
    context: str | None = None
    on_failure: str = "review"
    execute: bool = False

    def request(self) -> Request:
        """Raises Refusal that names every option that is wrong."""
        text = self._words()
        title, description = _titled(text, self.title)
        body: JsonObject = {
            "task_id": self.task_id or new_id(title),
            "title": title,
            "description": description,
            "priority": self.priority,
            "metadata": self._metadata(),
            "execute": self.execute,
            "on_failure": self.on_failure,
        }
        try:
            return Request.model_validate(body)
        except ValidationError as error:
            found = ((_path(e["loc"]), said(e)) for e in error.errors(include_url=False))
            fields = [*dict.fromkeys(found)]
            told = ", ".join(path for path, _ in fields)
            raise Refusal("INVALID_INPUT", f"this is no request: see {told}", fields=fields) from error

    def _words(self) -> str:
        if (self.text is None) == (self.file is None):
            raise usage('say what to do: in words ("…"), or with --file FILE; - is standard input')
        text = self.text if self.file is None and self.text != "-" else _read(self.file or "-")
        if not (text or "").strip():
            raise usage("the request is empty; say in words what is to be done")
        return (text or "").strip()

    def _metadata(self) -> JsonObject:
        given: Mapping[str, Json] = {
            "context": _context(self.context),
            "repository": _repository(self.repository),
            "requester": self.requester,
            "due_date": self.due,
        }
        return {name: value for name, value in given.items() if value is not None}


def _path(loc: Sequence[int | str]) -> str:
    """Where it is. A date that is none is so both as a day and as an hour, and that is one mistake."""
    return ".".join(map(str, loc[:2] if tuple(loc[:2]) == ("metadata", "due_date") else loc))


def new_id(title: str) -> str:
    """Readable, and not used before."""
    words = "-".join(_WORD.findall(title.lower())[:5])[:48].strip("-")
    return f"{words or 'task'}-{uuid.uuid4().hex[:6]}"


def _titled(text: str, title: str | None) -> tuple[str, str]:
    """The whole text counts either way, and planning knows a title that only repeats its beginning."""
    if title is not None:
        return title, text
    if "\n" not in text and len(text) <= 500:
        return text, ""
    first = text.splitlines()[0]
    return (first if len(first) <= LONGEST_TITLE else f"{first[:LONGEST_TITLE].rsplit(' ', 1)[0]} …"), text


def _read(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise usage(f"--file {file} cannot be read: {error}") from error


def _context(text: str | None) -> Json:
    if text is None:
        return None
    try:
        value: Json = json.loads(text)
    except ValueError as error:
        raise usage(f'--context is not JSON ({error}); quote it as \'{{"key": "value"}}\'') from error
    return value


def _repository(repository: str | None) -> str | None:
    """A folder here is named in full, for agents work elsewhere; anything else goes as it is."""
    if repository is None or not Path(repository).expanduser().is_dir():
        return repository
    return str(Path(repository).expanduser().resolve())
