"""The tools of the workspace. Every answer is structured, and so is every refusal."""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Literal, ParamSpec, TypeVar

from mcp.server import MCPServer
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

from agent.workspace.folder import PUBLISHED, Folder, steps
from agent.workspace.mentions import missing
from domain.base import Value
from domain.errors import InvalidInputError, OrchestratorError

Path = Annotated[
    str, Field(description="Relative to the workspace, with /, such as notes/july.md", max_length=4096)
]
Content = Annotated[str, Field(description="The whole text of the file")]
Environment = Annotated[str, Field(description="Where to: production, staging, … (lower case, digits and -)")]
Items = Annotated[
    list[str | list[str]],
    Field(
        description="Phrases to find; a list of phrases must stand together on one line", max_length=10_000
    ),
]

_ENVIRONMENT = re.compile(r"^[a-z0-9][a-z0-9-]{0,31}$")
_READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_WRITES = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_PUBLISHES = ToolAnnotations(
    read_only_hint=False, destructive_hint=True, idempotent_hint=False, open_world_hint=True
)


class FileText(Value):
    path: str
    text: str
    size: int
    sha256: str


class Written(Value):
    path: str
    uri: str
    size: int
    sha256: str
    replaced: bool


class Entry(Value):
    name: str
    kind: Literal["file", "folder"]
    size: int


class Listing(Value):
    path: str
    entries: list[Entry]


class Mentions(Value):
    path: str
    checked: int
    missing: list[str]


class Published(Written):
    environment: str


def serve(folder: Folder) -> MCPServer:
    server = MCPServer(
        "workspace", instructions="Files inside one folder; paths cannot leave it.", log_level="ERROR"
    )

    @server.tool(description="Reads a UTF-8 text file.", annotations=_READS)
    @_refusals_are_answers
    def read_file(path: Path) -> FileText:
        data = folder.read(path)
        return FileText(path=path, text=_text(path, data), size=len(data), sha256=_digest(data))

    @server.tool(description="Writes a text file, whole, in place of what was there.", annotations=_WRITES)
    @_refusals_are_answers
    def write_file(path: Path, content: Content) -> Written:
        data = _encoded(path, content)
        replaced = folder.write(path, data)
        return Written(
            path=path, uri=folder.uri(path), size=len(data), sha256=_digest(data), replaced=replaced
        )

    @server.tool(
        description="Lists what lies directly in a folder; an empty path is the top.", annotations=_READS
    )
    @_refusals_are_answers
    def list_files(path: Path = "") -> Listing:
        entries = [Entry(name=name, kind=kind, size=size) for name, kind, size in folder.names(path)]
        return Listing(path=path, entries=entries)

    @server.tool(
        description="Fails unless the text file mentions every item, as whole words.", annotations=_READS
    )
    @_refusals_are_answers
    def check_mentions(path: Path, items: Items) -> Mentions:
        absent = missing(_text(path, folder.read(path)), items)
        if absent:
            some = "; ".join(absent[:20]) + (f"; and {len(absent) - 20} more" if len(absent) > 20 else "")
            raise InvalidInputError(f"{path!r} does not mention {len(absent)} of {len(items)}: {some}")
        return Mentions(path=path, checked=len(items), missing=absent)

    @server.tool(
        description="Puts a file before its readers in an environment, at once.", annotations=_PUBLISHES
    )
    @_refusals_are_answers
    def publish(path: Path, environment: Environment) -> Published:
        if not _ENVIRONMENT.match(environment):
            raise InvalidInputError(
                f"{environment!r} is no environment; write lower-case letters, digits and -"
            )
        data = folder.read(path)
        target = "/".join((PUBLISHED, environment, steps(path)[-1]))
        replaced = folder.write(target, data, publishing=True)
        written = Written(
            path=target, uri=folder.uri(target), size=len(data), sha256=_digest(data), replaced=replaced
        )
        return Published(**written.model_dump(), environment=environment)

    return server


_P = ParamSpec("_P")
_Answer = TypeVar("_Answer", bound=Value)


def _refusals_are_answers(tool: Callable[_P, _Answer]) -> Callable[_P, _Answer | CallToolResult]:
    """A refusal says in words what is wrong and in its structure that asking again changes nothing."""

    @wraps(tool)
    def answering(*args: _P.args, **kwargs: _P.kwargs) -> _Answer | CallToolResult:
        try:
            return tool(*args, **kwargs)
        except OrchestratorError as refusal:
            content = TextContent(type="text", text=refusal.message)
            detail = {"code": refusal.code, "message": refusal.message, "retryable": False}
            return CallToolResult(content=[content], structured_content=detail, is_error=True)

    return answering


def _text(path: str, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{path!r} is not a UTF-8 text file") from error


def _encoded(path: str, content: str) -> bytes:
    try:
        return content.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidInputError(
            f"the content for {path!r} holds half a character (a lone surrogate)"
        ) from error


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
