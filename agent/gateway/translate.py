"""From the protocol's results to ours, and whether a result that claims success is one."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import assert_never

from mcp.types import (
    AudioContent,
    BlobResourceContents,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

from agent.gateway.errors import OutcomeUnknownError, ToolFailedError
from agent.gateway.result import Blob, Link, ToolResult
from domain.base import Json

LONGEST_MESSAGE = 2_000

_DISGUISED = re.compile(r"^error(?:$|[:\s])", re.IGNORECASE)


def translated(answer: CallToolResult, *, tool: str) -> ToolResult:
    """The result; raises ToolFailedError where the tool says, openly or not, that it failed."""
    result = _result(answer, tool)
    if answer.is_error or _is_disguised_failure(answer, result.text):
        said = result.text.strip()[:LONGEST_MESSAGE] or "it gave no reason"
        raise ToolFailedError(f"{tool} failed: {said}", retryable=_may_help(answer))
    return result


def _is_disguised_failure(answer: CallToolResult, text: str) -> bool:
    """Some servers report a failure as a short text beginning "Error" and forget to mark it.

    Structured answers and long texts are taken at their word: a file may well begin that way.
    """
    return answer.structured_content is None and len(text) <= LONGEST_MESSAGE and bool(_DISGUISED.match(text))


def _may_help(answer: CallToolResult) -> bool:
    """Trying again may help unless the failure's structure says `retryable: false`."""
    detail = answer.structured_content
    return not (isinstance(detail, dict) and detail.get("retryable") is False)


def _result(answer: CallToolResult, tool: str) -> ToolResult:
    texts, links, blobs = list[str](), list[Link](), list[Blob]()
    for block in answer.content:
        match _part(block, tool):
            case str() as text:
                texts.append(text)
            case Link() as link:
                links.append(link)
            case Blob() as blob:
                blobs.append(blob)
            case other:
                assert_never(other)
    links.extend(_file_in(answer.structured_content))
    return ToolResult("\n".join(texts), answer.structured_content, tuple(links), tuple(blobs))


def _file_in(structured: Json) -> Iterator[Link]:
    """A structured answer about one file (`uri`, and perhaps `path`, `size`, `sha256`) points to it."""
    match structured:
        case {"uri": str(uri), **rest} if uri.startswith("file:"):
            size, digest, kind = rest.get("size"), rest.get("sha256"), rest.get("media_type")
            yield Link(
                uri.rsplit("/", 1)[-1],
                uri,
                kind if isinstance(kind, str) else None,
                size if isinstance(size, int) else None,
                digest if isinstance(digest, str) else None,
            )
        case _:
            return


def _part(block: ContentBlock, tool: str) -> str | Link | Blob:
    match block:
        case TextContent(text=text):
            return text
        case ImageContent(data=data, mime_type=kind) | AudioContent(data=data, mime_type=kind):
            return Blob(f"{tool}.{kind.split('/')[-1]}", kind, _bytes(data, tool))
        case ResourceLink(name=name, uri=uri, mime_type=kind, size=size):
            return Link(name, uri, kind, size)
        case EmbeddedResource(resource=resource):
            return _embedded(resource, tool)
        case other:
            assert_never(other)


def _embedded(resource: TextResourceContents | BlobResourceContents, tool: str) -> str | Blob:
    if isinstance(resource, TextResourceContents):
        return resource.text
    name = resource.uri.rstrip("/").rsplit("/", 1)[-1] or tool
    return Blob(name, resource.mime_type or "application/octet-stream", _bytes(resource.blob, tool))


def _bytes(data: str, tool: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error as error:
        raise OutcomeUnknownError(f"{tool} answered with bytes that are not base64: {error}") from error
